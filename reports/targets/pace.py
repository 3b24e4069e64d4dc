"""How fast a target has to move, and where it will end if it goes on as lately. Arithmetic alone: asks no database."""

import datetime
import math
import statistics
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports.targets.words import grouped
from shifts.dates import monday_of

FOUR_OF_FIVE = 1.2816  # how many deviations from the middle of a normal curve hold four of five cases
Daily = dict[datetime.date, int]


@dataclass(frozen=True)
class Block:
    """A day, week or month that is over: the open days in it, and what came."""

    first: datetime.date
    last: datetime.date
    open_days: int
    value: int


@dataclass(frozen=True)
class Grain:
    """How finely a series can be read: what is told once a week cannot be read by the day."""

    name: str
    used: int  # as many of the latest blocks are used
    needed: int  # with fewer nothing is said

    def block_of(self, date: datetime.date) -> tuple[datetime.date, datetime.date]:
        """First and last day of the block in which the date lies."""
        if self is WEEKS:
            monday = monday_of(date)
            return monday, monday + datetime.timedelta(days=6)
        if self is MONTHS:
            first = date.replace(day=1)
            return first, next_month(first) - datetime.timedelta(days=1)
        return date, date

    def counted(self, n: int) -> str:
        """8 tuần"""
        if self is WEEKS:
            return ngettext("{n} tuần", "{n} tuần", n).format(n=grouped(n))
        if self is MONTHS:
            return ngettext("{n} tháng", "{n} tháng", n).format(n=grouped(n))
        return ngettext("{n} ngày mở cửa", "{n} ngày mở cửa", n).format(n=grouped(n))


DAYS, WEEKS, MONTHS = Grain("day", 20, 10), Grain("week", 8, 4), Grain("month", 6, 3)


@dataclass(frozen=True)
class Forecast:
    """What the period will come to: the middle, and the bounds that hold four of five cases."""

    low: int
    mid: int
    high: int


def next_month(first: datetime.date) -> datetime.date:
    return (first + datetime.timedelta(days=32)).replace(day=1)


def months_between(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """The first days of the calendar months that have a day in the period."""
    months = [first.replace(day=1)]
    while next_month(months[-1]) <= last:
        months.append(next_month(months[-1]))
    return months


class OpenDays:
    """The open days of a scope in order."""

    def __init__(self, days: Sequence[datetime.date]):
        self.days = list(days)

    def between(self, first: datetime.date, last: datetime.date) -> int:
        """How many open days from first to last, both included."""
        return max(0, self.up_to(last) - self.up_to(first - datetime.timedelta(days=1)))

    def up_to(self, date: datetime.date) -> int:
        return bisect_right(self.days, date)

    def holding(self, date: datetime.date) -> datetime.date | None:
        """The open day to which a closed one is added: itself, the one before, else the first."""
        if not self.days:
            return None
        return self.days[max(0, self.up_to(date) - 1)]


def finished_blocks(
    daily: Daily, open_days: OpenDays, grain: Grain, *, first: datetime.date, before: datetime.date
) -> list[Block]:
    """The whole blocks from `first` on that ended before a date and had open days, oldest first.

    A block cut by the beginning of the period is left out: it would look slow.
    """
    sums: dict[datetime.date, list] = {}
    for day in open_days.days:
        if first <= day < before:
            begin, end = grain.block_of(day)
            if begin >= first and end < before:
                sums.setdefault(begin, [end, 0, 0])[1] += 1
    for date, value in daily.items():
        # Saturday's work belongs to the open day before it when days are compared; to its own week or month otherwise.
        day = open_days.holding(date) if grain is DAYS else date
        begin = grain.block_of(day)[0] if day else None
        if begin in sums:
            sums[begin][2] += value
    return [Block(begin, end, days, value) for begin, (end, days, value) in sorted(sums.items())]


def foresee(
    daily: Daily, open_days: OpenDays, grain: Grain, *, first: datetime.date, last: datetime.date, on: datetime.date
) -> tuple[Forecast | None, str]:
    """Return what the period will come to, as told on a date, and in a sentence how that was found or why not.

    The mean of the latest blocks, times the open days that are left. The bounds allow for chance in the days to come
    and for the mean being known from few blocks only: z · s · sqrt(m · R + R² / n), for n blocks of m open days, the
    deviation s of their daily means, and R open days left.
    """
    done = sum(value for date, value in daily.items() if date <= on)
    if on >= last:
        return None, _("Kỳ đã kết thúc, không còn gì để dự báo.")
    blocks = finished_blocks(daily, open_days, grain, first=first, before=on)
    if len(blocks) < grain.needed:
        return None, _("Chưa đủ số liệu để dự báo: mới có {have} trọn vẹn, cần ít nhất {needed}.").format(
            have=grain.counted(len(blocks)), needed=grain.counted(grain.needed)
        )
    blocks = blocks[-grain.used :]
    if not any(block.value for block in blocks):
        return None, _("Chưa dự báo được: {blocks} gần nhất chưa có số liệu nào.").format(
            blocks=grain.counted(len(blocks))
        )
    # What stands in blocks that are not over yet comes again in the days that are left, so the count starts with them.
    counted_to = blocks[-1].last if grain is not DAYS else on
    base = sum(value for date, value in daily.items() if date <= counted_to)
    left = open_days.between(counted_to + datetime.timedelta(days=1), last)
    n, size = len(blocks), sum(block.open_days for block in blocks) / len(blocks)
    mean = sum(block.value for block in blocks) / sum(block.open_days for block in blocks)
    deviation = statistics.stdev(block.value / block.open_days for block in blocks)
    reach = FOUR_OF_FIVE * deviation * math.sqrt(size * left + left * left / n)
    mid = base + mean * left
    forecast = Forecast(*(max(done, round(value)) for value in (mid - reach, mid, mid + reach)))
    if grain is MONTHS:
        words = _("Trung bình {blocks} gần nhất là {mean} mỗi tháng, giữ cho {left} ngày mở cửa còn lại;")
        mean = sum(block.value for block in blocks) / n
    else:
        words = _("Trung bình {blocks} gần nhất là {mean} mỗi ngày mở cửa, giữ cho {left} ngày còn lại;")
    sure = _("khoảng dự báo chứa 4 trong 5 trường hợp nếu nhịp không đổi.")
    return forecast, f"{words.format(blocks=grain.counted(n), mean=grouped(mean), left=grouped(left))} {sure}"


def needed_per_day(missing: int, days: int) -> float | None:
    """What each open day has to bring, rounded up: whole from ten on, below to one place; None when no day is left."""
    if missing <= 0:
        return 0
    if days <= 0:
        return None
    exact = missing / days
    # The tiny step takes back what binary fractions add: 0.3 / 0.1 is not above 3.
    return math.ceil(exact - 1e-9) if exact >= 10 else math.ceil(exact * 10 - 1e-9) / 10


def lateness(done: int, expected: float) -> int:
    """By how many percent the count is behind the pace; at least 1 where it is behind at all."""
    if expected <= 0 or done >= math.floor(expected):
        return 0
    return max(1, round(100 * (1 - done / expected)))
