"""“Giờ và ca của tôi”: what one person served, by month, from attendance."""

import datetime
from dataclasses import dataclass, field

from django.db.models import Count, Max, Min, Sum
from django.utils import timezone

from shifts.attendance import attended
from shifts.models import Assignment, Attendance, Volunteer

State = Attendance.State


@dataclass
class MonthRecord:
    """One month: the dates served, sessions and minutes, and what was not attended."""

    month: datetime.date
    dates: list[datetime.date] = field(default_factory=list)
    sessions: int = 0
    minutes: int = 0
    absent: int = 0
    excused: int = 0
    unmarked: int = 0

    @property
    def days(self):
        return len(self.dates)

    @property
    def hours(self):
        return self.minutes / 60


@dataclass
class YearRecord:
    """The months of a year with a duty, in order, and their sums."""

    year: int
    months: list[MonthRecord]

    def _sum(self, name):
        return sum(getattr(month, name) for month in self.months)

    days = property(lambda self: self._sum("days"))
    sessions = property(lambda self: self._sum("sessions"))
    minutes = property(lambda self: self._sum("minutes"))
    absent = property(lambda self: self._sum("absent"))
    excused = property(lambda self: self._sum("excused"))
    unmarked = property(lambda self: self._sum("unmarked"))
    hours = property(lambda self: self.minutes / 60)


def record_of(volunteer: Volunteer, year: int, at: datetime.datetime | None = None) -> YearRecord:
    """What this person served in a year, up to today: one query."""
    first, last = datetime.date(year, 1, 1), min(datetime.date(year, 12, 31), timezone.localdate(at))
    rows = Assignment.objects.announced().filter(volunteer=volunteer).between(first, last)
    months = {}
    for date, state, minutes in rows.order_by("date", "pk").values_list(
        "date", "attendance__state", "attendance__minutes"
    ):
        month = months.setdefault(date.month, MonthRecord(date.replace(day=1)))
        _count(month, date, state, minutes)
    return YearRecord(year, list(months.values()))


def _count(month, date, state, minutes):
    if state in Attendance.CAME:
        month.sessions += 1
        month.minutes += minutes
        if date not in month.dates:
            month.dates.append(date)
    elif state == State.ABSENT:
        month.absent += 1
    elif state == State.EXCUSED:
        month.excused += 1
    else:
        month.unmarked += 1


def year_so_far(volunteer: Volunteer, at: datetime.datetime | None = None) -> tuple[int, float]:
    """Days and hours served this year: one query."""
    today = timezone.localdate(at)
    rows = attended(today.replace(month=1, day=1), today, volunteers=[volunteer])
    served = rows.aggregate(days=Count("assignment__date", distinct=True), minutes=Sum("minutes"))
    return served["days"], (served["minutes"] or 0) / 60


def years_of(volunteer: Volunteer, at: datetime.datetime | None = None) -> list[int]:
    """Years with a duty, and this one; the latest first."""
    today = timezone.localdate(at)
    span = Assignment.objects.announced().filter(volunteer=volunteer, date__lte=today)
    ends = span.aggregate(first=Min("date"), last=Max("date"))
    first = ends["first"].year if ends["first"] else today.year
    return list(range(today.year, min(first, today.year) - 1, -1))
