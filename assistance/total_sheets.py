"""Reads the sheets in which districts collect the numbers of their communes, as they really come.

A title above the header, a header of two rows with merged cells, a row of sums below: all of it is understood. Merged
cells among the numbers are refused, since only one of them holds a value.
"""

import io
import re
import zipfile

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from assistance.counts import read_count
from shifts.imports.reading import (
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    MERGED,
    UNPACKED_TIMES,
    FileRefused,
    Table,
    as_table,
    check_workbook,
    is_blank,
    read_table,
)
from shifts.imports.resource import header_key
from shifts.text import fold

HEADER_WITHIN_ROWS = 20
# Not every text that begins with "cộng": Cộng Hòa is a commune.
SUMS = re.compile(r"(?:tong|tong so|tong cong|cong|cong lai|toan huyen|toan tinh|toan thanh pho|luy ke)[^a-z]*")


def read_total_sheet(data: bytes, name: str = "", max_bytes: int = MAX_FILE_BYTES, *, known) -> Table:
    """Return the rows of a file of unit totals; `known` maps keys of headers to our columns."""
    if not data.startswith(b"PK\x03\x04") or len(data) > max_bytes:
        table = read_table(data, name, max_bytes)
    else:
        check_workbook(data, UNPACKED_TIMES * max_bytes)
        table = _read_workbook(data, known)
    if not table.rows:
        raise FileRefused(_("Tệp chỉ có dòng tên cột, chưa có dòng dữ liệu nào."))
    return table


def _read_workbook(data, known):
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        with_merges = _has_merges(data, sheet)
        if with_merges:
            book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
            sheet = book.worksheets[0]
        else:
            sheet.reset_dimensions()
        rows = [list(cells) for cells in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)]
        merges = [_bounds(found) for found in sheet.merged_cells.ranges] if with_merges else []
    except FileRefused:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part makes it stumble over
        raise FileRefused(_("Không đọc được tệp Excel này. Hãy mở bằng Excel rồi lưu lại dạng XLSX.")) from error
    return _table(rows, merges, known, book.epoch)


def _has_merges(data, sheet):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return bool(MERGED.search(archive.read(sheet._worksheet_path)))


def _bounds(found):
    """A merged range as (first row, last row, first column, last column), counted from 0."""
    return found.min_row - 1, found.max_row - 1, found.min_col - 1, found.max_col - 1


def _table(rows, merges, known, epoch):
    at = _header_row(rows, known)
    if at is None:
        return as_table(rows, epoch=epoch)  # its first row is taken for the header, and what it lacks is said
    first, last = _header_rows(rows, merges, at, known)
    headers = _headers(rows, merges, first, last)
    _refuse_merged_numbers(merges, last, headers, rows, known)
    table = as_table([headers, *rows[last + 1 :]], epoch=epoch)
    table.rows = [(number + last, cells) for number, cells in table.rows]
    return table


def _names_a_unit(cell, known):
    return not is_blank(cell) and known.get(header_key(cell)) in {"unit", "unit_code"}


def _header_row(rows, known):
    """The first row, near the top, in which a cell is the name of the column of units."""
    for at, cells in enumerate(rows[:HEADER_WITHIN_ROWS]):
        if any(_names_a_unit(cell, known) for cell in cells):
            return at
    return None


def _header_rows(rows, merges, at, known):
    """First and last row of the header: groups stand in the row above the names, or names below the groups."""
    unit_column = next(column for column, cell in enumerate(rows[at]) if _names_a_unit(cell, known))
    first = last = at
    for top, bottom, left, right in merges:
        if top <= at <= bottom:
            first, last = min(first, top), max(last, bottom)
        if top == bottom == at and right > left and left > unit_column:
            last = max(last, at + 1)
        if top == bottom == at - 1 and right > left > unit_column:
            first = at - 1
    return first, min(last, len(rows) - 1)


def _headers(rows, merges, first, last):
    """One text a column: what stands in it from the first header row to the last, merged cells read in each."""
    grid = {(row, column): cell for row in range(first, last + 1) for column, cell in enumerate(rows[row])}
    for top, bottom, left, right in merges:
        if first <= top and bottom <= last:
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    grid[row, column] = rows[top][left]
    headers = []
    for column in range(len(rows[last])):
        parts = []
        for row in range(first, last + 1):
            cell = grid.get((row, column))
            text = "" if is_blank(cell) else " ".join(str(cell).split())
            if text and text not in parts:
                parts.append(text)
        headers.append(" ".join(parts))
    return headers


def _refuse_merged_numbers(merges, last, headers, rows, known):
    ours = {column for column, header in enumerate(headers) if header_key(header) in known}
    for top, bottom, left, right in merges:
        touches = any(left <= column <= right for column in ours)
        if top > last and touches and not is_sum(rows[top]) and _holds_number(rows[top : bottom + 1]):
            cells = f"{get_column_letter(left + 1)}{top + 1}:{get_column_letter(right + 1)}{bottom + 1}"
            raise FileRefused(
                _("Dòng {row}: các ô {cells} đang bị gộp. Hãy bỏ gộp ô để mỗi đơn vị có số của mình.").format(
                    row=top + 1, cells=cells
                )
            )


def _holds_number(rows):
    return any(isinstance(cell, int | float) for cells in rows for cell in cells)


def is_sum(cells) -> bool:
    """Whether a row is the sum below the units, or belongs to the signatures: its first word says so."""
    first = next((fold(str(cell)) for cell in cells if not is_blank(cell)), "")
    return bool(SUMS.fullmatch(first))


def says_nothing(cells, columns) -> bool:
    """Whether none of these columns of a row holds anything to read."""
    for column in columns:
        if column < len(cells) and not is_blank(cells[column]):
            try:
                if read_count(cells[column]) is None:
                    continue
            except ValueError:
                return False
            return False
    return True
