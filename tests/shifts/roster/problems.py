"""Small problems for the tests of the optimiser, and a checker of rosters that knows nothing of how they are made."""

import dataclasses
import datetime
from collections import Counter, defaultdict

from hypothesis import strategies as st

from shifts.roster.optimiser.problem import Day, Person, Pin, PostNeed, RosterProblem

JUNE = datetime.date(2026, 6, 1)  # a Monday
WHOLE = ("sang", "chieu")


def june(day):
    return datetime.date(2026, 6, day)


def weekdays(count, first=JUNE, sessions=WHOLE):
    """So many open days, Monday to Friday."""
    days, date = [], first
    while len(days) < count:
        if date.weekday() < 5:
            days.append(Day(date, sessions))
        date += datetime.timedelta(days=1)
    return tuple(days)


def people(*names, posts=("T1",), **fields):
    return tuple(Person(name, name.capitalize(), frozenset(posts), **fields) for name in names)


def floors(count, **fields):
    return tuple(PostNeed(f"T{number}", f"Tầng {number}", **fields) for number in range(1, count + 1))


def problem(team, days, posts=None, **fields):
    return RosterProblem(
        month=days[0].date.replace(day=1), posts=posts or floors(1), days=days, people=tuple(team), **fields
    )


def whole_leave(*dates):
    return frozenset((date, session) for date in dates for session in (*WHOLE, "toi"))


def held(solution):
    """Username -> dates with a duty, in order."""
    found = defaultdict(list)
    for row in solution.assignments:
        if row.date not in found[row.username]:
            found[row.username].append(row.date)
    return dict(found)


def duties(solution):
    return {username: count.duties for username, count in solution.counts.items()}


# Any team and any leave

DAYS = weekdays(7) + (Day(june(13), ("sang",)),)


@st.composite
def persons(draw, number):
    days = DAYS
    every = [(day.date, session) for day in days for session in day.sessions]
    away = draw(st.sets(st.sampled_from([day.date for day in days]), max_size=4))
    half_away = draw(st.sets(st.sampled_from(every), max_size=3))
    elsewhere = draw(st.sets(st.sampled_from([*every, (datetime.date(2026, 5, 31), "sang")]), max_size=2))
    return Person(
        f"p{number}",
        f"P{number}",
        posts=frozenset(draw(st.sets(st.sampled_from(["T1", "T2", "T3"]), min_size=1))),
        max_per_week=draw(st.sampled_from([None, None, 1, 2, 3])),
        max_per_month=draw(st.sampled_from([None, None, 0, 2, 4])),
        joined=draw(st.sampled_from([None, None, june(4)])),
        left=draw(st.sampled_from([None, None, june(9)])),
        leave=whole_leave(*away) | frozenset(half_away),
        elsewhere=frozenset(elsewhere),
        experienced=draw(st.booleans()),
        wish_weekdays=frozenset(draw(st.sampled_from([(), (), (1, 2), (5,)]))),
        wish_posts=frozenset(draw(st.sampled_from([(), (), ("T1",)]))),
        balance=draw(st.sampled_from([0, 0, 150, -200, 333])),
    )


@st.composite
def problems(draw, most_people=6, pins=False):
    team = tuple(draw(persons(number)) for number in range(draw(st.integers(1, most_people))))
    posts = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        least = draw(st.sampled_from([1, 1, 1, 0, 2]))
        posts.append(PostNeed(f"T{number}", f"Tầng {number}", least, max(1, least) + draw(st.integers(0, 1))))
    days = DAYS[: draw(st.integers(1, len(DAYS)))]
    fixed = set()
    if pins:
        places = [(day.date, session) for day in days for session in day.sessions]
        one = st.tuples(st.sampled_from(places), st.sampled_from(posts), st.sampled_from(team))
        for (date, session), post, person in draw(st.lists(one, max_size=5)):
            # One duty in each session: what the database holds is never otherwise.
            if not any((pin.date, pin.session, pin.username) == (date, session, person.username) for pin in fixed):
                fixed.add(Pin(date, session, post.code, person.username))
    return RosterProblem(
        month=JUNE,
        posts=tuple(posts),
        days=days,
        people=team,
        pins=tuple(fixed),
        min_people=draw(st.integers(0, 4)),
        whole_days=draw(st.booleans()),
    )


# The checker


def broken_rules(asked, solution):
    """Every hard rule that a duty breaks which is not pinned; written from the rules alone."""
    team = {person.username: person for person in asked.people}
    posts = {post.code: post for post in asked.posts}
    opened = {(day.date, session) for day in asked.days for session in day.sessions}
    pinned = {(pin.date, pin.session, pin.post, pin.username) for pin in asked.pins}
    found = []
    at_once, at_post, dates = Counter(), Counter(), defaultdict(set)
    for row in solution.assignments:
        at_once[row.username, row.date, row.session] += 1
        at_post[row.date, row.session, row.post] += 1
        dates[row.username].add(row.date)
        if (row.date, row.session, row.post, row.username) in pinned:
            continue
        person = team[row.username]
        if (row.date, row.session) not in opened:
            found.append(("closed", row))
        if row.post not in person.posts:
            found.append(("not qualified", row))
        if (row.date, row.session) in person.leave | person.elsewhere:
            found.append(("away", row))
        if (person.joined and row.date < person.joined) or (person.left and row.date >= person.left):
            found.append(("no member", row))
    found += [("two duties at once", key) for key, count in at_once.items() if count > 1]
    held_pins = Counter((pin.date, pin.session, pin.post) for pin in asked.pins)
    found += [
        ("crowded", key)
        for key, count in at_post.items()
        if key[2] in posts and count > max(posts[key[2]].max_people, held_pins[key])
    ]
    for username, person in team.items():
        elsewhere = {date for date, _session in person.elsewhere}
        fixed = {pin.date for pin in asked.pins if pin.username == username} | elsewhere
        everything = dates[username] | elsewhere
        for week in {date.isocalendar()[:2] for date in dates[username]}:
            spent, by_pins = [
                sum(date.isocalendar()[:2] == week for date in some) for some in (everything, fixed)
            ]
            if person.max_per_week is not None and spent > max(person.max_per_week, by_pins):
                found.append(("week", username, week))
        spent, by_pins = [sum(date.month == asked.month.month for date in some) for some in (everything, fixed)]
        if person.max_per_month is not None and spent > max(person.max_per_month, by_pins):
            found.append(("month", username))
    return found


def places_missing(asked, solution):
    """(date, session) -> people missing there: those its posts lack, or the site if it lacks more."""
    missing = {}
    for day in asked.days:
        for session in day.sessions:
            here = [row for row in solution.assignments if (row.date, row.session) == (day.date, session)]
            lacking = sum(
                max(0, post.min_people - sum(row.post == post.code for row in here)) for post in asked.posts
            )
            short = max(lacking, asked.min_people - len({row.username for row in here}))
            if short > 0:
                missing[day.date, session] = short
    return missing


def untrue_reasons(asked, solution):
    """Claims in the reasons of empty places that the input and the roster do not bear out."""
    team = {person.username: person for person in asked.people}
    dates, at = defaultdict(set), defaultdict(set)
    for row in solution.assignments:
        dates[row.username].add(row.date)
        at[row.date, row.session].add(row.username)
    for person in asked.people:
        dates[person.username] |= {date for date, _session in person.elsewhere}
    crowd = Counter((row.date, row.session, row.post) for row in solution.assignments)
    false = []
    for place in solution.shortfalls:
        here = {post.code: crowd[place.date, place.session, post.code] for post in asked.posts}
        (post,) = [post for post in asked.posts if post.code == place.post]
        wanted = {post.code} if here[post.code] < post.min_people else set()
        # Only the site's minimum is missed: any post with room would do.
        wanted = wanted or {post.code for post in asked.posts if here[post.code] < post.max_people}
        named = [username for group in place.groups for username in group.people]
        if sorted(named) != sorted(team):
            false.append(("does not add up to the team", place))
        for group in place.groups:
            if not group.people or not group.sentence.startswith(f"{len(group.people)} bạn"):
                false.append(("wrong number", place, group))
            for username in group.people:
                person = team[username]
                same_week = {d for d in dates[username] if d.isocalendar()[:2] == place.date.isocalendar()[:2]}
                same_month = {d for d in dates[username] if d.month == place.date.month}
                claims = {
                    "not_joined": person.joined is not None and place.date < person.joined,
                    "left": person.left is not None and person.left <= place.date,
                    "here": username in at[place.date, place.session],
                    "elsewhere": (place.date, place.session) in person.elsewhere,
                    "leave": (place.date, place.session) in person.leave,
                    "not_qualified": not wanted & person.posts,
                    "no_room": not wanted,
                    "week_full": len(same_week) == group.limit == person.max_per_week and place.date not in same_week
                    or (person.max_per_week is not None and len(same_week) > person.max_per_week),
                    "month_full": len(same_month) == group.limit == person.max_per_month
                    and place.date not in same_month
                    or (person.max_per_month is not None and len(same_month) > person.max_per_month),
                }
                if not claims.get(group.kind, False):
                    false.append((group.kind, username, place))
    return false


@st.composite
def problems_under_way(draw):
    """Problems some of whose days are over, with the duties that were served there, whatever they were."""
    asked = draw(problems(most_people=5))
    starts = draw(st.sampled_from([day.date for day in asked.days[1:]] or [june(2)]))
    served = {}
    for day in asked.days:
        for session in day.sessions:
            for person in asked.people if day.date < starts else ():
                post = draw(st.sampled_from([None, None, *[post.code for post in asked.posts]]))
                if post:
                    served[day.date, session, person.username] = Pin(day.date, session, post, person.username, False)
    return dataclasses.replace(asked, pins=tuple(served.values()), starts=starts)


def without_what_is_over(asked):
    """The same problem told otherwise: only the days to come, what was served before as duties elsewhere."""
    served = defaultdict(set)
    for pin in asked.pins:
        served[pin.username].add((pin.date, pin.session))
    return dataclasses.replace(
        asked,
        days=tuple(day for day in asked.days if day.date >= asked.starts),
        people=tuple(
            dataclasses.replace(person, elsewhere=person.elsewhere | served[person.username])
            for person in asked.people
        ),
        pins=(),
        starts=None,
    )
