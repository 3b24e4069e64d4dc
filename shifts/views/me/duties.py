"""My duties: the next one on top, then a list, and everything that waits for me."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shifts.duties import regulations
from shifts.duties.mine import mine
from shifts.duties.places import places_for
from shifts.duties.record import year_so_far
from shifts.models import Notice

from .common import member, toast_of

SHOWN_NOTICES = 3


@require_safe
def duties(request):
    """Show a member their duties; anybody else has none: 404."""
    volunteer = member(request)
    found = mine(volunteer)
    found.open_places = places_for(volunteer)
    days, hours = year_so_far(volunteer)
    context = {
        "given_name": request.user.full_name.split()[-1:] or [request.user.username],
        "mine": found,
        "until": (found.date - timezone.localdate()).days if found.date else None,
        "days": days,
        "hours": hours,
        "unread_regulation": regulations.unread(user=request.user, team=volunteer.team),
        "notices": Notice.objects.unread().filter(user=request.user)[:SHOWN_NOTICES],
        "toast": toast_of(request),
    }
    return render(request, "me/duties.html", context)
