"""The hard rules of a roster as a linear program, and the equal load on top of it.

An option is a person on a day at one of a group of posts, for one session or for all sessions of the day. Posts that
the same people can hold on a day are one group, told apart only when a solution is read. Whole days alone make a
network (people, their weeks, their days, groups of posts), which is why the fractional program mostly answers in
whole numbers and proofs are quick.
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from shifts.dates import monday_of

from .engine import INFINITE, Program
from .problem import RosterProblem

# What a missing person costs, and a place by which the site has fewer different people than its minimum; the sum of all
# the latter never reaches the former. Then, how thinly the missing are spread: an empty post, or each one more missing
# in the same session, and a person given beyond the minima.
MISSING, BELOW = 10_000, 1
UNEVEN, BEYOND = 20, 1


@dataclass(frozen=True)
class Option:
    """Something one person may be given: posts of one group on a date, in these sessions."""

    person: int
    day: int
    posts: tuple[int, ...]
    sessions: tuple[int, ...]
    is_whole: bool


class Ground:
    """What pins leave open: who may be where, and what is still needed there."""

    def __init__(self, problem: RosterProblem):
        self.problem = problem
        self.people, self.posts, self.days = problem.people, problem.posts, problem.days
        self.person_at = {person.username: number for number, person in enumerate(self.people)}
        self.post_at = {post.code: number for number, post in enumerate(self.posts)}
        self.day_at = {day.date: number for number, day in enumerate(self.days)}
        self.over = {number for number, day in enumerate(self.days) if problem.is_over(day.date)}
        self._place_pins()
        self.used_dates = [
            dates | {date for date, _session in person.elsewhere}
            for person, dates in zip(self.people, self.pin_dates, strict=True)
        ]
        self.caps = [self._caps(number) for number in range(len(self.people))]

    def _place_pins(self):
        self.pinned_at = defaultdict(list)  # (day, session, post) -> people
        self.pin_posts = defaultdict(dict)  # (person, day) -> {session: post}
        self.pin_dates = [set() for _ in self.people]
        self.pin_load = [0] * len(self.people)
        for pin in self.problem.pins:
            person = self.person_at.get(pin.username)
            day, post = self.day_at.get(pin.date), self.post_at.get(pin.post)
            session = self.session_at(day, pin.session)
            if None not in (day, session, post):
                self.pinned_at[day, session, post].append(pin.username)
            if person is None:
                continue
            self.pin_dates[person].add(pin.date)
            self.pin_load[person] += 1
            if None not in (day, session):
                self.pin_posts[person, day].setdefault(session, post)

    def session_at(self, day, session):
        """Place of a session in its day, or None when it is not open then."""
        if day is None or session not in self.days[day].sessions:
            return None
        return self.days[day].sessions.index(session)

    def _caps(self, number):
        """(dates, most) of this person's weeks and month: of these open dates no more than so many may be added."""
        person, used = self.people[number], self.used_dates[number]
        caps = []
        if person.max_per_week is not None:
            weeks = defaultdict(list)
            for day, row in enumerate(self.days):
                weeks[monday_of(row.date)].append(day)
            for monday, days in sorted(weeks.items()):
                spent = sum(monday_of(date) == monday for date in used)
                caps.append((days, max(0, person.max_per_week - spent)))
        if person.max_per_month is not None:
            month = self.problem.month
            spent = sum((date.year, date.month) == (month.year, month.month) for date in used)
            caps.append((list(range(len(self.days))), max(0, person.max_per_month - spent)))
        return [([day for day in days if self.days[day].date not in used], most) for days, most in caps]

    @cached_property
    def servable(self):
        """(person, day, session) -> posts the rules of that session alone let this person take; only where any.

        Of days that are over, the sessions in which somebody served: what the duties given there are shared over.
        """
        posts = [{n for n, post in enumerate(self.posts) if post.code in person.posts} for person in self.people]
        found = {}
        for day, row in enumerate(self.days):
            for session, name in enumerate(row.sessions):
                if day in self.over and not any(self.pinned_at[day, session, n] for n in range(len(self.posts))):
                    continue
                for number, person in enumerate(self.people):
                    held = self.pin_posts.get((number, day), ())
                    if posts[number] and session not in held and person.is_free(row.date, name):
                        found[number, day, session] = posts[number]
        return found

    @cached_property
    def holdable(self):
        """(person, day, session) -> posts that may still be given to this person; only where any."""
        return {place: posts for place, posts in self.servable.items() if place[1] not in self.over}

    @cached_property
    def free_sessions(self):
        """(person, day) -> sessions in which the person could serve; only where any."""
        found = defaultdict(list)
        for person, day, session in self.servable:
            found[person, day].append(session)
        return dict(found)

    def available(self):
        """Open sessions in which each person could serve, pinned ones included: the measure of their fair share."""
        sessions = [0] * len(self.people)
        for places in (self.free_sessions, self.pin_posts):
            for (person, _day), held in places.items():
                sessions[person] += len(held)
        return sessions

    def needs(self, day, session):
        """(least, most) still to be given at each post, and how many in all: what minima and the site's minimum ask."""
        if day in self.over:
            return [0] * len(self.posts), [0] * len(self.posts), 0
        pinned = [len(self.pinned_at[day, session, post]) for post in range(len(self.posts))]
        least = [max(0, post.min_people - held) for post, held in zip(self.posts, pinned, strict=True)]
        most = [max(0, post.max_people - held) for post, held in zip(self.posts, pinned, strict=True)]
        return least, most, max(sum(least), self.problem.min_people - sum(pinned))

    def site_needs(self, day, session):
        """People still to be given for the site's own minimum."""
        pinned = sum(len(self.pinned_at[day, session, post]) for post in range(len(self.posts)))
        return max(0, self.problem.min_people - pinned)

    def days_of_half_pins(self):
        """Days of several sessions on which pins do not leave the same to be done in each."""
        return {
            day
            for day, row in enumerate(self.days)
            if day not in self.over and self._has_half_pins(day, len(row.sessions))
        }

    def _has_half_pins(self, day, sessions):
        differ = len({str(self.needs(day, session)) for session in range(sessions)}) > 1
        return differ or any(self.is_half_pin(person, day) for person in range(len(self.people)))

    def is_half_pin(self, person, day):
        """Whether pins hold this person for a part of the day only, or at two posts."""
        held = self.pin_posts.get((person, day), {})
        return bool(held) and (len(held) < len(self.days[day].sessions) or len(set(held.values())) > 1)

    def days_of_half_people(self):
        """Days on which somebody can serve in some sessions but not in all.

        Only there can half days fill more than whole days do: elsewhere everybody is free for the whole day or not at
        all, so the better filled session of a day can be copied to its others, with the same people and duty days.
        """
        return {
            day
            for (person, day), sessions in self.free_sessions.items()
            if len(sessions) < len(self.days[day].sessions)
            and (person, day) not in self.pin_posts
            and day not in self.over
        }


class HardModel:
    """The program of the hard rules; with halves of days where asked, and with missing people where allowed.

    `apart` keeps every post on its own, for what is to be said about single posts. Call `start` once all rows are in.
    """

    def __init__(self, ground: Ground, *, half_days=frozenset(), short=False, apart=False, stop=None, node_limit=2_000):
        self.ground, self.half_days, self.short, self.apart = ground, half_days, short, apart
        self.program = Program(node_limit=node_limit, stop=stop)
        self.options: list[tuple[int, Option]] = []
        self.at_place = defaultdict(list)  # (day, session) -> [(column, option)]
        self.of_day = defaultdict(list)  # (person, day) -> [(column, option)]
        self.day_use = {}  # (person, day) -> entries that are 1 when the day is a duty day
        self.shortage, self.splits, self.unevenness = {}, {}, {}  # column -> cost, least one after the other
        self.fixed_splits = 0
        for day in range(len(ground.days)):
            if day not in ground.over:
                self._add_day(day)
        for person in range(len(ground.people)):
            self._add_caps(person)
        self._add_sums()

    def start(self):
        self.program.start()
        return self

    # What may be given

    def spans(self, day):
        """The parts of a day that are given as one: all of it, or one session."""
        every = tuple(range(len(self.ground.days[day].sessions)))
        if len(every) == 1:
            return [every]
        if not self.ground.problem.whole_days:
            return [(session,) for session in every]
        return [every, *((session,) for session in every)] if day in self.half_days else [every]

    def _add_day(self, day):
        spans = self.spans(day)
        groups = {span: self._groups(day, span, mixed=len(spans[0]) > 1 and len(spans) > 1) for span in spans}
        for span in spans:
            for posts, people in groups[span].items():
                for person in people:
                    self._add_option(Option(person, day, posts, span, self._is_whole(person, day, span, posts)))
        for person in range(len(self.ground.people)):
            self._add_person_day(person, day)
        if len(spans) == 1:
            self._add_demand(day, spans[0], list(groups[spans[0]]))
        else:
            for session in range(len(self.ground.days[day].sessions)):
                self._add_demand(day, (session,), list(groups[session,]))

    def _groups(self, day, span, *, mixed):
        """Posts that the same people can hold throughout the span -> these people.

        Where whole days and halves meet, each post is on its own: a group could not be told apart again.
        """
        able = defaultdict(list)
        for person in range(len(self.ground.people)):
            held = [self.ground.holdable.get((person, day, session), set()) for session in span]
            for post in set.intersection(*held):
                able[post].append(person)
        able = {post: able[post] for post in range(len(self.ground.posts))}
        if mixed or self.apart:
            return {(post,): people for post, people in able.items()}
        grouped = defaultdict(list)
        for post, people in able.items():
            grouped[tuple(people)].append(post)
        return {tuple(posts): people for people, posts in grouped.items()}

    def _is_whole(self, person, day, span, posts):
        """Whether the option and what is pinned make it the same post for the whole day."""
        held = self.ground.pin_posts.get((person, day), {})
        return len(span) + len(held) == len(self.ground.days[day].sessions) and set(held.values()) <= set(posts)

    def _add_option(self, option):
        entry = (self.program.column(), option)
        self.options.append(entry)
        self.of_day[option.person, option.day].append(entry)
        for session in option.sessions:
            self.at_place[option.day, session].append(entry)

    def _add_person_day(self, person, day):
        """One duty in each session; where sessions go one by one, a column for "this is a duty day"."""
        given, pinned = self.of_day.get((person, day), []), (person, day) in self.ground.pin_posts
        whole_site = self.ground.problem.whole_days
        self.fixed_splits += whole_site and self.ground.is_half_pin(person, day)
        if not given:
            return
        sessions = range(len(self.ground.days[day].sessions))
        rows = [[(column, 1) for column, option in given if session in option.sessions] for session in sessions]
        if all(row == rows[0] for row in rows):
            self.day_use[person, day] = rows[0]
            if len(rows[0]) > 1:
                self.program.row(-INFINITE, 1, rows[0])
            return
        capped = any(day in days for days, _most in self.ground.caps[person])
        if not (capped or whole_site or self.apart):
            for row in rows:
                self.program.row(-INFINITE, 1, row)
            return
        # Nothing keeps this column down where no duty is given, but the caps and the count of split days do ask for it.
        serves = self.program.column()
        self.day_use[person, day] = [(serves, 1)]
        for row in rows:
            if row:
                self.program.row(-INFINITE, 0, [*row, (serves, -1)])
        if whole_site:
            self.splits |= {column: -1 for column, option in given if option.is_whole}
            if not pinned:
                self.splits[serves] = 1

    # Rules

    def _add_demand(self, day, span, groups):
        least, most, total = self.ground.needs(day, span[0])
        site_needs = max(0, total if total > sum(least) else self.ground.site_needs(day, span[0]))
        everybody, missing = [], []
        for posts in groups:
            entries = [(column, 1) for column, option in self.at_place[day, span[0]] if option.posts == posts]
            low, high = sum(least[post] for post in posts), sum(most[post] for post in posts)
            everybody += entries
            if not self.short:
                self.program.row(low, high if total > sum(least) else low, entries)
                continue
            lacking = self.program.column(0, low)
            beyond = self.program.column(0, max(0, high - low))
            self.unevenness[beyond] = BEYOND * len(span)
            self.program.row(low, low, [*entries, (lacking, 1), (beyond, -1)])
            missing.append((lacking, 1))
            asking = sum(least[post] > 0 for post in posts)
            if low > asking:
                empty = self.program.column(0, asking)
                self.unevenness[empty] = UNEVEN * len(span)
                self.program.row(-INFINITE, low - asking, [(lacking, 1), (empty, -1)])
        if self.short:
            self._add_shortage(everybody, missing, total, site_needs, len(span))
        elif total > sum(least):
            self.program.row(total, total, everybody)

    def _add_shortage(self, everybody, missing, total, site_needs, times):
        """People missing in a session: at its posts, and then to the site's minimum; each more than the one before."""
        if not total:
            return
        degrees = [self.program.column(0, 1) for _ in range(total)]
        self.shortage |= dict.fromkeys(degrees, MISSING * times)
        self.unevenness |= {degree: UNEVEN * number * times for number, degree in enumerate(degrees)}
        at_site = self.program.column(0, total)
        self.program.row(0, 0, [*missing, (at_site, 1), *((degree, -1) for degree in degrees)])
        self.program.row(total, INFINITE, [*everybody, *missing, (at_site, 1)])
        # The different people of the site count on their own too: one with nothing to do at an empty post can be
        # the third at another.
        below = self.program.column(0, site_needs)
        self.shortage[below] = BELOW * times
        self.program.row(site_needs, INFINITE, [*everybody, (below, 1)])

    def _add_caps(self, person):
        for days, most in self.ground.caps[person]:
            usable = [day for day in days if (person, day) in self.day_use]
            if len(usable) > most:
                self.program.row(-INFINITE, most, [e for day in usable for e in self.day_use[person, day]])

    def _add_sums(self):
        """Rows without bounds yet: each person's load, the load of all, the cost of shortage and of split days."""
        lengths = [len(option.sessions) for _column, option in self.options]
        self.unit = math.gcd(*lengths) if lengths else 1
        loads = [[] for _ in self.ground.people]
        for column, option in self.options:
            loads[option.person].append((column, len(option.sessions) // self.unit))
        free = (-INFINITE, INFINITE)
        self.load_rows = [self.program.row(*free, entries) for entries in loads]
        self.total_row = self.program.row(*free, [entry for entries in loads for entry in entries])
        self.shortage_row = self.program.row(*free, list(self.shortage.items()))
        self.split_row = self.program.row(*free, list(self.splits.items()))
        self.unevenness_row = self.program.row(*free, list(self.unevenness.items()))

    def ranks(self):
        """(row, costs) of what is made least before the load, one after the other."""
        ranks = (self.shortage_row, self.shortage), (self.split_row, self.splits), (
            self.unevenness_row,
            self.unevenness,
        )
        return [(row, costs) for row, costs in ranks if costs]

    def hold(self, least: list[float], total: int):
        """Keep these costs of the ranks, and this number of sessions given in all, from here on."""
        for (row, _costs), cost in zip(self.ranks(), least, strict=True):
            self.program.bound_row(row, -INFINITE, cost + 0.5)
        self.program.bound_row(self.total_row, total / self.unit, total / self.unit)

    # Answers

    def chosen(self, values):
        """The options of a whole solution."""
        return [option for column, option in self.options if values[column] > 0.5]

    def load_of(self, values):
        """Sessions given to each person, pinned ones not counted."""
        loads = [0] * len(self.ground.people)
        for option in self.chosen(values):
            loads[option.person] += len(option.sessions)
        return loads
