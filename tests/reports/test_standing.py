"""How far targets are: literal numbers on the small world; the same as the figures say."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assistance.models import UnitTotal
from reports.figures import ask
from reports.models import Target
from reports.targets.cards import cards_of, first_cards
from reports.targets.errors import past_error
from reports.targets.kinds import TARGET_FIGURES
from reports.targets.pace import DAYS, WEEKS, Forecast
from reports.targets.standing import standings
from reports.targets.verdicts import headline, verdict_of
from shifts.access import Access
from shifts.models import (
    Assignment,
    Attendance,
    CalendarDay,
    OutreachEvent,
    Roster,
    Team,
    Unit,
    UnitSuccession,
)
from tests.factories import publish
from tests.reports.people import add_offices, count, target

pytestmark = pytest.mark.django_db
# Twenty open days of four weeks, Monday to Friday; the province's centre is open on them.
MONTH = {"first": datetime.date(2021, 2, 1), "last": datetime.date(2021, 2, 28)}


def february(day):
    return datetime.date(2021, 2, day)


@pytest.fixture
def w(world):
    return add_offices(world)


def standing(target, on):
    (found,) = standings([target], on)
    return found


def test_pace_need_and_forecast_of_a_small_world(w):
    for day in (1, 2, 3, 4, 5, 8, 9, 10, 11, 12):
        count(w, february(day), 6)
    found = standing(target(unit=w.province, minimum=140, stretch=200, **MONTH), february(14))
    assert (found.done, found.open_days, found.days_passed, found.days_left) == (60, 20, 10, 10)
    assert (found.expected, found.needed, found.per_day) == (70, 8, 6)
    assert (found.share_of_minimum, found.share_of_stretch, found.late) == (42, 30, 14)
    assert found.forecast == Forecast(120, 120, 120)
    verdict = verdict_of(found)
    assert (verdict.state, verdict.badge, verdict.colour) == ("behind", "Chậm 14 %", "red")
    assert verdict.sentence == "Chậm 14 % so với nhịp: cần 8 mỗi ngày mở cửa đến 28/02/2021, đang đạt 6."


def test_a_target_on_pace_says_what_is_needed(w):
    for day in (1, 2, 3, 4, 5):
        count(w, february(day), 10)
    found = verdict_of(standing(target(unit=w.province, minimum=140, stretch=200, **MONTH), february(7)))
    assert found.sentence == "Đúng nhịp: cần 6 mỗi ngày mở cửa đến 28/02/2021, đang đạt 10."


def test_what_is_reached_is_said_and_so_is_what_lies_above(w):
    count(w, february(1), 150)
    row = target(unit=w.province, minimum=140, stretch=200, **MONTH)
    found = verdict_of(standing(row, february(3)))
    assert (found.state, found.sentence) == ("reached", "Đã đạt tối thiểu 140, còn 50 đến mức phấn đấu.")
    count(w, february(2), 50)
    assert verdict_of(standing(row, february(3))).state == "stretched"
    assert standing(row, february(3)).needed == 0


def test_a_period_that_is_over_is_reached_or_missed_and_not_foreseen(w):
    count(w, february(1), 130)
    found = standing(target(unit=w.province, minimum=140, stretch=200, **MONTH), datetime.date(2021, 4, 1))
    assert (found.done, found.needed, found.forecast) == (130, None, None)
    assert verdict_of(found).sentence == "Kỳ đã kết thúc, còn thiếu 10 so với tối thiểu 140."


def test_a_period_that_has_not_begun_says_so(w):
    found = standing(target(unit=w.province, minimum=140, stretch=200, **MONTH), datetime.date(2021, 1, 4))
    assert verdict_of(found).state == "upcoming"
    assert found.needed == 7


def test_holidays_are_not_open_days(w):
    for day in range(8, 13):
        CalendarDay.objects.create(date=february(day), name="Tết", is_open=False)
    assert standing(target(unit=w.province, **MONTH), february(14)).open_days == 15


def test_a_unit_without_a_site_works_by_the_common_calendar(w):
    CalendarDay.objects.create(date=february(1), name="Nghỉ", is_open=False)
    CalendarDay.objects.create(date=february(6), name="Làm bù", is_open=True)
    CalendarDay.objects.create(date=february(2), name="Trung tâm đóng", is_open=False, site=w.site)
    assert standing(target(unit=w.commune, **MONTH), february(14)).open_days == 20
    assert standing(target(unit=w.province, **MONTH), february(14)).open_days == 19
    # Its site has no hours yet, which does not mean that it is always closed.
    assert standing(target(unit=w.district, **MONTH), february(14)).open_days == 20


def test_a_period_without_open_days_has_no_pace(w):
    found = standing(target(unit=w.province, first=february(6), last=february(7)), february(6))
    assert (found.open_days, found.needed, found.forecast) == (0, None, None)
    assert verdict_of(found).state == "no_days"


def test_a_unit_counts_all_below_it_and_a_team_only_itself(w):
    commune_team = Team.objects.create(code="HG", name="Đội hình Hồng Gai", unit=w.commune)
    count(w, february(1), 5)
    count(w, february(1), 7, unit=w.commune, team=commune_team)
    count(w, february(2), 9, unit=w.other_commune, team=w.other_team)
    rows = [target(**{key: value}, **MONTH) for key, value in [
        ("unit", w.province), ("unit", w.district), ("unit", w.commune), ("team", w.team), ("team", commune_team)
    ]]  # fmt: skip
    assert [found.done for found in standings(rows, february(14))] == [21, 16, 7, 5, 7]


def test_every_figure_is_what_the_figures_say(w):
    OutreachEvent.objects.create(
        team=w.team, unit=w.province, date=february(6), starts_at="07:30", ends_at="11:00", venue_kind="school",
        venue="Trường THPT Hòn Gai", host_unit=w.district, state="held",
    )  # fmt: skip
    for place, figure in enumerate(TARGET_FIGURES):
        if figure not in ("dossiers", "events", "duties", "coverage", "on_duty"):
            count(w, february(2), 3 + place, figure=figure)
    UnitTotal.objects.create(
        unit=w.commune, span="week", date_from=february(1), date_to=february(7), counted_on=february(1), state="sent",
        sent_at=datetime.datetime(2021, 2, 7, tzinfo=datetime.UTC), reached=40, guided_citizen=20, guided_youth=5,
        accounts=4, reached_with_account=11, leaflets=30, dossiers_partial=8, dossiers_full=6, dossiers_resolved=5,
        duties=4, events=1,
    )  # fmt: skip
    figures = [figure for figure in TARGET_FIGURES if figure not in ("coverage", "on_duty")]
    rows = [target(figure=figure, unit=w.province, **MONTH) for figure in figures]
    done = {found.target.figure: found.done for found in standings(rows, february(14))}
    asked = {
        figure: ask(figure, units=Unit.objects.all(), first=february(1), last=february(14)).total for figure in figures
    }
    assert done == asked
    assert done["events"] == 2
    assert all(done.values())


def test_weekly_totals_are_foreseen_by_the_week_and_judged_by_the_weeks_that_are_over(w):
    for day in (1, 8, 15):
        UnitTotal.objects.create(
            unit=w.commune, span="week", date_from=february(day), date_to=february(day + 6), counted_on=february(day),
            state="sent", sent_at=datetime.datetime(2021, 2, 20, tzinfo=datetime.UTC), dossiers_full=50,
        )  # fmt: skip
    row = target(unit=w.commune, minimum=200, stretch=200, **MONTH)
    found = standing(row, february(24))
    assert (found.series.grain, found.done, found.expected, found.late) == (WEEKS, 150, 150, 0)
    assert found.forecast is None
    assert "mới có 3 tuần trọn vẹn" in found.method
    assert standing(target(unit=w.province, **MONTH), february(24)).series.grain is WEEKS
    assert standing(target(team=w.team, **MONTH), february(24)).series.grain is DAYS


def test_reached_with_account_stands_beside_those_who_were_told_and_the_accounts(w):
    count(w, february(1), 9, figure="reached_with_account")
    count(w, february(1), 20, figure="reached")
    count(w, february(1), 4, figure="accounts")
    found = standing(target(figure="reached_with_account", unit=w.province, **MONTH), february(3))
    assert found.beside == [("Lượt tuyên truyền", 20), ("Tài khoản", 4)]


def events(w, *dates):
    for date in dates:
        OutreachEvent.objects.create(
            team=w.team, unit=w.province, date=date, starts_at="07:30", ends_at="11:00", venue_kind="school",
            venue="Trường", host_unit=w.district, state="held",
        )  # fmt: skip


def test_events_are_held_against_each_month(w):
    row = target(
        figure="events", team=w.team, rhythm="month", minimum=1, stretch=2,
        first=datetime.date(2021, 1, 1), last=datetime.date(2021, 6, 30),
    )  # fmt: skip
    events(w, datetime.date(2021, 1, 9), datetime.date(2021, 3, 13), datetime.date(2021, 3, 20))
    found = standing(row, datetime.date(2021, 4, 10))
    assert (found.done, found.minimum, found.stretch, found.expected) == (3, 6, 12, 3)
    assert [month.value for month in found.months] == [1, 0, 2, 0, 0, 0]
    verdict = verdict_of(found)
    assert (verdict.state, verdict.badge) == ("behind", "Thiếu 1 tháng")
    assert verdict.sentence == "Chưa đủ 1 mỗi tháng ở 1 tháng, gần nhất: 02/2021."
    events(w, datetime.date(2021, 2, 6))
    assert verdict_of(standing(row, datetime.date(2021, 4, 10))).sentence == (
        "Các tháng trước đều đủ; tháng này mới có 0, cần 1."
    )


def test_a_few_days_of_a_month_are_not_held_against_a_monthly_target(w):
    row = target(
        figure="events", team=w.team, rhythm="month", minimum=1, stretch=2,
        first=datetime.date(2020, 2, 24), last=datetime.date(2020, 12, 31),
    )  # fmt: skip
    found = standing(row, datetime.date(2020, 3, 20))
    assert (found.minimum, len(found.months)) == (10, 10)
    assert found.missed_months == []


def test_coverage_counts_units_of_the_level_with_a_team(w):
    Team.objects.create(code="HG", name="Đội hình Hồng Gai", unit=w.commune, valid_from=february(10))
    rows = [
        target(figure="coverage", level=level, unit=w.province, minimum=100, stretch=100, **MONTH)
        for level in ("commune", "district")
    ]
    communes, districts = standings(rows, february(5))
    assert (communes.done, communes.minimum, communes.stretch) == (0, 2, 2)
    assert (districts.done, districts.minimum) == (1, 1)
    assert verdict_of(districts).state == "reached"
    communes = standing(rows[0], february(26))
    assert (communes.done, communes.forecast, communes.needed) == (1, None, None)
    assert verdict_of(communes).sentence == "Còn 1 đơn vị (xã, phường) chưa có đội hình."


def test_people_on_duty_are_held_against_each_open_session(w):
    roster = Roster.objects.create(site=w.site, month=february(1))
    publish(roster, w.leader)
    row = target(figure="on_duty", team=w.team, rhythm="session", minimum=2, stretch=2, **MONTH)
    assert verdict_of(standing(row, february(2))).state == "no_data"
    people = [w.volunteer.volunteer, w.mate.volunteer]
    for day in (1, 2):
        for session in ("sang", "chieu"):
            for person, post in zip(people, (w.t1, w.t2), strict=True):
                Assignment.objects.create(
                    roster=roster, date=february(day), session=session, post=post, volunteer=person
                )  # fmt: skip
    found = standing(row, february(2))
    assert (found.done, found.sessions.begun, found.minimum) == (4, 4, 40)
    assert verdict_of(found).sentence == "Cả 4 buổi mở cửa đến nay đều có ít nhất 2 người."
    Attendance.objects.create(
        assignment=Assignment.objects.get(date=february(2), session="chieu", volunteer=people[0]), state="absent"
    )  # fmt: skip
    verdict = verdict_of(standing(row, february(2)))
    assert (verdict.state, verdict.badge) == ("behind", "Thiếu người 1 buổi")
    assert verdict.sentence == "1 trên 4 buổi có dưới 2 người; gần nhất là chiều 02/02/2021, 1 người."


def test_a_target_counts_what_its_units_predecessors_did_in_the_period(w):
    heir = Unit.objects.create(
        code="06652", name="Phường Hạ Long", level="commune", kind="phường", parent=w.province, valid_from=february(15)
    )
    for old in (w.commune, w.other_commune):
        Unit.objects.filter(pk=old.pk).update(valid_until=february(15))
    UnitSuccession.objects.create(predecessor=w.commune, successor=heir, is_main=True)
    UnitSuccession.objects.create(predecessor=w.other_commune, successor=w.district, is_main=True)
    UnitSuccession.objects.create(predecessor=w.other_commune, successor=heir, is_main=False, extent="partial")
    count(w, february(1), 7, unit=w.commune, team=w.other_team)
    count(w, february(1), 9, unit=w.other_commune, team=w.other_team)
    row = target(unit=heir, **MONTH)
    assert standing(row, february(20)).done == 7  # the part of the other one is its main heir's


def test_the_error_before_is_only_of_own_periods_that_are_over(w):
    for day in range(1, 32):
        count(w, datetime.date(2021, 1, day), 4)
    old = target(
        unit=w.province, minimum=50, stretch=50, first=datetime.date(2021, 1, 1), last=datetime.date(2021, 1, 31)
    )
    row = target(unit=w.province, **MONTH)
    access = Access.of(w.staff)
    (error,) = past_error(access, row, february(10))
    # By Saturday 16 January 64 came on eleven open days, week-ends added to them: 5.8 a day for ten more.
    assert (error.target, error.on, error.came) == (old, datetime.date(2021, 1, 16), 124)
    assert error.foreseen == 122
    assert error.off_percent == 2
    assert past_error(access, old, february(10)) == []
    assert past_error(access, target(unit=w.commune, **MONTH), february(10)) == []


def test_queries_do_not_grow_with_targets(w):
    def queries(rows):
        with CaptureQueriesContext(connection) as found:
            cards_of(rows, february(14))
        return len(found)

    one = [target(unit=w.province, **MONTH)]
    three = [*one, target(unit=w.commune, **MONTH), target(unit=w.other_commune, **MONTH), target(team=w.team, **MONTH)]
    rows = Target.objects.select_related("unit", "team__unit").filter(pk__in=[row.pk for row in three])
    assert queries(rows) == queries(rows.filter(pk=one[0].pk))


def test_parts_hang_on_the_nearest_target_above_and_gaps_are_counted(w):
    whole = target(unit=w.province, minimum=100, stretch=200, **MONTH)
    own = target(team=w.team, minimum=30, stretch=40, **MONTH)
    below = target(unit=w.commune, minimum=20, stretch=50, **MONTH)
    other = target(unit=w.other_commune, minimum=20, stretch=60, **MONTH)
    target(unit=w.commune, figure="accounts", **MONTH)
    cards = {card.target: card for card in cards_of(Target.objects.all(), february(2))}
    assert {part.target for part in cards[whole].parts} == {own, below, other}
    assert (cards[whole].branch.minimum, cards[whole].branch.minimum_gap) == (70, -30)
    assert (cards[whole].branch.stretch, cards[whole].branch.stretch_gap) == (150, -50)
    between = target(unit=w.district, minimum=70, stretch=160, **MONTH)
    cards = {card.target: card for card in cards_of(Target.objects.all(), february(2))}
    assert {part.target for part in cards[whole].parts} == {own, between}
    assert {part.target for part in cards[between].parts} == {below, other}
    assert not cards[whole].branch.has_gap
    first = [card.target for card in first_cards(list(cards.values()))]
    assert first[:2] == [whole, own]
    assert between not in first


def test_the_headline_counts_what_is_on_pace_and_what_is_behind(w):
    count(w, february(1), 50)
    rows = [target(unit=w.province, **MONTH), target(unit=w.commune, **MONTH)]
    verdicts = [verdict_of(found) for found in standings(rows, february(3))]
    assert headline(verdicts) == "1 đúng nhịp, 1 chỉ tiêu đang chậm"
    assert headline(verdicts[:1]) == "1 chỉ tiêu đúng nhịp"
    assert headline([]) == "Chưa có chỉ tiêu nào đang chạy"
