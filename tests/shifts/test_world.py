"""The world as data: how many units on which day, who took over whom, and loading it again."""

import datetime

import pytest
from django.core.management import call_command

from shifts.models import CalendarDay, Site, Team, Unit, UnitSuccession
from shifts.roster.calendar import open_sessions

pytestmark = pytest.mark.django_db
LAST_OF_2020_SET = datetime.date(2024, 10, 31)
CHANGES_OF_2024 = datetime.date(2024, 11, 1)
NO_DISTRICTS = datetime.date(2025, 7, 1)


@pytest.fixture
def loaded(db):
    call_command("load_world", verbosity=0)


def units(level, date):
    return Unit.objects.on(date).filter(level=level)


@pytest.mark.parametrize(
    ("date", "districts", "communes"),
    [
        (datetime.date(2020, 2, 24), 13, 177),
        (LAST_OF_2020_SET, 13, 177),
        (CHANGES_OF_2024, 13, 171),
        (datetime.date(2025, 6, 30), 13, 171),
        (NO_DISTRICTS, 0, 54),
        (datetime.date(2026, 11, 24), 0, 54),
    ],
)
def test_each_day_has_its_set_of_units(loaded, date, districts, communes):
    assert (units("district", date).count(), units("commune", date).count()) == (districts, communes)
    assert units("province", date).count() == 1


def test_thirty_two_codes_of_today_meant_another_unit_in_2020(loaded):
    before = dict(units("commune", LAST_OF_2020_SET).values_list("code", "name"))
    today = units("commune", NO_DISTRICTS)
    assert len([unit for unit in today if before.get(unit.code, unit.name) != unit.name]) == 32


def test_every_unit_that_ended_has_exactly_one_main_successor_that_starts_no_later(loaded):
    ended = Unit.objects.filter(valid_until__isnull=False)
    assert ended.count() == 214
    for unit in ended.prefetch_related("successions__successor"):
        main = [row for row in unit.successions.all() if row.is_main]
        assert len(main) == 1, unit.code
        heir = main[0].successor
        assert heir.holds_on(unit.valid_until), unit.code


def test_units_that_hold_have_no_successor(loaded):
    assert not UnitSuccession.objects.filter(predecessor__valid_until__isnull=True).exists()


def test_every_unit_lies_under_a_parent_that_holds_all_its_days(loaded):
    for unit in Unit.objects.exclude(level="province").select_related("parent"):
        parent = unit.parent
        assert unit.path == f"{parent.path}{unit.pk}."
        assert parent.holds_on(unit.valid_from)
        assert parent.valid_until is None or unit.valid_until <= parent.valid_until


def test_a_town_that_became_a_city_keeps_its_communes_under_the_new_row(loaded):
    town, city = Unit.objects.filter(code="205").order_by("valid_from")
    assert (town.kind, city.kind) == ("thị xã", "thành phố")
    unchanged = Unit.objects.filter(code="07096").order_by("valid_from").first()
    assert unchanged.successions.get().successor.parent == city
    assert not city.children.filter(valid_until__lte=CHANGES_OF_2024).exists()


def test_a_commune_of_today_reads_through_2024_back_to_2020(loaded):
    hong_gai = Unit.objects.get(code="06685", valid_from=NO_DISTRICTS)
    history = Unit.objects.within(hong_gai).filter(valid_until=CHANGES_OF_2024)
    assert sorted(history.values_list("name", flat=True)) == ["Phường Trần Hưng Đạo", "Phường Yết Kiêu"]


def test_the_calendar_knows_holidays_and_make_up_days(loaded):
    assert CalendarDay.objects.get(date="2026-01-02").is_open is False
    assert CalendarDay.objects.get(date="2026-01-10").is_open is True
    centre = Site.objects.get(code="TTHCC")
    week = open_sessions(centre, datetime.date(2026, 8, 28), datetime.date(2026, 9, 4))
    assert [day.isoformat() for day in week] == ["2026-08-28", "2026-09-03", "2026-09-04"]


def test_the_province_has_a_centre_of_three_floors_and_thirteen_district_centres_that_ended(loaded):
    centre = Site.objects.get(code="TTHCC")
    assert [post.code for post in centre.posts.all()] == ["T1", "T2", "T3"]
    assert Site.objects.on(datetime.date(2025, 6, 30)).count() == 14
    assert list(Site.objects.on(NO_DISTRICTS)) == [centre]
    assert Team.objects.get(code="TINH").home_site == centre


def test_loading_again_adds_nothing_and_keeps_what_staff_edited(loaded):
    Unit.objects.filter(code="06685", valid_until=None).update(name="Phường Hồng Gai (đã sửa)")
    CalendarDay.objects.filter(date="2026-01-02").update(is_open=True)
    Site.objects.get(code="TTHCC").posts.filter(code="T3").delete()
    counts = [model.objects.count() for model in (Unit, UnitSuccession, CalendarDay, Site)]
    call_command("load_world", verbosity=0)
    assert [model.objects.count() for model in (Unit, UnitSuccession, CalendarDay, Site)] == counts
    assert Unit.objects.filter(name="Phường Hồng Gai (đã sửa)").count() == 1
    assert CalendarDay.objects.get(date="2026-01-02").is_open is True
    assert Site.objects.get(code="TTHCC").posts.count() == 2
