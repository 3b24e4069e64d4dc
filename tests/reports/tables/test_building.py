"""A table of its definition: which rows, which numbers, and that they add up."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assistance.models import ServiceLevel
from reports.figures import ask
from reports.models import Target
from reports.periods import ReportPeriod
from reports.tables.building import table_of
from reports.tables.table import TableRefused
from shifts.models import Unit, UnitSuccession

from .makers import commune, counted, definition_of, lines, told

pytestmark = pytest.mark.django_db
MONTH = ReportPeriod.read("2026-10")
YEAR = ReportPeriod.read("2026")


def made(definition, period=MONTH, units=None, **options):
    return table_of(definition, units=Unit.objects.all() if units is None else units, period=period, **options)


def test_communes_add_to_their_district_and_the_province_stands_first(world):
    hong_gai = commune(world, "06691", "Phường Hồng Gai")
    commune(world, "07045", "Xã Hòa Bình")
    counted(world, 5)
    counted(world, 70, unit=world.district)
    counted(world, 200, unit=hong_gai)
    table = made(definition_of("visits"))
    assert lines(table) == ({"Tỉnh Quảng Ninh (cấp tỉnh)": [5], "Thành phố Hạ Long": [270]}, [275])
    table = made(definition_of("visits", slug="xa", level="commune"))
    assert lines(table) == (
        {"Tỉnh Quảng Ninh (cấp tỉnh)": [5], "Thành phố Hạ Long (cấp huyện)": [70], "Xã Hòa Bình": [0],
         "Phường Hồng Gai": [200]},
        [275],
    )  # fmt: skip
    table = made(definition_of("visits", slug="huyen"), units=Unit.objects.within(world.district))
    assert lines(table)[0] == {
        "Thành phố Hạ Long (cấp huyện)": [70], "Xã Hòa Bình": [0], "Phường Hồng Gai": [200],
    }  # fmt: skip
    table = made(definition_of("visits", slug="moi", level="each"), units=Unit.objects.within(hong_gai))
    assert lines(table) == ({"Phường Hồng Gai": [200]}, [200])


def test_period_sum_of_the_year_and_share_of_the_target_stand_side_by_side(world):
    counted(world, 30, "dossiers_full")
    counted(world, 100, "dossiers_partial", date=datetime.date(2026, 3, 2))
    counted(world, 7, "dossiers_full", date=datetime.date(2025, 12, 31))
    counted(world, 20, "dossiers_full", unit=world.district)
    for unit, minimum in [(world.province, 1000), (world.district, 40)]:
        Target.objects.create(
            figure="dossiers", unit=unit, first=datetime.date(2026, 1, 1), last=datetime.date(2026, 12, 31),
            minimum=minimum, stretch=minimum,
        )  # fmt: skip
    table = made(definition_of("dossiers", "dossiers/year", "dossiers/target"))
    rows, sums = lines(table)
    assert rows["Tỉnh Quảng Ninh (cấp tỉnh)"] == [30, 130, None]
    assert rows["Thành phố Hạ Long"][:2] == [20, 20]
    assert float(rows["Thành phố Hạ Long"][2]) == 0.5
    assert [float(n) for n in sums] == [50, 150, 0.15]
    assert table.sums[2].hint == "150/1.000"


def test_totals_of_units_count_what_they_add_and_bring_their_remarks(world):
    unit = commune(world, "06691", "Phường Hồng Gai")
    counted(world, 40, "guided", unit=unit, date=datetime.date(2026, 10, 6))
    told(world, unit, guided_citizen=100, guided_youth=9, teams=2, volunteers=15, remarks="Mạng yếu")
    told(world, unit, day=datetime.date(2026, 10, 12), guided_youth=1, teams=3, volunteers=16, remarks="Thiếu máy")
    table = made(definition_of("teams", "volunteers", "guided_citizen", "guided_youth", "guided", "remarks"))
    rows, sums = lines(table)
    assert rows["Thành phố Hạ Long"] == [
        4, 17, 100, 10, 110, "Phường Hồng Gai, tuần 42: Thiếu máy; Phường Hồng Gai, tuần 41: Mạng yếu",
    ]  # fmt: skip
    assert rows["Tỉnh Quảng Ninh (cấp tỉnh)"] == [1, 3, 0, 0, 0, ""]
    rows, _sums = lines(made(definition_of("remarks", slug="loi", level="commune")))
    assert rows["Phường Hồng Gai"] == ["Tuần 42: Thiếu máy; Tuần 41: Mạng yếu"]
    assert sums == [5, 20, 100, 10, 110, None]


@pytest.mark.parametrize(
    ("rows", "columns"),
    [("unit", ["visits", "guided", "guided_citizen", "dossiers", "events", "duties", "hours", "visits/year"]),
     ("team", ["visits", "guided_citizen", "dossiers", "events", "duties", "hours", "dossiers/year"]),
     ("post", ["visits", "guided_citizen", "dossiers", "duties", "hours"]),
     ("day", ["visits", "guided_youth", "dossiers", "events", "duties"]),
     ("week", ["visits", "guided", "dossiers"]),
     ("month", ["visits", "guided", "dossiers"]),
     ("department", ["visits", "guided", "dossiers_full"]),
     ("procedure", ["visits", "guided", "dossiers_full"])],
)  # fmt: skip
@pytest.mark.parametrize("reading", ["then", "now"])
def test_every_sum_is_that_of_its_rows_and_what_the_figure_comes_to(world, rows, columns, reading):
    unit = commune(world, "06691", "Phường Hồng Gai")
    for at, (figure, audience) in enumerate([("visits", "citizen"), ("guided", "citizen"), ("guided", "youth"),
                                             ("dossiers_full", "citizen"), ("dossiers_partial", "youth")]):  # fmt: skip
        counted(world, 3 + at, figure, audience=audience)
        counted(world, 50 + at, figure, audience=audience, unit=world.district, team=world.other_team)
        counted(world, 700 + at, figure, audience=audience, date=datetime.date(2026, 1, 5), matter=world.procedure)
    told(world, unit, guided_citizen=100, guided_youth=9, reached=5, dossiers_full=3, events=2, duties=4)
    table = made(definition_of(*columns, rows=rows), YEAR if rows == "month" else MONTH, reading=reading)
    for at, head in enumerate(table.head):
        answer = ask(
            head.figure, units=Unit.objects.all(), first=head.first, last=head.last,
            narrow={"audience": head.audience} if head.audience else None,
        )  # fmt: skip
        assert table.sums[at].value == answer.total == sum(row.cells[at].value for row in table.rows)


def test_read_as_now_the_numbers_of_units_that_ended_stand_under_their_successors(world):
    old = commune(world, "06691", "Phường Bạch Đằng", valid_until=datetime.date(2026, 10, 15))
    new = commune(world, "06700", "Phường Hồng Gai", start=datetime.date(2026, 10, 15))
    UnitSuccession.objects.create(predecessor=old, successor=new)
    counted(world, 5, unit=old)
    counted(world, 6, unit=new, date=datetime.date(2026, 10, 20))
    definition, units = definition_of("visits"), Unit.objects.within(world.district)
    assert lines(made(definition, units=units)) == (
        {"Phường Bạch Đằng (đến 14/10/2026)": [5], "Phường Hồng Gai": [6]}, [11],
    )  # fmt: skip
    assert lines(made(definition, units=units, reading="now")) == ({"Phường Hồng Gai": [11]}, [11])
    before = made(definition, ReportPeriod.read("2026-09"), units=units)
    assert lines(before) == ({"Phường Bạch Đằng": [0]}, [0])
    assert before.is_empty


def test_levels_are_called_as_they_were_then(world):
    ServiceLevel.objects.filter(code__in=["partial", "full"]).update(valid_from=datetime.date(2022, 9, 1))
    definition = definition_of("dossiers_partial", "dossiers_full", ("dossiers_full", "Hồ sơ", "Nộp"))
    headings = [head.heading for head in made(definition, ReportPeriod.read("2020-05")).head]
    assert headings == ["Mức 3", "Mức 4", "Nộp"]
    headings = [head.heading for head in made(definition, MONTH).head]
    assert headings == ["Một phần", "Toàn trình", "Nộp"]
    headings = [head.heading for head in made(definition, ReportPeriod.read("2022")).head]
    assert headings == ["Mức 3, Một phần", "Mức 4, Toàn trình", "Nộp"]


def test_days_are_rows_up_to_today_and_a_year_of_them_is_the_most(world):
    counted(world, 5, date=datetime.date(2026, 10, 2))
    table = made(definition_of("visits", rows="day"), today=datetime.date(2026, 10, 3))
    assert lines(table)[0] == {"01/10/2026": [0], "02/10/2026": [5], "03/10/2026": [0]}
    with pytest.raises(TableRefused, match="kỳ ngắn hơn"):
        made(definition_of("visits", rows="day", slug="dai"), ReportPeriod.between(
            datetime.date(2020, 1, 1), datetime.date(2026, 1, 1)))  # fmt: skip


def test_empty_rows_are_left_out_only_where_others_are_full(world):
    definition = definition_of("visits", rows="day", hide_empty=True)
    assert len(made(definition).rows) == 31
    counted(world, 5)
    assert lines(made(definition))[0] == {"01/10/2026": [5]}


def test_definition_that_cannot_be_is_refused_with_a_sentence(world):
    with pytest.raises(TableRefused, match="chưa có cột nào"):
        made(definition_of())
    with pytest.raises(TableRefused, match="không chia được theo sở, ngành"):
        made(definition_of("events", slug="b", rows="department"))
    with pytest.raises(TableRefused, match="không có lũy kế|không có cột lũy kế"):
        made(definition_of("visits/year", slug="c", rows="day"))
    with pytest.raises(TableRefused, match="chỉ dùng đến 31/12/2019"):
        made(definition_of("visits", slug="d", valid_until=datetime.date(2020, 1, 1)))


def test_of_a_team_only_what_it_did_is_shown(world):
    counted(world, 5)
    counted(world, 70, unit=world.district, team=world.other_team)
    table = made(definition_of("visits", rows="team"), team=world.team)
    assert lines(table) == ({"Đội hình tỉnh": [5]}, [5])
    assert lines(made(definition_of("visits", "volunteers", slug="b"), team=world.team)) == (
        {"Tỉnh Quảng Ninh (cấp tỉnh)": [5, 3]}, [5, 3],
    )  # fmt: skip


def test_table_takes_the_same_queries_however_many_units(world):
    definition = definition_of(
        "teams", "visits", "guided", "guided_citizen", "guided_youth", "visits/year", "dossiers/target", "remarks",
        level="commune",
    )  # fmt: skip
    taken = []
    for number in range(3):
        unit = commune(world, f"0669{number}", f"Phường {number}")
        counted(world, 5, unit=unit)
        told(world, unit, guided_citizen=10, teams=1, remarks=f"Lời {number}")
        Target.objects.create(
            figure="dossiers", unit=unit, first=datetime.date(2026, 1, 1), last=datetime.date(2026, 12, 31),
            minimum=5, stretch=6,
        )  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            assert len(made(definition, today=timezone.localdate()).rows) == number + 3
        taken.append(len(queries))
    assert taken[0] == taken[2] < 45
