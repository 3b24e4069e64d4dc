"""The hard rules of a roster as a linear program, and the equal load on top of it.

An option is a person on a day at one of a group of posts, for one session or for all sessions of the day. Posts that
the same people can hold on a day are one group, told apart only when a solution is read. Whole days alone make a
network (people, their weeks, their days, groups of posts), which is why the fractional program mostly answers in
whole numbers and proofs are quick.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

from .engine import INFINITE, Program
from .problem import HUNDREDTHS, RosterProblem, monday_of

# A missing person weighs more than any evenness of what is missing, and this more than people beyond the minima.
MISSING, UNEVEN, BELOW_SITE = 1_000, 30, 1


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
        self._place_pins()
        self.used_dates = [
            {pin_date for pin_date in dates} | {date for date, _session in person.elsewhere}
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

    def can_hold(self, person, day, session, post):
        """Whether the rules of that session alone let this person take that post."""
        row, whom = self.days[day], self.people[person]
        return (
            self.posts[post].code in whom.posts
            and whom.is_free(row.date, row.sessions[session])
            and session not in self.pin_posts.get((person, day), ())
        )

    def free_sessions(self, person, day):
        """Sessions of the day in which this person could hold some post."""
        return [
            session
            for session in range(len(self.days[day].sessions))
            if any(self.can_hold(person, day, session, post) for post in range(len(self.posts)))
        ]

    def available(self, person):
        """Open sessions in which this person could serve, pinned ones included: the measure of their fair share."""
        pinned = sum(len(sessions) for (who, _day), sessions in self.pin_posts.items() if who == person)
        return pinned + sum(len(self.free_sessions(person, day)) for day in range(len(self.days)))

    def needs(self, day, session):
        """(least, most) still to be given at each post, and how many in all: what minima and the site's minimum ask."""
        pinned = [len(self.pinned_at[day, session, post]) for post in range(len(self.posts))]
        least = [max(0, post.min_people - held) for post, held in zip(self.posts, pinned, strict=True)]
        most = [max(0, post.max_people - held) for post, held in zip(self.posts, pinned, strict=True)]
        return least, most, max(sum(least), self.problem.min_people - sum(pinned))

    def days_of_half_pins(self):
        """Days on which somebody is pinned to a part of the day only, or to two posts."""
        return {
            day
            for (_person, day), held in self.pin_posts.items()
            if len(self.days[day].sessions) > 1
            and (len(held) < len(self.days[day].sessions) or len(set(held.values())) > 1)
        }

    def days_of_half_people(self):
        """Days on which somebody can serve in some sessions but not in all.

        Only there can half days fill more than whole days do: elsewhere everybody is free for the whole day or not at
        all, so the better filled session of a day can be copied to its others, with the same people and duty days.
        """
        found = set()
        for day, row in enumerate(self.days):
            for person in range(len(self.people)):
                held = self.pin_posts.get((person, day))
                free = self.free_sessions(person, day)
                if free and not held and len(free) < len(row.sessions):
                    found.add(day)
        return found


class HardModel:
    """The program of the hard rules, with halves of days where asked, and with missing people where allowed."""

    def __init__(self, ground: Ground, *, half_days=frozenset(), short=False, node_limit=2_000):
        self.ground, self.half_days, self.short = ground, half_days, short
        self.program = Program(node_limit=node_limit)
        self.options: list[Option] = []
        self.shortage_costs, self.split_costs = {}, {}
        self.fixed_splits = 0
        self._options_by_place = defaultdict(list)  # (day, session) -> [(column, group)]
        self._options_by_person_day = defaultdict(list)
        for day in range(len(ground.days)):
            self._add_day(day)
        for person in range(len(ground.people)):
            self._add_caps(person)
        self.load_rows = self._add_loads()

    # Options

    def goes_by_session(self, day):
        """Whether sessions of this day are given one by one."""
        return not self.ground.problem.whole_days or day in self.half_days

    def _add_day(self, day):
        row = self.ground.days[day]
        every = tuple(range(len(row.sessions)))
        spans = [every]
        if len(every) > 1 and self.goes_by_session(day):
            spans = [(session,) for session in every] + ([every] if self.ground.problem.whole_days else [])
        groups = self._groups(day, spans)
        for span, by_people in groups:
            for posts, people in by_people:
                for person in people:
                    self._add_option(Option(person, day, posts, span, self._is_whole(person, day, span, posts)))
        for person in range(len(self.ground.people)):
            self._add_one_at_a_time(person, day)
        if len(spans) == 1:
            self._add_demand(day, every, groups[0][1])
        else:
            for session in every:
                self._add_demand(day, (session,), self._united(day, groups, session))

    def _groups(self, day, spans):
        """For each span of sessions: groups of posts with the people who could hold any of them throughout.

        On days with both halves and wholes each post is a group of its own, since a group's posts cannot be told apart
        when its halves and wholes are to fit together.
        """
        posts = range(len(self.ground.posts))
        found = []
        for span in spans:
            able = {post: self._able(day, span, post) for post in posts}
            if len(spans) > 1 and self.ground.problem.whole_days:
                found.append((span, [((post,), able[post]) for post in posts]))
                continue
            grouped = defaultdict(list)
            for post in posts:
                grouped[tuple(able[post])].append(post)
            found.append((span, [(tuple(group), list(people)) for people, group in grouped.items()]))
        return found

    def _able(self, day, span, post):
        ground = self.ground
        people = range(len(ground.people))
        return [p for p in people if all(ground.can_hold(p, day, session, post) for session in span)]

    def _is_whole(self, person, day, span, posts):
        """Whether the option, with what is pinned, makes it the same post for the whole day."""
        held = self.ground.pin_posts.get((person, day), {})
        return len(span) + len(held) == len(self.ground.days[day].sessions) and set(held.values()) <= set(posts)

    def _add_option(self, option):
        column = self.program.column()
        self.options.append(option)
        assert column == len(self.columns) if hasattr(self, "columns") else True
        self.__dict__.setdefault("columns", []).append(column)
        self._options_by_person_day[option.person, option.day].append(column)
        for session in option.sessions:
            self._options_by_place[option.day, session].append(column)

    @property
    def option_of(self):
        return dict(zip(self.columns, self.options, strict=True))

    def _add_one_at_a_time(self, person, day):
        """One duty in each session; a column for "serves that day" where sessions go one by one."""
        held = self._options_by_person_day.get((person, day), [])
        pinned = (person, day) in self.ground.pin_posts
        if pinned:
            full = self._is_full_pin(person, day)
            self.fixed_splits += 0 if full else 1
        if not held:
            return
        option_of = self._last_options()
        if all(len(option_of[c].sessions) == len(self.ground.days[day].sessions) for c in held):
            if len(held) > 1:
                self.program.row(-INFINITE, 1, [(column, 1) for column in held])
            self._day_entries(person, day, [(column, 1) for column in held])
            return
        serves = self.program.column()
        for session in range(len(self.ground.days[day].sessions)):
            there = [column for column in held if session in option_of[column].sessions]
            if there:
                self.program.row(-INFINITE, 0, [*((column, 1) for column in there), (serves, -1)])
        self._day_entries(person, day, [(serves, 1)])
        if self.ground.problem.whole_days:
            if not pinned:
                self.split_costs[serves] = 1
            for column in held:
                if option_of[column].is_whole:
                    self.split_costs[column] = -1
        # Serving without a duty would only cost; without a cost it may stay, so it is left to the caps to press it down.

    def _last_options(self):
        return _Lookup(self.columns, self.options)

    def _is_full_pin(self, person, day):
        held = self.ground.pin_posts[person, day]
        if not self.ground.problem.whole_days:
            return True
        return len(held) == len(self.ground.days[day].sessions) and len(set(held.values())) == 1

    def _day_entries(self, person, day, entries):
        self.__dict__.setdefault("day_entries", {})[person, day] = entries

    # Rules

    def _united(self, day, groups, session):
        """Groups of posts of one session, over the spans that include it."""
        found = defaultdict(list)
        for span, by_people in groups:
            if session in span:
                for posts, _people in by_people:
                    found[posts] = None
        return [(posts, None) for posts in found]

    def _add_demand(self, day, span, groups):
        least, most, total = self.ground.needs(day, span[0])
        if len(span) > 1:
            # Pins of whole days only, so every session needs the same.
            assert all(self.ground.needs(day, session) == (least, most, total) for session in span)
        option_of = self._last_options()
        everything, missing = [], []
        for posts, _people in groups:
            entries = [
                (column, 1)
                for column in self._options_by_place[day, span[0]]
                if option_of[column].posts == posts
            ]
            low, high = sum(least[post] for post in posts), sum(most[post] for post in posts)
            extra = total - sum(least)
            everything += entries
            if self.short and low:
                lack = self.program.column(0, low)
                missing.append(lack)
                self.program.row(low, max(low, high), [*entries, (lack, 1)])
                self._lack_by_degrees(lack, low, len(span), posts)
            else:
                self.program.row(low, high if extra or self.short else low, entries)
        self._add_total(everything, missing, total, len(span), sum(least))

    def _lack_by_degrees(self, lack, low, times, posts):
        """Two missing at one post weigh more than one missing at each of two."""
        self.shortage_costs[lack] = 0
        steps = [self.program.column(0, max(1, low - len(posts)) if step else len(posts)) for step in range(2)]
        self.program.row(0, 0, [(lack, 1), *((step, -1) for step in steps)])
        self.shortage_costs[steps[1]] = UNEVEN * times / 10

    def _add_total(self, everything, missing, total, times, minima):
        if not self.short:
            if total > minima:
                self.program.row(total, total, [(column, 1) for column in everything])
            return
        if not total:
            return
        # Missing at posts, or beyond these to the site's minimum: each costs, the second and third of a session more.
        beyond = self.program.column(0, total)
        degrees = [self.program.column(0, 1) for _ in range(total)]
        self.program.row(
            0, 0, [*((lack, 1) for lack in missing), (beyond, 1), *((degree, -1) for degree in degrees)]
        )
        for number, degree in enumerate(degrees):
            self.shortage_costs[degree] = (MISSING + UNEVEN * number / max(1, total)) * times
        self.program.row(total, INFINITE, [*((c, 1) for c in everything), *((c, 1) for c in missing), (beyond, 1)])
        # The site's minimum of different people, also where a post stays empty and its person could stand elsewhere.
        needed = min(total, max(0, total if self.ground.problem.min_people >= minima else total))
        below = self.program.column(0, needed)
        self.shortage_costs[below] = BELOW_SITE * times
        self.program.row(needed, INFINITE, [*((column, 1) for column in everything), (below, 1)])
        self.program.row(-INFINITE, total, [(column, 1) for column in everything])

    def _add_caps(self, person):
        entries = self.__dict__.get("day_entries", {})
        for days, most in self.ground.caps[person]:
            used = [entry for day in days for entry in entries.get((person, day), [])]
            if sum((person, day) in entries for day in days) > most:
                self.program.row(-INFINITE, most, used)

    def _add_loads(self):
        rows = []
        lengths = [len(option.sessions) for option in self.options]
        self.unit = math.gcd(*lengths) if lengths else 1
        by_person = defaultdict(list)
        for column, option in zip(self.columns if lengths else [], self.options, strict=True):
            by_person[option.person].append((column, len(option.sessions) // self.unit))
        for person in range(len(self.ground.people)):
            rows.append(self.program.row(-INFINITE, INFINITE, by_person[person]))
        return rows
