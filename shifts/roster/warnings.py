"""Warns leaders while there is still time: of a session that is short tomorrow, of a floor where nobody came."""

import datetime
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.dates import day_name
from shifts.models import Notice, Post, Role, Roster, Site, User
from shifts.notices import tell

from .callable import Callable, call_facts, call_list
from .today import Floor, SessionOfDay, sessions_of_day

EMPTY_AFTER_MINUTES = 15
NAMED_TO_CALL = 3


@dataclass(frozen=True)
class RosterWarning:
    """Something a leader should know of one session: what it is about, whom to call, and the sentence that says so."""

    site: Site
    session: SessionOfDay
    floor: Floor | None
    missing: int
    callable: list[Callable]
    sentence: str
    key: str


def short_sessions(date: datetime.date) -> list[RosterWarning]:
    """Return a warning for every session of that date with too few people on a published roster, by site and time."""
    return [
        _short(site, session, facts)
        for site, sessions, facts in _days(date, _start_of(date))
        for session in sessions
        if session.lacking
    ]


def empty_floors(at: datetime.datetime) -> list[RosterWarning]:
    """Return a warning for every floor where nobody is EMPTY_AFTER_MINUTES after its session began, while it runs."""
    return [
        _empty(site, session, floor, facts)
        for site, sessions, facts in _days(timezone.localdate(at), at)
        for session in sessions
        if session.minutes_open >= EMPTY_AFTER_MINUTES
        for floor in session.empty
    ]


def warn_evening_before(at: datetime.datetime) -> int:
    """Tell the leaders which sessions of tomorrow are short, each once; return how many notices were written."""
    date = timezone.localdate(at) + datetime.timedelta(days=1)
    return _tell(short_sessions(date), url=lambda warning: _roster_url(warning.site, date))


def warn_empty_floor(at: datetime.datetime) -> int:
    """Tell the leaders which floors stand empty, once per session and floor; return how many notices were written."""
    return _tell(empty_floors(at), url=lambda warning: f"{reverse('today:today')}?site={warning.site.code}")


def leaders_at(site: Site, date: datetime.date | None = None) -> list[User]:
    """Leaders and deputies of the teams at home at the site, by given name."""
    roles = Role.objects.on(date).filter(team__home_site=site, kind=Role.Kind.LEADER, user__is_active=True)
    people = {role.user_id: role.user for role in roles.select_related("user").order_by("user__sort_name", "user")}
    return list(people.values())


def _days(date, at):
    """(site, its sessions, facts to ask whom to call) of every site with a published roster. Five queries for all."""
    sites = list(Site.objects.on(date).filter(rosters__in=Roster.objects.published().of_month(date)).order_by("code"))
    posts = list(Post.objects.filter(site__in=sites).order_by("position", "code"))
    sessions = sessions_of_day(sites, date, at, posts=posts)
    for site in sites:
        own = [post for post in posts if post.site_id == site.pk]
        opened = [row.session for row in sessions[site.pk]]
        yield site, sessions[site.pk], call_facts(site, date, sessions=opened, posts=own)


def _start_of(date):
    return datetime.datetime.combine(date, datetime.time.min, timezone.get_current_timezone())


def _short(site, session, facts):
    floors = session.want_call_list()
    found = call_list(facts, facts.first, session.session.session, [floor.post for floor in floors])
    people = {free.volunteer.pk: free for floor in floors for free in found[floor.post.pk]}
    ranked = sorted(people.values(), key=lambda free: (free.days, free.user.sort_name, free.volunteer.pk))
    where = ", ".join(floor.post.name for floor in session.short)
    sentence = _("{site}, ca {session} {day} thiếu {count} người{where}. {calls}").format(
        site=site.short_name,
        session=session.name,
        day=day_name(facts.first),
        count=session.lacking,
        where=_(" ở {posts}").format(posts=where) if where else "",
        calls=_calls(ranked),
    )
    key = f"short:{site.pk}:{facts.first}:{session.session.session}"
    return RosterWarning(site, session, None, session.lacking, ranked, sentence, key)


def _empty(site, session, floor, facts):
    free = call_list(facts, facts.first, session.session.session, [floor.post])[floor.post.pk]
    expected = [person.user.get_short_name() for person in floor.people if person.may_come]
    sentence = _("{site}, {post} chưa có ai, ca {session} đã mở {minutes} phút.{expected} {calls}").format(
        site=site.short_name,
        post=floor.post.name,
        session=session.name,
        minutes=session.minutes_open,
        expected=_(" Chưa đến: {names}.").format(names=", ".join(expected)) if expected else "",
        calls=_calls(free),
    )
    key = f"empty:{site.pk}:{facts.first}:{session.session.session}:{floor.post.pk}"
    return RosterWarning(site, session, floor, max(1, floor.lacking), free, sentence, key)


def _calls(free):
    """Whom to call, in words: the first few with their numbers."""
    if not free:
        return _("Không còn ai rảnh.")
    names = [" ".join(filter(None, [row.user.get_short_name(), row.user.phone])) for row in free[:NAMED_TO_CALL]]
    return _("Gọi được: {names}.").format(names=", ".join(names))


def _roster_url(site, date):
    return reverse("roster:month", args=[site.code, date.replace(day=1)])


def _tell(warnings, *, url):
    """Tell each site's leaders what they were not told under the same key."""
    told = set(Notice.objects.filter(key__in=[row.key for row in warnings]).values_list("key", "user"))
    count = 0
    for warning in warnings:
        leaders = [user for user in leaders_at(warning.site) if (warning.key, user.pk) not in told]
        count += tell(leaders, kind="warning", text=warning.sentence, url=url(warning), key=warning.key)
    return count
