"""What an answer about a figure is made of."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

MINUTES_PER_HOUR = 60


class NoSuchFigure(ValueError):
    """There is no figure of that name; the text is a sentence for the user."""


class NoSuchGrouping(ValueError):
    """The figure cannot be divided, or narrowed, like that; the text says why."""


class Row(NamedTuple):
    """One part of a figure: what it is of, and how much.

    `exact` is a whole number (minutes for hours) and is what adds up; `address` is the key as addresses write it.
    """

    key: Any
    label: str
    value: int | Decimal
    share: float | None = None
    exact: int = 0
    address: str = ""


def value_of(exact: int, in_minutes: bool) -> int | Decimal:
    """What is shown of an exact number: hours of minutes, else the number itself."""
    return Decimal(exact) / MINUTES_PER_HOUR if in_minutes else exact


@dataclass(frozen=True)
class Answer:
    """A figure over units and days: its rows, which add up to its total, and what it counts."""

    figure: str
    name: str
    definition: str
    first: datetime.date
    last: datetime.date
    group: str | None
    reading: str
    fresh_at: datetime.datetime
    exact: int = 0
    in_minutes: bool = False
    rows: list[Row] = field(default_factory=list)
    # Of how many, for a figure that is a part of something: units that could run the model.
    of: int | None = None

    @property
    def total(self) -> int | Decimal:
        return value_of(self.exact, self.in_minutes)
