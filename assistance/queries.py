"""What the desk asks of several tables at once."""

import datetime
from typing import NamedTuple

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from assistance.models import HourlyTally, Procedure
from assistance.reference import reference
from shifts.dates import monday_of

# Who is at an event is not at the post and site that the rows name: only their own count goes with them.
COUNTS = """
    SELECT COALESCE(SUM(CASE WHEN figure = 'visits' AND volunteer_id = %s THEN value END), 0),
           COALESCE(SUM(CASE WHEN figure = 'visits' AND post_id = %s AND event_id IS NULL THEN value END), 0),
           COALESCE(SUM(CASE WHEN figure = 'visits' AND event_id IS NULL THEN value END), 0),
           COALESCE(SUM(CASE WHEN figure IN ('dossiers_partial', 'dossiers_full') AND event_id IS NULL
                             THEN value END), 0)
    FROM assistance_dailytally WHERE site_id = %s AND date = %s
"""
EVENT_COUNTS = """
    SELECT COALESCE(SUM(CASE WHEN figure = 'visits' AND volunteer_id = %s THEN value END), 0),
           COALESCE(SUM(CASE WHEN figure = 'visits' THEN value END), 0),
           COALESCE(SUM(CASE WHEN figure = 'visits' THEN value END), 0),
           COALESCE(SUM(CASE WHEN figure IN ('dossiers_partial', 'dossiers_full') THEN value END), 0)
    FROM assistance_dailytally WHERE event_id = %s AND date = %s
"""
BY_PERSON = """
    SELECT tally.volunteer_id, person.full_name, SUM(tally.value)
    FROM assistance_dailytally AS tally JOIN shifts_user AS person ON person.id = tally.volunteer_id
    WHERE tally.site_id = %s AND tally.date = %s AND tally.figure = 'visits' AND tally.event_id IS NULL
    GROUP BY tally.volunteer_id, person.full_name, person.sort_name
    HAVING SUM(tally.value) > 0
    ORDER BY person.sort_name, tally.volunteer_id
"""
QUICK_PROCEDURES = 8
QUICK_PROCEDURES_DAYS = 30


def today_counts(*, user, site, post, date=None, event: int | None = None) -> dict[str, int]:
    """Return today's visits of the person, the post and the site, and the site's submitted dossiers.

    With the key of an event: those at the event of the person and of everybody, and the dossiers of the event.
    """
    date = date or timezone.localdate()
    # Every save waits for this: one fixed statement, which the ORM would compile anew each time.
    with connection.cursor() as cursor:
        if event:
            cursor.execute(EVENT_COUNTS, [user.pk, event, date])
        else:
            cursor.execute(COUNTS, [user.pk, post.pk, site.pk, date])
        return dict(zip(("mine", "floor", "site", "dossiers"), map(int, cursor.fetchone()), strict=True))


class LoggedBy(NamedTuple):
    """A person and the visits they logged on one day at one site."""

    name: str
    visits: int


def visits_by_person(*, site, date) -> dict[int, LoggedBy]:
    """Return who logged how many visits at the site on that date, by the key of the user, sorted by given name."""
    # A fixed statement, as the page of the day is asked for every minute by everybody who looks at it.
    with connection.cursor() as cursor:
        cursor.execute(BY_PERSON, [site.pk, date])
        return {pk: LoggedBy(name, int(visits)) for pk, name, visits in cursor.fetchall()}


def quick_procedures(*, site, today=None) -> list[Procedure]:
    """Return the site's most asked procedures of the 30 days before this week's Monday, most asked first.

    Counting up to Monday keeps the order still for a week: a key never moves under the finger.
    """
    today = today or timezone.localdate()
    monday = monday_of(today)
    lists = reference()
    key = ("quick", site.pk, monday)
    return lists.kept(key, lambda: _most_asked(site, monday, today))


def _most_asked(site, monday, today):
    asked = (
        HourlyTally.objects.filter(
            site=site,
            figure="visits",
            procedure__isnull=False,
            date__gte=monday - datetime.timedelta(days=QUICK_PROCEDURES_DAYS),
            date__lt=monday,
        )
        .values_list("procedure")
        .annotate(times=Sum("value"))
        .order_by("-times", "procedure__code")[:QUICK_PROCEDURES]
    )
    found = Procedure.objects.on(today).select_related("department", "level").in_bulk([key for key, times in asked])
    return [found[key] for key, times in asked if key in found]
