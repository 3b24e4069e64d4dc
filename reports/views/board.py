"""The lobby board behind its secret link, and the page on which those who manage a site make and end that link."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from reports import board as boards_of
from reports.models import LobbyBoard
from shifts.access import Access


@login_not_required
@never_cache
@require_safe
def board(request, token):
    """The screen in the hall; asks for its own inside again and again. An unknown or ended link does not exist."""
    found = boards_of.board_of_token(token)
    if found is None:
        raise Http404
    now = timezone.localtime()
    boards_of.mark_seen(found, now)
    template = "board/_board.html" if request.htmx else "board/board.html"
    return render(request, template, {"facts": boards_of.board_facts(found.site, now), "board": found})


class LinkForm(forms.Form):
    """What to do with the link."""

    act = forms.ChoiceField(choices=[("make", ""), ("renew", ""), ("revoke", "")])


@never_cache
@require_safe
def boards(request):
    """Every site this person manages, with the link to its board."""
    sites = _sites(request)
    live = {row.site_id: row for row in LobbyBoard.objects.live().filter(site__in=sites)}
    rows = [(site, live.get(site.pk)) for site in sites]
    rows = [(site, row, request.build_absolute_uri(row.get_absolute_url()) if row else "") for site, row in rows]
    return render(request, "board/boards.html", {"rows": rows})


@require_http_methods(["POST"])
def board_link(request, site):
    """Make, renew or end the link of one site."""
    site = get_object_or_404(Access.of(request.user).rostered_sites(), code=site)
    if not Access.of(request.user).may_manage_site(site):
        raise PermissionDenied(_("Chỉ đội trưởng và cán bộ của điểm tạo được bảng ở sảnh."))
    form = LinkForm(request.POST)
    if form.is_valid():
        messages.success(request, _change(form.cleaned_data["act"], site, request.user))
    return redirect("reports:boards")


def _change(act, site, user):
    """Do it and return the sentence that says what happened."""
    live = LobbyBoard.objects.live().filter(site=site).first()
    if act == "revoke":
        if live:
            boards_of.revoke_board(live)
        return _("Đã hủy liên kết. Màn hình ở sảnh sẽ báo không mở được.")
    if act == "renew" and live:
        boards_of.renew_board(live, by=user)
        return _("Đã đổi liên kết. Mở liên kết mới trên màn hình ở sảnh; liên kết cũ không mở được nữa.")
    boards_of.make_board(site=site, by=user)
    return _("Đã tạo liên kết. Mở nó trên màn hình ở sảnh.")


def _sites(request):
    access = Access.of(request.user)
    sites = list(access.managed_sites().select_related("unit").order_by("unit__code", "code"))
    if not sites:
        raise PermissionDenied(_("Chỉ đội trưởng và cán bộ của điểm tạo được bảng ở sảnh."))
    return sites
