"""The second rank: what makes a roster pleasant once it is fair, what it costs, and how little it could cost.

Blocks (a post on a day, for one session or for the whole day) change hands while every hard rule, everybody's load and
the number of split days stay as they are. The search is local and follows numbers of a fixed seed, so the same roster
comes out of the same problem; its limit is a number of tries. A linear program over all rosters of the same load rank
gives a cost below which none of them goes: the gap to it is shown.
"""

import math
import random
from collections import Counter, defaultdict
from dataclasses import dataclass

from .engine import INFINITE, Undecided
from .model import Ground, HardModel
from .problem import DAYS_RUNNING, HUNDREDTHS, MONDAY, SATURDAY

KINDS = ("mondays", "saturdays", "floors", "running", "wishes", "newcomers")


@dataclass(frozen=True)
class Block:
    """One post on one day, for one session or all of them, held by one person."""

    day: int
    sessions: tuple[int, ...]
    post: int


class Wishes:
    """What each person's duties and each session cost against the wishes of the second rank."""

    def __init__(self, ground: Ground, held: list[tuple[Block, int]]):
        self.ground, self.weights = ground, ground.problem.weights
        self.people, self.days = ground.people, ground.days
        self.weekday = [day.date.isoweekday() for day in self.days]
        self.ordinal = [day.date.toordinal() for day in self.days]
        self.held_pins = self._held_pins()
        self.elsewhere = [{date.toordinal() for date, _session in person.elsewhere} for person in self.people]
        self.pin_ordinals = [{date.toordinal() for date in dates} for dates in ground.pin_dates]
        self.posts_open = [self._posts_to_rotate(person) for person in self.people]
        self.fair_kinds = {kind: self._fair(held, kind) for kind in (MONDAY, SATURDAY)}
        self._dislikes = {}

    def _held_pins(self):
        """Person -> [(day, post)] of what is pinned: once a day where whole days are served, else once a session."""
        held = defaultdict(list)
        for (person, day), sessions in self.ground.pin_posts.items():
            posts = list(sessions.values())
            held[person] += [(day, post) for post in (set(posts) if self.ground.problem.whole_days else posts)]
        return held

    def _posts_to_rotate(self, person):
        """How many posts the person's duties should be spread over: those they wish for, else all they may hold."""
        able = {post.code for post in self.ground.posts} & person.posts
        return max(1, len(able & person.wish_posts or able))

    def _fair(self, held, weekday):
        """Most days of this weekday that each person should serve: their part of all, by the days they are free."""
        free = Counter(person for person, day in self.ground.free_sessions if self.weekday[day] == weekday)
        served = {(person, block.day) for block, person in held} | set(self.ground.pin_posts)
        total = sum(self.weekday[day] == weekday for _person, day in served)
        everybody = sum(free.values())
        return [math.ceil(total * free[i] / everybody) if everybody else total for i in range(len(self.people))]

    def dislikes(self, person, block):
        """How many wishes about session, weekday and post this block goes against, for each of its sessions."""
        key = person, block
        if key not in self._dislikes:
            self._dislikes[key] = self._count_dislikes(self.people[person], block)
        return self._dislikes[key]

    def _count_dislikes(self, person, block):
        count = 0
        if person.wish_sessions:
            names = self.days[block.day].sessions
            count += sum(names[session] not in person.wish_sessions for session in block.sessions)
        if person.wish_weekdays and self.weekday[block.day] not in person.wish_weekdays:
            count += len(block.sessions)
        if person.wish_posts and self.ground.posts[block.post].code not in person.wish_posts:
            count += len(block.sessions)
        return count

    def of_person(self, person, blocks):
        """Breaches of wishes by kind for these blocks and what is pinned."""
        held = [(block.day, block.post) for block in blocks] + self.held_pins.get(person, [])
        if self.ground.problem.whole_days:
            held = set(held)
        days = {day for day, _post in held}
        weekdays = [self.weekday[day] for day in days]
        floors = Counter(post for _day, post in held)
        fair_floor = -(-len(held) // self.posts_open[person])
        dates = {self.ordinal[day] for day in days} | self.elsewhere[person] | self.pin_ordinals[person]
        return (
            max(0, weekdays.count(MONDAY) - self.fair_kinds[MONDAY][person]),
            max(0, weekdays.count(SATURDAY) - self.fair_kinds[SATURDAY][person]),
            sum(max(0, count - fair_floor) for count in floors.values()),
            sum(all(date + more in dates for more in range(DAYS_RUNNING + 1)) for date in dates),
            sum(self.dislikes(person, block) for block in blocks),
        )

    def cost_of_person(self, person, blocks):
        w = self.weights
        rates = (w.mondays, w.saturdays, w.floors, w.running, w.wishes)
        return sum(rate * count for rate, count in zip(rates, self.of_person(person, blocks), strict=True))


class Improver:
    """Lets people exchange blocks as long as that makes the roster cheaper."""

    def __init__(self, ground: Ground, held: list[tuple[Block, int]], *, wishes=None, seed=20200224):
        self.ground, self.wishes = ground, wishes or Wishes(ground, held)
        self.blocks = [block for block, _person in held]
        self.holder = [person for _block, person in held]
        self.own = defaultdict(set)
        for number, person in enumerate(self.holder):
            self.own[person].add(number)
        self.able = [
            set.intersection(
                *[{p for p in range(len(ground.people)) if self._holds(p, block, s)} for s in block.sessions]
            )
            for block in self.blocks
        ]
        self.stays = {n for n, p in enumerate(self.holder) if (p, self.blocks[n].day) in ground.pin_posts}
        self.caps = [[(set(days), most) for days, most in caps] for caps in ground.caps]
        self.random = random.Random(seed)  # noqa: S311 - a fixed path through the neighbours, not a secret
        self.person_cost = {p: self._person_cost(p, self.own[p]) for p in range(len(ground.people))}
        self._count_sessions()
        self.cost = sum(self.person_cost.values()) + sum(
            self._session_cost(*counts) for counts in self.at.values()
        )

    def _holds(self, person, block, session):
        return block.post in self.ground.holdable.get((person, block.day, session), ())

    def _person_cost(self, person, own):
        return self.wishes.cost_of_person(person, [self.blocks[number] for number in own])

    def _count_sessions(self):
        """(day, session) -> [experienced, newcomers]; nothing is to be gained any more where the day is over."""
        self.at = defaultdict(lambda: [0, 0])
        for (person, day), sessions in self.ground.pin_posts.items():
            for session in sessions if day not in self.ground.over else ():
                self.at[day, session][not self.ground.people[person].experienced] += 1
        for number, person in enumerate(self.holder):
            for session in self.blocks[number].sessions:
                self.at[self.blocks[number].day, session][not self.ground.people[person].experienced] += 1

    def _session_cost(self, experienced, newcomers):
        return self.ground.problem.weights.newcomers if newcomers and not experienced else 0

    # Whether blocks may change hands

    def _fits(self, person, number, without):
        """Whether this person may take the block after giving up another."""
        block = self.blocks[number]
        if person not in self.able[number] or (person, block.day) in self.ground.pin_posts:
            return False
        days = set()
        for other in self.own[person]:
            if other == without:
                continue
            held = self.blocks[other]
            if held.day == block.day and (
                self.ground.problem.whole_days or not set(held.sessions).isdisjoint(block.sessions)
            ):
                return False
            days.add(held.day)
        if block.day in days:
            return True
        days.add(block.day)
        return all(len(days & within) <= most for within, most in self.caps[person] if block.day in within)

    def _may_go(self, person, number):
        """Whether giving up the block keeps the number of split days."""
        if number in self.stays:
            return False
        if not self.ground.problem.whole_days:
            return True
        day = self.blocks[number].day
        return not any(other != number and self.blocks[other].day == day for other in self.own[person])

    def try_exchange(self, first, second, patience):
        """Exchange the holders of two blocks if that costs no more than the patience; return whether it was done."""
        one, two = self.holder[first], self.holder[second]
        if one == two or len(self.blocks[first].sessions) != len(self.blocks[second].sessions):
            return False
        if two not in self.able[first] or one not in self.able[second]:
            return False
        if not (self._may_go(one, first) and self._may_go(two, second)):
            return False
        if not (self._fits(one, second, first) and self._fits(two, first, second)):
            return False
        own_one, own_two = (self.own[one] - {first}) | {second}, (self.own[two] - {second}) | {first}
        cost_one, cost_two = self._person_cost(one, own_one), self._person_cost(two, own_two)
        more = cost_one + cost_two - self.person_cost[one] - self.person_cost[two]
        sessions = self._session_changes(first, second, one, two)
        more += sum(self._session_cost(*after) - self._session_cost(*self.at[place]) for place, after in sessions)
        if more > patience:
            return False
        self.own[one], self.own[two] = own_one, own_two
        self.person_cost[one], self.person_cost[two] = cost_one, cost_two
        self.holder[first], self.holder[second] = two, one
        for place, after in sessions:
            self.at[place] = after
        self.cost += more
        return True

    def _session_changes(self, first, second, one, two):
        people = self.ground.people
        if people[one].experienced == people[two].experienced:
            return []
        changes = {}
        for number, gone, come in ((first, one, two), (second, two, one)):
            for session in self.blocks[number].sessions:
                place = self.blocks[number].day, session
                counts = changes.setdefault(place, list(self.at[place]))
                counts[not people[gone].experienced] -= 1
                counts[not people[come].experienced] += 1
        return list(changes.items())

    def improve(self, tries, enough, *, cancelled=lambda: None, progress=lambda fraction: None):
        """Try so many exchanges, fewer if the cost comes down to `enough`; end at the best roster met."""
        movable = [number for number in range(len(self.blocks)) if number not in self.stays]
        best, kept = self.cost, list(self.holder)
        if len(movable) < 2:
            return
        warmth = max(1.0, self.ground.problem.weights.floors)
        for step in range(tries):
            if self.cost <= enough:
                break
            if step % 500 == 0:
                cancelled()
                progress(step / tries)
            heat = warmth * (1 - step / tries)
            patience = -heat * math.log(1 - self.random.random())
            first, second = self.random.sample(movable, 2)
            if self.try_exchange(first, second, patience) and self.cost < best:
                best, kept = self.cost, list(self.holder)
        self._return_to(kept)

    def _return_to(self, holders):
        self.holder = list(holders)
        self.own = defaultdict(set)
        for number, person in enumerate(self.holder):
            self.own[person].add(number)
        self.person_cost = {p: self._person_cost(p, self.own[p]) for p in self.person_cost}
        self._count_sessions()
        self.cost = sum(self.person_cost.values()) + sum(self._session_cost(*counts) for counts in self.at.values())

    def breaches(self):
        """Kind of wish -> how often the roster goes against it."""
        found = Counter()
        for person in self.person_cost:
            counts = self.wishes.of_person(person, [self.blocks[number] for number in self.own[person]])
            found.update(dict(zip(KINDS, counts, strict=False)))
        found["newcomers"] = sum(1 for counts in self.at.values() if self._session_cost(*counts))
        return {kind: found[kind] for kind in KINDS}


class Bound:
    """A cost below which no roster of the same load rank goes: the fractional program of the second rank."""

    def __init__(self, wishes: Wishes, model: HardModel, most_blocks: list[int]):
        """`model` keeps posts apart and was not started; `most_blocks`: what each person may hold at most."""
        self.wishes, self.model, self.ground, self.most_blocks = wishes, model, model.ground, most_blocks
        self.weights, self.program = self.ground.problem.weights, model.program
        self.costs = {}
        self.options_of = defaultdict(list)
        for column, option in model.options:
            self.options_of[option.person].append((column, option))
        for person in sorted(self.options_of):
            self._add_weekdays(person)
            self._add_floors(person)
            self._add_running(person)
            self._add_dislikes(person)
        self._add_newcomers()

    def _excess(self, entries, allowed, rate):
        """Each unit by which the sum goes beyond what is allowed costs the rate."""
        if not rate or len(entries) <= allowed:
            return
        beyond = self.program.column(0, len(entries) - min(allowed, 0))
        self.costs[beyond] = rate
        self.program.row(-INFINITE, allowed, [*entries, (beyond, -1)])

    def _served(self, person, day):
        """Entries whose sum is never more than "serves on this day", which is a duty day or not."""
        if (person, day) in self.ground.pin_posts:
            return []
        use = self.model.day_use.get((person, day))
        if use:
            return use
        return [(column, 1) for column, option in self.model.of_day.get((person, day), []) if 0 in option.sessions]

    def _add_weekdays(self, person):
        for weekday, rate in ((MONDAY, self.weights.mondays), (SATURDAY, self.weights.saturdays)):
            days = [day for day, number in enumerate(self.wishes.weekday) if number == weekday]
            pinned = sum((person, day) in self.ground.pin_posts for day in days)
            entries = [entry for day in days for entry in self._served(person, day)]
            self._excess(entries, self.wishes.fair_kinds[weekday][person] - pinned, rate)

    def _add_floors(self, person):
        pinned = Counter(post for _day, post in self.wishes.held_pins.get(person, []))
        at_post = defaultdict(list)
        for column, option in self.options_of[person]:
            if (person, option.day) not in self.ground.pin_posts:
                at_post[option.posts[0]].append((column, 1))
        posts, everything = self.wishes.posts_open[person], [e for entries in at_post.values() for e in entries]
        fair = -(-self.most_blocks[person] // posts)
        for post, entries in at_post.items():
            if not self.weights.floors or len(entries) + pinned[post] < 2:
                continue
            beyond = self.program.column(0, len(entries) + pinned[post])
            self.costs[beyond] = self.weights.floors
            self.program.row(-INFINITE, fair - pinned[post], [*entries, (beyond, -1)])
            # excess >= count - ceil(all / posts), which for whole numbers is >= count - (all + posts - 1) / posts
            here = {column for column, _one in entries}
            factors = [(column, posts * (column in here) - 1) for column, _one in everything]
            most = pinned.total() + posts - 1 - posts * pinned[post]
            self.program.row(-INFINITE, most, [*factors, (beyond, -posts)])

    def _add_running(self, person):
        taken = self.wishes.elsewhere[person] | self.wishes.pin_ordinals[person]
        day_at = {ordinal: day for day, ordinal in enumerate(self.wishes.ordinal)}
        reachable = {ordinal for ordinal, day in day_at.items() if self._served(person, day)} | taken
        for start in sorted(reachable):
            row = [start + more for more in range(DAYS_RUNNING + 1)]
            if all(date in reachable for date in row) and not all(date in taken for date in row):
                entries = [e for date in row if date not in taken for e in self._served(person, day_at[date])]
                self._excess(entries, DAYS_RUNNING - sum(date in taken for date in row), self.weights.running)

    def _add_dislikes(self, person):
        for column, option in self.options_of[person]:
            block = Block(option.day, option.sessions, option.posts[0])
            against = self.wishes.dislikes(person, block)
            if against:
                self.costs[column] = self.weights.wishes * against

    def _add_newcomers(self):
        """A session with a newcomer and nobody experienced costs, however many newcomers there are."""
        people = self.ground.people
        pinned = defaultdict(lambda: [0, 0])
        for (person, day), sessions in self.ground.pin_posts.items():
            for session in sessions:
                pinned[day, session][not people[person].experienced] += 1
        for place, options in sorted(self.model.at_place.items()):
            experienced = [(column, -1) for column, option in options if people[option.person].experienced]
            if pinned[place][0] or not self.weights.newcomers:
                continue
            alone = self.program.column(0, 1, whole=False)
            self.costs[alone] = self.weights.newcomers
            new = defaultdict(list)
            for column, option in options:
                if not people[option.person].experienced:
                    new[option.person].append((column, 1))
            for entries in new.values():
                self.program.row(-INFINITE, 0, [*entries, *experienced, (alone, -1)])
            if pinned[place][1]:
                self.program.row(1, INFINITE, [(alone, 1), *((column, 1) for column, _minus in experienced)])

    def keep_load(self, low, high, shares, squares):
        """Rows that keep everybody's count in the window, and the squares (of hundredths) at their least."""
        unit, spent, entries = self.model.unit, 0, []
        loads = defaultdict(list)
        for column, option in self.model.options:
            loads[option.person].append((column, len(option.sessions) // unit))
        for person, share in enumerate(shares):
            pinned = self.ground.pin_load[person]
            bottom, steps = (low[person] - pinned) // unit, (high[person] - low[person]) // unit
            spent += (HUNDREDTHS * low[person] - share) ** 2
            degrees = [self.program.column(0, 1, whole=False) for _ in range(steps)]
            self.program.row(bottom, bottom, [*loads[person], *((column, -1) for column in degrees)])
            for step, column in enumerate(degrees):
                here = HUNDREDTHS * (low[person] + step * unit) - share
                entries.append((column, ((here + HUNDREDTHS * unit) ** 2 - here * here) / HUNDREDTHS**2))
        self.program.row(-INFINITE, (squares - spent) / HUNDREDTHS**2 + 1e-6, entries)

    def cost(self):
        """The bound, a whole number since all weights are; 0 where the engine does not get there."""
        self.program.start().set_costs(self.costs)
        try:
            found = self.program.relaxed()
        except Undecided:
            return 0
        return 0 if found is None else max(0, math.ceil(found[0] - 1e-4))

    def best(self):
        """(values, bound): the best roster the engine finds within its nodes, or None, and a better bound."""
        try:
            found = self.program.cheapest()
            return (None, 0) if found is None else (found[1], math.ceil(found[0] - 1e-4))
        except Undecided:
            bound = self.program.proven_bound()
            bound = max(0, math.ceil(bound - 1e-4)) if math.isfinite(bound) else 0
        try:
            return self.program.best_met(), bound
        except Undecided:
            return None, bound
