"""Changing when a site is open: special days, hours and weekdays; who is touched is known before, and told after."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from shifts.models import Assignment, CalendarDay, OpenPlace, Site, User

from .calendar import open_sessions, open_sessions_of
from .closing import Followed, follow_calendar, lock_rosters_of


class Touches(Exception):
    """The change would cancel these duties, and nobody agreed to that yet; nothing is stored."""

    def __init__(self, duties: list[Assignment]):
        super().__init__()
        self.duties = duties


@transaction.atomic
def set_days(
    *,
    site: Site | None,
    dates: Iterable[datetime.date],
    session: str,
    is_open: bool,
    name: str,
    by: User,
    agreed: bool = False,
) -> Followed:
    """Open or close dates, one session or ("") the whole day, at one site or (None) everywhere.

    Duties that would lose their session are cancelled when that was `agreed` to; else raises Touches.
    """
    dates = sorted(set(dates))
    lock_rosters_of(dates, site)
    for date in dates:
        CalendarDay.objects.update_or_create(
            site=site, date=date, session=session, defaults={"is_open": is_open, "name": name}
        )
    return _follow(site, dates, by, agreed)


@transaction.atomic
def remove_day(*, day: CalendarDay, by: User, agreed: bool = False) -> Followed:
    """Let the weekly rule hold again on that day; like set_days where that closes an extra day."""
    lock_rosters_of([day.date], day.site)
    day.delete()
    return _follow(day.site, [day.date], by, agreed)


def follow_hours(*, site: Site, by: User, agreed: bool = False) -> Followed:
    """Bring what is planned from today on in line with changed hours and weekdays; call it in their transaction."""
    today = timezone.localdate()
    rows = Assignment.objects.active().filter(roster__site=site, date__gte=today)
    places = OpenPlace.objects.waiting().filter(roster__site=site, date__gte=today)
    dates = sorted({*rows.values_list("date", flat=True), *places.values_list("date", flat=True)})
    lock_rosters_of(dates, site)
    return _follow(site, dates, by, agreed)


def _follow(site, dates, by, agreed):
    if not agreed and (lost := duties_in_closed_sessions(site, dates)):
        raise Touches(lost)  # leaves the transaction, so nothing of the change stays
    return follow_calendar(dates, by, site=site)


def duties_in_closed_sessions(site: Site | None, dates: list[datetime.date]) -> list[Assignment]:
    """Duties from today on whose session is not open; a constant number of queries."""
    today = timezone.localdate()
    rows = Assignment.objects.active().filter(roster__isnull=False, date__in=dates, date__gte=today)
    rows = rows.filter(roster__site=site) if site else rows
    rows = list(
        rows.select_related("roster__site", "post", "volunteer__user").order_by("date", "roster", "session", "post")
    )
    if not rows:
        return []
    sites = {row.roster.site_id: row.roster.site for row in rows}
    opened = open_sessions_of(list(sites.values()), rows[0].date, rows[-1].date)
    return [
        row
        for row in rows
        if row.session not in {each.session for each in opened[row.roster.site_id].get(row.date, [])}
    ]


def open_between(site: Site, first: datetime.date, last: datetime.date) -> dict:
    """Open dates of a site -> codes of their sessions."""
    return {date: {row.session for row in rows} for date, rows in open_sessions(site, first, last).items()}
