"""The roster's problem once more, for the other engine: CP-SAT, on every person, day, session and post as they come.

`CpSat` shares no code with shifts/roster beyond the words of the problem, so it also serves the tests as a second
opinion.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

from ortools.sat.python import cp_model

from shifts.roster.optimiser.engine import INFINITE, Program
from shifts.roster.optimiser.problem import HUNDREDTHS

MOST = 10**9


@dataclass
class Answer:
    """What CP-SAT proved, in the order of the ranks; None where it did not get there within its time."""

    missing: int | None = None
    splits: int | None = None
    spread: int | None = None
    squares: int | None = None
    total: int = 0


class Unproven(Exception):
    """CP-SAT stopped before it knew."""


def one_worker(seconds):
    """CP-SAT as it proves such models the quickest here: one worker that leans on the linear program."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = 0
    solver.parameters.max_time_in_seconds = seconds
    return solver


class CpSat:
    """The hard rules, with the people missing as a number; problems without pins."""

    def __init__(self, problem, *, seconds=60.0):
        assert not problem.pins
        self.problem, self.seconds = problem, seconds
        self.model = cp_model.CpModel()
        self.serves = {}
        for number, person in enumerate(problem.people):
            for day in problem.days:
                for session in day.sessions:
                    if person.is_free(day.date, session):
                        for post in problem.posts:
                            if post.code in person.posts:
                                name = f"{number} {day.date} {session} {post.code}"
                                self.serves[number, day.date, session, post.code] = self.model.new_bool_var(name)
        self.index = defaultdict(list)
        for (person, date, session, post), variable in self.serves.items():
            self.index["at", date, session, post].append(variable)
            self.index["one", person, date, session].append(variable)
            self.index["load", person].append(variable)
        self.one_duty_and_maxima()
        self.missing = self.people_missing()
        self.splits = self.split_days()

    def one_duty_and_maxima(self):
        for key, variables in list(self.index.items()):
            if key[0] == "one":
                self.model.add_at_most_one(variables)
        self.duty_day = {}
        for number, person in enumerate(self.problem.people):
            elsewhere = {date for date, _session in person.elsewhere}
            weeks, month = defaultdict(list), []
            for day in self.problem.days:
                of_day = [v for s in day.sessions for v in self.index["one", number, day.date, s]]
                if not of_day:
                    continue
                served = self.model.new_bool_var(f"day {number} {day.date}")
                self.duty_day[number, day.date] = served
                self.model.add_max_equality(served, of_day)
                if day.date not in elsewhere:
                    weeks[day.date.isocalendar()[:2]].append(served)
                    month.append(served)
            for week, served in weeks.items():
                if person.max_per_week is not None:
                    spent = sum(date.isocalendar()[:2] == week for date in elsewhere)
                    self.model.add(sum(served) <= max(0, person.max_per_week - spent))
            if person.max_per_month is not None:
                first = self.problem.month
                spent = sum((date.year, date.month) == (first.year, first.month) for date in elsewhere)
                self.model.add(sum(month) <= max(0, person.max_per_month - spent))

    def people_missing(self):
        """In each session as many as the posts lack, or the site if it lacks more."""
        missing, self.below = [], []
        for day in self.problem.days:
            for session in day.sessions:
                lacks, here = [], []
                for post in self.problem.posts:
                    at_post = self.index["at", day.date, session, post.code]
                    here += at_post
                    self.model.add(sum(at_post) <= post.max_people)
                    lack = self.model.new_int_var(0, post.min_people, "")
                    self.model.add(sum(at_post) + lack >= post.min_people)
                    lacks.append(lack)
                most = max(self.problem.min_people, sum(post.min_people for post in self.problem.posts))
                short = self.model.new_int_var(0, most, "")
                self.model.add(short >= sum(lacks))
                self.model.add(short >= self.problem.min_people - sum(here))
                self.model.add(sum(here) <= most)
                missing.append(short)
                below = self.model.new_int_var(0, self.problem.min_people, "")
                self.model.add(below >= self.problem.min_people - sum(here))
                self.below.append(below)
        return missing

    def split_days(self):
        """At a site of whole days: days of a person that are not one post for all sessions."""
        if not self.problem.whole_days:
            return []
        splits = []
        for (number, date), served in self.duty_day.items():
            sessions = next(day.sessions for day in self.problem.days if day.date == date)
            whole = []
            for post in self.problem.posts:
                parts = [self.serves.get((number, date, session, post.code)) for session in sessions]
                if all(part is not None for part in parts):
                    one = self.model.new_bool_var("")
                    self.model.add_min_equality(one, parts)
                    whole.append(one)
            split = self.model.new_bool_var("")
            self.model.add(split >= served - sum(whole))
            splits.append(split)
        return splits

    def loads(self):
        return [sum(self.index["load", number]) for number in range(len(self.problem.people))]

    def least(self, expression):
        """The proven minimum of the expression; it then stays there."""
        self.model.minimize(expression)
        solver = one_worker(self.seconds)
        status = solver.solve(self.model)
        if status != cp_model.OPTIMAL:
            raise Unproven(solver.status_name(status))
        self.solver = solver
        least = round(solver.objective_value)
        self.model.add(expression <= least)
        return least

    def fill(self) -> Answer:
        """The fewest people missing, the fewest below the site's minimum, then the fewest split days."""
        answer = Answer(missing=self.least(sum(self.missing)))
        if answer.missing:
            self.least(sum(self.below))
        answer.splits = self.least(sum(self.splits)) if self.splits else 0
        answer.total = sum(self.solver.value(load) for load in self.loads())
        return answer

    def even_out(self, answer: Answer, shares: list[int], total: int) -> Answer:
        """The smallest spread of count - share in hundredths, then the smallest squares."""
        loads = self.loads()
        self.model.add(sum(loads) == total)
        most = HUNDREDTHS * (total + 1) + max(shares, default=0)
        lowest, highest = self.model.new_int_var(-most, most, ""), self.model.new_int_var(-most, most, "")
        for number in range(len(shares)):
            self.model.add(HUNDREDTHS * loads[number] - shares[number] >= lowest)
            self.model.add(HUNDREDTHS * loads[number] - shares[number] <= highest)
        answer.spread = self.least(highest - lowest)
        squares = []
        for number, share in enumerate(shares):
            away, square = self.model.new_int_var(-most, most, ""), self.model.new_int_var(0, most * most, "")
            self.model.add(away == HUNDREDTHS * loads[number] - share)
            self.model.add_multiplication_equality(square, [away, away])
            squares.append(square)
        answer.squares = self.least(sum(squares))
        return answer


class CpSatProgram(Program):
    """The rows and columns of our own program, answered by CP-SAT: what HiGHS is measured against."""

    def start(self):
        self.engine, self.costs = None, {}
        return self

    def late_column(self, lower, upper, entries):
        column = self.column(lower, upper, whole=False)
        self.late = getattr(self, "late", [])
        self.late += [(row, column, factor) for row, factor in entries]
        return column

    def set_costs(self, costs):
        self.costs = costs

    def relaxed(self):
        return self.cheapest()

    def cheapest(self):
        model = cp_model.CpModel()
        columns = [
            model.new_int_var(int(low), min(int(high), MOST) if high < INFINITE else MOST, "")
            for low, high in zip(self.lower, self.upper, strict=True)
        ]
        entries = [[] for _ in self.row_lower]
        for row in range(len(self.row_lower)):
            for place in range(self.starts[row], self.starts[row + 1]):
                entries[row].append(int(self.value[place]) * columns[self.index[place]])
        for row, column, factor in getattr(self, "late", []):
            entries[row].append(factor * columns[column])
        for low, high, row in zip(self.row_lower, self.row_upper, entries, strict=True):
            if row and (low > -INFINITE or high < INFINITE):
                least = math.ceil(low) if low > -INFINITE else -MOST
                most = math.floor(high) if high < INFINITE else MOST
                model.add_linear_constraint(sum(row), least, most)
            elif low > 0 or high < 0:
                return None
        if self.costs:
            model.minimize(sum(round(HUNDREDTHS**2 * cost) * columns[column] for column, cost in self.costs.items()))
        solver = one_worker(60.0)
        status = solver.solve(model)
        if status == cp_model.INFEASIBLE:
            return None
        if status != cp_model.OPTIMAL:
            raise Unproven(solver.status_name(status))
        return solver.objective_value / HUNDREDTHS**2, [solver.value(column) for column in columns]
