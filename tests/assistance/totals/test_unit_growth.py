"""Growth of coverage on /units/: who ran the model at the end of each month, by level, and the sheets of the page."""

import datetime
import io

import openpyxl
import pytest

from assistance.periods import Period
from assistance.totals import save_total
from assistance.unit_growth import growth_of
from assistance.unit_tree import tree_of
from shifts.models import Team, Unit, UnitSuccession

from .test_excess import WEEK
from .test_totals_page import client_of, text_of

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)


def growth(period=WEEK):
    return growth_of(tree_of(units=Unit.objects.all(), period=period), TODAY)


def numbers(level, period=WEEK):
    return next(line.numbers for line in growth(period).lines if line.level == level)


def team(unit, first, until=None):
    return Team.objects.create(code=f"T{unit.code}", name="Đội", unit=unit, valid_from=first, valid_until=until)


def test_months_end_with_the_week_that_is_shown(w):
    assert growth().days[:2] == [datetime.date(2026, 1, 31), datetime.date(2026, 2, 28)]
    assert growth().days[-2:] == [datetime.date(2026, 10, 31), TODAY]
    assert growth(Period.read("2026-01-05")).days == [datetime.date(2026, 1, 5)]


def test_a_team_counts_from_the_month_it_was_formed_until_it_ends(w):
    team(w.commune, datetime.date(2026, 3, 31), datetime.date(2026, 9, 30))
    assert numbers("commune") == [0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0]
    assert numbers("district") == [1] * 11


def test_the_last_word_that_said_a_number_of_teams_counts(w):
    for text, teams in [("2026-W10", 1), ("2026-W20", 0), ("2026-W30", 2)]:
        save_total(unit=w.commune, period=Period.read(text), by=None, numbers={"teams": teams})
    save_total(unit=w.commune, period=Period.read("2026-W35"), by=None, numbers={}, nothing=True)
    assert numbers("commune") == [0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1]


def test_a_unit_that_ended_speaks_for_the_one_that_took_it_over(w):
    old = Unit.objects.create(
        code="06000", name="Xã Cũ", level="commune", kind="xã", parent=w.district,
        valid_from=datetime.date(2020, 1, 1), valid_until=datetime.date(2026, 7, 1),
    )  # fmt: skip
    UnitSuccession.objects.create(predecessor=old, successor=w.commune)
    team(old, datetime.date(2026, 2, 1), datetime.date(2026, 7, 1))
    team(w.commune, datetime.date(2026, 7, 1))
    assert numbers("commune") == [0, *[1] * 10]
    assert {line.level: line.total for line in growth().lines} == {"commune": 2, "district": 1, "province": 1}


def test_a_period_of_2020_shows_the_units_of_2020(w):
    Unit.objects.create(
        code="06001", name="Xã Trước", level="commune", kind="xã", parent=w.district,
        valid_from=datetime.date(2020, 1, 1), valid_until=datetime.date(2024, 11, 1),
    )  # fmt: skip
    shown = growth(Period.read("2020-12-31"))
    assert (len(shown.days), shown.lines[0].total) == (12, 3)
    assert growth().lines[0].total == 2


def test_the_chart_has_the_number_at_its_end_and_points_to_focus(w):
    team(w.commune, datetime.date(2026, 3, 1))
    page = text_of(client_of(w.huyen).get("/units/"))
    assert "1 trên 2 xã, phường" in page
    assert page.count('class="growth-point" tabindex="0"') == 11
    assert "<title>31/03/2026: 1 trên 2 xã, phường</title>" in page
    assert "style=" not in page
    assert 'class="growth"' not in text_of(client_of(w.donvi).get("/units/"))


@pytest.mark.parametrize("count", [1, 3])
def test_growth_takes_five_queries_however_many_units_and_words(w, count, django_assert_num_queries):
    for number in range(count):
        unit = Unit.objects.create(
            code=f"0700{number}", name=f"Xã {number}", level="commune", kind="xã", parent=w.district,
            valid_from=datetime.date(2020, 1, 1),
        )  # fmt: skip
        team(unit, datetime.date(2026, 3, 1))
        for back in range(count):
            save_total(unit=unit, period=WEEK.moved(-8 * back), by=None, numbers={"teams": 1})
    tree = tree_of(units=Unit.objects.all(), period=WEEK)
    with django_assert_num_queries(5):
        growth_of(tree, TODAY)


def sheet(user, name):
    answer = client_of(user).get(f"/units/{name}.xlsx?period=2026-W48")
    assert answer.status_code == 200
    return list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.values)


def test_the_page_as_sheets_holds_only_what_the_person_sees(w):
    team(w.commune, datetime.date(2026, 3, 1))
    rows = sheet(w.huyen, "list")
    assert [row[1] for row in rows] == ["Đơn vị", "Thành phố Hạ Long", "Phường Bãi Cháy", "Phường Hồng Gai"]
    assert rows[3][4] == "có"
    assert sheet(w.huyen, "growth")[0] == ("Ngày", "xã, phường, trên 2", "huyện, thị xã, thành phố, trên 1")
    assert [row[1] for row in sheet(w.donvi, "list")] == ["Đơn vị", "Phường Hồng Gai"]
    assert client_of(w.volunteer).get("/units/list.xlsx").status_code == 403
    assert client_of(w.huyen).get("/units/growth.xlsx?period=9999-W60").status_code == 404
