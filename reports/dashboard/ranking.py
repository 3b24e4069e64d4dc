"""The units below a target, by their pace."""

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Max

from assistance.models import UnitTotal
from reports.targets.cards import Card
from reports.targets.standing import Standing
from shifts.dates import monday_of
from shifts.models import Unit

SHOWN_FIRST, SHOWN_LAST, SLOWEST = 4, 3, 3
WEEKS = 12
SPARK_WIDTH, SPARK_HEIGHT = 72, 20


@dataclass
class RankedUnit:
    """One unit: how far it is, against its pace; when it last said anything."""

    card: Card
    last_report: datetime.date | None = None

    @property
    def unit(self) -> Unit:
        return self.card.target.unit

    @property
    def standing(self) -> Standing:
        return self.card.standing

    @property
    def pace(self) -> int | None:
        """Percent of what the minimum asks for by now; None before the first open day."""
        return int(100 * self.standing.done / self.standing.expected) if self.standing.expected else None

    @property
    def is_behind(self):
        return self.card.verdict.is_behind

    @cached_property
    def weeks(self) -> list[tuple[datetime.date, int]]:
        """(Monday, count) of the last weeks up to the date, the oldest first."""
        monday = monday_of(self.standing.on)
        mondays = [monday - datetime.timedelta(weeks=n) for n in reversed(range(WEEKS))]
        found = dict.fromkeys(mondays, 0)
        for day, n in self.standing.series.daily.items() if self.standing.series else ():
            if monday_of(day) in found:
                found[monday_of(day)] += n
        return list(found.items())

    @property
    def spark(self) -> str:
        """The weeks as points of a line."""
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in self._points)

    @property
    def spark_end(self) -> tuple[str, str]:
        x, y = self._points[-1]
        return f"{x:.1f}", f"{y:.1f}"

    @cached_property
    def _points(self):
        counts = [n for _monday, n in self.weeks]
        most = max(counts) or 1
        width, height = SPARK_WIDTH - 8, SPARK_HEIGHT - 6
        return [(4 + width * at / (WEEKS - 1), 3 + height * (1 - n / most)) for at, n in enumerate(counts)]


class Ranking:
    """The units of a target, the quickest first."""

    def __init__(self, card: Card):
        self.card = card
        self.rows = [RankedUnit(part) for part in card.unit_parts]
        self.rows.sort(key=lambda row: (-(row.pace if row.pace is not None else -1), row.unit.name))
        reported = last_reports([row.unit.pk for row in self.rows], card.standing.on)
        for row in self.rows:
            row.last_report = reported.get(row.unit.pk)

    @property
    def slowest(self) -> list[RankedUnit]:
        """The last few, the slowest first."""
        return self.rows[::-1][:SLOWEST]

    @property
    def is_long(self):
        return len(self.rows) > SHOWN_FIRST + SHOWN_LAST + 1

    @property
    def top(self):
        return self.rows[:SHOWN_FIRST] if self.is_long else self.rows

    @property
    def middle(self):
        return self.rows[SHOWN_FIRST:-SHOWN_LAST] if self.is_long else []

    @property
    def bottom(self):
        return self.rows[-SHOWN_LAST:] if self.is_long else []


def last_reports(units, on: datetime.date) -> dict[int, datetime.date]:
    """Unit -> last day of the newest total that it has sent by a date; one query."""
    sent = UnitTotal.objects.counting().filter(unit__in=units, date_from__lte=on).order_by()
    return dict(sent.values_list("unit").annotate(last=Max("date_to")))
