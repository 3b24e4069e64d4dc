"""When a duty begins and ends, and which duties make one line: everything a page of duties is built from."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.dates import sessions_words
from shifts.models import Assignment, SiteSession, User

Session = SiteSession.Session
ORDER = list(Session.values)
NAMED_COLLEAGUES = 4
# For a session whose row was deleted, in the admin, after its duties were given.
USUAL_HOURS = {
    Session.MORNING: (datetime.time(7, 30), datetime.time(11, 30)),
    Session.AFTERNOON: (datetime.time(13, 30), datetime.time(17, 0)),
    Session.EVENING: (datetime.time(18, 0), datetime.time(20, 0)),
}


class SessionHours:
    """The hours of the sessions of some sites, read once."""

    def __init__(self, sites: Iterable[int]):
        self.sites = set(sites)

    @classmethod
    def of(cls, duties: Iterable[Assignment]):
        """Hours of the sites of these duties, whose posts are loaded; events carry their own."""
        return cls(duty.post.site_id for duty in duties if duty.post_id)

    @cached_property
    def rows(self):
        found = SiteSession.objects.filter(site__in=self.sites) if self.sites else ()
        return {(row.site_id, row.session): (row.starts_at, row.ends_at) for row in found}

    def between(self, duty) -> tuple[datetime.time, datetime.time]:
        """From which hour to which this duty is."""
        if duty.post_id is None:
            return duty.event.starts_at, duty.event.ends_at
        return self.rows.get((duty.post.site_id, duty.session)) or USUAL_HOURS[duty.session]

    def begins(self, duty) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(duty.date, self.between(duty)[0]))

    def ends(self, duty) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(duty.date, self.between(duty)[1]))


def sessions_title(sessions: Iterable[str]) -> str:
    """ "cả ngày" for morning and afternoon, "ca sáng", "ca sáng và tối"."""
    chosen = set(sessions)
    if {Session.MORNING, Session.AFTERNOON} <= chosen:
        return sessions_words(chosen)
    return _("ca {sessions}").format(sessions=sessions_words(chosen))


@dataclass
class Stint:
    """The duties of one person on one date at one place, said as one: "Tầng 2, cả ngày"."""

    date: datetime.date
    duties: list
    times: list[tuple[datetime.time, datetime.time]]
    colleagues: list[User] = field(default_factory=list)
    swap: object = None  # a SwapRequest about it that waits for an answer

    @property
    def event(self):
        return self.duties[0].event if self.duties[0].post_id is None else None

    @property
    def post(self):
        return self.duties[0].post

    @property
    def site(self):
        return self.post.site if self.post else None

    @property
    def sessions(self):
        return [duty.session for duty in self.duties]

    @property
    def title(self):
        if self.event:
            return self.event.venue
        return f"{self.post.name}, {sessions_title(self.sessions)}"

    @property
    def hours(self):
        """07:30 đến 11:30 và 13:30 đến 17:00"""
        said = [_("{start} đến {end}").format(start=f"{start:%H:%M}", end=f"{end:%H:%M}") for start, end in self.times]
        return _(" và ").join(said)

    @property
    def full_names(self):
        return ", ".join(user.full_name for user in self.colleagues)

    @property
    def few_names(self):
        """Up to four given names, the others counted."""
        names = [user.get_short_name() for user in self.colleagues]
        if len(names) <= NAMED_COLLEAGUES:
            return ", ".join(names)
        shown = NAMED_COLLEAGUES - 1
        return _("{names} và {count} bạn khác").format(names=", ".join(names[:shown]), count=len(names) - shown)


def stints_of(duties: Iterable[Assignment], hours: SessionHours) -> list[Stint]:
    """Put duties of one person together by date and place, in order of time."""
    together = defaultdict(list)
    for duty in sorted(duties, key=lambda duty: (duty.date, hours.between(duty)[0], ORDER.index(duty.session))):
        together[duty.date, duty.post_id, duty.event_id].append(duty)
    return [
        Stint(date=key[0], duties=rows, times=list(dict.fromkeys(hours.between(row) for row in rows)))
        for key, rows in together.items()
    ]
