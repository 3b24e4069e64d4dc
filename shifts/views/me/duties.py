"""My duties: the next one on top, then a list, and everything that waits for me."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shifts.duties import regulations
from shifts.duties.mine import mine
from shifts.duties.places import places_for
from shifts.duties.record import year_so_far
from shifts.models import Notice
from shifts.roster.on_duty import duties_of_day

from .common import member, toast_of

SHOWN_NOTICES = 3
ASKED = ("expected", "present", "late")  # what a person may still add to: that they are here, that they go


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
        "attends": _attends(volunteer, found),
        "days": days,
        "hours": hours,
        "unread_regulation": regulations.unread(user=request.user, team=volunteer.team),
        "notices": Notice.objects.unread().filter(user=request.user)[:SHOWN_NOTICES],
        "toast": toast_of(request),
    }
    return render(request, "me/duties.html", context)


def _attends(volunteer, found):
    """My duty that runs or is about to begin, unless a leader has settled it; asked for only on a day with a duty."""
    now = timezone.localtime()
    if found.date != now.date():
        return None
    duties = duties_of_day(volunteer.pk, now.date()).duties
    return next((duty for duty in duties if duty.takes_check_in(now.time()) and duty.state in ASKED), None)
