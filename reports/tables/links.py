"""From a number of a table to what is behind it."""

from urllib.parse import urlencode

from django.urls import reverse

from reports.figures.catalogue import FIGURES
from reports.tables.table import Head, Table, TableRow


def figure_link(table: Table, head: Head, row: TableRow | None, base: dict[str, str]) -> str:
    """The address of the figure that one number is, with the same units, days and audience; "" where there is none.

    `base` are the parts of the table's own scope; without a row it is the sum that is opened.
    """
    if not head.figure or head.measure == "target":
        return ""
    first, last, narrows = head.first, head.last, {}
    if row is not None:
        narrows = row.narrows
        first, last = max(first, row.first or first), min(last, row.last or last)
    parts = base | {"from": f"{first}", "to": f"{last}"} | narrows
    if head.audience:
        parts["audience"] = head.audience
    if row is None:
        parts["group"] = table.by
    elif table.by != "day" and "day" in FIGURES[head.figure].groups:
        parts["group"] = "day"
    return f"{reverse('reports:figure', args=[head.figure])}?{urlencode(parts)}"
