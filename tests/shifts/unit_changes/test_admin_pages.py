"""Changing units in the admin: who may, what is shown before anything is written, what is refused."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assistance.models import UnitTotal
from shifts.models import (
    OutreachEvent,
    Role,
    Roster,
    Site,
    Team,
    Unit,
    UnitChange,
    UnitSuccession,
)
from shifts.services import grant_role
from shifts.unit_changes.writing import follow_changes
from tests.factories import make_user, publish

START, DAY = datetime.date(2020, 1, 1), datetime.date(2026, 12, 1)
TODAY = datetime.datetime(2026, 11, 24, 9, tzinfo=datetime.UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now(time_machine):
    time_machine.move_to(TODAY, tick=False)


@pytest.fixture
def w(world):
    """The small world with three communes of Hạ Long, the first two with a team and a site, and their people."""
    world.a, world.b, world.c = [
        Unit.objects.create(code=code, name=name, level="commune", kind="phường", parent=world.district,
                            valid_from=START)
        for code, name in [("06652", "Phường Hà Phong"), ("06664", "Phường Hà Tu"), ("06658", "Phường Cao Xanh")]
    ]  # fmt: skip
    world.site_a = Site.objects.create(code="A", name="Điểm nhà văn hóa", short_name="A", unit=world.a)
    world.site_b = Site.objects.create(code="B", name="Điểm nhà văn hóa", short_name="B", unit=world.b)
    world.team_a = Team.objects.create(code="DA", name="Đội thanh niên", unit=world.a, home_site=world.site_a)
    world.team_b = Team.objects.create(code="DB", name="Đội thanh niên", unit=world.b, home_site=world.site_b)
    world.staff = make_user("canbo", "Lê Minh Cán")
    grant_role(user=world.staff, kind="staff", unit=world.province)
    world.reporter = make_user("donvi", "Hoàng Văn Báo")
    Role.objects.create(user=world.reporter, kind="reporter", unit=world.a)
    return world


def address(act, *units):
    return reverse("admin:shifts_unit_changes", args=[act]) + "?" + "&".join(f"unit={unit.pk}" for unit in units)


def merge_of(w, **changes):
    return {"units": [w.a.pk, w.b.pk], "code": "06652", "name": "Phường Hà Tu", "kind": "phường",
            "date": "01/12/2026", "decision": "12/NQ", "step": "look"} | changes  # fmt: skip


def sentences(response):
    return response.context["form"].non_field_errors()


def confirmed(client, act, data):
    """Look, then confirm what was seen; return the answer to the confirmation."""
    look = client.post(address(act), data)
    assert look.status_code == 200, look.context["form"].errors
    return client.post(address(act), data | {"step": "confirm", "seen": look.context["look"]["seen"]})


def test_staff_looks_at_a_merge_and_nothing_is_written(w, client):
    client.force_login(w.staff)
    UnitTotal.objects.create(
        unit=w.a, span="week", date_from="2026-11-02", date_to="2026-11-08", counted_on="2026-11-02", state="sent",
        sent_at=TODAY, reached=30,
    )  # fmt: skip
    UnitTotal.objects.create(
        unit=w.b, span="week", date_from="2026-11-02", date_to="2026-11-08", counted_on="2026-11-02", state="sent",
        sent_at=TODAY, reached=12, events=1,
    )  # fmt: skip
    roster = Roster.objects.create(site=w.site_a, month=DAY)
    publish(roster, w.leader)
    OutreachEvent.objects.create(
        team=w.team_a, date="2026-12-05", starts_at="08:00", ends_at="10:00", venue_kind="school", venue="Trường X",
        host_unit=w.b,
    )  # fmt: skip
    before = list(Unit.objects.order_by("pk").values())
    page = client.post(address("merge"), merge_of(w))
    look = page.context["look"]
    assert [(old.name, [heir.unit.name for heir in heirs]) for old, heirs, _below in look["rows"]] == [
        ("Phường Hà Phong", ["Phường Hà Tu"]),
        ("Phường Hà Tu", ["Phường Hà Tu"]),
    ]
    assert {str(label): lines for label, lines in look["follows"]} == {
        "Đội hình": [
            "1 đội hình sang Phường Hà Tu: Đội thanh niên.",
            "1 đội hình sang Phường Hà Tu: Đội thanh niên.",
        ],
        "Điểm hỗ trợ": [
            "1 điểm hỗ trợ sang Phường Hà Tu: Điểm nhà văn hóa.",
            "1 điểm hỗ trợ sang Phường Hà Tu: Điểm nhà văn hóa.",
            "1 lịch trực từ tháng 12/2026 đi cùng điểm, không ca nào đổi.",
        ],
        "Vai trò": ["1 vai trò sang Phường Hà Tu: Hoàng Văn Báo (người báo cáo của đơn vị)."],
        "Hoạt động Thứ Bảy": [
            "Hoạt động 05/12/2026 Trường X từ nay do Phường Hà Tu tổ chức.",
            "Hoạt động 05/12/2026 Trường X từ nay ở Phường Hà Tu.",
        ],
    }
    assert look["decisions"] == [
        "Phường Hà Tu có hai đội hình cùng tên Đội thanh niên: đổi tên, hoặc kết thúc một đội.",
        "Phường Hà Tu có hai điểm cùng tên Điểm nhà văn hóa: đổi tên, hoặc kết thúc một điểm.",
        "Lịch trực tháng 12/2026 của Điểm nhà văn hóa đã công bố qua ngày đổi: xem lại nơi trực và người trực.",
        "Số liệu Phường Hà Phong, tuần 45, 02/11 – 08/11/2026 chờ duyệt: gửi và duyệt cho xong với đơn vị cũ.",
        "Số liệu Phường Hà Tu, tuần 45, 02/11 – 08/11/2026 chờ duyệt: gửi và duyệt cho xong với đơn vị cũ.",
    ]
    figures = look["figures"]
    assert [figure.code for figure in figures.figures] == ["reached", "events"]
    assert [(unit.name, n) for unit, n in figures.then] == [("Phường Hà Phong", [30, 0]), ("Phường Hà Tu", [12, 1])]
    assert [(unit.name, n) for unit, n in figures.now] == [("Phường Hà Tu", [42, 1])]
    assert figures.sums == [42, 1]
    assert list(Unit.objects.order_by("pk").values()) == before
    assert not UnitChange.objects.exists()


def test_staff_confirms_a_merge_and_everything_follows_on_its_day(w, client, time_machine):
    client.force_login(w.staff)
    answer = confirmed(client, "merge", merge_of(w))
    change = UnitChange.objects.get()
    assert answer.url == reverse("admin:shifts_unitchange_change", args=[change.pk])
    new = Unit.objects.get(valid_from=DAY)
    w.a.refresh_from_db()
    assert (new.code, new.name, new.parent, new.valid_until) == ("06652", "Phường Hà Tu", w.district, None)
    assert (w.a.valid_until, w.a.name) == (DAY, "Phường Hà Phong")
    assert sorted(UnitSuccession.objects.values_list("predecessor", "successor", "is_main", "extent", "decision")) == [
        (w.a.pk, new.pk, True, "whole", "12/NQ"),
        (w.b.pk, new.pk, True, "whole", "12/NQ"),
    ]
    w.team_a.refresh_from_db()
    assert (change.followed_at, w.team_a.unit) == (None, w.a)
    assert follow_changes(DAY - datetime.timedelta(days=1)) == 0
    time_machine.move_to(datetime.datetime(2026, 12, 1, 1, tzinfo=datetime.UTC))
    assert (follow_changes(DAY), follow_changes(DAY)) == (1, 0)
    for row in (w.team_a, w.team_b, w.site_a, w.site_b):
        row.refresh_from_db()
        assert row.unit == new
    assert list(
        Role.objects.filter(user=w.reporter).order_by("pk").values_list("unit", "valid_from", "valid_until")
    ) == [
        (w.a.pk, None, DAY),
        (new.pk, DAY, None),
    ]
    page = client.get(answer.url)
    assert "Phường Hà Phong (06652)" in page.content.decode()


def test_who_reports_for_both_communes_has_one_role_at_the_new_one(w, client):
    Role.objects.create(user=w.reporter, kind="reporter", unit=w.b, valid_until=datetime.date(2027, 5, 1))
    client.force_login(w.staff)
    confirmed(client, "merge", merge_of(w, date="24/11/2026"))
    new = Unit.objects.get(valid_from="2026-11-24")
    assert list(Role.objects.filter(user=w.reporter, unit=new).values_list("valid_from", "valid_until")) == [
        (datetime.date(2026, 11, 24), None)
    ]


def test_a_confirmation_of_what_has_changed_since_is_shown_anew(w, client):
    client.force_login(w.staff)
    look = client.post(address("merge"), merge_of(w))
    Team.objects.create(code="DC", name="Đội mới", unit=w.a)
    answer = client.post(
        address("merge"), merge_of(w, step="confirm", seen=look.context["look"]["seen"])
    )  # fmt: skip
    assert answer.status_code == 200
    assert "Dữ liệu đã đổi từ lúc xem trước nên chưa ghi gì." in answer.content.decode()
    assert not UnitChange.objects.exists()


def test_the_form_comes_filled_with_the_units_one_came_from(w, client):
    client.force_login(w.staff)
    page = client.get(address("merge", w.a, w.b) + "&unit=x&unit=99999999999999999999&unit=%00")
    assert page.context["form"].initial["units"] == [w.a.pk, w.b.pk]
    chosen = client.post(
        reverse("admin:shifts_unit_changelist"), {"action": "merge_units", "_selected_action": [w.a.pk, w.b.pk]}
    )
    assert chosen.url.startswith(reverse("admin:shifts_unit_changes", args=["merge"]) + "?unit=")
    back = client.post(address("merge"), merge_of(w, step="edit"))
    assert back.context["form"]["name"].value() == "Phường Hà Tu" and not UnitChange.objects.exists()
    assert address("rename", w.a) in client.get(reverse("admin:shifts_unit_change", args=[w.a.pk])).content.decode()


def split_of(w, **changes):
    return {"unit": w.a.pk, "code_0": "06652", "name_0": "Phường Hà Phong 1", "kind_0": "phường", "code_1": "06653",
            "name_1": "Phường Hà Phong 2", "main": "0", "date": "24/11/2026", "step": "look"} | changes  # fmt: skip


def test_a_split_goes_to_the_main_part_and_its_sites_and_teams_are_listed(w, client):
    client.force_login(w.staff)
    answer = confirmed(client, "split", split_of(w, code_2="06658"))
    parts = {row.successor.name: (row.is_main, row.extent) for row in w.a.successions.select_related("successor")}
    assert parts == {
        "Phường Hà Phong 1": (True, "partial"),
        "Phường Hà Phong 2": (False, "partial"),
        "Phường Cao Xanh": (False, "partial"),
    }
    w.c.refresh_from_db()
    assert w.c.valid_until == datetime.date(2026, 11, 24)
    assert w.c.successions.get().successor == Unit.objects.get(code="06658", valid_until=None)
    w.site_a.refresh_from_db()
    assert w.site_a.unit.name == "Phường Hà Phong 1"
    assert UnitChange.objects.get().decisions == [
        "Đội hình Đội thanh niên theo đơn vị chính Phường Hà Phong 1; nếu thuộc phần của Phường Hà Phong 2, "
        "Phường Cao Xanh thì đổi đơn vị của đội hình.",
        "Điểm Điểm nhà văn hóa theo đơn vị chính Phường Hà Phong 1; nếu nằm ở phần của Phường Hà Phong 2, "
        "Phường Cao Xanh thì đổi đơn vị của điểm.",
    ]
    assert "nhận một phần" not in client.get(answer.url).content.decode()


def test_a_unit_comes_under_another_parent_with_all_below_it(w, client):
    other = Unit.objects.create(
        code="194", name="Thành phố Móng Cái", level="district", kind="thành phố", parent=w.province, valid_from=START
    )
    client.force_login(w.staff)
    data = {"units": [w.a.pk], "parent": other.pk, "date": "24/11/2026", "step": "look"}
    confirmed(client, "move", data)
    assert Unit.objects.get(code="06652", valid_until=None).parent == other
    rename = {"unit": w.district.pk, "code": "193", "name": "Thành phố Hạ Long mới", "kind": "thành phố",
              "date": "25/11/2026", "step": "look"}  # fmt: skip
    confirmed(client, "rename", rename)
    below = Unit.objects.filter(parent__name="Thành phố Hạ Long mới")
    assert sorted(below.values_list("code", "valid_from")) == [
        ("06658", datetime.date(2026, 11, 25)),
        ("06664", datetime.date(2026, 11, 25)),
    ]


@pytest.mark.parametrize(
    ("act", "data", "sentence"),
    [
        ("split", {"main": ""}, "Phường Hà Phong (06652) được chia mà chưa có đơn vị kế thừa chính: chọn đúng một."),
        ("split", {"main": "4"}, "Phường Hà Phong (06652) được chia mà chưa có đơn vị kế thừa chính: chọn đúng một."),
        ("split", {"code_1": "", "name_1": ""}, "Chia tách cần ít nhất hai đơn vị kế thừa."),
        ("split", {"name_1": ""}, "Không có đơn vị nào mang mã 06653: ghi tên của đơn vị mới."),
        ("split", {"code_1": "06652"}, "Mã 06652 ghi cho hai đơn vị mới: Phường Hà Phong 1 và Phường Hà Phong 2."),
        ("split", {"code_1": "06658"},
         "Mã 06658 đang là Phường Cao Xanh: để trống tên nếu phần này nhập vào đó, nếu không thì chọn mã khác."),
        ("merge", {"units": ["a"]}, "Sáp nhập cần ít nhất hai đơn vị."),
        ("merge", {"units": ["a", "district"]}, "Chỉ sáp nhập các đơn vị cùng cấp."),
        ("merge", {"code": "06658"},
         "Mã 06658 đang là Phường Cao Xanh: nếu đơn vị đó cũng đổi thì chọn cả nó, nếu không thì chọn mã khác."),
        ("merge", {"date": "01/01/2020"}, "Phường Hà Phong (06652) có từ 01/01/2020: ngày đổi phải sau ngày đó."),
        ("merge", {"date": "01/01/9999"}, "Ngày đổi phải từ năm 1945 đến năm 2100."),
        ("rename", {"unit": "a", "code": "06652", "name": "Phường Hà Phong", "kind": "phường"},
         "Tên, loại và mã đều như cũ: ghi điều thay đổi."),
        ("move", {"units": ["a"], "parent": "district"}, "Phường Hà Phong (06652) đã thuộc Thành phố Hạ Long."),
        ("move", {"units": ["district"], "parent": "other"},
         "Thành phố Hạ Long (193) là cấp huyện, không thể thuộc Thành phố Cẩm Phả (195) là cấp huyện."),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_a_sentence_and_nothing_is_written(w, client, act, data, sentence):
    w.other = Unit.objects.create(
        code="195", name="Thành phố Cẩm Phả", level="district", kind="thành phố", parent=w.province, valid_from=START
    )
    named = {"units": lambda names: [getattr(w, name).pk for name in names], "unit": lambda name: getattr(w, name).pk}
    named["parent"] = named["unit"]
    data = {key: named[key](value) if key in named else value for key, value in data.items()}
    base = {"split": split_of, "merge": merge_of}.get(act, lambda w: {"date": "01/12/2026", "step": "look"})(w)
    client.force_login(w.staff)
    page = client.post(address(act), base | data)
    assert page.status_code == 422
    assert sentence in sentences(page), (page.context["form"].errors, sentences(page))
    assert not UnitChange.objects.exists() and not UnitSuccession.objects.exists()


def test_a_unit_that_ended_or_a_code_that_starts_that_day_is_refused(w, client):
    client.force_login(w.staff)
    confirmed(client, "merge", merge_of(w))
    page = client.post(address("merge"), merge_of(w))
    assert page.status_code == 422
    assert page.context["form"].errors["units"] == ["Đơn vị này không có, đã hết hiệu lực, hoặc ngoài phần của bạn."]
    rename = {"unit": w.c.pk, "code": "06652", "name": "Phường Khác", "kind": "phường", "date": "01/12/2026",
              "step": "look"}  # fmt: skip
    page = client.post(address("rename"), rename)
    assert sentences(page) == ["Mã 06652 đã có Phường Hà Tu bắt đầu đúng ngày 01/12/2026."]


def test_a_past_date_with_records_after_it_is_refused(w, client):
    client.force_login(w.staff)
    UnitTotal.objects.create(
        unit=w.a, span="week", date_from="2026-11-02", date_to="2026-11-08", counted_on="2026-11-02", state="accepted",
        sent_at=TODAY, reviewed_at=TODAY, reached=30,
    )  # fmt: skip
    page = client.post(address("merge"), merge_of(w, date="01/11/2026"))
    assert sentences(page) == [
        "Phường Hà Phong (06652) còn số liệu tổng hợp đến 02/11/2026: ngày đổi phải sau ngày đó."
    ]
    assert client.post(address("merge"), merge_of(w, date="03/11/2026")).status_code == 200


def test_bad_input_is_told_at_its_field(w, client):
    client.force_login(w.staff)
    data = merge_of(w, date="31/02/2026", code="06x\x00", name="", units=["x", -1, 10**30])
    page = client.post(address("merge"), data)
    assert page.status_code == 422
    errors = page.context["form"].errors
    assert errors["date"] == ["Ghi ngày như 24/11/2026: ngày trước, tháng sau."]
    assert errors["code"] == ["Mã chỉ gồm chữ số, ví dụ 06652."]
    assert set(errors) == {"date", "code", "name", "units"}
    assert client.get(reverse("admin:shifts_unit_changes", args=["xyz"])).status_code == 404


def test_only_staff_and_administrators_of_the_province_change_units(w, client):
    below = make_user("canbohl", "Cán Bộ Huyện")
    grant_role(user=below, kind="staff", unit=w.district)
    client.force_login(below)
    assert client.get(address("merge")).status_code == 403
    assert client.post(address("merge"), merge_of(w)).status_code == 403
    assert "changes/rename" not in client.get(reverse("admin:shifts_unit_changelist")).content.decode()
    for person in (w.volunteer, w.leader, w.leadership, w.reporter):
        client.force_login(person)
        assert client.get(address("merge")).status_code == 302
    assert not UnitChange.objects.exists()


def test_looking_asks_as_often_for_one_unit_below_as_for_three(w, client):
    client.force_login(w.staff)
    rename = {"unit": w.district.pk, "code": "193", "name": "Thành phố Mới", "kind": "thành phố",
              "date": "01/12/2026", "step": "look"}  # fmt: skip

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.post(address("rename"), rename).status_code == 200
        return len(queries)

    Unit.objects.filter(pk__in=[w.b.pk, w.c.pk]).update(parent=w.province)
    few = asked()
    Unit.objects.filter(pk__in=[w.b.pk, w.c.pk]).update(parent=w.district)
    assert asked() == few
