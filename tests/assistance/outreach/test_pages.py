"""The pages of outreach events: who sees and changes what, and bad input answered in sentences."""

import datetime

import pytest
import time_machine

from shifts.duties.absences import report_event_absence
from shifts.models import Assignment, CalendarFeed, OutreachEvent
from shifts.outreach.states import move_event
from tests.factories import make_user

from .people import (
    AFTER,
    NOW,
    SATURDAY,
    client_of,
    confirm,
    form_of,
    going,
    make_commune,
    make_event,
    outreach_world,
    put,
    told,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def w(db):
    return outreach_world()


@pytest.fixture
def leader(w):
    return client_of(w.leader)


def url(w, *parts):
    return "/".join(["/outreach", str(w.event.pk), *parts, ""])


def text(answer):
    return answer.content.decode()


# Who may


@pytest.mark.parametrize(
    ("name", "status"),
    [("leader", 200), ("volunteer", 200), ("staff", 200), ("leadership", 200), ("reporter", 200), ("stranger", 404)],
)
def test_who_sees_an_event(w, name, status):
    assert client_of(getattr(w, name)).get(url(w)).status_code == status


@pytest.mark.parametrize(
    ("name", "status"), [("volunteer", 403), ("reporter", 403), ("leadership", 403), ("other_leader", 404)]
)
def test_who_only_sees_an_event_changes_nothing(w, name, status):
    client = client_of(getattr(w, name))
    assert client.get(url(w, "edit")).status_code == status
    for part, body in [
        ("edit", form_of(w)),
        ("people", {"add": [w.me.pk]}),
        ("state", {"to": "confirmed"}),
        ("material", {}),
    ]:
        assert client.post(url(w, part), body).status_code == status
    w.event.refresh_from_db()
    assert (w.event.state, going(w.event)) == ("planned", [])


def test_members_of_a_team_of_the_host_unit_see_the_event(w):
    event = make_event(w, host_unit=w.district)
    assert client_of(w.stranger).get(f"/outreach/{event.pk}/").status_code == 200


def test_staff_of_the_unit_plan_for_every_team_below(w):
    client = client_of(w.staff)
    answer = client.post("/outreach/plan/", form_of(w, team=w.other_team.pk))
    assert answer.status_code == 302
    assert OutreachEvent.objects.get(date="2026-11-21").unit == w.district


def test_a_leader_does_not_plan_for_another_team(w, leader):
    answer = leader.post("/outreach/plan/", form_of(w, team=w.other_team.pk))
    assert answer.status_code == 422
    assert "Bạn không lập hoạt động cho đội hình này" in text(answer)


def test_a_member_does_not_plan(w):
    assert client_of(w.volunteer).get("/outreach/plan/").status_code == 403


def test_who_has_no_role_is_sent_away(w):
    assert client_of(make_user("moivao", "Lê Văn Mới")).get("/outreach/").status_code == 403


def test_the_contact_is_for_who_manages_the_event_and_who_goes(w):
    OutreachEvent.objects.filter(pk=w.event.pk).update(contact_name="Cô Mẫu", contact_phone="0900 000 001")
    put(w, w.me)
    for user, shows in ((w.leader, True), (w.volunteer, True), (w.staff, True), (w.mate, False), (w.reporter, False)):
        client = client_of(user)
        for page in (url(w), url(w, "print"), url(w, "text")):
            assert ("0900 000 001" in text(client.get(page))) is shows


# Planning


def test_the_form_suggests_the_next_free_saturday(w, leader):
    make_event(w, datetime.date(2026, 11, 7))
    assert 'value="21/11/2026"' in text(leader.get("/outreach/plan/"))


def test_a_plan_is_stored_with_its_unit_and_material(w, leader):
    answer = leader.post("/outreach/plan/", form_of(w, contact_name="Cô Mẫu", contact_phone="0900 000 001"))
    event = OutreachEvent.objects.get(date="2026-11-21")
    assert answer.url == f"/outreach/{event.pk}/"
    assert (event.host_unit, event.unit, event.made_by, event.state) == (w.commune, w.province, w.leader, "planned")
    assert list(event.materials.values_list("name", "taken_out", "is_leaflet")) == [("Tờ rơi", 300, True)]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"date": "31/02/2026"}, "Ghi ngày như 24/11/2026"),
        ({"date": "01/01/9999"}, "Hoạt động có từ năm 2019 đến năm 2099."),
        ({"date": "a\x00"}, "Ghi ngày như 24/11/2026"),
        ({"starts_at": "25:00"}, "Giờ viết như 07:30."),
        ({"ends_at": "07:30"}, "Giờ kết thúc phải sau giờ bắt đầu."),
        ({"team": "junk"}, "Bạn không lập hoạt động cho đội hình này"),
        ({"team": "9" * 40}, "Bạn không lập hoạt động cho đội hình này"),
        ({"venue_kind": "moon"}, "Chọn một loại nơi trong danh sách."),
        ({"venue": ""}, "Ghi tên nơi tổ chức"),
        ({"venue": "a\x00b"}, "ký tự rỗng"),
        ({"venue": "x" * 200}, "160"),
        ({"host_unit": "Nơi Không Có"}, "không có đơn vị “Nơi Không Có”"),
        ({"host_unit": "Hồng Gia"}, "Có phải: Phường Hồng Gai?"),
        ({"contact_phone": "gọi sau"}, "Số điện thoại viết như 0912 345 678."),
        ({"things-0-taken_out": "-5"}, "Số mang đi từ 1 trở lên."),
        ({"things-0-taken_out": "1.5"}, "Số mang đi là số nguyên."),
        ({"things-0-taken_out": "10000000000000"}, "Số mang đi nhiều nhất"),
        ({"things-0-taken_out": ""}, "Ghi số mang đi của Tờ rơi."),
        ({"things-0-name": ""}, "Ghi tên vật mang đi."),
    ],
)
def test_a_bad_plan_is_answered_in_sentences(w, leader, values, sentence):
    answer = leader.post("/outreach/plan/", form_of(w, **values))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert OutreachEvent.objects.count() == 1


def test_a_plan_without_its_list_of_material_is_no_server_error(w, leader):
    body = {key: value for key, value in form_of(w).items() if not key.startswith("things")}
    assert leader.post("/outreach/plan/", body).status_code == 422


def test_a_host_with_a_name_that_two_units_bear_is_asked_about(w, leader):
    make_commune(w.district, "06999", "Phường Hồng Gai")
    answer = leader.post("/outreach/plan/", form_of(w))
    assert answer.status_code == 422
    assert "Có nhiều đơn vị tên này: Phường Hồng Gai; Phường Hồng Gai, Thành phố Hạ Long." in text(answer)
    clear = form_of(w, host_unit="Phường Hồng Gai, Thành phố Hạ Long")
    assert leader.post("/outreach/plan/", clear).status_code == 302


def test_hosts_are_suggested_without_accents_as_they_hold_on_the_date(w, leader):
    make_commune(w.province, "06998", "Phường Hồng Hà", valid_from=datetime.date(2027, 1, 1))
    answer = leader.get("/outreach/hosts/", {"q": "hong", "date": "21/11/2026", "team": w.team.pk})
    assert answer.json() == {"units": ["Phường Hồng Gai"]}
    assert leader.get("/outreach/hosts/", {"q": "phuong hong gai"}).json() == {"units": ["Phường Hồng Gai"]}
    assert leader.get("/outreach/hosts/", {"q": "hoa binh"}).json() == {"units": ["Xã Hòa Bình, Thành phố Hạ Long"]}
    for junk in ({}, {"q": "a\x00"}, {"q": "x" * 200}, {"q": "a", "team": "9" * 40}):
        assert leader.get("/outreach/hosts/", junk).json() == {"units": []}


def test_changing_the_plan_onto_another_duty_refuses_with_the_name(w, leader):
    put(w, w.me, event=make_event(w, datetime.date(2026, 11, 21), venue="Chợ Bãi Cháy"))
    put(w, w.me)
    answer = leader.post(url(w, "edit"), form_of(w))
    assert answer.status_code == 422
    assert "đã có hoạt động Chợ Bãi Cháy" in text(answer)
    w.event.refresh_from_db()
    assert w.event.date == SATURDAY


# People and states on the page


def test_a_leader_puts_people_in_and_takes_the_act_back(w, leader):
    answer = leader.post(url(w, "people"), {"add": [w.me.pk, w.mate_v.pk]}, follow=True)
    assert "Đã thêm" in text(answer)
    assert going(w.event) == [("ban", "sang"), ("tnv", "sang")]
    answer = leader.post(url(w, "people"), {"remove": [w.me.pk]}, follow=True)
    assert "Đã bỏ Nguyễn Thu Hà." in text(answer)
    assert f'name="add" value="{w.me.pk}"' in text(answer)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "Chưa chọn ai."),
        ({"add": ["junk"]}, "Chọn người trong danh sách."),
        ({"add": ["9" * 40]}, "Chọn người trong danh sách."),
        ({"add": ["-1"]}, "Chọn người trong danh sách."),
        ({"add": ["123456"]}, "Có người không thuộc Đội hình tỉnh."),
    ],
)
def test_bad_choices_of_people_are_answered_in_sentences(w, leader, body, sentence):
    answer = leader.post(url(w, "people"), body)
    assert answer.status_code == 422
    assert sentence in text(answer)


@pytest.mark.parametrize(
    "query", ["added=junk", "removed=" + "9" * 40, "added=%00", "added=1,1,1", "removed=-5", "added="]
)
def test_junk_in_the_address_of_an_event_changes_nothing(w, leader, query):
    assert leader.get(f"{url(w)}?{query}").status_code == 200


def test_states_are_changed_on_the_page(w, leader):
    put(w, w.me)
    assert leader.post(url(w, "state"), {"to": "confirmed"}).status_code == 302
    answer = leader.post(url(w, "state"), {"to": "held"})
    assert answer.status_code == 422
    assert "chưa diễn ra" in text(answer)
    answer = leader.post(url(w, "state"), {"to": "cancelled", "reason": ""})
    assert answer.status_code == 422
    assert "Ghi lý do hủy" in text(answer)
    assert leader.post(url(w, "state"), {"to": "junk"}).status_code == 422
    assert leader.post(url(w, "state"), {"to": "cancelled", "reason": "Bão"}).status_code == 302
    assert told(w.volunteer)[-1].endswith("Lý do: Bão")


def test_what_came_back_is_counted_on_the_page(w, leader):
    leader.post(url(w, "edit"), form_of(w, date="14/11/2026"))
    thing = w.event.materials.get()
    assert leader.post(url(w, "material"), {f"back-{thing.pk}": "301"}).status_code == 422
    assert leader.post(url(w, "material"), {f"back-{thing.pk}": "-1"}).status_code == 422
    assert leader.post(url(w, "material"), {f"back-{thing.pk}": "40"}).status_code == 302
    assert w.event.materials.get().used == 260


def test_an_opened_place_is_seen_on_the_page_and_closed_by_its_person(w, leader):
    put(w, w.me)
    duty = Assignment.objects.get(event=w.event)
    report_event_absence(volunteer=w.me, duty=duty, by=w.volunteer)
    page = text(leader.get(url(w)))
    assert "1 chỗ cần người thay" in page
    assert "Báo không đến được" in page
    client = client_of(w.volunteer)
    assert "Tôi lại đến được" in text(client.get(url(w)))
    client.post(url(w, "come"))
    assert "chỗ cần người thay" not in text(leader.get(url(w)))


# The list


def test_the_month_says_whether_the_rule_is_met_and_where_nobody_was(w, leader):
    page = text(leader.get("/outreach/?month=2026-11"))
    assert "Tháng 11/2026: Đội hình tỉnh sắp tới có 1 hoạt động: đủ mức một mỗi tháng" in page
    assert "Chưa đến 2 xã, phường" in page
    put(w, w.me)
    confirm(w)
    move_event(event=w.event, to="held", by=w.leader, at=AFTER)
    with time_machine.travel(AFTER):
        assert "Chưa đến 1 xã, phường" in text(leader.get("/outreach/"))


@pytest.mark.parametrize("month", ["2026-13", "junk", "0001-01", "9999-12", "2026-11-01", "%00"])
def test_a_month_that_is_none_is_not_found(leader, month):
    for page in ("", "text/", "outreach.xlsx"):
        assert leader.get(f"/outreach/{page}?month={month}").status_code == 404


@pytest.mark.parametrize("pk", ["0", "9" * 40])
def test_an_event_that_is_none_is_not_found(leader, pk):
    for page in ("", "edit/", "print/", "text/"):
        assert leader.get(f"/outreach/{pk}/{page}").status_code == 404


def test_others_months_are_not_shown(w):
    page = text(client_of(w.stranger).get("/outreach/?month=2026-11"))
    assert "Trường THPT Hòn Gai" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_queries_however_many_events_and_people(w, count, django_assert_num_queries):
    for number in range(count):
        put(w, make_user(f"them{number}", f"Thêm {number}", team=w.team).volunteer)
        make_event(w, datetime.date(2026, 11, 21) + number * datetime.timedelta(days=2), venue=f"Nơi {number}")
    client = client_of(w.leader)
    for page, queries in (("/outreach/", 11), (url(w), 13), ("/outreach/outreach.xlsx", 6), ("/outreach/text/", 5)):
        with django_assert_num_queries(queries):
            assert client.get(page).status_code == 200


# A team's calendar


def test_a_team_has_a_calendar_behind_a_secret_link_that_can_be_revoked(w):
    put(w, w.me)
    client = client_of(w.volunteer)
    client.post("/outreach/feed/", {"act": "make"})
    feed = CalendarFeed.objects.get(team=w.team)
    body = text(client_of(w.stranger).get(feed.get_absolute_url())).replace("\r\n ", "")
    assert "SUMMARY:Tình nguyện: Trường THPT Hòn Gai (dự kiến)" in body
    assert "DTSTART;TZID=Asia/Ho_Chi_Minh:20261114T073000" in body
    assert "Thu Hà" in body
    client.post("/outreach/feed/", {"act": "renew"})
    assert client.get(feed.get_absolute_url()).status_code == 404
    client.post("/outreach/feed/", {"act": "revoke"})
    assert CalendarFeed.objects.filter(revoked_at=None).count() == 0


def test_nobody_makes_a_calendar_of_a_team_out_of_reach(w):
    client = client_of(w.stranger)
    assert client.get(f"/outreach/feed/?team={w.team.pk}").status_code == 404
    for junk in ("junk", "9" * 40, "-1"):
        assert client.get(f"/outreach/feed/?team={junk}").status_code == 404


def test_a_duty_at_an_event_is_in_the_personal_calendar_until_it_ends(w):
    put(w, w.me)
    feed = CalendarFeed.objects.create(owner=w.volunteer)
    reader = client_of(w.stranger)
    assert "Trường THPT Hòn Gai" in text(reader.get(feed.get_absolute_url())).replace("\r\n ", "")
    move_event(event=w.event, to="cancelled", reason="Mưa", by=w.leader, at=NOW)
    assert "Trường THPT Hòn Gai" not in text(reader.get(feed.get_absolute_url())).replace("\r\n ", "")
