"""Who came to their duty: marks that can be corrected and undone, and the figures counted from them.

A mark locks its assignment alone, so that a whole floor can be marked at once; who gives a duty up or exchanges it
locks the roster first, then the assignment.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.models import Assignment, Attendance, AttendanceMark, Roster, SiteSession, User
from shifts.outreach.sessions import part_of
from shifts.roster.on_duty import OPENS_MINUTES_BEFORE, duties_of_day

State = Attendance.State
LATE_AFTER_MINUTES = 10
LONGEST_NOTE = 120


class AttendanceRefused(Exception):
    """A mark that cannot be made; its text is a sentence for the person who asked."""


class MarkedMeanwhile(AttendanceRefused):
    """Somebody else marked the duty after what was to be undone."""


@dataclass(frozen=True)
class Hours:
    """When a duty begins and ends, on its day."""

    starts: datetime.datetime
    ends: datetime.datetime

    @property
    def late_from(self):
        """Who arrives in this minute or after it is late; clocks here show minutes, so seconds do not decide."""
        return self.starts + datetime.timedelta(minutes=LATE_AFTER_MINUTES + 1)

    @property
    def opens(self):
        """From this moment a person can say that they are here."""
        return self.starts - datetime.timedelta(minutes=OPENS_MINUTES_BEFORE)

    def minutes(self, arrived_at, left_at=None) -> int:
        """Minutes served inside the hours; a duty that nobody left is served to its end."""
        begin, end = max(arrived_at, self.starts), min(left_at or self.ends, self.ends)
        return max(0, int((end - begin).total_seconds() // 60))


def hours_on(date: datetime.date, starts_at: datetime.time, ends_at: datetime.time) -> Hours:
    """Return these times of that date as moments."""
    zone = timezone.get_current_timezone()
    return Hours(datetime.datetime.combine(date, starts_at, zone), datetime.datetime.combine(date, ends_at, zone))


def hours_of(assignment: Assignment) -> Hours:
    """Return the hours of a duty: of its event, or of its session at the site; raise AttendanceRefused without any."""
    event = assignment.event
    if event is not None:
        return hours_on(assignment.date, *part_of(assignment.session, event.starts_at, event.ends_at))
    held = SiteSession.objects.filter(site=assignment.roster.site_id, session=assignment.session).first()
    if held is None:
        raise AttendanceRefused(_("Điểm không còn giờ trực cho buổi này. Thêm giờ trực rồi điểm danh."))
    return hours_on(assignment.date, held.starts_at, held.ends_at)


@transaction.atomic
def mark(
    *,
    assignment: Assignment,
    state: str,
    by: User | None,
    at: datetime.datetime | None = None,
    arrived_at: datetime.datetime | None = None,
    left_at: datetime.datetime | None = None,
    note: str | None = None,
) -> Attendance:
    """Say how a duty is attended, and return its attendance; the mark is kept, so that it can be undone.

    `at` is now; `arrived_at` is when the person came: when not given, what was known before, else now while the
    session runs, else its start. "Present" becomes "late" by itself for who came more than LATE_AFTER_MINUTES after the
    start; "late" stays as said. A state in which nobody came forgets the times. Marking what is marked already changes
    nothing. Raises AttendanceRefused for a duty that is cancelled, not announced or still to come, and for times that
    cannot be.
    """
    assignment, at = _locked(assignment), at or timezone.now()
    hours = hours_of(assignment)
    if state not in State.values:
        raise AttendanceRefused(_("Không có trạng thái điểm danh này."))
    if assignment.date > timezone.localdate(at):
        raise AttendanceRefused(_("Ca này chưa đến ngày, chưa điểm danh được."))
    attendance = Attendance.objects.filter(assignment=assignment).first() or Attendance(assignment=assignment)
    before = _content(attendance)
    if state in Attendance.CAME:
        _fill_times(attendance, hours, state, at, arrived_at, left_at)
    else:
        attendance.arrived_at, attendance.left_at, attendance.minutes = None, None, 0
    attendance.state = _state_by_time(state, attendance.arrived_at, hours)
    if note is not None:
        attendance.note = _read_note(note)
    if attendance.pk and _content(attendance) == before:
        return attendance
    attendance.save()
    _remember(attendance, by, at)
    return attendance


def _locked(assignment):
    """The assignment as it is now, its row locked: of two marks at once one waits for the other."""
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("roster", "event")
    row = rows.get(pk=assignment.pk)
    if row.state != Assignment.State.ACTIVE:
        raise AttendanceRefused(_("Ca này đã hủy, không điểm danh được. Tải lại trang để xem lịch mới."))
    if row.roster is not None and row.roster.state != Roster.State.PUBLISHED:
        raise AttendanceRefused(_("Lịch trực này chưa công bố, nên chưa điểm danh được."))
    return row


def _content(attendance):
    return attendance.state, attendance.arrived_at, attendance.left_at, attendance.note


def _fill_times(attendance, hours, state, at, arrived_at, left_at):
    """Set when the person came and went, and the minutes between."""
    arrived = arrived_at or attendance.arrived_at or _came_at(hours, state, at)
    left = None
    if state == State.LEFT:
        left = left_at or attendance.left_at or max(min(at, hours.ends), arrived)
    for moment in filter(None, (arrived, left)):
        if timezone.localdate(moment) != timezone.localdate(hours.starts):
            raise AttendanceRefused(_("Giờ đến và giờ về phải trong ngày của ca trực."))
        if moment > max(at, hours.starts):
            raise AttendanceRefused(_("Giờ này chưa đến. Ghi giờ từ bây giờ trở về trước."))
    if arrived > hours.ends:
        raise AttendanceRefused(_("Giờ đến phải trước khi hết ca, {time}.").format(time=_clock(hours.ends)))
    if left and left < arrived:
        raise AttendanceRefused(_("Giờ về phải sau giờ đến, {time}.").format(time=_clock(arrived)))
    attendance.arrived_at, attendance.left_at = arrived, left
    attendance.minutes = hours.minutes(arrived, left)


def _came_at(hours, state, at):
    """When somebody came of whom only that is said: now, if it can be; afterwards, the start (late: just late)."""
    if hours.opens <= at <= hours.ends:
        return at
    return hours.late_from if state == State.LATE else hours.starts


def _state_by_time(state, arrived_at, hours):
    """Who came after the grace is late, whichever button was pressed."""
    return State.LATE if state == State.PRESENT and arrived_at >= hours.late_from else State(state)


def _read_note(note):
    note = " ".join(note.replace("\x00", "").split())
    if len(note) > LONGEST_NOTE:
        raise AttendanceRefused(_("Ghi chú dài quá {most} chữ. Hãy rút ngắn.").format(most=LONGEST_NOTE))
    return note


def _remember(attendance, by, at):
    AttendanceMark.objects.create(
        attendance=attendance,
        state=attendance.state,
        arrived_at=attendance.arrived_at,
        left_at=attendance.left_at,
        note=attendance.note,
        made_by=by,
        made_at=at,
    )


def last_mark(attendance: Attendance) -> AttendanceMark | None:
    """The mark that holds now, or None while nobody marked or all was undone."""
    return attendance.marks.filter(undone_at=None).order_by("-pk").first()


@transaction.atomic
def undo_mark(
    *, attendance: Attendance, by: User | None, mark: AttendanceMark | None = None, at: datetime.datetime | None = None
) -> Attendance:
    """Take the latest mark back, so that the one before it holds again, and return the attendance.

    With `mark`, only that one is undone: raises MarkedMeanwhile when another came after it. The mark stays in the
    history. Raises AttendanceRefused when nothing is left to undo or the duty was cancelled. `by` is who undoes.
    """
    assignment, at = _locked(attendance.assignment), at or timezone.now()
    attendance = Attendance.objects.get(pk=attendance.pk)
    latest = last_mark(attendance)
    if latest is None or (mark is not None and mark.undone_at is not None):
        raise AttendanceRefused(_("Lần điểm danh này đã được hoàn tác rồi."))
    if mark is not None and mark.pk != latest.pk:
        raise MarkedMeanwhile(_("Ca này vừa được điểm danh lại, nên không hoàn tác lần trước nữa."))
    AttendanceMark.objects.filter(pk=latest.pk).update(undone_at=at)
    previous = last_mark(attendance) or AttendanceMark(state=State.EXPECTED)
    for name in ("state", "arrived_at", "left_at", "note"):
        setattr(attendance, name, getattr(previous, name))
    came = attendance.state in Attendance.CAME
    attendance.minutes = hours_of(assignment).minutes(attendance.arrived_at, attendance.left_at) if came else 0
    attendance.save()
    return attendance


def check_in(*, user: User, at: datetime.datetime | None = None) -> Attendance:
    """The person says that they are here; return the attendance of the duty that runs now or is about to begin.

    One tap, one session: whoever serves a whole day says so again after noon, since being there in the morning says
    nothing about the afternoon; the leader can do it for them. Raises AttendanceRefused, with the next time it can be
    done, outside OPENS_MINUTES_BEFORE the start to the end of an announced duty of this person.
    """
    at = at or timezone.now()
    duty = _own_duty(user, at)
    return mark(assignment=Assignment(pk=duty.assignment), state=State.PRESENT, by=user, at=at)


def check_out(*, user: User, at: datetime.datetime | None = None) -> Attendance:
    """The person says that they go; raises AttendanceRefused unless they are marked as here in a duty that runs."""
    at = at or timezone.now()
    duty = _own_duty(user, at)
    if duty.state not in (State.PRESENT, State.LATE):
        raise AttendanceRefused(_("Bạn chưa báo có mặt trong ca này."))
    return mark(assignment=Assignment(pk=duty.assignment), state=State.LEFT, by=user, at=at)


def _own_duty(user, at):
    """The announced duty of the person in which they can check in at that moment."""
    volunteer, local = getattr(user, "volunteer", None), timezone.localtime(at)
    duties = duties_of_day(volunteer.pk, local.date()).duties if volunteer else []
    open_now = [duty for duty in duties if duty.takes_check_in(local.time())]
    if open_now:
        return open_now[0]
    ahead = next((duty for duty in duties if local.time() < duty.starts_at), None)
    if ahead:
        opens = hours_on(local.date(), ahead.starts_at, ahead.ends_at).opens
        raise AttendanceRefused(
            _("Ca của bạn bắt đầu {start}, báo có mặt được từ {time}.").format(
                start=f"{ahead.starts_at:%H:%M}", time=_clock(opens)
            )
        )
    if duties:
        raise AttendanceRefused(_("Ca của bạn hôm nay đã hết giờ. Nhờ đội trưởng điểm danh giúp."))
    raise AttendanceRefused(_("Hôm nay bạn không có ca trực nào."))


def _clock(moment):
    return f"{timezone.localtime(moment):%H:%M}"


# What attendance counts

GROUPS = {
    "volunteer": F("assignment__volunteer"),
    "team": F("team"),
    "unit": F("unit"),
    "site": F("assignment__roster__site"),
    "post": F("assignment__post"),
    "date": F("assignment__date"),
    "session": F("assignment__session"),
    "state": F("state"),
}


@dataclass(frozen=True)
class Served:
    """Duties (sessions) that were attended, and the minutes served in them."""

    duties: int = 0
    minutes: int = 0

    @property
    def hours(self) -> float:
        """Hours to one decimal, whole ones without; sums are made of minutes, so that they do not drift."""
        hours = round(self.minutes / 60, 1)
        return int(hours) if hours == int(hours) else hours


def attended(
    first: datetime.date,
    last: datetime.date,
    *,
    units: Iterable | None = None,
    teams: Iterable | None = None,
    sites: Iterable | None = None,
    volunteers: Iterable | None = None,
):
    """Return the attendance rows that count as served from first to last, both included; a queryset.

    Served is a duty in force to which the person came: present, late, or left since. Absent, excused and cancelled
    duties are not. Events count like rosters. Units and teams are those of the person on that day, as stamped; sites
    leave events out.
    """
    rows = Attendance.objects.filter(
        state__in=Attendance.CAME,
        assignment__state=Assignment.State.ACTIVE,
        assignment__date__range=(first, last),
    )
    for path, chosen in [
        ("unit__in", units),
        ("team__in", teams),
        ("assignment__roster__site__in", sites),
        ("assignment__volunteer__in", volunteers),
    ]:
        if chosen is not None:
            rows = rows.filter(**{path: chosen})
    return rows


def served(first: datetime.date, last: datetime.date, *, by: tuple[str, ...] = (), **among):
    """Return what was served from first to last: the figures `duties` and `hours`. One query.

    `among` narrows it as `attended` says (units, teams, sites, volunteers). Without `by` one Served; with names of
    GROUPS a dictionary from their keys (a tuple when several) to Served, those who served nothing left out.
    """
    rows = attended(first, last, **among)
    sums = {"duties": Count("pk"), "minutes": Sum("minutes", default=0)}
    if not by:
        return Served(**rows.aggregate(**sums))
    names = {f"by_{name}": GROUPS[name] for name in by}
    found = rows.order_by().values(**names).annotate(**sums)
    keys = [tuple(row[name] for name in names) for row in found]
    values = [Served(row["duties"], row["minutes"]) for row in found]
    return dict(zip(keys if len(by) > 1 else [key for (key,) in keys], values, strict=True))


def served_in(periods: dict[str, tuple[datetime.date, datetime.date]], **among) -> dict[str, Served]:
    """Like `served`, for several named periods (first, last) at once; one query."""
    rows = attended(
        min(first for first, _last in periods.values()), max(last for _first, last in periods.values()), **among
    )
    sums = {}
    for name, days in periods.items():
        within = Q(assignment__date__range=days)
        sums[f"{name}_duties"] = Count("pk", filter=within)
        sums[f"{name}_minutes"] = Sum("minutes", filter=within, default=0)
    found = rows.aggregate(**sums)
    return {name: Served(found[f"{name}_duties"], found[f"{name}_minutes"]) for name in periods}
