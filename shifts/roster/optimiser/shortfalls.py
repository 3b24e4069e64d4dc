"""Why a place stays empty: every member of the team in exactly one group, and who could come if a limit were raised."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shifts.dates import monday_of

from .problem import Person, PostNeed, RosterProblem

NAMED_UP_TO = 3  # people of a group who are called by name in its sentence
# The first that is true of a person is their group.
KINDS = (
    "not_joined", "left", "here", "elsewhere", "leave", "not_qualified", "month_full", "week_full", "no_room", "free",
)  # fmt: skip


@dataclass(frozen=True)
class Group:
    """People who cannot take the place for the same reason; `limit` is their maximum where that is the reason."""

    kind: str
    people: tuple[str, ...]
    sentence: str
    limit: int | None = None


@dataclass(frozen=True)
class Helper:
    """Somebody who could take the place if their maximum of the week or month were raised."""

    username: str
    name: str
    limit: str  # week_full or month_full
    last_duty: datetime.date | None


@dataclass(frozen=True)
class Shortfall:
    """People missing at a post in one session, and why.

    Where the site has fewer different people than its minimum, beyond what its posts lack, they are missing at the
    first post with room.
    """

    date: datetime.date
    session: str
    post: str
    missing: int
    groups: tuple[Group, ...]
    helpers: tuple[Helper, ...] = ()

    @property
    def because(self) -> list[str]:
        """The reasons as sentences that together name everybody in the team once."""
        return [group.sentence for group in self.groups]


def find_shortfalls(problem: RosterProblem, placed) -> tuple[Shortfall, ...]:
    """Every place below a minimum in this roster, in order of time; `placed` has date, session, post, username."""
    view = _View(problem, placed)
    found = []
    for day in problem.days:
        if problem.is_over(day.date):
            continue
        for session in day.sessions:
            found += view.of_session(day.date, session)
    return tuple(found)


class _View:
    """The roster as the reasons need it: who is where, and which days everybody has used."""

    def __init__(self, problem, placed):
        self.problem = problem
        self.posts = {post.code: post for post in problem.posts}
        self.at = defaultdict(list)
        self.held = {}
        self.days = defaultdict(set)
        for row in placed:
            self.at[row.date, row.session].append(row)
            self.held[row.username, row.date, row.session] = row.post
            self.days[row.username].add(row.date)
        for person in problem.people:
            self.days[person.username] |= {date for date, _session in person.elsewhere}
        self.team = [person for person in problem.people if not person.guest]

    def of_session(self, date, session):
        present = Counter(row.post for row in self.at[date, session])
        lacking = {post.code: post.min_people - present[post.code] for post in self.problem.posts}
        lacking = {code: number for code, number in lacking.items() if number > 0}
        different = len({row.username for row in self.at[date, session] if row.post in self.posts})
        more = self.problem.min_people - different - sum(lacking.values())
        for_site = []
        if more > 0 and self.problem.posts:
            roomy = [p for p in self.problem.posts if present[p.code] + lacking.get(p.code, 0) < p.max_people]
            post = (roomy or self.problem.posts)[0]
            if post.code in lacking:
                lacking[post.code] += more
            else:
                room = [p for p in self.problem.posts if present[p.code] < p.max_people]
                for_site = [self.shortfall(date, session, post, more, any_of=room)]
        return [self.shortfall(date, session, self.posts[code], count) for code, count in lacking.items()] + for_site

    def shortfall(self, date, session, post, missing, any_of=None):
        """The reasons for one place; `any_of` are the posts that would do where only the site's minimum is missed."""
        posts = [post] if any_of is None else any_of
        groups = defaultdict(list)
        for person in self.team:
            groups[self.why_not(person, date, session, posts)].append(person)
        order = sorted(groups, key=lambda reason: (KINDS.index(reason[0]), reason[1] or 0))
        return Shortfall(
            date=date,
            session=session,
            post=post.code,
            missing=missing,
            groups=tuple(
                Group(
                    kind,
                    tuple(person.username for person in groups[kind, limit]),
                    self.sentence(kind, limit, groups[kind, limit], date, session, post, any_of),
                    limit,
                )
                for kind, limit in order
            ),
            helpers=tuple(
                self.helper(person, kind, date)
                for kind, limit in order
                if kind in ("week_full", "month_full")
                for person in groups[kind, limit]
            ),
        )

    def why_not(self, person: Person, date, session, posts: list[PostNeed]) -> tuple[str, int | None]:
        """(kind, limit): the first reason that keeps this person from the place."""
        kind, otherwise = self._plain_reason(person, date, session, posts), "free" if posts else "no_room"
        if kind or date in self.days[person.username]:
            return kind or otherwise, None
        days = self.days[person.username]
        in_month = sum((day.year, day.month) == (date.year, date.month) for day in days)
        if person.max_per_month is not None and in_month >= person.max_per_month:
            return "month_full", person.max_per_month
        in_week = sum(monday_of(day) == monday_of(date) for day in days)
        if person.max_per_week is not None and in_week >= person.max_per_week:
            return "week_full", person.max_per_week
        return otherwise, None

    def _plain_reason(self, person, date, session, posts):
        if person.joined is not None and date < person.joined:
            return "not_joined"
        if person.left is not None and person.left <= date:
            return "left"
        if (person.username, date, session) in self.held:
            return "here"
        if (date, session) in person.elsewhere:
            return "elsewhere"
        if (date, session) in person.leave:
            return "leave"
        return "not_qualified" if posts and not any(post.code in person.posts for post in posts) else None

    def helper(self, person, kind, date):
        before = [day for day in self.days[person.username] if day < date]
        return Helper(person.username, person.called, kind, max(before, default=None))

    # Sentences

    def sentence(self, kind, limit, people, date, session, post, any_of):
        count = len(people)
        words = {
            "count": count,
            "limit": limit,
            "post": post.name,
            "names": "",
            "where": self._where(people, date, session),
        }
        if count <= NAMED_UP_TO:
            words["names"] = " (" + ", ".join(person.called for person in people) + ")"
        return self._text(kind, count, any_of is not None).format(**words)

    def _where(self, people, date, session):
        codes = {self.held.get((person.username, date, session)) for person in people}
        return joined([post.name for post in self.problem.posts if post.code in codes])

    @staticmethod
    def _text(kind, count, site_wide):
        texts = {
            "not_joined": ngettext("{count} bạn chưa vào đội{names}", "{count} bạn chưa vào đội{names}", count),
            "left": ngettext("{count} bạn đã rời đội{names}", "{count} bạn đã rời đội{names}", count),
            "here": ngettext("{count} bạn đang trực {where}{names}", "{count} bạn đang trực {where}{names}", count),
            "elsewhere": ngettext(
                "{count} bạn đã có việc ở nơi khác{names}", "{count} bạn đã có việc ở nơi khác{names}", count
            ),
            "leave": ngettext("{count} bạn báo bận{names}", "{count} bạn báo bận{names}", count),
            "not_qualified": ngettext(
                "{count} bạn chưa nhận việc ở {post}{names}", "{count} bạn chưa nhận việc ở {post}{names}", count
            ),
            "no_room": ngettext(
                "{count} bạn rảnh nhưng các vị trí đã đủ số người nhiều nhất{names}",
                "{count} bạn rảnh nhưng các vị trí đã đủ số người nhiều nhất{names}",
                count,
            ),
            "month_full": ngettext(
                "{count} bạn đã đủ mức {limit} ngày trực tháng này{names}",
                "{count} bạn đã đủ mức {limit} ngày trực tháng này{names}",
                count,
            ),
            "week_full": ngettext(
                "{count} bạn đã đủ mức {limit} ngày trực tuần này{names}",
                "{count} bạn đã đủ mức {limit} ngày trực tuần này{names}",
                count,
            ),
            "free": ngettext(
                "{count} bạn có thể nhận chỗ này{names}", "{count} bạn có thể nhận chỗ này{names}", count
            ),
        }
        if site_wide and kind == "not_qualified":
            return ngettext(
                "{count} bạn chưa nhận việc ở vị trí nào còn chỗ{names}",
                "{count} bạn chưa nhận việc ở vị trí nào còn chỗ{names}",
                count,
            )
        return texts[kind]


def joined(names):
    """Names with "và" before the last: Tầng 1, Tầng 2 và Tầng 3."""
    if len(names) < 2:
        return "".join(names)
    return _("{some} và {last}").format(some=", ".join(names[:-1]), last=names[-1])
