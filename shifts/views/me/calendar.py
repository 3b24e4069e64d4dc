"""The secret link to my duties for the calendar of my phone."""

import segno
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shifts.duties.feed import feed_of, new_feed

from .common import leave_toast, member, toast_of


@require_safe
def calendar(request):
    """Show the link, for tapping, copying and scanning."""
    member(request)
    feed = feed_of(request.user)
    context = {"feed": feed, "toast": toast_of(request)}
    if feed:
        address = request.build_absolute_uri(feed.get_absolute_url())
        webcal = "webcal://" + address.split("://", 1)[1]
        context |= {"address": address, "webcal": webcal, "picture": _picture(webcal)}
    return render(request, "me/calendar.html", context)


def _picture(address):
    """The address as a QR code: inline SVG made by segno, in which no text of a person stands."""
    code = segno.make(address, error="m", micro=False)
    svg = code.svg_inline(scale=4, border=2, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None)
    return mark_safe(svg)  # noqa: S308  made of squares by segno; the address is not written in it


@require_POST
def calendar_renew(request):
    """Make the first link, or a new one in place of it."""
    member(request)
    had_one = feed_of(request.user) is not None
    new_feed(user=request.user)
    if had_one:
        leave_toast(request, _("Đã đổi liên kết. Lịch dùng liên kết cũ không còn cập nhật."))
    return redirect("me:calendar")
