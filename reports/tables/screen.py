"""A table as a page shows it: every number as a link, every row by its name."""

from typing import NamedTuple
from urllib.parse import urlencode

from reports.periods import ReportPeriod
from reports.tables.forms import TableForm
from reports.tables.links import figure_link
from reports.tables.table import Table
from reports.tables.words import written

KINDS = ("day", "week", "month", "quarter", "half", "year")


class ShownCell(NamedTuple):
    text: str
    kind: str
    url: str = ""
    hint: str = ""
    edge: bool = False


class ShownRow(NamedTuple):
    number: int
    label: str
    url: str
    cells: list[ShownCell]


def shown_rows(table: Table, form: TableForm) -> list[ShownRow]:
    base = base_of(form)
    return [
        ShownRow(number, row.label, row_link(table, row, form), shown_cells(table, row.cells, row, base))
        for number, row in enumerate(table.rows, 1)
    ]


def shown_sums(table: Table, form: TableForm) -> list[ShownCell]:
    return shown_cells(table, table.sums, None, base_of(form))


def shown_cells(table, cells, row, base):
    return [
        ShownCell(
            written(head, cell),
            head.kind,
            figure_link(table, head, row, base) if cell.value else "",
            cell.hint,
            at in table.edges,
        )
        for at, (head, cell) in enumerate(zip(table.head, cells, strict=True))
    ]


def base_of(form: TableForm) -> dict[str, str]:
    """The parts of an address that say whose numbers these are."""
    return {name: value for name, value in form.query().items() if name in ("unit", "team", "as")}


def row_link(table, row, form) -> str:
    """The same table of what is below a unit, or of a shorter time; nothing where a row has nothing below it."""
    if table.by == "unit" and row.narrows and "only" not in row.narrows and not form.team_asked:
        return f"?{urlencode(form.query(unit=row.narrows['unit']))}"
    return ""


class ShownGroup(NamedTuple):
    """Columns under one head, or one column without; `columns` are (head, whether it is parted from the one before)."""

    name: str
    columns: list
    edge: bool


def shown_groups(table: Table) -> list[ShownGroup]:
    found, at = [], 0
    for name, heads in table.groups:
        columns = [(head, number in table.edges) for number, head in enumerate(heads, at)]
        found.append(ShownGroup(name, columns, at in table.edges))
        at += len(heads)
    return found


def kinds_of(form: TableForm) -> list[tuple[str, str, bool]]:
    """(kind, address, whether it is shown) of the kinds of period, around the time that is shown."""
    period, today = form.period_asked, form.today
    within = today if period.first <= today <= period.last else period.first
    found = []
    for kind in KINDS:
        other = ReportPeriod.of(kind, within)
        found.append((kind, f"?{urlencode(form.query(period=other.key))}", kind == period.kind))
    return found


def neighbours(form: TableForm) -> dict[str, tuple[str, str] | None]:
    """Name and address of the period before and after."""
    found = {}
    for name, steps in (("previous", -1), ("next", 1)):
        period = form.period_asked.moved(steps)
        if period is None:
            found[name] = None
            continue
        days = {"from": f"{period.first}", "to": f"{period.last}"}
        query = form.query(period=period.key) if period.key else form.query() | days
        found[name] = (period.name[:1].upper() + period.name[1:], f"?{urlencode(query)}")
    return found
