"""A table on A4 in the layout of the Youth Union: one sheet or many, the head of the table on each.

What is printed is Vietnamese whatever the reader's language: made and rendered while Vietnamese is active.
"""

from dataclasses import dataclass

from django.utils import timezone

from reports.tables.table import Table
from reports.tables.words import written
from shifts.models import PaperSettings, Unit
from shifts.roster.paper.papers import body_of, signed_for

# Up to so many columns of numbers, so large in tenths of a point; words take the room of several.
SIZES = [(6, 110), (9, 105), (11, 100), (13, 95)]
SMALLEST = 90
COLUMNS_OF_WORDS = 3
ROWS_WITH_SUMS = 2


@dataclass(frozen=True)
class TablePaper:
    """A table ready to be printed."""

    table: Table
    settings: PaperSettings | None
    subtitle: str
    legend: list[str]

    @property
    def orientation(self):
        return "landscape" if self.table.is_wide else "portrait"

    @property
    def classes(self):
        columns = sum(COLUMNS_OF_WORDS if head.kind == "text" else 1 for head in self.table.head)
        if not self.table.is_wide:
            columns += 3  # a sheet that stands is narrower
        size = next((size for most, size in SIZES if columns <= most), SMALLEST)
        return f"paper-{self.orientation} paper-tight paper-figures paper-s{size}"

    @property
    def dated(self):
        today = timezone.localdate()
        place = f"{self.settings.place}, " if self.settings else ""
        return f"{place}ngày {today:%d} tháng {today:%m} năm {today.year}"

    @property
    def parts(self):
        """The rows, the last of them in a part that stays together with the sums and the foot."""
        rows = list(self.rows)
        kept = max(0, len(rows) - ROWS_WITH_SUMS)
        return rows[:kept], rows[kept:]

    @property
    def rows(self):
        """(number, label, [(kind, words)]) of each row."""
        kinds = [head.kind for head in self.table.head]
        for number, row in enumerate(self.table.rows, 1):
            cells = [written(head, cell) for head, cell in zip(self.table.head, row.cells, strict=True)]
            yield number, row.label, list(zip(kinds, cells, strict=True))

    @property
    def sums(self):
        return [
            (head.kind, written(head, cell)) for head, cell in zip(self.table.head, self.table.sums, strict=True)
        ]  # fmt: skip


def settings_of_unit(unit: Unit | None) -> PaperSettings | None:
    """Head and foot of a unit's papers: as a site of the unit has them, else such as the unit would have."""
    if unit is None:
        return None
    kept = PaperSettings.objects.filter(site__unit=unit).order_by("site__code").first()
    if kept:
        # The number and the note are those of rosters.
        kept.number = kept.note = ""
        return kept
    name, body = body_of(unit)
    return PaperSettings(issuer=body, place=name, signed_for=signed_for(unit))


def paper_of(table: Table, *, unit: Unit | None, scope: str, notes: list[str]) -> TablePaper:
    """Return the table as a paper that this unit issues."""
    counted = timezone.localtime(table.fresh_at)
    legend = [
        *([table.note] if table.note else []),
        *notes,
        f"Số liệu tính đến {counted:%H:%M} ngày {counted:%d/%m/%Y}.",
    ]
    name = table.period.name
    subtitle = f"{scope}, {name}" if scope else name[:1].upper() + name[1:]
    if table.reading == "now":
        subtitle += ", xem theo đơn vị hiện nay"
    return TablePaper(table, settings_of_unit(unit), subtitle, legend)
