"""Dates and sessions as people here say them: Django's own names of weekdays are "Thứ 2", ours are "thứ Hai"."""

import datetime
from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shifts.models import SiteSession

Session = SiteSession.Session
WEEKDAYS = [_("thứ Hai"), _("thứ Ba"), _("thứ Tư"), _("thứ Năm"), _("thứ Sáu"), _("thứ Bảy"), _("Chủ nhật")]
WEEKDAYS_SHORT = [_("T2"), _("T3"), _("T4"), _("T5"), _("T6"), _("T7"), _("CN")]


def weekday_name(date: datetime.date) -> str:
    """thứ Năm"""
    return str(WEEKDAYS[date.weekday()])


def weekday_short(date: datetime.date) -> str:
    """T5"""
    return str(WEEKDAYS_SHORT[date.weekday()])


def day_name(date: datetime.date) -> str:
    """thứ Năm 18/06"""
    return f"{weekday_name(date)} {date:%d/%m}"


def sessions_joined(sessions: Iterable[str]) -> str:
    """sáng và chiều, in the order of the day"""
    chosen = sorted(set(sessions), key=Session.values.index)
    return gettext(" và ").join(str(Session(session).label) for session in chosen)


def sessions_words(sessions: Iterable[str]) -> str:
    """cả ngày for morning and afternoon; else sáng, or chiều và tối"""
    chosen = set(sessions)
    if chosen == {Session.MORNING, Session.AFTERNOON}:
        return gettext("cả ngày")
    return gettext("cả ngày và tối") if chosen == set(Session) else sessions_joined(chosen)


def monday_of(date: datetime.date) -> datetime.date:
    """The first day of the week in which the date lies."""
    return date - datetime.timedelta(days=date.weekday())
