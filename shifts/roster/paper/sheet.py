"""What a roster on paper, in a chat and in a workbook shows: days, their posts, and who is there in which session."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Q

from shifts.models import CalendarDay, Post, Roster, Site, SiteSession, User
from shifts.roster.facts import RosterFacts, volunteers_of
from shifts.roster.names import full_names, short_names

SESSION_LETTERS = {"sang": "s", "chieu": "c", "toi": "t"}


class NothingToShow(Exception):
    """No roster of these days may be seen: there is none, or it is still a draft."""


@dataclass(frozen=True)
class Entry:
    """One person at a post, or `missing` people; `sessions` is empty when they are there all day."""

    user: User | None = None
    sessions: tuple[str, ...] = ()
    missing: int = 0

    @property
    def letters(self):
        """s, c, t; nothing for the whole day."""
        return "".join(SESSION_LETTERS[session] for session in self.sessions)


@dataclass(frozen=True)
class PostLine:
    """A post on one day, with everybody there."""

    post: Post
    entries: list[Entry]


@dataclass
class Day:
    """One date: its open sessions (none: closed, `closed_as` says why) and its posts."""

    date: datetime.date
    sessions: list[SiteSession]
    lines: list[PostLine] = field(default_factory=list)
    closed_as: str = ""
    hidden: bool = False

    @property
    def session_codes(self):
        return [row.session for row in self.sessions]


@dataclass
class Sheet:
    """Some days of one site, as the reader may see them."""

    site: Site
    first: datetime.date
    last: datetime.date
    posts: list[Post]
    days: list[Day]
    months: list[datetime.date]
    rosters: list[Roster]
    people: list[User]
    is_draft: bool

    @property
    def open_days(self):
        return [day for day in self.days if day.sessions]

    @property
    def hours(self) -> list[SiteSession]:
        """Every session that occurs in these days, in order of time."""
        rows = {row.pk: row for day in self.days for row in day.sessions}
        return sorted(rows.values(), key=lambda row: row.starts_at)

    def short_names(self):
        return short_names(self.people)

    def full_names(self):
        return full_names(self.people)


def read_sheet(site: Site, first, last, *, drafts: bool) -> Sheet:
    """Read the days from first to last, both included, in a constant number of queries.

    Without `drafts` only published rosters are shown; raises NothingToShow when none of these days has one.
    """
    rosters = list(Roster.objects.filter(site=site, month__range=(first.replace(day=1), last)).order_by("month"))
    months = _months(first, last)
    published = {roster.month for roster in rosters if roster.is_published}
    if not drafts and not published:
        raise NothingToShow
    shown = months if drafts else published
    facts = RosterFacts(site, first, last, people=volunteers_of(site, first, last).prefetch_related(None))
    at_post = _people_at_posts(facts, shown)
    names = _special_names(site, first, last)
    days = []
    for number in range((last - first).days + 1):
        date = first + datetime.timedelta(days=number)
        day = Day(date, facts.sessions.get(date, []), hidden=date.replace(day=1) not in shown)
        if day.sessions and not day.hidden:
            day.lines = _lines(facts, day, at_post)
        elif not day.sessions:
            day.closed_as = names.get(date, "")
        days.append(day)
    people = {person.user_id: person.user for person in facts.people.values()}
    people |= {user.pk: user for users in at_post.values() for user in users}
    return Sheet(
        site=site,
        first=first,
        last=last,
        posts=facts.posts,
        days=days,
        months=sorted(shown),
        rosters=[roster for roster in rosters if roster.month in shown],
        people=sorted(people.values(), key=lambda user: (user.sort_name, user.username)),
        is_draft=bool(shown - published),
    )


def _months(first, last):
    """The first day of every month that these days touch."""
    return {first.replace(day=1), last.replace(day=1)}


def _people_at_posts(facts, months):
    """(date, session, post) -> users there, by given name."""
    found = defaultdict(list)
    for row in facts.assignments:
        here = row.roster_id and row.roster.site_id == facts.site.pk and row.roster.month in months
        if here and facts.first <= row.date <= facts.last:
            found[row.date, row.session, row.post_id].append(row.volunteer.user)
    return found


def _special_names(site, first, last):
    """Date -> name of the day that closes it, for the whole day; the site's own beats the common one."""
    rows = CalendarDay.objects.filter(Q(site=None) | Q(site=site), date__range=(first, last), is_open=False, session="")
    return {row.date: row.name for row in sorted(rows, key=lambda row: row.site_id is not None)}


def _lines(facts, day, at_post):
    codes = day.session_codes
    missing = {code: facts.missing(day.date, code) for code in codes}
    return [
        PostLine(post, _present(day.date, post, codes, at_post) + _holes(post, codes, missing)) for post in facts.posts
    ]


def _present(date, post, codes, at_post):
    """Those there all day first, then by session and given name."""
    users, sessions = {}, defaultdict(list)
    for code in codes:
        for user in at_post[date, code, post.pk]:
            users[user.pk] = user
            sessions[user.pk].append(code)
    entries = [
        Entry(user, () if len(sessions[pk]) == len(codes) else tuple(sessions[pk])) for pk, user in users.items()
    ]
    return sorted(entries, key=lambda entry: [codes.index(code) for code in entry.sessions])


def _holes(post, codes, missing):
    counts = [missing[code].get(post.pk, 0) for code in codes]
    all_day = min(counts)
    holes = [Entry(missing=all_day)] if all_day else []
    return holes + [
        Entry(sessions=(code,), missing=count - all_day)
        for code, count in zip(codes, counts, strict=True)
        if count > all_day
    ]
