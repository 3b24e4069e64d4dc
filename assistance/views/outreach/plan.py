"""Planning an event, changing the plan, and the units that may be its host."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assistance.outreach_forms import EventForm, HostSearchForm, Things, things_of
from assistance.outreach_words import unit_label
from assistance.unit_names import FOLDED_KINDS
from shifts.access import Access
from shifts.models import Unit
from shifts.outreach.events import OutreachRefused
from shifts.outreach.planning import FIELDS, change_event, host_units, next_free_saturday, plan_event
from shifts.outreach.reach import managed_teams, plans_events
from shifts.text import fold

from .common import managed_event

USUAL_START, USUAL_END = "07:30", "10:30"
SUGGESTED = 8


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request):
    """Plan an event; the next Saturday on which the team is free is suggested."""
    teams = _teams(request)
    things = Things(request.POST if request.method == "POST" else None, prefix="things")
    if request.method == "POST":
        form = EventForm(request.POST, teams=teams)
        if event := _stored(form, things, lambda **plan: plan_event(by=request.user, **plan)):
            messages.success(request, _("Đã lập kế hoạch. Bây giờ chọn người đi."))
            return redirect(event)
        return _page(request, form, things, status=422)
    team = teams.filter(pk__in=Access.of(request.user).team_ids).first() or teams.first()
    initial = {
        "team": team,
        "date": f"{next_free_saturday(team, timezone.localdate()):%d/%m/%Y}",
        "starts_at": USUAL_START,
        "ends_at": USUAL_END,
        "host_unit": request.GET.get("host", "")[:160].replace("\x00", ""),
    }
    return _page(request, EventForm(initial=initial, teams=teams), things)


def _teams(request):
    """Teams for which this person plans; 403 when there are none."""
    access = Access.of(request.user)
    teams = managed_teams(access).on().select_related("unit").order_by("unit__path", "code")
    if not plans_events(access):
        raise PermissionDenied(_("Đội trưởng, đội phó và cán bộ cấp trên lập kế hoạch hoạt động."))
    if not teams:
        raise PermissionDenied(_("Đơn vị chưa có đội hình nào, nên chưa lập được hoạt động."))
    return teams


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """Change the plan of an event."""
    event = managed_event(request, pk)
    teams = managed_teams(Access.of(request.user)).select_related("unit").order_by("unit__path", "code")
    if request.method == "POST":
        form, things = EventForm(request.POST, teams=teams), Things(request.POST, prefix="things")
        if _stored(form, things, lambda **plan: change_event(event=event, by=request.user, **plan)):
            messages.success(request, _("Đã lưu hoạt động."))
            return redirect(event)
        return _page(request, form, things, event=event, status=422)
    form = EventForm(initial=EventForm.initial_of(event), teams=teams)
    return _page(request, form, Things(initial=things_of(event), prefix="things"), event=event)


def _stored(form, things, store):
    """Store what both forms hold and return the event; None when something is wrong, which they then say."""
    if not all([form.is_valid(), things.is_valid()]):
        return None
    try:
        return store(values={name: form.cleaned_data[name] for name in FIELDS}, things=things.things)
    except OutreachRefused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        return None


def _page(request, form, things, *, event=None, status=200):
    return render(request, "outreach/plan.html", {"form": form, "things": things, "event": event}, status=status)


@require_safe
def hosts(request):
    """Units whose names hold what is typed, with or without accents, as {"units": [label]}."""
    teams = _teams(request)
    form = HostSearchForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"units": []})
    asked = form.cleaned_data
    team = teams.filter(pk=asked["team"]).first() if asked["team"] else None
    units = host_units((team or teams[0]).unit, asked["date"] or timezone.localdate()).select_related("parent")
    wanted = fold(asked["q"])
    found = units.filter(search_name__contains=FOLDED_KINDS.sub("", wanted) or wanted)
    ranked = sorted(found, key=lambda unit: _rank(unit, wanted))[:SUGGESTED]
    return JsonResponse({"units": [unit_label(unit) for unit in ranked]}, json_dumps_params={"ensure_ascii": False})


def _rank(unit, wanted):
    """Communes first, and of these whose own name begins with what was typed."""
    name = FOLDED_KINDS.sub("", unit.search_name)
    return unit.level != Unit.Level.COMMUNE, not name.startswith(FOLDED_KINDS.sub("", wanted)), name
