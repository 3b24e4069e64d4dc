"""Who goes to an event: the rules of the roster, told, undone."""

import datetime

import pytest

from shifts.attendance import hours_of, mark
from shifts.duties.absences import report_event_absence
from shifts.duties.leave import report_leave
from shifts.models import Assignment, EventAbsence, Leave
from shifts.outreach.absences import come_after_all
from shifts.outreach.events import OutreachRefused
from shifts.outreach.facts import EventFacts
from shifts.outreach.people import change_people
from shifts.outreach.sessions import part_of, sessions_of
from shifts.roster.changes import change_roster
from shifts.roster.facts import Duty
from shifts.roster.on_duty import duties_of_day
from tests.factories import make_user

from .people import AFTER, NOW, SATURDAY, confirm, going, make_event, outreach_world, put, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(db):
    return outreach_world()


def time(hour, minute=0):
    return datetime.time(hour, minute)


@pytest.mark.parametrize(
    ("starts", "ends", "sessions"),
    [
        (time(7, 30), time(10, 30), ["sang"]),
        (time(7, 30), time(16), ["sang", "chieu"]),
        (time(14), time(19), ["chieu", "toi"]),
        (time(5), time(6), ["sang"]),
        (time(12), time(13), ["sang"]),
        (time(21), time(22), ["toi"]),
        (time(11, 30), time(13, 30), ["sang"]),
    ],
)
def test_sessions_follow_from_the_hours_of_the_event(starts, ends, sessions):
    assert sessions_of(starts, ends) == sessions


def test_the_parts_of_a_whole_day_add_up_to_its_hours():
    assert part_of("sang", time(7, 30), time(16)) == (time(7, 30), time(13, 30))
    assert part_of("chieu", time(7, 30), time(16)) == (time(13, 30), time(16))


def test_hours_of_a_whole_day_count_once(w):
    event = make_event(w, ends_at=time(16))
    put(w, w.me, event=event)
    parts = [hours_of(row) for row in Assignment.objects.filter(event=event).order_by("-session")]
    assert sum((part.ends - part.starts).total_seconds() for part in parts) == 8.5 * 3600
    assert [row.starts_at for row in duties_of_day(w.me.pk, SATURDAY).duties] == [time(7, 30), time(13, 30)]


def test_people_are_put_on_the_list_and_taken_off(w):
    put(w, w.me, w.mate_v)
    assert going(w.event) == [("ban", "sang"), ("tnv", "sang")]
    change = change_people(event=w.event, by=w.leader, remove=[w.me.pk], at=NOW)
    assert change.removed == [w.me]
    assert going(w.event) == [("ban", "sang")]
    assert Assignment.objects.get(event=w.event, volunteer=w.me).state == "cancelled"


def test_nobody_is_told_before_the_event_is_confirmed_and_then_only_those_touched(w):
    put(w, w.me)
    assert told(w.volunteer) == []
    confirm(w)
    assert told(w.volunteer) == ["Bạn tham gia Trường THPT Hòn Gai, thứ Bảy 14/11, 07:30 đến 10:30."]
    put(w, w.mate_v, w.leader_v)
    assert len(told(w.volunteer)) == 1
    assert len(told(w.mate)) == 1
    assert told(w.leader) == []  # of their own act
    change_people(event=w.event, by=w.leader, remove=[w.me.pk], at=NOW)
    assert told(w.volunteer)[-1] == "Bạn không còn tham gia Trường THPT Hòn Gai, thứ Bảy 14/11, 07:30 đến 10:30."


def test_who_is_on_duty_on_floor_2_is_refused_with_who_where_and_when(w):
    friday = datetime.date(2026, 11, 13)
    change_roster(roster=w.roster, kind="edit", by=w.leader, add=[Duty(friday, "sang", w.t2, w.leader_v)], quiet=True)
    event = make_event(w, friday)
    with pytest.raises(OutreachRefused) as refused:
        put(w, w.leader_v, event=event)
    assert str(refused.value) == "Hạnh đã trực ca sáng thứ Sáu 13/11 ở Tầng 2, Trung tâm."
    assert going(event) == []


def test_two_events_the_same_morning_refuse_the_same_person(w):
    put(w, w.me)
    other = make_event(w, venue="Chợ Hạ Long 1")
    with pytest.raises(OutreachRefused, match="đã có hoạt động Trường THPT Hòn Gai ca sáng thứ Bảy 14/11"):
        put(w, w.me, event=other)
    afternoon = make_event(w, starts_at=time(14), ends_at=time(16))
    put(w, w.me, event=afternoon)
    assert going(afternoon) == [("tnv", "chieu")]


def test_all_are_put_on_the_list_or_nobody(w):
    Leave.objects.create(volunteer=w.me, date_from=SATURDAY, date_to=SATURDAY)
    with pytest.raises(OutreachRefused, match="báo bận ngày 14/11"):
        put(w, w.mate_v, w.me)
    assert going(w.event) == []


def test_maxima_of_the_week_hold_at_events_too(w):
    w.me.max_per_week = 1
    w.me.save()
    put(w, w.me)
    with pytest.raises(OutreachRefused, match="đủ mức 1 ngày trực tuần này"):
        put(w, w.me, event=make_event(w, SATURDAY + datetime.timedelta(days=1)))


def test_people_of_another_team_are_refused(w):
    with pytest.raises(OutreachRefused, match="không thuộc Đội hình tỉnh"):
        put(w, w.stranger.volunteer)


def test_who_could_come_is_ranked_by_duty_days_of_the_month(w):
    put(w, w.me, event=make_event(w, SATURDAY + datetime.timedelta(days=7)))
    rows = EventFacts(w.event).callable()
    assert [(row.user.username, row.days) for row in rows][-1] == ("tnv", 1)
    assert "vang" not in [row.user.username for row in rows]  # on leave until the 15th
    assert "moi" not in [row.user.username for row in rows]  # joins later


def test_who_was_marked_as_here_is_not_taken_off(w):
    put(w, w.me)
    confirm(w)
    mark(assignment=Assignment.objects.get(event=w.event), state="present", by=w.leader, at=AFTER)
    with pytest.raises(OutreachRefused, match="Hà đã được điểm danh"):
        change_people(event=w.event, by=w.leader, remove=[w.me.pk], at=AFTER)


def test_an_absence_stays_beside_the_duty_until_it_is_taken_back_or_the_duty_ends(w):
    put(w, w.me, w.mate_v)
    duty = Assignment.objects.select_related("event__team").get(event=w.event, volunteer=w.me)
    assert report_event_absence(volunteer=w.me, duty=duty, by=w.volunteer) == 1
    assert list(EventAbsence.objects.values_list("assignment", flat=True)) == [duty.pk]
    assert w.leader.notices.get().url == f"/outreach/{w.event.pk}/"
    assert come_after_all(event=w.event, user=w.volunteer) is True
    assert told(w.leader)[-1].startswith("Nguyễn Thu Hà lại đến được Trường THPT Hòn Gai")
    assert come_after_all(event=w.event, user=w.volunteer) is False
    report_event_absence(volunteer=w.me, duty=duty, by=w.volunteer)
    change_people(event=w.event, by=w.leader, remove=[w.me.pk], at=NOW)
    assert EventAbsence.objects.count() == 0


def test_leave_over_an_event_opens_the_place_too(w):
    put(w, w.me)
    report_leave(volunteer=w.me, date_from=SATURDAY, date_to=SATURDAY, open_places=True, by=w.volunteer, at=NOW)
    assert EventAbsence.objects.get().assignment.volunteer == w.me


@pytest.mark.parametrize("count", [1, 3])
def test_facts_of_an_event_take_the_same_queries_however_many_people(w, count, django_assert_num_queries):
    for number in range(count):
        put(w, make_user(f"them{number}", f"Thêm {number}", team=w.team).volunteer)
    with django_assert_num_queries(5):
        EventFacts(w.event).callable()
