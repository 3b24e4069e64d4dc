"""Targets when the tree changes: they go over to the main heir, those of several become one."""

import datetime

import pytest

from reports.models import Target
from reports.targets.standing import standings
from reports.unit_followers import Targets
from shifts.models import Unit, UnitSuccession
from shifts.unit_changes.plans import Moves
from tests.reports.people import add_offices, count, target

pytestmark = pytest.mark.django_db
DATE = datetime.date(2020, 7, 1)


@pytest.fixture
def w(world):
    w = add_offices(world)
    w.heir = Unit.objects.create(
        code="06652", name="Phường Hạ Long", level="commune", kind="phường", parent=w.district, valid_from=DATE
    )
    return w


def merge(w, *old, heir=None, others=()):
    """Let units end on the day and their heir take over; return the moves."""
    heir = heir or w.heir
    for unit in old:
        Unit.objects.filter(pk=unit.pk).update(valid_until=DATE)
        UnitSuccession.objects.create(predecessor=unit, successor=heir, is_main=True)
    return Moves(dict.fromkeys(old, heir), {unit: list(others) for unit in old}, DATE)


def current():
    return {row.unit.name: (row.minimum, row.stretch) for row in Target.objects.current()}


def test_a_target_goes_over_and_counts_what_the_old_unit_did(w):
    old = target(unit=w.commune)
    count(w, datetime.date(2020, 3, 2), 9, unit=w.commune, team=w.other_team)
    moves = merge(w, w.commune)
    assert Targets().preview(moves) == [
        "Chỉ tiêu Hồ sơ trực tuyến, năm 2020, của Phường Hồng Gai sang Phường Hạ Long: 100 – 200."
    ]
    Targets().follow(moves)
    new = Target.objects.current().get()
    assert (new.series, new.version, new.unit, new.reason) == (
        old.series, 2, w.heir, "Theo sắp xếp đơn vị từ 01/07/2020.",
    )  # fmt: skip
    assert standings([new], datetime.date(2020, 8, 1))[0].done == 9


def test_targets_of_merged_units_become_one_that_is_their_sum(w):
    target(unit=w.commune, minimum=100, stretch=200)
    other = target(unit=w.other_commune, minimum=50, stretch=60)
    Targets().follow(merge(w, w.commune, w.other_commune))
    assert current() == {"Phường Hạ Long": (150, 260)}
    other.refresh_from_db()
    assert other.end_reason == "Sáp nhập vào Phường Hạ Long."


def test_what_the_heir_holds_already_takes_the_rest_in(w):
    held = target(unit=w.other_commune, minimum=50, stretch=60)
    target(unit=w.commune, minimum=100, stretch=200)
    Targets().follow(merge(w, w.commune, heir=w.other_commune))
    assert current() == {"Phường Bãi Cháy": (150, 260)}
    assert Target.objects.current().get().series == held.series


def test_so_many_events_a_month_are_not_added_up(w):
    for unit in (w.commune, w.other_commune):
        target(figure="events", rhythm="month", minimum=1, stretch=2, unit=unit)
    Targets().follow(merge(w, w.commune, w.other_commune))
    assert current() == {"Phường Hạ Long": (1, 2)}


def test_a_target_whose_period_is_over_stays(w):
    row = target(unit=w.commune, last=datetime.date(2020, 6, 30))
    Targets().follow(merge(w, w.commune))
    assert list(Target.objects.all()) == [row]


def test_what_was_split_or_dissolved_is_left_to_somebody_to_decide(w):
    target(unit=w.commune)
    moves = merge(w, w.commune, others=[w.other_commune])
    assert "Phường Bãi Cháy chưa có chỉ tiêu, hãy chia lại" in Targets().decisions(moves)[0]
    row = target(unit=w.district)
    moves = merge(w, w.district, heir=w.province)
    assert "nằm trong chỉ tiêu của Tỉnh Quảng Ninh" in Targets().decisions(moves)[0]
    Targets().follow(moves)
    row.refresh_from_db()
    assert (row.is_current, row.end_reason) == (False, "Sáp nhập vào Tỉnh Quảng Ninh.")
