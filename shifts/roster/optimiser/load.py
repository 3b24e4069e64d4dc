"""Equal load: what is a fair share, and the proof that no other roster of these rules is nearer to it.

A fair share is the person's part of all sessions to fill, in proportion to the open sessions in which they could
serve (a member, qualified, not on leave, not elsewhere), less what they served beyond their share before. Nobody's
share is beyond what their own maxima and leave let them serve, nor below what is pinned; what that leaves over is
shared by all others in the same proportion. So nobody is behind for having been capped, and nobody is owed what they
could not have served.

The deviation of a person is their count less their share. Rank one makes the spread of the deviations (the largest less
the smallest) as small as the hard rules let it be, over all who could have more or fewer duties than they have pinned
at all, and then the sum of the squares of all deviations. A group that the rules hold apart (few who may serve on a
floor that needs many) is not left out of the spread: no roster does better for it, and the squares even out the others.
"""

from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction

from .engine import Undecided
from .model import HardModel
from .problem import HUNDREDTHS

CHECKS = 400  # windows of deviations looked at before the proof is given up


def most_sessions(model: HardModel) -> list[int]:
    """The most sessions that leave and maxima let each person have, pinned ones counted."""
    ground, most = model.ground, []
    for person in range(len(ground.people)):
        longest = {}
        for (who, day), options in model.of_day.items():
            if who == person:
                sessions = {session for _column, option in options for session in option.sessions}
                longest[day] = len(sessions)
        left = [[set(days), most_days] for days, most_days in ground.caps[person]]
        total = ground.pin_load[person]
        for day, sessions in sorted(longest.items(), key=lambda item: (-item[1], item[0])):
            binding = [cap for cap in left if day in cap[0]]
            if all(cap[1] > 0 for cap in binding):
                total += sessions
                for cap in binding:
                    cap[1] -= 1
        most.append(total)
    return most


def fair_shares(
    *, total: int, available: list[int], balance: list[int], least: list[int], most: list[int]
) -> list[int]:
    """Shares in hundredths of a session that sum to `total` sessions; balances in hundredths, the rest in sessions.

    share = level x available - balance, kept between least and most, with the one level at which the shares sum to
    the total.
    """
    people = range(len(available))
    low, high = [HUNDREDTHS * value for value in least], [HUNDREDTHS * value for value in most]
    wanted = min(max(HUNDREDTHS * total, sum(low)), sum(high))

    def at(level):
        return [min(max(level * available[i] - balance[i], low[i]), high[i]) for i in people]

    bends = sorted(
        {Fraction(edge[i] + balance[i], available[i]) for i in people if available[i] for edge in (low, high)}
    )
    if not bends:
        return [round(value) for value in low]
    # The sum grows with the level, straight between two bends: find the stretch, then the level on it.
    first, last = 0, len(bends) - 1
    while last - first > 1:
        middle = (first + last) // 2
        first, last = (middle, last) if sum(at(bends[middle])) <= wanted else (first, middle)
    before, after = sum(at(bends[first])), sum(at(bends[last]))
    level = bends[first]
    if after > before:
        level += (bends[last] - bends[first]) * Fraction(wanted - before, after - before)
    return _rounded(at(level), wanted)


def _rounded(shares, total):
    """Whole hundredths with the same sum: the largest fractions are rounded up."""
    whole = [int(share // 1) for share in shares]
    by_rest = sorted(range(len(shares)), key=lambda i: (whole[i] - shares[i], i))
    for place in by_rest[: max(0, round(total - sum(whole)))]:
        whole[place] += 1
    return whole


@dataclass
class Load:
    """The answer of rank one: a roster with the smallest spread and, of these, the smallest squares."""

    values: object
    loads: list[int]
    spread: int
    squares: int
    proven: bool


class LoadSearch:
    """Looks for the narrowest window [lowest, lowest + spread] of deviations that some roster fits in.

    Each window bounds everybody's count; whether a roster exists within it is asked of the hard model, mostly a network
    that answers at once. Windows that cannot sum to the total are never asked about.
    """

    def __init__(self, model: HardModel, shares: list[int], total: int, least, most):
        self.model, self.shares, self.total = model, shares, total
        self.least, self.most, self.unit = least, most, model.unit
        self.movable = [i for i in range(len(shares)) if most[i] > least[i]]
        self.checks, self.gave_up = 0, False
        counts = {
            i: range(least[i], most[i] + 1, self.unit) for i in self.movable
        }
        self.values = sorted({HUNDREDTHS * count - shares[i] for i, row in counts.items() for count in row})

    def bounds(self, lowest, highest):
        """(least, most) of every person's count in the window, or None if somebody or the total does not fit."""
        low, high = list(self.least), list(self.most)
        for i in self.movable:
            # ceil and floor of count = least + unit * k
            if lowest is not None:
                need = self.shares[i] + lowest - HUNDREDTHS * self.least[i]
                low[i] = self.least[i] + self.unit * max(0, -(-need // (HUNDREDTHS * self.unit)))
            if highest is not None:
                room = self.shares[i] + highest - HUNDREDTHS * self.least[i]
                high[i] = min(self.most[i], self.least[i] + self.unit * (room // (HUNDREDTHS * self.unit)))
            if low[i] > high[i]:
                return None
        return (low, high) if sum(low) <= self.total <= sum(high) else None

    def fits(self, lowest, highest):
        """Values of a roster within the window, or None."""
        return self._ask(self.model.program.cheapest, lowest, highest)

    def may_fit(self, lowest, highest):
        """Values of a fractional roster within the window, or None: then there is no whole one either."""
        return self._ask(self.model.program.relaxed, lowest, highest)

    def _ask(self, question, lowest, highest):
        bounds = self.bounds(lowest, highest)
        if bounds is None:
            return None
        if self.checks >= CHECKS:
            self.gave_up = True
            return None
        self.checks += 1
        self.set_rows(*bounds)
        try:
            found = question()
        except Undecided:
            self.gave_up = True
            return None
        return None if found is None else found[1]

    def set_rows(self, low, high):
        pinned = self.model.ground.pin_load
        for i, row in enumerate(self.model.load_rows):
            self.model.program.bound_row(row, (low[i] - pinned[i]) / self.unit, (high[i] - pinned[i]) / self.unit)

    def narrowest(self):
        """(lowest, highest, values): the window of the smallest spread, the one with the largest lowest of these."""
        if not self.movable:
            return None, None, self.fits(None, None)
        # From the cheapest test to the dearest: the narrowest by a cheaper one is the answer if a roster fits in it.
        for test in (self.bounds, self.may_fit):
            quick = self._narrowest(lambda low, high, test=test: test(low, high) is not None)
            found = self.fits(*quick) if quick else None
            if found is not None:
                return *quick, found
        best = self._narrowest(lambda low, high: self.fits(low, high) is not None)
        if best is None:
            return None, None, self.fits(None, None)
        return *best, self.fits(*best)

    def _narrowest(self, fits):
        """The narrowest window by a test that only ever turns true as a window grows."""
        values = self.values
        top = self._first(lambda place: fits(None, values[place]), 0, len(values))
        if top == len(values):
            return None
        bottom = self._first(lambda place: not fits(values[place], None), 0, len(values)) - 1
        best = None
        for place in range(bottom, -1, -1):
            lowest = values[place]
            if best is not None and values[top] - lowest >= best[1] - best[0]:
                break
            start = max(top, bisect_left(values, lowest))
            end = len(values) if best is None else bisect_left(values, lowest + best[1] - best[0])
            if start >= end or not fits(lowest, values[end - 1]):
                continue
            highest = self._first(lambda at, lowest=lowest: fits(lowest, values[at]), start, end - 1)
            best = (lowest, values[highest])
        return best

    @staticmethod
    def _first(test, start, end):
        """The first place from start for which the test holds, `end` if none before does; the test is monotone."""
        while start < end:
            middle = (start + end) // 2
            if test(middle):
                end = middle
            else:
                start = middle + 1
        return start

    def least_squares(self, lowest, highest, values):
        """Values of the roster in the window whose squared deviations are the fewest, and whether that is proven."""
        low, high = self.bounds(lowest, highest) or (self.least, self.most)
        self.set_rows(low, high)
        program, costs = self.model.program, {}
        for i in range(len(self.shares)):
            steps = (high[i] - low[i]) // self.unit
            if steps <= 0:
                continue
            pinned = self.model.ground.pin_load[i]
            bottom = (low[i] - pinned) / self.unit
            program.bound_row(self.model.load_rows[i], bottom, bottom)
            for step in range(steps):
                count = HUNDREDTHS * (low[i] + step * self.unit) - self.shares[i]
                more = count + HUNDREDTHS * self.unit
                column = program.late_column(0, 1, [(self.model.load_rows[i], -1)])
                costs[column] = (more * more - count * count) / HUNDREDTHS**2
        if not costs:
            return values, True
        program.set_costs(costs)
        try:
            return program.cheapest()[1], True
        except Undecided:
            return values, False


def spread_of(counts, shares, movable):
    deviations = [HUNDREDTHS * counts[i] - shares[i] for i in movable]
    return max(deviations, default=0) - min(deviations, default=0)


def squares_of(counts, shares):
    return sum((HUNDREDTHS * count - share) ** 2 for count, share in zip(counts, shares, strict=True))
