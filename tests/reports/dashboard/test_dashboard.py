"""/reports/: the first screen, its cards, its filters, who sees what, and what it costs."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from assistance.models import NotSubmittedReason, UnitTotal
from assistance.rollups import roll_up
from reports.dashboard.burn_up import BurnUp, round_up
from reports.dashboard.filters import year_before
from reports.targets.cards import cards_of
from shifts.models import Role, Team
from tests.factories import make_user
from tests.reports.figures.records import MONDAY, duty, log, sent, total
from tests.reports.people import add_offices, count, target

pytestmark = pytest.mark.django_db
YEAR = {"first": datetime.date(2026, 1, 1), "last": datetime.date(2026, 12, 31)}
HTMX = {"HX-Request": "true"}
NOON = datetime.datetime(2026, 2, 13, 12, 0)  # the Friday of the week that begins on MONDAY


@pytest.fixture
def w(world):
    with time_machine.travel(timezone.make_aware(NOON), tick=False):
        yield add_offices(world)


def client_of(user):
    client = Client()
    client.force_login(user, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def page(user, address="/reports/", **headers):
    return client_of(user).get(address, headers=headers)


def part(user, code, query=""):
    return page(user, f"/reports/parts/{code}/{query}", **HTMX)


def bars(response):
    return [(bar.label, bar.value) for bar in response.context["bars"].rows]


class TestFirstScreen:
    def test_says_who_is_on_pace_and_who_is_behind(self, w):
        target(unit=w.province, minimum=20_000, stretch=50_000, **YEAR)
        target(team=w.team, minimum=12, stretch=24, **YEAR)
        count(w, MONDAY, 11)
        found = page(w.leadership)
        assert [card.target.scope for card in found.context["first"].cards] == [w.province, w.team]
        assert found.context["first"].headline == "1 đúng nhịp, 1 chỉ tiêu đang chậm"
        assert "1 đúng nhịp, 1 chỉ tiêu đang chậm" in found.content.decode()

    def test_ranks_units_by_pace_and_says_when_they_last_sent(self, w):
        target(unit=w.province, minimum=200, stretch=400, **YEAR)
        for unit in (w.commune, w.other_commune):
            target(unit=unit, minimum=100, stretch=200, **YEAR)
        total(w.commune, first=MONDAY - datetime.timedelta(days=7), dossiers_full=70)
        total(w.other_commune, first=MONDAY - datetime.timedelta(days=14), dossiers_full=3)
        ranking = page(w.leadership).context["first"].ranking
        assert [(row.unit, row.standing.done, row.is_behind) for row in ranking.rows] == [
            (w.commune, 70, False), (w.other_commune, 3, True),
        ]  # fmt: skip
        assert [row.unit for row in ranking.slowest] == [w.other_commune, w.commune]
        assert [row.last_report for row in ranking.rows] == [datetime.date(2026, 2, 8), datetime.date(2026, 2, 1)]
        assert [n for _monday, n in ranking.rows[0].weeks][-3:] == [0, 70, 0]

    def test_names_the_floors_of_the_session(self, w):
        with time_machine.travel(timezone.make_aware(datetime.datetime(2026, 2, 13, 9)), tick=False):
            duty(w, date=datetime.date(2026, 2, 13), state="present")
            found = page(w.leadership)
        floors = found.context["first"].day.current.floors
        assert [(floor.post.name, floor.here) for floor in floors] == [("Tầng 2", 0), ("Tầng 3", 0), ("Tầng 1", 1)]
        assert w.volunteer.full_name in found.content.decode()

    def test_a_past_period_shows_the_targets_of_then_and_no_floors(self, w):
        target(
            unit=w.province, minimum=20, stretch=50, first=datetime.date(2020, 2, 24), last=datetime.date(2020, 12, 31)
        )
        count(w, datetime.date(2020, 6, 1), 30)
        found = page(w.leadership, "/reports/?from=2020-02-24&to=2020-12-31").context["first"]
        assert [(card.standing.done, card.verdict.state) for card in found.cards] == [(30, "reached")]
        assert found.day is None

    def test_of_one_unit_shows_only_what_lies_below(self, w):
        target(unit=w.province, minimum=200, stretch=400, **YEAR)
        target(unit=w.commune, minimum=100, stretch=200, **YEAR)
        found = page(w.leadership, f"/reports/?unit={w.commune.code}").context["first"]
        assert [card.target.unit for card in found.cards] == [w.commune]

    def test_without_targets_says_what_will_be_here(self, w):
        assert "Chưa có chỉ tiêu nào trong kỳ này" in page(w.leadership).content.decode()


class TestRights:
    def test_a_reporter_sees_the_targets_of_their_unit_alone(self, w):
        target(unit=w.province, minimum=200, stretch=400, **YEAR)
        target(unit=w.commune, minimum=100, stretch=200, **YEAR)
        assert [card.target.unit for card in page(w.reporter).context["first"].cards] == [w.commune]

    def test_a_leader_sees_the_targets_of_their_team(self, w):
        target(team=w.team, minimum=12, stretch=24, **YEAR)
        target(team=w.other_team, minimum=12, stretch=24, **YEAR)
        assert [card.target.team for card in page(w.leader).context["first"].cards] == [w.team]

    def test_a_volunteer_and_a_stranger_may_not(self, w):
        for user in (w.volunteer, make_user("lang", "Ai Đó")):
            assert page(user).status_code == 403
            assert part(user, "posts").status_code == 403

    def test_people_are_shown_to_their_leader_by_name_and_to_nobody_above(self, w):
        log(w), log(w, hour=10), log(w, by=w.mate)
        assert bars(part(w.leader, "people")) == [("Phạm Quốc Khánh", 1), ("Nguyễn Thu Hà", 2)] or bars(
            part(w.leader, "people")
        ) == [("Nguyễn Thu Hà", 2), ("Phạm Quốc Khánh", 1)]
        assert part(w.leadership, "people").status_code == 404
        assert part(w.staff, "people").status_code == 404

    def test_a_leader_sees_no_people_of_another_team(self, w):
        log(w)
        Role.objects.create(user=w.stranger, kind="leader", team=w.other_team)
        assert bars(part(w.stranger, "people")) == []

    def test_a_unit_out_of_reach_is_as_unknown_as_one_that_is_not(self, w):
        known = page(w.reporter, f"/reports/?unit={w.other_commune.code}")
        unknown = page(w.reporter, "/reports/?unit=99999")
        assert known.status_code == unknown.status_code == 422
        assert known.context["form"].errors["unit"] == unknown.context["form"].errors["unit"]


class TestParts:
    def test_posts_add_up_to_the_visits(self, w):
        log(w), log(w, post=w.t2), log(w, post=w.t2, hour=10)
        found = part(w.leadership, "posts")
        assert bars(found) == [("Tầng 1, Trung tâm", 1), ("Tầng 2, Trung tâm", 2)]
        assert found.context["bars"].total == 3

    def test_comparison_shows_both_and_the_change(self, w):
        log(w), log(w, hour=10), log(w, hour=11)
        log(w, date=MONDAY - datetime.timedelta(days=7)), log(w, date=MONDAY - datetime.timedelta(days=7), post=w.t2)
        found = part(w.leadership, "posts", f"?from={MONDAY}&to={MONDAY + datetime.timedelta(days=6)}&compare=before")
        rows = [(bar.label, bar.value, bar.before, bar.change) for bar in found.context["bars"].rows]
        assert rows == [("Tầng 1, Trung tâm", 3, 1, 200), ("Tầng 2, Trung tâm", 0, 1, -100)]
        assert found.context["bars"].change == 50

    def test_hours_are_means_of_the_weekday(self, w):
        for _time in range(4):
            log(w, date=MONDAY - datetime.timedelta(days=7), hour=9)
        for _time in range(2):
            log(w, date=MONDAY, hour=9)
        log(w, date=MONDAY, hour=11)
        heat = part(w.leadership, "hours").context["heat"]
        assert heat.hours == [9, 10, 11]
        (monday,) = heat.rows
        assert monday[0] == "T2"
        assert [(cell.hour, cell.mean, cell.step) for cell in monday[1]] == [(9, 3, 5), (10, 0, 0), (11, 0.5, 1)]
        assert (heat.busiest[0], heat.busiest[1].hour) == ("T2", 9)

    def test_hours_are_the_same_once_they_are_rolled_up(self, w):
        log(w, hour=9), log(w, date=MONDAY - datetime.timedelta(days=7), hour=14), log(w, date=NOON.date(), hour=8)
        before = dict(part(w.leadership, "hours").context["heat"].sums)
        assert roll_up() > 0
        assert dict(part(w.leadership, "hours").context["heat"].sums) == before

    def test_reasons_say_why_and_of_which_procedure(self, w):
        other = NotSubmittedReason.objects.create(code="mang", name="Mất mạng")
        reason = NotSubmittedReason.objects.get(code="thieu_giay_to")
        for hour, why in ((8, reason), (9, reason), (10, other)):
            log(w, hour=hour, activities=("nop_ho_so",), procedure=w.procedure,
                dossier=sent(outcome="not_submitted", reason=why))  # fmt: skip
        log(w, hour=11, activities=("nop_ho_so",), procedure=w.procedure, dossier=sent())
        reasons = part(w.leadership, "reasons").context["reasons"]
        assert [(name, n) for name, n, _width in reasons.rows] == [("Thiếu giấy tờ", 2), ("Mất mạng", 1)]
        (stuck,) = reasons.stuck
        assert (stuck.procedure, stuck.department, stuck.count) == (w.procedure.name, "Sở Tư pháp", 3)
        assert list(part(w.reporter, "reasons").context["reasons"].rows) == []

    def test_sources_part_desk_from_totals(self, w):
        log(w, activities=("huong_dan",))
        total(w.commune, guided_citizen=40, dossiers_full=5)
        guided, dossiers = part(w.leadership, "sources").context["both"]
        assert [(bar.label, bar.value) for bar in guided.rows] == [
            ("Ghi tại điểm hỗ trợ", 1), ("Số liệu tổng hợp đơn vị gửi", 40),
        ]  # fmt: skip
        assert [(bar.label, bar.value) for bar in dossiers.rows] == [("Số liệu tổng hợp đơn vị gửi", 5)]

    def test_duty_counts_kept_duties_and_short_sessions(self, w):
        duty(w, state="present"), duty(w, session="chieu", state="absent")
        query = f"?from={MONDAY}&to={MONDAY}"
        found = part(w.leadership, "duty", query).context["duty"]
        assert (found.duties, found.sessions, found.staffed) == (1, 2, 1)
        assert found.short == [(MONDAY, "chiều", 0)]
        assert found.states == [("có mặt", 1), ("vắng", 1)]

    def test_every_part_answers_with_and_without_numbers(self, w):
        for fill in (lambda: None, lambda: (log(w), duty(w))):
            fill()
            for code in ("hours", "posts", "duty", "departments", "procedures", "audience", "reasons", "sources"):
                assert part(w.leadership, code).status_code == 200
                whole = page(w.leadership, f"/reports/parts/{code}/?compare=year")
                assert whole.status_code == 200
                assert "<html" in whole.content.decode()

    def test_a_part_that_is_none_does_not_exist(self, w):
        assert part(w.leadership, "secrets").status_code == 404


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "field"),
        [("from=2026-03-01&to=2026-02-01", "from"), ("from=1026-01-01", "from"),
         ("from=9999-01-01&to=9999-12-31", "from"), ("from=x", "from"), ("compare=moon", "compare"), ("as=later", "as"),
         ("unit=%00", "unit"),
         ("from=2001-01-01&to=2026-01-01", "from"), ("to=2026-02-30", "to")],
    )  # fmt: skip
    def test_bad_input_is_refused_by_field(self, w, query, field):
        for address in (f"/reports/?{query}", f"/reports/parts/posts/?{query}"):
            found = page(w.leadership, address)
            assert found.status_code == 422
            assert field in found.context["form"].errors

    def test_view_is_kept_in_the_address_of_every_card(self, w):
        html = page(w.leadership, f"/reports/?unit={w.district.code}&compare=year&as=now").content.decode()
        assert f"/reports/parts/posts/?unit={w.district.code}&amp;as=now&amp;compare=year" in html

    def test_a_leap_day_has_a_year_before(self):
        assert year_before(datetime.date(2024, 2, 29)) == datetime.date(2023, 2, 28)


class TestCosts:
    @pytest.mark.parametrize("many", [1, 3])
    def test_page_takes_the_same_queries_however_many_targets(self, w, many, django_assert_num_queries):
        target(unit=w.province, minimum=200, stretch=400, **YEAR)
        for number in range(many):
            team = Team.objects.create(code=f"D{number}", name=f"Đội {number}", unit=w.province, home_site=w.site)
            target(team=team, minimum=10, stretch=20, **YEAR)
            count(w, MONDAY, 5, team=team)
            log(w, hour=8 + number)
        client = client_of(w.leadership)
        client.get("/reports/")
        with django_assert_num_queries(24):
            assert client.get("/reports/").status_code == 200

    @pytest.mark.parametrize("many", [1, 3])
    def test_part_takes_the_same_queries_however_many_rows(self, w, many, django_assert_num_queries):
        for post in (w.t1, w.t2, w.t3)[:many]:
            log(w, post=post)
        client = client_of(w.leadership)
        with django_assert_num_queries(12):
            assert client.get("/reports/parts/posts/", headers=HTMX).status_code == 200


class TestBurnUp:
    def test_line_ends_where_the_numbers_end(self, w):
        row = target(
            unit=w.province, minimum=140, stretch=200, first=datetime.date(2026, 2, 1), last=datetime.date(2026, 2, 28)
        )
        count(w, datetime.date(2026, 2, 3), 30), count(w, datetime.date(2026, 2, 9), 40)
        (card,) = cards_of([row], datetime.date(2026, 2, 13))
        line = BurnUp(card.standing)
        assert line.most == 200
        assert [total for _day, total in line.sums] == [0, 30, 70, 70]
        assert line.done.split()[-1] == "444.4,130.0"  # 12 of 27 days; 70 of 200
        assert line.minimum == "0.0,200.0 1000.0,60.0"
        assert [(month.value, month.total) for month in line.rows] == [(70, 70)]
        assert line.end.words == 70

    def test_scale_is_a_round_number_above(self):
        assert [round_up(n) for n in (1, 2, 7, 10, 11, 9_846, 31_220, 50_000)] == [
            1,
            2,
            10,
            10,
            20,
            10_000,
            50_000,
            50_000,
        ]


def test_total_that_says_nothing_is_a_report_too(w):
    target(unit=w.province, minimum=200, stretch=400, **YEAR)
    target(unit=w.commune, minimum=100, stretch=200, **YEAR)
    UnitTotal.objects.create(
        unit=w.commune, span="week", date_from=MONDAY, date_to=MONDAY + datetime.timedelta(days=6), counted_on=MONDAY,
        state="sent", sent_at=timezone.now(), nothing=True,
    )  # fmt: skip
    assert page(w.leadership).context["first"].ranking.rows[0].last_report == datetime.date(2026, 2, 15)
