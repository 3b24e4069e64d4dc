"""How far the rows of a table are towards their targets."""

import datetime
from collections import Counter
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import number_format

from reports.figures import ask_all
from reports.figures.asking import team_keys
from reports.models import Target
from reports.periods import ReportPeriod
from reports.tables.table import Cell


class Targets:
    """The targets that run at the end of the period, as they stood then, and what was done since they began.

    Queries grow with the number of different days on which such targets begin, mostly one, not with the rows.
    """

    def __init__(self, figures, rows, *, period: ReportPeriod, asking: dict):
        self.rows, self.by, self.figures = rows, asking["group"], set(figures)
        self.found = {}  # (figure, row key) -> target
        teams = team_keys(asking["team"]) if asking["team"] is not None else frozenset()
        self.whole = next(iter(teams)) if len(teams) == 1 else rows.top()
        whole_is_team = bool(teams)
        self.sums = {}
        for target in self._running(period):
            if target.team_id if whole_is_team else target.unit_id:
                place = target.team_id if whole_is_team else rows.heir(target.unit_id)
                if place == self.whole:
                    self._keep(self.sums, target.figure, target)
            key = target.team_id if self.by == "team" else target.unit_id and rows.heir(target.unit_id)
            if key and (self.by == "team" or rows.is_whole(key)):
                self._keep(self.found, (target.figure, key), target)
        self.done = {}
        for first in {target.first for target in [*self.found.values(), *self.sums.values()]}:
            answers = ask_all(sorted(self.figures), first=first, last=period.last, **asking)
            for figure, answer in answers.items():
                numbers = Counter()
                for row in answer.rows:
                    numbers[rows.key_of(row.key)] += row.exact
                self.done[figure, first] = numbers

    def _running(self, period):
        end = datetime.datetime.combine(period.last + datetime.timedelta(days=1), datetime.time.min)
        seen = min(timezone.now(), timezone.make_aware(end))
        return Target.objects.on(seen).running(period.last).filter(
            figure__in=self.figures, rhythm=Target.Rhythm.PERIOD
        )  # fmt: skip

    @staticmethod
    def _keep(found, key, target):
        """Of several that run at once the one of the longest period is meant: the year, not its quarter."""
        other = found.get(key)
        if other is None or (target.last - target.first, -target.pk) > (other.last - other.first, -other.pk):
            found[key] = target

    def of_row(self, figure: str, key) -> Cell:
        target = self.found.get((figure, key))
        return share(self.done[figure, target.first][key], target) if target else Cell(None)

    def of_all(self, figure: str) -> Cell:
        target = self.sums.get(figure)
        return share(sum(self.done[figure, target.first].values()), target) if target else Cell(None)


def share(done: int, target) -> Cell:
    """412 of 3,000 as a part of 1, with both beside it. Hours are counted in minutes."""
    done = Decimal(done) / 60 if target.figure == "hours" else done
    numbers = number_format(round(done), force_grouping=True), number_format(target.minimum, force_grouping=True)
    return Cell(Decimal(done) / target.minimum, "/".join(numbers))
