"""Why dossiers were not submitted online: by reason, and by procedure with its own reasons."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Count

from assistance.models import Dossier
from reports.figures.questions import Question

MOST_DAYS = datetime.timedelta(days=92)


@dataclass
class Stuck:
    """A procedure whose dossiers stayed unsubmitted: how many, and of which reasons, the most frequent first."""

    procedure: str
    department: str
    count: int = 0
    reasons: Counter = field(default_factory=Counter)

    @property
    def listed(self) -> list[tuple[str, int]]:
        return self.reasons.most_common()


class Reasons:
    """What kept dossiers from being submitted, over the last three months of a period at most; one query."""

    def __init__(self, *, units, first: datetime.date, last: datetime.date, **asked):
        self.first, self.last = max(first, last - MOST_DAYS), last
        question = Question(units=units, first=self.first, last=self.last, **asked).settled()
        self.by_reason: Counter[str] = Counter()
        stuck: dict[tuple, Stuck] = {}
        for reason, department, procedure, n in unsubmitted(question):
            self.by_reason[reason] += n
            row = stuck.setdefault((department, procedure), Stuck(procedure or "", department or ""))
            row.count += n
            row.reasons[reason] += n
        self.stuck = sorted(stuck.values(), key=lambda row: (-row.count, row.procedure))

    @property
    def total(self):
        return self.by_reason.total()

    @property
    def rows(self) -> list[tuple[str, int, str]]:
        """(reason, count, width of its bar)."""
        most = max(self.by_reason.values(), default=1)
        return [(reason, n, f"{100 * n / most:.1f}%") for reason, n in self.by_reason.most_common()]

    @property
    def by_department(self) -> dict[str, list[Stuck]]:
        """Department -> its procedures, as in the letter to it."""
        found = defaultdict(list)
        for row in self.stuck:
            found[row.department].append(row)
        return dict(found)


def unsubmitted(question: Question):
    """Yield (reason, department, procedure, count) of visits whose dossier was not submitted."""
    rows = Dossier.objects.surviving().filter(
        outcome=Dossier.Outcome.NOT_SUBMITTED, visit__date__range=(question.first, question.last)
    )
    if question.units is not None:
        rows = rows.filter(visit__unit__in=question.units)
    if (teams := question.only("team")) is not None:
        rows = rows.filter(visit__team__in=[key for key in teams if isinstance(key, int)])
    names = ["reason__name", "visit__department__name", "visit__procedure__name"]
    return rows.order_by().values_list(*names).annotate(n=Count("pk"))
