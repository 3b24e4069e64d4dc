"""The cast of the tests of duties: a published November with a few duties, looked at on its first Monday morning."""

import datetime

from django.utils import timezone

from shifts.models import Assignment, OutreachEvent
from shifts.roster.changes import change_roster
from shifts.roster.facts import Duty
from tests.factories import publish, roster_world

MONDAY = datetime.date(2026, 11, 2)
TUESDAY, WEDNESDAY, THURSDAY = [MONDAY + datetime.timedelta(days=number) for number in (1, 2, 3)]
NEXT_MONDAY = MONDAY + datetime.timedelta(days=7)
WHOLE_DAY = ("sang", "chieu")


def moment(date=MONDAY, hour=6, minute=0):
    """A time on that date as people here read their clocks."""
    return timezone.make_aware(datetime.datetime.combine(date, datetime.time(hour, minute)))


NOW = moment()


def published_world():
    """The roster world, published: Hà (tnv) serves Tuesday all day on floor 2, Khánh (ban) on floor 1."""
    w = roster_world()
    w.me, w.mate_v, w.leader_v = w.volunteer.volunteer, w.mate.volunteer, w.leader.volunteer
    give(w, w.volunteer, TUESDAY, post=w.t2)
    give(w, w.mate, TUESDAY, post=w.t1)
    publish(w.roster, w.leader)
    return w


def give(w, user, date, *sessions, post=None, roster=None):
    """Give somebody duties on a date, the whole day unless sessions are named; return them in order of time."""
    sessions = sessions or WHOLE_DAY
    duties = [Duty(date, session, post or w.t1, user.volunteer) for session in sessions]
    change_roster(roster=roster or w.roster, kind="edit", by=w.leader, add=duties, quiet=True)
    return held(user, date)


def held(user, date):
    """The active duties of a person on a date, in order of time."""
    rows = Assignment.objects.active().filter(volunteer=user.volunteer, date=date)
    return sorted(
        rows.select_related("post__site", "roster"), key=lambda row: ["sang", "chieu", "toi"].index(row.session)
    )


def texts(user):
    """What a person was told, the oldest first."""
    return list(user.notices.order_by("pk").values_list("text", flat=True))


def event_for(w, user, date, **fields):
    """An outreach event with this person assigned to it."""
    event = OutreachEvent.objects.create(
        team=w.team, date=date, starts_at=datetime.time(7, 30), ends_at=datetime.time(11, 0), venue_kind="school",
        venue="Trường THPT Hòn Gai", host_unit=w.district, state="confirmed", **fields,
    )  # fmt: skip
    return Assignment.objects.create(event=event, date=date, session="sang", volunteer=user.volunteer)
