"""/reports/: the dashboard, and its cards below the first screen."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports.dashboard.filters import COMPARISONS, DashboardForm, Filters
from reports.dashboard.first_screen import first_screen
from reports.dashboard.parts import PARTS, parts_for
from reports.figures.forms import works_for_units
from shifts.access import Access


def dashboard_only(access: Access):
    """Let in who works for a unit or leads a team; the others get 403 and its sentence."""
    if not (works_for_units(access) or access.is_leader):
        raise PermissionDenied(_("Trang này dành cho đội trưởng và người làm việc cho đơn vị."))


@never_cache
@require_safe
def dashboard(request):
    """The first screen: targets, floors, units by pace; the cards below are fetched as they come into sight."""
    access = Access.of(request.user)
    dashboard_only(access)
    form = DashboardForm(request.GET, access=access)
    now = timezone.localtime()
    context = {"form": form, "now": now, "comparisons": COMPARISONS}
    if not form.is_valid():
        return render(request, "dashboard/refused.html", context, status=422)
    filters = Filters(form)
    parts = parts_for(access)
    context |= {"filters": filters, "first": first_screen(filters, now), "sides": [parts[::2], parts[1::2]]}
    return render(request, "dashboard/dashboard.html", context)


@never_cache
@require_safe
def dashboard_part(request, code):
    """One card: alone for htmx, as a page of its own without."""
    access = Access.of(request.user)
    dashboard_only(access)
    part = PARTS.get(code)
    if part is None or not part.is_for(access):
        raise Http404
    form = DashboardForm(request.GET, access=access)
    if not form.is_valid():
        return render(request, "dashboard/refused.html", {"form": form, "now": timezone.localtime()}, status=422)
    filters = Filters(form)
    context = {"part": part, "filters": filters, "now": timezone.localtime(), **part.read(filters)}
    return render(request, "dashboard/_part.html" if request.htmx else "dashboard/part.html", context)
