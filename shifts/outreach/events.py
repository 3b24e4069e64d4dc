"""What all that changes an event shares: its lock, its refusals, and how it is said in words."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.attendance import hours_on
from shifts.dates import day_name
from shifts.models import OutreachEvent, Volunteer
from shifts.roster.changes import RosterRefused


class OutreachRefused(RosterRefused):
    """A change of an event that cannot be made; `field` names the part of the form that is wrong, if one is."""

    def __init__(self, sentence, field=None):
        super().__init__(sentence)
        self.field = field


def lock_event(event: OutreachEvent) -> OutreachEvent:
    """Return the event's row, locked until the transaction ends: always the first lock of a write."""
    rows = OutreachEvent.objects.select_for_update(of=("self",)).select_related("team", "unit", "host_unit")
    return rows.get(pk=event.pk)


def lock_people(people: Iterable[int]) -> list[Volunteer]:
    """Lock these volunteers (keys) in the order of their keys: whoever gives or reports leave for them waits."""
    rows = Volunteer.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=set(people))
    return list(rows.select_related("user", "team").prefetch_related("posts").order_by("pk"))


def hours_of_event(event: OutreachEvent):
    """When the event begins and ends, as moments."""
    return hours_on(event.date, event.starts_at, event.ends_at)


def has_begun(event: OutreachEvent, at=None) -> bool:
    return hours_of_event(event).starts <= (at or timezone.now())


def is_over(event: OutreachEvent, at=None) -> bool:
    return hours_of_event(event).ends <= (at or timezone.now())


def event_words(event: OutreachEvent) -> str:
    """ "Chợ Hạ Long 1, thứ Bảy 28/11, 07:30 đến 10:30" """
    return _("{venue}, {day}, {start} đến {end}").format(
        venue=event.venue, day=day_name(event.date), start=f"{event.starts_at:%H:%M}", end=f"{event.ends_at:%H:%M}"
    )


def may_change(event: OutreachEvent) -> None:
    """Raise OutreachRefused for an event that was cancelled."""
    if event.is_cancelled:
        raise OutreachRefused(_("Hoạt động này đã hủy. Mở lại rồi mới đổi được."))
