"""What was counted towards many targets, day by day: the same sources as `reports.figures.ask`, asked once for all."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from assistance.excess import added_figures, excess
from assistance.models import DailyTally
from reports.figures.sources import DUTY_FIELDS, EVENT_FIELDS
from reports.targets.kinds import BESIDE, COVERAGE, EVENTS, ON_DUTY, PARTS
from reports.targets.pace import DAYS, MONTHS, WEEKS, Daily, Grain
from reports.targets.scopes import UnitMap
from shifts.attendance import attended
from shifts.models import OutreachEvent

DUTIES = "duties"
Place = tuple[int, int | None]  # unit and team that records are stamped with; no team on what only units tell


@dataclass(frozen=True)
class Series:
    """What came on each day, and how finely that can be read."""

    daily: Daily
    grain: Grain

    def up_to(self, date: datetime.date) -> int:
        return sum(n for day, n in self.daily.items() if day <= date)

    def between(self, first: datetime.date, last: datetime.date) -> int:
        return sum(n for day, n in self.daily.items() if first <= day <= last)


class Values:
    """The days of many targets up to a date; queries grow with how far their periods lie apart, not with targets."""

    def __init__(self, targets, units: UnitMap, on: datetime.date):
        self.targets = [target for target in targets if target.figure not in (COVERAGE, ON_DUTY)]
        self.map, self.on = units, on
        self.facts = defaultdict(lambda: defaultdict(Counter))  # figure -> place -> day -> n
        self.figures = {part for target in self.targets for part in parts_of(target.figure)}
        self.figures |= {figure for target in self.targets for figure in BESIDE.get(target.figure, ())}
        for first, last in self.spans():
            self._read(first, last)

    def spans(self) -> list[tuple[datetime.date, datetime.date]]:
        """The periods up to the date, those that touch made one."""
        periods = sorted({(target.first, min(target.last, self.on)) for target in self.targets})
        merged = []
        for first, last in periods:
            if last < first:
                continue
            if merged and first <= merged[-1][1] + datetime.timedelta(days=1):
                merged[-1] = merged[-1][0], max(last, merged[-1][1])
            else:
                merged.append((first, last))
        return merged

    def reference(self, target) -> datetime.date:
        """The day whose tree of units is meant: the one asked about, the last of a period that is over."""
        return max(target.first, min(target.last, self.on))

    def keys(self, target) -> frozenset[int]:
        return self.map.within(target.unit_id, self.reference(target))

    def _read(self, first, last):
        units = frozenset().union(*(self.keys(target) for target in self.targets if target.unit_id))
        teams = {target.team_id for target in self.targets if target.team_id}
        tally = DailyTally.objects.filter(
            Q(unit__in=units) | Q(team__in=teams), figure__in=self.figures, date__range=(first, last)
        )
        for figure, unit, team, day, n in (
            tally.order_by().values_list("figure", "unit", "team", "date").annotate(n=Sum("value"))
        ):
            self.facts[figure][unit, team][day] += n
        if EVENTS in self.figures:
            self._add(EVENTS, self._held(first, last), EVENT_FIELDS, units, teams)
        if DUTIES in self.figures:
            self._add(DUTIES, attended(first, last), DUTY_FIELDS, units, teams)
        if units:
            for row in excess(units=units, first=first, last=last, by=("unit_id", "counted_on")):
                for figure, n in added_figures(row).items():
                    if n and figure in self.figures:
                        self.facts[figure][row["unit_id"], None][row["counted_on"]] += n

    @staticmethod
    def _held(first, last):
        return OutreachEvent.objects.filter(state=OutreachEvent.State.HELD, date__range=(first, last))

    def _add(self, figure, rows, fields, units, teams):
        unit, team, day = fields["unit"], fields["team"], fields["day"]
        rows = rows.filter(Q(**{f"{unit}__in": units}) | Q(**{f"{team}__in": teams})).order_by()
        for whose, by, date, n in rows.values_list(unit, team, day).annotate(n=Count("pk")):
            self.facts[figure][whose, by][date] += n

    def of(self, target, figure: str = "") -> Series:
        """The days of a target within its period; of another figure over the same people and days when named."""
        daily, told_by_week = Counter(), False
        keys = self.keys(target) if target.unit_id else ()
        for part in parts_of(figure or target.figure):
            for (unit, team), days in self.facts[part].items():
                if (unit in keys) if target.unit_id else (team == target.team_id):
                    within = {day: n for day, n in days.items() if target.first <= day <= min(target.last, self.on)}
                    daily.update(within)
                    told_by_week |= team is None and bool(within)
        return Series(dict(daily), grain_of(target, told_by_week))


def parts_of(figure: str) -> tuple[str, ...]:
    """The counted figures that a figure is the sum of."""
    return PARTS.get(figure, (figure,))


def grain_of(target, told_by_week: bool) -> Grain:
    """Events are few and targets of them are for months; what units tell, they tell once a week."""
    if target.rhythm == target.Rhythm.MONTH or target.figure == EVENTS:
        return MONTHS
    return WEEKS if told_by_week else DAYS
