"""Days and ISO weeks, the periods that unit totals are sent for."""

import datetime
import re
from typing import NamedTuple

from django.utils.translation import gettext as _

WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100


class Period(NamedTuple):
    """One day, or the seven days of an ISO week; both ends included."""

    first: datetime.date
    last: datetime.date

    @classmethod
    def day(cls, date):
        return cls(date, date)

    @classmethod
    def week_of(cls, date):
        monday = date - datetime.timedelta(days=date.weekday())
        return cls(monday, monday + datetime.timedelta(days=6))

    @classmethod
    def read(cls, text):
        """Return the period of 2026-W48 or 2026-11-24, or raise ValueError with a sentence."""
        text = (text or "").strip()
        try:
            if found := WEEK.fullmatch(text):
                period = cls.week_of(datetime.date.fromisocalendar(int(found[1]), int(found[2]), 1))
            else:
                period = cls.day(datetime.date.fromisoformat(text))
            if not EARLIEST_YEAR <= period.first.year <= LATEST_YEAR:
                raise ValueError
        except ValueError as error:
            sentence = _("không đọc được “{value}”; ghi tuần như 2026-W48 hoặc ngày như 2026-11-24")
            raise ValueError(sentence.format(value=text[:40])) from error
        return period

    @property
    def is_week(self):
        return self.first != self.last

    @property
    def span(self):
        return "week" if self.is_week else "day"

    @property
    def number(self):
        """The number of the ISO week."""
        return self.first.isocalendar().week

    @property
    def key(self):
        """How the period is written in addresses and files: 2026-W48, 2026-11-24."""
        year, week, _weekday = self.first.isocalendar()
        return f"{year}-W{week:02d}" if self.is_week else self.first.isoformat()

    @property
    def name(self):
        """Short: "tuần 48", "ngày 24/11/2026"."""
        if self.is_week:
            return _("tuần {number}").format(number=self.number)
        return _("ngày {date}").format(date=f"{self.first:%d/%m/%Y}")

    @property
    def days(self):
        """The days of a week in words: "23/11 – 29/11/2026"."""
        return f"{self.first:%d/%m} – {self.last:%d/%m/%Y}" if self.is_week else f"{self.first:%d/%m/%Y}"

    @property
    def title(self):
        """Long: "tuần 48, 23/11 – 29/11/2026"."""
        return f"{self.name}, {self.days}" if self.is_week else self.name

    def moved(self, steps):
        """The period of the same kind that many steps later; the same one where the calendar ends."""
        try:
            days = datetime.timedelta(days=steps * (7 if self.is_week else 1))
            return Period(self.first + days, self.last + days)
        except OverflowError:
            return self

    def meets(self, dated):
        """Whether a unit or a team holds on any day of this period."""
        starts_in_time = dated.valid_from is None or dated.valid_from <= self.last
        return starts_in_time and (dated.valid_until is None or dated.valid_until > self.first)
