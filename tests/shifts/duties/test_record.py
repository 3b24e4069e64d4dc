"""The record of a year, regulations and the calendar link."""

import datetime

import pytest
from django.db import IntegrityError

from shifts.duties import feed, regulations
from shifts.duties.record import record_of, year_so_far, years_of
from shifts.models import Attendance, CalendarFeed, Regulation, RegulationAcknowledgement

from .people import NOW, THURSDAY, TUESDAY, event_for, give, held, moment, published_world

pytestmark = pytest.mark.django_db
LATE = moment(THURSDAY, 18)


@pytest.fixture
def w():
    return published_world()


def came(assignment, minutes, state="present"):
    return Attendance.objects.create(
        assignment=assignment, state=state, arrived_at=moment(assignment.date, 7, 30), minutes=minutes
    )


def test_a_record_counts_days_sessions_and_hours_of_attendance_only(w):
    first, second = held(w.volunteer, TUESDAY)
    came(first, 240)
    came(second, 200, "late")
    absent, excused = give(w, w.volunteer, THURSDAY)
    Attendance.objects.create(assignment=absent, state="absent")
    Attendance.objects.create(assignment=excused, state="excused")
    came(event_for(w, w.volunteer, datetime.date(2026, 11, 7)), 210)
    give(w, w.volunteer, datetime.date(2026, 11, 9), "sang")
    came(held(w.mate, TUESDAY)[0], 240)
    record = record_of(w.me, 2026, moment(datetime.date(2026, 11, 10)))
    [month] = record.months
    assert month.dates == [TUESDAY, datetime.date(2026, 11, 7)]
    assert (record.days, record.sessions, record.minutes) == (2, 3, 650)
    assert (record.absent, record.excused, record.unmarked) == (1, 1, 1)
    assert year_so_far(w.me, moment(datetime.date(2026, 11, 10))) == (2, 650 / 60)


def test_what_is_still_to_come_or_was_cancelled_is_not_in_the_record(w):
    give(w, w.volunteer, datetime.date(2026, 11, 30))
    first = held(w.volunteer, TUESDAY)[0]
    came(first, 240)
    type(first).objects.filter(pk=first.pk).update(state="cancelled", ended_at=NOW)
    record = record_of(w.me, 2026, LATE)
    assert (record.days, record.unmarked) == (0, 1)
    assert year_so_far(w.me, LATE) == (0, 0)


def test_years_go_from_the_first_duty_to_today(w):
    event_for(w, w.volunteer, datetime.date(2024, 6, 1))
    assert years_of(w.me, NOW) == [2026, 2025, 2024]
    assert years_of(w.stranger.volunteer, NOW) == [2026]


def publish_version(w, version, at=NOW, team=None):
    return Regulation.objects.create(team=team or w.team, version=version, text="Đến đúng giờ.", published_at=at)


def test_the_highest_published_version_is_unread_until_acknowledged(w):
    old = publish_version(w, 1)
    regulations.acknowledge(regulation=old, user=w.volunteer)
    assert regulations.unread(user=w.volunteer, team=w.team, at=NOW) is None
    new = publish_version(w, 2)
    publish_version(w, 3, at=None)
    publish_version(w, 9, team=w.other_team)
    assert regulations.unread(user=w.volunteer, team=w.team, at=NOW) == new
    regulations.acknowledge(regulation=new, user=w.volunteer)
    regulations.acknowledge(regulation=new, user=w.volunteer)
    assert regulations.unread(user=w.volunteer, team=w.team, at=NOW) is None
    with pytest.raises(IntegrityError):
        RegulationAcknowledgement.objects.create(regulation=new, user=w.volunteer)


def test_readers_are_the_members_of_today_with_and_without(w):
    version = publish_version(w, 1)
    regulations.acknowledge(regulation=version, user=w.volunteer)
    regulations.acknowledge(regulation=version, user=w.stranger)
    read, unread = regulations.readers(version, TUESDAY)
    assert [person for person, _time in read] == [w.volunteer]
    assert unread == [w.leader, w.mate, w.specialist, w.away]


def test_a_person_has_one_link_and_a_new_one_ends_the_old(w):
    assert feed.feed_of(w.volunteer) is None
    first = feed.new_feed(user=w.volunteer)
    second = feed.new_feed(user=w.volunteer)
    assert feed.feed_of(w.volunteer) == second
    assert first.token != second.token
    assert CalendarFeed.objects.filter(revoked_at=None).count() == 1
