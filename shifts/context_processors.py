"""What every page shows around its content."""

from django.conf import settings
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from shifts.access import Access
from shifts.models import Notice
from shifts.outreach.reach import sees_events


def shell(request):
    """Return nav as (url, label, icon, active), the demo flag and the home page; asks nothing until shown."""
    return {
        "demo": settings.DEMO,
        "home_url": reverse("home"),
        "nav": SimpleLazyObject(lambda: navigation(request)),
        "access": SimpleLazyObject(lambda: access_of(request)),
        "unread": SimpleLazyObject(lambda: unread_of(request)),
    }


def access_of(request):
    """Access of the person who asks; None where the request was refused before it had a user."""
    user = getattr(request, "user", None)
    return Access.of(user) if user else None


def unread_of(request):
    """How many notices this person has not read: read beside the user, else one query; none shown at the desk."""
    user, match = getattr(request, "user", None), request.resolver_match
    if user is None or not user.is_authenticated or (match and match.namespace == "desk"):
        return 0
    beside = getattr(user, "unread_notices", None)
    return Notice.objects.unread().filter(user=user).count() if beside is None else beside


def navigation(request):
    """Pages of this person's roles, the current one marked: the longest address that begins this path."""
    access = access_of(request)
    if access is None or not access.user.is_authenticated:
        return []
    entries = [(reverse(name), label, icon) for name, label, icon in pages_of(access)]
    here = max((url for url, _label, _icon in entries if request.path.startswith(url)), key=len, default="")
    if here == "/" != request.path:
        here = ""
    return [(url, label, icon, url == here) for url, label, icon in entries]


def pages_of(access):
    """Names, labels and icons of the pages in the menu; the first three are the tabs of a phone."""
    today, rosters = ("today:today", _("Hôm nay"), "clipboard-check"), ("roster:rosters", _("Lịch trực"), "calendar3")
    desk, dossiers = ("desk:desk", _("Bàn hỗ trợ"), "person-raised-hand"), ("desk:dossiers", _("Hồ sơ"), "folder2-open")
    mine, figures = ("me:duties", _("Lịch của tôi"), "calendar-check"), ("reports:dashboard", _("Báo cáo"), "bar-chart")
    looks_up = access.has_unit_role or access.sees_everything
    order = [
        (today, access.is_leader and access.sees_rosters),
        (rosters, access.is_leader and access.sees_rosters),
        (desk, access.is_member),
        (mine, access.is_member),
        (figures, looks_up),
        (rosters, not access.is_leader and not access.is_member and access.sees_rosters),
        (today, not access.is_leader and access.sees_rosters),
        (dossiers, access.is_member),
        (rosters, not access.is_leader and access.is_member and access.sees_rosters),
    ]
    pages = [page for page, shown in order if shown] or [("home", _("Trang chủ"), "house")]
    if looks_up:
        at = pages.index(figures) + 1
        pages[at:at] = unit_pages(access)
    if looks_up or access.is_leader:
        pages += [("reports:tables", _("Bảng thống kê"), "table")]
    if sees_events(access):
        pages += [("outreach:events", _("Thứ Bảy tình nguyện"), "megaphone")]
    if access.is_leader and access.is_member:
        pages += [("desk:buttons", _("Sắp phím"), "grid-3x3-gap")]
    if access.is_leader and not looks_up:
        pages += [("reports:targets", _("Chỉ tiêu"), "bullseye")]
    if access.is_leader:
        pages += [("team_links", _("Liên kết đăng nhập"), "link-45deg")]
    if access.is_leader or access.is_administrator:
        pages += [("team_import", _("Nhập danh sách đội"), "file-earmark-arrow-up")]
    if access.user.is_staff:
        pages += [("admin:index", _("Quản trị"), "gear")]
    return pages


def unit_pages(access):
    """The tree of units and the targets for all who work for one, and the page of totals for those who send them."""
    sends = access.sees_everything or access.roots("reporter", "staff", "administrator")
    totals = [("units:totals", _("Số liệu tổng hợp"), "clipboard-data")] if sends else []
    units, targets = ("units:units", _("Đơn vị"), "diagram-3"), ("reports:targets", _("Chỉ tiêu"), "bullseye")
    return [*totals, units, targets] if sends else [targets, units]
