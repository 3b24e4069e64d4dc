"""The periods that people choose: this week, month, quarter, year; and how long one may be."""

import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from assistance.periods import EARLIEST_YEAR, LATEST_YEAR
from shifts.dates import monday_of

LONGEST_YEARS = 20
__all__ = ["EARLIEST_YEAR", "LATEST_YEAR", "LONGEST_YEARS", "Span", "is_too_long", "spans_of", "title_of"]


class Span(NamedTuple):
    """A period with a name, both days included."""

    code: str
    name: str
    first: datetime.date
    last: datetime.date


def is_too_long(first: datetime.date, last: datetime.date) -> bool:
    return (last.year - first.year, (last.month, last.day)) >= (LONGEST_YEARS, (first.month, first.day))


def end_of_months(first: datetime.date, months: int) -> datetime.date:
    """The last day of so many months, the first of which begins on this day."""
    at = first.month - 1 + months
    return datetime.date(first.year + at // 12, at % 12 + 1, 1) - datetime.timedelta(days=1)


def spans_of(today: datetime.date) -> list[Span]:
    """The week, month, quarter and year that hold today."""
    monday, month = monday_of(today), today.replace(day=1)
    quarter, year = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), today.replace(month=1, day=1)
    return [
        Span("week", _("Tuần"), monday, monday + datetime.timedelta(days=6)),
        Span("month", _("Tháng"), month, end_of_months(month, 1)),
        Span("quarter", _("Quý"), quarter, end_of_months(quarter, 3)),
        Span("year", _("Năm"), year, end_of_months(year, 12)),
    ]


def title_of(first: datetime.date, last: datetime.date) -> str:
    """A period in words: "tháng 11/2026", "năm 2026", "từ 24/02/2020 đến 31/12/2020"."""
    if first == last:
        return _("ngày {date}").format(date=f"{first:%d/%m/%Y}")
    if (first.day, last) == (1, end_of_months(first, 1)):
        return _("tháng {month}").format(month=f"{first:%m/%Y}")
    if (first.day, first.month % 3, last) == (1, 1, end_of_months(first, 3)):
        return _("quý {quarter}/{year}").format(quarter=first.month // 3 + 1, year=first.year)
    if (first.day, first.month, last) == (1, 1, end_of_months(first, 12)):
        return _("năm {year}").format(year=first.year)
    return _("từ {first} đến {last}").format(first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
