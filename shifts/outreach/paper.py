"""An event on one sheet of A4 and as text for a chat. Always Vietnamese, as others read it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import capfirst

from shifts.dates import day_name
from shifts.models import OutreachEvent, OutreachMaterial, PaperSettings, Unit, Volunteer
from shifts.roster.names import short_names
from shifts.roster.paper.papers import settings_of

# What is counted at the venue, with a column for each audience where it is told apart.
AUDIENCES = ["Người dân", "Đoàn viên, thanh niên", "Doanh nghiệp, tổ chức"]
BY_AUDIENCE = ["Được hướng dẫn"]
ALTOGETHER = [
    "Được tuyên truyền", "Mở, kích hoạt tài khoản", "Đã có tài khoản", "Tờ rơi đã phát", "Hồ sơ một phần",
    "Hồ sơ toàn trình",
]  # fmt: skip
BLANK_THINGS = 2
SIZES = [(30, 120), (36, 110), (42, 100)]  # lines of the sheet up to which type of this size fits, in tenths of a point
SMALLEST = 90
LETTERS_A_LINE = 80


@dataclass
class EventPaper:
    """The sheet of one event, ready to be printed."""

    event: OutreachEvent
    host: str
    people: list[Volunteer]
    things: list[OutreachMaterial]
    shows_contact: bool
    settings: PaperSettings

    @property
    def title(self):
        return "KẾ HOẠCH HOẠT ĐỘNG THỨ BẢY TÌNH NGUYỆN" if self.event.date.weekday() == 5 else "KẾ HOẠCH HOẠT ĐỘNG"

    @property
    def file_name(self):
        return f"hoat-dong-{self.event.date:%Y-%m-%d}-{self.event.pk}"

    @property
    def dated(self):
        today = timezone.localdate()
        return f"{self.settings.place}, ngày {today:%d} tháng {today:%m} năm {today.year}"

    @property
    def when(self):
        event = self.event
        return f"{capfirst(day_name(event.date))}/{event.date.year}, {event.starts_at:%H:%M} đến {event.ends_at:%H:%M}"

    @property
    def contact(self):
        if not self.shows_contact:
            return ""
        return ", ".join(filter(None, [self.event.contact_name, self.event.contact_phone]))

    @property
    def blank_things(self):
        return range(BLANK_THINGS)

    audiences, by_audience, altogether = AUDIENCES, BY_AUDIENCE, ALTOGETHER

    @property
    def classes(self):
        """The size of type, so that all of it stands on one sheet."""
        lines = len(self.event.aims) // LETTERS_A_LINE + self.event.aims.count("\n")
        lines += (len(self.people) + 1) // 2 + len(self.things) + 18
        size = next((size for most, size in SIZES if lines <= most), SMALLEST)
        return f"paper-portrait paper-event paper-s{size}{' paper-tight' if size == SMALLEST else ''}"


def paper_of(event: OutreachEvent, *, host: str, people, things, shows_contact: bool) -> EventPaper:
    return EventPaper(event, host, list(people), list(things), shows_contact, _settings(event))


def _settings(event):
    """The head of the team's own site, or one made of the name of the unit."""
    site = event.team.home_site
    if site is not None and site.unit_id == event.unit_id:
        return settings_of(site)
    unit = event.unit
    name = unit.name
    if name.lower().startswith(f"{unit.kind.lower()} "):
        name = name[len(unit.kind) + 1 :]
    body = f"{'TỈNH ĐOÀN' if unit.level == Unit.Level.PROVINCE else 'ĐOÀN'} {name.upper()}"
    return PaperSettings(issuer=body, place=name, signed_for=f"TM. {body}")


def event_text(paper: EventPaper) -> str:
    """One event to paste into a chat."""
    event = paper.event
    state = "" if event.is_announced else f" ({event.get_state_display()})"
    lines = [f"{capfirst(day_name(event.date))}/{event.date.year}{state}"]
    lines.append(f"{event.starts_at:%H:%M} đến {event.ends_at:%H:%M}, {event.venue}")
    lines.append(f"Địa bàn: {paper.host}")
    if event.is_cancelled:
        return "\n".join([*lines, f"Lý do hủy: {event.cancel_reason}"])
    if paper.people:
        names = short_names([person.user for person in paper.people])
        lines.append(f"Người đi ({len(paper.people)}): {', '.join(names[person.user_id] for person in paper.people)}")
    if paper.contact:
        lines.append(f"Đầu mối: {paper.contact}")
    if event.aims:
        lines.append(f"Mục tiêu: {' '.join(event.aims.split())}")
    if paper.things:
        lines.append("Mang theo: " + ", ".join(f"{thing.name} ({thing.taken_out})" for thing in paper.things))
    return "\n".join(lines)


def month_text(month, rows: Iterable[tuple[OutreachEvent, str, list[Volunteer]]]) -> str:
    """The month's plan to paste into a chat: (event, host, people) in order of time, cancelled ones left out."""
    lines = [f"Hoạt động Thứ Bảy tình nguyện tháng {month:%m/%Y}"]
    for event, host, people in rows:
        state = " (dự kiến)" if event.state == OutreachEvent.State.PLANNED else ""
        lines.append("")
        lines.append(f"{capfirst(day_name(event.date))}, {event.starts_at:%H:%M} đến {event.ends_at:%H:%M}{state}")
        lines.append(f"{event.venue} ({host}); {event.team}")
        if people:
            names = short_names([person.user for person in people])
            lines.append(f"Người đi: {', '.join(names[person.user_id] for person in people)}")
    if len(lines) == 1:
        lines.append("Chưa có hoạt động nào.")
    return "\n".join(lines)
