"""When a site is open: the one place that knows."""

import datetime
from collections import defaultdict

from django.db.models import Q
from django.utils import timezone

from shifts.models import CalendarDay, SiteSession


def open_sessions(site, first, last) -> dict[datetime.date, list[SiteSession]]:
    """Return the open days from first to last, both included, each with its sessions in order of time.

    A session is open on its weekdays. A special day changes that: a closure ends it; an opening of a whole day opens
    the sessions of a working week, one of a single session opens that one. What is said for the site counts more than
    what is said for all, what is said for a session more than for the whole day. Two queries.
    """
    return open_sessions_of([site], first, last)[site.pk]


def open_sessions_of(sites, first, last, *, hours=None) -> dict[int, dict[datetime.date, list[SiteSession]]]:
    """Like `open_sessions`, for many sites at once: key of site -> date -> sessions.

    Two queries; one when `hours`, every session of these sites in order of time, are known already.
    """
    if last < first or not sites:
        return {site.pk: {} for site in sites}
    special = _special_days(sites, first, last)
    sessions = defaultdict(list)
    hours = SiteSession.objects.filter(site__in=sites).order_by("starts_at") if hours is None else hours
    for session in hours:
        sessions[session.site_id].append(session)
    dates = [first + datetime.timedelta(days=number) for number in range((last - first).days + 1)]
    found = {}
    for site in sites:
        days = ((date, [row for row in sessions[site.pk] if _is_open(row, date, special)]) for date in dates)
        found[site.pk] = {date: rows for date, rows in days if rows and site.holds_on(date)}
    return found


def _special_days(sites, first, last):
    """(site or None, date, session or "") -> is open."""
    rows = CalendarDay.objects.filter(Q(site=None) | Q(site__in=sites), date__range=(first, last)).order_by()
    return {
        (site, date, session): is_open
        for site, date, session, is_open in rows.values_list("site_id", "date", "session", "is_open")
    }


def _is_open(row, date, special):
    if not row.is_used:
        return False
    for site in (row.site_id, None):
        for session in (row.session, ""):
            is_open = special.get((site, date, session))
            if is_open is None:
                continue
            return is_open and (bool(session) or serves_working_week(row))
    return str(date.isoweekday()) in row.weekdays


def serves_working_week(session) -> bool:
    """Whether the session runs on working days: a day opened extra has these, not those of Saturdays only."""
    return any(day in session.weekdays for day in "12345")


def sessions_begun(site, at):
    """Return a function of (date, session): whether that session of the site has begun by then."""
    local = timezone.localtime(at)
    starts = dict(SiteSession.objects.filter(site=site).values_list("session", "starts_at"))
    return lambda date, session: (date, starts.get(session, datetime.time(0))) <= (local.date(), local.time())


def sessions_over(site, at):
    """Return a function of (date, session): whether that session of the site is over by then."""
    local = timezone.localtime(at)
    ends = dict(SiteSession.objects.filter(site=site).values_list("session", "ends_at"))
    return lambda date, session: (date, ends.get(session, datetime.time.max)) <= (local.date(), local.time())
