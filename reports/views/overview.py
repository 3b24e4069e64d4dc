"""Figures for those who work for a unit."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from reports.queries import RECENT_DAYS, figure_lines
from shifts.access import Access


@require_safe
def overview(request):
    """The first page of reporters, staff and leadership: the figures of all units within their reach."""
    access = Access.of(request.user)
    if not (access.has_unit_role or access.sees_everything):
        raise PermissionDenied(_("Trang này dành cho cán bộ, lãnh đạo và người báo cáo của đơn vị."))
    now = timezone.localtime()
    lines = figure_lines(units=access.units(), today=now.date())
    by_code = {line.figure.code: line for line in lines}
    context = {
        "lines": lines,
        "visits": by_code["visits"],
        "dossiers_today": by_code["dossiers_partial"].today + by_code["dossiers_full"].today,
        "anything": any(line.recent or line.year for line in lines),
        "recent_days": RECENT_DAYS,
        "now": now,
        "units": access.roots(),
    }
    return render(request, "reports/overview.html", context)
