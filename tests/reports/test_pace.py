"""Pace and forecast: literal numbers on small worlds of days."""

import datetime

import pytest

from reports.targets.pace import (
    DAYS,
    MONTHS,
    WEEKS,
    Block,
    Forecast,
    OpenDays,
    finished_blocks,
    foresee,
    lateness,
    months_between,
    needed_per_day,
)


def day(text):
    return datetime.date.fromisoformat(text)


def weekdays(first, last):
    """The days from Monday to Friday between two dates, both included."""
    dates = (day(first) + datetime.timedelta(days=n) for n in range((day(last) - day(first)).days + 1))
    return [date for date in dates if date.isoweekday() < 6]


FEBRUARY = OpenDays(weekdays("2021-02-01", "2021-02-28"))  # begins on a Monday, twenty open days
BOUNDS = {"first": day("2021-02-01"), "last": day("2021-02-28")}


def test_open_days_are_counted_with_both_ends():
    assert FEBRUARY.between(day("2021-02-01"), day("2021-02-28")) == 20
    assert FEBRUARY.between(day("2021-02-05"), day("2021-02-08")) == 2
    assert FEBRUARY.between(day("2021-02-06"), day("2021-02-07")) == 0
    assert FEBRUARY.between(day("2021-02-09"), day("2021-02-08")) == 0


def test_what_comes_on_a_closed_day_belongs_to_the_open_day_before():
    blocks = finished_blocks(
        {day("2021-02-05"): 4, day("2021-02-06"): 3}, FEBRUARY, DAYS, first=BOUNDS["first"], before=day("2021-02-09")
    )
    assert [(block.first.day, block.value) for block in blocks] == [(1, 0), (2, 0), (3, 0), (4, 0), (5, 7), (8, 0)]


def test_only_whole_weeks_count_and_those_cut_by_the_period_do_not():
    open_days = OpenDays(weekdays("2021-02-03", "2021-02-28"))
    daily = {day("2021-02-03"): 9, day("2021-02-08"): 10, day("2021-02-15"): 20, day("2021-02-22"): 5}
    blocks = finished_blocks(daily, open_days, WEEKS, first=day("2021-02-03"), before=day("2021-02-24"))
    assert blocks == [
        Block(day("2021-02-08"), day("2021-02-14"), 5, 10),
        Block(day("2021-02-15"), day("2021-02-21"), 5, 20),
    ]


def test_a_steady_count_is_foreseen_without_a_range():
    daily = {date: 7 for date in FEBRUARY.days if date < day("2021-02-15")}
    found, sentence = foresee(daily, FEBRUARY, DAYS, **BOUNDS, on=day("2021-02-14"))
    assert found == Forecast(140, 140, 140)
    assert sentence == (
        "Trung bình 10 ngày mở cửa gần nhất là 7 mỗi ngày mở cửa, giữ cho 10 ngày còn lại;"
        " khoảng dự báo chứa 4 trong 5 trường hợp nếu nhịp không đổi."
    )


def test_an_uneven_count_is_foreseen_with_the_range_of_its_chance():
    # 5 and 9 in turn: mean 7, deviation sqrt(40 / 9) = 2.108; ten days left, known from ten:
    # 1.2816 * 2.108 * sqrt(10 + 100 / 10) = 12.08.
    daily = {date: 5 + 4 * (place % 2) for place, date in enumerate(FEBRUARY.days[:10])}
    found, _sentence = foresee(daily, FEBRUARY, DAYS, **BOUNDS, on=day("2021-02-14"))
    assert found == Forecast(128, 140, 152)


def test_the_same_days_give_the_same_forecast():
    daily = {date: date.day % 5 for date in FEBRUARY.days[:12]}
    once = foresee(daily, FEBRUARY, DAYS, **BOUNDS, on=day("2021-02-17"))
    assert once == foresee(daily, FEBRUARY, DAYS, **BOUNDS, on=day("2021-02-17"))


def test_the_day_itself_is_counted_but_is_no_measure_yet():
    daily = {date: 7 for date in FEBRUARY.days if date < day("2021-02-15")} | {day("2021-02-15"): 1}
    found, _sentence = foresee(daily, FEBRUARY, DAYS, **BOUNDS, on=day("2021-02-15"))
    assert found == Forecast(134, 134, 134)  # 71 so far, and 7 on each of the nine days after it


def test_a_forecast_never_falls_below_what_is_done():
    daily = dict.fromkeys(FEBRUARY.days[:10], 0) | {FEBRUARY.days[0]: 100}
    found, _sentence = foresee(daily, FEBRUARY, DAYS, **BOUNDS, on=day("2021-02-14"))
    assert found.low == 100


def test_weekly_totals_are_foreseen_by_the_week():
    # Five open days a week, 50 each week, told on Mondays; the running week is not told yet.
    open_days = OpenDays(weekdays("2021-02-01", "2021-03-28"))
    daily = {day(text): 50 for text in ("2021-02-01", "2021-02-08", "2021-02-15", "2021-02-22")}
    found, sentence = foresee(
        daily, open_days, WEEKS, first=day("2021-02-01"), last=day("2021-03-28"), on=day("2021-03-03")
    )
    assert found == Forecast(400, 400, 400)
    assert sentence.startswith("Trung bình 4 tuần gần nhất là 10 mỗi ngày mở cửa, giữ cho 20 ngày còn lại")


def test_events_are_foreseen_by_the_month():
    open_days = OpenDays(weekdays("2021-01-01", "2021-12-31"))
    daily = {day(f"2021-0{month}-13"): 2 for month in range(1, 7)}
    found, _sentence = foresee(
        daily, open_days, MONTHS, first=day("2021-01-01"), last=day("2021-12-31"), on=day("2021-07-10")
    )
    assert found.low <= 24 <= found.high
    assert found.mid == 24


def test_too_little_is_said_instead_of_a_number():
    daily = dict.fromkeys(FEBRUARY.days[:3], 7)
    found, sentence = foresee(daily, FEBRUARY, DAYS, **BOUNDS, on=day("2021-02-04"))
    assert found is None
    assert sentence == (
        "Chưa đủ số liệu để dự báo: mới có 3 ngày mở cửa trọn vẹn, cần ít nhất 10 ngày mở cửa."
    )  # fmt: skip


def test_days_without_any_number_give_no_forecast():
    found, sentence = foresee({}, FEBRUARY, DAYS, **BOUNDS, on=day("2021-02-20"))
    assert found is None
    assert sentence == "Chưa dự báo được: 15 ngày mở cửa gần nhất chưa có số liệu nào."


def test_a_period_that_is_over_or_never_open_gives_no_forecast():
    assert foresee({day("2021-02-01"): 5}, FEBRUARY, DAYS, **BOUNDS, on=day("2021-02-28"))[0] is None
    assert foresee({day("2021-02-01"): 5}, OpenDays([]), DAYS, **BOUNDS, on=day("2021-02-10"))[0] is None


@pytest.mark.parametrize(
    ("missing", "days", "expected"),
    [
        (10154, 141, 73),
        (0, 10, 0),
        (-5, 10, 0),
        (5, 0, None),
        (113, 220, 0.6),
        (3, 10, 0.3),
        (99, 10, 9.9),
        (100, 10, 10),
    ],
)
def test_what_each_day_has_to_bring_is_rounded_up(missing, days, expected):
    assert needed_per_day(missing, days) == expected


@pytest.mark.parametrize(
    ("done", "expected", "late"),
    [(87, 100, 13), (100, 100, 0), (99, 99.9, 0), (999, 1000, 1), (0, 0, 0), (0, 50, 100), (120, 100, 0)],
)
def test_being_late_is_told_in_percent(done, expected, late):
    assert lateness(done, expected) == late


def test_months_of_a_period_that_begins_and_ends_within_one():
    assert months_between(day("2020-02-24"), day("2020-04-01")) == [
        day("2020-02-01"),
        day("2020-03-01"),
        day("2020-04-01"),
    ]
