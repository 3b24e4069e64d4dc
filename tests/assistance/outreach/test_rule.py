"""Whether the month's rule is met, and which communes were never visited."""

import datetime

import pytest

from assistance.outreach_words import rule_words
from shifts.models import OutreachEvent, Team, UnitSuccession
from shifts.outreach.rule import months_of, never_visited, organising_teams

from .people import SATURDAY, make_commune, make_event, outreach_world

pytestmark = pytest.mark.django_db
NOVEMBER, OCTOBER = datetime.date(2026, 11, 1), datetime.date(2026, 10, 1)
TODAY = datetime.date(2026, 11, 20)
WEEK = datetime.timedelta(days=7)


@pytest.fixture
def w(db):
    w = outreach_world()
    OutreachEvent.objects.all().delete()
    return w


def words(w, month=NOVEMBER, teams=None):
    return rule_words(month, months_of(teams or [w.team], month, TODAY))


def test_a_month_that_runs_counts_what_was_held_and_what_comes(w):
    assert words(w) == ("Tháng 11/2026: Đội hình tỉnh chưa có hoạt động nào; mỗi tháng cần ít nhất một, nên có hai.")
    make_event(w, state="held")
    assert words(w) == (
        "Tháng 11/2026: Đội hình tỉnh đã tổ chức 1 hoạt động: đủ mức một mỗi tháng, thêm một là đạt mục tiêu."
    )
    make_event(w, SATURDAY + 2 * WEEK)
    assert words(w) == (
        "Tháng 11/2026: Đội hình tỉnh đã tổ chức 1 hoạt động, sắp tới có 1 hoạt động: đạt mục tiêu hai hoạt động."
    )


def test_what_should_be_over_and_was_not_held_does_not_count(w):
    make_event(w, SATURDAY - WEEK, state="confirmed")
    make_event(w, state="cancelled", cancel_reason="Mưa")
    assert "chưa có hoạt động nào" in words(w)


def test_a_month_that_is_over_counts_only_what_was_held(w):
    make_event(w, datetime.date(2026, 10, 10), state="confirmed")
    assert words(w, OCTOBER) == ("Tháng 10/2026: Đội hình tỉnh không tổ chức hoạt động nào; mỗi tháng cần ít nhất một.")
    make_event(w, datetime.date(2026, 10, 17), state="held")
    assert words(w, OCTOBER) == (
        "Tháng 10/2026: Đội hình tỉnh đã tổ chức 1 hoạt động: đủ mức một mỗi tháng, chưa đến mục tiêu hai."
    )


def test_several_teams_are_counted_those_that_organise(w):
    make_event(w, state="held")
    make_event(w, SATURDAY + 2 * WEEK)
    make_event(w, datetime.date(2026, 3, 14), team=w.other_team, state="held")
    Team.objects.create(code="KHAC", name="Đội khác", unit=w.far)
    teams = list(organising_teams(teams=Team.objects.all(), own=[], month=NOVEMBER))
    assert teams == [w.team, w.other_team]
    assert words(w, teams=teams) == (
        "Tháng 11/2026: 1 trên 2 đội hình có ít nhất một hoạt động, 1 đội đạt mục tiêu hai."
    )
    assert rule_words(NOVEMBER, []) == "Tháng 11/2026: chưa có đội hình nào tổ chức hoạt động."


def test_a_commune_is_visited_once_an_event_was_held_there(w):
    assert never_visited(w.province, TODAY) == [w.commune, w.far]
    make_event(w)
    assert never_visited(w.province, TODAY) == [w.commune, w.far]
    make_event(w, state="held")
    assert never_visited(w.province, TODAY) == [w.far]
    assert never_visited(w.province, SATURDAY - WEEK) == [w.commune, w.far]  # it was not held yet
    assert never_visited(w.district, TODAY) == [w.far]


def test_a_visit_to_a_predecessor_is_one_to_its_main_successor(w):
    end = datetime.date(2025, 7, 1)
    old, older = (make_commune(w.district, code, f"Xã Cũ {code}", valid_until=end) for code in ("06701", "06702"))
    new = make_commune(w.province, "06701", "Phường Mới", valid_from=end)
    beside = make_commune(w.province, "06703", "Phường Bên", valid_from=end)
    UnitSuccession.objects.create(predecessor=old, successor=new)
    UnitSuccession.objects.create(predecessor=old, successor=beside, is_main=False, extent="partial")
    UnitSuccession.objects.create(predecessor=older, successor=beside)
    make_event(w, datetime.date(2020, 6, 13), host_unit=old, state="held")
    in_2020 = never_visited(w.province, datetime.date(2020, 12, 31))
    assert {unit.name for unit in in_2020} == {"Xã Cũ 06702", "Phường Hồng Gai", "Xã Hòa Bình"}
    assert {unit.name for unit in never_visited(w.province, TODAY)} == {"Phường Bên", "Phường Hồng Gai", "Xã Hòa Bình"}


@pytest.mark.parametrize("count", [1, 3])
def test_questions_of_the_month_take_the_same_queries_however_many_events(w, count, django_assert_num_queries):
    for number in range(count):
        make_event(w, SATURDAY + number * WEEK, state="held")
        make_commune(w.province, f"0690{number}", f"Xã Thêm {number}")
    with django_assert_num_queries(5):
        months_of([w.team, w.other_team], NOVEMBER, TODAY)
        never_visited(w.province, TODAY)
