"""The outreach events of one day, with who should be there and who is: cards beside the floors of a site."""

import datetime
from dataclasses import dataclass, field

from django.utils import timezone

from shifts.attendance import hours_on
from shifts.models import Assignment, Attendance, OutreachEvent, Site
from shifts.roster.today import OnFloor

from .sessions import part_of

ORDER = ["sang", "chieu", "toi"]


@dataclass
class EventOfDay:
    """One event with the duties of its people as they stand at a moment."""

    event: OutreachEvent
    people: list[OnFloor] = field(default_factory=list)
    manages: bool = False

    @property
    def came(self):
        return sum(person.state in Attendance.CAME for person in self.people)

    @property
    def is_complete(self):
        return self.came == len(self.people)


def events_of_day(site: Site, date: datetime.date, *, at: datetime.datetime | None = None) -> list[EventOfDay]:
    """Return the events, that day, of the teams at home at a site, with their people. One query."""
    at = at or timezone.now()
    rows = Assignment.objects.active().filter(event__date=date, event__team__home_site=site)
    rows = rows.exclude(event__state=OutreachEvent.State.CANCELLED)
    rows = rows.select_related("event", "volunteer__user", "attendance")
    found = {}
    for row in rows.order_by("event__starts_at", "event", "volunteer__user__sort_name", "pk"):
        of_event = found.setdefault(row.event_id, EventOfDay(row.event))
        row.event = of_event.event
        of_event.people.append(_person(row, at))
    for of_event in found.values():
        of_event.people.sort(key=lambda person: ORDER.index(person.assignment.session))
    return list(found.values())


def _person(row, at):
    event = row.event
    hours = hours_on(row.date, *part_of(row.session, event.starts_at, event.ends_at))
    return OnFloor(row, hours, has_begun=at >= hours.starts, is_over=at >= hours.ends)
