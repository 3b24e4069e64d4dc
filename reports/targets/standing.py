"""How far targets are on a date: done, pace, what each day has to bring, and what is to be expected."""

import datetime
import math
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from reports.figures import ask
from reports.models import Target
from reports.targets.duty import Duties, Sessions
from reports.targets.kinds import BESIDE, COVERAGE, ON_DUTY, TARGET_FIGURES
from reports.targets.pace import (
    MONTHS,
    WEEKS,
    Forecast,
    OpenDays,
    foresee,
    lateness,
    months_between,
    needed_per_day,
    next_month,
)
from reports.targets.scopes import UnitMap, WorkDays
from reports.targets.values import Series, Values
from shifts.models import Unit

DAY = datetime.timedelta(days=1)
COUNTED_MONTH_DAYS = 15  # a month of which the period has fewer days is not held against a monthly target


@dataclass(frozen=True)
class Month:
    """One month of a monthly target."""

    first: datetime.date
    last: datetime.date
    value: int
    is_over: bool


@dataclass
class Standing:
    """One target on one date. `minimum` and `stretch` are of the whole period, whatever the target's rhythm."""

    target: Target
    on: datetime.date
    done: int
    minimum: int
    stretch: int
    days: OpenDays
    series: Series | None = None
    sessions: Sessions | None = None
    months: list[Month] = field(default_factory=list)
    beside: list[tuple[str, int]] = field(default_factory=list)  # names of other figures, and what they came to
    forecast: Forecast | None = None
    method: str = ""
    expected: float = 0  # what the minimum asks for by now
    counted_to: datetime.date | None = None

    # days

    @property
    def begun(self):
        return self.target.first <= self.on

    @property
    def over(self):
        return self.on > self.target.last

    @property
    def open_days(self):
        return len(self.days.days)

    @property
    def days_passed(self):
        return self.days.up_to(self.on)

    @property
    def days_left(self):
        """Open days after the date: what is done on the date itself is counted already."""
        return self.open_days - self.days_passed

    # numbers

    @property
    def adds_up(self):
        """Whether the count grows by the day, so that a pace of so much a day means something."""
        return self.target.figure not in (COVERAGE, ON_DUTY) and self.target.rhythm == Target.Rhythm.PERIOD

    @property
    def missing(self):
        return max(0, self.minimum - self.done)

    @property
    def needed(self) -> float | None:
        """What each open day from now on has to bring to reach the minimum."""
        if not self.adds_up or self.over:
            return None
        return needed_per_day(self.missing, self.days_left if self.begun else self.open_days)

    @property
    def per_day(self) -> float | None:
        """What an open day has brought so far."""
        passed = self.days.up_to(self.counted_to or self.on)
        return self.done / passed if self.adds_up and passed else None

    def share_of(self, goal) -> int:
        """Percent of a goal, rounded down so that 100 means reached."""
        return math.floor(100 * self.done / goal) if goal else 0

    @property
    def share_of_minimum(self):
        return self.share_of(self.minimum)

    @property
    def share_of_stretch(self):
        return self.share_of(self.stretch)

    @property
    def late(self) -> int:
        """By how many percent the count is behind the pace."""
        return 0 if self.over or not self.begun else lateness(self.done, self.expected)

    @property
    def missed_months(self):
        return [month for month in self.months if month.is_over and month.value < self.target.minimum]

    @property
    def short_sessions(self):
        return self.sessions.short if self.sessions else ()


def standings(targets, on: datetime.date) -> list[Standing]:
    """Return how far each of these targets is on a date, in their order; queries do not grow with their number."""
    targets = list(targets)
    units = UnitMap()
    work = WorkDays(targets, units)
    values, duties = Values(targets, units, on), Duties(targets, work, on)
    running = _running(targets, units, on)
    return [_standing(target, on, units, work, values, duties, running) for target in targets]


def _standing(target, on, units, work, values, duties, running):
    days = work.of(target)
    if target.figure == ON_DUTY:
        sessions = duties.of(target)
        found = Standing(target, on, sessions.staffed, sessions.all, sessions.all, days, sessions=sessions)
        found.expected, found.method = sessions.begun, _("Mỗi buổi phải đủ người, nên không dự báo.")
        return found
    if target.figure == COVERAGE:
        keys = units.within(target.unit_id, values.reference(target))
        counted = [n for key, n in running.get(values.reference(target), {}).items() if key in keys
                   and units.units[key].level == target.level]  # fmt: skip
        goals = (math.ceil(len(counted) * percent / 100) for percent in (target.minimum, target.stretch))
        found = Standing(target, on, sum(counted), *goals, days)
        found.expected = _share_of_days(found, on) * found.minimum
        found.method = _("Số đơn vị không cộng theo ngày, nên không dự báo.")
        return found
    series = values.of(target)
    times, months = 1, []
    if target.rhythm == Target.Rhythm.MONTH:
        months = _months(target, series, on)
        times = len(months)
    found = Standing(target, on, series.up_to(on), target.minimum * times, target.stretch * times, days, series)
    found.months = months
    others = BESIDE.get(target.figure, ())
    found.beside = [(str(TARGET_FIGURES[code].name), values.of(target, code).up_to(on)) for code in others]
    if found.begun and not found.over:
        found.counted_to = _counted_to(series, target, on)
    found.expected = _expected(found, on)
    found.forecast, found.method = _forecast(found, series)
    return found


def _counted_to(series, target, on):
    """The day up to which numbers can be there: what is told by the week is told when the week is over."""
    if series.grain is WEEKS:
        return max(target.first - DAY, series.grain.block_of(on)[0] - DAY) if on < series.grain.block_of(on)[1] else on
    return on


def _share_of_days(found, date):
    """How much of the open days lie behind; all of them once the period is over."""
    if found.over or not found.open_days:
        return 1 if found.over else 0
    return found.days.up_to(date) / found.open_days


def _expected(found, on):
    if not found.begun:
        return 0
    if found.target.rhythm == Target.Rhythm.MONTH:
        return found.target.minimum * sum(month.is_over for month in found.months)
    return found.minimum * _share_of_days(found, found.counted_to or on)


def _forecast(found, series):
    if not found.open_days:
        return None, _("Kỳ này không có ngày mở cửa nào, nên không tính được nhịp và dự báo.")
    if not found.begun:
        return None, _("Kỳ chưa bắt đầu.")
    target = found.target
    return foresee(series.daily, found.days, series.grain, first=target.first, last=target.last, on=found.on)


def _months(target, series, on) -> list[Month]:
    """The months that are held against a monthly target; when the period has none long enough, those it touches."""
    spans = [(max(first, target.first), min(next_month(first) - DAY, target.last))
             for first in months_between(target.first, target.last)]  # fmt: skip
    long = [(first, last) for first, last in spans if (last - first).days + 1 >= COUNTED_MONTH_DAYS]
    return [
        Month(first, last, series.between(MONTHS.block_of(first)[0], last), last < on or on > target.last)
        for first, last in long or spans
    ]


def _running(targets, units, on) -> dict[datetime.date, dict[int, int]]:
    """Day -> unit -> whether it runs the model; one question for each day that is meant, mostly one."""
    wanted = {}
    for target in targets:
        if target.figure == COVERAGE and target.first <= on:
            day = min(target.last, on)
            wanted.setdefault(day, set()).update(units.within(target.unit_id, day))
    levels = [Unit.Level.COMMUNE, Unit.Level.DISTRICT]
    found = {}
    for day, keys in wanted.items():
        here = [key for key in keys if units.units[key].holds_on(day) and units.units[key].level in levels]
        answer = ask("coverage", units=here, first=day, last=day, group="unit")
        found[day] = {row.key: int(row.value) for row in answer.rows}
    return found
