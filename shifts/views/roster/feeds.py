"""The calendar file behind its secret link, and the leader's page of the site's link."""

import hashlib

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shifts.roster import feeds

from .page import managed_site


@login_not_required
@require_safe
def calendar_feed(request, token):
    """The duties behind this secret; an unknown, ended or no longer allowed one does not exist."""
    feed = feeds.feed_of_token(token)
    if feed is None:
        raise Http404
    now = timezone.now()
    feeds.mark_read(feed, now)
    page = reverse("roster:rosters" if feed.site else "outreach:events" if feed.team else "me:duties")
    body = feeds.calendar_of(feed, today=timezone.localdate(now), url=request.build_absolute_uri(page))
    etag = quote_etag(hashlib.sha256(body).hexdigest()[:32])
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Content-Disposition"] = 'inline; filename="lich-truc.ics"'
    patch_cache_control(response, private=True, no_cache=True)
    return get_conditional_response(request, etag=etag, response=response)


class LinkForm(forms.Form):
    """What to do with the link."""

    act = forms.ChoiceField(choices=[("make", ""), ("renew", ""), ("revoke", "")])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def site_feed(request, site):
    """Show a leader their link to the site's calendar; make, renew or end it."""
    site = managed_site(request, site)
    feed = feeds.existing_feed(request.user, site)
    if request.method == "POST":
        form = LinkForm(request.POST)
        if form.is_valid():
            messages.success(request, change_link(form.cleaned_data["act"], request.user, feed, site=site))
        return redirect("roster:site_feed", site.code)
    address = request.build_absolute_uri(feed.get_absolute_url()) if feed else ""
    webcal = "webcal://" + address.partition("://")[2]
    context = {"site": site, "feed": feed, "address": address, "webcal": webcal}
    return render(request, "roster/site_feed.html", context)


def change_link(act, user, feed, **of):
    """Do it and return the sentence that says what happened."""
    if act == "revoke":
        if feed:
            feeds.revoke_feed(feed)
        return _("Đã hủy liên kết. Lịch trên các máy đang dùng nó sẽ không cập nhật nữa.")
    if act == "renew" and feed:
        feeds.renew_feed(feed)
        return _("Đã đổi liên kết. Liên kết cũ không mở được nữa.")
    feeds.feed_for(user, **of)
    return _("Đã tạo liên kết.")
