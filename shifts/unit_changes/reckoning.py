"""The figures of the units of a change: as they were, and as they read once the successors hold them."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.utils import timezone

from .followers import figure_counts
from .plans import Plan


@dataclass(frozen=True)
class Reckoning:
    """Twelve months of the old units, one line a unit: then, and now. Both have the same sums."""

    first: datetime.date
    last: datetime.date
    figures: list
    then: list
    now: list
    sums: list


def reckon(made: Plan, today: datetime.date | None = None) -> Reckoning:
    """Count the twelve months up to the last day of the old units, or up to today."""
    last = min(today or timezone.localdate(), made.date - datetime.timedelta(days=1))
    first = last - datetime.timedelta(days=364)
    found, names = {}, {}
    for count in figure_counts():
        for unit, numbers in count(list(made.moves.keys), first, last).items():
            for figure, n in numbers.items():
                names[figure.code] = figure
                found.setdefault(unit, Counter())[figure.code] += n
    moves, heirs = made.moves, {}
    for key in moves.keys:
        unit = moves.heir(key)
        heirs.setdefault(id(unit), (unit, Counter()))[1].update(found.get(key, {}))
    codes = list(names)

    def line(unit, numbers):
        return unit, [numbers[code] for code in codes]

    then = [line(unit, found[unit.pk]) for unit in made.ended if unit.pk in found]
    now = [line(unit, numbers) for unit, numbers in heirs.values() if numbers]
    sums = [sum(numbers[code] for numbers in found.values()) for code in codes]
    return Reckoning(first, last, list(names.values()), then, now, sums)
