"""What the desk asks of several tables at once."""

import datetime

from django.db.models import Q, Sum
from django.utils import timezone

from assistance.models import DailyTally, HourlyTally, Procedure
from assistance.reference import reference

QUICK_PROCEDURES = 8
QUICK_PROCEDURES_DAYS = 30


def today_counts(*, user, site, post, date=None) -> dict[str, int]:
    """Return today's visits of the person, the post and the site, and the site's submitted dossiers."""
    visits = Q(figure="visits")
    sums = DailyTally.objects.filter(site=site, date=date or timezone.localdate()).aggregate(
        mine=Sum("value", filter=visits & Q(volunteer=user), default=0),
        floor=Sum("value", filter=visits & Q(post=post), default=0),
        site=Sum("value", filter=visits, default=0),
        dossiers=Sum("value", filter=Q(figure__in=["dossiers_partial", "dossiers_full"]), default=0),
    )
    return sums


def quick_procedures(*, site, today=None) -> list[Procedure]:
    """Return the site's most asked procedures of the 30 days before this week's Monday, most asked first.

    Counting up to Monday keeps the order still for a week: a key never moves under the finger.
    """
    today = today or timezone.localdate()
    monday = today - datetime.timedelta(days=today.weekday())
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
