"""Whether anything was open in a period, asked only where nothing was counted."""

from reports.periods import ReportPeriod
from shifts.models import Site, SiteSession
from shifts.models.sites import WORKING_WEEK
from shifts.roster.calendar import open_sessions_of

NOWHERE = -1  # the key of a site that stands for units without one
LONGEST_CLOSURE_DAYS = 31


def has_open_days(units, period: ReportPeriod) -> bool:
    """Whether a site of these units, or by the common calendar any place, had an open day. Four queries at most."""
    if (period.last - period.first).days > LONGEST_CLOSURE_DAYS:
        return True
    sites = list(Site.objects.all() if units is None else Site.objects.filter(unit__in=units))
    hours = list(SiteSession.objects.filter(site__in=sites).order_by("starts_at"))
    hours.append(SiteSession(site_id=NOWHERE, session=SiteSession.Session.MORNING, weekdays=WORKING_WEEK))
    found = open_sessions_of([*sites, Site(pk=NOWHERE)], period.first, period.last, hours=hours)
    return any(found.values())
