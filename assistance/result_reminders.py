"""Chases results of events that are over: by a notice each evening, and on the pages of who may report them."""

import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assistance.results import awaited_events
from shifts.access import MANAGES_TEAMS_BELOW, Access
from shifts.duties.people import leaders_of
from shifts.notices import tell

KIND = "outreach"


def awaited_of(access: Access, at: datetime.datetime | None = None):
    """Events without result that this person should see to: of led teams, and of units whose teams they manage."""
    rows = awaited_events(at)
    if access.sees_everything:
        return rows
    mine = Q(team__in=access.led_team_ids)
    if access.roots(*MANAGES_TEAMS_BELOW):
        mine |= Q(unit__in=access.units(*MANAGES_TEAMS_BELOW))
    return rows.filter(mine)


def chase_results(at: datetime.datetime) -> int:
    """Tell the leaders of every event that is over and not reported, at most once a day each; return how many."""
    told = 0
    for event in awaited_events(at):
        text = _("Hoạt động {venue} ngày {date} chưa báo kết quả. Báo trên điện thoại trong vài phút.")
        told += tell(
            leaders_of(event.team, timezone.localdate(at)),
            kind=KIND,
            text=text.format(venue=event.venue, date=f"{event.date:%d/%m}"),
            url=reverse("outreach:result", args=[event.pk]),
            key=f"outreach-result:{event.pk}:{timezone.localdate(at)}",
        )
    return told
