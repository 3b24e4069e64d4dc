"""The roster's optimiser: time to the proof beside the other engine, growth, and a batch of every commune and centre.

    python -m benchmarks.roster var/bench-roster.json

Uses the database of DATABASE_URL for the batch, which it fills with made-up sites: give it an empty one.
"""

import datetime
import os
import platform
import random
import resource
import statistics
import time

import django

from .results import report

ROUNDS = 5
PEOPLE, FLOORS = 25, 3
MONTH = datetime.date(2026, 7, 1)  # 23 working days
GROWTH = (25, 50, 100, 200)
SITES = int(os.environ.get("SITES", "191"))  # 177 communes, 13 districts, the province
OTHER_ENGINE_SECONDS = 20.0
GOAL_PROOF_SECONDS = 1.0


def set_up():
    os.environ.update(DJANGO_SETTINGS_MODULE="volunteer_support.settings", DEMO="1")
    django.setup()


def working_days():
    days = [MONTH + datetime.timedelta(days=number) for number in range(31)]
    return [day for day in days if day.weekday() < 5]


def leave_of(chance, days):
    """Leave as people take it: half of them none, some a day or two, a few a week, here and there a morning."""
    away = set()
    for _ in range(chance.choice([0, 0, 1, 1, 2])):
        start = chance.randrange(len(days))
        sessions = chance.choice([("sang", "chieu"), ("sang", "chieu"), ("sang", "chieu"), ("sang",)])
        away |= {(day, session) for day in days[start : start + chance.choice([1, 1, 2, 5])] for session in sessions}
    return frozenset(away)


def month_of(people, seed=2020, *, wider=False):
    """A centre's month; `wider`: the floors need more people as the team grows, so that everybody's load stays."""
    from shifts.roster.optimiser.problem import Day, Person, PostNeed, RosterProblem

    chance, days = random.Random(seed), working_days()
    times = people // PEOPLE if wider else 1
    codes = [f"T{number}" for number in range(1, FLOORS + 1)]
    team = []
    for number in range(people):
        held = codes if number % 4 else codes[:2]
        team.append(
            Person(
                f"tnv{number:03}",
                f"Bạn {number}",
                posts=frozenset(held),
                max_per_week=2 if number % 5 == 0 else None,
                max_per_month=chance.choice([None, None, None, 4]),
                joined=days[8] if number % 20 == 7 else None,
                left=days[15] if number % 20 == 11 else None,
                leave=leave_of(chance, days),
                experienced=number % 3 > 0,
                wish_weekdays=frozenset(chance.sample(range(1, 6), 3)) if number % 6 == 1 else frozenset(),
                wish_posts=frozenset([chance.choice(held)]) if number % 8 == 3 else frozenset(),
                balance=chance.choice([0, 0, 100, -100, 50]),
            )
        )
    return RosterProblem(
        month=MONTH,
        posts=tuple(PostNeed(code, code, times, times + 2) for code in codes),
        days=tuple(Day(day, ("sang", "chieu")) for day in days),
        people=tuple(team),
        min_people=FLOORS * times,
        whole_days=True,
    ).in_order()


# Time to the proof


def seconds_of(action, rounds=ROUNDS):
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        action()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent)


def prove(problem):
    """Hard rules and load, as `solve` does them, without the wishes that come after."""
    from shifts.roster.optimiser.solver import _Solver

    solver = _Solver(problem, None, None, 0)
    model, values = solver.even_out(*solver.fill())
    assert solver.load_proven and solver.shortage_proven
    return solver.squares


def prove_by_cp_sat(problem):
    """The very same rows and columns, in the same order of questions, with CP-SAT in the place of HiGHS."""
    from shifts.roster.optimiser import model

    from .cp_sat import CpSatProgram

    ours, model.Program = model.Program, CpSatProgram
    try:
        return prove(problem)
    finally:
        model.Program = ours


def plain_cp_sat(problem, solution):
    """CP-SAT on every person, day, session and post, without our way of putting it; None where it takes too long."""
    from .cp_sat import CpSat, Unproven

    began = time.perf_counter()
    try:
        other = CpSat(problem, seconds=OTHER_ENGINE_SECONDS)
        shares = [round(100 * solution.counts[person.username].fair_share) for person in problem.people]
        other.even_out(other.fill(), shares, len(solution.assignments))
    except Unproven:
        return None
    return time.perf_counter() - began


def compare():
    """Seconds to the proof of the centre's month by engine, and what the whole build takes."""
    from shifts.roster.optimiser.solver import solve

    problem = month_of(PEOPLE)
    assert prove(problem) == prove_by_cp_sat(problem)
    solution = solve(problem)
    return {
        "HiGHS, this model": seconds_of(lambda: prove(problem)),
        "CP-SAT, this model": seconds_of(lambda: prove_by_cp_sat(problem)),
        "CP-SAT, every session on its own": plain_cp_sat(problem, solution),
        "the whole build, wishes included": seconds_of(lambda: solve(problem)),
    }, {
        "status": solution.status,
        "load_spread": solution.load_spread,
        "wishes' cost": solution.wish_cost,
        "gap": solution.gap,
    }


def growth():
    from shifts.roster.optimiser.solver import solve

    rows = []
    for people in GROWTH:
        for wider in (False, True):
            if people == PEOPLE and wider:
                continue
            problem = month_of(people, wider=wider)
            began = time.perf_counter()
            solution = solve(problem)
            rows.append(
                {
                    "people": people,
                    "a session": FLOORS * (people // PEOPLE if wider else 1),
                    "proof": seconds_of(lambda problem=problem: prove(problem), rounds=3),
                    "build": time.perf_counter() - began,
                    "status": solution.status,
                    "gap": solution.gap,
                }
            )
    return rows


# The batch


def make_sites():
    """Every site with its team of 25, three floors, two sessions, leave and limits."""
    from shifts.models import Leave, Post, Site, SiteSession, Team, Unit, User, Volunteer

    province = Unit.objects.create(
        code="22", name="Tỉnh", level="province", kind="tỉnh", valid_from=datetime.date(2020, 1, 1)
    )
    for number in range(SITES):
        site = Site.objects.create(
            code=f"S{number}", name=f"Điểm {number}", short_name=f"Điểm {number}", unit=province,
            min_people=FLOORS, whole_days=True,
        )  # fmt: skip
        posts = [Post(site=site, code=f"T{n}", name=f"Tầng {n}", position=n) for n in range(1, FLOORS + 1)]
        posts = Post.objects.bulk_create(posts)
        for session, start, end in (("sang", "07:30", "11:30"), ("chieu", "13:30", "17:00")):
            SiteSession.objects.create(site=site, session=session, starts_at=start, ends_at=end)
        team = Team.objects.create(code=f"D{number}", name=f"Đội {number}", unit=province, home_site=site)
        asked = month_of(PEOPLE, seed=number)
        users = User.objects.bulk_create(
            User(username=f"{number}-{person.username}", full_name=f"Bạn {person.username}")
            for person in asked.people
        )
        members = Volunteer.objects.bulk_create(
            Volunteer(
                user=user, team=team, max_per_week=person.max_per_week, max_per_month=person.max_per_month,
                joined=person.joined, left=person.left, experienced=person.experienced,
            )
            for user, person in zip(users, asked.people, strict=True)
        )  # fmt: skip
        Volunteer.posts.through.objects.bulk_create(
            Volunteer.posts.through(volunteer=member, post=post)
            for member, person in zip(members, asked.people, strict=True)
            for post in posts
            if post.code in person.posts
        )
        Leave.objects.bulk_create(
            Leave(volunteer=member, date_from=date, date_to=date, session=session)
            for member, person in zip(members, asked.people, strict=True)
            for date, session in sorted(person.leave)
        )


def batch():
    """Build every site's month with `build_roster --all`, from reading to the stored draft."""
    from django.core.management import call_command

    from shifts.models import Assignment, Roster

    call_command("migrate", verbosity=0)
    make_sites()
    before = peak_mb()
    began = time.perf_counter()
    with open(os.devnull, "w") as nowhere:
        call_command("build_roster", "--all", "--month", f"{MONTH:%Y-%m}", stdout=nowhere)
    return {
        "sites": Roster.objects.count(),
        "duties": Assignment.objects.count(),
        "seconds": time.perf_counter() - began,
        "memory before, MB": before,
        "memory peak, MB": peak_mb(),
    }


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show(result):
    print(f"\n{result['engine']}, Python {result['python']}, {result['processors']} processors")
    print(f"\n{f'the month of a centre: {PEOPLE} people, {FLOORS} floors, 2 sessions, 23 days':60}{'seconds':>9}")
    for name, seconds in result["seconds to the proof"].items():
        shown = f"over {OTHER_ENGINE_SECONDS:.0f}, unproven" if seconds is None else f"{seconds:.3f}"
        print(f"{name:60}{shown:>9}")
    ours = result["seconds to the proof"]["HiGHS, this model"]
    print(f"{'goal for the proof':60}{GOAL_PROOF_SECONDS:9.3f}  {'' if ours <= GOAL_PROOF_SECONDS else 'missed'}")
    print(", ".join(f"{name} {value}" for name, value in result["roster"].items()))
    print(f"\n{'people':>8}{'a session':>11}{'proof s':>10}{'build s':>10}  status")
    for row in result["growth"]:
        print(
            f"{row['people']:8}{row['a session']:11}{row['proof']:10.3f}{row['build']:10.3f}"
            f"  {row['status']}, gap {row['gap']}"
        )
    rows = result["batch"]
    print(
        f"\n{rows['sites']} sites in one batch, read and stored: {rows['seconds']:.1f} s, {rows['duties']} duties,"
        f" {rows['memory peak, MB']:.0f} MB at most ({rows['memory before, MB']:.0f} MB before)"
    )


def main():
    set_up()
    from importlib.metadata import version

    # The batch first: what the other engine takes in memory is not the batch's.
    everything = batch()
    proof, roster = compare()
    result = {
        "engine": f"HiGHS {version('highspy')} beside CP-SAT {version('ortools')}",
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "seconds to the proof": proof,
        "roster": roster,
        "growth": growth(),
        "batch": everything,
    }
    report(result, show, "var/bench-roster.json")


if __name__ == "__main__":
    main()
