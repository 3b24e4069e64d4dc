"""Months, weeks and days in addresses: 2026-11, 2026-W48 and 2026-11-24."""

import datetime


class MonthConverter:
    """2026-11 as the first day of that month."""

    regex = r"[0-9]{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value):
        year, month = value.split("-")
        return datetime.date(int(year), int(month), 1)

    def to_url(self, value):
        return value if isinstance(value, str) else value.isoformat()[:7]


class WeekConverter:
    """2026-W48 as the Monday of that ISO week."""

    regex = r"[0-9]{4}-W(?:0[1-9]|[1-4][0-9]|5[0-3])"

    def to_python(self, value):
        year, week = value.split("-W")
        return datetime.date.fromisocalendar(int(year), int(week), 1)

    def to_url(self, value):
        if isinstance(value, str):
            return value
        year, week, _day = value.isocalendar()
        return f"{year:04d}-W{week:02d}"


class DateConverter:
    """2026-11-24 as that date."""

    regex = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"

    def to_python(self, value):
        return datetime.date.fromisoformat(value)

    def to_url(self, value):
        return value if isinstance(value, str) else value.isoformat()
