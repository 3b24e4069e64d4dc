"""Quy chế hoạt động: the version that holds, older ones, and who has read them."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shifts.access import Access
from shifts.duties import regulations as rules
from shifts.duties.forms import LARGEST_KEY
from shifts.models import RegulationAcknowledgement

from .common import leave_toast, member


@require_safe
def regulations(request, version=None):
    """Show the highest version, or an older one by its number; leaders see who has read it."""
    volunteer = member(request)
    versions = list(rules.published(volunteer.team))
    shown = next((row for row in versions if version in (None, row.version)), None)
    if version is not None and shown is None:
        shown = get_object_or_404(rules.published(volunteer.team), version=min(version, 32767))
    context = {
        "team": volunteer.team,
        "shown": shown,
        "current": versions[0] if versions else None,
        "older": versions[1:],
    }
    if shown:
        mine = RegulationAcknowledgement.objects.filter(regulation=shown, user=request.user)
        context["read_at"] = mine.values_list("made_at", flat=True).first()
        if Access.of(request.user).may_manage_team(volunteer.team_id):
            context["read"], context["unread_by"] = rules.readers(shown)
    return render(request, "me/regulations.html", context)


@require_POST
def regulation_read(request, pk):
    """Note that I have read this version."""
    volunteer = member(request)
    row = get_object_or_404(rules.published(volunteer.team), pk=min(pk, LARGEST_KEY))
    rules.acknowledge(regulation=row, user=request.user)
    leave_toast(request, _("Đã ghi nhận: bạn đã đọc quy chế bản {version}.").format(version=row.version))
    return redirect("me:duties")
