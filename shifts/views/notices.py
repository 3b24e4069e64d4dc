"""What a person was told: the list, and what they have read of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from shifts.models import Notice
from shifts.notices import mark_read

PAGE_ROWS = 30
LARGEST_KEY = 2**63 - 1


@require_safe
def notices(request):
    """List what this person was told, the newest first."""
    rows = Notice.objects.filter(user=request.user)
    page = Paginator(rows, PAGE_ROWS).get_page(request.GET.get("page", "")[:6])
    return render(request, "shifts/notices.html", {"page": page})


@require_POST
def read(request, pk):
    """Mark one notice as read."""
    mark_read(_own(request, pk))
    return _back(request)


@require_POST
def open_notice(request, pk):
    """Mark one notice as read and go to the page it is about."""
    notice = get_object_or_404(_own(request, pk))
    mark_read(_own(request, pk))
    return redirect(_safe(request, notice.url) or "notices:notices")


@require_POST
def read_all(request):
    """Mark everything as read."""
    count = mark_read(Notice.objects.filter(user=request.user))
    sentence = ngettext("Đã đánh dấu %(count)d lời báo là đã đọc.", "Đã đánh dấu %(count)d lời báo là đã đọc.", count)
    messages.success(request, sentence % {"count": count})
    return _back(request)


def _own(request, pk):
    """The notice as a queryset, if it is this person's; anybody else's does not exist."""
    rows = Notice.objects.filter(user=request.user, pk=min(pk, LARGEST_KEY))
    if not rows.exists():
        raise Http404
    return rows


def _back(request):
    return redirect(_safe(request, request.POST.get("next", "")) or "notices:notices")


def _safe(request, url):
    # A path only: redirect() would take a bare word for the name of a view.
    ours = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()})
    return url if ours else ""
