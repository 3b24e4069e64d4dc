"""Who holds the place of a unit on a date."""

import datetime

import pytest

from shifts.models import Unit, UnitSuccession
from shifts.succession import current_units

pytestmark = pytest.mark.django_db

OPENED, DECREE, REFORM = datetime.date(2020, 1, 1), datetime.date(2024, 11, 1), datetime.date(2025, 7, 1)
TODAY = datetime.date(2026, 11, 24)


def unit(code, start=OPENED, until=None):
    return Unit.objects.create(
        code=code, name=f"Xã {code}", level="commune", kind="xã", valid_from=start, valid_until=until
    )


def follow(old, new, main=True):
    UnitSuccession.objects.create(predecessor=old, successor=new, is_main=main)


def test_a_unit_that_holds_stands_for_itself():
    alone = unit("1")
    assert current_units(TODAY) == {alone.pk: alone.pk}


def test_a_unit_that_ended_is_followed_through_every_step_to_the_one_that_holds_on_that_day():
    old, between, new = unit("1", until=DECREE), unit("1", DECREE, REFORM), unit("2", REFORM)
    follow(old, between), follow(between, new)
    assert current_units(TODAY) == {old.pk: new.pk, between.pk: new.pk, new.pk: new.pk}
    assert current_units(REFORM) == {old.pk: new.pk, between.pk: new.pk, new.pk: new.pk}
    day_before = REFORM - datetime.timedelta(days=1)
    assert current_units(day_before) == {old.pk: between.pk, between.pk: between.pk, new.pk: new.pk}
    assert current_units(OPENED) == {old.pk: old.pk, between.pk: between.pk, new.pk: new.pk}


def test_a_split_stands_at_its_main_successor():
    old, main, other = unit("1", until=REFORM), unit("2", REFORM), unit("3", REFORM)
    follow(old, other, main=False), follow(old, main)
    assert current_units(TODAY)[old.pk] == main.pk


def test_a_line_that_ends_stands_for_its_last_unit_so_that_nothing_is_lost():
    old, last = unit("1", until=DECREE), unit("2", DECREE, REFORM)
    follow(old, last)
    assert current_units(TODAY) == {old.pk: last.pk, last.pk: last.pk}


def test_a_circle_ends():
    first, second = unit("1", until=DECREE), unit("2", until=DECREE)
    follow(first, second), follow(second, first)
    assert set(current_units(TODAY)) == {first.pk, second.pk}


def test_two_queries_whatever_the_size(django_assert_num_queries):
    for number in range(3):
        old, new = unit(f"a{number}", until=REFORM), unit(f"b{number}", REFORM)
        follow(old, new)
    with django_assert_num_queries(2):
        assert len(current_units(TODAY)) == 6
