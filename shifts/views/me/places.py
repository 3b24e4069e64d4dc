"""Taking a place for which somebody is wanted."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shifts.duties.forms import PlacesForm
from shifts.duties.people import words_of
from shifts.duties.places import take_places
from shifts.roster.changes import RosterRefused

from .common import leave_toast, member


@require_POST
def take(request):
    """Take the places named in the form, all or none."""
    volunteer = member(request)
    form = PlacesForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.errors["places"][0])
        return redirect("me:duties")
    try:
        change = take_places(places=form.cleaned_data["places"], volunteer=volunteer, by=request.user)
    except RosterRefused as error:
        messages.error(request, str(error))
        return redirect("me:duties")
    lines = change.lines.select_related("post")
    sentence = _("Bạn đã nhận ca {duties}.").format(duties=words_of(lines))
    leave_toast(request, sentence, reverse("me:undo", args=[change.pk]))
    return redirect("me:duties")
