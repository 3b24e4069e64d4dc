"""Figures as files: XLSX with numbers as numbers and CSV that Excel opens with its accents; both row by row."""

import csv
import datetime
import tempfile
from collections.abc import Iterable, Iterator
from decimal import Decimal

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from shifts.imports.formats import Csv
from shifts.imports.sheets import LONGEST_CELL

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_SHEET = 1_048_576


def write_workbook(target, *, title: str, headers: list[str], rows: Iterable[list], lines: Iterable[str] = ()) -> None:
    """Write a sheet row by row: what is written leaves memory. More rows than a sheet takes go on in the next."""
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "default_date_format": "dd/mm/yyyy"})
    bold, wide = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"bold": True, "font_size": 14})
    whole, broken = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "#,##0.00"})
    at, sheet = LONGEST_SHEET, None
    for cells in rows:
        if at >= LONGEST_SHEET:
            sheet, at = _begin(book, title, headers, lines, bold, wide), len(list(lines)) + 2
        for column, value in enumerate(cells):
            if isinstance(value, datetime.date):
                sheet.write_datetime(at, column, value)
            elif isinstance(value, Decimal | float):
                sheet.write_number(at, column, value, broken)
            elif isinstance(value, int):
                sheet.write_number(at, column, value, whole)
            elif value:
                sheet.write_string(at, column, ILLEGAL_CHARACTERS_RE.sub("", str(value))[:LONGEST_CELL])
        at += 1
    if sheet is None:
        _begin(book, title, headers, lines, bold, wide)
    book.close()


def _begin(book, title, headers, lines, bold, wide):
    sheet = book.add_worksheet()
    for column in range(len(headers)):
        sheet.set_column(column, column, 36 if column == len(headers) // 2 else 16)
    sheet.write_string(0, 0, title, wide)
    for number, line in enumerate(lines, 1):
        sheet.write_string(number, 0, line)
    top = len(list(lines)) + 1
    for column, header in enumerate(headers):
        sheet.write_string(top, column, header, bold)
    sheet.freeze_panes(top + 1, 0)
    return sheet


def workbook_response(name: str, **written) -> FileResponse:
    """The workbook, written into a file that goes when it is sent."""
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it when it is sent
    write_workbook(target, **written)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)


class _Echo:
    def write(self, text):
        return text


def csv_lines(headers: list[str], rows: Iterable[list]) -> Iterator[str]:
    """Lines of a CSV: a byte order mark first, and no cell that a program would run."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(headers)
    for cells in rows:
        yield writer.writerow([_plain(cell) for cell in cells])


def _plain(cell):
    if isinstance(cell, datetime.date):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, Decimal):
        return str(round(cell, 4))
    return Csv.harmless(cell)


def csv_response(name: str, headers: list[str], rows: Iterable[list]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(csv_lines(headers, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
