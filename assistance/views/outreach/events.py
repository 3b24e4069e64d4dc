"""/outreach/: the events of a month, whether its rule is met, and where nobody has been yet."""

from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from assistance.outreach_words import rule_words, unit_label
from assistance.result_reminders import awaited_of
from shifts.models import OutreachEvent, Team, Unit
from shifts.outreach.events import has_begun
from shifts.outreach.reach import events_seen_by, plans_events
from shifts.outreach.rule import last_day_of, months_of, never_visited, organising_teams

from .common import month_of, moved_month, reader_of

MOST_UNFOLDED = 60  # communes: of the province of today all, of 2020 only what is left late in the year
BADGES = {"planned": "plain", "confirmed": "blue", "held": "ok", "cancelled": "plain"}
State = OutreachEvent.State


@dataclass
class Line:
    """One event in the list."""

    event: OutreachEvent
    is_waiting: bool  # it should be over, and nobody said whether it was held
    badge: str = field(init=False)

    def __post_init__(self):
        self.badge = "star" if self.is_waiting else BADGES[self.event.state]


@require_safe
def events(request):
    """The month's events of everybody within reach."""
    access, month, today = reader_of(request), month_of(request), timezone.localdate()
    teams = list(organising_teams(teams=teams_of(access), own=access.team_ids, month=month))
    rows = months_of(teams, month, today)
    found = events_of_month(access, month)
    root = root_of(access)
    on = min(last_day_of(month), today) if month <= today else last_day_of(month)
    unvisited = never_visited(root, on) if root and root.level != Unit.Level.COMMUNE else []
    context = {
        "month": month,
        "is_this_month": month == today.replace(day=1),
        "before": moved_month(month, -1),
        "after": moved_month(month, 1),
        "sentence": rule_words(month, rows),
        "rows": rows if len(rows) > 1 else [],
        "lines": [Line(event, _is_waiting(event)) for event in found],
        "names_teams": len({row.team.pk for row in rows} | {event.team_id for event in found}) > 1,
        "plans": plans_events(access),
        "unvisited": [(unit, _plan_url(unit) if unit.holds_on(today) else "") for unit in unvisited],
        "opens_unvisited": len(unvisited) <= MOST_UNFOLDED,
        "shows_unvisited": root is not None and root.level != Unit.Level.COMMUNE,
        "root": root,
        "on": on,
        "awaited": list(awaited_of(access)) if plans_events(access) else [],
    }
    return render(request, "outreach/events.html", context)


def _is_waiting(event):
    return event.state in (State.PLANNED, State.CONFIRMED) and has_begun(event)


def _plan_url(unit):
    return f"{reverse('outreach:plan')}?{urlencode({'host': unit_label(unit)})}"


def events_of_month(access, month):
    """Events of that month within reach, each with the number of its people."""
    people = Count("assignments__volunteer", distinct=True, filter=Q(assignments__state="active"))
    rows = events_seen_by(access).between(month, last_day_of(month)).annotate(people=people)
    return list(rows.select_related("team", "unit", "host_unit__parent").order_by("date", "starts_at", "pk"))


def teams_of(access):
    """Teams whose months this person follows: the own ones, and those of the units they work for."""
    if access.sees_everything:
        return Team.objects.all()
    teams = Q(pk__in=access.team_ids)
    if access.has_unit_role:
        teams |= Q(unit__in=access.units())
    return Team.objects.filter(teams)


def root_of(access):
    """The unit whose communes should all be visited: the highest of this person's own and of their teams."""
    own = [*access.roots(), *(team.unit for team in access.teams)]
    if own:
        return min(own, key=lambda unit: unit.path.count("."))
    return Unit.objects.on().filter(level=Unit.Level.PROVINCE).first() if access.sees_everything else None
