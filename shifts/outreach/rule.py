"""The rule of each month, at least one event and better two, for every team; and the communes never visited."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Q

from shifts.models import OutreachEvent, Team, Unit
from shifts.succession import current_units

LEAST_A_MONTH, AIM_A_MONTH = 1, 2
ORGANISES_MONTHS_BACK = 12
State = OutreachEvent.State


@dataclass(frozen=True)
class TeamMonth:
    """What one team did and still has before it in one month."""

    team: Team
    held: int
    coming: int
    is_over: bool

    @property
    def counted(self):
        """Events that were held, and in a month that runs those still to come."""
        return self.held if self.is_over else self.held + self.coming

    @property
    def is_met(self):
        return self.counted >= LEAST_A_MONTH

    @property
    def reaches_aim(self):
        return self.counted >= AIM_A_MONTH

    @property
    def lacking(self):
        return max(0, AIM_A_MONTH - self.counted)


def last_day_of(month: datetime.date) -> datetime.date:
    return (month + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)


def organising_teams(*, teams, own, month: datetime.date):
    """Those of the teams for whom the month is asked about: the own ones, and who had an event within a year."""
    first = month.replace(year=month.year - 1)
    events = OutreachEvent.objects.standing().between(first, last_day_of(month))
    found = teams.filter(Q(pk__in=own) | Q(pk__in=events.values("team")))
    return found.on(last_day_of(month)).order_by("unit__path", "code")


def months_of(teams, month: datetime.date, today: datetime.date) -> list[TeamMonth]:
    """How each of the teams stands in the month of that first day: two queries."""
    last = last_day_of(month)
    rows = OutreachEvent.objects.standing().between(month, last).filter(team__in=teams)
    held, coming = Counter(), Counter()
    for team, state, date in rows.values_list("team", "state", "date"):
        if state == State.HELD:
            held[team] += 1
        elif date >= today:
            coming[team] += 1
    return [TeamMonth(team, held[team.pk], coming[team.pk], last < today) for team in teams]


def never_visited(root: Unit, on: datetime.date) -> list[Unit]:
    """Communes below this unit that hold on that date and where no event was ever held, until then.

    A visit to a unit that was taken over is one to its main successor. Four queries.
    """
    communes = Unit.objects.on(on).filter(path__startswith=root.path, level=Unit.Level.COMMUNE)
    hosts = set(OutreachEvent.objects.held().filter(date__lte=on).values_list("host_unit", flat=True))
    holder = current_units(on)
    visited = {holder[unit] for unit in hosts}
    return [unit for unit in communes.select_related("parent").order_by("search_name") if unit.pk not in visited]
