"""Depth by depth, all ways to fill a hole; and when there is none, why nobody comes."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shifts.models import Assignment, SiteSession
from shifts.roster.facts import Duty, week_of

from .moves import Hole, Move, Repair, together

MOST_MOVES = 4
# Work, not seconds, so that the same roster always gets the same answer.
MOST_STEPS = 20_000
DAYS_GIVEN_UP_AT_ONCE = 2


class _TooMuchWork(Exception):
    """The search ended before it had looked through everything."""


@dataclass
class _World:
    """The duties as the search changes them."""

    held: dict  # (volunteer, date, session) -> Assignment, or Duty given by the search
    days: dict  # volunteer -> date -> number of sessions
    at_post: Counter
    in_session: Counter  # (date, session) -> people at this site
    moves: list = field(default_factory=list)


class Search:
    """Depth by depth: all ways to fill the hole with one move, then with two, and so on."""

    def __init__(self, facts, roster, hole, begun):
        self.facts, self.roster, self.hole, self.begun = facts, roster, hole, begun
        self.posts = {post.pk: post for post in facts.posts}
        self.rank = {pk: number for number, pk in enumerate(facts.people)}  # by given name
        self.steps, self.best = 0, None
        self._able = {}
        self._limits, self._bounds = {}, {}
        self.world, self.before = self._start(), self._start()
        # What may not be undercut: the minimum, or what stands there now if that is less already; the hole filled.
        self.floor = Counter(
            {
                key: min(count, self.posts[key[2]].min_people)
                for key, count in self.world.at_post.items()
                if key[2] in self.posts
            }
        )
        self.session_floor = Counter({key: min(n, roster.site.min_people) for key, n in self.world.in_session.items()})
        for session in hole.sessions:
            there = self.world.at_post[hole.date, session, hole.post.pk]
            self.floor[hole.date, session, hole.post.pk] = there + 1
            if there >= hole.post.min_people:  # the site lacks somebody, so coming from another post is no help
                key = (hole.date, session)
                self.session_floor[key] = min(self.world.in_session[key] + 1, roster.site.min_people)

    def _start(self):
        held = dict(self.facts.held)
        days = defaultdict(Counter)
        in_session = Counter()
        for (person, date, session), row in held.items():
            days[person][date] += 1
            if row.post is not None and row.post.pk in self.posts:
                in_session[date, session] += 1
        return _World(held, days, Counter(self.facts.at_post), in_session)

    def result(self):
        holes, proven = [(self.hole.date, session, self.hole.post) for session in self.hole.sessions], True
        try:
            for count in range(1, MOST_MOVES + 1):
                if all(self._within(hole, count) for hole in holes):
                    self._fill(holes, count)
                if self.best is not None:
                    return Repair(self.hole, together(self.best[1]))
        except _TooMuchWork:
            if self.best is not None:
                return Repair(self.hole, together(self.best[1]))
            proven = False
        return Repair(self.hole, because=tuple(self._because(proven)), proven=proven)

    # The search itself

    def _fill(self, holes, budget):
        """Try every way to fill these holes, (date, session, post) each, with exactly `budget` moves; keep the best.

        A person who goes to one post in several sessions of a day makes one move of it.
        """
        if not holes:
            if budget == 0:
                self._keep()
            return
        hole, rest = holes[0], holes[1:]
        for person in self.facts.people.values():
            moves = [move for move in self.world.moves if move.volunteer.pk == person.pk]
            if moves and (moves[0].hole.date, moves[0].hole.post.pk) != (hole[0], hole[2].pk):
                continue
            left = budget if moves else budget - 1
            if left < 0:
                continue
            for away in self._ways(self.world, person, hole):
                self.steps += 1
                if self.steps > MOST_STEPS:
                    raise _TooMuchWork
                open_now = rest + self._go(person, hole, away)
                if self._may_be_filled(open_now, left):
                    self._fill(open_now, left)
                self._back(person, hole, away)

    def _may_be_filled(self, holes, budget):
        """False where these holes surely need more moves: one for each post and date, and each by its own bound."""
        reached = {(move.hole.date, move.hole.post.pk) for move in self.world.moves}
        waiting = [hole for hole in holes if (hole[0], hole[2].pk) not in reached]
        if len({(date, post.pk) for date, _session, post in waiting}) > budget:
            return False
        return all(self._within(hole, budget) for hole in waiting)

    def _within(self, hole, count):
        """Whether this hole might be filled with so many moves, each looked at as if it were the first.

        Who has not moved yet can do no more later than at the start, and who has moved does not move again: so what
        is out of reach here is out of reach in the search, which need not look.
        """
        if count < 1:
            return False
        key = (hole[0], hole[1], hole[2].pk, count)
        if key not in self._bounds:
            self._bounds[key] = any(
                all(self._within(opened, count - 1) for opened in self._opened(away, hole))
                for person in self.facts.people.values()
                for away in self._ways(self.before, person, hole)
            )
        return self._bounds[key]

    def _opened(self, away, hole):
        return [(row.date, row.session, row.post) for row in away if self._opens(row, hole)]

    def _opens(self, row, hole):
        """Whether giving this duty up for the hole leaves a place short, as things stand at the start."""
        key = (row.date, row.session, row.post.pk)
        few = self.before.in_session[key[:2]] <= self.session_floor[key[:2]] and key[:2] != hole[:2]
        return few or self.before.at_post[key] <= self.floor[key]

    def _keep(self):
        score = self._score()
        if self.best is None or score < self.best[0]:
            self.best = (score, tuple(self.world.moves))

    def _score(self):
        """Smaller is better: few days for those who gain one, few duties of other dates touched, then by name."""
        before = self.facts.days
        gains = []
        for person in {move.volunteer.pk for move in self.world.moves}:
            gained = set(self.world.days[person]) - before.get(person, set())
            gains += [self.facts.days_in_month(self.facts.people[person], date) for date in gained]
        elsewhere = sum(row.date != move.hole.date for move in self.world.moves for row in move.away)
        names = [(self.rank[move.volunteer.pk], [row.pk for row in move.away]) for move in self.world.moves]
        return sorted(gains, reverse=True), elsewhere, sum(len(move.away) for move in self.world.moves), names

    # One move

    def _ways(self, world, person, hole):
        """The smallest sets of duties this person must give up to go into the hole; none when there is no way."""
        date, session, post = hole
        if not self._is_able(person, date, session, post):
            return
        clash = world.held.get((person.pk, date, session))
        if clash is not None and (not self._is_movable(clash) or clash.post.pk == post.pk):
            return
        given = () if clash is None else (clash,)
        if not self._over_limit(world, person, date, ()):
            yield given
            return
        days = self._days_to_give(world, person, date)
        for count in range(1, DAYS_GIVEN_UP_AT_ONCE + 1):
            found = False
            for dates in combinations(days, count):
                if not self._over_limit(world, person, date, dates):
                    found = True
                    yield given + tuple(row for other in dates for row in days[other])
            if found:
                return

    def _is_able(self, person, date, session, post):
        """Whether nothing but another duty or a maximum keeps this person from it."""
        key = (person.pk, date, session, post.pk)
        if key not in self._able:
            reason = self.facts.why_not(person, date, session, post, ignoring_limits=True)
            self._able[key] = reason is None or reason.code == "on_duty"
        return self._able[key]

    def _is_movable(self, row):
        """A stored duty of this roster, not pinned, not begun; what the search itself gave stays."""
        return (
            isinstance(row, Assignment)
            and row.roster_id == self.roster.pk
            and not row.pinned
            and not self.begun(row.date, row.session)
        )

    def _days_to_give(self, world, person, date):
        """Other days of the same week or month that this person could give up whole: date -> duties."""
        monday, sunday = week_of(date)
        days = {}
        for other in sorted(world.days[person.pk]):
            near = monday <= other <= sunday or (other.year, other.month) == (date.year, date.month)
            if other == date or not near:
                continue
            keys = ((person.pk, other, session) for session in SiteSession.Session.values)
            rows = [world.held[key] for key in keys if key in world.held]
            if all(self._is_movable(row) for row in rows):
                days[other] = rows
        return days

    def _over_limit(self, world, person, date, given_up):
        days = world.days[person.pk]
        if date in days:
            return False
        if (person.pk, date) not in self._limits:
            self._limits[person.pk, date] = self.facts.limits(person, date)
        per_week, per_month = self._limits[person.pk, date]
        left = [day for day in days if day not in given_up]
        monday, sunday = week_of(date)
        if per_week is not None and sum(monday <= day <= sunday for day in left) >= per_week:
            return True
        in_month = sum((day.year, day.month) == (date.year, date.month) for day in left)
        return per_month is not None and in_month >= per_month

    def _go(self, person, hole, away):
        """Make the move and return the holes it opens."""
        date, session, post = hole
        for row in away:
            self._take(person, row)
        self._put(person, Duty(date, session, post, person))
        self.world.moves.append(Move(person, Hole(date, (session,), post), away))
        return [(row.date, row.session, row.post) for row in away if self._lacks(row)]

    def _lacks(self, row):
        key = (row.date, row.session, row.post.pk)
        few = self.world.in_session[key[:2]] < self.session_floor[key[:2]]
        return few or self.world.at_post[key] < self.floor[key]

    def _put(self, person, row):
        world = self.world
        world.held[person.pk, row.date, row.session] = row
        world.days[person.pk][row.date] += 1
        world.at_post[row.date, row.session, row.post.pk] += 1
        world.in_session[row.date, row.session] += 1

    def _take(self, person, row):
        world = self.world
        del world.held[person.pk, row.date, row.session]
        world.days[person.pk][row.date] -= 1
        if not world.days[person.pk][row.date]:
            del world.days[person.pk][row.date]
        world.at_post[row.date, row.session, row.post.pk] -= 1
        world.in_session[row.date, row.session] -= 1

    def _back(self, person, hole, away):
        self.world.moves.pop()
        self._take(person, self.world.held[person.pk, hole[0], hole[1]])
        for row in away:
            self._put(person, row)

    # Why not

    def _because(self, proven):
        """Why nobody fills the hole: how many people for each reason, those who stand elsewhere last."""
        session = self.hole.sessions[0]
        codes = Counter()
        for person in self.facts.people.values():
            reason = self.facts.why_not(person, self.hole.date, session, self.hole.post)
            codes[reason.code if reason else "free"] += 1
        if not self.facts.people:
            yield _("Điểm này chưa có đội nào.")
        for code, words in REASONS.items():
            if codes[code]:
                yield words(codes[code], self.hole.post)
        if not proven:
            yield _("Đã thử {count} cách đổi mà chưa tìm ra; có thể còn cách phải đổi nhiều người hơn.").format(
                count=f"{MOST_STEPS:,}".replace(",", ".")
            )


def _said(sentence):
    return lambda count, post: sentence(count) % {"count": count, "post": post.name}


REASONS = {
    "leave": _said(lambda n: ngettext("%(count)d bạn báo bận", "%(count)d bạn báo bận", n)),
    "not_qualified": _said(
        lambda n: ngettext("%(count)d bạn chưa nhận việc ở %(post)s", "%(count)d bạn chưa nhận việc ở %(post)s", n)
    ),
    "not_member": _said(
        lambda n: ngettext("%(count)d bạn không ở trong đội ngày đó", "%(count)d bạn không ở trong đội ngày đó", n)
    ),
    "inactive": _said(
        lambda n: ngettext("%(count)d bạn đã ngừng tài khoản", "%(count)d bạn đã ngừng tài khoản", n)
    ),
    "week_full": _said(
        lambda n: ngettext(
            "%(count)d bạn đã đủ mức ngày trực tuần này", "%(count)d bạn đã đủ mức ngày trực tuần này", n
        )
    ),
    "month_full": _said(
        lambda n: ngettext(
            "%(count)d bạn đã đủ mức ngày trực tháng này", "%(count)d bạn đã đủ mức ngày trực tháng này", n
        )
    ),
    "on_duty": _said(
        lambda n: ngettext(
            "%(count)d bạn đang có ca khác buổi này, không ai thay được",
            "%(count)d bạn đang có ca khác buổi này, không ai thay được",
            n,
        )
    ),
}
