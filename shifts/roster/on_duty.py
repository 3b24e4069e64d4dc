"""Which duties one person has on one day, and which of them a moment falls into: asked by the desk with every save."""

import datetime
from typing import NamedTuple

from django.db import connection

# A duty begins to count this long before its session, for who opens up, and ends this long after it, for who
# finishes with the last citizen.
OPENS_MINUTES_BEFORE = 60
STAYS_MINUTES_AFTER = 30
DUTIES = """
    SELECT a.id, a.session, a.post_id, r.site_id, COALESCE(s.starts_at, e.starts_at) AS starts_at,
           COALESCE(s.ends_at, e.ends_at) AS ends_at, t.state, t.arrived_at
    FROM shifts_assignment a
    LEFT JOIN shifts_roster r ON r.id = a.roster_id
    LEFT JOIN shifts_sitesession s ON s.site_id = r.site_id AND s.session = a.session
    LEFT JOIN shifts_outreachevent e ON e.id = a.event_id
    LEFT JOIN shifts_attendance t ON t.assignment_id = a.id
    WHERE a.volunteer_id = %s AND a.date = %s AND a.state = 'active'
      AND (r.state = 'published' OR e.state <> 'cancelled')
    ORDER BY 5, a.id
"""


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

    def covers(self, time: datetime.time) -> bool:
        """Whether somebody who works at that time of the day does so in this duty."""
        now = _minutes(time)
        return (
            _minutes(self.starts_at) - OPENS_MINUTES_BEFORE <= now <= _minutes(self.ends_at) + STAYS_MINUTES_AFTER
        )

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
    # Every save at the desk waits for this: one fixed statement, which the ORM would compile anew each time.
    with connection.cursor() as cursor:
        cursor.execute(DUTIES, [volunteer, date])
        rows = cursor.fetchall()
    return DutiesOfDay(date, [_duty(row) for row in rows if row[4] is not None])


def _duty(row):
    key, session, post, site, starts_at, ends_at, state, arrived_at = row
    return OnDuty(key, session, post, site, _time(starts_at), _time(ends_at), state or "expected", _moment(arrived_at))


# SQLite keeps times as text and moments as text in UTC; PostgreSQL answers with objects.
def _time(value):
    return datetime.time.fromisoformat(value) if isinstance(value, str) else value


def _moment(value):
    if isinstance(value, str):
        return datetime.datetime.fromisoformat(value).replace(tzinfo=datetime.UTC)
    return value


def _minutes(time):
    return time.hour * 60 + time.minute
