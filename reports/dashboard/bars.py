"""A figure divided, as bars that are their own table: name, number, bar, share, and what it was before."""

from dataclasses import dataclass
from decimal import Decimal

from reports.dashboard.filters import Filters
from reports.figures import Answer, ask

SHOWN = 10


@dataclass(frozen=True)
class Bar:
    """One row."""

    label: str
    value: int | Decimal
    width: str
    percent: int
    before: int | Decimal | None = None
    url: str = ""

    @property
    def change(self) -> int | None:
        """By how many percent it grew; None where nothing is compared, or nothing was there."""
        return round(100 * float(self.value - self.before) / float(self.before)) if self.before else None


class Bars:
    """A figure over the period of the filters, divided by a grouping; two questions when something is compared."""

    def __init__(self, filters: Filters, figure: str, group: str, *, longest: int = SHOWN, **asked):
        asked = {**filters.asked, **asked}
        self.filters, self.figure, self.group, self.longest = filters, figure, group, longest
        self.answer: Answer = ask(figure, group=group, **asked)
        self.before: Answer | None = None
        if filters.before:
            first, last = filters.before
            self.before = ask(figure, group=group, **{**asked, "first": first, "last": last})
        self.compared = bool(self.before)
        self.title_before = filters.before_title

    @property
    def all_rows(self) -> list[Bar]:
        """A bar for each row of the answer, also for what was only there before."""
        was = {row.key: row for row in self.before.rows} if self.before else {}
        most = max([*(row.exact for row in self.answer.rows), 1])
        bars = [
            Bar(
                row.label,
                row.value,
                f"{100 * row.exact / most:.1f}%",
                round(100 * (row.share or 0)),
                (was.pop(row.key).value if row.key in was else 0) if self.compared else None,
                self.url_of(row),
            )
            for row in self.answer.rows
        ]
        return bars + [Bar(row.label, 0, "0%", 0, row.value) for row in was.values()]

    @property
    def url(self) -> str:
        """Where the figure opens, divided as here."""
        return self.filters.figure_address(self.figure, group=self.group)

    def url_of(self, row) -> str:
        """Where the rows behind one bar are."""
        return self.filters.figure_address(self.figure, **{self.group: row.address})

    @property
    def rows(self) -> list[Bar]:
        return self.all_rows[: self.longest]

    @property
    def rest(self) -> list[Bar]:
        return self.all_rows[self.longest :]

    @property
    def total(self):
        return self.answer.total

    @property
    def total_before(self):
        return self.before.total if self.before else None

    @property
    def change(self) -> int | None:
        """By how many percent the whole grew."""
        return Bar("", self.total, "", 100, self.total_before).change
