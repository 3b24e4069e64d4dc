"""Báo bận: days on which I cannot serve."""

import datetime

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shifts.dates import day_name
from shifts.duties.forms import LARGEST_KEY, LeaveForm
from shifts.duties.leave import (
    LeaveRefused,
    LeaveTouchesDuties,
    duties_words,
    leave_words,
    report_leave,
    withdraw_leave,
)
from shifts.models import Leave, OpenPlace, SiteSession
from shifts.roster.changes import RosterRefused

from .common import leave_toast, member, show

QUICK_DAYS = 3


def quick_choices(today):
    """(first day, last day, label) of what is reported most: the next days, and all of next week."""
    days = [today + datetime.timedelta(days=number) for number in range(1, QUICK_DAYS + 1)]
    monday = today + datetime.timedelta(days=7 - today.weekday())
    friday = monday + datetime.timedelta(days=4)
    labels = [_("Ngày mai"), _("Ngày kia"), ""]
    choices = [(day, day, label, day_name(day)) for day, label in zip(days, labels, strict=True)]
    week = _("{first} đến {last}").format(first=f"{monday:%d/%m}", last=f"{friday:%d/%m}")
    return [*choices, (monday, friday, _("Cả tuần tới"), week)]


def _sessions(volunteer):
    rows = SiteSession.objects.used().filter(site=volunteer.team.home_site_id).order_by("starts_at")
    return list(rows.values_list("session", flat=True))


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request):
    """Report leave; duties within are named, and their places open only when that is agreed to."""
    volunteer = member(request)
    form = LeaveForm(request.POST if request.method == "POST" else None, sessions=_sessions(volunteer))
    touched = None
    if request.method == "POST" and form.is_valid():
        try:
            return _report(request, volunteer, form)
        except LeaveTouchesDuties as refusal:
            touched = refusal
        except LeaveRefused as error:
            form.add_error(error.field, str(error))
        except RosterRefused as error:
            form.add_error(None, str(error))
    rows = Leave.objects.standing().filter(volunteer=volunteer, date_to__gte=timezone.localdate())
    context = {
        "form": form,
        "touched": touched,
        "touched_words": duties_words([*touched.duties, *touched.events]) if touched else "",
        "quick": quick_choices(timezone.localdate()),
        "leaves": [(row, leave_words(row)) for row in rows.order_by("date_from", "pk")],
    }
    return show(request, "leave", context, status=422 if form.is_bound else 200)


def _report(request, volunteer, form):
    row = report_leave(volunteer=volunteer, by=request.user, **form.cleaned_data)
    undo = reverse("me:leave_withdraw", args=[row.pk])
    leave_toast(request, _("Đã báo bận {days}.").format(days=leave_words(row)), undo)
    return redirect("me:duties")


@require_POST
def leave_withdraw(request, pk):
    """Take leave back; places opened with it stay open until they are taken back one by one."""
    volunteer = member(request)
    row = get_object_or_404(Leave.objects.filter(volunteer=volunteer), pk=min(pk, LARGEST_KEY))
    try:
        withdraw_leave(leave=row, by=request.user)
    except LeaveRefused as error:
        messages.error(request, str(error))
        return redirect("me:leave")
    opened = OpenPlace.objects.waiting().filter(
        given_up__volunteer=volunteer, date__range=(row.date_from, max(row.date_from, row.date_to))
    )
    if opened.exists():
        leave_toast(request, _("Đã rút báo bận. Các ca đã mở vẫn chờ bạn khác: bấm “Hoàn tác” ở ca để lấy lại."))
    else:
        leave_toast(request, _("Đã rút báo bận {days}.").format(days=leave_words(row)))
    return redirect("me:duties")
