"""Units as they were and as they are now: figures and the page of units, read through main successors."""

import datetime
from collections import Counter
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from assistance.unit_followers import COUNTED
from assistance.unit_tree import Tree, UnitLine, in_order
from shifts.models import Unit, UnitSuccession
from shifts.succession import current_units
from shifts.unit_changes.followers import figure_counts

THEN, NOW = "then", "now"


def counted_by_unit(
    *, units, first: datetime.date, last: datetime.date, reading: str = THEN, on: datetime.date | None = None
) -> dict[int, Counter]:
    """Return unit key -> figure -> number over these days. Both readings have the same sum over all units.

    "then" keeps what was done at the unit that did it; "now" adds it to the unit that holds its place on `on` (today).
    `units` are the keys of those that did it, None for all.
    """
    keys = list(Unit.objects.order_by().values_list("pk", flat=True)) if units is None else list(units)
    found = {}
    for count in figure_counts():
        for unit, numbers in count(keys, first, last).items():
            found.setdefault(unit, Counter()).update({figure.code: n for figure, n in numbers.items()})
    return found if reading == THEN else folded(found, on or timezone.localdate())


def folded(found: dict[int, Counter], on: datetime.date) -> dict[int, Counter]:
    """Add the numbers of each unit to the unit that holds its place on that day."""
    holder, now = current_units(on), {}
    for unit, numbers in found.items():
        now.setdefault(holder[unit], Counter()).update(numbers)
    return now


@dataclass
class History:
    """Twelve months of a unit and all below it, in one of the readings."""

    reading: str
    first: datetime.date
    last: datetime.date
    rows: list  # [(figure, number)]
    others: list[Unit]  # units of other places whose numbers are in it, as it is now


def history_of(unit: Unit, *, last: datetime.date, reading: str, today: datetime.date) -> History:
    """Read the twelve months up to a day; what is below a unit counts with it."""
    first = last - datetime.timedelta(days=364)
    own = set(Unit.objects.filter(path__startswith=unit.path).values_list("pk", flat=True))
    keys = own
    if reading == NOW:
        keys = {key for key, holder in current_units(today).items() if holder in own}
    total = Counter()
    for numbers in counted_by_unit(units=keys, first=first, last=last).values():
        total.update(numbers)
    rows = [(figure, total[code]) for code, figure in COUNTED.items()]
    others = Unit.objects.filter(pk__in=keys - own, level=unit.level).order_by("valid_from", "code")
    return History(reading, first, last, rows, list(others))


@dataclass
class Lineage:
    """What a unit came from and what became of it."""

    before: list[UnitSuccession] = field(default_factory=list)
    after: list[UnitSuccession] = field(default_factory=list)
    now: Unit | None = None  # who holds its place, when that is another

    @property
    def main(self):
        return next((row for row in self.after if row.is_main), None)

    @property
    def is_split(self):
        return len(self.after) > 1


def lineage_of(unit: Unit, today: datetime.date) -> Lineage:
    before = unit.inheritances.select_related("predecessor").order_by("predecessor__code")
    after = list(unit.successions.select_related("successor").order_by("-is_main", "successor__code"))
    holder = current_units(today)[unit.pk] if after else unit.pk
    now = Unit.objects.get(pk=holder) if holder != unit.pk else None
    return Lineage(list(before), after, now)


@dataclass
class NowLine(UnitLine):
    """A unit of today with what those did whose place it holds."""

    parts: list[UnitLine] = field(default_factory=list)

    @property
    def runs(self):
        return any(part.runs for part in self.parts)

    @property
    def expected(self):
        return [part for part in self.parts if part.is_expected]

    @property
    def sent_parts(self):
        return [part for part in self.expected if part.sent]

    @property
    def sent(self):
        return bool(self.expected) and len(self.sent_parts) == len(self.expected)

    @property
    def is_expected(self):
        return bool(self.expected)

    @property
    def is_missing(self):
        return any(part.is_missing for part in self.parts)

    @property
    def is_waiting(self):
        return any(part.is_waiting for part in self.parts)

    @property
    def state(self):
        """ "3 trên 4 đã gửi"; of one unit alone its own word is enough."""
        if not self.expected:
            return ""
        return _("{n} trên {total} đã gửi").format(n=len(self.sent_parts), total=len(self.expected))


def tree_as_now(*, then: Tree, units, today: datetime.date) -> Tree:
    """The lines of a tree as it was, added up under the units (a queryset) of today."""
    holder, parts = current_units(today), {}
    for line in then.lines:
        parts.setdefault(holder[line.unit.pk], []).append(line)
    lines = []
    for line in in_order(list(units.on(today))):
        own = parts.get(line.unit.pk, [])
        days = [part.last_activity for part in own if part.last_activity]
        totals = [part.last_total for part in own if part.last_total]
        volunteers = [part.volunteers for part in own if part.volunteers is not None]
        lines.append(
            NowLine(
                line.unit,
                line.depth,
                teams=[team for part in own for team in part.teams],
                members=sum(volunteers),
                last_activity=max(days, default=None),
                last_total=max(totals, key=lambda total: total.date_from, default=None),
                locked=bool(own) and all(part.locked for part in own),
                logs_at_desk=any(part.logs_at_desk for part in own),
                parts=own,
            )
        )
    return Tree(then.period, lines)


def reads_otherwise(then: Tree, today: datetime.date) -> bool:
    """Whether the units of a tree are not all of today: then there are two ways to read it."""
    return any(not line.unit.holds_on(today) for line in then.lines)
