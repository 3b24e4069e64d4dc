"""The optimiser: exact answers to small months, and what holds of any month."""

import dataclasses
import datetime
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from benchmarks.cp_sat import CpSat
from shifts.roster.optimiser.problem import HUNDREDTHS, Day, Person, Pin, Weights
from shifts.roster.optimiser.solver import Cancelled, Placed, solve

from .problems import (
    JUNE,
    WHOLE,
    broken_rules,
    duties,
    floors,
    held,
    june,
    people,
    places_missing,
    problem,
    problems,
    problems_under_way,
    untrue_reasons,
    weekdays,
    whole_leave,
    without_what_is_over,
)

A_MONTH = weekdays(22)
ANY = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


# Load


def test_everybody_serves_the_same_number_of_days():
    solution = solve(problem(people("an", "binh", "chi"), weekdays(9), whole_days=True))
    assert solution.status == "optimal"
    assert duties(solution) == {"an": 6, "binh": 6, "chi": 6}
    assert solution.load_spread == 0
    assert solution.shortfalls == ()


def test_a_count_that_does_not_divide_is_no_further_apart_than_one_day():
    solution = solve(problem(people("an", "binh", "chi"), weekdays(10), whole_days=True))
    assert sorted(duties(solution).values()) == [6, 6, 8]
    assert solution.load_spread == 2


def test_the_fair_share_is_scaled_by_leave():
    away = whole_leave(*(day.date for day in weekdays(5)))
    team = people("an", "binh") + people("chi", leave=away)
    solution = solve(problem(team, weekdays(10), whole_days=True))
    # 20 sessions over 20 + 20 + 10 open ones in which they could serve
    assert {name: count.fair_share for name, count in solution.counts.items()} == {"an": 8, "binh": 8, "chi": 4}
    assert duties(solution) == {"an": 8, "binh": 8, "chi": 4}


def test_who_served_more_before_serves_less_now():
    team = people("an", balance=2 * HUNDREDTHS) + people("binh", balance=-2 * HUNDREDTHS)
    solution = solve(problem(team, weekdays(10), whole_days=True))
    assert duties(solution) == {"an": 8, "binh": 12}
    assert {name: count.fair_share for name, count in solution.counts.items()} == {"an": 8, "binh": 12}


def test_what_a_capped_person_cannot_take_is_shared_by_the_others():
    team = people("an", max_per_month=1) + people("binh", "chi")
    solution = solve(problem(team, weekdays(9), whole_days=True))
    assert duties(solution) == {"an": 2, "binh": 8, "chi": 8}
    assert {name: count.fair_share for name, count in solution.counts.items()} == {"an": 2, "binh": 8, "chi": 8}
    assert solution.load_spread == 0


def test_a_balance_larger_than_the_month_leaves_a_share_of_nothing():
    team = people("an", balance=100 * HUNDREDTHS) + people("binh", "chi")
    solution = solve(problem(team, weekdays(4), whole_days=True))
    assert duties(solution) == {"an": 0, "binh": 4, "chi": 4}
    assert solution.counts["an"].fair_share == 0


# Hard rules


def test_weeks_run_over_the_end_of_the_month():
    # 31 May 2026 is the Sunday of the week before; 28 June and 1 July are in different weeks, 29 June and 1 July not.
    days = tuple(Day(june(day), WHOLE) for day in (29, 30))
    served = frozenset({(datetime.date(2026, 7, 1), "sang")})
    team = people("an", max_per_week=2, elsewhere=served) + people("binh", max_per_week=1)
    solution = solve(problem(team, days, whole_days=True))
    assert {name: len(dates) for name, dates in held(solution).items()} == {"an": 1, "binh": 1}
    assert solution.status == "optimal"


def test_a_day_at_an_event_counts_as_a_duty_day_and_blocks_its_session():
    event = frozenset({(june(1), "sang")})
    days = (Day(june(1), ("sang",)), Day(june(2), ("sang",)))
    team = people("an", max_per_month=1, elsewhere=event) + people("binh")
    solution = solve(problem(team, days))
    assert held(solution) == {"binh": [june(1), june(2)]}


def test_more_duties_on_a_day_that_counts_already_are_no_further_duty_day():
    event = frozenset({(june(1), "toi")})
    team = people("an", max_per_month=1, elsewhere=event)
    solution = solve(problem(team, (Day(june(1), WHOLE),)))
    assert duties(solution) == {"an": 2}


def test_nobody_serves_before_joining_or_from_the_day_of_leaving():
    team = people("an", left=june(3)) + people("binh", joined=june(3))
    solution = solve(problem(team, weekdays(4), whole_days=True))
    assert held(solution) == {"an": [june(1), june(2)], "binh": [june(3), june(4)]}


def test_only_those_who_hold_a_post_serve_there():
    team = people("an", posts=["T1"]) + people("binh", posts=["T1", "T2"])
    solution = solve(problem(team, weekdays(2), floors(2), whole_days=True))
    assert {(row.username, row.post) for row in solution.assignments} == {("an", "T1"), ("binh", "T2")}


def test_the_site_has_its_minimum_of_people_beyond_those_of_its_posts():
    team = people("an", "binh", "chi", posts=["T1", "T2"])
    solution = solve(problem(team, weekdays(1), floors(2), min_people=3, whole_days=True))
    assert duties(solution) == {"an": 2, "binh": 2, "chi": 2}
    assert solution.status == "optimal"


def test_no_more_people_than_the_minima_ask_for():
    team = people("an", "binh", "chi", posts=["T1", "T2"])
    solution = solve(problem(team, weekdays(1), floors(2), min_people=2, whole_days=True))
    assert len(solution.assignments) == 4


# Whole days


def test_a_whole_day_is_one_person_at_one_post():
    solution = solve(problem(people("an", "binh", posts=["T1", "T2"]), weekdays(5), floors(2), whole_days=True))
    by_day = {}
    for row in solution.assignments:
        by_day.setdefault((row.date, row.username), []).append((row.session, row.post))
    assert all(len(rows) == 2 and rows[0][1] == rows[1][1] for rows in by_day.values())
    assert solution.split_days == 0


def test_half_days_only_where_whole_ones_leave_a_place_empty():
    team = people("an", leave=frozenset({(june(1), "sang")})) + people("binh", leave=frozenset({(june(1), "chieu")}))
    solution = solve(problem(team, weekdays(3), whole_days=True))
    assert solution.status == "optimal"
    assert solution.split_days == 2
    assert solution.assignments[:2] == (
        Placed(june(1), "sang", "T1", "binh"),
        Placed(june(1), "chieu", "T1", "an"),
    )
    assert len({row.username for row in solution.assignments if row.date == june(2)}) == 1


def test_a_site_without_whole_days_gives_sessions_one_by_one():
    solution = solve(problem(people("an", "binh"), (Day(june(1), WHOLE),)))
    assert duties(solution) == {"an": 1, "binh": 1}


# Empty places


def test_two_volunteers_for_three_floors_leave_one_empty_and_say_why():
    team = people("an", "binh", posts=["T1", "T2", "T3"]) + people("chi", posts=["T1"], leave=whole_leave(june(1)))
    solution = solve(problem(team, weekdays(1), floors(3), min_people=3, whole_days=True))
    assert solution.status == "infeasible"
    (morning, afternoon) = solution.shortfalls
    assert (morning.date, morning.session, morning.missing) == (june(1), "sang", 1)
    filled = [f"Tầng {number}" for number in (1, 2, 3) if f"T{number}" != morning.post]
    assert morning.because == [f"2 bạn đang trực {filled[0]} và {filled[1]} (An, Binh)", "1 bạn báo bận (Chi)"]
    assert afternoon.because == morning.because


def test_a_whole_team_on_leave_leaves_every_place_empty():
    away = whole_leave(*(day.date for day in weekdays(2)))
    solution = solve(problem(people("an", "binh", "chi", "dung", leave=away), weekdays(2), whole_days=True))
    assert solution.assignments == ()
    assert [place.because for place in solution.shortfalls] == [["4 bạn báo bận"]] * 4


def test_each_person_stands_in_the_one_group_that_is_true_of_them():
    team = (
        *people("an", posts=["T1"]),
        *people("binh", posts=["T2"], left=june(1)),
        *people("chi", posts=["T2"], joined=june(2)),
        *people("dung", posts=["T1"]),
        *people("em", posts=["T2"], elsewhere=frozenset({(june(1), "sang")})),
        *people("giang", posts=["T2"], max_per_week=1, elsewhere=frozenset({(june(7), "sang")})),
        *people("hoa", posts=["T2"], max_per_month=1, elsewhere=frozenset({(june(30), "sang")})),
    )
    days = (Day(june(1), ("sang",)),)
    solution = solve(problem(team, days, floors(2)))
    (place,) = solution.shortfalls
    assert place.post == "T2"
    on_duty = solution.assignments[0].username
    assert {group.kind: group.people for group in place.groups} == {
        "not_joined": ("chi",),
        "left": ("binh",),
        "here": (on_duty,),
        "elsewhere": ("em",),
        "not_qualified": tuple({"an", "dung"} - {on_duty}),
        "month_full": ("hoa",),
        "week_full": ("giang",),
    }
    assert [(helper.username, helper.limit) for helper in place.helpers] == [
        ("hoa", "month_full"),
        ("giang", "week_full"),
    ]
    assert "1 bạn đã đủ mức 1 ngày trực tuần này (Giang)" in place.because


def test_what_is_missing_is_spread_thinly():
    # Four days' work for two people over two days of three floors: two of three each day, not three and one.
    team = people("an", "binh", posts=["T1", "T2", "T3"], max_per_month=2)
    solution = solve(problem(team, weekdays(2), floors(3), whole_days=True))
    assert [(place.date, place.session, place.missing) for place in solution.shortfalls] == [
        (june(1), "sang", 1),
        (june(1), "chieu", 1),
        (june(2), "sang", 1),
        (june(2), "chieu", 1),
    ]


def test_nobody_to_serve_and_nothing_to_do_are_answered():
    nobody = solve(problem((), weekdays(1), whole_days=True))
    assert (nobody.status, nobody.assignments, len(nobody.shortfalls)) == ("infeasible", (), 2)
    nothing = solve(dataclasses.replace(problem(people("an"), weekdays(1)), days=()))
    assert (nothing.status, nothing.assignments, nothing.shortfalls) == ("optimal", (), ())


# Pins


def test_pins_stay_and_the_rest_is_built_around_them():
    pins = tuple(Pin(june(1), session, "T1", "an") for session in WHOLE)
    solution = solve(problem(people("an", "binh"), weekdays(2), whole_days=True, pins=pins))
    assert held(solution) == {"an": [june(1)], "binh": [june(2)]}
    assert [row.pinned for row in solution.assignments] == [True, True, False, False]
    assert solution.status == "optimal"


def test_what_was_served_counts_in_the_share_of_the_whole_month():
    served = tuple(Pin(june(day), session, "T1", "an", False) for day in (1, 2) for session in WHOLE)
    days = weekdays(8)
    solution = solve(problem(people("an", "binh"), days, whole_days=True, pins=served, starts=days[4].date))
    assert held(solution)["an"][:2] == [june(1), june(2)]
    assert duties(solution) == {"an": 6, "binh": 6}
    assert {name: count.fair_share for name, count in solution.counts.items()} == {"an": 6, "binh": 6}
    assert (solution.status, solution.load_spread) == ("optimal", 0)


def test_a_pinned_half_day_is_completed_by_the_same_person():
    pins = (Pin(june(1), "sang", "T1", "an"),)
    solution = solve(problem(people("an", "binh"), weekdays(2), whole_days=True, pins=pins))
    assert [row.username for row in solution.assignments] == ["an", "an", "binh", "binh"]
    assert solution.split_days == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"leave": whole_leave(june(1))}, "An được giữ ở T1 ngày 01/06 dù đã báo bận."),
        ({"posts": frozenset({"T2"})}, "An được giữ ở T1 ngày 01/06 dù chưa nhận việc ở đó."),
        ({"left": june(1)}, "An được giữ ở T1 ngày 01/06, khi không ở trong đội."),
        ({"max_per_month": 0}, "An được giữ 1 ngày trong tháng, quá mức 0."),
        ({"max_per_week": 0}, "An được giữ 1 ngày trong tuần từ 01/06, quá mức 0."),
        (
            {"elsewhere": frozenset({(june(1), "sang")})},
            "An được giữ ở T1 ngày 01/06 dù đã có việc ở nơi khác buổi đó.",
        ),
    ],
)
def test_a_pin_that_breaks_a_rule_stays_and_is_said(change, sentence):
    an = dataclasses.replace(people("an")[0], **change)
    pins = (Pin(june(1), "sang", "T1", "an"),)
    solution = solve(problem((an, *people("binh")), weekdays(2), whole_days=True, pins=pins))
    assert solution.conflicts == (sentence,)
    assert Placed(june(1), "sang", "T1", "an", pinned=True) in solution.assignments
    assert solution.status == "infeasible"


def test_pins_of_strangers_closed_days_and_unknown_posts_are_said_and_kept():
    pins = (
        Pin(june(1), "sang", "T1", "lan"),
        Pin(june(6), "sang", "T1", "an"),
        Pin(june(2), "sang", "T9", "an"),
        Pin(june(3), "sang", "T1", "an"),
        Pin(june(3), "sang", "T2", "an"),
    )
    solution = solve(problem(people("an", "binh", posts=["T1", "T2"]), weekdays(3), floors(2), pins=pins))
    assert {row for row in solution.assignments if row.pinned} == {
        Placed(pin.date, pin.session, pin.post, pin.username, pinned=True) for pin in pins
    }
    assert len(solution.conflicts) == 4


# The second rank


def test_mondays_are_shared():
    solution = solve(problem(people("an", "binh", "chi", "dung"), weekdays(20), whole_days=True))
    mondays = [row.username for row in solution.assignments if row.date.isoweekday() == 1 and row.session == "sang"]
    assert sorted(mondays) == ["an", "binh", "chi", "dung"]


def test_floors_are_rotated():
    team = people("an", "binh", "chi", posts=["T1", "T2", "T3"])
    solution = solve(problem(team, weekdays(9), floors(3), whole_days=True))
    for name in ("an", "binh", "chi"):
        at = [row.post for row in solution.assignments if row.username == name and row.session == "sang"]
        assert {post: at.count(post) for post in ("T1", "T2", "T3")} == {"T1": 3, "T2": 3, "T3": 3}
    assert solution.gap == 0


def test_nobody_serves_four_days_running_where_it_can_be_helped():
    solution = solve(problem(people("an", "binh"), weekdays(10), whole_days=True))
    assert solution.breaches["running"] == 0
    served = {date.toordinal() for date in held(solution)["an"]}
    assert not any({date, date + 1, date + 2, date + 3} <= served for date in served)


def test_wishes_are_followed():
    team = people("an", wish_weekdays=frozenset({1, 2})) + people("binh", wish_weekdays=frozenset({4, 5}))
    solution = solve(problem(team, tuple(Day(june(day), WHOLE) for day in (1, 2, 4, 5)), whole_days=True))
    assert held(solution) == {"an": [june(1), june(2)], "binh": [june(4), june(5)]}


def test_a_newcomer_serves_beside_somebody_experienced():
    team = people("an", "binh", posts=["T1", "T2"]) + people("chi", "dung", posts=["T1", "T2"], experienced=False)
    solution = solve(problem(team, weekdays(6), floors(2), whole_days=True))
    newcomers = {"chi", "dung"}
    for day in weekdays(6):
        assert not {row.username for row in solution.assignments if row.date == day.date} <= newcomers
    assert solution.breaches["newcomers"] == 0


def test_equal_load_comes_before_every_wish():
    team = people("an", wish_weekdays=frozenset({7})) + people("binh")
    solution = solve(problem(team, weekdays(4), whole_days=True))
    assert duties(solution) == {"an": 4, "binh": 4}
    assert solution.breaches["wishes"] == 4
    assert (solution.wish_cost, solution.wish_bound, solution.gap) == (12, 12, 0)


def test_a_wish_without_weight_costs_nothing():
    team = people("an", wish_weekdays=frozenset({7})) + people("binh")
    solution = solve(problem(team, weekdays(4), whole_days=True, weights=Weights(wishes=0)))
    assert solution.wish_cost == 0


def test_the_gap_is_shown_where_no_work_is_allowed():
    lazy, busy = solve(centre(), work_limit=0), solve(centre())
    assert lazy.load_spread == busy.load_spread and lazy.load_squares == busy.load_squares
    assert lazy.wish_bound == busy.wish_bound <= busy.wish_cost < lazy.wish_cost
    assert lazy.gap == round((lazy.wish_cost - lazy.wish_bound) / lazy.wish_cost, 4) > busy.gap


# Running it


def centre():
    """A month like the provincial centre's: 25 people, three floors, some leave."""
    chance = random.Random(25)
    team = []
    for number in range(25):
        start = chance.randrange(20)
        away = [day.date for day in A_MONTH[start : start + chance.choice([0, 1, 2, 5])]]
        team.append(
            Person(
                f"tnv{number:02}",
                f"Bạn {number}",
                frozenset({"T1", "T2", "T3"} if number % 4 else {"T1", "T2"}),
                max_per_week=3,
                leave=whole_leave(*away),
                experienced=number % 3 > 0,
                balance=chance.choice([0, 0, 100, -100]),
            )
        )
    return problem(team, A_MONTH, floors(3), min_people=3, whole_days=True)


def test_the_month_of_the_centre_is_proven():
    asked = centre()
    solution = solve(asked)
    assert solution.status == "optimal"
    assert solution.load_spread <= 2
    assert broken_rules(asked, solution) == []
    assert places_missing(asked, solution) == {}


def test_the_order_of_people_and_days_does_not_matter():
    asked = centre()
    mixed = dataclasses.replace(asked, people=asked.people[::-1], days=asked.days[::-1])
    assert solve(mixed) == solve(asked)


def test_progress_is_told_and_only_rises():
    told = []
    solve(centre(), progress=lambda phase, part: told.append((phase, part)))
    parts = [part for _phase, part in told]
    assert parts == sorted(parts)
    assert parts[0] > 0 and parts[-1] < 1
    assert told[0][0] == "Tìm đủ người cho mọi buổi"


def test_a_cancelled_run_ends_without_a_roster():
    with pytest.raises(Cancelled):
        solve(centre(), cancelled=lambda: True)


# Any team and any leave


@ANY
@given(problems())
def test_every_hard_rule_holds_or_is_a_shortfall_with_a_true_reason(asked):
    solution = solve(asked, work_limit=300)
    assert broken_rules(asked, solution) == []
    missing = {}
    for place in solution.shortfalls:
        missing[place.date, place.session] = missing.get((place.date, place.session), 0) + place.missing
    assert missing == places_missing(asked, solution)
    assert untrue_reasons(asked, solution) == []
    assert solution.status == ("infeasible" if missing else "optimal")
    assert solution.wish_bound <= solution.wish_cost


@ANY
@given(problems(pins=True))
def test_pins_are_kept_and_nothing_else_breaks_a_rule(asked):
    solution = solve(asked, work_limit=300)
    assert {(pin.date, pin.session, pin.post, pin.username) for pin in asked.pins} == {
        (row.date, row.session, row.post, row.username) for row in solution.assignments if row.pinned
    }
    assert broken_rules(asked, solution) == []
    assert untrue_reasons(asked, solution) == []
    assert sum(count.duties for count in solution.counts.values()) == len(solution.assignments)


@settings(ANY, max_examples=30)
@given(problems(most_people=5))
def test_another_engine_finds_nobody_less_missing_and_no_counts_nearer(asked):
    solution = solve(asked, work_limit=0)
    other = CpSat(asked)
    answer = other.fill()
    assert sum(place.missing for place in solution.shortfalls) == answer.missing
    assert solution.split_days == answer.splits
    if not answer.missing:
        shares = [round(HUNDREDTHS * solution.counts[person.username].fair_share) for person in asked.people]
        answer = other.even_out(answer, shares, len(solution.assignments))
        assert round(HUNDREDTHS * solution.load_spread) == answer.spread
        assert round(HUNDREDTHS**2 * solution.load_squares) == answer.squares


@settings(ANY, max_examples=30)
@given(problems_under_way())
def test_days_that_are_over_stay_as_they_are_and_the_rest_is_proven_as_if_they_were_elsewhere(asked):
    solution = solve(asked, work_limit=0)
    over = [row for row in solution.assignments if row.date < asked.starts]
    assert {(row.date, row.session, row.post, row.username) for row in over} == {
        (pin.date, pin.session, pin.post, pin.username) for pin in asked.pins
    }
    assert {place.date for place in solution.shortfalls if place.date < asked.starts} == set()
    assert sum(count.duties for count in solution.counts.values()) == len(solution.assignments)
    rest = without_what_is_over(asked)
    to_come = dataclasses.replace(
        solution, assignments=tuple(row for row in solution.assignments if row.date >= asked.starts)
    )
    assert broken_rules(rest, to_come) == []
    other = CpSat(rest)
    answer = other.fill()
    assert sum(place.missing for place in solution.shortfalls) == answer.missing
    if not answer.missing:
        served = Counter(row.username for row in over)
        shares = [
            round(HUNDREDTHS * (solution.counts[person.username].fair_share - served[person.username]))
            for person in asked.people
        ]
        answer = other.even_out(answer, shares, len(to_come.assignments))
        assert (solution.load_proven, round(HUNDREDTHS * solution.load_spread)) == (True, answer.spread)


@ANY
@given(problems())
def test_shares_add_up_and_are_in_proportion(asked):
    solution = solve(asked, work_limit=0)
    shares = {name: round(HUNDREDTHS * count.fair_share) for name, count in solution.counts.items()}
    assert sum(shares.values()) == HUNDREDTHS * len(solution.assignments)
    levels = []
    for person in asked.people:
        able = bool(person.posts & {post.code for post in asked.posts})
        free = sum(able and person.is_free(day.date, session) for day in asked.days for session in day.sessions)
        most = free if person.max_per_week is person.max_per_month is None else 0
        if not asked.whole_days and 0 < shares[person.username] < HUNDREDTHS * most:
            levels.append((shares[person.username] + person.balance) / free)
    # Those whom nothing holds back share one level: sessions for each session they could serve.
    assert not levels or max(levels) - min(levels) <= 1.01


@settings(ANY, max_examples=15)
@given(problems(pins=True))
def test_the_same_problem_has_the_same_roster(asked):
    mixed = dataclasses.replace(asked, people=asked.people[::-1], pins=asked.pins[::-1])
    assert solve(mixed, work_limit=300) == solve(asked, work_limit=300)


def test_months_begin_on_their_first_day():
    assert problem(people("an"), weekdays(3, first=june(15))).month == JUNE
