"""The weeks of a board's grid: on a phone those are folded that nobody needs to see first."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shifts.dates import monday_of

A_WEEK = datetime.timedelta(days=7)


@dataclass
class Week:
    """Rows of the grid of one week; `people` are missing in it, counted once a session."""

    monday: datetime.date
    rows: list
    people: int = 0
    is_now: bool = False
    is_folded: bool = True

    @property
    def title(self):
        """Tuần này, 23/11 – 29/11"""
        words = f"{self.monday:%d/%m} – {self.monday + A_WEEK - datetime.timedelta(days=1):%d/%m}"
        return _("Tuần này, {days}").format(days=words) if self.is_now else _("Tuần {days}").format(days=words)

    @property
    def missing(self):
        """thiếu 3 buổi, or nothing"""
        return ngettext("thiếu {n} buổi", "thiếu {n} buổi", self.people).format(n=self.people) if self.people else ""


def weeks_of(board, focus: datetime.date | None = None) -> list[Week]:
    """The weeks of the board; open are the present one, the next in which somebody is missing, and that of `focus`."""
    this, found = monday_of(timezone.localdate()), {}
    for row in board.days:
        monday = monday_of(datetime.date.fromisoformat(row[1]))
        found.setdefault(monday, Week(monday, [], is_now=monday == this)).rows.append(row)
    for (date, _session), short in board.lacking.items():
        week = found.get(monday_of(date))
        if week is not None:
            week.people += sum(short.values())
    weeks = list(found.values())
    short_next = next((week for week in weeks if week.people and week.monday >= this and not week.is_now), None)
    for week in weeks:
        week.is_folded = not (week.is_now or week is short_next or (focus and week.monday == monday_of(focus)))
    if weeks and all(week.is_folded for week in weeks):
        weeks[0].is_folded = False
    return weeks
