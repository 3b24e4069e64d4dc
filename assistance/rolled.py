"""Reads what is rolled up by month, for the days of it that hold, and says which days the tally itself answers for."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add

from django.db.models import Case, F, Q, Sum, Value, When

from assistance.models import RolledUp, TallyChange, UnitDay
from assistance.models.rollups import DAYS
from assistance.rollups import ONLY_ROW, end_of_month, months_between


@dataclass(frozen=True)
class Rolled:
    """The days from first to last: rolled up and unchanged since, or to be read from the tally."""

    first: datetime.date
    last: datetime.date
    until: datetime.date | None
    changed: frozenset[datetime.date]

    @classmethod
    def between(cls, first: datetime.date, last: datetime.date) -> "Rolled":
        """Read in one query."""
        changes = TallyChange.objects.filter(date__range=(first, last)).annotate(kind=Value("changed"))
        until = RolledUp.objects.filter(pk=ONLY_ROW).annotate(kind=Value("until"))
        rows = changes.values_list("kind", "date").union(until.values_list("kind", "until"))
        found = {"changed": set(), "until": set()}
        for kind, day in rows:
            found[kind].add(day)
        until = next(iter(found["until"]), None)
        if until is None or until < first:
            return cls(first, last, None, frozenset())
        return cls(first, last, until, frozenset(day for day in found["changed"] if day <= until))

    @cached_property
    def months(self) -> dict[datetime.date, list[datetime.date]]:
        """First day of a month -> its days that hold; months without any are left out."""
        found = {}
        if self.until is None:
            return found
        end = min(self.last, self.until)
        for month in months_between(self.first, end):
            begin, close = max(month, self.first), min(end_of_month(month), end)
            days = [begin + datetime.timedelta(days=n) for n in range((close - begin).days + 1)]
            if days := [day for day in days if day not in self.changed]:
                found[month] = days
        return found

    def live(self) -> Q | None:
        """The days of the tally to be read; None when all are rolled up."""
        begin = self.first if self.until is None else max(self.first, self.until + datetime.timedelta(days=1))
        days = Q(date__range=(begin, self.last)) if begin <= self.last else None
        if self.changed:
            changed = Q(date__in=sorted(self.changed))
            return changed if days is None else days | changed
        return days

    def unit_days(self):
        """What units logged on the days that hold, one row a unit and day."""
        if self.until is None:
            return UnitDay.objects.filter(date__lt=datetime.date(1, 1, 1)).order_by()
        rows = UnitDay.objects.filter(date__range=(self.first, min(self.last, self.until))).order_by()
        return rows.exclude(date__in=sorted(self.changed)) if self.changed else rows

    def _whole(self, month):
        """Whether all that a month has stored is asked for."""
        return len(self.months[month]) == (min(end_of_month(month), self.until) - month).days + 1

    def rows(self, model):
        """Rows of a table of months that have a day that holds."""
        return model.objects.filter(month__in=list(self.months))

    @cached_property
    def value(self):
        """What a row counts for in these days, as an expression."""
        cases = [
            When(month=month, then=reduce(add, (F(DAYS[day.day - 1]) for day in days)))
            for month, days in self.months.items()
            if not self._whole(month)
        ]
        return Case(*cases, default=F("value")) if cases else F("value")

    def by_day(self, rows) -> Iterator[tuple[str, datetime.date, int]]:
        """(figure, day, n) of the days that hold, over these rows."""
        sums = {f"sum_{name}": Sum(name) for name in DAYS}
        for figure, month, *numbers in rows.order_by().values_list("figure", "month").annotate(**sums):
            for day in self.months[month]:
                if n := numbers[day.day - 1]:
                    yield figure, day, n

