"""Which rows a statistics table has, what they are called, and into which of them a number falls."""

import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from assistance.models import Department
from assistance.unit_names import sort_key
from reports.figures.asking import team_keys
from reports.figures.catalogue import TIMES
from reports.figures.labels import address_of, named
from reports.figures.questions import time_key
from reports.models import TableDefinition
from reports.tables.table import TableRefused
from shifts.models import Post, Team, Unit
from shifts.succession import current_units

MOST_TIMES = 400
UNIT_FIELDS = ["code", "name", "level", "path", "parent_id", "valid_from", "valid_until"]
Level = TableDefinition.Level


class Line(NamedTuple):
    """A row before it has numbers; `narrows` as in TableRow."""

    key: Any
    label: str
    narrows: dict[str, str]
    first: datetime.date | None = None
    last: datetime.date | None = None


def rows_of(definition, *, units, period, reading, team, today):
    """The rows of a table: an object with `key_of` and `lines`."""
    if definition.rows == TableDefinition.Rows.UNIT:
        return UnitRows(definition.level, units=units, period=period, reading=reading, today=today, team=team)
    return OtherRows(definition.rows, units=units, period=period, team=team, today=today)


class UnitRows:
    """Rows that are units: each with what is below it, up to the level that is asked for."""

    def __init__(self, level, *, units, period, reading, today, team=None):
        self.level, self.period, self.reading, self.narrow = level, period, reading, team is not None
        self.units = {unit.pk: unit for unit in Unit.objects.only(*UNIT_FIELDS)}
        self.heirs = current_units(today) if reading == "now" else {}
        self.scope = {self.heirs.get(key, key) for key in keys_of(units, self.units)}
        self.roots = {key for key in self.scope if self.units[key].parent_id not in self.scope}
        self.on = today if reading == "now" else None

    def heir(self, key) -> int:
        """The unit under which a unit is read."""
        return self.heirs.get(key, key)

    def chain(self, key) -> list[Unit]:
        """The unit with all above it that are in scope, from the top down."""
        found = []
        while key in self.units and (key in self.scope or not found):
            found.append(self.units[key])
            key = self.units[key].parent_id
        return found[::-1]

    def key_of(self, key) -> int:
        """The row in which the numbers of a unit stand: its own, or that of a unit above."""
        key = self.heir(key)
        chain = self.chain(key)
        if self.level == Level.BELOW:
            return chain[min(1, len(chain) - 1)].pk
        if self.level != Level.EACH:
            return next((unit.pk for unit in chain if unit.level == self.level), key)
        return key

    def is_whole(self, key) -> bool:
        """Whether a row holds the unit with all below it, not only what is its own."""
        if self.level == Level.EACH:
            return False
        return key not in self.roots if self.level == Level.BELOW else self.units[key].level == self.level

    def stands(self, unit) -> bool:
        """Whether the unit belongs into a table of this period even with zeros."""
        return unit.holds_on(self.on) if self.on else self.period.meets(unit)

    def usual(self) -> set[int]:
        """The rows that stand there with zeros too."""
        here = {key for key in self.scope if self.stands(self.units[key])}
        found = {self.key_of(key) for key in here}
        rows = {key for key in found if self.level == Level.EACH or self.is_whole(key)}
        return {key for key in rows if self.stands(self.units[key])} or (here & self.roots)

    def top(self) -> int | None:
        """The one unit that the whole table is of, or None when there are several."""
        on = self.on or self.period.last
        tops = [key for key in self.roots if self.units[key].holds_on(on)]
        return tops[0] if len(tops) == 1 else None

    def lines(self, found) -> list[Line]:
        """All rows in the order of the tree, with those in which something was found."""
        keys = {key for key in found if key in self.units} | (set() if self.narrow else self.usual())
        codes = [self.units[key].code for key in keys]
        order = {key: [(sort_key(unit), unit.pk) for unit in self.chain(key)] for key in keys}
        return [self._line(self.units[key], codes) for key in sorted(keys, key=order.get)]

    def _line(self, unit, codes):
        label, whole = unit.name, self.is_whole(unit.pk)
        if not whole and any(key != unit.pk and self.units[key].path.startswith(unit.path) for key in self.scope):
            label = _("{unit} ({level})").format(unit=label, level=unit.get_level_display())
        if unit.valid_until and unit.valid_until <= self.period.last and self.reading == "then":
            last = unit.valid_until - datetime.timedelta(days=1)
            label = _("{unit} (đến {date})").format(unit=label, date=f"{last:%d/%m/%Y}")
        narrows = {"unit": address_of(unit)}
        if not whole or unit.level == Unit.Level.COMMUNE:
            narrows["only"] = "1"
        elif codes.count(unit.code) > 1 and self.reading == "then":
            # A page of a unit reads its predecessors too; here they have a row of their own.
            end = unit.valid_until and unit.valid_until - datetime.timedelta(days=1)
            return Line(unit.pk, label, narrows, unit.valid_from, end)
        return Line(unit.pk, label, narrows)


class OtherRows:
    """Rows that are what `ask` divides by: teams, posts, times, departments, procedures."""

    def __init__(self, group, *, units, period, team, today):
        self.group, self.units, self.period, self.today = group, units, period, today
        self.teams = None if team is None else team_keys(team)

    def key_of(self, key):
        return key

    heir = key_of

    def top(self) -> int | None:
        """The one unit that the whole table is of, or None; asked only where there are targets."""
        if self.units is None:
            tops = Unit.objects.filter(parent=None)
        else:
            tops = Unit.objects.filter(pk__in=self.units).exclude(parent__in=self.units)
        found = list(tops.on(self.period.last).values_list("pk", flat=True)[:2])
        return found[0] if len(found) == 1 else None

    def usual(self) -> set:
        return set({"team": self._teams, "post": self._posts, "department": self._departments}.get(
            self.group, self._times if self.group in TIMES else set)())  # fmt: skip

    def _teams(self):
        if self.teams is not None:
            return self.teams
        teams = Team.objects.only("valid_from", "valid_until")
        if self.units is not None:
            teams = teams.filter(unit__in=self.units)
        return {team.pk for team in teams if self.period.meets(team)}

    def _posts(self):
        posts = Post.objects.select_related("site")
        if self.teams is not None:
            posts = posts.filter(site__home_teams__in=self.teams)
        elif self.units is not None:
            posts = posts.filter(site__unit__in=self.units)
        return {post.pk for post in posts if self.period.meets(post.site)}

    @staticmethod
    def _departments():
        return Department.objects.values_list("pk", flat=True)

    def _times(self):
        day = self.period.first
        # Days that are still to come would only be zeros.
        last = min(self.period.last, self.today) if self.period.first <= self.today else self.period.last
        if (last - day).days >= MOST_TIMES * {"day": 1, "week": 7, "month": 31}[self.group]:
            raise TableRefused(
                _("Kỳ này có hơn {n} dòng theo {rows}. Hãy chọn kỳ ngắn hơn, hoặc một bảng theo tháng.").format(
                    n=MOST_TIMES, rows=TableDefinition.Rows(self.group).label
                )
            )
        while day <= last:
            yield time_key(self.group, day)
            day += datetime.timedelta(days=1)

    def lines(self, found) -> list[Line]:
        """All rows in their order, those that could not be divided last."""
        names = named(self.group, set(found) | self.usual())
        order = sorted(names, key=lambda key: names[key][2])
        return [Line(key, names[key][0], {self.group: names[key][1]}) for key in order]


def keys_of(units, everything) -> set[int]:
    """The keys of a queryset, or of keys; None is all."""
    if units is None:
        return set(everything)
    return set(units.values_list("pk", flat=True) if hasattr(units, "values_list") else units) & set(everything)
