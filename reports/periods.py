"""The days a report is about: a day, week, month, quarter, half-year or year, or from one day to another."""

import datetime
import re
from typing import NamedTuple

from django.utils.translation import gettext as _

EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
LONGEST_DAYS = 11 * 366
ROMAN = ["I", "II", "III", "IV"]
MONTHS_IN = {"month": 1, "quarter": 3, "half": 6, "year": 12}
KEY = re.compile(
    r"(?P<year>\d{4})(?:-(?:(?P<month>\d{2})(?:-(?P<day>\d{2}))?|Q(?P<quarter>[1-4])|H(?P<half>[12])|W(?P<week>\d{2})))?",
    re.IGNORECASE | re.ASCII,
)


class PeriodRefused(ValueError):
    """There is no such period; the text is a sentence for the user."""


class ReportPeriod(NamedTuple):
    """From the first day to the last, both included, and what kind of time that is; "range" when it is none."""

    first: datetime.date
    last: datetime.date
    kind: str = "range"

    @classmethod
    def of(cls, kind: str, date: datetime.date) -> "ReportPeriod":
        """The day, week, month, quarter, half or year in which the date lies."""
        if kind == "day":
            return cls(date, date, kind)
        if kind == "week":
            monday = date - datetime.timedelta(days=date.weekday())
            return cls(monday, monday + datetime.timedelta(days=6), kind)
        length = MONTHS_IN[kind]
        first = date.replace(month=(date.month - 1) // length * length + 1, day=1)
        return cls(first, _after(first, length) - datetime.timedelta(days=1), kind)

    @classmethod
    def between(cls, first: datetime.date, last: datetime.date) -> "ReportPeriod":
        """These days, as the month or year that they are; raises PeriodRefused when they make no period."""
        if last < first:
            raise PeriodRefused(
                _("Ngày cuối kỳ {last} đứng trước ngày đầu kỳ {first}. Hãy đổi lại hai ngày.").format(
                    first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}"
                )
            )
        check_years(first.year, last.year)
        if (last - first).days >= LONGEST_DAYS:
            raise PeriodRefused(_("Kỳ dài quá: một bảng gồm nhiều nhất 11 năm. Hãy chọn hai ngày gần nhau hơn."))
        # A date alone may be the first of several kinds: the shortest that is exactly these days.
        for kind in ("day", "week", *MONTHS_IN):
            period = cls.of(kind, first)
            if period[:2] == (first, last):
                return period
        return cls(first, last)

    @classmethod
    def read(cls, text: str) -> "ReportPeriod":
        """Return the period of 2026-11-24, 2026-W47, 2026-11, 2026-Q4, 2026-H2 or 2026, or raise PeriodRefused."""
        text = (text or "").strip()
        found = KEY.fullmatch(text)
        if found:
            check_years(int(found["year"]))
        try:
            period = cls._read(found)
        except (ValueError, TypeError) as error:
            sentence = _(
                "Không đọc được kỳ “{value}”. Ghi như 2026-11-24, 2026-W47, 2026-11, 2026-Q4, 2026-H2 hoặc 2026."
            )
            raise PeriodRefused(sentence.format(value=shown(text))) from error
        return cls.between(period.first, period.last) and period

    @classmethod
    def _read(cls, found):
        year = int(found["year"])
        if found["week"]:
            return cls.of("week", datetime.date.fromisocalendar(year, int(found["week"]), 1))
        if found["day"]:
            return cls.of("day", datetime.date(year, int(found["month"]), int(found["day"])))
        for kind, length in MONTHS_IN.items():
            if kind != "year" and found[kind]:
                return cls.of(kind, datetime.date(year, (int(found[kind]) - 1) * length + 1, 1))
        return cls.of("year", datetime.date(year, 1, 1))

    @property
    def key(self) -> str:
        """How addresses write it; a range has none: it is written by its two days."""
        year = self.first.year
        if self.kind == "week":
            year, week, _weekday = self.first.isocalendar()
            return f"{year:04d}-W{week:02d}"
        return {
            "day": f"{self.first:%Y-%m-%d}",
            "month": f"{self.first:%Y-%m}",
            "quarter": f"{year:04d}-Q{(self.first.month + 2) // 3}",
            "half": f"{year:04d}-H{1 if self.first.month < 7 else 2}",
            "year": f"{year:04d}",
        }.get(self.kind, "")

    @property
    def name(self) -> str:
        """tháng 11/2026, quý IV/2026, từ 03/11/2026 đến 20/11/2026"""
        if self.kind == "week":
            return _("tuần {week}, {first} – {last}").format(
                week=self.first.isocalendar().week, first=f"{self.first:%d/%m}", last=f"{self.last:%d/%m/%Y}"
            )
        if self.kind == "half":
            words = _("6 tháng đầu năm {year}") if self.first.month < 7 else _("6 tháng cuối năm {year}")
            return words.format(year=self.first.year)
        if self.kind == "range":
            return _("từ {first} đến {last}").format(first=f"{self.first:%d/%m/%Y}", last=f"{self.last:%d/%m/%Y}")
        words = {
            "day": _("ngày {date}"), "month": _("tháng {month}"), "quarter": _("quý {quarter}/{year}"),
            "year": _("năm {year}"),
        }[self.kind]  # fmt: skip
        return words.format(
            date=f"{self.first:%d/%m/%Y}", month=f"{self.first.month}/{self.first.year}", year=self.first.year,
            quarter=ROMAN[(self.first.month - 1) // 3],
        )  # fmt: skip

    @property
    def year_start(self) -> datetime.date:
        """Where "lũy kế" begins: on 1 January of the year in which the period ends, or with the period, if earlier."""
        return min(self.first, self.last.replace(month=1, day=1))

    def moved(self, steps: int) -> "ReportPeriod | None":
        """The period of the same kind that many steps later, a range by its own length; None beyond our calendar."""
        try:
            if self.kind in MONTHS_IN:
                found = ReportPeriod.of(self.kind, _after(self.first, steps * MONTHS_IN[self.kind]))
            else:
                days = datetime.timedelta(days=steps * ((self.last - self.first).days + 1))
                found = ReportPeriod(self.first + days, self.last + days, self.kind)
        except (ValueError, OverflowError):
            return None
        return found if EARLIEST_YEAR <= found.first.year <= found.last.year <= LATEST_YEAR else None

    def meets(self, dated) -> bool:
        """Whether something that is dated holds on any day of this period."""
        starts_in_time = dated.valid_from is None or dated.valid_from <= self.last
        return starts_in_time and (dated.valid_until is None or dated.valid_until > self.first)


def check_years(*years: int) -> None:
    """Raise PeriodRefused for years that no report is of."""
    if not EARLIEST_YEAR <= min(years) <= max(years) <= LATEST_YEAR:
        raise PeriodRefused(
            _("Kỳ phải nằm trong các năm {first} đến {last}: xem lại năm.").format(
                first=EARLIEST_YEAR, last=LATEST_YEAR
            )
        )


def _after(first: datetime.date, months: int) -> datetime.date:
    """The first day of the month that many months later."""
    number = first.year * 12 + first.month - 1 + months
    return datetime.date(number // 12, number % 12 + 1, 1)


def shown(text: str) -> str:
    """What was typed, short and without signs that cannot be printed."""
    text = "".join(letter if letter.isprintable() else "?" for letter in str(text))
    return text if len(text) <= 40 else f"{text[:39]}…"
