"""Leave: stored, refused, withdrawn, and what it does to duties and to the site."""

import datetime

import pytest

from shifts.duties.leave import (
    LeaveOverlaps,
    LeaveRefused,
    LeaveTouchesDuties,
    leave_words,
    report_leave,
    short_days,
    withdraw_leave,
)
from shifts.models import Leave, OpenPlace
from tests.factories import make_user

from .people import MONDAY, NOW, THURSDAY, TUESDAY, WEDNESDAY, event_for, held, moment, published_world, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def w():
    return published_world()


def report(w, first=WEDNESDAY, last=None, person=None, at=NOW, **fields):
    person = person or w.volunteer
    return report_leave(volunteer=person.volunteer, date_from=first, date_to=last or first, by=person, at=at, **fields)


def test_leave_of_some_days_is_stored(w):
    leave = report(w, WEDNESDAY, THURSDAY, session="sang", reason="Thi")
    assert (leave.volunteer, leave.date_from, leave.date_to, leave.session) == (w.me, WEDNESDAY, THURSDAY, "sang")
    assert leave_words(leave) == "04/11 đến 05/11/2026, buổi sáng"
    assert (leave.reason, leave.made_by) == ("Thi", w.volunteer)


@pytest.mark.parametrize(
    ("first", "last", "sentence", "field"),
    [
        (MONDAY - datetime.timedelta(days=1), None, "đã qua", "date_from"),
        (THURSDAY, WEDNESDAY, "không được trước", "date_to"),
        (WEDNESDAY, WEDNESDAY + datetime.timedelta(days=366), "dài nhất là một năm", "date_to"),
        (datetime.date(9999, 12, 31), None, "tối đa hai năm", "date_to"),
    ],
)
def test_days_that_make_no_sense_are_refused_with_what_is_right(w, first, last, sentence, field):
    with pytest.raises(LeaveRefused, match=sentence) as refusal:
        report(w, first, last)
    assert refusal.value.field == field
    assert Leave.objects.filter(volunteer=w.me).count() == 0


def test_a_whole_year_and_today_are_allowed(w):
    report(w, MONDAY)
    report(w, WEDNESDAY, WEDNESDAY + datetime.timedelta(days=365))
    assert Leave.objects.filter(volunteer=w.me).count() == 2


def test_overlapping_leave_is_refused_by_naming_the_other(w):
    report(w, WEDNESDAY, THURSDAY)
    with pytest.raises(LeaveOverlaps, match="04/11 đến 05/11/2026"):
        report(w, THURSDAY, session="chieu")


def test_morning_and_afternoon_of_one_day_do_not_overlap(w):
    report(w, WEDNESDAY, session="sang")
    report(w, WEDNESDAY, session="chieu")
    with pytest.raises(LeaveOverlaps):
        report(w, WEDNESDAY)


def test_leave_over_a_duty_says_which_and_is_not_stored_silently(w):
    with pytest.raises(LeaveTouchesDuties) as refusal:
        report(w, MONDAY, THURSDAY)
    assert refusal.value.duties == held(w.volunteer, TUESDAY)
    assert Leave.objects.filter(volunteer=w.me).count() == 0


def test_leave_with_open_places_gives_the_duties_up_in_the_same_step(w):
    free = make_user("ranh", "Trần Đình Phúc", team=w.team)
    report(w, MONDAY, THURSDAY, open_places=True)
    assert held(w.volunteer, TUESDAY) == []
    assert OpenPlace.objects.waiting().count() == 2
    assert texts(free) == ["Đang cần người: thứ Ba 03/11 (Tầng 2, sáng và chiều). Bạn nhận được không?"]
    assert any("không đến được thứ Ba 03/11" in text for text in texts(w.leader))


def test_leave_of_a_morning_touches_only_the_morning(w):
    report(w, TUESDAY, session="sang", open_places=True)
    assert [row.session for row in held(w.volunteer, TUESDAY)] == ["chieu"]


def test_leave_over_an_event_tells_its_leaders(w):
    event_for(w, w.volunteer, MONDAY + datetime.timedelta(days=5))
    saturday = MONDAY + datetime.timedelta(days=5)
    with pytest.raises(LeaveTouchesDuties) as refusal:
        report(w, saturday)
    assert [row.event.venue for row in refusal.value.events] == ["Trường THPT Hòn Gai"]
    report(w, saturday, open_places=True)
    assert texts(w.leader) == ["Nguyễn Thu Hà báo bận, không đến được hoạt động Trường THPT Hòn Gai ngày 07/11."]


def test_nobody_is_told_of_leave_that_leaves_enough_people(w):
    for number in range(4):
        make_user(f"them{number}", f"Nguyễn Văn Thêm{number}", team=w.team)
    report(w, WEDNESDAY)
    assert texts(w.leader) == []


def test_the_leader_is_told_when_leave_makes_days_short_even_down_to_nobody(w):
    for person in (w.mate, w.specialist, w.leader):
        report(w, WEDNESDAY, THURSDAY, person=person)
    w.leader.notices.all().delete()
    report(w, WEDNESDAY, THURSDAY)
    assert texts(w.leader) == [
        "Nguyễn Thu Hà báo bận 04/11 đến 05/11/2026. Mỗi buổi cần 3 người; số bạn còn rảnh: 04/11 (0), 05/11 (0)."
    ]


def test_days_on_which_the_site_is_closed_are_never_short(w):
    saturday = MONDAY + datetime.timedelta(days=5)
    leave = report(w, saturday, saturday + datetime.timedelta(days=1))
    assert short_days(leave, NOW)[0] == []


def test_withdrawn_leave_is_gone_and_can_be_reported_again(w):
    leave = report(w, WEDNESDAY)
    withdraw_leave(leave=leave, by=w.volunteer, at=NOW)
    assert Leave.objects.standing().filter(volunteer=w.me).count() == 0
    report(w, WEDNESDAY)


def test_of_leave_that_has_begun_only_the_rest_is_withdrawn(w):
    leave = report(w, WEDNESDAY, THURSDAY)
    withdraw_leave(leave=leave, by=w.volunteer, at=moment(THURSDAY))
    leave.refresh_from_db()
    assert (leave.date_to, leave.withdrawn_at) == (WEDNESDAY, None)


def test_past_or_withdrawn_leave_is_not_withdrawn(w):
    leave = report(w, WEDNESDAY)
    with pytest.raises(LeaveRefused, match="đã qua"):
        withdraw_leave(leave=leave, by=w.volunteer, at=moment(THURSDAY))
    withdraw_leave(leave=leave, by=w.volunteer, at=NOW)
    with pytest.raises(LeaveRefused, match="đã được rút"):
        withdraw_leave(leave=leave, by=w.volunteer, at=NOW)
