"""What becomes of an event: planned, confirmed, held, or cancelled; each step locks its row and tells its people."""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.models import Assignment, OutreachEvent, User
from shifts.notices import tell

from .events import OutreachRefused, event_words, has_begun, is_over, lock_event, lock_people
from .facts import EventFacts
from .people import end_duties, give_duties, people_of, tell_joined

State = OutreachEvent.State
# From a state to those that may follow it; back from held is for who pressed it by mistake.
NEXT = {
    State.PLANNED: [State.CONFIRMED, State.CANCELLED],
    State.CONFIRMED: [State.HELD, State.CANCELLED, State.PLANNED],
    State.HELD: [State.CONFIRMED],
    State.CANCELLED: [State.PLANNED],
}
LONGEST_REASON = 160


@transaction.atomic
def move_event(
    *, event: OutreachEvent, to: str, by: User | None, reason: str = "", at: datetime.datetime | None = None
) -> OutreachEvent:
    """Bring the event into another state and return it; what is asked for twice is done once.

    Raises OutreachRefused where a step is not allowed: held without people or before it began, cancelled without a
    reason. Cancelling ends the duties, opening it again gives them back to those who are still free.
    """
    event, at = lock_event(event), at or timezone.now()
    if to == event.state:
        return event
    if to not in NEXT.get(event.state, []):
        raise OutreachRefused(
            _("Hoạt động {state} thì không chuyển thẳng sang {to} được.").format(
                state=event.get_state_display(), to=State(to).label if to in State.values else to
            )
        )
    steps = {State.CANCELLED: _cancel, State.HELD: _hold, State.CONFIRMED: _confirm, State.PLANNED: _back_to_plan}
    steps[to](event, by, reason, at)
    return event


def _store(event, **values):
    for name, value in values.items():
        setattr(event, name, value)
    event.save(update_fields=list(values))


def _confirm(event, by, reason, at):
    was_planned = event.state == State.PLANNED
    _store(event, state=State.CONFIRMED)
    if was_planned and not is_over(event, at):
        tell_joined(event, people_of(event), by)


def _hold(event, by, reason, at):
    if not has_begun(event, at):
        raise OutreachRefused(
            _("Hoạt động này chưa diễn ra: {event}. Đến giờ mới ghi là đã tổ chức.").format(event=event_words(event))
        )
    if not Assignment.objects.active().filter(event=event).exists():
        raise OutreachRefused(_("Hoạt động chưa có ai tham gia. Thêm ít nhất một người rồi ghi là đã tổ chức."))
    _store(event, state=State.HELD)


def _cancel(event, by, reason, at):
    reason = read_reason(reason)
    people = people_of(event)
    end_duties(Assignment.objects.active().filter(event=event), at)
    told = event.is_announced
    _store(event, state=State.CANCELLED, cancel_reason=reason, cancelled_at=at)
    if told and not is_over(event, at):
        text = _("Đã hủy {event}. Lý do: {reason}").format(event=event_words(event), reason=reason)
        tell([person.user for person in people], kind="duty", text=text, url=reverse("me:duties"), by=by)


def read_reason(reason: str) -> str:
    """The reason as it is stored; raises OutreachRefused when it is missing or too long."""
    reason = " ".join(reason.replace("\x00", "").split())
    if not reason:
        raise OutreachRefused(_("Ghi lý do hủy, để mọi người biết."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise OutreachRefused(_("Lý do dài quá {most} chữ. Hãy rút ngắn.").format(most=LONGEST_REASON), field="reason")
    return reason


def _back_to_plan(event, by, reason, at):
    was_cancelled, announced = event.state == State.CANCELLED, event.is_announced
    ended_at = event.cancelled_at
    _store(event, state=State.PLANNED, cancel_reason="", cancelled_at=None)
    if was_cancelled:
        _give_back(event, ended_at, at)
    elif announced and not is_over(event, at):
        text = _("Hoạt động chưa chốt nữa, chờ đội trưởng báo lại: {event}.").format(event=event_words(event))
        tell([person.user for person in people_of(event)], kind="duty", text=text, url=reverse("me:duties"), by=by)


def _give_back(event, ended_at, at):
    """Who lost the duty by the cancellation has it again, unless something else came in between."""
    lost = Assignment.objects.filter(event=event, state=Assignment.State.CANCELLED, ended_at=ended_at)
    people = lock_people(lost.values_list("volunteer", flat=True)) if ended_at else []
    facts = EventFacts(event, people=people)
    give_duties(event, [person for person in people if facts.why_not_here(person) is None], at)
