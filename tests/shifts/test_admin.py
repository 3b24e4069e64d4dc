"""The admin: lists, search without accents, import with preview, export."""

import io

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assistance.models import Procedure, Visit
from shifts.imports import kept
from shifts.models import Role, Team, Unit, User, Volunteer
from tests.assistance.test_imports import FAULTS, HEADERS, procedures
from tests.shifts.test_imports import PEOPLE_HEADERS, rows_of, twenty_five, xlsx

XLSX, CSV = "0", "1"
OURS = [model for model in admin.site._registry if model._meta.app_label in {"shifts", "assistance"}]
WITH_FILES = {
    *("unit", "team", "site", "post", "user", "volunteer", "role", "calendarday", "activity", "department"),
    *("unitsuccession", "counter", "procedure", "servicelevel", "notsubmittedreason", "dossiercodepattern"),
}


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def administrator(world):
    return User.objects.create_superuser(username="quantri", full_name="Bùi Thị Quản Trị", password="x")


@pytest.fixture
def site(administrator, client):
    client.force_login(administrator)
    return client


def address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def send(client, model, data, kind=XLSX, name="tep.xlsx"):
    return client.post(address(model, "import"), {"import_file": SimpleUploadedFile(name, data), "format": kind})


def confirm(client, model, preview):
    form = preview.context["confirm_form"]
    return client.post(address(model, "process_import"), form.initial, follow=True)


def test_every_model_of_ours_is_registered(world):
    expected = [m for app in ("shifts", "assistance") for m in apps.get_app_config(app).get_models()]
    assert set(OURS) == {model for model in expected if not model._meta.auto_created}


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_every_list_opens_and_is_searched_and_so_do_its_pages(site, model):
    assert site.get(address(model, "changelist"), {"q": "hòa bình 😀 \x00"}).status_code in {200, 302}
    assert site.get(address(model, "changelist")).status_code == 200
    row = model._default_manager.first()
    if row:
        assert site.get(address(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize("words", ["a " * 1100, "x" * 60000], ids=["many words", "a long word"])
@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_a_search_of_any_length_is_answered(site, model, words):
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert site.get(url, {"q": words}).status_code == 200


@pytest.mark.parametrize("model", [m for m in OURS if m._meta.model_name in WITH_FILES], ids=lambda m: m.__name__)
def test_what_is_exported_is_unchanged_when_imported_again(site, model):
    for kind, name in [(XLSX, "tep.xlsx"), (CSV, "tep.csv")]:
        exported = site.post(address(model, "export"), {"format": kind})
        assert exported.status_code == 200
        assert exported["Content-Disposition"].startswith("attachment")
        if not model._default_manager.exists():
            continue
        preview = send(site, model, exported.content, kind, name)
        result = preview.context["result"]
        assert [error.error for error in result.base_errors] == []
        assert [sentence for failure in result.failures for sentence in failure.sentences] == []
        assert preview.context["counts"]["unchanged"] == model._default_manager.count()


@pytest.mark.parametrize(("model", "query", "found"), [(Unit, "ha long", "193"), (Team, "doi hinh tinh", "TINH")])
def test_search_ignores_accents(site, model, query, found):
    page = site.get(address(model, "changelist"), {"q": query})
    assert [row.code for row in page.context["cl"].queryset] == [found]


def test_people_are_found_without_accents(site, world):
    page = site.get(address(User, "changelist"), {"q": "thu ha"})
    assert list(page.context["cl"].queryset) == [world.volunteer]


def test_a_longer_list_asks_no_more_queries(site, world):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            site.get(address(Procedure, "changelist"))
        return len(captured)

    Procedure.objects.exclude(pk=world.procedure.pk).delete()
    queries()
    one = queries()
    for at in range(3):
        Procedure.objects.create(code=f"9.{at}", name="Thử", department=world.department)
    assert queries() == one


# import


def test_an_import_is_previewed_and_stored_only_when_confirmed(site, world):
    before = Procedure.objects.count()
    preview = send(site, Procedure, xlsx(HEADERS, procedures()))
    assert preview.context["counts"] == {"new": 168, "changed": 0, "unchanged": 0, "failed": 0}
    assert "Cấp giấy phép số 7" in preview.text
    assert Procedure.objects.count() == before
    done = confirm(site, Procedure, preview)
    assert "Đã nhập: mới 168, sửa 0, giữ nguyên 0." in done.text
    assert Procedure.objects.count() == before + 168


def test_the_preview_of_a_change_shows_before_and_after(site, world):
    row = [world.procedure.code, "Tên mới"]
    preview = send(site, Procedure, xlsx(["Mã", "Tên"], [row]))
    assert f"<del>{world.procedure.name}</del> <ins>Tên mới</ins>" in preview.text


def test_faulty_rows_are_shown_with_reasons_and_can_be_downloaded(site, world):
    before = Procedure.objects.count()
    preview = send(site, Procedure, xlsx(HEADERS, procedures(FAULTS)))
    assert "confirm_form" not in preview.context
    assert "5 dòng lỗi, chưa nhập dòng nào" in preview.text
    assert "Dòng 30, cột sở, ngành: không có sở, ngành “KHONGCO”" in preview.text
    header, *rows = rows_of(site.get(preview.context["failed_url"]).content)
    assert header[-1] == "Lý do"
    assert [row[-2] for row in rows] == list(FAULTS)
    assert Procedure.objects.count() == before


def test_the_file_of_failed_rows_is_for_the_one_who_sent_it(site, client, world):
    preview = send(site, Procedure, xlsx(HEADERS, procedures(FAULTS)))
    other = User.objects.create_superuser(username="khac", full_name="Người Khác", password="x")
    client.force_login(other)
    assert client.get(preview.context["failed_url"]).status_code == 404


def test_a_preview_that_is_too_old_is_said_so(site, world):
    preview = send(site, Procedure, xlsx(["Mã", "Tên"], [["9.1", "Một"]]))
    for place in kept.folder().iterdir():
        place.unlink()
    assert "quá một giờ" in confirm(site, Procedure, preview).text


@pytest.mark.parametrize("value", ["../../etc/passwd", "x", "", "5"])
def test_a_confirmation_that_is_not_ours_stores_nothing(site, world, value):
    data = {"import_file_name": value, "original_file_name": "a", "format": value, "resource": ""}
    answer = site.post(address(Procedure, "process_import"), data, follow=True)
    assert answer.status_code == 200
    assert "tải tệp lên lại" in answer.text


def test_what_became_faulty_since_the_preview_stores_nothing(site, world):
    preview = send(site, Procedure, xlsx(["Mã", "Tên", "Sở, ngành"], [["9.1", "Một", ""], ["9.2", "Hai", "MOI"]][:1]))
    kept_file = next(kept.folder().iterdir())
    kept_file.write_bytes(xlsx(["Mã", "Tên", "Sở, ngành"], [["9.1", "Một", ""], ["9.2", "Hai", "MOI"]]))
    assert "chưa nhập dòng nào" in confirm(site, Procedure, preview).text
    assert not Procedure.objects.filter(code__startswith="9.").exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"PK\x03\x04 zip", "Tệp bị hỏng"),
        (xlsx(["Gì đó"], [["x"]]), "Thiếu cột: mã (code), tên (name)"),
        (xlsx(["Mã", "Tên"], [["1", "A"]], lambda sheet: sheet.merge_cells("A1:B1")), "đang bị gộp"),
        (b"not a workbook", "không phải tệp Excel"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_on_the_page(site, world, data, sentence):
    page = send(site, Procedure, data)
    assert page.status_code == 200
    assert sentence in page.text


def test_25_volunteers_come_in_through_the_admin(site, world):
    before = Volunteer.objects.count()
    preview = send(site, Volunteer, xlsx(PEOPLE_HEADERS, twenty_five_without_clash()))
    assert preview.context["counts"]["new"] == 25
    assert Volunteer.objects.count() == before
    confirm(site, Volunteer, preview)
    assert Volunteer.objects.count() == before + 25


def twenty_five_without_clash():
    return [[row[0], row[1], row[2] + 5000, *row[3:]] for row in twenty_five()]


def test_staff_who_may_only_look_may_not_import(world, client):
    staff = User.objects.create_user(username="xem", full_name="Chỉ Xem", password="x", is_staff=True)
    staff.user_permissions.add(Permission.objects.get(codename="view_procedure"))
    client.force_login(staff)
    assert client.get(address(Procedure, "changelist")).status_code == 200
    assert client.get(address(Procedure, "import")).status_code == 403
    assert client.get(address(User, "import")).status_code == 403
    assert client.get(address(User, "export")).status_code == 403


def test_visits_can_be_looked_at_only(site, world):
    assert site.get(address(Visit, "add")).status_code == 403


def test_an_administrator_makes_first_login_links(site, world):
    answer = site.post(address(User, "changelist"), {"action": "make_links", "_selected_action": [world.mate.pk]})
    [header, row] = rows_of(answer.content)
    assert row[0] == "Phạm Quốc Khánh"
    assert row[3].startswith("http://testserver/accounts/first/")


def test_an_export_keeps_zeros_and_runs_no_formula(site, world):
    Unit.objects.create(
        code="06652", name="=1+1", level="commune", kind="phường", parent=world.district, valid_from="2020-01-01"
    )
    rows = rows_of(site.post(address(Unit, "export"), {"format": XLSX}).content)
    assert ["06652", "=1+1"] in [row[:2] for row in rows]
    text = site.post(address(Unit, "export"), {"format": CSV}).content.decode("utf-8-sig")
    assert "06652,'=1+1" in text
    assert "=1+1" in io.StringIO(text).read()


def test_a_staff_role_given_in_the_admin_opens_the_admin(site, world):
    data = {"user": world.mate.pk, "kind": "staff", "unit": world.province.pk}
    assert site.post(address(Role, "add"), data).status_code == 302
    world.mate.refresh_from_db()
    assert world.mate.is_staff


def test_a_staff_role_given_on_the_page_of_a_person_does_so_too(site, world):
    page = site.get(address(User, "change", world.mate.pk))
    data = {name: value for name, value in page.context["adminform"].form.initial.items() if value is not None}
    data |= {"date_joined_0": "24/02/2020", "date_joined_1": "07:30", "groups": [], "user_permissions": []}
    data |= {"roles-TOTAL_FORMS": 1, "roles-INITIAL_FORMS": 0, "roles-0-user": world.mate.pk}
    data |= {"roles-0-kind": "staff", "roles-0-unit": world.province.pk}
    answer = site.post(address(User, "change", world.mate.pk), data)
    assert answer.status_code == 302, answer.context["errors"]
    world.mate.refresh_from_db()
    assert world.mate.is_staff
    assert [role.kind for role in world.mate.roles.all()] == ["staff"]
