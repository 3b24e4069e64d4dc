"""The demo world, and that it never mixes with anybody's data."""

import datetime
import os
import random
import subprocess
import sys

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.utils import timezone

from assistance.demo_totals import add_totals, campaign_of_2020, remove_totals
from assistance.demo_world import REPORTS_FOR, make_people
from assistance.excess import event_excess
from assistance.figures import TOTAL_COLUMNS
from assistance.models import Dossier, HandOverNote, OutreachResult, UnitTotal, UnitTotalChange, Visit
from assistance.periods import Period
from assistance.results import awaited_events, logged_at
from assistance.second_look import second_looks
from assistance.totals import why_no_total
from assistance.unit_tree import tree_of
from shifts.checks import demo_database_check
from shifts.models import (
    Assignment,
    Attendance,
    CalendarDay,
    InstallationMark,
    Leave,
    Notice,
    OpenPlace,
    OutreachEvent,
    Preference,
    Regulation,
    Role,
    Roster,
    RosterShare,
    Site,
    SwapRequest,
    Team,
    Unit,
    User,
    Volunteer,
)
from shifts.roster.calendar import open_sessions
from shifts.roster.facts import RosterFacts

pytestmark = pytest.mark.django_db
LOGINS = {"tnv", "doitruong", "donvi", "canbo", "lanhdao", "quantri"}


def demo(*, without_2020=True, **options):
    call_command("demo", verbosity=0, without_2020=without_2020, **options)


def test_a_demo_of_two_days_has_its_people_and_a_clean_tally(capsys):
    demo(days=2, without_2020=False)
    assert UnitTotal.objects.filter(date_from__lte="2020-12-31").count() > 5000
    assert Volunteer.objects.filter(team__code="TINH").count() == 25
    assert User.objects.filter(username__in=LOGINS).count() == 6
    assert all(user.check_password("demo-quangninh") for user in User.objects.filter(username__in=LOGINS))
    kinds = dict(Role.objects.filter(user__username__in=LOGINS).values_list("user__username", "kind"))
    assert kinds["donvi"] == "reporter" and kinds["lanhdao"] == "leadership"
    assert User.objects.get(username="quantri").is_superuser
    call_command("check_tally")  # exits with 1 on any difference
    assert InstallationMark.objects.filter(key="demo").exists()


@time_machine.travel("2026-10-20T18:00:00+07:00", tick=False)
def test_a_whole_day_has_its_peak_in_the_morning_and_three_people_one_a_floor():
    demo(days=1)
    visits = Visit.objects.filter(event=None)
    assert 110 <= visits.count() <= 160
    assert visits.filter(hour__in=[8, 9, 10]).count() > visits.filter(hour__in=[13, 14, 15]).count()
    assert visits.values("volunteer", "post").distinct().count() == 3
    sent = Dossier.objects.filter(outcome="submitted").values("visit__volunteer").annotate(n=Count("pk"))
    assert {row["n"] for row in sent} <= {5, 6}
    assert HandOverNote.objects.get(post__code="T2").date == datetime.date(2026, 10, 20)


@time_machine.travel("2026-11-24T06:10:00+07:00", tick=False)
def test_a_holiday_before_the_hall_opens_still_has_visits_today_and_none_in_the_future():
    demo(days=2)
    assert CalendarDay.objects.get(date="2026-11-24").is_open is True
    today = Visit.objects.filter(date="2026-11-24")
    assert today.filter(volunteer__username="tnv").count() >= 9
    assert not Visit.objects.filter(occurred_at__gt=timezone.now()).exists()


@pytest.fixture
def october():
    """The demo as it is on a Tuesday after hours: six open days of visits, the first two in September."""
    with time_machine.travel("2026-10-06T18:00:00+07:00", tick=False):
        demo(days=6)
        yield


def on_duty(date):
    rows = Assignment.objects.active().filter(date=date, roster__isnull=False)
    return set(rows.values_list("volunteer__user__username", "post__code", "session"))


def test_today_tnv_and_the_leader_are_on_duty_and_one_has_not_come_yet(october):
    today = {("doitruong", "T1"), ("tnv", "T2"), ("anh.vu", "T3"), ("bao.tran", "T3")}
    assert on_duty("2026-10-06") == {(*duty, session) for duty in today for session in ("sang", "chieu")}
    marked = Attendance.objects.filter(assignment__date="2026-10-06", state__in=Attendance.CAME)
    assert set(marked.values_list("assignment__volunteer__user__username", "assignment__session")) == {
        (name, session) for name in ("doitruong", "tnv", "anh.vu") for session in ("sang", "chieu")
    }
    logged = Visit.objects.filter(date="2026-10-06").values_list("volunteer__username", "post__code").distinct()
    assert set(logged) == {("doitruong", "T1"), ("tnv", "T2"), ("anh.vu", "T3")}


def test_the_months_up_to_today_are_published_and_clean(october):
    months = Roster.objects.order_by("month").values_list("month", "state", "version")
    assert list(months) == [
        (datetime.date(2026, 9, 1), "published", 1),
        (datetime.date(2026, 10, 1), "published", 2),  # one absence after the publication
        (datetime.date(2026, 11, 1), "draft", 0),
    ]
    for month in ("2026-09", "2026-10"):
        call_command("check_roster", site="TTHCC", month=month)  # raises on any breach


def test_no_duty_of_the_demo_breaks_a_rule(october):
    for roster in Roster.objects.all():
        facts = RosterFacts.of_roster(roster)
        for duty in Assignment.objects.active().filter(roster=roster).select_related("post", "volunteer__user"):
            facts.assume(without={duty.pk})
            person = facts.people[duty.volunteer_id]
            assert facts.why_not(person, duty.date, duty.session, duty.post) is None


def test_nobody_has_two_duties_at_once_or_half_a_day(october):
    held = list(Assignment.objects.active().values_list("volunteer", "date", "session"))
    assert len(held) == len(set(held))
    at_posts = Assignment.objects.active().filter(roster__isnull=False)
    days = at_posts.values("volunteer", "date", "post").annotate(sessions=Count("pk"))
    assert {row["sessions"] for row in days} == {2}


def test_the_published_months_are_fair_to_three_sessions(october):
    counts = dict(
        Assignment.objects.filter(roster__month="2026-09-01").values_list("volunteer").annotate(n=Count("pk"))
    )
    shares = RosterShare.objects.filter(roster__month="2026-09-01").values_list("volunteer", "fair_share")
    assert len(shares) == 25
    assert max(abs(counts.get(volunteer, 0) - float(share)) for volunteer, share in shares) < 3


def test_every_visit_was_logged_by_somebody_on_duty_after_they_came(october):
    held = {
        (row.assignment.volunteer.user_id, row.assignment.date, row.assignment.session): row
        for row in Attendance.objects.filter(state__in=Attendance.CAME).select_related("assignment__volunteer")
    }
    visits = list(Visit.objects.filter(event=None))
    assert len(visits) > 600
    for visit in visits:
        attendance = held[visit.volunteer_id, visit.date, "sang" if visit.hour < 12 else "chieu"]
        assert attendance.assignment.post_id == visit.post_id
        assert attendance.arrived_at <= visit.occurred_at
        assert visit.off_roster is False


def test_some_came_late_or_not_at_all_and_all_duties_before_today_are_marked(october):
    past = Assignment.objects.announced().filter(date__lt="2026-10-06")
    assert not past.filter(attendance=None).exists()
    states = set(Attendance.objects.values_list("state", flat=True))
    assert {"present", "left", "late", "excused"} <= states


def test_next_month_is_half_a_draft_with_pins_that_the_leader_has_to_fill(october):
    site = Site.objects.get(code="TTHCC")
    days = sorted(open_sessions(site, datetime.date(2026, 11, 1), datetime.date(2026, 11, 30)))
    filled = Assignment.objects.filter(roster__month="2026-11-01")
    assert sorted(set(filled.values_list("date", flat=True))) == days[: len(days) // 2]
    pinned = filled.filter(pinned=True).values_list("volunteer__user__username", flat=True)
    assert set(pinned) <= {"tnv", "doitruong"} and len(pinned) > 0
    assert Leave.objects.filter(date_from__month=11).count() == 9


def test_tnv_finds_a_request_a_place_to_take_and_regulations_to_read(october):
    tnv = User.objects.get(username="tnv")
    request = SwapRequest.objects.get()
    assert (request.asked_of, request.state) == (tnv.volunteer, "waiting")
    assert {duty.assignment.date for duty in request.duties.all()} == {datetime.date(2026, 10, 8)}
    places = OpenPlace.objects.waiting()
    assert {(place.date, place.post.code) for place in places} == {(datetime.date(2026, 10, 7), "T1")}
    facts = RosterFacts.of_roster(Roster.objects.get(month="2026-10-01"))
    able = [facts.why_not(facts.people[tnv.volunteer.pk], row.date, row.session, row.post) for row in places]
    assert able == [None, None]
    newest = Regulation.objects.order_by("-version").first()
    assert newest.version == 2
    assert not newest.acknowledgements.filter(user=tnv).exists()
    assert Regulation.objects.get(version=1).acknowledgements.count() == 24
    assert {"swap", "open_place", "regulation"} <= set(Notice.objects.filter(user=tnv).values_list("kind", flat=True))


def test_two_events_a_month_were_held_and_one_comes_on_saturday(october):
    events = OutreachEvent.objects.filter(date__gte="2026-09-01").values_list("date", "state")
    assert list(events) == [
        (datetime.date(2026, 9, 12), "held"), (datetime.date(2026, 9, 26), "held"),
        (datetime.date(2026, 10, 10), "confirmed"), (datetime.date(2026, 10, 24), "planned"),
        (datetime.date(2026, 11, 7), "planned"), (datetime.date(2026, 11, 21), "planned"),
    ]  # fmt: skip
    held = OutreachEvent.objects.filter(state="held", date__year=2026)
    for event in held:
        assert event.assignments.active().count() >= 3
        assert all(thing.brought_back is not None for thing in event.materials.all())
        assert event.contact_name.startswith("Người Mẫu")
    assert Assignment.objects.filter(event__date="2026-10-10", volunteer__user__username="tnv").exists()


def test_held_events_have_results_but_the_last_and_one_was_logged_visit_by_visit(october):
    held = list(OutreachEvent.objects.filter(state="held").order_by("date"))
    reported = list(OutreachEvent.objects.filter(result__isnull=False).order_by("date"))
    assert reported == held[:-1] and len(reported) > 5
    assert list(awaited_events()) == [held[-1]]
    assert set(Visit.objects.exclude(event=None).values_list("event", flat=True)) == {reported[-1].pk}
    assert logged_at(reported[-1])["reached"] == 26
    [row] = event_excess(events=[reported[-1].pk], first=reported[-1].date, last=reported[-1].date)
    assert row["reached"] == reported[-1].result.reached - 26 > 0
    schools = OutreachResult.objects.filter(event__venue_kind="school")
    assert set(schools.values_list("dossiers_partial", "dossiers_full")) == {(0, 0)}
    assert all(row.accounts <= row.reached and row.changes.count() == 1 for row in OutreachResult.objects.all())
    assert not Dossier.objects.exclude(visit__event=None).exists()


def test_a_few_have_floors_limits_and_wishes_of_their_own(october):
    own = Volunteer.objects.annotate(floors=Count("posts")).values_list("user__username", "floors")
    assert {name: floors for name, floors in own if floors < 3} == {
        "lan.dinh": 1, "phuc.hoang": 1, "mai.to": 2, "khanh.le": 2,
    }  # fmt: skip
    assert Volunteer.objects.exclude(max_per_week=None, max_per_month=None).count() == 4
    assert Preference.objects.count() == 6


@pytest.mark.parametrize("now", ["2026-10-30T10:00+07:00", "2026-10-31T10:00+07:00", "2027-01-01T09:00+07:00"])
def test_the_demo_also_builds_at_the_ends_of_months_on_saturdays_and_holidays(now):
    with time_machine.travel(now, tick=False):
        demo(days=1)
        call_command("check_roster", site="TTHCC", month=now[:7])
        assert Visit.objects.exists()


def add_autumn(login_unit=REPORTS_FOR):
    add_totals(now=timezone.localtime(), login_unit=login_unit, with_2020=False, report=lambda text: None)


@pytest.fixture
def autumn():
    """The unit totals of the demo as they are on a Tuesday of November: weeks 40 to 47."""
    with time_machine.travel("2026-11-24T09:00:00+07:00", tick=False):
        call_command("load_world", verbosity=0)
        make_people()
        add_autumn()
        yield


LAST_WEEK = Period.read("2026-W47")


def test_most_communes_have_a_team_by_a_decision_and_have_sent_last_week(autumn):
    tree = tree_of(units=Unit.objects.all(), period=LAST_WEEK)
    communes = tree.of_level("commune")
    assert len(communes) == 54
    assert sum(line.runs for line in communes) == 48
    for team in Team.objects.exclude(code="TINH"):
        assert team.decision_number.endswith("-QĐ/ĐTN")
        assert team.valid_from < LAST_WEEK.first and team.valid_from.weekday() < 5
    # Six without a team, seven late ones, one given back, and the unit of the login.
    assert (len(tree.sent), len(tree.waiting), len(tree.missing)) == (39, 39, 15)
    running = [line for line in communes if line.runs]
    assert sum(line.total is None for line in running) == 8
    assert sum(line.total is not None and line.total.state == "returned" for line in running) == 1


def test_the_login_of_a_unit_has_to_send_last_week_and_finds_the_seven_before(autumn):
    own = UnitTotal.objects.filter(unit__code=REPORTS_FOR).order_by("date_from")
    assert [total.period.key for total in own] == [f"2026-W{week}" for week in range(40, 47)]
    assert {(total.state, total.nothing, total.sent_by.username) for total in own} == {("accepted", False, "donvi")}


def test_the_weeks_before_are_accepted_but_for_one_given_back_and_every_act_is_kept(autumn):
    before = UnitTotal.objects.filter(date_from__lt=LAST_WEEK.first)
    assert before.exclude(state="accepted").values_list("state", flat=True).get() == "returned"
    assert set(UnitTotal.objects.of(LAST_WEEK).values_list("state", flat=True)) == {"sent", "returned"}
    assert 10 <= before.filter(nothing=True).count() <= 45
    assert before.exclude(remarks="").count() >= 10
    for total in UnitTotal.objects.select_related("unit").prefetch_related("changes"):
        acts = sorted(total.changes.all(), key=lambda act: act.made_at)
        assert [act.kind for act in acts] == (["sent"] if total.state == "sent" else ["sent", total.state])
        assert total.version == len(acts) and acts[-1].made_at < timezone.now()
        assert acts[-1].after == (total.numbers if total.counts else {})


def stands(total):
    """Whether the form would take these numbers as they are, from this unit and without a second look."""
    total.clean_fields(exclude=["unit", "made_by", "sent_by", "reviewed_by"])
    return not why_no_total(total.unit, total.period) and not second_looks(total.numbers, usual={})


def test_no_total_is_of_a_unit_or_a_team_that_was_not_there(autumn):
    teams = {team.unit_id: team for team in Team.objects.all()}
    totals = UnitTotal.objects.select_related("unit")
    assert all(stands(total) and total.period.meets(teams[total.unit_id]) for total in totals)
    assert not totals.exclude(unit__level="commune").exists()


def test_the_totals_are_the_same_every_time_and_keep_what_staff_changed_of_a_team(autumn):
    Team.objects.filter(code=f"DH{REPORTS_FOR}").update(decision_number="99-QĐ/ĐTN")
    facts = ["unit", "date_from", "state", "sent_at", *TOTAL_COLUMNS]
    first = list(UnitTotal.objects.order_by("unit", "date_from").values_list(*facts))
    remove_totals()
    assert not UnitTotalChange.objects.exists()
    add_autumn()
    assert list(UnitTotal.objects.order_by("unit", "date_from").values_list(*facts)) == first
    assert Team.objects.get(code=f"DH{REPORTS_FOR}").decision_number == "99-QĐ/ĐTN"


@pytest.mark.parametrize(
    ("now", "weeks"), [("2027-01-01", "W47 W52"), ("2026-10-06", "W35 W40"), ("2026-12-31", "W40 W52")]
)
def test_early_in_the_year_the_last_six_weeks_are_taken(now, weeks):
    with time_machine.travel(f"{now}T00:20:00+07:00", tick=False):
        call_command("load_world", verbosity=0)
        make_people()
        add_autumn()
        found = UnitTotal.objects.order_by("date_from")
        assert f"{found.first().period.key[5:]} {found.last().period.key[5:]}" == weeks
        assert not UnitTotal.objects.filter(sent_at__gte=timezone.now()).exists()


def test_the_campaign_of_2020_comes_to_what_the_province_did(db):
    call_command("load_world", verbosity=0)
    rows = campaign_of_2020(random.Random(1))
    sums = {code: sum(getattr(row, code) or 0 for row in rows) for code in TOTAL_COLUMNS}
    assert 20_000 <= sums["dossiers_partial"] + sums["dossiers_full"] <= 50_000
    assert 95_000 <= sums["reached_with_account"] <= 105_000
    july = [row for row in rows if row.date_to == datetime.date(2020, 7, 26)]
    assert sum(row.teams for row in july) == 168
    assert sum(row.volunteers for row in july) == 1112
    five_months = [row for row in rows if row.date_to <= datetime.date(2020, 7, 26)]
    assert sum(row.leaflets or 0 for row in five_months) == 15_264
    units = {row.unit.pk: row.unit for row in rows}.values()
    assert sorted(unit.level for unit in units) == ["commune"] * 177 + ["district"] * 13
    assert {row.date_from for row in rows} == {
        datetime.date(2020, 2, 24) + datetime.timedelta(days=7 * n) for n in range(45)
    }
    assert len({(row.unit.pk, row.date_from) for row in rows}) == len(rows)
    assert all(row.unit.holds_on(row.counted_on) and row.sent_at < row.reviewed_at for row in rows)
    assert not any(second_looks(row.numbers, usual={}) for row in rows)


def test_the_demo_refuses_a_database_with_other_people():
    User.objects.create(username="someone", full_name="Người Khác")
    with pytest.raises(CommandError, match="không do lệnh demo tạo ra"):
        demo(days=1)
    assert list(User.objects.values_list("username", flat=True)) == ["someone"]
    assert not InstallationMark.objects.exists()


def test_the_demo_needs_the_demo_setting(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        demo(days=1)


def test_if_empty_keeps_what_is_there_and_a_second_run_renews_the_visits():
    demo(days=1)
    before = set(Visit.objects.values_list("pk", flat=True))
    Visit.objects.filter(pk=min(before)).update(queue_number="999")
    demo(days=1, if_empty=True)
    assert Visit.objects.get(pk=min(before)).queue_number == "999"
    duties = Assignment.objects.active().count()
    demo(days=1)
    assert not Visit.objects.filter(queue_number="999").exists()
    assert User.objects.count() == 29
    assert Assignment.objects.active().count() == duties


def test_demo_mode_refuses_a_database_that_the_demo_did_not_make(settings):
    assert demo_database_check() == ""
    User.objects.create(username="someone", full_name="Người Khác")
    assert "lệnh demo" in demo_database_check()
    with pytest.raises(CommandError, match="lệnh demo"):
        call_command("check_demo_database")
    settings.DEMO = False
    assert demo_database_check() == ""


def test_a_server_in_demo_mode_does_not_start_over_other_peoples_data(tmp_path):
    """The real door of the server, in a process of its own."""
    env = os.environ | {"DEMO": "1", "DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}"}

    def python(code):
        return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)  # noqa: S603

    made = python(
        "import django; django.setup(); from django.core.management import call_command;"
        "call_command('migrate', verbosity=0);"
        "from shifts.models import User; User.objects.create(username='a', full_name='A')"
    )
    assert made.returncode == 0, made.stderr
    started = python("import volunteer_support.wsgi")
    assert started.returncode == 1
    assert "ImproperlyConfigured: DEMO=1 chỉ chạy" in started.stderr
