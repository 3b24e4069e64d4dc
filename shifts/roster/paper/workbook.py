"""The roster as a workbook that can be edited and read in again, with a second sheet of counts. Always Vietnamese."""

import io
from collections import Counter

from django.utils.text import capfirst
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from shifts.dates import WEEKDAYS, weekday_short
from shifts.imports.sheets import bold_cell, cell_of

from .sheet import Sheet

DATE_FORMAT = "DD/MM/YYYY"


def workbook_of_roster(sheet: Sheet) -> bytes:
    """Return an XLSX: a row for each open day, a column for each post (and session), names in the cells."""
    book = Workbook(write_only=True)
    _add_days(book, sheet)
    _add_counts(book, sheet)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _add_days(book, sheet):
    page = book.create_sheet("Lịch trực")
    page.freeze_panes = "C2"
    columns = _columns(sheet)
    for at, width in enumerate([12, 7, *(24 for _column in columns)], 1):
        page.column_dimensions[get_column_letter(at)].width = width
    page.append([bold_cell(page, header) for header in ("Ngày", "Thứ", *(title for title, *_key in columns))])
    names = sheet.full_names()
    for day in sheet.open_days:
        date = cell_of(page, day.date)
        date.number_format = DATE_FORMAT
        lines = {line.post.pk: line.entries for line in day.lines}
        cells = [_names(lines.get(post.pk, []), session, day, names) for _title, post, session in columns]
        page.append([date, cell_of(page, weekday_short(day.date)), *(cell_of(page, text) for text in cells)])


def _columns(sheet):
    """(title, post, session or "") of each column; one a post where whole days are served."""
    same = Counter(post.name for post in sheet.posts)
    titles = {post: post.name if same[post.name] == 1 else f"{post.name} ({post.code})" for post in sheet.posts}
    if sheet.site.whole_days:
        return [(titles[post], post, "") for post in sheet.posts]
    return [
        (f"{titles[post]}, {row.get_session_display()}", post, row.session)
        for post in sheet.posts
        for row in sheet.hours
    ]


def _names(entries, session, day, names):
    """Those of one cell, a line each; in a column of a whole day, part of it in brackets."""
    words = {row.session: str(row.get_session_display()) for row in day.sessions}
    lines = []
    for entry in entries:
        if not entry.user or (session and session not in (entry.sessions or day.session_codes)):
            continue
        part = f" ({', '.join(words[code] for code in entry.sessions)})" if entry.sessions and not session else ""
        lines.append(f"{names[entry.user.pk]}{part}")
    return "\n".join(lines)


def _add_counts(book, sheet):
    """Sessions and days of each person, at each post, and on Mondays and Saturdays."""
    page = book.create_sheet("Số ca")
    page.freeze_panes = "A2"
    headers = ["Họ và tên", "Tên đăng nhập", "Số buổi", "Số ngày", *(post.name for post in sheet.posts)]
    headers += [capfirst(str(WEEKDAYS[number])) for number in (0, 5)]
    for at, header in enumerate(headers, 1):
        page.column_dimensions[get_column_letter(at)].width = max(11, len(header) + 3)
    page.column_dimensions["A"].width = 26
    page.append([bold_cell(page, header) for header in headers])
    sessions, days, at_post, on_weekday = Counter(), Counter(), Counter(), Counter()
    for day in sheet.open_days:
        served = set()
        for line in day.lines:
            for entry in line.entries:
                if entry.user:
                    count = len(entry.sessions or day.sessions)
                    sessions[entry.user.pk] += count
                    at_post[entry.user.pk, line.post.pk] += count
                    served.add(entry.user.pk)
        for pk in served:
            days[pk] += 1
            on_weekday[pk, day.date.weekday()] += 1
    for user in sheet.people:
        numbers = [sessions[user.pk], days[user.pk], *(at_post[user.pk, post.pk] for post in sheet.posts)]
        numbers += [on_weekday[user.pk, number] for number in (0, 5)]
        page.append([cell_of(page, value) for value in (user.full_name, user.username, *numbers)])
