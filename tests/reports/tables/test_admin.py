"""Definitions of tables in the admin and as files."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from reports.models import TableColumn, TableDefinition
from reports.tables.imports import TableColumnResource, TableDefinitionResource
from shifts.imports.running import read_table, run
from shifts.imports.sheets import workbook_of
from tests.factories import make_user

from .makers import client_of, definition_of

pytestmark = pytest.mark.django_db
ADD = "/admin/reports/tabledefinition/add/"


@pytest.fixture
def admin(world):
    return client_of(make_user("quantri", "Quản Trị", is_staff=True, is_superuser=True))


def form_of(*columns, **fields):
    data = {
        "title": "Bảng quý", "slug": "bang-quy", "rows": "unit", "level": "below", "position": "1", "description": "",
        "note": "", "columns-TOTAL_FORMS": str(len(columns)), "columns-INITIAL_FORMS": "0",
        "columns-MIN_NUM_FORMS": "0", "columns-MAX_NUM_FORMS": "1000", **fields,
    }  # fmt: skip
    for at, (position, content, measure) in enumerate(columns):
        data |= {f"columns-{at}-position": position, f"columns-{at}-content": content, f"columns-{at}-measure": measure,
                 f"columns-{at}-group": "", f"columns-{at}-heading": ""}  # fmt: skip
    return data


def test_table_is_made_with_its_columns_in_order_and_can_be_looked_at(admin):
    answer = admin.post(ADD, form_of((30, "visits", "period"), (7, "dossiers", "target"), (7, "dossiers", "year")))
    assert answer.status_code == 302
    definition = TableDefinition.objects.get(slug="bang-quy")
    assert list(definition.columns.values_list("position", "content", "measure")) == [
        (1, "dossiers", "target"), (2, "dossiers", "year"), (3, "visits", "period"),
    ]  # fmt: skip
    page = admin.get(f"/admin/reports/tabledefinition/{definition.pk}/change/").content.decode()
    assert 'href="/reports/table/bang-quy/"' in page
    assert 'name="columns-3-position" value="4"' in page  # one that is added stands last
    assert "Xem bảng" in admin.get("/admin/reports/tabledefinition/?q=bang quy").content.decode()
    assert admin.get("/reports/table/bang-quy/").status_code == 200


@pytest.mark.parametrize(
    ("columns", "fields", "said"),
    [([], {}, "ít nhất một cột"), ([(1, "", "period")], {}, "ít nhất một cột|bắt buộc|required"),
     ([(1, "events", "period")], {"rows": "department"}, "không chia được theo sở, ngành"),
     ([(1, "guided_citizen", "period")], {"rows": "procedure"}, "Hãy bỏ cột"),
     ([(1, "teams", "year")], {}, "không có lũy kế"),
     ([(1, "visits", "year")], {"rows": "day"}, "không có cột lũy kế"),
     ([(1, "guided_youth", "target")], {}, "không đặt được chỉ tiêu"),
     ([(1, "visits", "period")], {"slug": "có dấu"}, "slug")],
)  # fmt: skip
def test_what_cannot_be_is_refused_on_the_form(admin, columns, fields, said):
    page = admin.post(ADD, form_of(*columns, **fields))
    assert page.status_code == 200
    assert any(words in page.content.decode() for words in said.split("|"))
    assert not TableDefinition.objects.filter(slug="bang-quy").exists()


def test_database_refuses_what_no_form_would_send(world):
    definition = definition_of("visits")
    for change in [{"rows": "planet"}, {"level": "ward"}]:
        with pytest.raises(IntegrityError), transaction.atomic():
            TableDefinition.objects.filter(pk=definition.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        TableColumn.objects.create(definition=definition, content="teams", measure="year")
    with pytest.raises(ValidationError, match="không chia được"):
        TableColumn(definition=definition_of(rows="post", slug="b"), content="events").full_clean()


def test_tables_and_columns_come_back_from_the_files_they_left_as(world):
    definition_of(("visits", "Nhóm", "Lượt"), "dossiers/year", note="Ghi chú", hide_empty=True)
    kept = []
    for resource, model in [(TableDefinitionResource, TableDefinition), (TableColumnResource, TableColumn)]:
        dataset = resource().export(
            model.objects.filter(**{"slug" if model is TableDefinition else "definition__slug": "thu"})
        )
        kept.append((resource, workbook_of(dataset.headers, dataset)))
    before = list(
        TableColumn.objects.filter(definition__slug="thu").values_list(
            "position", "group", "content", "measure", "heading"
        )
    )
    TableDefinition.objects.filter(slug="thu").delete()
    for resource_class, data in kept:
        resource = resource_class()
        outcome = run(resource, read_table(data, "bang.xlsx"))
        assert outcome.failures == []
    made = TableDefinition.objects.get(slug="thu")
    assert (made.rows, made.hide_empty, made.note, made.level) == ("unit", True, "Ghi chú", "below")
    assert list(made.columns.values_list("position", "group", "content", "measure", "heading")) == before


def test_faulty_column_of_a_file_says_what_is_wrong(world):
    definition_of("visits", rows="post")
    sheet = workbook_of(["definition", "position", "content"], [["thu", 2, "events"], ["thu", 3, "bay"]])
    resource = TableColumnResource()
    outcome = run(resource, read_table(sheet, "cot.xlsx"))
    assert "không chia được theo vị trí trực" in outcome.failures[0].summary
    assert "không có lựa chọn “bay”" in outcome.failures[1].summary
    assert TableColumn.objects.filter(definition__slug="thu").count() == 1


def test_admin_exports_and_previews_a_file(admin):
    definition_of("visits")
    page = admin.post("/admin/reports/tablecolumn/export/", {"format": "0", "tablecolumnresource_id": "on"})
    assert page.status_code == 200
    assert [cell.value for cell in next(load_workbook(io.BytesIO(page.content)).active.iter_rows())][:2] == [
        "Bảng",
        "Thứ tự",
    ]
    sheet = workbook_of(["slug", "title", "rows"], [["moi", "Bảng mới", "đội hình"]])
    upload = SimpleUploadedFile("bang.xlsx", sheet)
    page = admin.post("/admin/reports/tabledefinition/import/", {"import_file": upload, "format": "0"})
    assert "Bảng mới" in page.content.decode()
