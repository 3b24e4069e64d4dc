"""How busy each hour of each weekday is: the mean of visits, to plan duty."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Sum

from assistance.models import HourlyTally, HourMonth
from assistance.models.rollups import DAYS
from assistance.rolled import Rolled
from reports.dashboard.filters import Filters
from reports.figures.questions import Question
from shifts.dates import weekday_short

LONGEST = datetime.timedelta(days=89)  # of what is looked at: duty is planned by the last months, not by the last years
STEPS = 5
FIGURE = "visits"


@dataclass(frozen=True)
class Cell:
    """The mean of one hour of one weekday, and how deep its blue is: 1 to STEPS, 0 for nothing."""

    hour: int
    mean: float
    step: int

    @property
    def shown(self) -> int:
        return round(self.mean)


class Heat:
    """Weekdays as rows, hours as columns, over at most the last 90 days of the period."""

    def __init__(self, filters: Filters):
        self.last = filters.on
        self.first = max(filters.first, self.last - LONGEST)
        question = Question(**{**filters.asked, "first": self.first, "last": self.last}, group="hour").settled()
        self.sums: Counter[tuple[int, int]] = Counter()  # (weekday, hour) -> visits
        self.days: defaultdict[int, set[datetime.date]] = defaultdict(set)  # weekday -> days that had visits
        for day, hour, n in counted(question):
            self.sums[day.weekday(), hour] += n
            self.days[day.weekday()].add(day)

    @property
    def hours(self) -> list[int]:
        """From the first hour that had visits to the last, none left out."""
        hours = [hour for _weekday, hour in self.sums]
        return list(range(min(hours), max(hours) + 1)) if hours else []

    @property
    def rows(self) -> list[tuple[str, list[Cell]]]:
        """(weekday, its cells), Monday first; weekdays without any visit are left out."""
        means = {key: n / len(self.days[key[0]]) for key, n in self.sums.items()}
        most = max(means.values(), default=0)

        def cell(weekday, hour):
            mean = means.get((weekday, hour), 0)
            return Cell(hour, mean, 1 + min(STEPS - 1, int(STEPS * mean / most)) if mean else 0)

        monday = datetime.date(2024, 1, 1)
        return [
            (weekday_short(monday + datetime.timedelta(days=weekday)), [cell(weekday, hour) for hour in self.hours])
            for weekday in sorted(self.days)
        ]

    @property
    def busiest(self) -> tuple[str, Cell] | None:
        """The weekday and its busiest cell."""
        cells = [(name, cell) for name, row in self.rows for cell in row]
        return max(cells, key=lambda pair: pair[1].mean, default=None)


def counted(question: Question):
    """Yield (day, hour, visits): rolled up where that holds, from the tally where it does not."""
    rolled = Rolled.between(question.first, question.last)
    if rolled.months:
        rows = narrowed(rolled.rows(HourMonth).filter(figure=FIGURE).exclude(unit=None), question)
        sums = {f"sum_{name}": Sum(name) for name in DAYS}
        for hour, month, *numbers in rows.order_by().values_list("hour", "month").annotate(**sums):
            for day in rolled.months[month]:
                if n := numbers[day.day - 1]:
                    yield day, hour, n
    if (live := rolled.live()) is not None:
        rows = narrowed(HourlyTally.objects.filter(live, figure=FIGURE), question)
        for day, hour, n in rows.order_by().values_list("date", "hour").annotate(n=Sum("value")):
            if n:
                yield day, hour, n


def narrowed(rows, question: Question):
    """The rows of the units and teams of the question."""
    if question.units is not None:
        rows = rows.filter(unit__in=question.units)
    teams = question.only("team")
    return rows if teams is None else rows.filter(team__in=[key for key in teams if isinstance(key, int)])
