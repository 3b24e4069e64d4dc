"""Which duties one person has on one day, and which of them a moment falls into: the desk needs it with every save."""

import datetime
import json
from typing import NamedTuple

from django.db import connection
from django.db.models.expressions import RawSQL

from shifts.outreach.sessions import part_of

# A duty begins to count this long before its session, for who opens up, and ends this long after it, for who
# finishes with the last citizen.
OPENS_MINUTES_BEFORE = 60
STAYS_MINUTES_AFTER = 30
# The rows of one person's announced duties as one JSON text, so that it can stand beside the user in one query.
DUTIES = """
    SELECT CAST({gather}({row}(a.id, a.session, a.post_id, r.site_id, COALESCE(s.starts_at, e.starts_at),
           COALESCE(s.ends_at, e.ends_at), COALESCE(t.state, 'expected'), t.arrived_at, e.id, e.venue)) AS text)
    FROM shifts_assignment a
    LEFT JOIN shifts_roster r ON r.id = a.roster_id
    LEFT JOIN shifts_sitesession s ON s.site_id = r.site_id AND s.session = a.session
    LEFT JOIN shifts_outreachevent e ON e.id = a.event_id
    LEFT JOIN shifts_attendance t ON t.assignment_id = a.id
    WHERE a.volunteer_id = {volunteer} AND a.date = %s AND a.state = 'active'
      AND (r.state = 'published' OR e.state <> 'cancelled')
"""
OF_THE_USER = "(SELECT v.id FROM shifts_volunteer v WHERE v.user_id = shifts_user.id)"
JSON_FUNCTIONS = {
    "sqlite": {"gather": "json_group_array", "row": "json_array"},
    "postgresql": {"gather": "json_agg", "row": "json_build_array"},
}


class OnDuty(NamedTuple):
    """One duty with its hours, at a post of a site or (both None) at an event, and how it was attended so far."""

    assignment: int
    session: str
    post: int | None
    site: int | None
    starts_at: datetime.time
    ends_at: datetime.time
    state: str
    arrived_at: datetime.datetime | None
    event: int | None = None
    venue: str | None = None

    @property
    def is_here(self):
        """Whether the person is marked as here, on time or late."""
        return self.state in ("present", "late")

    def covers(self, time: datetime.time) -> bool:
        """Whether somebody who works at that time of the day does so in this duty."""
        now = _minutes(time)
        return _minutes(self.starts_at) - OPENS_MINUTES_BEFORE <= now <= _minutes(self.ends_at) + STAYS_MINUTES_AFTER

    def takes_check_in(self, time: datetime.time) -> bool:
        """Whether the person may say at that time that they are here: from before the session to its end."""
        return _minutes(self.starts_at) - OPENS_MINUTES_BEFORE <= _minutes(time) <= _minutes(self.ends_at)


class DutiesOfDay(NamedTuple):
    """What one person is announced to serve on one date, in order of time."""

    date: datetime.date
    duties: list[OnDuty]

    def at(self, time: datetime.time) -> OnDuty | None:
        """The duty a moment of the day belongs to: of two, the one that is still to end."""
        covering = [duty for duty in self.duties if duty.covers(time)]
        return next((duty for duty in covering if time <= duty.ends_at), covering[-1] if covering else None)

    def now_or_next(self, time: datetime.time) -> OnDuty | None:
        """The duty of that moment, or else the next one of the day."""
        return self.at(time) or next((duty for duty in self.duties if time < duty.starts_at), None)


def duties_of_day(volunteer: int, date: datetime.date) -> DutiesOfDay:
    """Return the announced duties of a volunteer (key) on that date; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_sql("%s"), [volunteer, date.isoformat()])
        return read_duties(cursor.fetchone()[0], date)


def duties_beside_user(date: datetime.date) -> RawSQL:
    """An annotation for a query of users: the same duties, for `read_duties`. The desk then asks nothing more."""
    return RawSQL(_sql(OF_THE_USER), [date.isoformat()])  # noqa: S611 - fixed text, the date is a parameter


def read_duties(text: str | None, date: datetime.date) -> DutiesOfDay:
    """Return the duties in what either query answered."""
    rows = [row for row in json.loads(text or "[]") if row[4]]
    return DutiesOfDay(date, sorted(map(_duty, rows), key=lambda duty: (duty.starts_at, duty.assignment)))


def _sql(volunteer):
    return DUTIES.format(volunteer=volunteer, **JSON_FUNCTIONS[connection.vendor])


def _duty(row):
    key, session, post, site, starts_at, ends_at, state, arrived_at, event, venue = row
    starts_at, ends_at = _time(starts_at), _time(ends_at)
    if post is None:  # the hours are those of the whole event
        starts_at, ends_at = part_of(session, starts_at, ends_at)
    return OnDuty(key, session, post, site, starts_at, ends_at, state, _moment(arrived_at), event, venue)


_time = datetime.time.fromisoformat


def _moment(text):
    """SQLite keeps moments in UTC without saying so; PostgreSQL names the zone."""
    moment = datetime.datetime.fromisoformat(text) if text else None
    return moment.replace(tzinfo=datetime.UTC) if moment and moment.tzinfo is None else moment


def _minutes(time):
    return time.hour * 60 + time.minute
