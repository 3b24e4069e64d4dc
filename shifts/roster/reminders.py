"""The evening before: everybody on duty tomorrow is reminded, once."""

import datetime
from collections import defaultdict

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.models import Assignment, OutreachEvent, SiteSession
from shifts.notices import tell

from .changes import duty_words


def remind_of_tomorrow(at: datetime.datetime) -> int:
    """Tell everybody with a duty on the day after `at`; return how many were told who had not been."""
    date = timezone.localdate(at) + datetime.timedelta(days=1)
    duties = _duties_on(date)
    starts = _starts_of({row.roster.site_id for rows in duties.values() for row in rows if row.roster_id})
    told = 0
    for rows in duties.values():
        text = _("Nhắc bạn: {duties}, từ {time}.").format(
            duties=_words(rows), time=f"{min(_start(row, starts) for row in rows):%H:%M}"
        )
        user = rows[0].volunteer.user
        told += tell([user], kind="reminder", text=text, url=reverse("me:duties"), key=f"reminder:{date:%Y-%m-%d}")
    return told


def _duties_on(date):
    """Volunteer -> announced duties of the day, cancelled events left out."""
    rows = Assignment.objects.announced().filter(date=date)
    rows = rows.filter(Q(event__isnull=True) | ~Q(event__state=OutreachEvent.State.CANCELLED))
    found = defaultdict(list)
    for row in rows.select_related("roster", "post", "event", "volunteer__user").order_by("volunteer", "session"):
        found[row.volunteer_id].append(row)
    return found


def _starts_of(sites):
    rows = SiteSession.objects.filter(site__in=sites)
    return {(site, session): starts for site, session, starts in rows.values_list("site", "session", "starts_at")}


def _start(row, starts):
    if row.event_id:
        return row.event.starts_at
    return starts.get((row.roster.site_id, row.session), datetime.time(23, 59))


def _words(rows):
    return duty_words((row.date, row.post.name if row.post_id else row.event.venue, row.session) for row in rows)
