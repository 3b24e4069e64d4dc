"""/roster/today/: who sees what, who may mark, one tap and its undo, and what the page costs."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from assistance.models import DailyTally
from shifts.models import Assignment, Attendance, AttendanceMark, CalendarDay, OpenPlace, Post, Role, Roster, User
from tests.factories import make_user, publish, roster_world

pytestmark = pytest.mark.django_db
TUESDAY = datetime.date(2026, 11, 24)
URL = "/roster/today/"
HTMX = {"HX-Request": "true"}


def at(hour, minute=0, date=TUESDAY):
    return datetime.datetime.combine(date, datetime.time(hour, minute), timezone.get_current_timezone())


@pytest.fixture
def clock():
    with time_machine.travel(at(7, 48), tick=False) as clock:
        yield clock


@pytest.fixture
def w(db, clock):
    """07:48 of a Tuesday: T1 held by the volunteer, T2 by the mate, T3 by Yến, who has not come."""
    w = roster_world()
    w.on_t1, w.on_t2 = on_duty(w, w.volunteer, w.t1), on_duty(w, w.mate, w.t2)
    w.on_t3 = on_duty(w, w.away, w.t3)
    publish(w.roster, w.leader)
    for number, user in enumerate((w.mate, w.away, w.newcomer, w.specialist)):
        User.objects.filter(pk=user.pk).update(phone=f"091200000{number}")
    return w


def on_duty(w, user, post, session="sang", date=TUESDAY):
    return Assignment.objects.create(roster=w.roster, date=date, session=session, post=post, volunteer=user.volunteer)


def client_of(user):
    client = Client()
    client.force_login(user, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def page_of(user, url=URL):
    return client_of(user).get(url)


def say(user, duty, state, htmx=True, **more):
    headers = HTMX if htmx else {}
    return client_of(user).post(f"{URL}{duty.pk}/mark/", {"state": state, **more}, headers=headers)


def logged(w, user, visits):
    DailyTally.objects.create(
        date=TUESDAY, unit=w.province, team=w.team, site=w.site, post=w.t1, volunteer=user, audience="citizen",
        figure="visits", value=visits,
    )  # fmt: skip


def floors(page):
    session = page.context["day"].current
    return [(floor.post.name, floor.here, floor.is_empty) for floor in session.floors]


def state(duty):
    return Attendance.objects.get(assignment=duty).state


def test_empty_floors_come_first_then_the_complete_ones(w):
    say(w.leader, w.on_t1, "present", arrived="07:24")
    say(w.leader, w.on_t2, "present")
    page = page_of(w.leader)
    assert floors(page) == [("Tầng 3", 0, True), ("Tầng 1", 1, False), ("Tầng 2", 1, False)]
    html = page.content.decode()
    assert "Tầng 3 chưa có ai" in html and "18 phút" in html
    assert "07:24, chưa ghi lượt" in html and "Muộn 18 phút" in html
    session = page.context["day"].current
    assert (session.here, session.late, len(session.empty)) == (2, 1, 1)


def test_leader_gets_whom_to_call_for_the_empty_floor_those_with_fewest_days_first(w):
    on_duty(w, w.newcomer, w.t1, date=TUESDAY - datetime.timedelta(days=1))
    page = page_of(w.leader)
    free = page.context["day"].current.floors[2].callable
    # tang1 may hold T1 only; the others are on duty now.
    assert [(row.user.username, row.days) for row in free] == [("doitruong", 0), ("moi", 1)]
    html = page.content.decode()
    assert 'href="tel:0912000002"' in html and "Rảnh, 1 ngày tháng này" in html
    assert 'href="tel:0912000001"' in html  # Yến herself, first of all


def test_volunteer_sees_colleagues_and_their_states_but_no_number_and_no_button_for_them(w):
    say(w.leader, w.on_t2, "present")
    html = page_of(w.volunteer).content.decode()
    assert "Phạm Quốc Khánh" in html and "Muộn 18 phút" in html
    assert "tel:" not in html and "/mark/" not in html and "Ai thay được" not in html
    assert "Tôi có mặt" in html


def test_visits_of_the_day_stand_beside_their_people(w):
    say(w.leader, w.on_t1, "present")
    say(w.leader, w.on_t2, "present")
    logged(w, w.volunteer, 6)
    html = page_of(w.leader).content.decode()
    assert "6 lượt" in html and "chưa ghi lượt" in html


def test_leader_is_shown_who_logs_nothing_and_who_logs_without_a_duty(w):
    say(w.leader, w.on_t1, "present")
    say(w.leader, w.on_t2, "present")
    logged(w, w.volunteer, 6)
    logged(w, w.specialist, 4)
    context = page_of(w.leader).context
    assert [person.user for person in context["silent"]] == [w.mate]
    assert [(row.name, row.visits) for row in context["unplanned"]] == [("Đỗ Thùy Linh", 4)]
    assert "Cần xem lại" not in page_of(w.volunteer).content.decode()


@pytest.mark.parametrize("name", ["stranger", "leadership"])
def test_who_has_no_reach_gets_404_and_who_only_looks_gets_403(w, name):
    user = getattr(w, name)
    expected = {"stranger": 404, "leadership": 403}[name]
    assert page_of(user, f"{URL}?site=TTHCC").status_code == {"stranger": 404, "leadership": 200}[name]
    assert page_of(user, f"{URL}{w.on_t1.pk}/").status_code == expected
    assert say(user, w.on_t1, "present").status_code == expected
    assert Attendance.objects.count() == 0


def test_volunteer_may_not_mark_a_colleague_nor_themselves_by_the_leaders_way(w):
    assert say(w.volunteer, w.on_t2, "present").status_code == 403
    assert say(w.volunteer, w.on_t1, "excused").status_code == 403
    assert page_of(w.volunteer, f"{URL}{w.on_t1.pk}/").status_code == 403
    assert Attendance.objects.count() == 0


def test_staff_above_the_site_mark_too(w):
    Role.objects.create(user=w.leadership, kind="staff", unit=w.province)
    assert say(w.leadership, w.on_t1, "absent").status_code == 200
    assert state(w.on_t1) == "absent"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"state": "present"}, ("late", "07:48")),
        ({"state": "on_time"}, ("present", "07:30")),
        ({"state": "late"}, ("late", "07:48")),
        ({"state": "times", "arrived": "07:35"}, ("present", "07:35")),
        ({"state": "times", "arrived": "07:35", "left": "07:45"}, ("left", "07:35")),
        ({"state": "times", "note": "đang gọi"}, ("expected", None)),
        ({"state": "absent"}, ("absent", None)),
        ({"state": "excused", "note": "ốm"}, ("excused", None)),
    ],
)
def test_leader_says_every_state_by_one_tap_or_with_times(w, sent, kept):
    answer = client_of(w.leader).post(f"{URL}{w.on_t1.pk}/mark/", sent, headers=HTMX)
    assert answer.status_code == 200
    row = Attendance.objects.get()
    assert (row.state, row.arrived_at and f"{timezone.localtime(row.arrived_at):%H:%M}") == kept
    assert row.note == sent.get("note", "")


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"state": "times", "arrived": "chín giờ"}, "Giờ viết như 07:30"),
        ({"state": "times", "arrived": "07:55"}, "Giờ này chưa đến"),
        ({"state": "nhảy"}, "Không có trạng thái"),
        ({}, ""),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_in_place(w, sent, sentence):
    answer = client_of(w.leader).post(f"{URL}{w.on_t1.pk}/mark/", sent, headers=HTMX)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "<html" not in answer.content.decode()
    assert Attendance.objects.count() == 0


def test_without_a_script_the_page_comes_back_with_undo(w):
    answer = say(w.leader, w.on_t1, "present", htmx=False)
    mark = AttendanceMark.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"{URL}?site=TTHCC&marked={mark.pk}")
    assert f'name="mark" value="{mark.pk}"' in page_of(w.leader, answer["Location"]).content.decode()
    answer = client_of(w.leader).post(f"{URL}{w.on_t1.pk}/undo/", {"mark": mark.pk})
    assert answer["Location"] == f"{URL}?site=TTHCC"
    assert state(w.on_t1) == "expected"


def test_undo_of_what_was_marked_again_is_refused(w):
    say(w.leader, w.on_t1, "present")
    first = AttendanceMark.objects.get()
    say(w.leader, w.on_t1, "absent")
    answer = client_of(w.leader).post(f"{URL}{w.on_t1.pk}/undo/", {"mark": first.pk}, headers=HTMX)
    assert answer.status_code == 422 and "vừa được điểm danh lại" in answer.content.decode()
    assert state(w.on_t1) == "absent"


def test_person_undoes_the_own_tap_while_the_session_runs_and_not_what_the_leader_said(w, clock):
    client = client_of(w.volunteer)
    client.post(f"{URL}check-in/", headers=HTMX)
    own = AttendanceMark.objects.get()
    assert client.post(f"{URL}{w.on_t1.pk}/undo/", {"mark": own.pk}, headers=HTMX).status_code == 200
    assert state(w.on_t1) == "expected"
    say(w.leader, w.on_t1, "absent")
    leaders = AttendanceMark.objects.latest("pk")
    assert client.post(f"{URL}{w.on_t1.pk}/undo/", {"mark": leaders.pk}).status_code == 403
    client.post(f"{URL}check-in/")
    late = AttendanceMark.objects.latest("pk")
    clock.move_to(at(11, 31))
    assert client.post(f"{URL}{w.on_t1.pk}/undo/", {"mark": late.pk}).status_code == 403


@pytest.mark.parametrize("key", ["", "x", "9" * 40, "-1"])
def test_undo_of_a_mark_that_is_none_is_404(w, key):
    say(w.leader, w.on_t1, "present")
    assert client_of(w.leader).post(f"{URL}{w.on_t1.pk}/undo/", {"mark": key}).status_code == 404


def test_own_tap_marks_only_me_and_going_marks_that(w, clock):
    client = client_of(w.volunteer)
    answer = client.post(f"{URL}check-in/", headers=HTMX)
    assert answer.status_code == 200 and "Muộn 18 phút" in answer.content.decode()
    assert list(Attendance.objects.values_list("assignment", "state")) == [(w.on_t1.pk, "late")]
    clock.move_to(at(10))
    client.post(f"{URL}check-out/")
    assert state(w.on_t1) == "left"


def test_tap_of_somebody_without_a_duty_is_a_sentence(w):
    answer = client_of(w.specialist).post(f"{URL}check-in/", headers=HTMX)
    assert answer.status_code == 422 and "Hôm nay bạn không có ca trực nào" in answer.content.decode()
    answer = client_of(w.specialist).post(f"{URL}check-in/", {"next": "desk"}, follow=True)
    assert "Hôm nay bạn không có ca trực nào" in answer.content.decode()


def test_before_opening_the_page_says_who_is_expected_and_nothing_is_red(w, clock):
    clock.move_to(at(7))
    page = page_of(w.leader)
    html = page.content.decode()
    assert "Ca bắt đầu lúc 07:30" in html and "chưa có ai" not in html
    assert page.context["day"].current.expected == 3


def test_next_session_that_is_short_says_so_and_whom_to_call(w):
    on_duty(w, w.volunteer, w.t1, "chieu")
    page = page_of(w.leader)
    (later,) = page.context["day"].later
    assert (later.lacking, [floor.post.name for floor in later.short]) == (2, ["Tầng 2", "Tầng 3"])
    # The volunteer holds T1 then, tang1 may hold no other floor; the first two have no day yet, the others one today.
    assert [row.user.username for row in later.floors[1].callable] == ["doitruong", "moi", "ban", "vang"]
    assert "Thiếu 2 người" in page.content.decode()


def test_sessions_that_are_over_fold_and_wait_for_corrections(w, clock):
    say(w.leader, w.on_t1, "present")
    clock.move_to(at(12))
    page = page_of(w.leader)
    assert [session.session.session for session in page.context["day"].over] == ["sang"]
    assert page.context["day"].current.session.session == "chieu"
    assert "Đã đến 1 / 3" in page.content.decode() and "Chưa điểm danh" in page.content.decode()
    assert say(w.leader, w.on_t2, "on_time").status_code == 200


def test_closed_day_and_day_without_published_roster_say_so(w):
    CalendarDay.objects.create(date=TUESDAY, name="Nghỉ bù Quốc khánh", is_open=False)
    assert "Nghỉ bù Quốc khánh" in page_of(w.volunteer).content.decode()
    CalendarDay.objects.all().delete()
    Roster.objects.update(state="draft", version=0, published_at=None)
    html = page_of(w.volunteer).content.decode()
    assert "Chưa công bố lịch trực" in html and "Phạm Quốc Khánh" not in html
    assert say(w.leader, w.on_t1, "present").status_code == 404


def test_cancelled_duty_is_gone_from_the_page_and_takes_no_mark(w):
    Assignment.objects.filter(pk=w.on_t2.pk).update(state="cancelled", ended_at=timezone.now())
    assert "Phạm Quốc Khánh" not in page_of(w.volunteer).content.decode()
    answer = say(w.leader, w.on_t2, "present")
    assert answer.status_code == 422 and "đã hủy" in answer.content.decode()


def test_yesterday_can_be_corrected_and_tomorrow_not_opened(w):
    monday = TUESDAY - datetime.timedelta(days=1)
    duty = on_duty(w, w.volunteer, w.t1, date=monday)
    page = page_of(w.leader, f"{URL}?date=2026-11-23")
    assert page.status_code == 200 and "hx-trigger" not in page.content.decode()
    answer = say(w.leader, duty, "on_time", htmx=False)
    assert answer["Location"].startswith(f"{URL}?site=TTHCC&date=2026-11-23&marked=")
    assert state(duty) == "present"


@pytest.mark.parametrize(
    "date", ["2026-11-25", "9999-12-31", "0001-01-01", "0999-05-05", "2026-02-30", "hôm qua", "\x00"]
)
def test_day_to_come_or_that_is_none_leads_to_today_with_a_sentence(w, date):
    answer = client_of(w.leader).get(URL, {"date": date}, follow=True)
    assert answer.status_code == 200 and answer.context["is_today"]
    assert "Ngày này không xem được" in answer.content.decode()


@pytest.mark.parametrize("site", ["KHONGCO", "\x00", "x" * 300, "H193"])
def test_site_out_of_reach_is_404(w, site):
    assert client_of(w.leader).get(URL, {"site": site}).status_code == 404


def test_people_of_several_sites_choose_one(w):
    page = page_of(w.leadership)
    assert [site.code for site in page.context["sites"]] == ["H193", "TTHCC"]
    assert page_of(w.leadership, f"{URL}?site=TTHCC").context["day"].site == w.site
    assert page_of(w.leader).context["sites"] == []


def test_person_without_any_site_gets_404(w):
    assert page_of(make_user("ai", "Không Đội")).status_code == 404


def test_huge_key_of_a_duty_is_404(w):
    assert page_of(w.leader, f"{URL}{10**30}/").status_code == 404
    assert page_of(w.leader, f"{URL}?marked={'9' * 50}").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_however_many_people(w, count, django_assert_num_queries):
    more = [make_user(f"them{number}", f"Thêm {number}", team=w.team) for number in range(count)]
    for duty in [w.on_t1, w.on_t2, w.on_t3, *(on_duty(w, user, w.t1) for user in more)]:
        say(w.leader, duty, "present")
        logged(w, duty.volunteer.user, 2)
    leader, volunteer = client_of(w.leader), client_of(w.volunteer)
    on_duty(w, w.leader, w.t1, "chieu"), on_duty(w, w.mate, w.t2, "chieu"), on_duty(w, w.away, w.t3, "chieu")
    leader.get(URL)  # reads the lists that are kept in memory
    # One of events; for the leader one of places, and one of events without result.
    for client, queries in ((leader, 9), (volunteer, 7)):
        with django_assert_num_queries(queries):
            assert client.get(URL).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_call_list_takes_five_queries_more_however_many_are_free(w, count, django_assert_num_queries):
    for number in range(count):
        make_user(f"them{number}", f"Thêm {number}", team=w.team)
    client = client_of(w.leader)
    client.get(URL)
    with django_assert_num_queries(13):
        assert client.get(URL, headers=HTMX).status_code == 200


def test_leader_sees_where_somebody_is_wanted_on_the_days_to_come(w):
    for date, session in ((TUESDAY, "chieu"), (TUESDAY.replace(day=27), "chieu"), (TUESDAY.replace(day=27), "sang")):
        OpenPlace.objects.create(roster=w.roster, date=date, session=session, post=w.t2)
    spot = f"/roster/TTHCC/2026-11/?at=2026-11-27.{w.t2.pk}.sang-chieu"
    assert page_of(w.leader).context["wanted"] == [("thứ Sáu 27/11, Tầng 2, sáng và chiều", spot)]
    assert "Thứ Sáu 27/11, Tầng 2, sáng và chiều" in page_of(w.leader).content.decode()
    assert "đang cần người" not in page_of(w.volunteer).content.decode()
    assert "đang cần người" not in page_of(w.leader, f"{URL}?date=2026-11-23").content.decode()


def test_fragment_is_only_the_part_that_changes(w):
    html = client_of(w.leader).get(URL, headers=HTMX).content.decode()
    assert html.lstrip().startswith('<div class="today" id="today"') and "<html" not in html


def test_post_without_minimum_and_without_people_is_no_floor(w):
    Post.objects.filter(pk=w.t3.pk).update(min_people=0)
    w.on_t3.delete()
    assert [name for name, _here, _empty in floors(page_of(w.leader))] == ["Tầng 1", "Tầng 2"]
