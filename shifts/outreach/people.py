"""The one writer of an event's people: checked against every rule of the roster, told, and undoable."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.models import Assignment, Attendance, EventAbsence, OutreachEvent, User, Volunteer
from shifts.notices import tell

from .events import OutreachRefused, event_words, is_over, lock_event, lock_people, may_change
from .facts import EventFacts
from .sessions import sessions_of


@dataclass(frozen=True)
class PeopleChange:
    """Who came to an event's list and who went off it."""

    event: OutreachEvent
    added: list[Volunteer]
    removed: list[Volunteer]


@transaction.atomic
def change_people(
    *,
    event: OutreachEvent,
    by: User | None,
    add: Iterable[int] = (),
    remove: Iterable[int] = (),
    at: datetime.datetime | None = None,
) -> PeopleChange:
    """Put people (keys of volunteers) on the list of an event and take others off; all of it or nothing.

    Raises OutreachRefused with the sentence of every rule that stands against it. Duties of those taken off are
    cancelled. From the moment the event is confirmed those whom it touches are told, `by` excepted.
    """
    at, add, remove = at or timezone.now(), set(add), set(remove)
    event = lock_event(event)
    may_change(event)
    people = {person.pk: person for person in lock_people(add | remove)}
    here = _duties(event)
    known = {row.volunteer_id for row in here}
    gone = [person for pk, person in people.items() if pk in remove & known]
    _check_removal(event, {person.pk for person in gone}, here, add - known)
    new = [people[pk] for pk in sorted(add - known) if pk in people]
    if len(new) < len(add - known) or any(person.team_id != event.team_id for person in new):
        raise OutreachRefused(_("Có người không thuộc {team}. Hãy chọn lại.").format(team=event.team))
    refuse_broken(event, new, without={row.pk for row in here if row.volunteer_id in remove})
    end_duties([row for row in here if row.volunteer_id in remove], at)
    give_duties(event, new, at)
    if event.is_announced and not is_over(event, at):
        tell_joined(event, new, by)
        text = _("Bạn không còn tham gia {event}.").format(event=event_words(event))
        tell([person.user for person in gone], kind="duty", text=text, url=reverse("me:duties"), by=by)
    return PeopleChange(event, new, gone)


def _duties(event):
    return list(Assignment.objects.active().filter(event=event).order_by("pk"))


def _check_removal(event, gone, here, new):
    if not gone:
        return
    came = Attendance.objects.filter(assignment__event=event, assignment__state="active", state__in=Attendance.CAME)
    came = came.filter(assignment__volunteer__in=gone).select_related("assignment__volunteer__user").first()
    if came:
        name = came.assignment.volunteer.user.get_short_name()
        raise OutreachRefused(_("{name} đã được điểm danh. Sửa điểm danh trước, rồi bỏ ra.").format(name=name))
    if event.is_held and not new and gone == {row.volunteer_id for row in here}:
        raise OutreachRefused(_("Hoạt động đã tổ chức cần ít nhất một người. Thêm người khác trước."))


def refuse_broken(event: OutreachEvent, people: Iterable[Volunteer], *, without: Iterable[int] = ()) -> None:
    """Raise OutreachRefused with the sentence of everybody who cannot come to the event as it is now.

    `without` are keys of duties that do not count, since they are about to end.
    """
    people = list(people)
    if not people:
        return
    facts = EventFacts(event, people=people).assume(without=without)
    reasons = [reason.sentence for person in people if (reason := facts.why_not_here(person))]
    if reasons:
        raise OutreachRefused(" ".join(reasons))


def give_duties(event: OutreachEvent, people: Iterable[Volunteer], at: datetime.datetime) -> list[Assignment]:
    """Store the duties of these people; the unique key has the last word where a roster was faster."""
    rows = [
        Assignment(event=event, date=event.date, session=session, volunteer=person, made_at=at)
        for person in people
        for session in sessions_of(event.starts_at, event.ends_at)
    ]
    try:
        with transaction.atomic():
            return Assignment.objects.bulk_create(rows)
    except IntegrityError as error:
        raise OutreachRefused(_("Một bạn vừa nhận ca khác trong đúng buổi này. Hãy xem lại rồi làm tiếp.")) from error


def end_duties(rows: Iterable[Assignment], at: datetime.datetime) -> None:
    """Cancel these duties; who said that they cannot come need not say so any more."""
    keys = [row.pk for row in rows]
    Assignment.objects.filter(pk__in=keys).update(state=Assignment.State.CANCELLED, ended_at=at)
    EventAbsence.objects.filter(assignment__in=keys).delete()


def tell_joined(event: OutreachEvent, people: Iterable[Volunteer], by: User | None) -> int:
    """Tell these people that they go, in one sentence."""
    text = _("Bạn tham gia {event}.").format(event=event_words(event))
    return tell([person.user for person in people], kind="duty", text=text, url=reverse("me:duties"), by=by)


def people_of(event: OutreachEvent) -> list[Volunteer]:
    """Volunteers on the list of an event, each once, by given name."""
    rows = Volunteer.objects.filter(assignments__event=event, assignments__state=Assignment.State.ACTIVE)
    return list(rows.select_related("user").distinct().order_by("user__sort_name", "pk"))
