"""/roster/today/: who should be at a site, who is, and what they logged; marked here by one tap.

Lives beside the desk, as it joins the roster (shifts) with visits (assistance).
"""

import datetime
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assistance.queries import visits_by_person
from assistance.reference import reference
from assistance.result_reminders import awaited_of
from assistance.today_parts import RUNNING, session_html
from shifts import attendance
from shifts.access import Access
from shifts.attendance import AttendanceRefused
from shifts.dates import day_name, sessions_joined
from shifts.duties.forms import LARGEST_KEY
from shifts.models import Assignment, AttendanceMark, Roster
from shifts.outreach.reach import events_seen_by, may_manage_event
from shifts.outreach.today import events_of_day
from shifts.roster.changes import FIRST_YEAR
from shifts.roster.today import OnFloor, day_at_site
from shifts.roster.wanted import wanted_after

SITES_TO_CHOOSE = 12
WANTED_SHOWN = 6


@require_safe
def today(request):
    """The day at a site: ?site=CODE for those with several, ?date= to correct a day that is over."""
    site, now = _site(request), timezone.localtime()
    text = request.GET.get("date", "")
    date = _date(text) if text else now.date()
    if date is None or date > now.date():
        messages.error(request, _("Ngày này không xem được. Chọn hôm nay hoặc một ngày đã qua."))
        return redirect(_address(site, now.date()))
    return _answer(request, site, date, just=_mark_in(request.GET.get("marked")))


def _date(text):
    """The date that the text names, or None: not a date, or of a year in which no rosters are kept."""
    try:
        date = parse_date(text)
    except ValueError:
        return None
    return date if date and date.year >= FIRST_YEAR else None


def _site(request):
    """The site that is named, or my own, or the first within reach; 404 for one that is not."""
    access, lists = Access.of(request.user), reference()
    code = request.GET.get("site")
    own = _team_sites(access)
    if code:
        site = lists.sites.get(code)
        if site is None or (site.pk not in own and not access.rostered_sites().filter(pk=site.pk).exists()):
            raise Http404
        return site
    site = lists.sites_by_id.get(own[0]) if own else access.rostered_sites().order_by("code").first()
    if site is None:
        raise Http404
    return site


def _team_sites(access):
    """Keys of the home sites of this person's teams, their own first: known without a question."""
    return list(dict.fromkeys(team.home_site_id for team in access.teams if team.home_site_id))


def _address(site, date, **query):
    """The address of a day at a site."""
    if date != timezone.localdate():
        query = {"date": f"{date:%Y-%m-%d}", **query}
    return reverse("today:today") + "?" + urlencode({"site": site.code, **query})


def _mark_in(text):
    """The mark that was just made, so that the page can offer to undo it; None when it no longer holds."""
    if not (text or "").isdecimal():
        return None
    rows = AttendanceMark.objects.filter(pk=int(text[:18]), undone_at=None)
    return rows.select_related("attendance__assignment__volunteer__user").first()


def _answer(request, site, date, *, just=None, error="", status=200):
    """Render the day: the page, or for htmx only the part that changes."""
    context = _context(request, site, date)
    people = [*context["day"].people, *(person for row in context["events"] for person in row.people)]
    by_key = {person.assignment.pk: person for person in people}
    context["just"] = just and by_key.get(just.attendance.assignment_id) and just
    context["error"] = error
    if not request.htmx:  # the part that comes anew each minute has not got it
        access = Access.of(request.user)
        context["awaited"] = list(awaited_of(access)) if access.is_leader else []
    return render(request, "today/_board.html" if request.htmx else "today/today.html", context, status=status)


def _context(request, site, date):
    access, now = Access.of(request.user), timezone.localtime()
    manages, is_today = access.may_manage_site(site), date == now.date()
    lists = reference()
    posts, hours = lists.posts.get(site.pk, []), lists.sessions.get(site.pk, [])
    day = day_at_site(site, date, at=now, posts=posts, hours=hours, with_calls=manages)
    counts = visits_by_person(site=site, date=date)
    for person in day.people:
        person.visits = counts[person.user.pk].visits if person.user.pk in counts else 0
        person.is_mine = person.user.pk == request.user.pk
    events = events_of_day(site, date, at=now)
    for row in events:
        row.manages = _manages_event_here(access, row.event, manages)
        for person in row.people:
            person.is_mine = person.user.pk == request.user.pk
    on_roster = {person.user.pk for person in day.people}
    return {
        "day": day,
        "events": events,
        "now": now,
        "is_today": is_today,
        "manages": manages,
        "mine": _own_now([*day.people, *(each for row in events for each in row.people)], now) if is_today else None,
        "silent": [person for person in day.current.people if person.logs_nothing] if day.current else [],
        "wanted": _wanted(site, date, posts) if manages and is_today else [],
        "unplanned": [row for pk, row in counts.items() if pk not in on_roster] if manages else [],
        "sites": _other_sites(access, site),
        "text_url": reverse("roster:text_day", args=[site.code, date]),
        "before": date - datetime.timedelta(days=1),
        "after": date + datetime.timedelta(days=1),
        "address": _address(site, date),
        "running": session_html(day.current, manages=manages, template=RUNNING) if day.current else "",
        "folded": [session_html(row, manages=manages) for row in day.later]
        + [session_html(row, manages=manages, is_open=not is_today) for row in day.over],
        "builder_url": reverse("roster:month", args=[site.code, date]) if manages else "",
    }


def _wanted(site, date, posts):
    """(words, address in the builder) of the next places where somebody is wanted after the date."""
    names = {post.pk: post.name for post in posts}
    return [
        (
            f"{day_name(spot.date)}, {names.get(spot.post, '')}, {sessions_joined(spot.sessions)}",
            f"{reverse('roster:month', args=[site.code, spot.month])}?at={spot}",
        )
        for spot in wanted_after(site, date)[:WANTED_SHOWN]
    ]


def _manages_event_here(access, event, manages_site):
    """Whether to offer marks at an event: leaders of its team, and those who manage the site by their unit."""
    return event.team_id in access.led_team_ids or (manages_site and (access.sees_everything or access.has_unit_role))


def _own_now(people, now):
    """The duty of the person who looks, in which they can say that they are here or go; None when there is none."""
    own = (person for person in people if person.is_mine)
    return next((person for person in own if person.hours.opens <= now <= person.hours.ends), None)


def _other_sites(access, site):
    """Sites to choose from; asked only of those who have more than the one of their team."""
    if not access.has_unit_role and not access.sees_everything and len(access.team_ids) < 2:
        return []
    sites = list(access.rostered_sites().order_by("code")[: SITES_TO_CHOOSE + 1])
    return sites if len(sites) <= SITES_TO_CHOOSE and sites != [site] else []


# One duty


def _duty(request, pk):
    """An announced duty at a post of a site, or at an event, within my reach, or 404."""
    access = Access.of(request.user)
    at_post = Q(roster__state=Roster.State.PUBLISHED, roster__site__in=access.rostered_sites().values("pk"))
    at_event = Q(event__in=events_seen_by(access).values("pk"))
    rows = Assignment.objects.filter(at_post | at_event)
    rows = rows.select_related(
        "roster__site__unit", "post", "volunteer__user", "attendance", "event__team__home_site__unit"
    )
    return get_object_or_404(rows, pk=min(pk, LARGEST_KEY))


def _manages(request, assignment):
    access = Access.of(request.user)
    if assignment.event:
        return may_manage_event(access, assignment.event)
    return access.may_manage_site(assignment.roster.site)


def _site_of(request, assignment):
    """The site on whose page the duty stands; None for one at an event of a team that is at home nowhere in reach."""
    if assignment.roster:
        return assignment.roster.site
    site, access = assignment.event.team.home_site, Access.of(request.user)
    if site is None or site.pk in _team_sites(access) or access.rostered_sites().filter(pk=site.pk).exists():
        return site
    return None


def _leaders_only(request, assignment):
    if not _manages(request, assignment):
        raise PermissionDenied(_("Đội trưởng điểm danh cho cả đội; bạn báo có mặt cho ca của mình."))


@require_safe
def duty(request, pk):
    """All one can do about one duty: every state, times, a note, and the marks so far. For leaders."""
    assignment = _duty(request, pk)
    _leaders_only(request, assignment)
    return _duty_page(request, assignment)


def _duty_page(request, assignment, *, form=None, error="", status=200):
    try:
        hours = attendance.hours_of(assignment)
    except AttendanceRefused as refused:
        hours, error = None, str(refused)
    person = OnFloor(assignment, hours)
    marks = []
    if person.attendance:
        marks = list(person.attendance.marks.select_related("made_by").order_by("-pk"))
    context = {
        "person": person,
        "duty": assignment,
        "marks": marks,
        "standing": next((mark for mark in marks if mark.undone_at is None), None),
        "form": form or MarkForm(initial=_times(person)),
        "error": error,
        "address": _back_of(request, assignment),
    }
    return render(request, "today/_duty.html" if request.htmx else "today/duty.html", context, status=status)


def _back_of(request, assignment):
    """The address of the page on which the duty stands."""
    site = _site_of(request, assignment)
    return _address(site, assignment.date) if site else assignment.event.get_absolute_url()


def _times(person):
    return {
        "arrived": person.arrived_at and timezone.localtime(person.arrived_at).time(),
        "left": person.left_at and timezone.localtime(person.left_at).time(),
        "note": person.attendance.note if person.attendance else "",
    }


class MarkForm(forms.Form):
    """A state, and where they are known better than by the tap: the times and a note."""

    state = forms.CharField(max_length=10)
    arrived = forms.TimeField(label=_("Đến lúc"), required=False, error_messages={"invalid": _("Giờ viết như 07:30.")})
    left = forms.TimeField(label=_("Về lúc"), required=False, error_messages={"invalid": _("Giờ viết như 11:30.")})
    note = forms.CharField(label=_("Ghi chú"), max_length=attendance.LONGEST_NOTE, required=False)

    def marked(self, assignment):
        """What `attendance.mark` is told; a form with its times filled in says them all."""
        zone = timezone.get_current_timezone()

        def moment(name):
            time = self.cleaned_data[name]
            return datetime.datetime.combine(assignment.date, time, zone) if time else None

        state, arrived, left = self.cleaned_data["state"], moment("arrived"), moment("left")
        if state == "on_time":
            state, arrived = "present", attendance.hours_of(assignment).starts
        elif state == "times":  # as the times say; without any, only the note is new
            now = getattr(assignment, "attendance", None)
            state = "left" if left else "present" if arrived else now.state if now else "expected"
        note = self.cleaned_data["note"] if "note" in self.data else None
        return {"state": state, "arrived_at": arrived, "left_at": left, "note": note}


@require_POST
def mark(request, pk):
    """Mark a duty. In: state, and if known better arrived, left (07:45) and note. Out: the day; 422 with a sentence."""
    assignment = _duty(request, pk)
    _leaders_only(request, assignment)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return _refused(request, assignment, " ".join(sum(form.errors.values(), [])))
    try:
        marked = attendance.mark(assignment=assignment, by=request.user, **form.marked(assignment))
    except AttendanceRefused as refused:
        return _refused(request, assignment, str(refused))
    return _marked(request, assignment, attendance.last_mark(marked))


def _refused(request, assignment, sentence):
    site = _site_of(request, assignment)
    if site is None:
        messages.error(request, sentence)
        return redirect(assignment.event)
    return _answer(request, site, assignment.date, error=sentence, status=422)


def _marked(request, assignment, just=None):
    """Show the day again, with what was just marked and the way to undo it."""
    site, date = _site_of(request, assignment), assignment.date
    if site is None:
        return redirect(assignment.event)
    if request.htmx:
        return _answer(request, site, date, just=just)
    return redirect(_address(site, date, **({"marked": just.pk} if just else {})))


@require_POST
def undo(request, pk):
    """Take back the mark (its key in `mark`): leaders any, a person the own one while the session runs."""
    assignment = _duty(request, pk)
    key = request.POST.get("mark", "")
    marks = AttendanceMark.objects.filter(attendance__assignment=assignment).select_related("attendance__assignment")
    which = get_object_or_404(marks, pk=int(key[:18]) if key.isdecimal() else 0)
    if not _may_undo(request, assignment, which):
        raise PermissionDenied(_("Bạn chỉ hoàn tác được lần báo của chính mình, khi ca chưa hết."))
    try:
        attendance.undo_mark(attendance=which.attendance, mark=which, by=request.user)
    except AttendanceRefused as refused:
        return _refused(request, assignment, str(refused))
    return _marked(request, assignment)


def _may_undo(request, assignment, which):
    if _manages(request, assignment):
        return True
    own = assignment.volunteer.user_id == request.user.pk == which.made_by_id
    return own and timezone.now() <= attendance.hours_of(assignment).ends


@require_POST
def check_in(request):
    """I am here: marks my duty that runs or is about to begin. In: next=desk to go back there."""
    return _own(request, attendance.check_in)


@require_POST
def check_out(request):
    """I go now."""
    return _own(request, attendance.check_out)


def _own(request, act):
    back_to_desk = request.POST.get("next") == "desk"
    try:
        marked = act(user=request.user)
    except AttendanceRefused as refused:
        if back_to_desk or not Access.of(request.user).rostered_sites().exists():
            messages.error(request, str(refused))
            return redirect("desk:desk" if back_to_desk else "home")
        return _answer(request, _site(request), timezone.localdate(), error=str(refused), status=422)
    if back_to_desk:
        return redirect("desk:desk")
    rows = Assignment.objects.select_related("roster__site__unit", "event__team__home_site__unit")
    assignment = rows.get(pk=marked.assignment_id)
    return _marked(request, assignment, attendance.last_mark(marked))
