"""A statistics table as it stands: its head, its rows and their sums. Knows nothing of pages or files."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

from reports.periods import ReportPeriod


class TableRefused(ValueError):
    """There is no such table; the text is a sentence for the user."""


class Cell(NamedTuple):
    """What stands in one place: a number (percent as a part of 1), words, or None where there is nothing to say."""

    value: int | Decimal | str | None
    hint: str = ""


@dataclass(frozen=True)
class Head:
    """The head of a column, and the days that its numbers are of."""

    content: str
    measure: str
    heading: str
    group: str
    definition: str
    kind: str  # count, hours, percent or text
    first: datetime.date
    last: datetime.date
    figure: str = ""
    audience: str = ""

    @property
    def adds_up(self) -> bool:
        return self.kind in ("count", "hours")

    @property
    def full_heading(self) -> str:
        """With its group, for files that have one row of heads."""
        return f"{self.group}: {self.heading}" if self.group else self.heading


@dataclass(frozen=True)
class TableRow:
    """One row: what it is of, as addresses write it, and a cell for each column.

    `narrows` are the parts of an address that open exactly this row; empty where none do.
    """

    key: Any
    label: str
    cells: tuple[Cell, ...]
    narrows: dict[str, str] = field(default_factory=dict)
    first: datetime.date | None = None
    last: datetime.date | None = None


@dataclass(frozen=True)
class Table:
    """The whole: every sum is that of the numbers above it, apart from percents, which are of the target of all."""

    title: str
    slug: str
    row_heading: str
    period: ReportPeriod
    reading: str
    head: tuple[Head, ...]
    rows: tuple[TableRow, ...]
    sums: tuple[Cell, ...]
    fresh_at: datetime.datetime
    note: str = ""
    by: str = "unit"
    remarks: tuple[str, ...] = ()  # sentences about the table as a whole

    @cached_property
    def groups(self) -> list[tuple[str, list[Head]]]:
        """Neighbouring columns under their common head; a column without one stands alone."""
        found = []
        for (group, _alone), columns in groupby(
            enumerate(self.head), lambda at: (at[1].group, not at[1].group and at[0])
        ):
            found.append((group, [head for _at, head in columns]))
        return found

    @cached_property
    def edges(self) -> set[int]:
        """Where a group begins or ends: numbers of columns that are parted from the one before."""
        return {
            at
            for at, head in enumerate(self.head)
            if at and head.group != self.head[at - 1].group or not at and head.group
        }

    @property
    def has_groups(self) -> bool:
        return any(group for group, _columns in self.groups)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was counted."""
        return not any(cell.value for head, cell in zip(self.head, self.sums, strict=True) if head.figure)

    @cached_property
    def is_wide(self) -> bool:
        """Whether it wants paper that lies on its side."""
        return sum(3 if head.kind == "text" else 1 for head in self.head) > 7
