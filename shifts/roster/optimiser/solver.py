"""The roster of a month: hard rules and equal load proven, the rest improved within a limit of work.

In this order, each without giving up anything of the one before:

1. as few people missing as the hard rules allow (none, mostly), the missing ones spread thinly;
2. at a site that rosters whole days, as few split days as possible; none are tried while whole days leave no shortage;
3. equal load: the spread of the deviations from the fair shares, then their squares (see load.py);
4. the wishes of the second rank, by weight (see wishes.py).

Pins stay whatever they break; what they break is said. The same problem always has the same roster: everything is
sorted, the engine runs in one thread with a fixed seed, and limits count work, not seconds.
"""

import datetime
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .conflicts import pin_conflicts
from .engine import INFINITE, Stopped, Undecided
from .load import LoadSearch, fair_shares, most_sessions, spread_of, squares_of
from .model import Ground, HardModel
from .problem import HUNDREDTHS, RosterProblem
from .shortfalls import Shortfall, find_shortfalls
from .wishes import Block, Bound, Improver

WORK_LIMIT = 20_000  # exchanges tried for the second rank
QUICK_LOOK = 3_000  # of these before the engine is asked, which is not needed where nothing is left to gain
EXCHANGES_A_NODE = 200  # what a node of the engine's tree counts as in work
MOST_COLUMNS = 12_000  # larger programs of the second rank give a bound only
OPTIMAL, FEASIBLE, INFEASIBLE = "optimal", "feasible", "infeasible"


class Cancelled(Exception):
    """The person who asked for the roster has stopped it."""


class NoRoster(Exception):
    """The engine found the rules to leave no roster at all."""


@dataclass(frozen=True, order=True)
class Placed:
    """One duty of the roster."""

    date: datetime.date
    session: str
    post: str
    username: str
    pinned: bool = False


@dataclass(frozen=True)
class Count:
    """Sessions somebody has in the roster, and what would be fair (their earlier balance taken into account)."""

    duties: int
    fair_share: float


@dataclass(frozen=True)
class Solution:
    """A roster and what is known about it.

    `status`: optimal, hard rules hold and the load is proven the most equal; feasible, hard rules hold without that
    proof; infeasible, the hard rules cannot all hold, so places stay open or pins break a rule: the roster is the
    nearest to them.
    """

    status: str
    assignments: tuple[Placed, ...]
    shortfalls: tuple[Shortfall, ...]
    counts: dict[str, Count]
    load_spread: float
    load_squares: float
    load_proven: bool
    shortage_proven: bool
    split_days: int
    wish_cost: int
    wish_bound: int
    breaches: dict[str, int]
    conflicts: tuple[str, ...]
    seconds: float = field(compare=False, default=0.0)

    @property
    def gap(self):
        """How far the wishes may be from their best, as a part of their cost: 0 when nothing better exists."""
        return round((self.wish_cost - self.wish_bound) / self.wish_cost, 4) if self.wish_cost else 0.0


def solve(
    problem: RosterProblem,
    *,
    progress: Callable[[str, float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    work_limit: int = WORK_LIMIT,
) -> Solution:
    """Make the roster; `progress` hears (phase, part done), `cancelled` is asked between steps (raises Cancelled)."""
    try:
        return _Solver(problem.in_order(), progress, cancelled, work_limit).run()
    except Stopped as error:
        raise Cancelled from error


class _Solver:
    def __init__(self, problem, progress, cancelled, work_limit):
        self.started = time.perf_counter()
        self.problem, self.work_limit = problem, work_limit
        self.ground = Ground(problem)
        self._progress, self._cancelled = progress or (lambda phase, part: None), cancelled or (lambda: False)
        self._stop_engine = self._cancelled if cancelled else None
        self.shortage_proven = self.load_proven = True

    def step(self, phase, part):
        if self._cancelled():
            raise Cancelled
        self._progress(phase, part)

    def run(self):
        self.step(_("Tìm đủ người cho mọi buổi"), 0.05)
        model, values = self.fill()
        self.step(_("Chia đều số buổi"), 0.2)
        model, values = self.even_out(model, values)
        self.step(_("Xếp theo nguyện vọng"), 0.35)
        held = self.blocks(model, values)
        improver, bound = self.improve(model, held)
        self.step(_("Kiểm tra lịch"), 0.98)
        return self.solution(improver, bound)

    # 1 and 2: hard rules

    def fill(self):
        """The model with the fewest people missing and then the fewest split days, and values of one such roster."""
        halves = frozenset(self.ground.days_of_half_pins()) if self.problem.whole_days else frozenset()
        found = self._without_shortage(halves)
        if found is None:
            found = self._with_shortage(halves)
            more = halves | self.ground.days_of_half_people()
            if self.problem.whole_days and more != halves:
                self.step(_("Thử chia nửa ngày"), 0.1)
                found = self._without_shortage(more) or self._fewer_missing(found, self._with_shortage(more))
        return found

    def _without_shortage(self, halves):
        """(model, values) with nobody missing, or None where there is no such roster."""
        model = HardModel(self.ground, half_days=halves, stop=self._stop_engine).start()
        model.program.set_costs({})
        if model.program.relaxed() is None:
            return None
        try:
            return self._settled(model)
        except NoRoster:
            return None

    def _with_shortage(self, halves):
        return self._settled(HardModel(self.ground, half_days=halves, short=True, stop=self._stop_engine).start())

    def _settled(self, model):
        """Make the ranks before the load least, one after the other, and hold the model to them."""
        program, values, model.least = model.program, None, []
        for row, costs in model.ranks() or [(None, {})]:
            program.set_costs(costs)
            values = self._cheapest(program)
            least = sum(cost * round(values[column]) for column, cost in costs.items())
            if row is not None:
                model.least.append(least)
                program.bound_row(row, -INFINITE, least + 0.5)
        model.hold(model.least, sum(model.load_of(values)))
        return model, values

    def _cheapest(self, program):
        """Values of the best roster; at the limit of the engine, of the best it met, which is no proof."""
        try:
            found = program.cheapest()
            if found is None:
                raise NoRoster
            return found[1]
        except Undecided:
            self.shortage_proven = False
            return program.best_met()

    @staticmethod
    def _fewer_missing(one, other):
        """The one whose first rank, the shortage, is smaller; the first where they are equal."""
        return other if other[0].least[:1] < one[0].least[:1] else one

    # 3: load

    def even_out(self, model, values):
        given = model.load_of(values)
        self.least, self.most = list(self.ground.pin_load), most_sessions(model)
        self.total = sum(given) + sum(self.ground.pin_load)
        self.shares = fair_shares(
            total=self.total,
            available=self.ground.available(),
            balance=[person.balance for person in self.problem.people],
            least=self.least,
            most=self.most,
        )
        search = LoadSearch(model, self.shares, self.total, self.least, self.most)
        lowest, highest, evened = search.narrowest()
        self.step(_("Chia đều số buổi"), 0.3)
        proven = evened is not None
        if proven:
            values, proven = search.least_squares(lowest, highest, evened)
        self.load_proven = proven and not search.gave_up
        self.movable = search.movable
        counts = self._counts(model.load_of(values))
        self.window = search.bounds(lowest, highest) or (self.least, self.most)
        self.squares = squares_of(counts, self.shares)
        return model, values

    def _counts(self, given):
        return [more + pinned for more, pinned in zip(given, self.ground.pin_load, strict=True)]

    # 4: wishes

    def blocks(self, model, values):
        """Every duty given, as (block, person); people of a group of posts are told to their posts in turn."""
        groups = defaultdict(list)
        for option in model.chosen(values):
            groups[option.day, option.sessions, option.posts].append(option.person)
        held = []
        for (day, sessions, posts), people in sorted(groups.items()):
            for post, person in zip(self._places(day, sessions[0], posts), sorted(people), strict=False):
                held.append((Block(day, sessions, post), person))
        return held

    def _places(self, day, session, posts):
        """The posts of a group in the order they are filled: one each, up to the minima, then beyond these."""
        least, most, _total = self.ground.needs(day, session)
        for number in range(max(least[post] for post in posts)):
            yield from (post for post in posts if number < least[post])
        for number in range(max(most[post] - least[post] for post in posts)):
            yield from (post for post in posts if number < most[post] - least[post])

    def improve(self, model, held):
        """Exchange a little; where that leaves something to gain, ask the engine, and exchange on if it cannot say."""
        phase = _("Xếp theo nguyện vọng")
        improver, bound = Improver(self.ground, held), 0
        improver.improve(min(QUICK_LOOK, self.work_limit), 0, cancelled=self._stop)
        if not improver.cost:
            return improver, 0
        self.step(phase, 0.45)
        program = self._program_of_wishes(model, improver)
        bound = program.cost()
        if bound < improver.cost and len(program.program.lower) <= MOST_COLUMNS and self.work_limit:
            self.step(phase, 0.5)
            values, better = program.best()
            bound = max(bound, better)
            if values is not None:
                other = Improver(self.ground, self.blocks(program.model, values), wishes=improver.wishes)
                improver = min(improver, other, key=lambda one: one.cost)
        if bound < improver.cost:
            improver.improve(
                self.work_limit - QUICK_LOOK,
                bound,
                cancelled=self._stop,
                progress=lambda part: self.step(phase, 0.6 + 0.38 * part),
            )
        return improver, bound

    def _stop(self):
        if self._cancelled():
            raise Cancelled

    def _program_of_wishes(self, model, improver):
        """The program of the second rank over all rosters that are as good in the first."""
        apart = HardModel(
            self.ground,
            half_days=model.half_days,
            short=model.short,
            apart=True,
            stop=self._stop_engine,
            node_limit=max(1, self.work_limit // EXCHANGES_A_NODE),
        )
        low, high = self.window
        shortest = min((len(option.sessions) for _column, option in apart.options), default=1)
        bound = Bound(improver.wishes, apart, [most // shortest for most in high])
        apart.hold(model.least, self.total - sum(self.ground.pin_load))
        bound.keep_load(low, high, self.shares, self.squares)
        return bound

    # The answer

    def solution(self, improver, bound):
        problem = self.problem
        placed = [Placed(pin.date, pin.session, pin.post, pin.username, pin.pinned) for pin in problem.pins]
        for block, person in zip(improver.blocks, improver.holder, strict=True):
            day, post = problem.days[block.day], problem.posts[block.post].code
            username = problem.people[person].username
            placed += [Placed(day.date, day.sessions[session], post, username) for session in block.sessions]
        given = [0] * len(problem.people)
        for block, person in zip(improver.blocks, improver.holder, strict=True):
            given[person] += len(block.sessions)
        counts = self._counts(given)
        placed = tuple(sorted(placed, key=lambda row: (row.date, self._order(row), row.post, row.username)))
        shortfalls = find_shortfalls(problem, placed)
        conflicts = tuple(pin_conflicts(problem))
        return Solution(
            status=self.status(shortfalls, conflicts),
            assignments=placed,
            shortfalls=shortfalls,
            counts={
                person.username: Count(count, share / HUNDREDTHS)
                for person, count, share in zip(problem.people, counts, self.shares, strict=True)
            },
            load_spread=spread_of(counts, self.shares, self.movable) / HUNDREDTHS,
            load_squares=squares_of(counts, self.shares) / HUNDREDTHS**2,
            load_proven=self.load_proven,
            shortage_proven=self.shortage_proven,
            split_days=split_days(problem, placed),
            wish_cost=improver.cost,
            wish_bound=min(bound, improver.cost),
            breaches=improver.breaches(),
            conflicts=conflicts,
            seconds=round(time.perf_counter() - self.started, 3),
        )

    def status(self, shortfalls, conflicts):
        if shortfalls or conflicts:
            return INFEASIBLE
        return OPTIMAL if self.load_proven and self.shortage_proven else FEASIBLE

    def _order(self, row):
        day = self.ground.day_at.get(row.date)
        place = self.ground.session_at(day, row.session)
        return 9 if place is None else place


def split_days(problem, placed):
    """How often, at a site of whole days, somebody's day is not one post for all of its sessions."""
    if not problem.whole_days:
        return 0
    sessions = {day.date: set(day.sessions) for day in problem.days}
    held = defaultdict(dict)
    for row in placed:
        held[row.date, row.username][row.session] = row.post
    return sum(
        set(of_day) != sessions.get(date, set(of_day)) or len(set(of_day.values())) > 1
        for (date, _username), of_day in held.items()
    )
