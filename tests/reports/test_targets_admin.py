"""Targets in the admin: an edit is a version, nothing is deleted, files go out and come in."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reports.models import Target
from shifts.imports.sheets import workbook_of
from shifts.services import grant_role
from tests.reports.people import add_offices, target

pytestmark = pytest.mark.django_db
LIST = "/admin/reports/target/"
HEADERS = ["figure", "level", "unit", "team", "first", "last", "rhythm", "minimum", "stretch", "reason"]


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def w(world):
    return add_offices(world)


@pytest.fixture
def admin(w, client):
    w.administrator = get_user_model().objects.create_superuser(username="quantri", full_name="Đỗ Quang Huy")
    client.force_login(w.administrator)
    return client


def form(row, **changes):
    return {
        "figure": row.figure, "level": row.level, "unit": row.unit_id or "", "team": row.team_id or "",
        "first": f"{row.first:%d/%m/%Y}", "last": f"{row.last:%d/%m/%Y}", "rhythm": row.rhythm,
        "minimum": row.minimum, "stretch": row.stretch, "reason": "", "seen": row.version,
    } | changes  # fmt: skip


def address(row):
    return f"{LIST}{row.pk}/change/"


def test_an_edit_in_the_admin_is_a_new_version(w, admin):
    row = target(unit=w.province)
    answer = admin.post(address(row), form(row, minimum=150, reason="Sơ kết"))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    new = Target.objects.current().get()
    assert (new.series, new.version, new.minimum, new.made_by, new.reason) == (
        row.series, 2, 150, w.administrator, "Sơ kết",
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.minimum, row.is_current) == (100, False)


def test_a_target_is_set_in_the_admin(w, admin):
    shape = Target(
        figure="accounts", unit=w.commune, minimum=10, stretch=20,
        first=datetime.date(2020, 1, 1), last=datetime.date(2020, 12, 31),
    )  # fmt: skip
    assert admin.post(f"{LIST}add/", form(shape, seen="")).status_code == 302
    assert Target.objects.get().made_by == w.administrator
    again = admin.post(f"{LIST}add/", form(shape, seen=""))
    assert "Đơn vị này đã có chỉ tiêu này trong đúng kỳ này" in again.content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"minimum": 0}, "Tối thiểu phải từ 1"),
        ({"minimum": 300}, "Phấn đấu không được nhỏ hơn tối thiểu."),
        ({"unit": ""}, "chọn đúng một"),
    ],
)
def test_what_cannot_be_is_said_in_the_form_of_the_admin(w, admin, wrong, sentence):
    row = target(unit=w.province)
    answer = admin.post(address(row), form(row, **wrong))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert list(Target.objects.all()) == [row]


def test_an_old_version_is_looked_at_and_nothing_is_deleted(w, admin):
    row = target(unit=w.province)
    admin.post(address(row), form(row, minimum=150))
    assert admin.get(address(row)).status_code == 200
    assert admin.post(address(row), form(row, minimum=170)).status_code == 403
    assert admin.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Target.objects.count() == 2
    assert admin.get(LIST).context["cl"].result_count == 1
    assert admin.get(LIST, {"versions": "all"}).context["cl"].result_count == 2


def test_staff_of_a_part_see_and_set_only_their_part(w, client):
    of_province, of_commune = target(unit=w.province), target(unit=w.commune)
    grant_role(user=w.district_staff, kind="staff", unit=w.district)
    client.force_login(w.district_staff)
    assert list(client.get(LIST).context["cl"].queryset) == [of_commune]
    assert client.get(address(of_province)).status_code == 302  # as for a row that is not there
    assert client.post(address(of_commune), form(of_commune, unit=w.province.pk, minimum=5)).status_code in (200, 403)
    assert Target.objects.current().filter(unit=w.province).get() == of_province


def test_what_is_exported_is_unchanged_when_imported_again(w, admin):
    target(unit=w.province)
    target(team=w.team, figure="on_duty", rhythm="session", minimum=3, stretch=3)
    target(unit=w.province, figure="coverage", level="commune", minimum=100, stretch=100)
    exported = admin.post(f"{LIST}export/", {"format": "0"})
    preview = admin.post(
        f"{LIST}import/", {"import_file": SimpleUploadedFile("t.xlsx", exported.content), "format": "0"}
    )
    result = preview.context["result"]
    assert [sentence for failure in result.failures for sentence in failure.sentences] == []
    assert preview.context["counts"] == {"new": 0, "changed": 0, "unchanged": 3, "failed": 0}


def take_in(client, *rows):
    file = SimpleUploadedFile("t.xlsx", workbook_of(HEADERS, rows))
    preview = client.post(f"{LIST}import/", {"import_file": file, "format": "0"})
    if preview.context["result"].failures:
        return [sentence for failure in preview.context["result"].failures for sentence in failure.sentences]
    client.post(reverse("admin:reports_target_process_import"), preview.context["confirm_form"].initial)
    return []


def test_a_file_sets_new_targets_and_changes_those_there_are(w, admin):
    old = target(unit=w.commune)
    assert take_in(
        admin,
        ["dossiers", "", "06691", "", "01/01/2020", "31/12/2020", "", "1.500", 2000, "Theo tệp"],
        ["Tài khoản", "", "06688", "", "01/01/2020", "31/12/2020", "cả kỳ", 10, 20, ""],
    ) == []  # fmt: skip
    changed, made = Target.objects.current().order_by("unit__code", "pk").reverse()
    assert (changed.series, changed.version, changed.minimum, changed.reason) == (old.series, 2, 1500, "Theo tệp")
    assert (made.figure, made.unit, made.minimum) == ("accounts", w.other_commune, 10)
    assert Target.objects.count() == 3


def test_a_file_with_a_fault_is_refused_row_by_row(w, admin):
    faults = take_in(
        admin,
        ["hearts", "", "06691", "", "01/01/2020", "31/12/2020", "", 10, 20, ""],
        ["dossiers", "", "06691", "", "01/01/2020", "31/12/2020", "", 0, 20, ""],
        ["dossiers", "", "06688", "", "01/01/2020", "31/12/2020", "", 30, 20, ""],
        ["dossiers", "", "", "", "01/01/2020", "31/12/2020", "", 30, 40, ""],
    )  # fmt: skip
    assert any("không có lựa chọn “hearts”" in fault for fault in faults)
    assert any("Dòng 3" in fault and "Tối thiểu phải từ 1" in fault for fault in faults)
    assert any("Dòng 4" in fault and "Phấn đấu không được nhỏ hơn" in fault for fault in faults)
    assert any("Dòng 5" in fault and "chọn đúng một" in fault for fault in faults)
    assert not Target.objects.exists()
