"""The tables that are there from the start: each can be made, and says the same in every format."""

import csv
import datetime
import io
from importlib import import_module

import pypdf
import pytest
from django.apps import apps

from reports.models import TableDefinition
from reports.tables.words import written

from .makers import client_of, commune, counted, told

pytestmark = pytest.mark.django_db
USUAL = import_module("reports.migrations.0003_add_usual_tables")


@pytest.fixture
def usual(world):
    """The usual tables over a small world with some of everything."""
    TableDefinition.objects.all().delete()
    USUAL.add(apps, None)
    hong_gai = commune(world, "06691", "Phường Hồng Gai")
    for at, figure in enumerate(["visits", "reached", "guided", "accounts", "reached_with_account", "leaflets",
                                 "dossiers_full", "dossiers_partial", "dossiers_resolved"]):  # fmt: skip
        counted(world, 1003 + at, figure, matter=world.procedure)
        counted(world, 20 + at, figure, audience="youth", unit=hong_gai, team=world.other_team)
        counted(world, 7 + at, figure, date=datetime.date(2026, 12, 31))
    told(world, hong_gai, guided_enterprise=700, duties=4, events=2, remarks="Mạng yếu")
    return world


@pytest.mark.parametrize("slug", [slug for slug, *_rest in USUAL.TABLES])
def test_usual_table_says_the_same_on_screen_in_csv_and_on_paper(usual, slug):
    client, query = client_of(usual.leadership), {"period": "2026-Q4"}
    table = client.get(f"/reports/table/{slug}/", query).context["table"]
    assert not table.is_empty
    for at, head in enumerate(table.head):
        if head.adds_up:
            assert table.sums[at].value == sum(row.cells[at].value for row in table.rows)
    *rows, sums = list(csv.reader(io.StringIO(
        client.get(f"/reports/table/{slug}/", query | {"format": "csv"}).content.decode("utf-8-sig")
    )))[1:]  # fmt: skip
    assert [row[1] for row in rows] == [row.label for row in table.rows]
    for at, head in enumerate(table.head):
        if head.kind == "count":
            assert [row[at + 2] for row in rows] == [str(row.cells[at].value) for row in table.rows]
            assert sums[at + 2] == str(table.sums[at].value)
    pdf = pypdf.PdfReader(io.BytesIO(client.get(f"/reports/table/{slug}/", query | {"format": "pdf"}).content))
    printed = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    shown = [written(head, cell) for head, cell in zip(table.head, table.sums, strict=True)]
    assert f"Tổng cộng {' '.join(filter(None, shown))}" in printed


def test_taking_the_usual_tables_back_leaves_those_of_staff(usual):
    TableDefinition.objects.create(slug="rieng", title="Bảng riêng")
    USUAL.remove(apps, None)
    assert list(TableDefinition.objects.values_list("slug", flat=True)) == ["rieng"]
