"""The month builder: days and posts as a grid, people as chips."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shifts.access import Access
from shifts.models import Roster
from shifts.roster.changes import bounds_sentence
from shifts.roster.runs import latest_run

from .page import Page, Period, seen_site, show, stored_roster
from .runs import outcome_words


@require_safe
def rosters(request):
    """The sites whose roster this person may see; straight to the current month where it is only one."""
    sites = list(Access.of(request.user).rostered_sites().select_related("unit").order_by("name"))
    today = timezone.localdate()
    this = Period.of_month(today)
    if len(sites) == 1:
        return redirect(this.url(sites[0]))
    after = this.neighbours()[1]
    states = {
        (roster.site_id, roster.month): roster
        for roster in Roster.objects.filter(site__in=sites, month__in=[this.first, after.first])
    }
    rows = [
        (site, [(period, period.url(site), states.get((site.pk, period.first))) for period in (this, after)])
        for site in sites
    ]
    return render(request, "roster/rosters.html", {"rows": rows})


@require_safe
def month(request, site, month):
    """One site's month. ?at= opens a spot of it; htmx receives that panel alone, or for a run that ended the board."""
    return _shown(request, site, Period.of_month(month))


@require_safe
def week(request, site, monday):
    """One site's week, like the month."""
    return _shown(request, site, Period.of_week(monday))


def _shown(request, code, period):
    site, manages = seen_site(request, code)
    if not period.is_known:
        return render(request, "roster/outside.html", {"site": site, "sentence": bounds_sentence()}, status=404)
    at = request.GET.get("at", "")[:80]
    if request.htmx and request.htmx.target == "board" and manages:
        run = latest_run(stored_roster(site, period.month))
        return show(request, site, period, manages=manages, said=outcome_words(run) if run else "")
    if request.htmx and manages:
        page = Page(request, site, period, manages=manages, at=at)
        return render(request, "roster/_panel.html", page.context())
    return show(request, site, period, manages=manages, at=at)
