"""What the pages of outreach events share: which event this person may see or change, and the month asked for."""

import datetime
import re

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.access import Access
from shifts.duties.forms import LARGEST_KEY
from shifts.outreach.reach import events_seen_by, may_manage_event, sees_events
from shifts.roster.changes import FIRST_YEAR, LAST_YEAR

MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def reader_of(request) -> Access:
    """The access of who may look at events at all; 403 for others."""
    access = Access.of(request.user)
    if not sees_events(access):
        raise PermissionDenied(_("Trang này dành cho thành viên đội hình và người của các đơn vị."))
    return access


def seen_event(request, pk):
    """(access, event) of an event within reach, else 404."""
    access = Access.of(request.user)
    rows = events_seen_by(access).select_related("team__unit", "unit", "host_unit__parent", "made_by")
    return access, get_object_or_404(rows, pk=min(pk, LARGEST_KEY))


def managed_event(request, pk):
    """The event, for who plans it; 403 for those who only see it."""
    access, event = seen_event(request, pk)
    if not may_manage_event(access, event):
        raise PermissionDenied(_("Bạn xem được hoạt động này nhưng không sửa được. Đội trưởng của đội tổ chức sửa."))
    return event


def month_of(request) -> datetime.date:
    """The first day of the month in ?month=2026-11, else of this month; 404 for one that is none."""
    text = request.GET.get("month", "")
    if not text:
        return timezone.localdate().replace(day=1)
    found = MONTH.fullmatch(text)
    if not found or not FIRST_YEAR <= int(found[1]) < LAST_YEAR:
        raise Http404
    return datetime.date(int(found[1]), int(found[2]), 1)


def moved_month(month: datetime.date, by: int) -> datetime.date | None:
    """The month before or after; None beyond the years in which events are kept."""
    at = month.year * 12 + month.month - 1 + by
    return datetime.date(at // 12, at % 12 + 1, 1) if FIRST_YEAR <= at // 12 < LAST_YEAR else None
