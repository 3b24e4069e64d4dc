"""A table as CSV and as text for a chat."""

import csv
import io
from decimal import Decimal

from django.utils.translation import gettext as _

from reports.tables.table import Cell, Head, Table
from reports.tables.words import answer, written
from shifts.imports.formats import Csv

SUM_WORDS = "Tổng cộng"


def plain(head: Head, cell: Cell):
    """A number as files write it: with a point and without spaces; percent of 100, to one place."""
    value = cell.value
    if isinstance(value, Decimal):
        value = round(value * 100 if head.kind == "percent" else value, 1 if head.kind == "percent" else 2)
        return int(value) if value == int(value) else value
    return "" if value is None else value


def csv_of(table: Table) -> bytes:
    """UTF-8 with a byte order mark, without which Excel shows broken accents."""
    written_text = io.StringIO()
    writer = csv.writer(written_text)
    percent = [f"{head.full_heading} (%)" if head.kind == "percent" else head.full_heading for head in table.head]
    writer.writerow(["STT", table.row_heading, *map(Csv.harmless, percent)])
    for number, row in enumerate(table.rows, 1):
        cells = [plain(head, cell) for head, cell in zip(table.head, row.cells, strict=True)]
        writer.writerow([number, Csv.harmless(row.label), *map(Csv.harmless, cells)])
    sums = [plain(head, cell) for head, cell in zip(table.head, table.sums, strict=True)]
    writer.writerow(["", _(SUM_WORDS), *map(Csv.harmless, sums)])
    return written_text.getvalue().encode("utf-8-sig")


def text_of(table: Table, scope: str, address: str) -> str:
    """A few lines to paste into a chat: whose, when, every sum, and where the table is."""
    lines = [table.title.upper(), f"{scope}: {answer(table)}" if scope else answer(table)]
    for head, cell in zip(table.head, table.sums, strict=True):
        if cell.value is not None:
            lines.append(f"- {head.full_heading}: {written(head, cell)}")
    lines.append(_("Bảng đầy đủ: {address}").format(address=address))
    return "\n".join(lines)
