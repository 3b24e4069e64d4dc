"""Changing a roster: what is stored, refused, told and undone."""

import datetime

import pytest

from shifts.models import Assignment, CalendarDay, Leave, Notice, OpenPlace, RosterChange, SiteSession
from shifts.roster.calendar import open_sessions
from shifts.roster.changes import (
    DutyRefused,
    NothingToUndo,
    RosterMovedOn,
    RosterRefused,
    change_roster,
    last_undoable,
    roster_of,
    undo_change,
)
from shifts.roster.facts import Duty, RosterFacts
from tests.factories import publish, roster_world

pytestmark = pytest.mark.django_db
MONDAY = datetime.date(2026, 11, 2)


@pytest.fixture
def w():
    return roster_world()


def duty(w, person, *, date=MONDAY, session="sang", post=None, pinned=False):
    return Duty(date, session, post or w.t1, person.volunteer, pinned)


def add(w, *duties, by=None, **kwargs):
    return change_roster(roster=w.roster, kind="edit", by=by or w.leader, add=duties, **kwargs)


def held(w):
    rows = Assignment.objects.active().order_by("date", "session", "volunteer")
    return [(row.date, row.session, row.post.code, row.volunteer.user.username) for row in rows]


def test_a_draft_takes_and_loses_duties_without_a_trace_of_ghosts(w):
    add(w, duty(w, w.volunteer), duty(w, w.mate, post=w.t2, pinned=True))
    assert held(w) == [(MONDAY, "sang", "T1", "tnv"), (MONDAY, "sang", "T2", "ban")]
    row = Assignment.objects.get(volunteer__user=w.volunteer)
    change_roster(roster=w.roster, kind="edit", by=w.leader, remove=[row])
    assert held(w) == [(MONDAY, "sang", "T2", "ban")]
    assert Assignment.objects.count() == 1
    assert Notice.objects.count() == 0


def test_a_published_roster_keeps_what_was_cancelled_and_tells_only_those_touched(w):
    add(w, duty(w, w.volunteer), duty(w, w.mate, post=w.t2))
    publish(w.roster, w.leader)
    row = Assignment.objects.get(volunteer__user=w.volunteer)
    change = change_roster(roster=w.roster, kind="edit", by=w.leader, remove=[row])
    assert (change.version, change.kind) == (2, "edit")
    row.refresh_from_db()
    assert (row.state, row.ended_at is not None) == ("cancelled", True)
    assert [(n.user, n.text) for n in Notice.objects.all()] == [
        (w.volunteer, "Bạn không còn ca thứ Hai 02/11 (Tầng 1, sáng).")
    ]


def test_nobody_is_told_of_their_own_act(w):
    publish(w.roster, w.leader)
    add(w, duty(w, w.leader), by=w.leader)
    assert Notice.objects.count() == 0


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda w: duty(w, w.volunteer, date=datetime.date(2026, 11, 1)), "closed"),
        (lambda w: duty(w, w.volunteer, session="toi"), "closed"),
        (lambda w: duty(w, w.volunteer, date=datetime.date(2026, 12, 1)), "closed"),
        (lambda w: duty(w, w.away), "leave"),
        (lambda w: duty(w, w.newcomer), "not_member"),
        (lambda w: duty(w, w.specialist, post=w.t2), "not_qualified"),
    ],
)
def test_a_duty_that_breaks_a_hard_rule_is_refused_and_nothing_is_written(w, make, code):
    with pytest.raises(DutyRefused) as refusal:
        add(w, duty(w, w.mate), make(w))
    assert refusal.value.reason.code == code
    assert str(refusal.value)
    assert held(w) == []
    assert RosterChange.objects.count() == 0


def test_a_second_duty_in_the_same_session_is_refused(w):
    add(w, duty(w, w.volunteer))
    with pytest.raises(DutyRefused, match="đã trực Tầng 1"):
        add(w, duty(w, w.volunteer, post=w.t2))


def test_the_weekly_and_monthly_maxima_count_days_not_sessions(w):
    person = w.volunteer.volunteer
    person.max_per_week, person.max_per_month = 1, 2
    person.save()
    add(w, duty(w, w.volunteer), duty(w, w.volunteer, session="chieu"))
    with pytest.raises(DutyRefused) as refusal:
        add(w, duty(w, w.volunteer, date=datetime.date(2026, 11, 3)))
    assert refusal.value.reason.code == "week_full"
    add(w, duty(w, w.volunteer, date=datetime.date(2026, 11, 9)))
    with pytest.raises(DutyRefused) as refusal:
        add(w, duty(w, w.volunteer, date=datetime.date(2026, 11, 16)))
    assert refusal.value.reason.code == "month_full"


def test_a_full_post_takes_nobody_more(w):
    w.t1.max_people = 1
    w.t1.save()
    add(w, duty(w, w.volunteer))
    with pytest.raises(DutyRefused) as refusal:
        add(w, duty(w, w.mate))
    assert refusal.value.reason.code == "full"


def test_a_change_of_what_somebody_else_just_changed_is_refused(w):
    add(w, duty(w, w.volunteer))
    row = Assignment.objects.get()
    change_roster(roster=w.roster, kind="edit", by=w.leader, remove=[row])
    with pytest.raises(RosterMovedOn):
        change_roster(roster=w.roster, kind="edit", by=w.leader, remove=[row])


def test_undo_reverses_the_last_change_and_then_the_one_before(w):
    add(w, duty(w, w.volunteer))
    row = Assignment.objects.get()
    change_roster(roster=w.roster, kind="edit", by=w.leader, pin=[row])
    change_roster(roster=w.roster, kind="edit", by=w.leader, remove=[row], add=[duty(w, w.mate)])
    undo_change(change=last_undoable(w.roster), by=w.leader)
    assert held(w) == [(MONDAY, "sang", "T1", "tnv")]
    assert Assignment.objects.get().pinned is True
    undo_change(change=last_undoable(w.roster), by=w.leader)
    assert Assignment.objects.get().pinned is False
    undo_change(change=last_undoable(w.roster), by=w.leader)
    assert held(w) == []
    assert last_undoable(w.roster) is None


def test_a_change_is_undone_once(w):
    change = add(w, duty(w, w.volunteer))
    undo_change(change=change, by=w.leader)
    with pytest.raises(NothingToUndo):
        undo_change(change=change, by=w.leader)


def test_undo_is_refused_when_the_duty_was_changed_since(w):
    change = add(w, duty(w, w.volunteer))
    change_roster(roster=w.roster, kind="edit", by=w.leader, remove=list(Assignment.objects.all()))
    with pytest.raises(RosterMovedOn):
        undo_change(change=change, by=w.leader)


def test_a_publication_ends_what_can_be_undone(w):
    add(w, duty(w, w.volunteer))
    publish(w.roster, w.leader)
    assert last_undoable(w.roster) is None


def test_taking_an_open_place_closes_it_and_undoing_opens_it_again(w):
    publish(w.roster, w.leader)
    place = OpenPlace.objects.create(roster=w.roster, date=MONDAY, session="sang", post=w.t1)
    change = add(w, duty(w, w.volunteer))
    place.refresh_from_db()
    assert place.taken == Assignment.objects.get()
    undo_change(change=change, by=w.leader)
    place.refresh_from_db()
    assert (place.taken, place.closed_at) == (None, None)


def test_a_month_outside_the_years_of_the_roster_is_refused(w):
    with pytest.raises(RosterRefused, match="từ năm 2019"):
        roster_of(w.site, datetime.date(9999, 1, 1))


def test_facts_say_who_can_and_what_is_missing(w, django_assert_max_num_queries):
    add(w, duty(w, w.volunteer))
    with django_assert_max_num_queries(12):
        facts = RosterFacts(w.site, MONDAY, MONDAY)
        able = [person.user.username for person in facts.who_can(MONDAY, "sang", w.t2)]
        assert able == ["doitruong", "ban"]
        missing = [(session, post.code, count) for _date, session, post, count in facts.shortfalls()]
    assert missing == [("sang", "T2", 1), ("sang", "T3", 1), *[("chieu", f"T{n}", 1) for n in (1, 2, 3)]]


def test_the_site_minimum_of_different_people_is_missing_at_a_post_with_room(w):
    w.site.min_people = 4
    w.site.save()
    facts = RosterFacts(w.site, MONDAY, MONDAY)
    assert facts.missing(MONDAY, "sang") == {w.t1.pk: 2, w.t2.pk: 1, w.t3.pk: 1}


class TestCalendar:
    """When a site is open."""

    def sessions(self, w, *dates):
        found = open_sessions(w.site, min(dates), max(dates))
        return [[row.session for row in found.get(date, [])] for date in dates]

    def test_a_working_week_is_open_and_the_weekend_is_not(self, w):
        friday, saturday = datetime.date(2026, 11, 6), datetime.date(2026, 11, 7)
        assert self.sessions(w, friday, saturday) == [["sang", "chieu"], []]

    def test_a_saturday_morning_is_a_session_of_its_own_weekdays(self, w):
        SiteSession.objects.filter(session="sang").update(weekdays="123456")
        assert self.sessions(w, datetime.date(2026, 11, 7)) == [["sang"]]

    def test_a_holiday_closes_and_a_make_up_day_opens(self, w):
        CalendarDay.objects.create(date="2026-11-03", name="Nghỉ", is_open=False)
        CalendarDay.objects.create(date="2026-11-07", name="Làm bù", is_open=True)
        assert self.sessions(w, datetime.date(2026, 11, 3), datetime.date(2026, 11, 7)) == [[], ["sang", "chieu"]]

    def test_what_is_said_for_the_site_and_the_session_counts_more(self, w):
        CalendarDay.objects.create(date="2026-11-03", name="Nghỉ", is_open=False)
        CalendarDay.objects.create(date="2026-11-03", name="Trực", is_open=True, site=w.site, session="sang")
        CalendarDay.objects.create(date="2026-11-04", name="Mất điện", is_open=False, site=w.site, session="chieu")
        assert self.sessions(w, datetime.date(2026, 11, 3), datetime.date(2026, 11, 4)) == [["sang"], ["sang"]]

    def test_another_sites_closure_closes_nothing_here(self, w):
        CalendarDay.objects.create(date="2026-11-03", name="Nghỉ", is_open=False, site=w.other_site)
        assert self.sessions(w, datetime.date(2026, 11, 3)) == [["sang", "chieu"]]


def test_two_leaves_of_the_same_days_are_one(w):
    leave = Leave.objects.get(volunteer__user=w.away)
    assert leave.covers(MONDAY, "chieu") is True
