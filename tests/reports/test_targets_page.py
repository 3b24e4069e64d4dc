"""The pages and data of targets: what they show, to whom, and what they say to bad input."""

import datetime
import io
import json
import uuid

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reports.models import Target
from reports.targets.services import change_target
from shifts.imports.sheets import workbook_of
from shifts.models import Unit, UnitSuccession
from tests.reports.people import add_offices, count, target

pytestmark = pytest.mark.django_db
NOW = datetime.datetime(2020, 6, 16, 9, 42, tzinfo=datetime.timezone(datetime.timedelta(hours=7)))
LIST, NEW, DATA = "/reports/targets/", "/reports/targets/new/", "/reports/data/targets/"


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def w(world):
    return add_offices(world)


@pytest.fixture
def staff(w, client):
    client.force_login(w.staff)
    return client


def form(w, **changes):
    """What the form of a new target sends."""
    return {
        "figure_code": "dossiers", "scope": f"u{w.province.pk}", "first": "24/02/2020", "last": "31/12/2020",
        "rhythm": "period", "minimum": "20.000", "stretch": "50.000", "reason": "Kế hoạch 45",
    } | changes  # fmt: skip


def errors_of(response):
    return {field: list(errors) for field, errors in response.context["form"].errors.items()}


# looking


def test_the_list_says_first_how_things_stand(w, staff):
    count(w, datetime.date(2020, 3, 2), 120)
    target(unit=w.province, minimum=100, stretch=500)
    target(unit=w.commune, minimum=100, stretch=500, figure="accounts")
    page = staff.get(LIST)
    assert page.status_code == 200
    html = page.content.decode()
    assert "<h1>1 đúng nhịp, 1 chỉ tiêu đang chậm</h1>" in html
    assert html.index("Hồ sơ trực tuyến") < html.index("Phường Hồng Gai")
    assert "bullet-late" in html


def test_an_empty_list_says_how_to_begin_to_those_who_may(w, client):
    client.force_login(w.staff)
    assert "Đặt chỉ tiêu" in client.get(LIST).content.decode()
    client.force_login(w.leadership)
    html = client.get(LIST).content.decode()
    assert "Chưa có chỉ tiêu nào vào ngày này" in html
    assert "Đặt chỉ tiêu" not in html


def test_the_list_of_a_day_shows_targets_as_they_were(w, staff):
    old = target(unit=w.province, minimum=100, stretch=500, began_at=NOW - datetime.timedelta(days=30))
    change_target(target=old, version=1, by=w.staff, at=NOW - datetime.timedelta(days=10), minimum=432)
    assert "trên 432 đến 500" in staff.get(LIST).content.decode()
    past = staff.get(LIST, {"on": "01/06/2020"}).content.decode()
    assert "trên 100 đến 500" in past
    assert "Như vào ngày 01/06/2020" in past
    assert f"/reports/targets/{old.series}/?on=2020-06-01" in past


@pytest.mark.parametrize("on", ["31/02/2020", "x", "9999-12-31", "0001-01-01", "1" * 40, "\x00"])
def test_a_date_that_cannot_be_is_refused_with_a_sentence(w, staff, on):
    assert staff.get(LIST, {"on": on}).status_code == 422
    answer = staff.get(DATA, {"on": on})
    assert answer.status_code == 422
    (sentence,) = answer.json()["errors"]["on"]
    assert sentence.endswith(".")


def test_who_sees_which_target(w, client):
    of_province, of_commune, of_team = target(unit=w.province), target(unit=w.commune), target(team=w.team)
    of_other_team = target(team=w.other_team)
    seen = {
        w.staff: [200, 200, 200, 200],
        w.leadership: [200, 200, 200, 200],
        w.district_staff: [404, 200, 404, 200],
        w.reporter: [404, 200, 404, 404],
        w.leader: [404, 404, 200, 404],
        w.volunteer: [404] * 4,
        w.stranger: [404] * 4,
    }
    for person, expected in seen.items():
        client.force_login(person)
        pages = [
            client.get(row.get_absolute_url()).status_code for row in (of_province, of_commune, of_team, of_other_team)
        ]
        assert pages == expected, person
        assert client.get(LIST).status_code == (404 if expected == [404] * 4 else 200)
        assert client.get(DATA).status_code == (404 if expected == [404] * 4 else 200)


def test_data_holds_only_what_the_person_may_see(w, client):
    target(unit=w.province)
    mine = target(unit=w.commune)
    client.force_login(w.reporter)
    assert [row["id"] for row in client.get(DATA).json()["targets"]] == [str(mine.series)]


def test_the_data_of_a_target(w, staff):
    for day in range(1, 16):
        if datetime.date(2020, 6, day).isoweekday() < 6:
            count(w, datetime.date(2020, 6, day), 12)
    target(unit=w.province, minimum=200, stretch=400, first=datetime.date(2020, 6, 1), last=datetime.date(2020, 6, 30))
    answer = staff.get(DATA, {"on": "2020-06-16"}).json()
    (row,) = answer["targets"]
    assert answer["on"] == "2020-06-16"
    assert answer["fresh_at"].startswith("2020-06-16T")
    wanted = {
        "figure": "dossiers",
        "period": {"from": "2020-06-01", "to": "2020-06-30"},
        "rhythm": "period",
        "done": 132,
        "minimum": 200,
        "stretch": 400,
        "share_of_minimum": 66,
        "share_of_stretch": 33,
        "needed_per_day": 6.8,
        "per_day": 11.0,
        "open_days": {"all": 22, "passed": 12, "left": 10},
        "forecast": {"low": 252, "mid": 252, "high": 252},
        "verdict": "on_pace",
        "sentence": "Đúng nhịp: cần 6,8 mỗi ngày mở cửa đến 30/06/2020, đang đạt 11.",
    }
    assert {name: row[name] for name in wanted} == wanted
    assert row["scope"] == {"kind": "unit", "code": "22", "name": "Tỉnh Quảng Ninh", "valid_from": "2020-01-01"}


def test_the_file_has_numbers_as_numbers(w, staff):
    count(w, datetime.date(2020, 3, 2), 120)
    target(unit=w.province, minimum=1000, stretch=5000)
    answer = staff.get("/reports/targets/targets.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    header, row = list(sheet.iter_rows(values_only=True))
    assert header[6:9] == ("Đã đạt", "Tối thiểu", "Phấn đấu")
    assert row[:3] == ("Hồ sơ trực tuyến", "22", "Tỉnh Quảng Ninh")
    assert row[6:9] == (120, 1000, 5000)


def test_the_list_asks_as_much_for_three_targets_as_for_one(w, staff):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert staff.get(LIST).status_code == 200
        return len(found)

    target(unit=w.province)
    queries()
    one = queries()
    target(unit=w.commune), target(unit=w.other_commune)
    assert queries() == one


def test_a_target_shows_its_parts_its_gap_and_its_versions(w, staff):
    whole = target(unit=w.province, minimum=100, stretch=200)
    target(unit=w.commune, minimum=30, stretch=80)
    html = staff.get(whole.get_absolute_url()).content.decode()
    assert "thiếu 70 so với tối thiểu, thiếu 120 so với phấn đấu" in html
    assert "Phường Hồng Gai" in html
    assert "Từ 01/01/2020 đến 31/12/2020, Tỉnh Quảng Ninh và mọi đơn vị bên dưới cùng đạt ít nhất 100" in html


def test_an_unknown_target_is_not_found(w, staff):
    assert staff.get(reverse("reports:target", args=[uuid.uuid4()])).status_code == 404
    assert staff.get("/reports/targets/1/").status_code == 404


# setting


def test_staff_set_a_target(w, staff):
    answer = staff.post(NEW, form(w), follow=True)
    row = Target.objects.get()
    assert answer.redirect_chain == [(row.get_absolute_url(), 302)]
    assert (row.figure, row.unit, row.team, row.minimum, row.stretch) == ("dossiers", w.province, None, 20000, 50000)
    assert (row.first, row.last, row.made_by, row.reason) == (
        datetime.date(2020, 2, 24), datetime.date(2020, 12, 31), w.staff, "Kế hoạch 45",
    )  # fmt: skip


def test_a_target_says_what_it_means_before_it_is_set(w, staff):
    html = staff.post(NEW, form(w) | {"preview": "1"}).content.decode()
    assert (
        "Từ 24/02/2020 đến 31/12/2020, Tỉnh Quảng Ninh và mọi đơn vị bên dưới cùng đạt ít nhất 20.000:"
        " hồ sơ trực tuyến. Phấn đấu 50.000. Tức là 90 mỗi ngày mở cửa, phấn đấu 224 (224 ngày)."
    ) in html
    assert not Target.objects.exists()


def test_a_target_of_a_team_of_duty_and_of_coverage(w, staff):
    staff.post(NEW, form(w, scope=f"t{w.team.pk}", minimum="3000", stretch="4000"))
    staff.post(NEW, form(w, scope=f"t{w.team.pk}", figure_code="on_duty", minimum="3", stretch=""))
    staff.post(NEW, form(w, scope=f"t{w.team.pk}", figure_code="events", rhythm="month", minimum="1", stretch="2"))
    staff.post(NEW, form(w, figure_code="coverage", level="district", minimum="100", stretch=""))
    rows = Target.objects.order_by("pk").values_list("figure", "level", "team", "rhythm", "minimum", "stretch")
    assert list(rows) == [
        ("dossiers", "", w.team.pk, "period", 3000, 4000),
        ("on_duty", "", w.team.pk, "session", 3, 3),
        ("events", "", w.team.pk, "month", 1, 2),
        ("coverage", "district", None, "period", 100, 100),
    ]


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"minimum": "0"}, "minimum", "Chỉ tiêu phải từ 1: chỉ tiêu bằng 0 thì không cần đặt."),
        ({"minimum": ""}, "minimum", "Ghi số tối thiểu, từ 1."),
        ({"minimum": "-5"}, "minimum", "Số không được âm."),
        ({"minimum": "9" * 18}, "minimum", "Nhiều nhất 1.000.000. Xem lại số này."),
        ({"minimum": "60.000"}, "stretch", "Phấn đấu không được nhỏ hơn tối thiểu (60.000)."),
        ({"figure_code": "hearts"}, "figure_code", "Không có số liệu này. Chọn một số liệu trong danh sách."),
        ({"figure_code": "\x00"}, "figure_code", "Không có số liệu này. Chọn một số liệu trong danh sách."),
        ({"last": "01/01/2020"}, "last", "Ngày cuối phải vào hoặc sau ngày đầu (24/02/2020)."),
        ({"last": "31/12/3020"}, "last", "Năm nằm trong khoảng 2000 đến 2100: xem lại năm."),
        ({"last": "31/12/2099"}, "last", "Kỳ dài nhất là năm năm. Chọn hai ngày gần nhau hơn."),
        ({"first": "x"}, "first", "Ghi ngày/tháng/năm, ví dụ 31/12/2026."),
        (
            {"first": "07/03/2020", "last": "08/03/2020"}, "last",
            "Từ 07/03/2020 đến 08/03/2020 không có ngày mở cửa nào. Chọn kỳ có ít nhất một ngày mở cửa.",
        ),
        ({"figure_code": "coverage", "minimum": "101", "stretch": "101"}, "minimum",
         "Độ phủ ghi bằng phần trăm số đơn vị, từ 1 đến 100."),
        ({"scope": "u999999"}, "scope",
         "Đơn vị hoặc đội hình này không thuộc phần của bạn. Chọn trong danh sách."),
        ({"scope": ""}, "scope", "Chọn đơn vị hoặc đội hình."),
    ],
)  # fmt: skip
def test_what_cannot_be_set_is_refused_at_its_field(w, staff, wrong, field, sentence):
    answer = staff.post(NEW, form(w, **wrong))
    assert answer.status_code == 422
    assert sentence in errors_of(answer)[field]
    assert not Target.objects.exists()


def test_the_same_target_twice_is_refused_with_a_sentence(w, staff):
    staff.post(NEW, form(w))
    answer = staff.post(NEW, form(w, minimum="30.000"))
    assert answer.status_code == 422
    assert errors_of(answer)["__all__"] == [
        "Đơn vị này đã có chỉ tiêu này trong đúng kỳ này. Hãy sửa chỉ tiêu đó."
    ]  # fmt: skip
    assert Target.objects.get().minimum == 20000


def test_a_unit_out_of_reach_is_an_error_of_the_field(w, client):
    client.force_login(w.district_staff)
    answer = client.post(NEW, form(w))
    assert "không thuộc phần của bạn" in errors_of(answer)["scope"][0]
    assert client.post(NEW, form(w, scope=f"u{w.commune.pk}")).status_code == 302


@pytest.mark.parametrize(
    ("name", "status"), [("leadership", 403), ("reporter", 403), ("leader", 403), ("stranger", 404)]
)
def test_who_only_looks_sets_and_changes_nothing(w, client, name, status):
    row = target(unit=w.commune, figure="dossiers") if name != "leader" else target(team=w.team)
    client.force_login(getattr(w, name))
    assert client.post(NEW, form(w)).status_code == status
    for page in ("change_target", "withdraw_target", "split_target"):
        assert client.post(reverse(f"reports:{page}", args=[row.series]), {"minimum": 5}).status_code == status
    assert Target.objects.count() == 1


def goals(row, **changes):
    return {
        "first": f"{row.first:%d/%m/%Y}", "last": f"{row.last:%d/%m/%Y}", "rhythm": row.rhythm,
        "minimum": row.minimum, "stretch": row.stretch, "version": row.version,
    } | changes  # fmt: skip


def test_staff_change_a_target_and_the_second_one_is_told(w, staff):
    row = target(unit=w.province)
    address = reverse("reports:change_target", args=[row.series])
    assert staff.get(address).status_code == 200
    assert staff.post(address, goals(row, minimum=150)).status_code == 302
    assert Target.objects.current().get().minimum == 150
    answer = staff.post(address, goals(row, minimum=170))
    assert answer.status_code == 422
    assert "Vũ Đình Toàn đã đổi chỉ tiêu này lúc 09:42 16/06/2020." in errors_of(answer)["__all__"][0]


def test_staff_withdraw_a_target_with_a_reason(w, staff):
    row = target(unit=w.province)
    address = reverse("reports:withdraw_target", args=[row.series])
    staff.post(address, {"version": 1, "reason": ""})
    assert Target.objects.current().exists()
    staff.post(address, {"version": 1, "reason": "Gộp"})
    assert not Target.objects.current().exists()
    assert staff.get(row.get_absolute_url()).status_code == 200


# splitting


def split(client, row, **data):
    return client.post(
        reverse("reports:split_target", args=[row.series]), {"version": row.version, "depth": "next"} | data
    )


def confirm(client, row, page):
    parts = page.context["confirm"].initial["parts"]
    return client.post(reverse("reports:split_target_confirm", args=[row.series]), {"parts": parts, "reason": ""})


def children():
    return {row.unit.name: (row.minimum, row.stretch) for row in Target.objects.current().filter(unit__level="commune")}


def test_a_target_is_split_equally_after_a_look(w, staff):
    row = target(unit=w.district, minimum=101, stretch=204)
    page = split(staff, row, way="equal")
    assert page.status_code == 200
    assert not children()
    assert confirm(staff, row, page).status_code == 302
    assert children() == {"Phường Bãi Cháy": (51, 103), "Phường Hồng Gai": (50, 101)}
    html = staff.get(row.get_absolute_url()).content.decode()
    assert "so với tối thiểu" not in html


def test_what_teams_of_the_unit_hold_is_left_out_of_the_split(w, staff):
    row = target(unit=w.district, minimum=100, stretch=200)
    target(team=w.other_team, minimum=40, stretch=60)
    confirm(staff, row, split(staff, row, way="equal"))
    assert children() == {"Phường Bãi Cháy": (30, 70), "Phường Hồng Gai": (30, 70)}


def test_a_target_of_the_province_goes_to_the_districts_or_to_the_communes(w, staff):
    row = target(unit=w.province, minimum=100, stretch=200)
    confirm(staff, row, split(staff, row, way="equal"))
    assert Target.objects.get(unit=w.district).minimum == 100
    confirm(staff, row, split(staff, row, way="equal", depth="communes"))
    assert children() == {"Phường Bãi Cháy": (50, 100), "Phường Hồng Gai": (50, 100)}


def test_a_target_is_split_by_last_year_with_the_part_of_predecessors(w, staff):
    last_year = datetime.date(2019, 3, 5)
    Unit.objects.filter(pk__in=[w.province.pk, w.district.pk]).update(valid_from=datetime.date(2018, 1, 1))
    before = Unit.objects.create(
        code="06600", name="Phường cũ", level="commune", kind="phường", parent=w.district,
        valid_from=datetime.date(2018, 1, 1), valid_until=datetime.date(2020, 1, 1),
    )  # fmt: skip
    UnitSuccession.objects.create(predecessor=before, successor=w.commune)
    row = target(unit=w.district, minimum=100, stretch=200)
    refused = split(staff, row, way="last_year")
    assert refused.status_code == 422
    assert "Năm trước chưa có số liệu" in errors_of(refused)["__all__"][0]
    count(w, last_year, 30, unit=before, team=w.other_team)
    confirm(staff, row, split(staff, row, way="last_year"))
    assert children() == {"Phường Hồng Gai": (99, 198), "Phường Bãi Cháy": (1, 2)}


def weights(*rows, headers=("Đơn vị", "Trọng số")):
    return SimpleUploadedFile("trong-so.xlsx", workbook_of(headers, rows))


def test_a_target_is_split_by_weights_of_a_file(w, staff):
    row = target(unit=w.district, minimum=100, stretch=200)
    page = split(staff, row, way="weights", file=weights(("Hồng Gai", "2,5"), ("phường bãi cháy", 7.5)))
    assert page.status_code == 200
    confirm(staff, row, page)
    assert children() == {"Phường Hồng Gai": (25, 50), "Phường Bãi Cháy": (75, 150)}
    confirm(staff, row, split(staff, row, way="weights", file=weights(("Hồng Gai", 1), ("Bãi Cháy", 0))))
    assert children() == {"Phường Hồng Gai": (100, 200)}


def test_names_that_are_not_plain_are_asked_about(w, staff):
    row = target(unit=w.district, minimum=100, stretch=200)
    page = split(staff, row, way="weights", file=weights(("Hồng Gay", 1), ("Bãi Cháy", 3)))
    ((number, name, among),) = page.context["questions"]
    assert (number, name) == (2, "Hồng Gay")
    assert w.commune in among
    assert "rows" not in page.context
    page = split(staff, row, way="weights", token=page.context["token"], row_2=str(w.commune.pk))
    confirm(staff, row, page)
    assert children() == {"Phường Hồng Gai": (25, 50), "Phường Bãi Cháy": (75, 150)}


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([("Hồng Gai", 1)], "Tệp thiếu 1 đơn vị: Phường Bãi Cháy."),
        ([("Hồng Gai", "nhiều"), ("Bãi Cháy", 1)], "Dòng 2: trọng số “nhiều” không phải một số; ghi như 3 hoặc 3,5"),
        ([("Hồng Gai", -1), ("Bãi Cháy", 1)], "Dòng 2: trọng số “-1” phải từ 0 trở lên"),
        ([("Hồng Gai", "nan"), ("Bãi Cháy", 1)], "Dòng 2: trọng số “nan” phải từ 0 trở lên"),
        ([("Hồng Gai", ""), ("Bãi Cháy", 1)], "Dòng 2: thiếu trọng số; không giao thì ghi 0"),
        ([("Hồng Gai", 1), ("Hồng Gai", 2), ("Bãi Cháy", 1)], "Phường Hồng Gai có ở nhiều dòng: 2, 3. Giữ một dòng."),
        ([("Hồng Gai", 0), ("Bãi Cháy", 0)], "Mọi trọng số đều là 0: ghi ít nhất một trọng số lớn hơn 0."),
    ],
)
def test_what_a_file_of_weights_lacks_is_said_and_nothing_is_written(w, staff, rows, sentence):
    row = target(unit=w.district, minimum=100, stretch=200)
    page = split(staff, row, way="weights", file=weights(*rows))
    assert any(fault.startswith(sentence) for fault in page.context["faults"]), page.context["faults"]
    assert not children()


def test_files_that_cannot_be_read_are_refused_at_the_field(w, staff):
    row = target(unit=w.district, minimum=100, stretch=200)
    for file in (
        None,
        SimpleUploadedFile("x.xlsx", b"PK\x03\x04 broken"),
        weights(("Hồng Gai", 1), headers=("Tên", "Số")),
    ):
        page = split(staff, row, way="weights", **({"file": file} if file else {}))
        assert page.status_code == 422
        assert errors_of(page)["file"]


def test_the_template_of_weights_comes_back_as_it_is(w, staff):
    row = target(unit=w.district, minimum=100, stretch=200)
    sheet = staff.get(reverse("reports:split_target_template", args=[row.series]))
    page = split(staff, row, way="weights", file=SimpleUploadedFile("t.xlsx", sheet.content))
    assert [(part.unit, part.minimum) for part, _before in page.context["rows"]] == [
        (w.other_commune, 50),
        (w.commune, 50),
    ]


def test_a_target_too_small_for_its_units_is_not_split(w, staff):
    row = target(unit=w.district, minimum=1, stretch=200)
    page = split(staff, row, way="equal")
    assert page.status_code == 422
    assert "không đủ mỗi đơn vị 1" in errors_of(page)["__all__"][0]


def test_a_look_that_is_old_or_anothers_writes_nothing(w, staff, client):
    row = target(unit=w.district, minimum=100, stretch=200)
    page = split(staff, row, way="equal")
    parts = page.context["confirm"].initial["parts"]
    address = reverse("reports:split_target_confirm", args=[row.series])
    staff.post(address, {"parts": parts[:-2] + "xx"})
    staff.post(address, {"parts": json.dumps({"parts": []})})
    client.force_login(w.district_staff)
    client.post(address, {"parts": parts})
    assert not children()
    client.force_login(w.staff)
    change_target(target=row, version=1, by=w.district_staff, minimum=50)
    assert "đã đổi chỉ tiêu này" in client.post(address, {"parts": parts}, follow=True).content.decode()
    assert not children()


@pytest.mark.parametrize("decision", [
    {"figure": "coverage", "level": "commune", "minimum": 100, "stretch": 100}, {"figure": "events", "rhythm": "month"}
])  # fmt: skip
def test_what_makes_no_sum_cannot_be_split(w, staff, decision):
    row = target(unit=w.district, **decision)
    assert staff.get(reverse("reports:split_target", args=[row.series])).status_code == 404
