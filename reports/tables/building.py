"""Makes a statistics table of its definition: `table_of`. No page, no file; queries do not grow with the rows."""

import datetime
from collections import Counter, defaultdict

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from reports.figures import ask_all
from reports.figures.answers import value_of
from reports.models import TableColumn, TableDefinition
from reports.periods import ReportPeriod
from reports.tables.contents import TARGET, why_not
from reports.tables.headings import head_of
from reports.tables.rows import rows_of
from reports.tables.strength import remarks_joined, remarks_of, strength_of
from reports.tables.table import Cell, Head, Table, TableRefused, TableRow
from reports.tables.targets import Targets


def table_of(
    definition: TableDefinition,
    *,
    units,
    period: ReportPeriod,
    reading: str = "then",
    team=None,
    today: datetime.date | None = None,
) -> Table:
    """Return the table over these units (a queryset or keys, None for all) in the period.

    `team` (one or several) leaves only what they did; `reading` "now" puts the numbers of units that ended under those
    that hold them today. Raises TableRefused, with a sentence, for a definition without columns, with columns that its
    rows cannot have, or one that was not in use in the period.
    """
    today = today or timezone.localdate()
    columns = list(definition.columns.all())
    check(definition, columns, period)
    head = head_of(columns, period)
    rows = rows_of(definition, units=units, period=period, reading=reading, team=team, today=today)
    asking = {"units": units, "group": definition.rows, "reading": reading, "team": team}
    numbers, fresh_at = count(head, rows, asking)
    if {"teams", "volunteers"} & {part.content for part in head}:
        strength = strength_of(units=units, team=team, on=period.last)[definition.rows]
        for part in head:
            if part.content in strength:
                numbers[part] = into_rows(strength[part.content].items(), rows)
    words = defaultdict(list)
    if team is None and any(part.kind == "text" for part in head):
        for unit, remarks in remarks_of(units=units, period=period).items():
            words[rows.key_of(unit)] += remarks
    aimed = {part.figure for part in head if part.measure == TARGET}
    targets = Targets(aimed, rows, period=period, asking=asking) if aimed else None

    def cell(part, key):
        if part.kind == "percent":
            return targets.of_row(part.figure, key)
        if part.kind == "text":
            return Cell(remarks_joined(words[key], key) if key in words else "")
        return Cell(shown(part, numbers[part][key]))

    def sum_cell(part):
        if part.kind == "percent":
            return targets.of_all(part.figure)
        return Cell(None if part.kind == "text" else shown(part, sum(numbers[part].values())))

    something = {key for counted in numbers.values() for key, n in counted.items() if n} | set(words)
    lines = rows.lines(something)
    if definition.hide_empty and something:
        lines = [line for line in lines if line.key in something]
    return Table(
        title=definition.title,
        slug=definition.slug,
        row_heading=capfirst(str(definition.get_rows_display())),
        period=period,
        reading=reading,
        head=head,
        rows=tuple(
            TableRow(line.key, line.label, tuple(cell(part, line.key) for part in head), *line[2:]) for line in lines
        ),
        sums=tuple(map(sum_cell, head)),
        fresh_at=fresh_at,
        note=definition.note,
        by=definition.rows,
    )


def check(definition: TableDefinition, columns: list[TableColumn], period: ReportPeriod) -> None:
    """Raise TableRefused where there is no such table."""
    if not columns:
        raise TableRefused(
            _("Mẫu “{title}” chưa có cột nào. Hãy thêm cột trong trang quản trị.").format(title=definition)
        )
    if not period.meets(definition):
        raise TableRefused(_("Mẫu “{title}” {dates}. Hãy chọn kỳ khác hoặc bảng khác.").format(
            title=definition, dates=dates_of(definition)
        ))  # fmt: skip
    for column in columns:
        if sentence := why_not(definition.rows, column.content, column.measure):
            raise TableRefused(_("Mẫu “{title}”, cột “{column}”: {sentence}").format(
                title=definition, column=column, sentence=sentence
            ))  # fmt: skip


def dates_of(definition) -> str:
    first, end = definition.valid_from, definition.valid_until
    last = end and end - datetime.timedelta(days=1)
    if first and last:
        return _("chỉ dùng từ {first} đến {last}").format(first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
    if first:
        return _("chỉ dùng từ {first}").format(first=f"{first:%d/%m/%Y}")
    return _("chỉ dùng đến {last}").format(last=f"{last:%d/%m/%Y}")


def count(head: tuple[Head, ...], rows, asking: dict):
    """Return column -> row key -> exact number, and when it was asked: one question for each audience and for days."""
    wanted, numbers, fresh_at = defaultdict(list), {}, timezone.now()
    for part in head:
        if part.figure and part.measure != TARGET:
            wanted[part.first, part.audience].append(part)
    for (first, audience), parts in wanted.items():
        answers = ask_all(
            sorted({part.figure for part in parts}),
            first=first,
            last=parts[0].last,
            narrow={"audience": audience} if audience else None,
            **asking,
        )
        for part in parts:
            answer = answers[part.figure]
            numbers[part] = into_rows(((row.key, row.exact) for row in answer.rows), rows)
            fresh_at = answer.fresh_at
    return numbers, fresh_at


def into_rows(pairs, rows) -> Counter:
    found = Counter()
    for key, n in pairs:
        found[rows.key_of(key)] += n
    return found


def shown(part: Head, exact: int):
    return value_of(exact, part.kind == "hours")
