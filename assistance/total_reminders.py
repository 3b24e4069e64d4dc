"""Reminds the reporters of units whose totals are awaited: by one click of the staff, and each week by itself."""

import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from assistance.periods import Period
from assistance.unit_tree import tree_of
from shifts.models import Unit, User
from shifts.notices import tell

KIND = "unit_total"


def remind(*, units, period: Period, by: User | None = None, key: str = "") -> int:
    """Tell the reporters of these units that their total of the period is awaited; return how many were told.

    With a `key` nobody is told twice under it for the same period.
    """
    told = 0
    for line in tree_of(units=units, period=period).missing:
        address = f"{reverse('units:totals')}?{urlencode({'unit': line.unit.code, 'period': period.key})}"
        text = _("{unit} chưa gửi số liệu {period}. Tuần không có gì cũng báo một chạm.")
        told += tell(
            line.reporters,
            kind=KIND,
            text=text.format(unit=line.unit, period=period.title),
            url=address,
            key=f"{key}:{line.unit.pk}:{period.key}" if key else "",
            by=by,
        )
    return told


def remind_of_last_week(at: datetime.datetime) -> int:
    """On the days after a week has ended, remind once of the week that is missing."""
    last = Period.week_of(timezone.localdate(at)).moved(-1)
    return remind(units=Unit.objects.all(), period=last, key="weekly")
