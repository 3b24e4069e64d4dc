"""A table as XLSX: numbers as numbers, sums as formulas that carry their value, a head that stays, set for paper."""

import io
from decimal import Decimal

import xlsxwriter
from django.utils.translation import gettext as _
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from xlsxwriter.utility import xl_rowcol_to_cell

from reports.tables.files import SUM_WORDS
from reports.tables.table import Cell, Head, Table
from shifts.imports.sheets import LONGEST_CELL

FORMATS = {"count": "#,##0", "hours": "#,##0.0", "percent": "0.0%", "text": "@"}
WIDTHS = {"count": 11, "hours": 11, "percent": 11, "text": 45}
NUMBER_WIDTH, LABEL_WIDTH = 5, 36
A4 = 9


def workbook_of(table: Table, lines: list[str]) -> bytes:
    """Return the workbook; `lines` stand above the table: whose numbers, of when, and until when they were counted."""
    written = io.BytesIO()
    book = xlsxwriter.Workbook(written, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet(_("Thống kê"))
    styles = Styles(book)
    columns = len(table.head) + 2
    at = 0
    for number, line in enumerate([table.title.upper(), *lines]):
        sheet.write_string(at, 0, clean(line), styles.title if number == 0 else styles.line)
        at += 1
    top = at + 1
    first = _write_head(sheet, table, styles, top)
    for number, row in enumerate(table.rows):
        at = first + number
        sheet.write_number(at, 0, number + 1, styles.of("count"))
        sheet.write_string(at, 1, clean(row.label), styles.of("text"))
        for column, (head, cell) in enumerate(zip(table.head, row.cells, strict=True), 2):
            write_cell(sheet, at, column, head, cell, styles.of(head.kind))
    end = first + len(table.rows)
    _write_sums(sheet, table, styles, first, end)
    for number, line in enumerate(filter(None, [table.note])):
        sheet.write_string(end + 2 + number, 0, clean(line), styles.line)
    _prepare_paper(sheet, table, top, first, end, columns)
    book.close()
    return written.getvalue()


class Styles:
    """The formats of a workbook, each made once."""

    def __init__(self, book):
        self.book, self.kept = book, {}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.line = book.add_format({"font_color": "#475670"})
        self.head = book.add_format(
            {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
        )  # fmt: skip

    def of(self, kind, bold=False):
        if (kind, bold) not in self.kept:
            style = {"num_format": FORMATS[kind], "border": 1, "bold": bold, "valign": "top"}
            style |= {"text_wrap": True} if kind == "text" else {"align": "right"}
            self.kept[kind, bold] = self.book.add_format(style)
        return self.kept[kind, bold]


def clean(text) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", str(text))[:LONGEST_CELL]


def write_cell(sheet, row, column, head: Head, cell: Cell, style):
    """A number as a number, words as words whatever they begin with, nothing as an empty cell with its border."""
    value = cell.value
    if isinstance(value, int | Decimal):
        sheet.write_number(row, column, value, style)
    elif value:
        sheet.write_string(row, column, clean(value), style)
    else:
        sheet.write_blank(row, column, None, style)


def _write_head(sheet, table, styles, top) -> int:
    """Write one row of heads, or two with groups over their columns; return the first row below."""
    last = top + (1 if table.has_groups else 0)
    for column, words in enumerate(["STT", table.row_heading]):
        write_span(sheet, top, column, last, column, words, styles.head)
    column = 2
    for group, heads in table.groups:
        if group:
            write_span(sheet, top, column, top, column + len(heads) - 1, group, styles.head)
        for head in heads:
            write_span(sheet, last if group else top, column, last, column, head.heading, styles.head)
            column += 1
    return last + 1


def write_span(sheet, top, left, bottom, right, words, style):
    if (top, left) == (bottom, right):
        sheet.write_string(top, left, clean(words), style)
    else:
        sheet.merge_range(top, left, bottom, right, clean(words), style)


def _write_sums(sheet, table, styles, first, end):
    sheet.write_blank(end, 0, None, styles.of("text", bold=True))
    sheet.write_string(end, 1, _(SUM_WORDS), styles.of("text", bold=True))
    for column, (head, cell) in enumerate(zip(table.head, table.sums, strict=True), 2):
        style = styles.of(head.kind, bold=True)
        if head.adds_up and table.rows:
            cells = f"{xl_rowcol_to_cell(first, column)}:{xl_rowcol_to_cell(end - 1, column)}"
            # With its value, for programs that show a workbook without reckoning it: phones, previews of mail.
            value = float(cell.value) if isinstance(cell.value, Decimal) else cell.value
            sheet.write_formula(end, column, f"=SUM({cells})", style, value)
        else:
            write_cell(sheet, end, column, head, cell, style)


def _prepare_paper(sheet, table, top, first, end, columns):
    sheet.set_column(0, 0, NUMBER_WIDTH)
    sheet.set_column(1, 1, LABEL_WIDTH)
    for column, head in enumerate(table.head, 2):
        sheet.set_column(column, column, max(WIDTHS[head.kind], min(18, len(head.heading) // 2 + 3)))
    sheet.freeze_panes(first, 2)
    sheet.set_paper(A4)
    if table.is_wide:
        sheet.set_landscape()
    sheet.set_margins(left=1.18, right=0.79, top=0.79, bottom=0.79)  # inches: 30, 20, 20 and 20 mm
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top, first - 1)
    sheet.print_area(0, 0, end + 3, columns - 1)
