"""Targets: what can be set, what stays when it changes, and what of two who change it at once."""

import datetime
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from reports.models import Target
from reports.targets.services import (
    Part,
    TargetRefused,
    TargetStale,
    change_target,
    set_target,
    split_target,
    withdraw_target,
)
from shifts.models import User
from tests.reports.people import YEAR, add_offices, target

pytestmark = pytest.mark.django_db
WHOLE = {"figure": "dossiers", "level": "", "team": None, "rhythm": "period", **YEAR}


@pytest.fixture
def w(world):
    return add_offices(world)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"minimum": 0}, "target_above_zero"),
        ({"minimum": 10, "stretch": 9}, "target_stretch_not_below_minimum"),
        ({"first": datetime.date(2020, 5, 2), "last": datetime.date(2020, 5, 1)}, "target_not_backwards"),
        ({"last": datetime.date(3020, 1, 1)}, "target_in_our_time"),
        ({"unit": None}, "target_of_a_unit_or_a_team"),
        ({"rhythm": "week"}, "target_rhythm_known"),
        ({"rhythm": "session"}, "target_session_is_of_duty"),
        ({"figure": "on_duty"}, "target_session_is_of_duty"),
        ({"figure": "coverage", "minimum": 100, "stretch": 100}, "target_coverage_counts_units"),
        ({"level": "commune"}, "target_coverage_counts_units"),
        ({"figure": "coverage", "level": "commune", "minimum": 100, "stretch": 101}, "target_coverage_in_percent"),
    ],
)
def test_the_database_refuses_a_target_that_cannot_be(w, wrong, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        target(**{"unit": w.province} | wrong)


def test_a_target_is_of_a_unit_or_a_team_never_of_both(w):
    with pytest.raises(IntegrityError, match="target_of_a_unit_or_a_team"), transaction.atomic():
        target(unit=w.province, team=w.team)


def test_there_is_one_target_of_a_figure_for_a_unit_in_a_period(w):
    target(unit=w.province)
    target(unit=w.commune)
    target(unit=w.province, last=datetime.date(2020, 6, 30))
    with pytest.raises(IntegrityError), transaction.atomic():
        target(unit=w.province)


def test_a_second_target_is_refused_with_a_sentence(w):
    set_target(by=w.staff, unit=w.province, minimum=100, stretch=200, **WHOLE)
    with pytest.raises(ValidationError, match="Đơn vị này đã có chỉ tiêu này trong đúng kỳ này"):
        set_target(by=w.staff, unit=w.province, minimum=50, stretch=50, **WHOLE)
    assert Target.objects.count() == 1


def test_a_change_keeps_what_was_and_who_changed_it(w):
    before = timezone.now() - datetime.timedelta(days=10)
    old = set_target(by=w.staff, at=before, unit=w.province, minimum=100, stretch=200, **WHOLE)
    new = change_target(target=old, version=1, by=w.district_staff, reason="Sơ kết", minimum=150)
    assert (new.series, new.version, new.minimum, new.stretch, new.reason) == (old.series, 2, 150, 200, "Sơ kết")
    assert (new.made_by, new.ended_at) == (w.district_staff, None)
    old.refresh_from_db()
    assert (old.minimum, old.ended_at, old.ended_by) == (100, new.began_at, w.district_staff)
    assert list(Target.objects.current()) == [new]


def test_a_target_is_seen_as_it_was(w):
    now = timezone.now()
    first, second = now - datetime.timedelta(days=10), now - datetime.timedelta(days=5)
    old = set_target(by=w.staff, at=first, unit=w.province, minimum=100, stretch=200, **WHOLE)
    new = change_target(target=old, version=1, by=w.staff, at=second, minimum=150)
    assert list(Target.objects.on(now)) == [new]
    assert list(Target.objects.on(second)) == [new]
    assert list(Target.objects.on(second - datetime.timedelta(seconds=1))) == [old]
    assert list(Target.objects.on(first - datetime.timedelta(days=100))) == [old]


def test_a_change_that_changes_nothing_makes_no_version(w):
    old = set_target(by=w.staff, unit=w.province, minimum=100, stretch=200, **WHOLE)
    assert change_target(target=old, version=1, by=w.staff, minimum=100) == old
    assert Target.objects.count() == 1


def test_a_change_that_cannot_be_leaves_the_old_version(w):
    old = set_target(by=w.staff, unit=w.province, minimum=100, stretch=200, **WHOLE)
    with pytest.raises(ValidationError, match="Phấn đấu không được nhỏ hơn tối thiểu"):
        change_target(target=old, version=1, by=w.staff, minimum=300)
    assert list(Target.objects.current()) == [old]


def test_who_looked_at_an_older_version_is_told_who_was_faster(w):
    old = set_target(by=w.staff, unit=w.province, minimum=100, stretch=200, **WHOLE)
    change_target(target=old, version=1, by=w.staff, minimum=150)
    with pytest.raises(TargetStale, match="Vũ Đình Toàn đã đổi chỉ tiêu này"):
        change_target(target=old, version=1, by=w.district_staff, minimum=170)
    assert Target.objects.current().get().minimum == 150


def test_a_withdrawn_target_stays_in_what_was_seen_before(w):
    old = set_target(
        by=w.staff, at=timezone.now() - datetime.timedelta(days=3), unit=w.province, minimum=100, stretch=200, **WHOLE
    )  # fmt: skip
    with pytest.raises(TargetRefused, match="Ghi lý do"):
        withdraw_target(target=old, version=1, by=w.staff, reason=" ")
    withdraw_target(target=old, version=1, by=w.staff, reason="Gộp vào chỉ tiêu chung")
    assert not Target.objects.current().exists()
    assert list(Target.objects.on(timezone.now() - datetime.timedelta(days=1))) == [old]
    with pytest.raises(TargetStale, match="đã thôi chỉ tiêu này"):
        change_target(target=old, version=1, by=w.staff, minimum=5)


def test_a_split_makes_new_targets_changes_those_there_are_and_ends_those_left_out(w):
    parent = set_target(by=w.staff, unit=w.district, minimum=100, stretch=200, **WHOLE)
    child = set_target(by=w.staff, unit=w.commune, minimum=10, stretch=20, **WHOLE)
    made = split_target(
        target=parent, version=1, by=w.staff, parts=[Part(w.commune, 40, 90), Part(w.other_commune, 60, 110)]
    )  # fmt: skip
    assert [(one.unit, one.version, one.minimum, one.stretch) for one in made] == [
        (w.commune, 2, 40, 90),
        (w.other_commune, 1, 60, 110),
    ]
    assert made[0].series == child.series
    split_target(target=parent, version=1, by=w.staff, parts=[Part(w.commune, 100, 200)], without=[w.other_commune.pk])
    assert {one.unit: one.minimum for one in Target.objects.current()} == {w.district: 100, w.commune: 100}


def test_a_split_is_all_or_nothing(w):
    parent = set_target(by=w.staff, unit=w.district, minimum=100, stretch=200, **WHOLE)
    with pytest.raises(ValidationError):
        split_target(
            target=parent, version=1, by=w.staff, parts=[Part(w.commune, 40, 90), Part(w.other_commune, 0, 110)]
        )  # fmt: skip
    assert list(Target.objects.all()) == [parent]


@pytest.fixture
def stored(transactional_db):
    from tests import factories

    return add_offices(factories.make_world())


def at_once(*acts):
    """Run these in threads at once; return what each came to."""
    results, gate = [None] * len(acts), threading.Barrier(len(acts))

    def run(at, act):
        gate.wait()
        try:
            results[at] = act()
        except Exception as error:
            results[at] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_a_target_at_once_one_wins_and_the_other_is_told(stored):
    w = stored
    old = set_target(by=w.staff, unit=w.province, minimum=100, stretch=900, **WHOLE)
    people = [User.objects.get(username=name) for name in ("canbo", "huyen")]
    results = at_once(
        *(
            lambda n=n, person=person: change_target(target=old, version=1, by=person, minimum=n)
            for n, person in zip((150, 170), people, strict=True)
        )
    )
    won = [result for result in results if isinstance(result, Target)]
    told = [result for result in results if isinstance(result, TargetStale)]
    assert (len(won), len(told)) == (1, 1)
    assert "đã đổi chỉ tiêu này" in str(told[0])
    assert Target.objects.current().get() == won[0]
    assert Target.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_who_set_the_same_target_at_once_one_wins_and_the_other_is_told(stored):
    w = stored
    results = at_once(
        *(
            lambda n=n: set_target(by=w.staff, unit=w.province, minimum=n, stretch=n, **WHOLE)
            for n in (100, 200)
        )
    )  # fmt: skip
    assert sorted(type(result).__name__ for result in results)[0] == "Target"
    assert sum(isinstance(result, TargetStale | ValidationError) for result in results) == 1
    assert Target.objects.count() == 1
