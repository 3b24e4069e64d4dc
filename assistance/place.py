"""Where a person is working now: read from the roster, nobody types it."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from assistance.reference import reference
from shifts.roster.on_duty import DutiesOfDay, OnDuty, duties_of_day, read_duties

SESSION_KEY = "desk_place"


@dataclass
class Place:
    """A site and post, the session there, the duty that put the person there, and all they serve on this day.

    `known`: they chose the place themselves today. Without a duty the session is the one that runs at the site.
    `event`: they are at an outreach event, away from both; `no_event` says why an event that was named is none.
    """

    site: Any
    post: Any
    session: Any = None
    known: bool = False
    duty: OnDuty | None = None
    day: DutiesOfDay | None = None
    event: Any = None
    no_event: str = ""

    @property
    def session_name(self):
        return self.session.get_session_display() if self.session else ""

    @property
    def until(self):
        return f"{self.session.ends_at:%H:%M}" if self.session else ""


def place_of(request, at=None) -> Place:
    """Return where request.user works: by their duty now or next today, else at their home site and usual post.

    Who chose another place today is there, until a duty at yet another post begins.
    """
    now = timezone.localtime(at)
    lists, volunteer = reference(), request.user.volunteer
    day = _duties(request.user, now.date())
    duty = _duty_at_a_post(day, now.time(), volunteer.team)
    chosen = request.session.get(SESSION_KEY) or {}
    known = chosen.get("date") == now.date().isoformat() and chosen.get("site") in lists.sites
    if known and duty is not None:
        known = chosen.get("instead_of") in (None, duty.post)
    site = lists.sites_by_id.get(duty.site if duty else volunteer.team.home_site_id)
    usual = duty.post if duty else volunteer.home_post_id
    if known:
        site = lists.sites[chosen["site"]]
    posts = lists.posts.get(site.pk, []) if site else []
    post = next((row for row in posts if known and row.code == chosen.get("post")), None)
    post = post or next((row for row in posts if row.pk == usual), None)
    post = post or (posts[0] if posts else None)
    return Place(site, post, _session(site, now.time(), duty) if site else None, known, duty, day)


def _duties(user, date):
    """What the person serves on that date: read with the user who logged in, or else asked for."""
    if getattr(user, "duties_date", None) == date:
        return read_duties(user.duties_text, date)
    return duties_of_day(user.volunteer.pk, date)


def _duty_at_a_post(day, time, team):
    """The duty now, or else the next one today, if it is at a post where the team may log."""
    duty = day.now_or_next(time)
    site = reference().sites_by_id.get(duty.site) if duty else None
    return duty if site and team.may_log_at(site) else None


def _session(site, time: datetime.time, duty):
    """The session of the duty; without one that which runs at the site, or the next one, or None after the last."""
    sessions = reference().sessions.get(site.pk, [])
    if duty:
        return next((row for row in sessions if row.session == duty.session), None)
    return next((row for row in sessions if time < row.ends_at), None)


def choose_place(request, *, site, post) -> None:
    """Remember for today, in this browser's session, where the person works, and the post of the roster it replaces."""
    duty = place_of(request).duty
    request.session[SESSION_KEY] = {
        "date": timezone.localdate().isoformat(),
        "site": site.code,
        "post": post.code,
        "instead_of": duty.post if duty else None,
    }


def is_off_roster(volunteer, at: datetime.datetime, *, known: DutiesOfDay | None = None) -> bool:
    """Whether the volunteer has no announced duty at that moment; `known` saves the question when it is of that day."""
    local = timezone.localtime(at)
    day = known if known and known.date == local.date() else duties_of_day(volunteer.pk, local.date())
    return day.at(local.time()) is None
