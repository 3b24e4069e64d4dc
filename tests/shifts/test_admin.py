"""The admin: lists, search without accents, import with preview, export."""

import datetime
import io

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assistance.models import Procedure, RolledUp, TallyChange, Visit
from assistance.rollups import ROLLED_UP
from shifts.imports import kept
from shifts.imports.pages import ReadOnlyAdmin
from shifts.models import (
    Assignment,
    Attendance,
    CalendarDay,
    CalendarFeed,
    DueRun,
    Leave,
    Notice,
    Regulation,
    Role,
    Roster,
    Site,
    Team,
    Unit,
    User,
    Volunteer,
)
from shifts.services import STAFF_MAY_ONLY_VIEW, grant_role
from tests.assistance.test_imports import FAULTS, HEADERS, procedures
from tests.shifts.test_imports import PEOPLE_HEADERS, rows_of, twenty_five, xlsx

XLSX, CSV = "0", "1"
OURS = [model for model in admin.site._registry if model._meta.app_label in {"shifts", "assistance"}]
WITH_FILES = {
    *("unit", "team", "site", "post", "user", "volunteer", "role", "calendarday", "activity", "department"),
    *("unitsuccession", "counter", "procedure", "servicelevel", "notsubmittedreason", "dossiercodepattern"),
    *("sitesession", "leave"),
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
    # What is made from the tally again and again is looked at there.
    made = {*ROLLED_UP, RolledUp, TallyChange}
    assert set(OURS) == {model for model in expected if not model._meta.auto_created} - made


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.model_name)
def test_every_list_opens_and_is_searched_and_so_do_its_pages(site, model):
    assert site.get(address(model, "changelist"), {"q": "hòa bình 😀 \x00"}).status_code in {200, 302}
    assert site.get(address(model, "changelist")).status_code == 200
    row = model._default_manager.first()
    if row:
        assert site.get(address(model, "change", row.pk)).status_code == 200


@pytest.mark.parametrize(
    "query", ["roster/?state__exact", "assignment/?roster__state__exact", "user/?roles__kind__exact"]
)
def test_a_filter_with_a_nul_is_refused(site, query):
    assert site.get(f"/admin/shifts/{query}=%00").status_code == 400


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


# the roster and what belongs to it


@pytest.fixture
def staff(world, client):
    """Staff of the district, for whom the provincial centre is another's."""
    person = User.objects.create_user(username="canbo", full_name="Vũ Đình Toàn", password="x")
    grant_role(user=person, kind="staff", unit=world.district)
    client.force_login(person)
    return client


def test_what_can_only_be_looked_at_is_closed_to_staff_by_their_rights_too():
    looked_at = {model for model, page in admin.site._registry.items() if isinstance(page, ReadOnlyAdmin)}
    names = {model._meta.model_name for model in looked_at if model._meta.app_label == "shifts"}
    # Leave comes in from files, regulations are drafted: both need more than a look.
    assert names - STAFF_MAY_ONLY_VIEW == {"leave", "regulation"}


def test_duties_are_kept_as_a_file_but_not_changed(site, world):
    roster = Roster.objects.create(site=world.site, month="2026-11-01")
    duty = Assignment.objects.create(
        roster=roster, date="2026-11-03", session="sang", post=world.t2, volunteer=world.volunteer.volunteer
    )
    Attendance.objects.create(
        assignment=duty, state="present", arrived_at=datetime.datetime(2026, 11, 3, 0, 25, tzinfo=datetime.UTC)
    )
    [_header, row] = rows_of(site.post(address(Assignment, "export"), {"format": XLSX}).content)
    assert row[:7] == ["03/11/2026", "sáng", "TTHCC", "T2", None, "tnv", "Nguyễn Thu Hà"]
    [_header, row] = rows_of(site.post(address(Attendance, "export"), {"format": XLSX}).content)
    assert row[4:8] == ["tnv", "Nguyễn Thu Hà", "có mặt", "03/11/2026 07:25"]
    assert site.get(address(Assignment, "import")).status_code == 403
    assert site.post(address(Assignment, "change", duty.pk), {"state": "cancelled"}).status_code == 403
    assert site.post(address(Assignment, "delete", duty.pk), {"post": "yes"}).status_code == 403


def test_the_secret_of_a_feed_is_not_shown(site, world):
    feed = CalendarFeed.objects.create(owner=world.volunteer)
    assert feed.token not in site.get(address(CalendarFeed, "change", feed.pk)).text
    assert feed.token not in site.get(address(CalendarFeed, "changelist")).text


def test_the_reason_of_leave_is_for_those_who_may_bring_leave_in(site, world, client):
    leave = Leave.objects.create(
        volunteer=world.mate.volunteer, date_from="2026-12-01", date_to="2026-12-01", reason="Đi khám"
    )
    assert "Đi khám" in site.get(address(Leave, "change", leave.pk)).text
    looking = User.objects.create_user(username="xem", full_name="Chỉ Xem", password="x", is_staff=True)
    looking.user_permissions.add(Permission.objects.get(codename="view_leave"))
    client.force_login(looking)
    page = client.get(address(Leave, "change", leave.pk))
    assert page.status_code == 200 and "Đi khám" not in page.text
    assert client.post(address(Leave, "export"), {"format": XLSX}).status_code == 403


def test_leave_comes_in_through_the_admin_and_says_which_duties_are_in_it(site, world):
    roster = Roster.objects.create(
        site=world.site, month="2027-03-01", state="published", version=1, published_at="2027-02-20T08:00Z"
    )
    Assignment.objects.create(
        roster=roster, date="2027-03-02", session="sang", post=world.t1, volunteer=world.mate.volunteer
    )
    rows = [["ban", "01/03/2027", "03/03/2027", "", "Đi học"]]
    preview = send(site, Leave, xlsx(["username", "date_from", "date_to", "session", "reason"], rows))
    sentence = "Dòng 2: Phạm Quốc Khánh vẫn có ca đã công bố: thứ Ba 02/03 (Tầng 1, sáng)"
    assert sentence in preview.text
    assert sentence in confirm(site, Leave, preview).text
    assert Leave.objects.get().made_by.username == "quantri"


def test_a_published_version_of_the_regulations_is_frozen_and_the_next_begins_from_it(site, world):
    draft = Regulation.objects.create(team=world.team, version=1, text="Đến trước 15 phút.")
    data = {"team": world.team.pk, "version": 1, "title": "Quy chế hoạt động", "text": "Đến trước 10 phút."}
    assert site.post(address(Regulation, "change", draft.pk), data).status_code == 302
    site.post(address(Regulation, "changelist"), {"action": "publish", "_selected_action": [draft.pk]})
    draft.refresh_from_db()
    assert (draft.text, draft.published_at is None) == ("Đến trước 10 phút.", False)
    assert set(Notice.objects.values_list("user__username", flat=True)) == {"tnv", "ban", "doitruong"}
    assert site.post(address(Regulation, "change", draft.pk), data | {"text": "Khác"}).status_code == 403
    site.post(address(Regulation, "changelist"), {"action": "write_next", "_selected_action": [draft.pk]})
    following = Regulation.objects.get(version=2)
    assert (following.text, following.published_at) == ("Đến trước 10 phút.", None)


def test_staff_open_and_close_days_of_their_own_sites_only(staff, world):
    data = {"date": "2026-12-05", "name": "Mở thêm", "is_open": "on", "session": ""}
    for place in ("", world.site.pk):
        answer = staff.post(address(CalendarDay, "add"), data | {"site": place})
        assert ("Hãy chọn trong phần của đơn vị mình" if place else "Bạn không quản lý lịch") in answer.text
    assert staff.post(address(CalendarDay, "add"), data | {"site": world.other_site.pk}).status_code == 302
    assert [row.site for row in CalendarDay.objects.all()] == [world.other_site]
    common = CalendarDay.objects.create(date="2026-12-24", name="Nghỉ")
    assert staff.post(address(CalendarDay, "change", common.pk), data).status_code == 403


def test_special_days_come_in_for_a_site_or_a_session_and_the_same_file_changes_nothing(site, world):
    headers = ["ngày", "tên", "mở cửa", "điểm hỗ trợ", "buổi"]
    rows = [
        ["24/12/2026", "Nghỉ chung", "nghỉ", "", ""],
        ["24/12/2026", "Mở tại Trung tâm", "mở", "TTHCC", ""],
        ["24/12/2026", "Chiều nghỉ", "nghỉ", "TTHCC", "chiều"],
    ]
    preview = send(site, CalendarDay, xlsx(headers, rows))
    assert preview.context["counts"] == {"new": 3, "changed": 0, "unchanged": 0, "failed": 0}
    confirm(site, CalendarDay, preview)
    again = send(site, CalendarDay, xlsx(headers, rows))
    assert again.context["counts"] == {"new": 0, "changed": 0, "unchanged": 3, "failed": 0}


@pytest.mark.parametrize("way", ["page", "file"])
def test_a_day_closed_in_the_admin_ends_its_duties(site, world, way):
    roster = Roster.objects.create(site=world.site, month="2099-03-01")
    Assignment.objects.create(
        roster=roster, date="2099-03-02", session="sang", post=world.t1, volunteer=world.mate.volunteer
    )
    if way == "page":
        data = {"date": "2099-03-02", "name": "Mất điện", "site": world.site.pk, "session": ""}
        assert site.post(address(CalendarDay, "add"), data).status_code == 302
    else:
        preview = send(site, CalendarDay, xlsx(["ngày", "tên", "điểm"], [["02/03/2099", "Mất điện", "TTHCC"]]))
        assert Assignment.objects.count() == 1
        confirm(site, CalendarDay, preview)
    assert not Assignment.objects.exists()


def test_staff_of_a_part_of_the_province_see_what_is_theirs_and_no_more(staff, world):
    rows = []
    for post, person in [(world.t1, world.mate), (world.other_post, world.stranger)]:
        roster = Roster.objects.create(site=post.site, month="2099-03-01")
        about = {"volunteer": person.volunteer, "date_from": "2099-03-02", "date_to": "2099-03-02"}
        duty = {"roster": roster, "date": "2099-03-02", "session": "sang", "post": post, "volunteer": person.volunteer}
        leave = Leave.objects.create(reason="Khám bệnh", **about)
        notice = Notice.objects.create(user=person, kind="duty", text="Bạn có ca")
        rows.append([roster, leave, notice, Assignment.objects.create(**duty)])
    for foreign, own in zip(*rows, strict=True):
        shown = staff.get(address(type(own), "changelist")).context["cl"].queryset
        assert list(shown) == [own]
        assert staff.get(address(type(own), "change", own.pk)).status_code == 200
        assert staff.get(address(type(own), "change", foreign.pk)).status_code == 404


def test_special_days_of_others_do_not_come_in_from_a_file(staff, world):
    preview = send(staff, CalendarDay, xlsx(["ngày", "tên", "điểm"], [["24/12/2026", "Nghỉ", "TTHCC"]]))
    assert "Dòng 2, cột điểm hỗ trợ: bạn không quản lý lịch của điểm này" in preview.text
    assert not CalendarDay.objects.exists()


def test_leave_of_people_of_others_does_not_come_in_from_a_file(staff, world):
    rows = [["ban", "02/03/2099", "02/03/2099"], ["nguoila", "02/03/2099", "02/03/2099"]]
    preview = send(staff, Leave, xlsx(["tên đăng nhập", "từ", "đến"], rows))
    assert "bạn không quản lý đội của bạn này" in preview.text
    assert preview.text.count("bạn không quản lý đội của bạn này") == 1
    assert not Leave.objects.exists()


def test_hours_come_in_as_people_write_them(site, world):
    rows = [["H193", "sáng", "7h30", "11:30", 123456], ["H193", "chiều", datetime.time(13, 30), 0.708333333, ""]]
    model = admin.site._registry[Site].inlines[1].model
    preview = send(site, model, xlsx(["điểm hỗ trợ", "buổi", "từ giờ", "đến giờ", "các thứ trong tuần"], rows))
    confirm(site, model, preview)
    kept_rows = world.other_site.sessions.values_list("session", "starts_at", "ends_at", "weekdays")
    assert list(kept_rows) == [
        ("sang", datetime.time(7, 30), datetime.time(11, 30), "123456"),
        ("chieu", datetime.time(13, 30), datetime.time(17, 0), "12345"),
    ]
    wrong = send(site, model, xlsx(["điểm hỗ trợ", "buổi", "từ giờ", "đến giờ"], [["H193", "tối", "25:00", "đêm"]]))
    assert "không đọc được giờ “25:00”" in wrong.text


def test_a_failed_job_is_said_on_the_first_page(site, staff, world, administrator, client):
    DueRun.objects.create(
        job="refresh_rights", period="2026-11-24", state="failed", tries=2, started_at="2026-11-24T00:00Z",
        finished_at="2026-11-24T00:00Z", error="Traceback\nValueError: hỏng",
    )  # fmt: skip
    DueRun.objects.create(job="forget_old_runs", period="2026-11-24", state="done", started_at="2026-11-24T00:00Z")
    client.force_login(administrator)
    page = client.get(reverse("admin:index")).text
    assert "Việc tự chạy “cập nhật quyền theo vai trò” bị hỏng, đã thử 2 lần và sẽ thử lại: ValueError: hỏng" in page
    assert "dọn nhật ký" not in page
