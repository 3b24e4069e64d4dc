"""Reads an uploaded XLSX or CSV file into rows, or refuses it with a sentence that says what to do."""

import csv
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, field

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.datetime import WINDOWS_EPOCH

MAX_FILE_BYTES = 5 * 1024 * 1024  # on a page; the command takes larger ones
MAX_LARGE_FILE_BYTES = 100 * 1024 * 1024
UNPACKED_TIMES = 30  # an XLSX is a ZIP: five megabytes may unpack to gigabytes
MAX_COLUMNS = 64
MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]+)(\d+)(?::([A-Z]+\d+))?"')


class FileRefused(Exception):
    """The whole file cannot be taken; carries the user's sentence."""


@dataclass
class Table:
    """The header, and the rows that hold anything, each with the number it has in the file."""

    headers: list
    rows: list = field(default_factory=list)  # (number in the file, cells)
    epoch: object = WINDOWS_EPOCH


def read_table(data: bytes, name: str = "", max_bytes: int = MAX_FILE_BYTES) -> Table:
    """Return the rows of an XLSX or CSV file, told apart by what it holds rather than by its name."""
    if not data.strip():
        raise FileRefused(_("Tệp rỗng. Hãy chọn tệp XLSX hoặc CSV có dòng đầu là tên cột."))
    refuse_large(len(data), max_bytes)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        table = read_xlsx(data, UNPACKED_TIMES * max_bytes)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(refusal_of_ole(data))
    elif name.lower().endswith((".xlsx", ".xlsm", ".xls")):
        raise FileRefused(_("Tệp mang đuôi Excel nhưng không phải tệp Excel. Hãy mở bằng Excel rồi lưu lại dạng XLSX."))
    else:
        table = read_csv(data)
    if not table.rows:
        raise FileRefused(_("Tệp chỉ có dòng tên cột, chưa có dòng dữ liệu nào."))
    return table


def refuse_large(size, max_bytes=MAX_FILE_BYTES):
    """Refuse a file by its size alone, before it is read."""
    if size > max_bytes:
        limit = max_bytes // (1024 * 1024)
        raise FileRefused(_("Tệp lớn hơn {limit} MB. Hãy tách thành nhiều tệp nhỏ hơn.").format(limit=limit))


def refusal_of_ole(data):
    """Say whether the old container holds an encrypted workbook or one of Excel 97."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return _("Tệp Excel có mật khẩu. Hãy bỏ mật khẩu rồi tải lại.")
    return _("Đây là tệp Excel kiểu cũ (.xls). Hãy lưu lại dạng XLSX rồi tải lại.")


def read_xlsx(data, max_unpacked):
    """Return the rows of the first sheet."""
    check_workbook(data, max_unpacked)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        refuse_merged(data, sheet)
        # The stated size may be a whole empty sheet; without it only rows that are written are walked through.
        sheet.reset_dimensions()
        return as_table(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), epoch=book.epoch)
    except FileRefused:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part makes it stumble over
        raise FileRefused(_("Không đọc được tệp Excel này. Hãy mở bằng Excel rồi lưu lại dạng XLSX.")) from error


def check_workbook(data, max_unpacked):
    """Refuse what is a ZIP but no workbook, and what would fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise FileRefused(_("Tệp bị hỏng. Hãy mở bằng Excel rồi lưu lại dạng XLSX.")) from error
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise FileRefused(_("Đây là tệp nén ZIP, không phải tệp Excel. Hãy giải nén và chọn tệp XLSX bên trong."))
    if sum(part.file_size for part in parts) > max_unpacked:
        raise FileRefused(_("Tệp Excel giải nén ra quá lớn. Hãy xóa các dòng, cột trống thừa rồi lưu lại."))


def refuse_merged(data, sheet):
    """Refuse merged cells: only their first cell holds the value, so the others would be read as empty."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = MERGED.findall(archive.read(sheet._worksheet_path))
    if found:
        column, row, last = (part.decode() for part in found[0])
        raise FileRefused(
            _(
                "Dòng {row}: các ô {cells} đang bị gộp. Hãy bỏ gộp ô, để dòng đầu là tên cột và mỗi ô một giá trị."
            ).format(row=row, cells=f"{column}{row}:{last}")
        )


def decode(data):
    """Return CSV bytes as text: UTF-8 with or without BOM, UTF-16 with BOM, else Windows-1258."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1258"]
    for encoding in encodings:
        try:
            # Windows-1258 writes most tones as marks of their own; NFC makes one letter of both.
            return unicodedata.normalize("NFC", data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise FileRefused(_("Không đọc được bảng mã của tệp. Hãy lưu lại dạng CSV UTF-8 hoặc XLSX."))


def separator_of(text):
    """Return the separator that the header line uses most: comma, semicolon or tab."""
    head = re.sub(r'"[^"]*"', "", text.lstrip().split("\n", 1)[0])
    return max(",;\t", key=head.count)


def read_csv(data):
    """Return the rows of a CSV file with commas, semicolons or tabs."""
    text = decode(data)
    if sum(unicodedata.category(char) == "Cc" and char not in "\r\n\t\0" for char in text[:4000]) > 5:
        raise FileRefused(_("Tệp không phải văn bản CSV cũng không phải XLSX. Hãy kiểm tra lại tệp đã chọn."))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text), strict=True)
    try:
        return as_table(unquoted(row) for row in reader)
    except csv.Error as error:
        raise FileRefused(
            _("Dòng {row}: dấu nháy kép không đóng, hoặc ô quá dài. Hãy sửa dòng đó rồi tải lại.").format(
                row=reader.line_num
            )
        ) from error


def unquoted(cells):
    """Take away the apostrophe that our own CSV export puts before what a spreadsheet would run as a formula."""
    return [cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULA_STARTS else cell for cell in cells]


FORMULA_STARTS = ("=", "+", "-", "@")


def is_blank(cell):
    """Whether a cell holds nothing to read."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def as_table(rows, epoch=WINDOWS_EPOCH):
    """Return a Table of raw rows: the first that holds anything is the header, empty rows are left out."""
    table = None
    for number, cells in enumerate(rows, 1):
        # A hundred thousand rows of mere formatting are common: tell them at the speed of C.
        if cells.count(None) + cells.count("") == len(cells) or all(is_blank(cell) for cell in cells):
            continue
        cells = without_blank_end(cells)
        if table is None:
            table = Table(headers=["" if is_blank(cell) else str(cell).strip() for cell in cells], epoch=epoch)
        else:
            table.rows.append((number, cells))
    return table or Table(headers=[])


def without_blank_end(cells):
    """Return the cells up to the last that holds anything."""
    cells = list(cells)
    while cells and is_blank(cells[-1]):
        cells.pop()
    return cells
