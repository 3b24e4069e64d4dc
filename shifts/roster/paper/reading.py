"""Reads rosters that somebody keeps in Excel or CSV: which name stands for which date, session and post.

Three layouts are known: dates down the page with posts across, our own workbook among them; dates across with posts
down, also week below week; and a printed month, whose cells hold the date and a line for each post.
"""

import csv
import datetime
import io
import re
import unicodedata
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import from_excel

from shifts.imports.reading import (
    MAX_COLUMNS,
    MAX_FILE_BYTES,
    UNPACKED_TIMES,
    FileRefused,
    check_workbook,
    decode,
    refusal_of_ole,
    refuse_large,
    separator_of,
)
from shifts.models import Post
from shifts.text import fold

MAX_ROWS = 1000  # a month has 31 days
MAX_SHEETS = 40
MAX_NAMES = 5000
HEADER_ROWS = 4  # rows above the first date that may name posts and sessions
DATE = re.compile(r"(?<!\d)(\d{1,2})[/\-.](\d{1,2})(?:[/\-.](\d{4}|\d{2}))?(?!\d)|(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
WEEKDAY = re.compile(r"\b(thu\s*(hai|ba|tu|nam|sau|bay|[2-7])|t[2-7]|chu\s*nhat|cn|ngay)\b")
SESSION_WORDS = {
    "sang": "sang", "chieu": "chieu", "toi": "toi", "s": "sang", "c": "chieu", "t": "toi",
    "am": "sang", "pm": "chieu", "ca sang": "sang", "ca chieu": "chieu", "ca toi": "toi",
    "buoi sang": "sang", "buoi chieu": "chieu", "buoi toi": "toi",
}  # fmt: skip
IN_TEXT = re.compile(r"\b(sang|chieu|toi)\b")
WHOLE_DAY = {"ca ngay", "trua", "sang chieu", "sang va chieu", "s c"}
NOBODY = {"", "-", "--", "x", "nghi", "nghi le", "le", "khong", "chua co ai", "con thieu", "trong", "khong mo cua"}
LEAD = re.compile(r"^(?:\d{1,2}[.)]\s*)?(?:(?:đ\.c|đc|bạn)\.?\s+)?", re.IGNORECASE)
PARTS = re.compile(r"\s*(?:[,;+&]|\s/\s|/| và | - (?=\S+ \S))\s*")
MARK_IN_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]\s*$")
MARK_AT_END = re.compile(r"\s+[-–]?\s*(s|c|t|sáng|chiều|tối|sang|chieu|toi|cả ngày|ca ngay)\s*$", re.IGNORECASE)
IGNORED_HEADERS = re.compile(r"(stt|tt|thu|ghi chu|tuan|so luong|tong|ky|ky ten|dien thoai|sdt)\b")
NAME_HEADERS = ("ho va ten", "ho ten", "nguoi truc", "tnv", "tinh nguyen vien", "ten", "phan cong")


@dataclass(frozen=True)
class Seen:
    """One name as it stands in the file; no sessions: all that the site is open on that date."""

    date: datetime.date
    sessions: tuple[str, ...]
    post: Post
    name: str
    place: str  # the cell: "C5"


@dataclass
class RosterFile:
    """What a file holds for one month."""

    dates: set[datetime.date] = field(default_factory=set)
    seen: list[Seen] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what was not understood, as sentences


@dataclass
class Cell:
    """One cell that holds anything."""

    row: int
    column: int
    text: str
    date: datetime.date | None = None
    session: str = ""
    is_date: bool = False  # a date and nothing else

    @property
    def place(self):
        return f"{get_column_letter(self.column)}{self.row}"


def read_roster_file(data: bytes, name: str, month: datetime.date, posts: list[Post]) -> RosterFile:
    """Return what the file says about that month; raises FileRefused with a sentence when it says nothing."""
    pages = [page for page in _pages(data, name) if page]
    if not pages:
        raise FileRefused(_("Tệp không có ô nào có chữ. Hãy chọn tệp lịch trực đã điền."))
    read = [_read_page(page, month, posts) for page in pages]
    found = max(read, key=lambda page: (len(page.seen), len(page.dates)))
    if not found.dates:
        other = _other_month(pages, month)
        if other:
            raise FileRefused(
                _("Tệp có lịch của tháng {other}, không có ngày nào của tháng {month}.").format(
                    other=f"{other:%m/%Y}", month=f"{month:%m/%Y}"
                )
            )
        raise FileRefused(
            _("Không thấy ngày nào của tháng {month} trong tệp. Hãy ghi ngày như 03/11 hoặc 03/11/2026.").format(
                month=f"{month:%m/%Y}"
            )
        )
    if not found.seen:
        raise FileRefused(
            " ".join([_("Không thấy tên ai ở các vị trí {posts}.").format(posts=_listed(posts)), *found.notes])
        )
    if len(found.seen) > MAX_NAMES:
        raise FileRefused(_("Tệp có quá nhiều tên cho một tháng. Hãy kiểm tra lại tệp đã chọn."))
    return found


def _listed(posts):
    return ", ".join(post.name for post in posts)


# From bytes to cells


def _pages(data, name):
    """Each sheet of the file as {(row, column): value}, merged cells filled with what they show."""
    if not data.strip():
        raise FileRefused(_("Tệp rỗng. Hãy chọn tệp lịch trực XLSX hoặc CSV."))
    refuse_large(len(data))
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _pages_of_workbook(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused(refusal_of_ole(data))
    if name.lower().endswith((".xlsx", ".xlsm", ".xls")):
        raise FileRefused(_("Tệp mang đuôi Excel nhưng không phải tệp Excel. Hãy mở bằng Excel rồi lưu lại dạng XLSX."))
    return [_page_of_csv(data)]


def _pages_of_workbook(data):
    check_workbook(data, UNPACKED_TIMES * MAX_FILE_BYTES)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        pages = [_filled(sheet, book.epoch) for sheet in book.worksheets[:MAX_SHEETS]]
        _fill_merged(data, book, pages)
    except FileRefused:
        raise
    except Exception as error:  # openpyxl raises whatever the broken part makes it stumble over
        raise FileRefused(_("Không đọc được tệp Excel này. Hãy mở bằng Excel rồi lưu lại dạng XLSX.")) from error
    return pages


def _filled(sheet, epoch):
    """The cells that hold anything. Rows of mere formatting cost nothing; too many full ones are refused."""
    sheet.reset_dimensions()
    cells, full = {}, 0
    for row in sheet.iter_rows(max_col=MAX_COLUMNS):
        held = [cell for cell in row if cell.value not in (None, "")]
        full += bool(held)
        if full > MAX_ROWS:
            raise FileRefused(
                _("Tệp có hơn {rows} dòng, nhiều hơn một lịch trực. Hãy kiểm tra lại.").format(rows=MAX_ROWS)
            )
        for cell in held:
            number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
            is_serial = number and 40_000 <= cell.value < 60_000
            cells[cell.row, cell.column] = from_excel(cell.value, epoch) if is_serial else cell.value
    return cells


MERGED = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"')


def _fill_merged(data, book, pages):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for sheet, cells in zip(book.worksheets, pages, strict=False):
            for ref in MERGED.findall(archive.read(sheet._worksheet_path))[:MAX_ROWS]:
                left, top, right, bottom = range_boundaries(ref.decode())
                value = cells.get((top, left))
                if value is None or right - left > MAX_COLUMNS or bottom - top > MAX_ROWS:
                    continue
                for row in range(top, bottom + 1):
                    for column in range(left, right + 1):
                        cells.setdefault((row, column), value)


def _page_of_csv(data):
    text = decode(data)
    if sum(unicodedata.category(char) == "Cc" and char not in "\r\n\t\0" for char in text[:4000]) > 5:
        raise FileRefused(_("Tệp không phải văn bản CSV cũng không phải XLSX. Hãy kiểm tra lại tệp đã chọn."))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator_of(text))
    cells = {}
    try:
        for number, row in enumerate(reader, 1):
            if number > MAX_ROWS:
                raise FileRefused(
                    _("Tệp có hơn {rows} dòng, nhiều hơn một lịch trực. Hãy kiểm tra lại.").format(rows=MAX_ROWS)
                )
            for column, value in enumerate(row[:MAX_COLUMNS], 1):
                if value.strip():
                    cells[number, column] = value
    except csv.Error as error:
        raise FileRefused(_("Không đọc được dòng {row} của tệp CSV.").format(row=reader.line_num)) from error
    return cells


# From cells to names


def _read_page(values, month, posts):
    cells = {key: _cell(key, value, month) for key, value in sorted(values.items())}
    _take_bare_days(cells, month)
    dated = [cell for cell in cells.values() if cell.date]
    page = RosterFile()
    alone = [cell for cell in dated if cell.is_date]
    if not dated:
        return page
    in_one_column = max(Counter(cell.column for cell in alone).values(), default=0)
    if len(alone) * 2 < len(dated):
        _read_printed(page, cells, month, posts)
    elif in_one_column * 10 < len(alone) * 7:
        _read_across(page, cells, month, posts)
    else:
        _read_down(page, cells, month, posts)
    page.dates = {date for date in page.dates if _same_month(date, month)}
    page.seen = [seen for seen in page.seen if _same_month(seen.date, month)]
    return page


def _same_month(date, month):
    return (date.year, date.month) == (month.year, month.month)


def _other_month(pages, month):
    """The month most dates of the file lie in."""
    dates = [cell.date for page in pages for key, value in page.items() if (cell := _cell(key, value, month)).date]
    months = Counter(date.replace(day=1) for date in dates)
    return months.most_common(1)[0][0] if months else None


def _cell(key, value, month):
    row, column = key
    if isinstance(value, datetime.datetime):
        value = value.date()
    if isinstance(value, datetime.date):
        return Cell(row, column, "", date=value, is_date=True)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = unicodedata.normalize("NFC", str(value)).replace("\u00a0", " ").strip()
    first, _newline, rest = text.partition("\n")
    found = DATE.search(first)
    date = _date_of(found, month) if found else None
    if date is None:
        return Cell(row, column, text)
    left = fold(first[: found.start()] + " " + first[found.end() :])
    session = IN_TEXT.search(left)
    left = re.sub(r"[^a-z0-9]+", " ", WEEKDAY.sub("", IN_TEXT.sub("", left))).strip()
    if left:
        return Cell(row, column, text)  # a sentence with a date in it
    lead = SESSION_WORDS[session.group(1)] if session else ""
    return Cell(row, column, rest, date=date, session=lead, is_date=not rest.strip())


def _date_of(found, month):
    day, number, year, *iso = found.groups()
    try:
        if iso[0]:
            return datetime.date(*(int(part) for part in iso))
        year = month.year if not year else int(year) + (2000 if len(year) == 2 else 0)
        return datetime.date(year, int(number), int(day))
    except ValueError:
        return None


def _take_bare_days(cells, month):
    """A column headed "Ngày" may hold mere numbers: 1, 2, 3."""
    heads = [cell for cell in cells.values() if fold(cell.text) in {"ngay", "ngay thang"}]
    for head in heads:
        below = [cell for cell in cells.values() if cell.column == head.column and cell.row > head.row]
        if any(cell.date for cell in below):
            continue
        for cell in below:
            if re.fullmatch(r"[0-3]?[0-9]", cell.text):
                try:
                    cell.date, cell.is_date, cell.text = month.replace(day=int(cell.text)), True, ""
                except ValueError:
                    continue


def _read_down(page, cells, month, posts):
    """Dates in one column; posts (and sessions) in the header, or each row says its own."""
    column = Counter(cell.column for cell in cells.values() if cell.is_date).most_common(1)[0][0]
    first = min(cell.row for cell in cells.values() if cell.is_date and cell.column == column)
    heads = _heads(cells, range(max(1, first - HEADER_ROWS), first))
    rows = defaultdict(dict)
    for cell in cells.values():
        if cell.row >= first:
            rows[cell.row][cell.column] = cell
    roles = {
        at: _role(heads[at], [row[at] for row in rows.values() if at in row], posts)
        for at in sorted({at for row in rows.values() for at in row} - {column})
    }
    by_row = any(role[0] == "post" for role in roles.values())
    if len(posts) == 1 or by_row:
        roles = {at: ("names", None, role[2]) if role[0] == "unknown" else role for at, role in roles.items()}
    date, unused = None, set()
    for row in rows.values():
        if column in row and not row[column].date:
            break  # a line below the table: who signs, what the letters mean
        date = row[column].date if column in row else date
        session = row[column].session if column in row else ""
        session = next(
            (_session(row[at].text) or session for at, role in roles.items() if role[0] == "session" and at in row),
            session,
        )
        post = next(
            (_post_of(row[at].text, posts) for at, role in roles.items() if role[0] == "post" and at in row), None
        )
        page.dates.add(date)
        for at, (role, own, part) in roles.items():
            if at not in row:
                continue
            if role == "unknown":
                unused.add(at)
            elif role == "names" and (own or post or (posts[0] if len(posts) == 1 else None)):
                _add(page, row[at], date, own or post or posts[0], part or session, posts)
    for at in sorted(unused):
        title = heads[at][-1] if heads[at] else get_column_letter(at)
        page.notes.append(_("Không hiểu cột “{title}” nên không đọc cột này.").format(title=title[:40]))


def _heads(cells, rows):
    """Column -> what stands above it, the nearest last; a row that says one thing only is a title."""
    heads = defaultdict(list)
    for number in rows:
        row = [cell for cell in cells.values() if cell.row == number and cell.text]
        if len({cell.text for cell in row}) > 1:
            for cell in row:
                heads[cell.column].append(cell.text)
    return heads


def _role(heads, below, posts):
    """("names", post, session), ("session" | "post" | "ignored" | "unknown", None, "") of a column."""
    head = " ".join(heads)
    texts = [cell.text for cell in below]
    post = next((found for text in reversed(heads) if (found := _post_of(text, posts))), None) or _post_of(head, posts)
    if post:
        return "names", post, _session_in(head)
    if texts and all(_session(text) or fold(text) in WHOLE_DAY for text in texts):
        return "session", None, ""
    words = fold(heads[-1]) if heads else ""
    if IGNORED_HEADERS.match(words) or all(_is_weekday(text) for text in texts):
        return "ignored", None, ""
    if texts and all(_post_of(text, posts) for text in texts):
        return "post", None, ""
    if words in NAME_HEADERS or (len(posts) == 1 and _session_in(head)):
        return "names", None, _session_in(head)
    return "unknown", None, _session_in(head)


def _read_across(page, cells, month, posts):
    """Dates in a row, posts down the left side; the next row of dates begins another week."""
    rows = defaultdict(dict)
    for cell in cells.values():
        rows[cell.row][cell.column] = cell
    dates, sessions, post, session, misread = {}, {}, None, "", 0
    for _number, row in sorted(rows.items()):
        found = {at: cell for at, cell in row.items() if cell.is_date}
        if found:
            dates = {at: cell.date for at, cell in found.items()}
            sessions = {at: cell.session for at, cell in found.items()}
            page.dates |= set(dates.values())
            post, session = None, ""
            continue
        if not dates:
            continue
        below = {at: _session(cell.text) for at, cell in row.items() if at in dates}
        if below and all(below.values()):  # a second line of heads: sáng, chiều
            sessions = sessions | below
            continue
        labels = [cell.text for at, cell in sorted(row.items()) if at < min(dates)]
        for label in labels:
            post = _post_of(label, posts) or post
            session = _session_in(label) or _session(label)
        for at, cell in row.items():
            if at in dates:
                own = post or (posts[0] if len(posts) == 1 else None)
                misread += _add(page, cell, dates[at], own, sessions[at] or session, posts)
    if misread:
        page.notes.append(_("{count} ô không rõ ở vị trí nào nên không đọc.").format(count=misread))


def _read_printed(page, cells, month, posts):
    """A date and its posts in one cell, as on the printed sheet."""
    misread = 0
    for cell in cells.values():
        if cell.date:
            page.dates.add(cell.date)
            own = posts[0] if len(posts) == 1 else None
            misread += _add(page, cell, cell.date, own, cell.session, posts)
    if misread:
        page.notes.append(_("{count} ô không rõ ở vị trí nào nên không đọc.").format(count=misread))


def _add(page, cell, date, post, session, posts):
    """Add the names of one cell; return 1 when names are there and nobody knows at which post."""
    lost = 0
    for line in cell.text.split("\n"):
        own, line = _post_before(line, posts)
        at = own or post
        for name, marked in _names_in(line):
            if at is None:
                lost = 1
                continue
            sessions = marked if marked is not None else (session,) if session else ()
            page.seen.append(Seen(date, sessions, at, name, cell.place))
    return lost


def _post_before(line, posts):
    """A line may begin with its post: "T1 Thu Hà", "Tầng 2: Quốc Khánh"."""
    for post in sorted(posts, key=lambda post: -max(len(post.name), len(post.code))):
        for word in (post.name, post.code):
            found = re.match(rf"\s*{re.escape(word)}\s*[:.\-–]?(?=\s|$)", line, re.IGNORECASE)
            if found:
                return post, line[found.end() :]
    return None, line


def _names_in(line):
    """(name, sessions or None) for everybody in a line."""
    line = re.sub(r"đ/c", "đc", line, flags=re.IGNORECASE)
    # Commas inside brackets belong to the mark: "Mai (sáng, chiều)".
    line = re.sub(r"\(([^()]*)\)", lambda found: f"({found.group(1).replace(',', ' ')})", line)
    for piece in PARTS.split(line):
        name, marked = _mark_of(LEAD.sub("", piece.strip().strip("•*.-–:")).strip())
        words = fold(name)
        if words in NOBODY or words.startswith(("con thieu", "thieu ")) or not re.search(r"[^\W\d_]", name):
            continue
        yield name, marked


def _mark_of(name):
    """The name without its "(sáng)", "(s)", " c", and the sessions that these mean."""
    if found := MARK_IN_BRACKETS.search(name):
        words = fold(found.group(1)).replace("va", " ").split()
        if words and all(word in SESSION_WORDS for word in words):
            return name[: found.start()].strip(), tuple(SESSION_WORDS[word] for word in words)
        if fold(found.group(1)) in WHOLE_DAY:
            return name[: found.start()].strip(), ()
    elif found := MARK_AT_END.search(name):
        mark = fold(found.group(1))
        return name[: found.start()].strip(), () if mark == "ca ngay" else (SESSION_WORDS[mark],)
    return name, None


def _session(text):
    """The session that this label names, and nothing else: sáng, Buổi chiều."""
    words = re.sub(r"[^a-z ]+.*", "", fold(text)).strip()
    return SESSION_WORDS.get(words, "") if len(words) > 1 or words == fold(text) else ""


def _session_in(text):
    found = IN_TEXT.search(fold(text))
    return SESSION_WORDS[found.group(1)] if found else ""


def _is_weekday(text):
    return not WEEKDAY.sub("", fold(text)).strip(" ,.")


def _post_of(text, posts):
    """The post whose code or name stands in the text as words; the longest wins."""
    words, best = fold(text), (0, None)
    for post in posts:
        for name in (fold(post.name), fold(post.code)):
            if len(name) > best[0] and re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", words):
                best = len(name), post
    return best[1]
