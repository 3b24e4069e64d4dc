"""Nguyện vọng: when and where I would like to serve."""

from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shifts.duties.forms import PreferenceForm
from shifts.models import Post, Preference, SiteSession

from .common import leave_toast, member, show


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request):
    """Show the wishes as big toggles; save what is ticked."""
    volunteer = member(request)
    form = PreferenceForm(request.POST if request.method == "POST" else None, **_offered(volunteer))
    if request.method == "POST" and form.is_valid():
        form.save()
        leave_toast(request, _("Đã lưu nguyện vọng."))
        return redirect("me:duties")
    return show(request, "preferences", {"form": form}, status=422 if form.is_bound else 200)


def _offered(volunteer):
    """The sessions and weekdays on which the site is open, and the posts this person may hold."""
    site = volunteer.team.home_site_id
    sessions = list(SiteSession.objects.used().filter(site=site).order_by("starts_at"))
    posts = Post.objects.filter(site=site).order_by("position", "code")
    named = volunteer.posts.filter(site=site)
    return {
        "preference": Preference.objects.filter(volunteer=volunteer).first() or Preference(volunteer=volunteer),
        "sessions": [row.session for row in sessions],
        "weekdays": sorted({day for row in sessions for day in row.weekdays}),
        "posts": posts.filter(pk__in=named) if named.exists() else posts,
    }
