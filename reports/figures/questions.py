"""One question about figures: for which units and days, divided how, narrowed to what."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from reports.figures.answers import NoSuchGrouping
from reports.figures.catalogue import GROUPS, TIMES
from shifts.dates import monday_of
from shifts.succession import current_units

# The key of a row that holds what could not be divided as asked, by where it comes from.
TOTALS, RESULTS = "totals", "results"
READINGS = ("then", "now")
# The tally is kept twice: by person, place and audience, and by hour and matter. What both know is not named here.
BY_PERSON, BY_MATTER = {"post", "audience", "source"}, {"department", "procedure", "outcome", "hour"}


@dataclass(frozen=True)
class Question:
    """Units (a queryset or keys; None for all), days (both included), a grouping, and what it is narrowed to.

    `narrow` maps a grouping to the key of one of its rows, or to a set of keys.
    """

    units: Iterable | None
    first: datetime.date
    last: datetime.date
    group: str | None = None
    reading: str = "then"
    narrow: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def dims(self) -> set[str]:
        """Everything the question divides or narrows by."""
        return {*self.narrow, *([self.group] if self.group else [])}

    @cached_property
    def heirs(self) -> dict[int, int]:
        """Unit -> the unit that holds what was its, when read as it is now."""
        return current_units(timezone.localdate()) if self.reading == "now" else {}

    def settled(self) -> "Question":
        """The same question with units as keys, and units and times narrowed into `units`, `first` and `last`."""
        narrow = dict(self.narrow)
        units, first, last = self.units, self.first, self.last
        if hasattr(units, "values_list"):
            units = units.values_list("pk", flat=True)
        units = None if units is None else frozenset(units)
        if isinstance(narrow.get("unit"), int):
            stamped = self.stamped(narrow.pop("unit"))
            units = stamped if units is None else units & stamped
        for time in TIMES:
            if isinstance(narrow.get(time), datetime.date):
                begin, end = span_of(time, narrow.pop(time))
                first, last = max(first, begin), min(last, end)
        return replace(self, units=units, first=first, last=last, narrow=narrow)

    def stamped(self, unit: int) -> frozenset[int]:
        """The units whose numbers stand in the row of this unit."""
        if self.reading == "then":
            return frozenset({unit})
        return frozenset(before for before, heir in self.heirs.items() if heir == unit)

    def only(self, name) -> set | None:
        """The keys to which a grouping is narrowed, or None."""
        if name not in self.narrow:
            return None
        value = self.narrow[name]
        return set(value) if isinstance(value, set | frozenset | list | tuple) else {value}

    def admits(self, part: str, dims: set[str], source: str | None = None) -> bool:
        """Whether records of this name, with what they can be divided by and their one source, count in this question.

        Narrowed to the row of what could not be divided, only the records count that could not.
        """
        for name in self.narrow:
            keys = self.only(name)
            if name == "source":
                if source is not None and source not in keys:
                    return False
            elif name in dims:
                if keys & {TOTALS, RESULTS}:
                    return False
            elif part not in keys:
                return False
        return self.first <= self.last and (self.units is None or bool(self.units))


def span_of(time: str, day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """First and last day of the day, week or month that begins on this day."""
    if time == "day":
        return day, day
    if time == "week":
        return day, day + datetime.timedelta(days=6)
    after = (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    return day, after - datetime.timedelta(days=1)


def time_key(time: str, day: datetime.date) -> datetime.date:
    """The day under which a day stands: itself, the Monday of its week, the first of its month."""
    if time == "week":
        return monday_of(day)
    return day.replace(day=1) if time == "month" else day


def refuse_crossing(question: Question) -> None:
    """Raise NoSuchGrouping when a question of the tally asks for what stands in two tables that know each other not."""
    by_person, by_matter = question.dims & BY_PERSON, question.dims & BY_MATTER
    if by_person and by_matter:
        one, other = GROUPS[sorted(by_person)[0]], GROUPS[sorted(by_matter)[0]]
        raise NoSuchGrouping(
            _("Không có số chia theo cả {one} và {other}. Hãy bỏ một trong hai.").format(one=one, other=other)
        )
