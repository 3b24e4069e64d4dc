"""Who may serve when: everything a roster's rules need to know of some days at one site, read once."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from shifts.dates import monday_of
from shifts.models import Assignment, Leave, Post, RaisedLimit, Roster, Site, Volunteer

from .calendar import open_sessions


@dataclass(frozen=True)
class Duty:
    """A duty to be given: a volunteer at a post, on a date in a session (sang, chieu, toi)."""

    date: datetime.date
    session: str
    post: Post
    volunteer: Volunteer
    pinned: bool = False

    @property
    def key(self):
        return self.date, self.session, self.post.pk, self.volunteer.pk


@dataclass(frozen=True)
class Reason:
    """Why somebody cannot serve: a code for groups of people, and a sentence about this one."""

    code: str
    sentence: str

    CODES = ("closed", "not_member", "inactive", "not_qualified", "leave", "on_duty", "week_full", "month_full", "full")


def volunteers_of(site, first, last, team=None):
    """Members, on some day from first to last, of the teams at home at this site; sorted by given name."""
    people = Volunteer.objects.filter(team__home_site=site, user__is_active=True)
    people = people.exclude(left__lte=first).exclude(joined__gt=last)
    if team is not None:
        people = people.filter(team=team)
    return people.select_related("user", "team").prefetch_related("posts").order_by("user__sort_name", "pk")


def week_of(date) -> tuple[datetime.date, datetime.date]:
    """Monday and Sunday of the week in which the date lies."""
    monday = monday_of(date)
    return monday, monday + datetime.timedelta(days=6)


def missing_people(site: Site, posts: list[Post], present: dict[int, int]) -> dict[int, int]:
    """What one open session lacks, from the people present at each post: see `RosterFacts.missing`."""
    short = {}
    for post in posts:
        lacking = post.min_people - present.get(post.pk, 0)
        if lacking > 0:
            short[post.pk] = lacking
    more = site.min_people - sum(present.values()) - sum(short.values())
    if more > 0 and posts:
        roomy = [p for p in posts if present.get(p.pk, 0) + short.get(p.pk, 0) < p.max_people]
        target = (roomy or posts)[0]
        short[target.pk] = short.get(target.pk, 0) + more
    return short


class RosterFacts:
    """People, leave, duties and limits around some days of one site; a constant number of queries, all made lazily.

    The days asked about are `first` to `last`; duties are read for the whole weeks and months around them, since the
    maxima of a week and a month are counted over these. `assume` and `without` let a question be asked about a roster
    that is not stored: duties added, assignments (their keys) left out.
    """

    def __init__(self, site: Site, first, last, *, people: Iterable[Volunteer] | None = None):
        self.site, self.first, self.last = site, first, last
        self._people = people
        self._assumed: list[Duty] = []
        self._without: set[int] = set()

    @classmethod
    def of_roster(cls, roster: Roster):
        """Facts of the roster's whole month."""
        return cls(roster.site, roster.month, roster.last_day)

    @cached_property
    def reach(self):
        """First and last day over which duties are read."""
        month_end = (self.last.replace(day=1) + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(1)
        return min(week_of(self.first)[0], self.first.replace(day=1)), max(week_of(self.last)[1], month_end)

    @cached_property
    def sessions(self):
        """Open days -> sessions, in the days asked about."""
        return open_sessions(self.site, self.first, self.last)

    @cached_property
    def posts(self):
        return list(Post.objects.filter(site=self.site).order_by("position", "code"))

    @cached_property
    def people(self):
        """Volunteers of the site by key, in the order of their given names."""
        rows = self._people if self._people is not None else volunteers_of(self.site, self.first, self.last)
        return {person.pk: person for person in rows}

    @cached_property
    def leaves(self):
        found = defaultdict(list)
        for leave in Leave.objects.touching(*self.reach).filter(volunteer__in=self.people):
            found[leave.volunteer_id].append(leave)
        return found

    @cached_property
    def assignments(self):
        """Active duties of these people anywhere, and of anybody at this site, over the whole reach."""
        first, last = self.reach
        rows = Assignment.objects.active().between(first, last)
        own = rows.filter(volunteer__in=self.people)
        here = rows.filter(roster__site=self.site)
        found = (
            (own | here)
            .select_related("post__site", "volunteer__user", "event", "roster__site")
            .order_by("date", "session", "post__position", "volunteer__user__sort_name", "pk")
        )
        return list(found)

    @cached_property
    def raised(self):
        """(volunteer, first day of month) -> RaisedLimit."""
        rows = RaisedLimit.objects.filter(volunteer__in=self.people).select_related("roster")
        return {(row.volunteer_id, row.roster.month): row for row in rows}

    @cached_property
    def qualified(self):
        """Volunteer -> keys of the posts of this site they may hold; who names none here may hold all."""
        here = {post.pk for post in self.posts}
        named = {pk: {post.pk for post in person.posts.all()} & here for pk, person in self.people.items()}
        return {pk: posts or (here if not self.people[pk].posts.all() else set()) for pk, posts in named.items()}

    # What is assumed instead of what is stored

    def assume(self, duties: Iterable[Duty] = (), without: Iterable[int] = ()):
        """Look at the roster as if these duties were added and these assignments (keys) gone; return self."""
        self._assumed, self._without = list(duties), set(without)
        self.__dict__.pop("held", None)
        self.__dict__.pop("days", None)
        self.__dict__.pop("at_post", None)
        return self

    def give(self, duty: Duty):
        """Count one more duty from now on, as if it were stored."""
        self.held[duty.volunteer.pk, duty.date, duty.session] = duty
        self.days[duty.volunteer.pk].add(duty.date)
        self.at_post[duty.date, duty.session, duty.post.pk] += 1

    @cached_property
    def held(self):
        """(volunteer, date, session) -> Assignment or Duty."""
        held = {
            (row.volunteer_id, row.date, row.session): row for row in self.assignments if row.pk not in self._without
        }
        for duty in self._assumed:
            held[duty.volunteer.pk, duty.date, duty.session] = duty
        return held

    @cached_property
    def days(self):
        """Volunteer -> dates with at least one duty, wherever."""
        days = defaultdict(set)
        for volunteer, date, _session in self.held:
            days[volunteer].add(date)
        return days

    @cached_property
    def at_post(self):
        """(date, session, post) -> number of people there."""
        return Counter((date, session, row.post.pk) for (_who, date, session), row in self.held.items() if row.post)

    # Questions

    def limits(self, volunteer: Volunteer, date) -> tuple[int | None, int | None]:
        """Maximum duty days a week and a month for this person, raised ones of that month included; None: no limit."""
        raised = self.raised.get((volunteer.pk, date.replace(day=1)))
        week = raised.max_per_week if raised and raised.max_per_week is not None else volunteer.max_per_week
        month = raised.max_per_month if raised and raised.max_per_month is not None else volunteer.max_per_month
        return week, month

    def why_not(
        self, volunteer: Volunteer, date, session: str, post: Post | None, *, ignoring_limits=False
    ) -> Reason | None:
        """Return why this person cannot be given this duty, or None when they can. Asks nothing of the database.

        Without a post it is a duty at an outreach event: no site has to be open for it, and no post to be known.
        """
        name, when = volunteer.user.get_short_name(), f"{date:%d/%m}"
        if post is not None and session not in {row.session for row in self.sessions.get(date, [])}:
            return Reason("closed", _("Điểm không mở cửa buổi này ngày {date}.").format(date=when))
        if not volunteer.user.is_active:
            return Reason("inactive", _("Tài khoản của {name} đã ngừng.").format(name=name))
        if not volunteer.serves_on(date):
            return Reason("not_member", _("{name} không ở trong đội ngày {date}.").format(name=name, date=when))
        if post is not None and post.pk not in self.qualified.get(volunteer.pk, {post.pk}):
            return Reason("not_qualified", _("{name} chưa nhận việc ở {post}.").format(name=name, post=post.name))
        if any(leave.covers(date, session) for leave in self.leaves.get(volunteer.pk, [])):
            return Reason("leave", _("{name} báo bận ngày {date}.").format(name=name, date=when))
        held = self.held.get((volunteer.pk, date, session))
        if held is not None:
            return Reason("on_duty", self._on_duty_sentence(held, name, when))
        return None if ignoring_limits else self._over_limit(volunteer, date, name)

    @staticmethod
    def _on_duty_sentence(held, name, when):
        if held.post is None:
            return _("{name} đã có hoạt động {venue} ngày {date}.").format(name=name, venue=held.event.venue, date=when)
        return _("{name} đã trực {post} buổi này ngày {date}.").format(name=name, post=held.post.name, date=when)

    def _over_limit(self, volunteer, date, name):
        days = self.days.get(volunteer.pk, set())
        if date in days:
            return None
        per_week, per_month = self.limits(volunteer, date)
        monday, sunday = week_of(date)
        if per_week is not None and sum(monday <= day <= sunday for day in days) >= per_week:
            return Reason(
                "week_full", _("{name} đã đủ mức {count} ngày trực tuần này.").format(name=name, count=per_week)
            )
        in_month = sum((day.year, day.month) == (date.year, date.month) for day in days)
        if per_month is not None and in_month >= per_month:
            return Reason(
                "month_full", _("{name} đã đủ mức {count} ngày trực tháng này.").format(name=name, count=per_month)
            )
        return None

    def who_can(self, date, session: str, post: Post | None) -> list[Volunteer]:
        """People who can take this duty now, those with the fewest duty days of the month first."""
        able = [person for person in self.people.values() if self.why_not(person, date, session, post) is None]
        return sorted(able, key=lambda person: (self.days_in_month(person, date), person.user.sort_name, person.pk))

    def days_in_month(self, volunteer: Volunteer, date) -> int:
        """Duty days this person has in the month of that date."""
        return sum((day.year, day.month) == (date.year, date.month) for day in self.days.get(volunteer.pk, ()))

    def missing(self, date, session: str) -> dict[int, int]:
        """Post -> people missing to its minimum, then to the site's minimum of different people (at the first post)."""
        return missing_people(
            self.site, self.posts, {post.pk: self.at_post[date, session, post.pk] for post in self.posts}
        )

    def shortfalls(self) -> list[tuple[datetime.date, str, Post, int]]:
        """Every (date, session, post, people missing) in the days asked about, in order."""
        posts = {post.pk: post for post in self.posts}
        return [
            (date, row.session, posts[post], lacking)
            for date, rows in sorted(self.sessions.items())
            for row in rows
            for post, lacking in self.missing(date, row.session).items()
        ]
