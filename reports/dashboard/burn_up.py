"""The line of a target over its period: what is done, inside the band from minimum to stretch, and where it will end.

Lengths are shares of the drawing in percent, so that one drawing fits a phone and a PC and words keep their size.
"""

import datetime
from dataclasses import dataclass
from functools import cached_property

from reports.targets.pace import months_between, next_month
from reports.targets.standing import Standing

PLOT_WIDTH, PLOT_HEIGHT = 1000, 200  # the inside, which is stretched to fit
TOP, LABEL_GAP, LINES = 14, 15, 5
PLOT_SHARE = 86  # percent of the drawing; the rest is for the words at the end of the lines
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Mark:
    """A place on the drawing, from the left in percent and from the top in pixels, with its words."""

    x: str
    y: str
    words: str
    kind: str = ""


@dataclass(frozen=True)
class MonthRow:
    """One month in the table behind: what it brought, what all came to by its end, and what the pace asked for."""

    first: datetime.date
    value: int
    total: int
    minimum: int


class BurnUp:
    """The drawing of one standing that adds up by the day."""

    def __init__(self, standing: Standing):
        self.standing = standing
        target = standing.target
        self.first, self.last = target.first, target.last
        self.until = min(standing.on, target.last)
        self.days = (self.last - self.first).days or 1
        ends = [standing.stretch, standing.done, standing.forecast.high if standing.forecast else 0]
        self.most = round_up(max(ends) or 1)

    # places

    def _x(self, day):
        return PLOT_WIDTH * min(max((day - self.first).days, 0), self.days) / self.days

    def _y(self, value):
        return PLOT_HEIGHT * (1 - value / self.most)

    def _at(self, day, value):
        return f"{self._x(day):.1f},{self._y(value):.1f}"

    def _mark(self, day, value, words, kind=""):
        return Mark(f"{self._x(day) / PLOT_WIDTH * PLOT_SHARE:.2f}%", f"{TOP + self._y(value):.1f}", words, kind)

    # lines

    @cached_property
    def sums(self) -> list[tuple[datetime.date, int]]:
        """(day, all up to it) on the days that brought something, and on the last day shown."""
        total, found = 0, [(self.first, 0)]
        for day, n in sorted(self.standing.series.daily.items()):
            total += n
            found.append((day, total))
        return [*found, (max(self.until, self.first), total)]

    @property
    def done(self):
        return " ".join(self._at(day, total) for day, total in self.sums)

    @property
    def minimum(self):
        return f"{self._at(self.first, 0)} {self._at(self.last, self.standing.minimum)}"

    @property
    def stretch(self):
        return f"{self._at(self.first, 0)} {self._at(self.last, self.standing.stretch)}"

    @property
    def band(self):
        """Minimum to stretch; "" when they are one."""
        if self.standing.stretch <= self.standing.minimum:
            return ""
        return f"{self.minimum} {self._at(self.last, self.standing.stretch)}"

    @property
    def forecast(self):
        if not self.standing.forecast:
            return ""
        return f"{self._at(self.until, self.standing.done)} {self._at(self.last, self.standing.forecast.mid)}"

    @property
    def forecast_band(self):
        found = self.standing.forecast
        if not found:
            return ""
        start = self._at(self.until, self.standing.done)
        return f"{start} {self._at(self.last, found.high)} {self._at(self.last, found.low)}"

    # words

    @property
    def grid(self) -> list[Mark]:
        """The numbers beside the lines across, from the top."""
        return [self._mark(self.first, self.most * n / LINES, self.most * n // LINES) for n in range(LINES, -1, -1)]

    @property
    def months(self) -> list[Mark]:
        """The first days of the months, as many as have room."""
        firsts = [day for day in months_between(self.first, self.last) if day >= self.first]
        step = 1 + (len(firsts) - 1) // 6
        return [self._mark(day, 0, f"T{day.month}") for day in firsts[::step]]

    @property
    def today(self) -> Mark | None:
        inside = self.first < self.standing.on < self.last
        return self._mark(self.standing.on, 0, f"{self.standing.on:%d/%m}") if inside else None

    @property
    def end(self) -> Mark:
        return self._mark(self.until, self.standing.done, self.standing.done)

    @property
    def ends(self) -> list[Mark]:
        """Words at the end of the lines, kept apart from one another."""
        found = [(self.standing.minimum, "minimum")]
        if self.standing.stretch > self.standing.minimum:
            found.append((self.standing.stretch, "stretch"))
        if self.standing.forecast:
            found.append((self.standing.forecast.mid, "forecast"))
        marks, above = [], None
        for value, kind in sorted(found, reverse=True):
            y = TOP + self._y(value)
            y = y if above is None else max(y, above + LABEL_GAP)
            above = y
            marks.append(Mark(f"{PLOT_SHARE + 1}%", f"{y:.1f}", value, kind))
        return marks

    @cached_property
    def rows(self) -> list[MonthRow]:
        """The table behind the line."""
        rows, total = [], 0
        for first in months_between(self.first, max(self.until, self.first)):
            last = min(next_month(first) - DAY, self.until)
            value = self.standing.series.between(first, last)
            total += value
            open_days = self.standing.open_days
            passed = self.standing.days.up_to(last) / open_days if open_days else 0
            rows.append(MonthRow(first, value, total, round(self.standing.minimum * passed)))
        return rows

    @property
    def points(self) -> list[tuple[Mark, MonthRow]]:
        """A point for each month's end on the line, to be looked at one by one."""
        return [
            (self._mark(min(next_month(row.first) - DAY, self.until), row.total, ""), row) for row in self.rows
        ]  # fmt: skip


def round_up(number: int) -> int:
    """The next number that five lines divide well: 9,846 -> 10,000; 31,220 -> 50,000."""
    scale = 1
    while scale * 10 < number:
        scale *= 10
    return next(scale * step for step in (1, 2, 5, 10) if scale * step >= number)
