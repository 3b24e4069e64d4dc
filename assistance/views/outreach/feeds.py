"""The secret link under which a calendar program reads the events of a team."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shifts.duties.forms import key_field
from shifts.roster import feeds
from shifts.views.roster.feeds import LinkForm, change_link

from .common import reader_of
from .events import teams_of


class TeamForm(forms.Form):
    """Whose events: the key of a team; one's own when none is named."""

    team = key_field(required=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def team_feed(request):
    """Show one's link to a team's calendar; make, renew or end it. ?team= for another than the own."""
    access = reader_of(request)
    form = TeamForm(request.GET)
    if not form.is_valid():
        raise Http404
    teams = teams_of(access)
    key = form.cleaned_data["team"] or next((team.pk for team in access.teams), None)
    team = teams.filter(pk=key).first() if key else teams.order_by("unit__path", "code").first()
    if team is None:
        raise Http404
    feed = feeds.existing_feed(request.user, team=team)
    if request.method == "POST":
        form = LinkForm(request.POST)
        if form.is_valid():
            messages.success(request, change_link(form.cleaned_data["act"], request.user, feed, team=team))
        return redirect(f"{reverse('outreach:feed')}?{urlencode({'team': team.pk})}")
    address = request.build_absolute_uri(feed.get_absolute_url()) if feed else ""
    webcal = "webcal://" + address.partition("://")[2]
    context = {"team": team, "feed": feed, "address": address, "webcal": webcal}
    return render(request, "outreach/team_feed.html", context)
