"""Rosters on one sheet of A4 each, in the layout of the Youth Union: what stands where, and in which size.

What is printed is Vietnamese whatever the reader's language, so nothing here is translated.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.text import capfirst

from shifts.dates import WEEKDAYS, monday_of, weekday_name
from shifts.models import PaperSettings, Role, Site, Unit

from .fitting import BOLD, line_height, lines_of, width_of
from .sheet import SESSION_LETTERS, Entry, Sheet

PAGE = {"landscape": (247, 170), "portrait": (160, 257)}  # millimetres between the margins 20/20/30/20
SMALLEST = 9.0  # points
# Millimetres around the text of a cell, both sides together, by how closely the sheet is set.
CELL_SIDES = {"": 3.2, "tight": 3.2, "packed": 1.6}
CELL_ENDS = {"": 1.9, "tight": 1.3, "packed": 0.4}
LINE_TIMES = {"": 1.22, "tight": 1.22, "packed": 1.12}
RULE = 0.25
LABEL = 1.75  # of the size of type: the least room for the code of a post
NO_BREAK = "\u00a0"
WEEK_COLUMN, POST_COLUMN, DATE_COLUMN = 12, 21, {"landscape": 33, "portrait": 25}
ROW_TO_SIGN = {"": 8.0, "tight": 6.0, "packed": 4.4}
SIGNED_NAME = {1: 53.6, 2: 23}  # millimetres for the name in one list and in two side by side


@dataclass
class Name:
    """What is written for one entry: a name, or how many are missing, and s, c, t for part of the day."""

    text: str
    letters: str
    is_hole: bool = False
    breaks: bool = False  # its column is narrower than the name

    def __str__(self):
        return f"{self.text}{NO_BREAK}{self.letters}" if self.letters else self.text

    @property
    def shown(self):
        """The name, which stays on one line where its column is wide enough: lines end between two people."""
        return self.text if self.breaks else self.text.replace(" ", NO_BREAK)


@dataclass
class Cell:
    """A day in the grid: its date as printed, its posts with names, or why it is closed."""

    label: str = ""
    lines: list[tuple[str, list[Name]]] = field(default_factory=list)
    closed_as: str = ""
    outside: bool = False


@dataclass(frozen=True)
class Fit:
    """How the sheet is set: its layout, the size of type, how closely, and which way it lies."""

    layout: str
    points: float
    density: str = ""  # "", tight or packed
    orientation: str = "landscape"

    @property
    def classes(self):
        density = f" paper-{self.density}" if self.density else ""
        return f"paper-{self.orientation} paper-{self.layout} paper-s{round(self.points * 10)}{density}"

    @property
    def width(self):
        return PAGE[self.orientation][0]

    @property
    def sides(self):
        return CELL_SIDES[self.density]

    @property
    def line(self):
        """Height of a line in the table."""
        return line_height(self.points, LINE_TIMES[self.density])

    @property
    def ends(self):
        """What a row is higher than its text."""
        return CELL_ENDS[self.density] + RULE


@dataclass
class Paper:
    """A roster ready to be printed."""

    template: str
    file_name: str
    title: str
    subtitles: list[str]
    settings: PaperSettings
    dated: str
    legend: list[str]
    is_draft: bool
    fit: Fit
    head: list[str]
    rows: list
    empty: str = ""
    overflows: bool = False  # too much for one sheet in letters that can be read

    @property
    def shown_subtitles(self):
        return self.subtitles_in(self.fit)

    def subtitles_in(self, fit):
        """The lines below the title; one line where room is short."""
        joined = fit.density and fit.orientation == "landscape"
        return [", ".join(self.subtitles)] if joined else self.subtitles


def settings_of(site: Site) -> PaperSettings:
    """The site's own settings, or such as its unit would have."""
    return PaperSettings.objects.filter(site=site).first() or _usual_settings(site)


def body_of(unit: Unit) -> tuple[str, str]:
    """The name of a unit without its kind, and of its Youth Union: "Quảng Ninh", "TỈNH ĐOÀN QUẢNG NINH"."""
    name = unit.name
    if name.lower().startswith(f"{unit.kind.lower()} "):
        name = name[len(unit.kind) + 1 :]
    return name, f"{'TỈNH ĐOÀN' if unit.level == Unit.Level.PROVINCE else 'ĐOÀN'} {name.upper()}"


def signed_for(unit: Unit) -> str:
    """On whose behalf papers of a unit are signed."""
    return f"TM. BAN THƯỜNG VỤ {'TỈNH ĐOÀN' if unit.level == Unit.Level.PROVINCE else body_of(unit)[1]}"


def _usual_settings(site):
    name, body = body_of(site.unit)
    return PaperSettings(
        site=site,
        issuer=body,
        number="Số:        -LT/TĐTN" if site.unit.level == Unit.Level.PROVINCE else "Số:        -LT/ĐTN",
        place=name,
        team_name="Đội hình thanh niên tình nguyện hỗ trợ dịch vụ công trực tuyến",
        signed_for=signed_for(site.unit),
        note=_leader_note(site),
    )


def _leader_note(site):
    roles = Role.objects.on().filter(kind=Role.Kind.LEADER, team__home_site=site, user__is_active=True)
    role = roles.select_related("user").order_by("pk").first()
    return f"Không đến được: báo đội trưởng {role.user}." if role else ""


def month_paper(sheet: Sheet) -> Paper:
    """Weeks as rows and weekdays as columns; days as rows where the names would not fit so."""
    month = sheet.first
    names = sheet.short_names()
    weekdays = sorted({day.date.weekday() for day in sheet.open_days})
    cells = {day.date: _cell(day, names) for day in sheet.days}
    weeks = defaultdict(dict)
    for day in sheet.days:
        weeks[monday_of(day.date)][day.date.weekday()] = cells[day.date]
    rows = [
        (monday.isocalendar().week, [week.get(weekday, Cell(outside=True)) for weekday in weekdays])
        for monday, week in sorted(weeks.items())
        if any(weekday in week for weekday in weekdays)
    ]
    paper = _paper(
        sheet,
        template="roster/print/weeks.html",
        file_name=f"lich-truc-{sheet.site.code}-{month:%Y-%m}",
        title=f"LỊCH TRỰC THÁNG {month.month} NĂM {month.year}",
        head=[capfirst(str(WEEKDAYS[weekday])) for weekday in weekdays],
        rows=rows,
        empty="" if rows else "Tháng này điểm không mở cửa ngày nào.",
    )
    days = [_day_row(day, names) for day in sheet.open_days]
    by_week, by_day = _height_of_weeks(rows, len(weekdays)), _height_of_days(days, len(sheet.posts))
    fits = [(Fit("weeks", points), by_week) for points in (12, 11.5, 11, 10.5, 10)]
    fits += [(Fit("weeks", points, "tight"), by_week) for points in (10.5, 10, 9.5, 9)]
    fits += [(Fit("weeks", 9, "packed"), by_week)]
    fits += [
        (Fit("days", points, density, orientation), by_day)
        for points, density in ((11, ""), (10, ""), (10, "tight"), (9.5, "tight"), (9, "tight"), (9, "packed"))
        for orientation in ("landscape", "portrait")
    ]
    _set(paper, fits)
    if paper.fit.layout == "days":
        paper.template = "roster/print/days.html"
        paper.head = ["Ngày", *(post.name for post in sheet.posts)]
        paper.rows = days
        room = _room_for_names(paper.fit, len(sheet.posts))
        for name in (name for _label, cells in days for names in cells for name in names):
            name.breaks = _is_wide(name, room, paper.fit)
    return paper


def week_paper(sheet: Sheet) -> Paper:
    """Posts as rows and the days of the week as columns, with full names."""
    days = [day for day in sheet.days if day.sessions]
    year, week, _day = sheet.first.isocalendar()

    def rows(called):
        lines = [{line.post.pk: _names(line.entries, called) for line in day.lines} for day in days]
        return [(post.name, [line.get(post.pk, []) for line in lines]) for post in sheet.posts]

    full, brief = rows(sheet.full_names()), rows(sheet.short_names())
    paper = _paper(
        sheet,
        template="roster/print/week.html",
        file_name=f"lich-truc-{sheet.site.code}-{year}-W{week:02d}",
        title=f"LỊCH TRỰC TUẦN {week} NĂM {year}",
        head=[(capfirst(weekday_name(day.date)), _label(day)) for day in days],
        rows=full,
        empty="" if days else "Tuần này điểm không mở cửa ngày nào.",
    )
    paper.subtitles[-1] += f", từ ngày {sheet.first:%d/%m} đến ngày {sheet.last:%d/%m/%Y}"
    fits = [(Fit("week", points), _height_of_week(full, len(days))) for points in (13, 12, 11, 10.5, 10)]
    fits += [(Fit("week", points, "tight"), _height_of_week(brief, len(days))) for points in (11, 10, 9.5, 9)]
    fits += [(Fit("runin", points, "packed"), _height_of_week(brief, len(days))) for points in (10, 9.5, 9)]
    _set(paper, fits)
    if paper.fit.density:
        paper.rows = brief
    return paper


def day_paper(sheet: Sheet) -> Paper:
    """Everybody of one day, with room to sign; two lists side by side where one would not fit."""
    day = sheet.days[0]
    full, brief = _rows_to_sign(day, sheet.full_names()), _rows_to_sign(day, sheet.short_names(), short=True)
    half = (len(brief) + 1) // 2
    paper = _paper(
        sheet,
        template="roster/print/day.html",
        file_name=f"lich-truc-{sheet.site.code}-{day.date:%Y-%m-%d}",
        title=f"LỊCH TRỰC {weekday_name(day.date).upper()}, NGÀY {day.date:%d/%m/%Y}",
        head=[],
        rows=[full],
    )
    if not day.sessions:
        reason = f": {day.closed_as}" if day.closed_as else ""
        paper.empty = f"Ngày này điểm không mở cửa{reason}."
    two = [brief[:half], brief[half:]]
    one = _height_to_sign([full])
    fits = [(Fit("sign", points, "", "portrait"), one) for points in (13, 12)]
    fits += [(Fit("sign", points, "tight", "portrait"), one) for points in (12, 11)]
    fits += [(Fit("signtwo", points, "tight", "portrait"), _height_to_sign(two)) for points in (10, 9)]
    fits += [(Fit("signtwo", 9, "packed", "portrait"), _height_to_sign(two))]
    _set(paper, fits)
    if paper.fit.layout == "signtwo":
        paper.rows = two
        letters = ", ".join(f"{SESSION_LETTERS[row.session]}: {row.get_session_display()}" for row in day.sessions)
        paper.legend[0] = f"{letters}. {paper.legend[0]}"
    return paper


def _rows_to_sign(day, names, *, short=False):
    """(post, name, part of the day) for everybody, and a row without a name for everybody missing."""
    words = {row.session: capfirst(str(row.get_session_display())) for row in day.sessions}
    return [
        (
            line.post.code if short else line.post.name,
            names[entry.user.pk] if entry.user else "",
            ", ".join(_letters(entry, day)) if short else _part_of_day(entry, words),
        )
        for line in day.lines
        for entry in line.entries
        for _each in range(max(1, entry.missing))
    ]


def _paper(sheet, **parts):
    settings = settings_of(sheet.site)
    version, dated = _version_and_date(sheet)
    return Paper(
        subtitles=[settings.team_name, f"tại {sheet.site.name}"],
        settings=settings,
        dated=f"{settings.place}, ngày {dated:%d} tháng {dated:%m} năm {dated.year}",
        legend=[*_legend(sheet), *([settings.note] if settings.note else []), version],
        is_draft=sheet.is_draft,
        fit=Fit("", SMALLEST),
        **parts,
    )


def _version_and_date(sheet):
    """“Bản 3, công bố ngày 25/06/2020.” and the date for the head of the sheet."""
    rosters = {roster.month: roster for roster in sheet.rosters}
    said, dates = [], []
    for month in sheet.months:
        roster = rosters.get(month)
        words = "bản nháp, chưa công bố"
        if roster and roster.is_published:
            dates.append(timezone.localdate(roster.published_at))
            words = f"bản {roster.version}, công bố ngày {dates[-1]:%d/%m/%Y}"
        said.append(f"tháng {month:%m/%Y}: {words}" if len(sheet.months) > 1 else words)
    return f"{capfirst('; '.join(said))}.", max(dates) if dates and not sheet.is_draft else timezone.localdate()


def _legend(sheet):
    """What the letters mean, and the hours."""
    hours = [f"{row.get_session_display()} {_clock(row.starts_at)} đến {_clock(row.ends_at)}" for row in sheet.hours]
    if len(hours) > 1 and sheet.first != sheet.last:
        letters = [SESSION_LETTERS[row.session] for row in sheet.hours]
        marked = ", ".join(f"{letter}: {words}" for letter, words in zip(letters, hours, strict=True))
        hours = [f"không ghi gì là trực cả ngày; {marked}"]
    lines = [f"{capfirst(', '.join(hours))}."] if hours else []
    posts = _posts_explained(sheet.posts)
    return [*lines, posts] if posts and sheet.first != sheet.last else lines


def _clock(time):
    """07 giờ 30, 17 giờ"""
    return f"{time:%H} giờ {time:%M}" if time.minute else f"{time:%H} giờ"


def _posts_explained(posts):
    """T1, T2, T3: tầng 1, 2, 3."""
    named = [post for post in posts if post.code != post.name]
    if not named:
        return ""
    words = [post.name.rsplit(" ", 1) for post in named]
    if len(named) > 1 and all(len(parts) == 2 and parts[0] == words[0][0] for parts in words):
        codes, ends = ", ".join(post.code for post in named), ", ".join(parts[1] for parts in words)
        return f"{codes}: {words[0][0].lower()} {ends}."
    return ", ".join(f"{post.code}: {post.name}" for post in named) + "."


def _names(entries: list[Entry], names):
    return [
        Name(names[entry.user.pk], entry.letters)
        if entry.user
        else Name("còn thiếu" if entry.missing == 1 else f"còn thiếu {entry.missing}", entry.letters, is_hole=True)
        for entry in entries
    ]


def _label(day):
    """02/11, and the session where the day has only one."""
    only = f" {day.sessions[0].get_session_display()}" if len(day.sessions) == 1 else ""
    return f"{day.date:%d/%m}{only}"


def _cell(day, names):
    if not day.sessions:
        return Cell(f"{day.date:%d/%m}", closed_as=day.closed_as or "Không mở cửa")
    if day.hidden:
        return Cell(_label(day), closed_as="Chưa công bố")
    return Cell(_label(day), [(line.post.code, _names(line.entries, names)) for line in day.lines])


def _day_row(day, names):
    label = f"{capfirst(weekday_name(day.date))} {_label(day)}"
    return label, [_names(line.entries, names) for line in day.lines]


def _letters(entry, day):
    return [SESSION_LETTERS[code] for code in entry.sessions or day.session_codes]


def _part_of_day(entry, words):
    if not entry.sessions:
        return "Cả ngày" if len(words) > 1 else next(iter(words.values()))
    return ", ".join(words[code] for code in entry.sessions)


# Room on the sheet


def _set(paper, fits):
    """Set the paper in the first way that leaves everything on one sheet; in the last when none does."""
    for fit, height in fits:
        paper.fit = fit
        if _around(paper) + height(fit) <= PAGE[fit.orientation][1]:
            return
    paper.overflows = True


def _around(paper):
    """Millimetres that the head and the foot take."""
    fit, settings = paper.fit, paper.settings
    letter = line_height(12)
    head = letter * max(len(settings.issuer_lines) + 0.8 + bool(settings.number), 2 + 1.3 * paper.is_draft) + 1
    subtitle = letter * sum(lines_of(line, fit.width, 12) for line in paper.shown_subtitles)
    title = line_height(14) + subtitle + (1.5 if fit.density else 6)
    legend_lines = sum(lines_of(line, fit.width * 0.57, 10) for line in paper.legend)
    sign_lines = lines_of(settings.signed_for, fit.width * 0.43, 12 * BOLD) + bool(settings.signer_title) + 1
    sign = letter * sign_lines + (8 if fit.density else 13)
    return head + title + max(legend_lines * line_height(10), sign) + (1.5 if fit.density else 2.5)


def _height_of_weeks(rows, columns):
    def height(fit):
        room = (fit.width - WEEK_COLUMN) / max(columns, 1) - fit.sides
        em = line_height(fit.points, 1)

        def lines(cell):
            posts = (
                lines_of(_joined(names), room - max(LABEL, (width_of(code) + 30) / 100) * em, fit.points)
                for code, names in cell.lines
            )
            return 1 + sum(posts) + (lines_of(cell.closed_as, room, fit.points) if cell.closed_as else 0)

        return fit.line + fit.ends + sum(max(map(lines, cells)) * fit.line + fit.ends for _week, cells in rows)

    return height


def _height_of_days(rows, columns):
    def height(fit):
        room = _room_for_names(fit, columns)

        def said(name):
            return str(name) if _is_wide(name, room, fit) else _joined([name])

        def lines(label, cells):
            names = [lines_of(", ".join(map(said, names)), room, fit.points) for names in cells]
            return max([lines_of(label, DATE_COLUMN[fit.orientation] - fit.sides, fit.points * BOLD), *names])

        return fit.line + fit.ends + sum(lines(label, cells) * fit.line + fit.ends for label, cells in rows)

    return height


def _room_for_names(fit, columns):
    return (fit.width - DATE_COLUMN[fit.orientation]) / max(columns, 1) - fit.sides


def _is_wide(name, room, fit):
    """Whether the name is wider than its column, so that it is broken between its words."""
    return lines_of(f"{_joined([name])},", room, fit.points) > 1


def _height_of_week(rows, columns):
    def height(fit):
        room = (fit.width - POST_COLUMN) / max(columns, 1) - fit.sides

        def lines(names):
            if fit.layout == "runin":
                return lines_of(_joined(names), room, fit.points)
            return sum(lines_of(str(name), room, fit.points) for name in names)

        def row(post, cells):
            named = lines_of(post, POST_COLUMN - fit.sides, fit.points * BOLD)
            return max([named, *map(lines, cells)]) * fit.line + fit.ends

        return 2 * fit.line + fit.ends + sum(row(post, cells) for post, cells in rows)

    return height


def _height_to_sign(blocks):
    def height(fit):
        def row(name):
            lines = lines_of(name, SIGNED_NAME[len(blocks)], fit.points)
            return max(ROW_TO_SIGN[fit.density], lines * fit.line + 0.8) + RULE

        return 2 * fit.line + 1.1 + max(sum(row(name) for _post, name, _part in rows) for rows in blocks)

    return height


def _joined(names):
    return ", ".join(str(name).replace(" ", NO_BREAK) for name in names)
