"""How far the forecast was off before: only from this installation's own periods that are over."""

import datetime
from dataclasses import dataclass

from django.db.models import Q

from reports.models import Target
from reports.targets.kinds import COVERAGE, ON_DUTY
from reports.targets.pace import foresee
from reports.targets.reach import visible_targets
from reports.targets.scopes import UnitMap, WorkDays
from reports.targets.values import Values

PERIODS_LOOKED_AT = 3


@dataclass(frozen=True)
class PastError:
    """What was foreseen in the middle of a period, and what came."""

    target: Target
    on: datetime.date
    foreseen: int
    low: int
    high: int
    came: int

    @property
    def off_percent(self):
        return round(100 * abs(self.foreseen - self.came) / self.came) if self.came else None

    @property
    def held(self):
        """Whether what came lay within the bounds."""
        return self.low <= self.came <= self.high


def middle_of(target) -> datetime.date:
    return target.first + (target.last - target.first) // 2


def past_error(access, target: Target, on: datetime.date) -> list[PastError]:
    """Return what the method would have said in the middle of this target's earlier periods, latest first.

    Periods are those of targets about the same figure of the same unit, by its code through time, or of the same team.
    """
    if target.figure in (COVERAGE, ON_DUTY):
        return []
    rows = visible_targets(access).current().filter(figure=target.figure, rhythm=Target.Rhythm.PERIOD, last__lt=on)
    same = Q(team=target.team_id) if target.team_id else Q(unit__code=target.unit.code, unit__level=target.unit.level)
    earlier = list(rows.filter(same).exclude(series=target.series).order_by("-last")[:PERIODS_LOOKED_AT])
    units = UnitMap()
    work, values = WorkDays(earlier, units), Values(earlier, units, on)
    found = []
    for past in earlier:
        series, middle = values.of(past), middle_of(past)
        known = {day: n for day, n in series.daily.items() if day <= middle}
        forecast, _method = foresee(known, work.of(past), series.grain, first=past.first, last=past.last, on=middle)
        if forecast:
            came = series.up_to(past.last)
            found.append(PastError(past, middle, forecast.mid, forecast.low, forecast.high, came))
    return found
