"""Rosters as plain text to paste into a chat: short lines, no markup, always Vietnamese."""

import datetime
from collections import defaultdict

from django.utils.text import capfirst

from shifts.dates import day_name, monday_of, sessions_words
from shifts.models import SwapDuty, SwapRequest
from shifts.roster.names import short_names

from .sheet import SESSION_LETTERS, Day, Sheet

LONGEST_MESSAGE = 2000  # letters that a chat takes in one message
DRAFT = "BẢN NHÁP, chưa công bố"


def day_text(sheet: Sheet) -> str:
    """One day: a line for each post, the hours below."""
    day = sheet.days[0]
    lines = [f"Lịch trực {day_name(day.date)}/{day.date.year}", sheet.site.short_name]
    if not day.sessions or day.hidden:
        lines.append(_no_duties(day))
    else:
        names = sheet.short_names()
        lines += [f"{line.post.name}: {_entries(line.entries, day, names, in_words=True)}" for line in day.lines]
        lines.append(hours_text(day.sessions))
    return _joined([[DRAFT] if sheet.is_draft else [], lines])


def week_text(sheet: Sheet) -> str:
    """One week: a block for each open day, a line for each post."""
    title = f"Lịch trực tuần {sheet.first:%d/%m} đến {sheet.last:%d/%m/%Y}"
    names = sheet.short_names()
    blocks = [[capfirst(day_name(day.date)), *_lines(day, names)] for day in sheet.days if day.sessions]
    return _joined([_head(sheet, title), *(blocks or [["Tuần này điểm không mở cửa ngày nào."]]), _legend(sheet)])


def month_text(sheet: Sheet) -> str:
    """One month: a line for each open day, a block for each week."""
    names, weeks = sheet.short_names(), defaultdict(list)
    for day in sheet.open_days:
        posts = "; ".join(_lines(day, names))
        # The weekday in full: "T2" is Monday to everybody here, and the second floor to the reader of a roster.
        weeks[monday_of(day.date)].append(f"{capfirst(day_name(day.date))}: {posts}")
    title = f"Lịch trực tháng {sheet.first:%m/%Y}"
    blocks = list(weeks.values()) or [["Tháng này điểm không mở cửa ngày nào."]]
    return _joined([_head(sheet, title), *blocks, _legend(sheet)])


def reminder_text(sheet: Sheet, today: datetime.date) -> str:
    """Who has a duty on the day of the sheet, each on a line of their own, to be called on by name; "" for nobody."""
    day, names = sheet.days[0], sheet.short_names()
    duties = defaultdict(list)
    for line in day.lines:
        for entry in line.entries:
            if entry.user:
                duties[entry.user.pk].append(_duty(line.post.name, entry, day))
    if not duties:
        return ""
    tomorrow = day.date == today + datetime.timedelta(days=1)
    when = f"ngày mai, {day_name(day.date)}" if tomorrow else day_name(day.date)
    people = [f"{names[user.pk]}: {', '.join(duties[user.pk])}" for user in sheet.people if user.pk in duties]
    return _joined(
        [[f"Nhắc lịch trực {when}", sheet.site.short_name], people, ["Không đến được thì báo đội trưởng ngay."]]
    )


def waiting_swaps_text(site, today: datetime.date) -> str:
    """Who has not answered yet whether they take over a coming duty at this site; "" when nobody is waited for."""
    rows = SwapDuty.objects.filter(
        request__state=SwapRequest.State.WAITING,
        side=SwapDuty.Side.GIVEN,
        assignment__roster__site=site,
        assignment__date__gte=today,
    )
    rows = rows.select_related("request__asked_by__user", "request__asked_of__user", "assignment")
    duties = {}
    for row in rows.order_by("assignment__date", "request_id", "pk"):
        asked = (row.request.asked_of.user, row.request.asked_by.user)
        duties.setdefault((row.request_id, *asked), set()).add(row.assignment.date)
    if not duties:
        return ""
    names = short_names({user.pk: user for _request, *users in duties for user in users}.values())
    lines = [
        f"{names[asked.pk]}: {names[by.pk]} nhờ trực {', '.join(day_name(date) for date in sorted(dates))}"
        for (_request, asked, by), dates in duties.items()
    ]
    return _joined([["Đang chờ trả lời đổi ca"], lines, ["Nhận hay không, các bạn trả lời sớm để đội xếp người."]])


def parts_of(text: str, longest: int = LONGEST_MESSAGE) -> list[str]:
    """The text in messages that a chat takes, parted between blocks, or between lines where a block is too long."""
    parts = []
    for block in _pieces(text, longest):
        if parts and len(parts[-1]) + 2 + len(block) <= longest:
            parts[-1] = f"{parts[-1]}\n\n{block}"
        else:
            parts.append(block)
    return parts


def _pieces(text, longest):
    for block in text.split("\n\n"):
        while len(block) > longest and "\n" in block[:longest]:
            cut = block.rindex("\n", 0, longest)
            yield block[:cut]
            block = block[cut + 1 :]
        yield block


def hours_text(sessions) -> str:
    """Sáng 07:30-11:30, chiều 13:30-17:00"""
    return capfirst(
        ", ".join(f"{row.get_session_display()} {row.starts_at:%H:%M}-{row.ends_at:%H:%M}" for row in sessions)
    )


def _head(sheet, title):
    return [*([DRAFT] if sheet.is_draft else []), title, sheet.site.short_name]


def _legend(sheet):
    lines = [", ".join(f"{post.code}: {post.name}" for post in sheet.posts if post.code != post.name)]
    if any(entry.sessions for day in sheet.days for line in day.lines for entry in line.entries):
        lines.append(", ".join(f"({SESSION_LETTERS[row.session]}) {row.get_session_display()}" for row in sheet.hours))
    return [line for line in [*lines, hours_text(sheet.hours)] if line]


def _lines(day, names):
    if day.hidden:
        return [_no_duties(day)]
    return [f"{line.post.code} {_entries(line.entries, day, names)}" for line in day.lines]


def _entries(entries, day: Day, names, *, in_words=False):
    """Thu Hà, Mai (c), còn thiếu 1 (s)"""
    words = {row.session: row.get_session_display() for row in day.sessions}
    said = []
    for entry in entries:
        text = names[entry.user.pk] if entry.user else f"còn thiếu {entry.missing}"
        if entry.sessions:
            marks = ", ".join(str(words[code]) for code in entry.sessions) if in_words else entry.letters
            text = f"{text} ({marks})"
        said.append(text)
    return ", ".join(said) or "chưa có ai"


def _duty(post, entry, day):
    """Tầng 2, chiều từ 13:30"""
    rows = [row for row in day.sessions if not entry.sessions or row.session in entry.sessions]
    return f"{post}, {sessions_words(row.session for row in rows)} từ {rows[0].starts_at:%H:%M}"


def _no_duties(day):
    if day.hidden:
        return "Lịch chưa công bố."
    return f"Điểm không mở cửa: {day.closed_as}." if day.closed_as else "Điểm không mở cửa."


def _joined(blocks):
    """Blocks of lines, a blank line between two."""
    return "\n\n".join("\n".join(block) for block in blocks if block)
