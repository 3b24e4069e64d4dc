"""Who said that they cannot come to an event: kept beside the duty, so that who organises it sees the opened place."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.models import Assignment, EventAbsence, OutreachEvent, Role, User
from shifts.notices import tell

from .events import event_words


def note_absence(duties: Iterable[Assignment], *, by: User | None, at: datetime.datetime | None = None) -> None:
    """Note that the people of these duties do not come to their events, in every session of these."""
    for event, volunteer in {(duty.event_id, duty.volunteer_id) for duty in duties}:
        rows = Assignment.objects.active().filter(event=event, volunteer=volunteer, absence=None)
        EventAbsence.objects.bulk_create(
            # ignore_conflicts: a second tap at the same moment.
            [EventAbsence(assignment=row, made_by=by, made_at=at or timezone.now()) for row in rows],
            ignore_conflicts=True,
        )


@transaction.atomic
def come_after_all(*, event: OutreachEvent, user: User) -> bool:
    """Take one's own absence back and tell the leaders; return whether there was one."""
    rows = EventAbsence.objects.filter(assignment__event=event, assignment__volunteer__user=user)
    gone, _by_model = rows.delete()
    if gone:
        leaders = Role.objects.on().filter(team=event.team_id, kind=Role.Kind.LEADER).select_related("user")
        text = _("{name} lại đến được {event}.").format(name=user.full_name, event=event_words(event))
        url = event.get_absolute_url()
        tell([role.user for role in leaders], kind="absence", text=text, url=url, by=user)
    return bool(gone)
