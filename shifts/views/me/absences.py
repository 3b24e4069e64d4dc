""" "Tôi không đến được", and taking that back."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from shifts.duties import absences, places, swaps
from shifts.duties.absences import ALREADY_CHECKED_IN
from shifts.duties.forms import LARGEST_KEY, AbsenceForm
from shifts.duties.hours import SessionHours, sessions_title
from shifts.duties.mine import came_to, duties_of
from shifts.duties.people import free_for, leaders_of, words_of
from shifts.models import Assignment, RosterChange
from shifts.roster.changes import RosterRefused

from .common import leave_toast, member, show

Kind = RosterChange.Kind
PAST = gettext_lazy("Ca này đã qua. Nếu điểm danh chưa đúng, hãy nhờ đội trưởng sửa.")


def duties_on(volunteer, date):
    """The person's duties at posts on that date that can still be given away, or the reason why there is none."""
    rows = [row for row in duties_of(volunteer, date, date) if row.roster_id]
    hours, now = SessionHours.of(rows), timezone.now()
    left = sorted([row for row in rows if hours.ends(row) > now], key=hours.begins)
    came = came_to(left)
    able = [row for row in left if row.pk not in came]
    if able:
        return able, ""
    if left:
        return [], ALREADY_CHECKED_IN
    if rows:
        return [], PAST
    return [], _("Bạn không có ca trực ngày này. Lịch có thể vừa được đổi.")


def not_begun(duties):
    """Those of these duties that can still change hands."""
    hours, now = SessionHours.of(duties), timezone.now()
    return [row for row in duties if hours.begins(row) > now]


def refuse_empty(request, reason):
    """Back to the list with the reason why there is nothing to give away on that date."""
    messages.error(request, reason)
    return redirect("me:duties")


@require_http_methods(["GET", "HEAD", "POST"])
def absence(request, date):
    """Ask which part of the day and who is told; give the duties up, or ask one person to take them."""
    volunteer = member(request)
    duties, reason = duties_on(volunteer, date)
    if not duties:
        return refuse_empty(request, reason)
    form = AbsenceForm(
        request.POST if request.method == "POST" else None,
        duties=duties,
        initial={"part": AbsenceForm.ALL, "how": "everybody"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _give_up(request, volunteer, form)
        except RosterRefused as error:
            form.add_error(None, str(error))
    status = 422 if form.is_bound else 200
    return show(request, "absence", _absence_context(request, volunteer, date, duties, form), status=status)


def _give_up(request, volunteer, form):
    duties = form.chosen()
    if form.cleaned_data["how"] == AbsenceForm.ONE:
        able = {person.pk: person for person in _common(free_for(duties), duties)}
        other = able.get(form.cleaned_data["person"])
        if other is None:
            raise RosterRefused(_("Bạn này không nhận được ca đó. Hãy chọn bạn khác."))
        swaps.ask(volunteer=volunteer, other=other, given=duties, by=request.user)
        leave_toast(
            request, _("Đã nhờ {name}. Ca vẫn là của bạn đến khi bạn ấy nhận.").format(name=other.user.full_name)
        )
        return redirect("me:duties")
    changes = absences.cannot_come(volunteer=volunteer, duties=duties, by=request.user)
    undo = reverse("me:undo", args=[changes[0].pk]) if len(changes) == 1 else ""
    leave_toast(request, _("Đã báo không đến được {duties}.").format(duties=words_of(duties)), undo)
    return redirect("me:duties")


def _common(free, duties):
    """People who can take every one of these duties, in the order of the first."""
    able = set.intersection(*[{person.pk for person in free[duty.pk]} for duty in duties])
    return [person for person in free[duties[0].pk] if person.pk in able]


def _places_named(duties):
    """The floors of these duties; of a single one also the session, which nobody is asked about then."""
    if len(duties) == 1:
        return f"{duties[0].post.name}, {sessions_title([duties[0].session])}"
    return ", ".join(dict.fromkeys(duty.post.name for duty in duties))


def _absence_context(request, volunteer, date, duties, form):
    free, leaders, parts = free_for(duties), leaders_of(volunteer.team), []
    for value, label in form.fields["part"].choices:
        chosen = [duty for duty in duties if value in (form.ALL, duty.session)]
        people = {person.pk: person for duty in chosen for person in free[duty.pk] if person.user not in leaders}
        parts.append({"value": value, "label": label, "people": list(people.values())})
    people = {person.pk: person for duty in duties for person in free[duty.pk]}
    return {
        "form": form,
        "date": date,
        "posts": _places_named(duties),
        "parts": parts,
        "people": [(person, _able_words(person, duties, free)) for person in people.values()],
        "leaders": [user for user in leaders if user != request.user],
    }


def _able_words(person, duties, free):
    """In which of the sessions this person can help, when not in all."""
    able = [duty.session for duty in duties if person in free[duty.pk]]
    return "" if len(able) == len(duties) else sessions_title(able)


@require_http_methods(["GET", "HEAD", "POST"])
def event_absence(request, pk):
    """Tell the leaders that one cannot come to an outreach event."""
    volunteer = member(request)
    rows = Assignment.objects.announced().filter(volunteer=volunteer, event__isnull=False)
    duty = get_object_or_404(rows.select_related("event__team"), pk=min(pk, LARGEST_KEY))
    leaders = [user for user in leaders_of(duty.event.team) if user != request.user]
    if duty.date < timezone.localdate():
        return refuse_empty(request, PAST)
    if request.method != "POST":
        return show(request, "event_absence", {"duty": duty, "leaders": leaders})
    told = absences.report_event_absence(volunteer=volunteer, duty=duty, by=request.user)
    leave_toast(
        request,
        ngettext("Đã báo %(count)d người.", "Đã báo %(count)d người.", told) % {"count": told}
        if told
        else _("Đội trưởng đã được báo từ trước."),
    )
    return redirect("me:duties")


@require_POST
def undo(request, pk):
    """Take back one's own absence while nobody took the place, or a place taken minutes ago."""
    volunteer = member(request)
    rows = RosterChange.objects.filter(made_by=request.user, kind__in=[Kind.ABSENCE, Kind.TAKE])
    change = get_object_or_404(rows.select_related("roster__site"), pk=min(pk, LARGEST_KEY))
    if not change.lines.filter(volunteer=volunteer).exists():
        raise Http404
    act = absences.undo_absence if change.kind == Kind.ABSENCE else places.undo_take
    try:
        act(change=change, volunteer=volunteer, by=request.user)
    except RosterRefused as error:
        messages.error(request, str(error))
    else:
        done = _("Ca lại là của bạn.") if change.kind == Kind.ABSENCE else _("Đã trả lại chỗ đó.")
        leave_toast(request, done)
    return redirect("me:duties")
