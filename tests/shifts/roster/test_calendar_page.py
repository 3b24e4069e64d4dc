"""The calendar of a site by the year, and the settings of the site."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from shifts.models import Assignment, CalendarDay, Notice, OpenPlace, Role, Roster, SiteSession
from shifts.roster.calendar import open_sessions
from tests.factories import publish, roster_world

pytestmark = pytest.mark.django_db
MONTH = datetime.date(2099, 6, 1)  # a Monday
TUESDAY = datetime.date(2099, 6, 2)


@pytest.fixture
def w():
    return roster_world(MONTH)


@pytest.fixture
def leader(w, client):
    client.force_login(w.leader)
    return client


def address(w, name="calendar", site=None):
    return reverse(f"roster:{name}", args=[(site or w.site).code])


def duty(w, user, session="sang", date=TUESDAY, post=None):
    return Assignment.objects.create(
        roster=w.roster, date=date, session=session, post=post or w.t1, volunteer=user.volunteer
    )


def change(leader, w, **data):
    form = {"kind": "close", "date_from": "2099-06-02", "date_to": "", "session": "", "name": "Mất điện"} | data
    return leader.post(address(w), form)


def test_the_year_shows_open_days_and_special_days_by_name(leader, w):
    CalendarDay.objects.create(date="2099-09-02", name="Quốc khánh")
    CalendarDay.objects.create(date="2099-06-06", name="Mở thêm thứ Bảy", is_open=True, site=w.site)
    CalendarDay.objects.create(date="2099-06-07", name="Của điểm khác", is_open=True, site=w.other_site)
    answer = leader.get(address(w), {"year": 2099})
    assert answer.status_code == 200
    assert "{#" not in answer.text
    months = answer.context["months"]
    june = {cell["date"]: cell for week in months[5]["weeks"] for cell in week if cell}
    assert [june[datetime.date(2099, 6, day)]["is_open"] for day in (5, 6, 7, 8)] == [True, True, False, True]
    assert [day.name for day in months[8]["special"]] == ["Quốc khánh"]
    assert "Của điểm khác" not in answer.text


def test_months_that_are_over_are_folded_away_in_this_year_alone(w, client):
    with time_machine.travel(datetime.datetime(2026, 11, 24, 9, 0, tzinfo=datetime.UTC), tick=False):
        client.force_login(w.leader)
        this_year = client.get(reverse("roster:calendar", args=["TTHCC"])).context
        next_year = client.get(reverse("roster:calendar", args=["TTHCC"]), {"year": 2027}).context
    assert [month["first"].month for month in this_year["months_left"]] == [11, 12]
    assert [month["first"].month for month in this_year["months_over"]] == list(range(1, 11))
    assert (len(next_year["months_left"]), next_year["months_over"]) == (12, [])


@pytest.mark.parametrize("year", ["", "abc", "9999", "-5", "2018", "9" * 40])
def test_a_year_that_is_none_shows_this_year(leader, w, year):
    assert leader.get(address(w), {"year": year}).status_code == 200


def test_a_volunteer_may_not_open_it_and_a_stranger_does_not_learn_of_it(w, client):
    for name in ("calendar", "site_settings"):
        client.force_login(w.volunteer)
        assert client.get(address(w, name)).status_code == 403
        client.force_login(w.stranger)
        assert client.get(address(w, name)).status_code == 404


def test_closing_days_without_duties_is_done_at_once_and_only_on_open_days(leader, w):
    answer = change(leader, w, date_from="2099-06-05", date_to="2099-06-08")
    assert answer.status_code == 302
    days = CalendarDay.objects.values_list("date", "site__code", "session", "is_open", "name")
    assert list(days) == [
        (datetime.date(2099, 6, 5), "TTHCC", "", False, "Mất điện"),
        (datetime.date(2099, 6, 8), "TTHCC", "", False, "Mất điện"),
    ]


def test_closing_a_day_with_duties_first_says_whose_and_then_ends_them(leader, w):
    duty(w, w.mate)
    duty(w, w.volunteer, "chieu")
    publish(w.roster, w.leader)
    asked = change(leader, w)
    assert asked.status_code == 200
    assert "Việc này hủy 2 ca của 2 người" in asked.text
    assert "thứ Ba 02/06 (Tầng 1, sáng)" in asked.text
    assert not CalendarDay.objects.exists()
    assert Assignment.objects.active().count() == 2
    assert change(leader, w, agreed="on").status_code == 302
    assert Assignment.objects.active().count() == 0
    assert CalendarDay.objects.get().name == "Mất điện"
    assert set(Notice.objects.values_list("user", flat=True)) == {w.mate.pk, w.volunteer.pk}


def test_closing_one_session_leaves_the_other(leader, w):
    duty(w, w.mate)
    kept = duty(w, w.volunteer, "chieu")
    change(leader, w, session="sang", agreed="on")
    assert list(Assignment.objects.active()) == [kept]


def test_an_extra_day_is_opened(leader, w):
    assert change(leader, w, kind="open", date_from="06/06/2099", name="Thứ Bảy tình nguyện").status_code == 302
    assert CalendarDay.objects.get().is_open is True


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"date_from": ""}, "Hãy điền ô này."),
        ({"date_from": "32/13/2099"}, "Ghi ngày như 24/11/2026: ngày trước, tháng sau."),
        ({"date_from": "9999-01-01"}, "Lịch có từ năm 2019 đến 2099."),
        ({"date_to": "2099-06-01"}, "Ngày cuối không được trước ngày đầu."),
        ({"date_to": "2099-12-01"}, "Mỗi lần đổi tối đa 62 ngày."),
        ({"name": ""}, "Hãy điền ô này."),
        ({"name": "x" * 121}, "Lý do dài quá 120 chữ."),
        ({"session": "dem"}, "Hãy chọn"),
        ({"date_from": "2099-06-06"}, "Những ngày này vốn đã đóng cửa"),
        ({"kind": "x"}, "Hãy chọn"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_stored(leader, w, data, sentence):
    answer = change(leader, w, **data)
    assert answer.status_code == 422
    if sentence != "Hãy chọn":
        assert sentence in answer.text
    assert not CalendarDay.objects.exists()


def test_only_who_works_for_the_whole_province_closes_every_site(leader, w, client):
    change(leader, w, everywhere="on")
    assert CalendarDay.objects.get().site == w.site
    CalendarDay.objects.all().delete()
    Role.objects.create(user=w.leadership, kind="staff", unit=w.province)
    client.force_login(w.leadership)
    change(client, w, everywhere="on")
    assert CalendarDay.objects.get().site is None


def test_taking_a_closure_away_opens_the_day_again(leader, w):
    day = CalendarDay.objects.create(date=TUESDAY, name="Mất điện", site=w.site)
    assert leader.post(address(w, "calendar_remove"), {"day": day.pk}).status_code == 302
    assert not CalendarDay.objects.exists()


def test_taking_an_extra_day_away_asks_before_it_ends_duties(leader, w):
    saturday = datetime.date(2099, 6, 6)
    day = CalendarDay.objects.create(date=saturday, name="Mở thêm", site=w.site, is_open=True)
    duty(w, w.mate, date=saturday)
    asked = leader.post(address(w, "calendar_remove"), {"day": day.pk})
    assert "Việc này hủy 1 ca của 1 người" in asked.text
    assert CalendarDay.objects.filter(pk=day.pk).exists()
    leader.post(address(w, "calendar_remove"), {"day": day.pk, "agreed": "on"})
    assert not Assignment.objects.exists()
    assert not CalendarDay.objects.exists()


def test_days_of_all_or_of_another_site_are_not_a_leaders_to_take_away(leader, w):
    common = CalendarDay.objects.create(date=TUESDAY, name="Nghỉ lễ")
    other = CalendarDay.objects.create(date=TUESDAY, name="Khác", site=w.other_site)
    assert leader.post(address(w, "calendar_remove"), {"day": common.pk}).status_code == 403
    for key in (other.pk, "abc", "9" * 30, ""):
        assert leader.post(address(w, "calendar_remove"), {"day": key}).status_code == 404
    assert CalendarDay.objects.count() == 2


@pytest.mark.parametrize("count", [1, 3])
def test_special_days_do_not_cost_queries(leader, w, count, django_assert_max_num_queries):
    for day in range(1, count + 1):
        CalendarDay.objects.create(date=datetime.date(2099, 7, day), name="Nghỉ", site=w.site)
    with django_assert_max_num_queries(10):
        leader.get(address(w), {"year": 2099})


# settings


def settings(w, **data):
    form = {"min_people": 3}
    form |= {"sang-used": "on", "sang-starts_at": "07:30", "sang-ends_at": "11:30", "sang-weekdays": list("12345")}
    form |= {"chieu-used": "on", "chieu-starts_at": "13:30", "chieu-ends_at": "17:00", "chieu-weekdays": list("12345")}
    for post in (w.t1, w.t2, w.t3):
        form |= {f"post-{post.pk}-name": post.name}
        form |= {f"post-{post.pk}-min_people": 1, f"post-{post.pk}-max_people": 3}
    for key, value in data.items():
        form[key.replace("T1", f"post-{w.t1.pk}").replace("T2", f"post-{w.t2.pk}")] = value
    return form


def test_hours_weekdays_people_and_posts_are_changed_on_one_page(leader, w):
    assert leader.get(address(w, "site_settings")).status_code == 200
    data = settings(
        w, min_people=4, whole_days="on", **{"sang-weekdays": list("123456"), "sang-starts_at": "07:00",
        "toi-used": "on", "toi-starts_at": "18:00", "toi-ends_at": "20:00", "toi-weekdays": ["3"],
        "T2-max_people": 2, "T2-name": "Tầng hai"},
    )  # fmt: skip
    assert leader.post(address(w, "site_settings"), data).status_code == 302
    w.site.refresh_from_db()
    w.t2.refresh_from_db()
    assert (w.site.min_people, w.site.whole_days, w.t2.max_people, w.t2.name) == (4, True, 2, "Tầng hai")
    rows = w.site.sessions.values_list("session", "starts_at", "weekdays")
    assert list(rows) == [
        ("sang", datetime.time(7, 0), "123456"),
        ("chieu", datetime.time(13, 30), "12345"),
        ("toi", datetime.time(18, 0), "3"),
    ]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"min_people": 10}, "Các vị trí cộng lại chỉ nhận 9 người mỗi buổi."),
        ({"min_people": -1}, "min_people"),
        ({"min_people": 10**12}, "min_people"),
        ({"T1-min_people": 4}, "Số người nhiều nhất phải từ 1 và không nhỏ hơn số ít nhất."),
        ({"T1-max_people": 0, "T1-min_people": 0}, "max_people"),
        ({"sang-ends_at": "07:00"}, "Giờ kết thúc phải sau giờ bắt đầu."),
        ({"sang-ends_at": "14:00"}, "Trùng giờ với buổi trước, kết thúc lúc 14:00."),
        ({"sang-starts_at": "25:99"}, "Không đọc được giờ này."),
        ({"sang-starts_at": ""}, "Hãy điền ô này."),
        ({"sang-weekdays": []}, "Hãy chọn ít nhất một thứ."),
        ({"sang-used": "", "chieu-used": ""}, "Điểm cần ít nhất một buổi trực."),
    ],
)
def test_settings_that_cannot_be_are_said_and_nothing_stored(leader, w, data, sentence):
    answer = leader.post(address(w, "site_settings"), settings(w, **data))
    assert answer.status_code == 422
    assert sentence in answer.text
    w.site.refresh_from_db()
    assert w.site.min_people == 1
    assert SiteSession.objects.filter(site=w.site).count() == 2


def test_a_weekday_with_duties_is_taken_out_only_after_it_was_said_whose(leader, w):
    duty(w, w.mate)
    publish(w.roster, w.leader)
    data = settings(w, **{"sang-weekdays": list("1345")})
    asked = leader.post(address(w, "site_settings"), data)
    assert "Việc này hủy 1 ca của 1 người" in asked.text
    assert w.site.sessions.get(session="sang").weekdays == "12345"
    leader.post(address(w, "site_settings"), data | {"agreed": "on"})
    assert not Assignment.objects.active().exists()
    assert w.site.sessions.get(session="sang").weekdays == "1345"


def test_a_session_is_taken_off_only_after_it_was_said_whose_duties_it_cancels(leader, w):
    duty(w, w.mate, "chieu", date=datetime.date(2020, 6, 2))
    duty(w, w.mate, "chieu")
    publish(w.roster, w.leader)
    data = settings(w, **{"chieu-used": ""})
    asked = leader.post(address(w, "site_settings"), data)
    assert "Việc này hủy 1 ca của 1 người" in asked.text
    assert w.site.sessions.get(session="chieu").weekdays == "12345"
    leader.post(address(w, "site_settings"), data | {"agreed": "on"})
    assert [row.date.year for row in Assignment.objects.active()] == [2020]
    assert Notice.objects.get(user=w.mate, kind="duty").text.startswith("Trung tâm đóng cửa. Ca của bạn đã hủy:")


def test_a_session_taken_off_keeps_the_hours_of_what_was_served_there_and_is_offered_nowhere(leader, w):
    duty(w, w.mate, "chieu", date=datetime.date(2020, 6, 2))
    leader.post(address(w, "site_settings"), settings(w, **{"chieu-used": "", "toi-used": ""}))
    row = w.site.sessions.get(session="chieu")
    assert (row.weekdays, row.ends_at) == ("", datetime.time(17, 0))
    CalendarDay.objects.create(date=datetime.date(2099, 6, 1), session="chieu", is_open=True, name="Mở thêm")
    days = open_sessions(w.site, datetime.date(2099, 6, 1), datetime.date(2099, 6, 5)).values()
    assert {session.session for rows in days for session in rows} == {"sang"}
    assert "Chỉ buổi chiều" not in leader.get(address(w)).text
    assert 'name="chieu-used" id="id_chieu-used" checked' not in leader.get(address(w, "site_settings")).text
    leader.post(address(w, "site_settings"), settings(w))
    assert w.site.sessions.get(session="chieu").weekdays == "12345"


def test_a_session_without_duties_is_taken_off_altogether(leader, w):
    leader.post(address(w, "site_settings"), settings(w, **{"chieu-used": ""}))
    assert [row.session for row in w.site.sessions.all()] == ["sang"]


def test_a_place_for_which_nobody_was_found_ends_with_its_session(leader, w):
    publish(w.roster, w.leader)
    place = OpenPlace.objects.create(roster=w.roster, date=w.roster.month, session="chieu", post=w.t1)
    leader.post(address(w, "site_settings"), settings(w, **{"chieu-used": ""}))
    place.refresh_from_db()
    assert place.closed_at is not None


@pytest.mark.parametrize("typed", ["07:15", "7:15", "7h15", "7.15", "0715"])
def test_hours_are_typed_as_people_here_write_them(leader, w, typed):
    page = leader.get(address(w, "site_settings")).text
    assert 'type="time"' not in page
    assert 'name="sang-starts_at" value="07:30" inputmode="numeric"' in page
    leader.post(address(w, "site_settings"), settings(w, **{"sang-starts_at": typed}))
    assert w.site.sessions.get(session="sang").starts_at == datetime.time(7, 15)


def test_posts_of_another_site_are_not_changed_here(leader, w):
    leader.post(address(w, "site_settings"), settings(w, **{f"post-{w.other_post.pk}-name": "Lạ"}))
    w.other_post.refresh_from_db()
    assert w.other_post.name == "Quầy hướng dẫn"


def test_drafts_lose_their_duties_without_anybody_being_told(leader, w):
    duty(w, w.mate)
    change(leader, w, agreed="on")
    assert not Assignment.objects.exists()
    assert not Notice.objects.exists()
    assert Roster.objects.get().state == "draft"
