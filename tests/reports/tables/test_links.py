"""Every number of a table opens the figure that it is, over the same units and days."""

import datetime

import pytest

from reports.tables.table import Table
from shifts.models import UnitSuccession

from .makers import client_of, commune, counted, definition_of, told

pytestmark = pytest.mark.django_db
ADDRESS = "/reports/table/thu/"


@pytest.fixture
def filled(world):
    """A commune that ended in the middle of the month, its successor, and what they and the teams did."""
    old = commune(world, "06691", "Phường Bạch Đằng", valid_until=datetime.date(2026, 10, 15))
    new = commune(world, "06700", "Phường Hồng Gai", start=datetime.date(2026, 10, 15))
    UnitSuccession.objects.create(predecessor=old, successor=new)
    commune(world, "07045", "Xã Hòa Bình")
    for at, figure in enumerate(["visits", "guided", "dossiers_full", "dossiers_partial"]):
        counted(world, 3 + at, figure)
        counted(world, 20 + at, figure, audience="youth", unit=world.district, team=world.other_team)
        counted(world, 300 + at, figure, audience="youth", unit=old, date=datetime.date(2026, 10, 9))
        counted(world, 4000 + at, figure, unit=new, date=datetime.date(2026, 10, 20), matter=world.procedure)
        counted(world, 50000 + at, figure, date=datetime.date(2026, 2, 2), matter=world.procedure)
    told(world, old, guided_citizen=700, reached=9, dossiers_full=800, events=2, duties=4)
    return world


def opened(client, url):
    """What the page of a figure comes to, asked as data."""
    path, _sign, query = url.partition("?")
    answer = client.get(f"/reports/data/figures/?figure={path.split('/')[-2]}&{query}")
    assert answer.status_code == 200, answer.content.decode()
    assert client.get(url).status_code == 200
    return answer.json()["total"]


def check_links(client, query) -> int:
    """Follow the link of every number; return how many there were."""
    context = client.get(ADDRESS, query).context
    table: Table = context["table"]
    shown = [(row.cells, plain.cells) for row, plain in zip(context["rows"], table.rows, strict=True)]
    followed = 0
    for links, cells in [*shown, (context["sums"], table.sums)]:
        for link, cell in zip(links, cells, strict=True):
            if link.url:
                assert opened(client, link.url) == cell.value, link
                followed += 1
            else:
                assert not cell.value or link.kind in ("percent", "text")
    return followed


@pytest.mark.parametrize(
    ("rows", "columns", "options"),
    [("unit", ["visits", "guided_youth", "dossiers", "dossiers/year", "events", "duties"], {}),
     ("unit", ["visits", "guided", "dossiers/year"], {"level": "commune"}),
     ("unit", ["visits", "guided_citizen"], {"level": "each"}),
     ("team", ["visits", "guided_citizen", "dossiers", "events"], {}),
     ("post", ["visits", "guided_youth"], {}), ("day", ["visits", "guided_youth", "events"], {}),
     ("week", ["visits"], {}), ("department", ["visits", "dossiers_full"], {}), ("procedure", ["guided"], {})],
)  # fmt: skip
@pytest.mark.parametrize("reading", ["then", "now"])
def test_number_opens_what_it_counts(filled, rows, columns, options, reading):
    definition_of(*columns, rows=rows, hide_empty=True, **options)
    client = client_of(filled.leadership)
    assert check_links(client, {"period": "2026-10", "as": reading}) >= 2 * len(columns)


def test_number_of_a_part_of_the_province_opens_that_part(filled):
    definition_of("visits", "guided_youth", level="commune")
    assert check_links(client_of(filled.leadership), {"period": "2026-10", "unit": "193"}) >= 6


def test_leader_opens_the_numbers_of_the_team(filled):
    definition_of("visits", "guided_citizen", rows="team")
    assert check_links(client_of(filled.leader), {"period": "2026-10"}) == 4
