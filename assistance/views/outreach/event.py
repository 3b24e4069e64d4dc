"""One event: what is planned, who goes, what is taken along, and what became of it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assistance.outreach_forms import BackForm, PeopleForm, StateForm
from assistance.outreach_words import unit_label
from shifts.models import Assignment, OutreachEvent, Volunteer
from shifts.outreach.absences import come_after_all
from shifts.outreach.events import OutreachRefused, has_begun
from shifts.outreach.facts import EventFacts
from shifts.outreach.people import change_people
from shifts.outreach.planning import count_back
from shifts.outreach.reach import may_manage_event, sees_contact
from shifts.outreach.states import NEXT, move_event

from .common import managed_event, seen_event
from .result import shown_result

State = OutreachEvent.State


@require_safe
def event(request, pk):
    """The page of one event."""
    access, found = seen_event(request, pk)
    return _page(request, access, found)


def _page(request, access, event, *, status=200, **more):
    return render(request, "outreach/event.html", event_context(request, access, event) | more, status=status)


def event_context(request, access, event):
    """What the page of an event shows."""
    manages = may_manage_event(access, event)
    people, absent = _people(event)
    context = {
        "event": event,
        "manages": manages,
        "host": unit_label(event.host_unit),
        "shows_contact": sees_contact(access, event, manages=manages),
        "people": people,
        "absent": absent,
        "mine": next((row for row in people if row.user_id == request.user.pk), None),
        "things": list(event.materials.all()),
        "has_begun": has_begun(event),
        "next": NEXT[event.state] if manages else [],
        "wrong": "",
        "shown": shown_result(request, access, event),
    }
    if manages:
        context |= _for_managers(request, event, context)
    return context


def _for_managers(request, event, context):
    may_add = not event.is_cancelled
    facts = EventFacts(event)
    here = {person.pk for person in context["people"]}
    callable = [row for row in facts.callable() if row.volunteer.pk not in here] if may_add else []
    able = {row.volunteer.pk for row in callable}
    others = [person for pk, person in facts.people.items() if may_add and pk not in here and pk not in able]
    return {
        "callable": callable,
        "unable": [(person, facts.why_not_here(person).sentence) for person in others],
        "back": BackForm(things=context["things"]),
        "undo": _undo(request, event),
    }


def _people(event):
    """(volunteers on the list, keys of those who said that they cannot come), by given name: one query."""
    rows = Assignment.objects.active().filter(event=event).select_related("volunteer__user", "absence", "attendance")
    people, absent = {}, set()
    for row in rows.order_by("volunteer__user__sort_name", "volunteer", "pk"):
        person = people.setdefault(row.volunteer_id, row.volunteer)
        person.duties = [*getattr(person, "duties", []), row]
        if hasattr(row, "absence"):
            absent.add(row.volunteer_id)
    return list(people.values()), absent


def _undo(request, event):
    """(sentence, field, keys) of what was just done to the list, so that it can be taken back; None for nothing."""
    for done, back, sentence in (("added", "remove", _("Đã thêm {names}.")), ("removed", "add", _("Đã bỏ {names}."))):
        form = PeopleForm({"add": [key for key in request.GET.get(done, "").split(",") if key]})
        keys = form.cleaned_data["add"] if form.is_valid() else []
        people = list(Volunteer.objects.filter(pk__in=keys, team=event.team_id).select_related("user")) if keys else []
        if people:
            names = ", ".join(person.user.full_name for person in people)
            return sentence.format(names=names), back, [person.pk for person in people]
    return None


def _again(request, pk, *, wrong, **more):
    """The page with the sentence that says why nothing was done."""
    access, event = seen_event(request, pk)
    return _page(request, access, event, status=422, wrong=wrong, **more)


@require_POST
def people(request, pk):
    """Put people on the list and take others off. In: add, remove (keys of volunteers)."""
    event = managed_event(request, pk)
    form = PeopleForm(request.POST)
    if not form.is_valid():
        return _again(request, pk, wrong=" ".join(sum(form.errors.values(), [])))
    if not form.cleaned_data["add"] and not form.cleaned_data["remove"]:
        return _again(request, pk, wrong=_("Chưa chọn ai. Đánh dấu người đi rồi bấm lại."))
    try:
        change = change_people(event=event, by=request.user, **form.cleaned_data)
    except OutreachRefused as refused:
        return _again(request, pk, wrong=str(refused))
    done = {"added": change.added, "removed": change.removed}
    query = {name: ",".join(str(person.pk) for person in people) for name, people in done.items() if people}
    return redirect(f"{event.get_absolute_url()}?{urlencode(query)}#nguoi-di" if query else event)


@require_POST
def state(request, pk):
    """Bring the event into another state. In: to, and reason when it is cancelled."""
    event = managed_event(request, pk)
    form = StateForm(request.POST)
    if not form.is_valid():
        return _again(request, pk, wrong=_("Không có trạng thái này. Tải lại trang rồi chọn lại."))
    try:
        event = move_event(event=event, by=request.user, **form.cleaned_data)
    except OutreachRefused as refused:
        return _again(request, pk, wrong=str(refused), reason=form.cleaned_data["reason"])
    messages.success(request, _("Hoạt động bây giờ: {state}.").format(state=event.get_state_display()))
    return redirect(event)


@require_POST
def material(request, pk):
    """Write what was brought back. In: back-<key> for each thing."""
    event = managed_event(request, pk)
    form = BackForm(request.POST, things=list(event.materials.all()))
    if not form.is_valid():
        wrong = [f"{form[name].label}: {error}" for name, errors in form.errors.items() for error in errors]
        return _again(request, pk, wrong=" ".join(wrong), back=form)
    try:
        count_back(event=event, counts=form.counts)
    except OutreachRefused as refused:
        return _again(request, pk, wrong=str(refused), back=form)
    messages.success(request, _("Đã ghi số mang về."))
    return redirect(f"{event.get_absolute_url()}#mang-theo")


@require_POST
def come(request, pk):
    """I can come after all."""
    _access, event = seen_event(request, pk)
    if come_after_all(event=event, user=request.user):
        messages.success(request, _("Đã báo là bạn đến được."))
    return redirect(event)
