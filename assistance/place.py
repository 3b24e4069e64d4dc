"""Where a person is working now: nobody types it."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from assistance.reference import reference

SESSION_KEY = "desk_place"


@dataclass
class Place:
    """A site and post, the session running there now, and whether the person confirmed it today."""

    site: Any
    post: Any
    session: Any = None
    known: bool = False

    @property
    def session_name(self):
        return self.session.get_session_display() if self.session else ""

    @property
    def until(self):
        return f"{self.session.ends_at:%H:%M}" if self.session else ""


def place_of(request, at=None) -> Place:
    """Return where request.user works: what they chose today, else their home site and usual post."""
    now = timezone.localtime(at)
    lists = reference()
    volunteer = request.user.volunteer
    site = lists.sites_by_id.get(volunteer.team.home_site_id)
    chosen = request.session.get(SESSION_KEY) or {}
    known = chosen.get("date") == now.date().isoformat() and chosen.get("site") in lists.sites
    if known:
        site = lists.sites[chosen["site"]]
    posts = lists.posts.get(site.pk, []) if site else []
    post = next((row for row in posts if known and row.code == chosen.get("post")), None)
    post = post or next((row for row in posts if row.pk == volunteer.home_post_id), None)
    post = post or (posts[0] if posts else None)
    return Place(site, post, _running_session(site, now.time()) if site else None, known)


def _running_session(site, time: datetime.time):
    """The session that runs at the site at that time, or the next one of the day, or None after the last."""
    return next((row for row in reference().sessions.get(site.pk, []) if time < row.ends_at), None)


def choose_place(request, *, site, post) -> None:
    """Remember for today, in this browser's session, where the person works."""
    request.session[SESSION_KEY] = {
        "date": timezone.localdate().isoformat(),
        "site": site.code,
        "post": post.code,
    }
