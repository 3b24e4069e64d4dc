"""How the model spread: units that ran it at the end of each month of a year, by level, and the chart of it.

The units are those of one day, as on the page of units; a team or a word of a unit that has ended speaks for the unit
that holds its place on that day.
"""

import calendar
import datetime
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from django.db.models import Case, Max, Q, Value, When
from django.utils.translation import gettext as _

from assistance.models import UnitTotal
from assistance.unit_tree import ACTIVITY_LOOKS_BACK, Level, Tree
from shifts.succession import current_units, team_stays

WIDTH, HEIGHT = 640, 210
LEFT, RIGHT, TOP, BOTTOM = 28, 64, 24, 28
LABEL_STEP = 20  # between two numbers at the lines' ends


@dataclass
class Line:
    """One level: its number at the end of each month, out of all its units."""

    level: str
    words: str
    numbers: list[int]
    total: int

    @property
    def last(self):
        return self.numbers[-1]


@dataclass
class Growth:
    """Days (ends of months, the last one the end of the period) and a line for each level that has units."""

    days: list[datetime.date]
    lines: list[Line]

    @property
    def rows(self):
        """[(day, [number of each level])], the newest first."""
        return [(day, [line.numbers[at] for line in self.lines]) for at, day in reversed(list(enumerate(self.days)))]


def growth_of(tree: Tree, today: datetime.date) -> Growth:
    """Return the growth in the year of the tree's period; five queries, however many units and months."""
    days = month_ends(tree.period, today)
    levels = {line.unit.pk: line.unit.level for line in tree.lines}
    holder = current_units(tree.period.last)
    running = [set() for _day in days]
    for _team, unit, first, end in team_stays():
        for at, day in enumerate(days):
            if (first is None or first <= day) and (end is None or day < end):
                running[at].add(holder[unit])
    for unit, said in _words(tree.period, days).items():
        for at, teams in enumerate(said):
            if teams:
                running[at].add(holder[unit])
    # The last is the page's own answer, so that the line ends where its first sentence says.
    running[-1] = {line.unit.pk for line in tree.lines if line.runs}
    lines = []
    for level, words in [
        (Level.COMMUNE, _("xã, phường")),
        (Level.DISTRICT, _("huyện, thị xã, thành phố")),
        (Level.PROVINCE, _("cấp tỉnh")),
    ]:
        ours = {unit for unit, its in levels.items() if its == level}
        if ours:
            lines.append(Line(level, words, [len(found & ours) for found in running], len(ours)))
    return Growth(days, lines)


def month_ends(period, today: datetime.date) -> list[datetime.date]:
    """Ends of the months of the period's year that are over, then the period's last day that has come."""
    last = min(period.last, today) if period.first <= today else period.last
    ends = [datetime.date(last.year, month, calendar.monthrange(last.year, month)[1]) for month in range(1, 13)]
    return [*(day for day in ends if day < last), last]


def _words(period, days):
    """Unit -> the teams it said it had, as of each day: its last word that said a number. One query."""
    since = datetime.date(days[0].year, 1, 1) - ACTIVITY_LOOKS_BACK
    sent = UnitTotal.objects.counting().filter(
        span=period.span, date_from__range=(since, days[-1]), teams__isnull=False, nothing=False
    )
    # Not TruncMonth: SQLite would call Python for each row.
    month = Case(*(When(date_from__lte=day, then=Value(at)) for at, day in enumerate(days)))
    newest = sent.order_by().annotate(month=month).values_list("unit", "month")
    # The later of the two is the month's last word.
    newest = newest.annotate(
        with_team=Max("date_from", filter=Q(teams__gt=0)), without=Max("date_from", filter=Q(teams=0))
    )
    found = {}
    for unit, at, with_team, without in newest:
        says = with_team is not None and (without is None or with_team > without)
        found.setdefault(unit, {})[at] = says
    return {unit: _carried(words, len(days)) for unit, words in found.items()}


def _carried(words, length):
    """The word of each month, or the one before where there is none."""
    said, answer = False, []
    for at in range(length):
        said = words.get(at, said)
        answer.append(said)
    return answer


class Point(NamedTuple):
    """The end of a month on a line; places are texts, since a number would be written with a comma."""

    x: str
    y: str
    day: datetime.date
    number: int


@dataclass
class Curve:
    line: Line
    points: list[Point]
    label_y: float

    @property
    def path(self):
        return " ".join(f"{point.x},{point.y}" for point in self.points)

    @property
    def label_at(self):
        return f"{self.label_y:.1f}"


@dataclass
class Chart:
    """The growth as it is drawn: shares of all units of a level, 0 at the foot, all of them at the top."""

    growth: Growth
    curves: list[Curve]
    ticks: list[tuple[str, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    foot: int = HEIGHT - BOTTOM


def chart_of(growth: Growth) -> Chart:
    """Lay the lines out; a level of a single unit is a word of the first sentence, not a line."""
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    step = wide / max(1, len(growth.days) - 1)
    curves = []
    for line in growth.lines:
        if line.total == 1:
            continue
        heights = [TOP + high * (1 - number / line.total) for number in line.numbers]
        points = [
            Point(f"{LEFT + at * step:.1f}", f"{heights[at]:.1f}", day, line.numbers[at])
            for at, day in enumerate(growth.days)
        ]
        curves.append(Curve(line, points, heights[-1]))
    curves.sort(key=lambda curve: curve.label_y)
    for above, below in pairwise(curves):
        below.label_y = max(below.label_y, above.label_y + LABEL_STEP)
    ticks = [(f"{LEFT + at * step:.1f}", f"{day:%m}") for at, day in enumerate(growth.days)]
    return Chart(growth, curves, ticks)
