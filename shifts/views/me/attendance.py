"""Saying from one's own page that one is here, or goes."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shifts import attendance
from shifts.attendance import AttendanceRefused

from .common import leave_toast, member


@require_POST
def check_in(request):
    """I am here: marks my duty that runs or is about to begin."""
    return _own(request, attendance.check_in, lambda marked: (_("Đã ghi bạn có mặt lúc {time}."), marked.arrived_at))


@require_POST
def check_out(request):
    """I go now."""
    return _own(request, attendance.check_out, lambda marked: (_("Đã ghi bạn về lúc {time}."), marked.left_at))


def _own(request, act, words):
    member(request)
    try:
        sentence, moment = words(act(user=request.user))
    except AttendanceRefused as refused:
        messages.error(request, str(refused))
    else:
        leave_toast(request, sentence.format(time=f"{timezone.localtime(moment):%H:%M}"))
    return redirect("me:duties")
