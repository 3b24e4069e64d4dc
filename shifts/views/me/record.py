"""Giờ và ca của tôi: what I served in a year, for the review at its end."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from shifts.duties.forms import YearForm
from shifts.duties.record import record_of, years_of
from shifts.figures import DUTY_FIGURES
from shifts.roster.paper.papers import settings_of

from .common import member


@require_safe
def record(request):
    """Show one year by month; printed it is one sheet of A4."""
    volunteer = member(request)
    years = years_of(volunteer)
    form = YearForm(request.GET, years=years)
    year = (form.cleaned_data["year"] if form.is_valid() else None) or years[0]
    site = volunteer.team.home_site
    context = {
        "volunteer": volunteer,
        "record": record_of(volunteer, year),
        "years": years,
        "figures": DUTY_FIGURES.values(),
        "paper": settings_of(site) if site else {"team_name": volunteer.team.name},
        "today": timezone.localdate(),
    }
    return render(request, "me/record.html", context)
