"""Writes XLSX files in which every code stays text and nothing a person typed is run as a formula."""

import datetime
import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

LONGEST_CELL = 32_767


def workbook_of(headers, rows, title="Sheet1") -> bytes:
    """Return an XLSX with a bold, frozen header and one row for each of rows."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for at, header in enumerate(headers, 1):
        sheet.column_dimensions[get_column_letter(at)].width = min(60, max(14, len(str(header)) + 4))
    sheet.append([bold_cell(sheet, header) for header in headers])
    for row in rows:
        sheet.append([cell_of(sheet, value) for value in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def bold_cell(sheet, value):
    cell = cell_of(sheet, str(value))
    cell.font = Font(bold=True)
    return cell


def cell_of(sheet, value):
    """Return a cell that a spreadsheet shows as it is: numbers and dates as such, all else as text."""
    if value is None or isinstance(value, bool | int | float | datetime.date | datetime.time | datetime.timedelta):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", str(value))[:LONGEST_CELL])
    # "=1+1" is what somebody typed, not a formula; and 06652 keeps its zero when the cell is edited.
    cell.data_type, cell.number_format = "s", "@"
    cell.alignment = Alignment(wrap_text="\n" in str(value), vertical="top")
    return cell


def failed_rows(headers, failures) -> bytes:
    """Return the rows that failed as they were in the file, with number and reason: to mend and send again."""
    width = len(headers)
    rows = [[*(list(failure.cells) + [None] * width)[:width], failure.number, failure.summary] for failure in failures]
    return workbook_of([*headers, _("Dòng trong tệp"), _("Lý do")], rows, title=_("Dòng lỗi"))
