"""Reading the problem of a month from the database."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shifts.models import (
    Assignment,
    CalendarDay,
    Leave,
    OutreachEvent,
    Preference,
    RaisedLimit,
    Roster,
    RosterShare,
    Volunteer,
)
from shifts.roster.optimiser.problem import Day, Pin, PostNeed, balances_before, read_problem
from tests.factories import make_user, make_world

pytestmark = pytest.mark.django_db
JUNE = datetime.date(2026, 6, 1)


def june(day):
    return datetime.date(2026, 6, day)


@pytest.fixture
def w():
    w = make_world()
    w.site.whole_days, w.site.min_people = True, 3
    w.site.save()
    return w


def persons(problem):
    return {person.username: person for person in problem.people}


def give(w, user, date, session="sang", *, site=None, post=None, pinned=False):
    roster, _made = Roster.objects.get_or_create(site=site or w.site, month=date.replace(day=1))
    return Assignment.objects.create(
        roster=roster, date=date, session=session, post=post or w.t1, volunteer=user.volunteer, pinned=pinned
    )


def test_days_posts_and_people_of_the_site(w):
    CalendarDay.objects.create(date=june(2), name="Nghỉ", is_open=False)
    problem = read_problem(w.site, JUNE)
    assert problem.posts == (
        PostNeed("T1", "Tầng 1", 1, 3),
        PostNeed("T2", "Tầng 2", 1, 3),
        PostNeed("T3", "Tầng 3", 1, 3),
    )
    assert problem.days[:2] == (Day(june(1), ("sang", "chieu")), Day(june(3), ("sang", "chieu")))
    assert len(problem.days) == 21
    assert (problem.min_people, problem.whole_days) == (3, True)
    assert list(persons(problem)) == ["ban", "doitruong", "tnv"]


def test_who_names_no_post_may_hold_all_and_who_names_some_only_these(w):
    w.mate.volunteer.posts.set([w.t2])
    w.leader.volunteer.posts.set([w.other_post])
    found = persons(read_problem(w.site, JUNE))
    assert found["tnv"].posts == {"T1", "T2", "T3"}
    assert found["ban"].posts == {"T2"}
    assert found["doitruong"].posts == set()


def test_leave_that_overlaps_counts_once_and_what_was_withdrawn_not_at_all(w):
    for start, end, session in [(30, 2, ""), (2, 3, "sang")]:
        first = datetime.date(2026, 5, start) if start == 30 else june(start)
        Leave.objects.create(volunteer=w.volunteer.volunteer, date_from=first, date_to=june(end), session=session)
    Leave.objects.create(
        volunteer=w.volunteer.volunteer,
        date_from=june(20),
        date_to=june(20),
        withdrawn_at=datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC),
    )
    leave = persons(read_problem(w.site, JUNE))["tnv"].leave
    assert leave == {(june(day), session) for day in (1, 2) for session in ("sang", "chieu", "toi")} | {
        (june(3), "sang")
    }


def test_duties_at_events_elsewhere_and_in_the_weeks_around_count_as_taken(w):
    event = OutreachEvent.objects.create(
        team=w.team,
        date=june(6),
        starts_at=datetime.time(8),
        ends_at=datetime.time(11),
        venue_kind="school",
        venue="Trường",
        host_unit=w.district,
    )
    Assignment.objects.create(event=event, date=june(6), session="sang", volunteer=w.volunteer.volunteer)
    give(w, w.volunteer, june(8), site=w.other_site, post=w.other_post)
    give(w, w.volunteer, datetime.date(2026, 7, 1))
    give(w, w.volunteer, datetime.date(2026, 5, 4))
    give(w, w.volunteer, june(10))  # of this roster: about to be given anew
    assert persons(read_problem(w.site, JUNE))["tnv"].elsewhere == {
        (june(6), "sang"),
        (june(8), "sang"),
        (datetime.date(2026, 7, 1), "sang"),
    }


def test_pins_stay_and_limits_may_be_raised_for_the_month(w):
    give(w, w.volunteer, june(10), pinned=True)
    give(w, w.mate, june(11))
    Volunteer.objects.filter(user=w.mate).update(max_per_week=1, max_per_month=4)
    RaisedLimit.objects.create(roster=Roster.objects.get(), volunteer=w.mate.volunteer, max_per_week=3)
    problem = read_problem(w.site, JUNE)
    assert problem.pins == (Pin(june(10), "sang", "T1", "tnv"),)
    mate = persons(problem)["ban"]
    assert (mate.max_per_week, mate.max_per_month) == (3, 4)


def test_with_one_team_the_duties_of_others_stay(w):
    give(w, w.stranger, june(10))
    give(w, w.volunteer, june(10), "chieu")
    problem = read_problem(w.site, JUNE, w.team)
    assert problem.pins == (Pin(june(10), "sang", "T1", "nguoila", pinned=False),)
    stranger = persons(problem)["nguoila"]
    assert stranger.guest and not stranger.is_free(june(11), "sang")


def test_people_who_left_have_not_joined_or_cannot_log_in_are_left_out(w):
    Volunteer.objects.filter(user=w.volunteer).update(left=june(1))
    Volunteer.objects.filter(user=w.mate).update(joined=datetime.date(2026, 7, 1))
    w.leader.is_active = False
    w.leader.save()
    assert read_problem(w.site, JUNE).people == ()


def test_wishes_are_read(w):
    wish = Preference.objects.create(volunteer=w.volunteer.volunteer, sessions="sang,toi", weekdays="15")
    wish.posts.set([w.t3, w.other_post])
    person = persons(read_problem(w.site, JUNE))["tnv"]
    assert person.wish_sessions == {"sang", "toi"}
    assert person.wish_weekdays == {1, 5}
    assert person.wish_posts == {"T3"}


def test_the_balance_is_what_the_last_month_with_a_share_left(w):
    april, may = [Roster.objects.create(site=w.site, month=datetime.date(2026, month, 1)) for month in (4, 5)]
    RosterShare.objects.create(roster=april, volunteer=w.volunteer.volunteer, fair_share="9")
    RosterShare.objects.create(roster=april, volunteer=w.mate.volunteer, fair_share="1.25")
    RosterShare.objects.create(roster=may, volunteer=w.volunteer.volunteer, fair_share="1.5")
    for date in (datetime.date(2026, 5, 4), datetime.date(2026, 5, 5)):
        give(w, w.volunteer, date)
    give(w, w.mate, datetime.date(2026, 4, 6))
    known = [w.volunteer.volunteer.pk, w.mate.volunteer.pk, w.leader.volunteer.pk]
    assert balances_before(w.site, JUNE, known) == {known[0]: 50, known[1]: -25}
    assert persons(read_problem(w.site, JUNE))["tnv"].balance == 50


def test_the_number_of_queries_does_not_grow_with_the_team(w):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            read_problem(w.site, JUNE)
        return len(captured)

    def busy(user):
        Leave.objects.create(volunteer=user.volunteer, date_from=june(1), date_to=june(1))
        Preference.objects.create(volunteer=user.volunteer).posts.set([w.t1])
        give(w, user, june(9), pinned=True)

    busy(w.volunteer)
    few = queries()
    for number in range(3):
        busy(make_user(f"them{number}", "Trần Văn Thêm", team=w.team))
    assert queries() == few
