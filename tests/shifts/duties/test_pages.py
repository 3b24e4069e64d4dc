"""The pages of a volunteer: who may come in, what they show, what they refuse, and what they cost."""

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shifts.duties import regulations as rules
from shifts.models import (
    Assignment,
    Attendance,
    CalendarFeed,
    Leave,
    OpenPlace,
    Preference,
    Regulation,
    RegulationAcknowledgement,
    SwapRequest,
)
from tests.factories import make_user

from .people import (
    NEXT_MONDAY,
    NOW,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    event_for,
    give,
    held,
    moment,
    published_world,
    texts,
)

pytestmark = pytest.mark.django_db
ABSENCE, SWAP = f"/me/absence/{TUESDAY}/", f"/me/swap/{TUESDAY}/"
PAGES = ["/me/", ABSENCE, SWAP, "/me/leave/", "/me/preferences/", "/me/calendar/", "/me/record/", "/me/regulations/"]
SHEET = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def w(time_machine):
    time_machine.move_to(NOW, tick=False)
    return published_world()


@pytest.fixture
def as_user():
    def log_in(user):
        client = Client()
        client.force_login(user, backend="shifts.backends.UsernameOrPhoneBackend")
        return client

    return log_in


@pytest.fixture
def me(w, as_user):
    return as_user(w.volunteer)


def shown(answer):
    """The words of the page, tags and spare space gone."""
    text = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return " ".join(text.split())


def toast(client):
    return shown(client.get("/me/"))


@pytest.mark.parametrize("path", PAGES)
def test_members_only_others_get_404_and_nobody_comes_in_without_login(w, as_user, path):
    assert as_user(w.volunteer).get(path).status_code == 200
    assert as_user(w.leadership).get(path).status_code == 404
    assert Client().get(path).status_code == 302
    w.me.left = TUESDAY - datetime.timedelta(days=1)
    w.me.save()
    assert as_user(w.volunteer).get(path).status_code == 404


def test_the_next_duty_is_the_whole_day_with_hours_site_and_colleagues(w, me):
    page = shown(me.get("/me/"))
    for words in [
        "Ngày mai", "Thứ Ba 03/11", "Tầng 2, cả ngày", "07:30 đến 11:30 và 13:30 đến 17:00",
        "Trung tâm Phục vụ hành chính công tỉnh", "Cùng trực: Phạm Quốc Khánh", "Năm nay: 0 ngày trực, 0 giờ",
    ]:  # fmt: skip
        assert words in page


@pytest.mark.parametrize(
    ("at", "words"),
    [(NOW, "Ngày mai"), (moment(TUESDAY, 9), "Hôm nay"), (NOW - datetime.timedelta(days=1), "Ca tới, còn 2 ngày")],
)
def test_the_next_duty_says_how_long_until_then(w, me, time_machine, at, words):
    time_machine.move_to(at)
    assert words in shown(me.get("/me/"))


def test_a_day_that_is_over_makes_room_for_the_next(w, me, time_machine):
    give(w, w.volunteer, THURSDAY, "chieu", post=w.t3)
    time_machine.move_to(moment(TUESDAY, 17, 0))
    page = shown(me.get("/me/"))
    assert "Thứ Năm 05/11" in page
    assert "Thứ Ba 03/11" not in page


def test_later_duties_and_events_are_a_list(w, me):
    give(w, w.volunteer, THURSDAY, "chieu", post=w.t3)
    event_for(w, w.volunteer, THURSDAY + datetime.timedelta(days=2))
    page = shown(me.get("/me/"))
    assert "Tầng 3, ca chiều" in page
    assert "Trường THPT Hòn Gai Thứ Bảy tình nguyện, 07:30" in page


def test_duties_of_a_draft_and_of_others_are_not_shown(w, me):
    give(w, w.mate, NEXT_MONDAY, post=w.t3)
    type(w.roster).objects.filter(pk=w.roster.pk).update(state="draft", version=0, published_at=None)
    page = shown(me.get("/me/"))
    assert "Chưa có ca nào sắp tới" in page
    assert "Tầng" not in page


def test_giving_a_day_up_takes_two_posts_and_one_is_the_undo(w, me):
    answer = me.post(ABSENCE, {"part": "all", "how": "everybody"}, follow=True)
    page = shown(answer)
    assert "Đã báo không đến được thứ Ba 03/11 (Tầng 2, sáng và chiều)." in page
    assert "Ca bạn không đến được" in page
    assert OpenPlace.objects.waiting().count() == 2
    undo = re.search(r"/me/changes/\d+/undo/", answer.content.decode())[0]
    assert "Ca lại là của bạn." in shown(me.post(undo, follow=True))
    assert len(held(w.volunteer, TUESDAY)) == 2


def test_the_sheet_names_whom_it_tells(w, me):
    make_user("ranh", "Trần Đình Phúc", team=w.team)
    page = me.get(ABSENCE, **SHEET)
    assert "<html" not in page.content.decode()
    words = shown(page)
    assert "Chỗ của bạn ở Tầng 2 sẽ mở ra. Đội trưởng Lý Thị Hạnh và 1 bạn rảnh hôm đó được báo ngay." in words
    assert "Trần Đình Phúc" in words
    assert "Đặng Hải Yến" not in words


def test_an_empty_post_of_the_sheet_means_the_whole_day_to_everybody(w, me):
    me.post(ABSENCE, {})
    assert held(w.volunteer, TUESDAY) == []


def test_one_session_is_given_up(w, me):
    me.post(ABSENCE, {"part": "chieu"})
    assert [row.session for row in held(w.volunteer, TUESDAY)] == ["sang"]


def test_asking_one_person_keeps_the_duty_until_they_accept(w, me, as_user):
    me.post(ABSENCE, {"part": "all", "how": "one", "person": w.leader_v.pk})
    assert len(held(w.volunteer, TUESDAY)) == 2
    page = shown(me.get("/me/"))
    assert "Chờ nhận" in page
    leader = as_user(w.leader)
    assert "Nguyễn Thu Hà nhờ bạn nhận ca" in shown(leader.get("/me/"))
    request = SwapRequest.objects.get()
    leader.post(reverse("me:swap_accept", args=[request.pk]))
    assert len(held(w.leader, TUESDAY)) == 2


@pytest.mark.parametrize(
    "junk", [{"part": "toi"}, {"how": "one"}, {"how": "one", "person": "x"}, {"how": "one", "person": "9" * 30}]
)
def test_junk_in_the_sheet_is_answered_with_422_and_nothing_is_written(w, me, junk):
    assert me.post(ABSENCE, junk).status_code == 422
    assert len(held(w.volunteer, TUESDAY)) == 2
    assert OpenPlace.objects.count() == 0


def test_somebody_who_cannot_is_refused_by_a_sentence(w, me):
    answer = me.post(ABSENCE, {"how": "one", "person": w.away.volunteer.pk})
    assert answer.status_code == 422
    assert "Bạn này không nhận được ca đó" in shown(answer)


@pytest.mark.parametrize("path", ["/me/absence/", "/me/swap/"])
@pytest.mark.parametrize(
    ("date", "words"), [("2026-11-03", "Ca này đã qua"), ("2026-11-04", "Bạn không có ca trực ngày này")]
)
def test_a_past_or_missing_duty_is_refused_in_words(w, me, time_machine, path, date, words):
    time_machine.move_to(moment(TUESDAY, 18))
    for answer in (me.get(f"{path}{date}/", follow=True), me.post(f"{path}{date}/", follow=True)):
        assert words in shown(answer)


def test_of_a_day_under_way_only_what_has_not_begun_is_exchanged(w, me, time_machine):
    time_machine.move_to(moment(TUESDAY, 8))
    assert "sẽ trực thứ Ba 03/11 (Tầng 2, chiều)" in shown(me.get(SWAP, {"person": w.leader_v.pk}))
    time_machine.move_to(moment(TUESDAY, 14))
    assert "Ca này đã bắt đầu" in shown(me.get(SWAP, follow=True))


def test_a_cancelled_event_is_nobodys_duty(w, me):
    duty = event_for(w, w.volunteer, THURSDAY, cancel_reason="Mưa bão")
    type(duty.event).objects.update(state="cancelled")
    assert "Hòn Gai" not in shown(me.get("/me/"))


def test_an_event_absence_is_told_to_the_leader(w, me, as_user):
    duty = event_for(w, w.volunteer, THURSDAY)
    path = reverse("me:event_absence", args=[duty.pk])
    assert "Đội trưởng Lý Thị Hạnh được báo ngay" in shown(me.get(path))
    assert "Đã báo 1 người." in shown(me.post(path, follow=True))
    assert "Đội trưởng đã được báo từ trước." in shown(me.post(path, follow=True))
    assert as_user(w.mate).get(path).status_code == 404


@pytest.mark.parametrize("date", ["2026-02-30", "9999-12-31", "0000-01-01", "abc"])
def test_a_date_that_does_not_exist_is_404_and_the_last_one_is_no_error(w, me, date):
    assert me.get(f"/me/absence/{date}/").status_code in (302, 404)
    assert me.get(f"/me/swap/{date}/").status_code in (302, 404)


def test_the_undo_of_somebody_else_does_not_exist(w, me, as_user):
    me.post(ABSENCE, {})
    change = w.roster.changes.first()
    assert as_user(w.mate).post(reverse("me:undo", args=[change.pk])).status_code == 404
    assert me.post(reverse("me:undo", args=[10**18])).status_code == 404


def test_an_open_place_is_taken_and_the_second_gets_a_sentence(w, me, as_user):
    me.post(ABSENCE, {})
    leader = as_user(w.leader)
    page = leader.get("/me/")
    assert "Tầng 2, cả ngày Còn 1 chỗ" in shown(page)
    value = re.search(r'name="places" value="([\d,]+)"', page.content.decode())[1]
    assert "Bạn đã nhận ca" in shown(leader.post("/me/places/", {"places": value}, follow=True))
    second = make_user("ranh", "Trần Đình Phúc", team=w.team)
    assert "Chỗ này vừa có bạn khác nhận." in shown(as_user(second).post("/me/places/", {"places": value}, follow=True))


@pytest.mark.parametrize("junk", ["", "x", "1,,2", "9" * 40, "0"])
def test_junk_for_a_place_is_a_sentence(w, me, junk):
    answer = me.post("/me/places/", {"places": junk}, follow=True)
    assert re.search("không còn nữa|Hãy chọn một chỗ", shown(answer))


def test_who_is_here_this_morning_is_asked_about_the_afternoon_alone(w, me, time_machine):
    morning, afternoon = held(w.volunteer, TUESDAY)
    time_machine.move_to(moment(TUESDAY, 7, 40), tick=False)
    Attendance.objects.create(assignment=morning, state="present", arrived_at=moment(TUESDAY, 7, 25))
    page = shown(me.get(ABSENCE))
    assert "Chỗ của bạn ở Tầng 2, ca chiều sẽ mở ra." in page
    assert "Cả ngày" not in page
    me.post(ABSENCE)
    assert [row.session for row in held(w.volunteer, TUESDAY)] == ["sang"]
    assert "Tôi không đến được" not in shown(me.get("/me/"))
    assert "bấm “Tôi về” ở trang Hôm nay" in shown(me.get(ABSENCE, follow=True))


def test_a_swap_is_sent_in_two_steps_and_accepted(w, me, as_user):
    theirs = give(w, w.leader, THURSDAY, post=w.t3)
    assert "Lý Thị Hạnh" in shown(me.get(SWAP))
    second = shown(me.get(SWAP, {"part": "all", "person": w.leader_v.pk}))
    assert "Thứ Năm 05/11 Tầng 3, cả ngày" in second
    want = ",".join(str(row.pk) for row in theirs)
    sent = {"part": "all", "person": w.leader_v.pk, "want": want, "message": "Mình thi hôm đó"}
    assert "Ca chỉ chuyển khi bạn ấy nhận" in shown(me.post(SWAP, sent, follow=True))
    leader = as_user(w.leader)
    page = shown(leader.get("/me/"))
    assert "Nguyễn Thu Hà muốn đổi ca với bạn" in page
    assert "Mình thi hôm đó" in page
    request = SwapRequest.objects.get()
    page = shown(leader.post(reverse("me:swap_accept", args=[request.pk]), follow=True))
    assert "Đã đổi ca: bạn trực thứ Ba 03/11 (Tầng 2, sáng và chiều)." in page
    assert "Thứ Ba 03/11 (Tầng 2, cả ngày) Nay bạn trực Thứ Năm 05/11 (Tầng 3, cả ngày) Nay Nguyễn Thu Hà trực" in page
    assert len(held(w.volunteer, THURSDAY)) == 2
    assert "Đã đổi lại như cũ" in shown(me.post(reverse("me:swap_back", args=[request.pk]), follow=True))
    assert len(held(w.volunteer, TUESDAY)) == 2


@pytest.mark.parametrize("junk", [{"person": "x"}, {"person": "9" * 30}, {"want": "a,b"}, {"part": "dem"}, {}])
def test_a_swap_with_junk_is_refused_with_422(w, me, junk):
    assert me.post(SWAP, {"person": w.leader_v.pk, **junk} if junk else {}).status_code == 422
    assert me.get(SWAP, junk).status_code == 200
    assert SwapRequest.objects.count() == 0


def test_an_answer_that_comes_too_late_is_a_sentence(w, me, as_user):
    me.post(SWAP, {"part": "all", "person": w.leader_v.pk})
    request, leader = SwapRequest.objects.get(), as_user(w.leader)
    me.post(reverse("me:swap_withdraw", args=[request.pk]))
    for name in ("swap_accept", "swap_decline"):
        assert "đã rút lời nhờ này" in shown(leader.post(reverse(f"me:{name}", args=[request.pk]), follow=True))


def test_the_swap_of_others_does_not_exist(w, me, as_user):
    me.post(SWAP, {"part": "all", "person": w.leader_v.pk})
    request = SwapRequest.objects.get()
    for name in ("swap_accept", "swap_decline", "swap_withdraw", "swap_back"):
        assert as_user(w.mate).post(reverse(f"me:{name}", args=[request.pk])).status_code == 404


def test_leave_for_tomorrow_takes_one_press_of_the_page(w, me):
    give_up = Assignment.objects.filter(volunteer=w.me)
    give_up.update(state="cancelled", ended_at=NOW)
    page = me.get("/me/leave/").content.decode()
    first = re.search(r'name="date_from" value="([^"]+)"><input type="hidden" name="date_to" value="([^"]+)"', page)
    answer = me.post("/me/leave/", {"date_from": first[1], "date_to": first[2]}, follow=True)
    assert "Đã báo bận thứ Ba 03/11." in shown(answer)
    undo = re.search(r"/me/leave/\d+/withdraw/", answer.content.decode())[0]
    me.post(undo)
    assert Leave.objects.standing().filter(volunteer=w.me).count() == 0


@pytest.mark.parametrize(
    ("first", "last"), [("04/11/2026", "05/11/2026"), ("2026-11-04", "2026-11-05"), ("04112026", "5.11.2026")]
)
def test_dates_are_read_day_first_however_they_are_parted(w, me, first, last):
    me.post("/me/leave/", {"date_from": first, "date_to": last, "session": "sang"})
    leave = Leave.objects.get(volunteer=w.me)
    assert (leave.date_from, leave.date_to, leave.session) == (WEDNESDAY, THURSDAY, "sang")


def test_dates_are_read_day_first_in_english_too(w, me):
    me.cookies["django_language"] = "en"
    me.post("/me/leave/", {"date_from": "04/11/2026"})
    assert Leave.objects.get(volunteer=w.me).date_from == WEDNESDAY


def test_leave_over_duties_names_them_and_asks_before_opening(w, me):
    answer = me.post("/me/leave/", {"date_from": "02/11/2026", "date_to": "06/11/2026", "reason": "Thi"})
    assert answer.status_code == 422
    assert "thứ Ba 03/11 (Tầng 2, sáng và chiều)" in shown(answer)
    assert 'name="open_places"' in answer.content.decode()
    assert Leave.objects.filter(volunteer=w.me).count() == 0
    me.post("/me/leave/", {"date_from": "2026-11-02", "date_to": "2026-11-06", "reason": "Thi", "open_places": "1"})
    assert held(w.volunteer, TUESDAY) == []
    assert Leave.objects.get(volunteer=w.me).reason == "Thi"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"date_from": ""}, "Hãy chọn ngày đầu."),
        ({"date_from": "31/02/2026"}, "Ghi ngày như 24/11/2026"),
        ({"date_from": "11/24/2026"}, "Ghi ngày như 24/11/2026"),
        ({"date_from": "01/11/2026"}, "đã qua"),
        ({"date_from": "31/12/9999"}, "tối đa hai năm"),
        ({"date_from": "04/11/2026", "date_to": "05/12/2027"}, "một năm"),
        ({"date_from": "05/11/2026", "date_to": "04/11/2026"}, "không được trước"),
    ],
)
def test_bad_days_come_back_with_the_sentence_and_what_was_typed(w, me, sent, words):
    answer = me.post("/me/leave/", sent)
    assert answer.status_code == 422
    assert words in shown(answer)
    assert Leave.objects.filter(volunteer=w.me).count() == 0


def test_the_leave_of_others_does_not_exist(w, me):
    other = Leave.objects.get(volunteer=w.away.volunteer)
    assert me.post(reverse("me:leave_withdraw", args=[other.pk])).status_code == 404


def test_wishes_are_saved_and_shown_again(w, me):
    me.post("/me/preferences/", {"sessions": ["sang"], "weekdays": ["5", "2"], "posts": [w.t2.pk, w.t3.pk]})
    wish = Preference.objects.get(volunteer=w.me)
    assert (wish.sessions, wish.weekdays, list(wish.posts.all())) == ("sang", "25", [w.t2, w.t3])
    page = me.get("/me/preferences/").content.decode()
    assert len(re.findall(r"checked", page)) == 5
    me.post("/me/preferences/", {})
    wish.refresh_from_db()
    assert (wish.sessions, wish.weekdays, wish.posts.count()) == ("", "", 0)


def test_wishes_outside_what_is_offered_are_refused(w, me, as_user):
    for junk in [{"sessions": "toi"}, {"weekdays": "7"}, {"posts": w.other_post.pk}, {"posts": "x"}]:
        assert me.post("/me/preferences/", junk).status_code == 422
    assert as_user(w.specialist).post("/me/preferences/", {"posts": w.t2.pk}).status_code == 422
    assert Preference.objects.count() == 0


def test_the_calendar_link_is_made_once_shown_and_changed(w, me):
    assert CalendarFeed.objects.count() == 0
    me.post("/me/calendar/renew/")
    first = CalendarFeed.objects.get()
    page = me.get("/me/calendar/").content.decode()
    assert f"http://testserver/calendar/{first.token}.ics" in page
    assert f"webcal://testserver/calendar/{first.token}.ics" in page
    assert "<svg" in page
    assert "Đã đổi liên kết" in shown(me.post("/me/calendar/renew/", follow=True))
    first.refresh_from_db()
    assert first.revoked_at is not None


def test_the_record_shows_a_year_and_prints_who_it_is_about(w, me, time_machine):
    row = held(w.volunteer, TUESDAY)[0]
    Attendance.objects.create(assignment=row, state="present", arrived_at=moment(TUESDAY, 7, 25), minutes=240)
    time_machine.move_to(moment(THURSDAY))
    page = shown(me.get("/me/record/"))
    assert "Năm 2026 bạn đã trực 1 ngày , 1 buổi, 4 giờ" in page
    assert "Họ và tên: Nguyễn Thu Hà" in page
    assert "ĐOÀN TNCS HỒ CHÍ MINH" in page
    assert "1 buổi chưa điểm danh" in page
    for junk in ("1999", "x", "9" * 30, "2027"):
        assert "Năm 2026" in shown(me.get("/me/record/", {"year": junk}))


def test_regulations_are_read_once_and_the_yellow_line_goes(w, me, as_user):
    old = Regulation.objects.create(team=w.team, version=1, text="Cũ", published_at=NOW)
    new = Regulation.objects.create(team=w.team, version=2, text="Đến đúng giờ.\n\nMặc áo xanh.", published_at=NOW)
    Regulation.objects.create(team=w.team, version=3, text="Nháp", published_at=None)
    assert "Quy chế hoạt động, bản 2: bạn chưa đọc" in shown(me.get("/me/"))
    page = me.get("/me/regulations/")
    assert "Đến đúng giờ." in shown(page)
    assert "Ai đã đọc" not in shown(page)
    for _twice in range(2):
        me.post(reverse("me:regulation_read", args=[new.pk]))
    assert RegulationAcknowledgement.objects.get().user == w.volunteer
    assert "bạn chưa đọc" not in shown(me.get("/me/"))
    assert "Cũ" in shown(me.get(f"/me/regulations/{old.version}/"))
    assert me.get("/me/regulations/3/").status_code == 404
    assert me.get(f"/me/regulations/{10**12}/").status_code == 404
    leader = shown(as_user(w.leader).get("/me/regulations/"))
    assert "1 đã đọc, 4 chưa đọc" in leader


def test_regulations_that_were_read_no_longer_wait_at_the_bell(w, me):
    row = Regulation.objects.create(team=w.team, version=1, title="Quy chế", text="Điều 1.")
    rules.publish(regulation=row, by=w.leader)
    assert [notice.kind for notice in w.volunteer.notices.unread()] == ["regulation"]
    me.post(f"/me/regulations/{row.pk}/read/")
    assert list(w.volunteer.notices.unread()) == []
    assert w.mate.notices.unread().count() == 1


def test_the_regulations_of_another_team_do_not_exist(w, me):
    other = Regulation.objects.create(team=w.other_team, version=1, text="Khác", published_at=NOW)
    assert "Khác" not in shown(me.get("/me/regulations/"))
    assert me.post(reverse("me:regulation_read", args=[other.pk])).status_code == 404


def test_text_of_people_is_never_markup(w, me, as_user):
    w.volunteer.full_name = "<b>Hà</b> Nguyễn"
    w.volunteer.save()
    me.post(SWAP, {"part": "all", "person": w.leader_v.pk, "message": "<script>x</script>"})
    page = as_user(w.leader).get("/me/").content.decode()
    assert "<script>x" not in page
    assert "<b>Hà" not in page


def queries(client, path):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def busy(w, dates):
    """For each date a duty of mine, a place open to me, a request to me and one of mine."""
    for date in dates:
        give(w, w.volunteer, date, post=w.t2)
        give(w, w.mate, date, post=w.t1)
        OpenPlace.objects.create(roster=w.roster, date=date, session="sang", post=w.t3, opened_by=w.leader)
        OpenPlace.objects.create(
            roster=w.roster, date=date + datetime.timedelta(days=1), session="sang", post=w.t3, opened_by=w.leader
        )
        for asked_by, asked_of in [(w.mate, w.volunteer), (w.volunteer, w.leader)]:
            request = SwapRequest.objects.create(asked_by=asked_by.volunteer, asked_of=asked_of.volunteer)
            request.duties.create(assignment=held(asked_by, date)[0], side="given")


def test_the_page_asks_the_same_number_of_questions_with_one_duty_and_with_three(w, me):
    busy(w, [NEXT_MONDAY])
    one = queries(me, "/me/")
    busy(w, [NEXT_MONDAY + datetime.timedelta(days=number) for number in (2, 7)])
    page = shown(me.get("/me/"))
    assert [page.count(words) for words in ("Chờ nhận", "nhờ bạn nhận ca", "Còn 1 chỗ")] == [3, 3, 3]
    assert queries(me, "/me/") == one


@pytest.mark.parametrize("path", [ABSENCE, SWAP])
def test_sheets_ask_the_same_number_of_questions_with_more_people(w, me, path):
    one = queries(me, path)
    for number in range(3):
        person = make_user(f"them{number}", f"Nguyễn Văn Thêm{number}", team=w.team)
        give(w, person, THURSDAY + datetime.timedelta(days=4 * number), post=w.t3)
    assert queries(me, path) == one


def test_notices_of_mine_are_on_the_page_and_those_of_others_are_not(w, me):
    assert texts(w.volunteer) == []
    w.volunteer.notices.create(kind="duty", text="Bạn có ca mới.", url="/me/")
    w.mate.notices.create(kind="duty", text="Lời của người khác.")
    page = shown(me.get("/me/"))
    assert "Bạn có ca mới." in page
    assert "Lời của người khác." not in page


# I am here


def test_the_card_of_a_duty_that_runs_takes_the_check_in_and_then_the_going(w, as_user, time_machine):
    client = as_user(w.volunteer)
    assert "Tôi có mặt" not in client.get("/me/").text  # it is Monday, the duty on Tuesday
    time_machine.move_to(moment(TUESDAY, 7, 20), tick=False)
    page = client.get("/me/").text
    assert "Ca của bạn từ 07:30, chưa báo có mặt." in page
    assert 'action="/me/check-in/"' in page
    assert "Đã ghi bạn có mặt lúc 07:20." in client.post("/me/check-in/", follow=True).text
    assert Attendance.objects.get().state == "present"
    page = client.get("/me/").text
    assert "Có mặt 07:20" in page
    assert 'action="/me/check-out/"' in page
    time_machine.move_to(moment(TUESDAY, 11, 0), tick=False)
    assert "Đã ghi bạn về lúc 11:00." in client.post("/me/check-out/", follow=True).text
    assert "/me/check-" not in client.get("/me/").text


def test_a_check_in_without_a_duty_says_why_and_a_stranger_has_no_such_page(w, as_user):
    assert "Hôm nay bạn không có ca trực nào." in as_user(w.volunteer).post("/me/check-in/", follow=True).text
    assert as_user(w.leadership).post("/me/check-in/").status_code == 404
    assert as_user(w.volunteer).get("/me/check-in/").status_code == 405
    assert Attendance.objects.count() == 0
