"""What the pages of a volunteer share: who may come in, page or sheet, and the toast with its undo."""

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone

from shifts.models import Volunteer

TOAST = "me_toast"


def member(request) -> Volunteer:
    """The volunteer who asks, with team and site; who serves in no team today has no such pages: 404."""
    rows = Volunteer.objects.select_related("user", "team__unit", "team__home_site")
    volunteer = rows.filter(user=request.user.pk).first()
    if volunteer is None or not volunteer.serves_on(timezone.localdate()):
        raise Http404
    request.user.volunteer = volunteer  # so that nobody reads it again for the navigation
    return volunteer


def show(request, name, context, *, status=200):
    """Answer with a page of ours; a sheet over the page that asked gets the fragment alone."""
    template = f"me/_{name}.html" if request.htmx else f"me/{name}.html"
    return render(request, template, {"in_sheet": bool(request.htmx), **context}, status=status)


def leave_toast(request, text, undo=""):
    """Say on the next page of ours what happened; `undo` is the address that takes it back."""
    request.session[TOAST] = {"text": str(text), "undo": undo}


def toast_of(request):
    """What the last act left to be said, once."""
    return request.session.pop(TOAST, None) if TOAST in request.session else None
