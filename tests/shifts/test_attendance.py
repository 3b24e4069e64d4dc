"""Attendance: what a mark stores, refuses and undoes; one's own tap; the figures duties and hours."""

import datetime
import threading

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from shifts.attendance import (
    AttendanceRefused,
    MarkedMeanwhile,
    Served,
    check_in,
    check_out,
    last_mark,
    mark,
    served,
    served_in,
    undo_mark,
)
from shifts.models import Assignment, Attendance, OutreachEvent, Roster, SiteSession, Team, TeamUnit
from tests.factories import publish

DAY = datetime.date(2026, 11, 24)
pytestmark = pytest.mark.django_db


def at(hour, minute=0, date=DAY):
    return datetime.datetime.combine(date, datetime.time(hour, minute), timezone.get_current_timezone())


@pytest.fixture
def w(world):
    world.roster = Roster.objects.create(site=world.site, month=DAY.replace(day=1))
    world.duty = on_duty(world, world.volunteer)
    publish(world.roster, world.leader)
    return world


def on_duty(w, user, session="sang", post=None, date=DAY):
    return Assignment.objects.create(
        roster=w.roster, date=date, session=session, post=post or w.t1, volunteer=user.volunteer
    )


def say(w, state, when, **more):
    return mark(assignment=w.duty, state=state, by=w.leader, at=when, **more)


def stored():
    row = Attendance.objects.get()
    times = [moment and f"{timezone.localtime(moment):%H:%M}" for moment in (row.arrived_at, row.left_at)]
    return row.state, *times, row.minutes


@pytest.mark.parametrize(
    ("state", "when", "kept"),
    [
        ("present", at(7, 24), ("present", "07:24", None, 240)),
        ("present", at(7, 40), ("present", "07:40", None, 230)),
        ("present", at(7, 41), ("late", "07:41", None, 229)),
        ("late", at(7, 35), ("late", "07:35", None, 235)),
        ("present", at(18), ("present", "07:30", None, 240)),  # said afterwards: they came in time
        ("late", at(18), ("late", "07:41", None, 229)),
        ("left", at(10), ("left", "10:00", "10:00", 90 - 90)),
        ("left", at(18), ("left", "07:30", "11:30", 240)),
        ("absent", at(9), ("absent", None, None, 0)),
        ("excused", at(9), ("excused", None, None, 0)),
        ("expected", at(9), ("expected", None, None, 0)),
    ],
)
def test_one_tap_stores_the_state_with_its_times_and_minutes(w, state, when, kept):
    say(w, state, when)
    assert stored() == kept


def test_minutes_are_counted_inside_the_hours_of_the_session(w):
    say(w, "present", at(18), arrived_at=at(7))
    assert stored() == ("present", "07:00", None, 240)
    say(w, "left", at(18), left_at=at(12, 15))
    assert stored() == ("left", "07:00", "12:15", 240)
    say(w, "left", at(18), arrived_at=at(8), left_at=at(9, 30))
    assert stored() == ("left", "08:00", "09:30", 90)


def test_who_left_and_comes_back_is_here_again_since_they_first_came(w):
    say(w, "present", at(7, 24))
    say(w, "left", at(9))
    say(w, "present", at(10))
    assert stored() == ("present", "07:24", None, 240)


def test_marking_again_what_is_marked_changes_nothing(w):
    say(w, "present", at(7, 24))
    say(w, "present", at(8, 50))
    assert stored() == ("present", "07:24", None, 240)
    assert Attendance.objects.get().marks.count() == 1


@pytest.mark.parametrize(
    ("state", "times", "sentence"),
    [
        ("present", {"arrived_at": at(10)}, "Giờ này chưa đến"),
        ("left", {"arrived_at": at(8, 50), "left_at": at(8)}, "Giờ về phải sau giờ đến, 08:50"),
        ("present", {"arrived_at": at(7, date=DAY - datetime.timedelta(days=1))}, "trong ngày của ca trực"),
        ("present", {"note": "x" * 121}, "dài quá 120"),
        ("dancing", {}, "Không có trạng thái"),
    ],
)
def test_times_that_cannot_be_are_refused_with_a_sentence_and_nothing_is_stored(w, state, times, sentence):
    with pytest.raises(AttendanceRefused, match=sentence):
        say(w, state, at(9), **times)
    assert Attendance.objects.count() == 0


def test_arrival_after_the_end_is_refused(w):
    with pytest.raises(AttendanceRefused, match="trước khi hết ca, 11:30"):
        say(w, "present", at(18), arrived_at=at(11, 45))


def test_cancelled_draft_and_future_duties_take_no_mark(w):
    with pytest.raises(AttendanceRefused, match="chưa đến ngày"):
        say(w, "excused", at(20, date=DAY - datetime.timedelta(days=1)))
    Assignment.objects.update(state="cancelled", ended_at=timezone.now())
    with pytest.raises(AttendanceRefused, match="đã hủy"):
        say(w, "present", at(8))
    Assignment.objects.update(state="active", ended_at=None)
    Roster.objects.update(state="draft", version=0, published_at=None)
    with pytest.raises(AttendanceRefused, match="chưa công bố"):
        say(w, "present", at(8))
    assert Attendance.objects.count() == 0


def test_session_that_the_site_no_longer_has_is_refused_with_a_sentence(w):
    SiteSession.objects.filter(session="sang").delete()
    with pytest.raises(AttendanceRefused, match="không còn giờ trực"):
        say(w, "present", at(8))


def test_undo_brings_back_what_was_marked_before_down_to_nothing(w):
    say(w, "present", at(7, 24))
    say(w, "absent", at(9), note="gọi không được")
    attendance = Attendance.objects.get()
    undo_mark(attendance=attendance, by=w.leader)
    assert stored() == ("present", "07:24", None, 240)
    assert Attendance.objects.get().note == ""
    undo_mark(attendance=attendance, by=w.leader)
    assert stored() == ("expected", None, None, 0)
    with pytest.raises(AttendanceRefused, match="hoàn tác rồi"):
        undo_mark(attendance=attendance, by=w.leader)
    assert attendance.marks.count() == 2  # the history stays


def test_undo_of_a_mark_that_was_overtaken_is_refused(w):
    first = last_mark(say(w, "present", at(7, 24)))
    attendance = say(w, "left", at(9))
    with pytest.raises(MarkedMeanwhile, match="vừa được điểm danh lại"):
        undo_mark(attendance=attendance, mark=first, by=w.leader)
    assert stored()[0] == "left"


def test_undo_is_refused_once_the_duty_is_cancelled(w):
    attendance = say(w, "present", at(7, 24))
    Assignment.objects.update(state="cancelled", ended_at=timezone.now())
    with pytest.raises(AttendanceRefused, match="đã hủy"):
        undo_mark(attendance=attendance, by=w.leader)


# One's own tap


def test_tap_marks_the_session_that_runs_and_not_the_afternoon(w):
    afternoon = on_duty(w, w.volunteer, "chieu")
    check_in(user=w.volunteer, at=at(7, 24))
    assert stored() == ("present", "07:24", None, 240)
    check_in(user=w.volunteer, at=at(13, 20))
    assert Attendance.objects.get(assignment=afternoon).minutes == 210


def test_tap_twice_is_one_arrival(w):
    check_in(user=w.volunteer, at=at(7, 24))
    check_in(user=w.volunteer, at=at(8))
    assert stored() == ("present", "07:24", None, 240)


@pytest.mark.parametrize(("hour", "minute", "taken"), [(6, 29, False), (6, 30, True), (11, 30, True), (11, 31, False)])
def test_tap_is_taken_from_an_hour_before_the_start_to_the_end(w, hour, minute, taken):
    if taken:
        check_in(user=w.volunteer, at=at(hour, minute))
    else:
        with pytest.raises(AttendanceRefused):
            check_in(user=w.volunteer, at=at(hour, minute))
    assert Attendance.objects.exists() is taken


@pytest.mark.parametrize(
    ("name", "when", "sentence"),
    [
        ("volunteer", at(6), "bắt đầu 07:30, báo có mặt được từ 06:30"),
        ("volunteer", at(12), "đã hết giờ"),
        ("mate", at(8), "không có ca trực nào"),
        ("leadership", at(8), "không có ca trực nào"),
    ],
)
def test_tap_outside_ones_duty_says_when_it_can_be_made(w, name, when, sentence):
    with pytest.raises(AttendanceRefused, match=sentence):
        check_in(user=getattr(w, name), at=when)


def test_leaving_needs_having_come(w):
    with pytest.raises(AttendanceRefused, match="chưa báo có mặt"):
        check_out(user=w.volunteer, at=at(8))
    check_in(user=w.volunteer, at=at(7, 24))
    check_out(user=w.volunteer, at=at(10))
    assert stored() == ("left", "07:24", "10:00", 150)


def test_duty_at_an_event_is_attended_in_the_hours_of_the_event(w):
    event = OutreachEvent.objects.create(
        team=w.team, date=DAY, starts_at=datetime.time(8), ends_at=datetime.time(10, 30), venue_kind="school",
        venue="Trường A", host_unit=w.district,
    )  # fmt: skip
    Assignment.objects.create(event=event, date=DAY, session="sang", volunteer=w.mate.volunteer)
    check_in(user=w.mate, at=at(7, 50))
    assert stored() == ("present", "07:50", None, 150)


# Figures


def test_served_counts_who_came_and_nobody_else(w):
    for name, session, state in [
        ("mate", "sang", "absent"),
        ("mate", "chieu", "excused"),
        ("leader", "sang", "late"),
        ("leader", "chieu", "left"),
    ]:
        mark(assignment=on_duty(w, getattr(w, name), session), state=state, by=w.leader, at=at(20))
    assert served(DAY, DAY) == Served(duties=2, minutes=229 + 210)
    say(w, "present", at(20))
    assert served(DAY, DAY) == Served(duties=3, minutes=229 + 210 + 240)
    assert served(DAY, DAY).hours == 11.3
    Assignment.objects.filter(pk=w.duty.pk).update(state="cancelled", ended_at=timezone.now())
    assert served(DAY, DAY).duties == 2


def test_served_is_grouped_and_narrowed(w):
    say(w, "present", at(20))
    monday = DAY - datetime.timedelta(days=1)
    mark(assignment=on_duty(w, w.volunteer, date=monday), state="present", by=w.leader, at=at(20))
    mark(assignment=on_duty(w, w.mate, "chieu", w.t2), state="present", by=w.leader, at=at(20))
    me, mate = w.volunteer.volunteer.pk, w.mate.volunteer.pk
    assert served(monday, DAY, by=("volunteer",)) == {me: Served(2, 480), mate: Served(1, 210)}
    assert served(monday, DAY, by=("date", "post"), volunteers=[me]) == {
        (monday, w.t1.pk): Served(1, 240),
        (DAY, w.t1.pk): Served(1, 240),
    }
    assert served(DAY, DAY, units=[w.province]) == served(DAY, DAY, teams=[w.team]) == Served(2, 450)
    assert served(DAY, DAY, sites=[w.other_site]) == served(DAY, DAY, units=[w.district]) == Served()


def test_who_changes_team_leaves_the_duties_served_where_they_were(w):
    say(w, "present", at(20))
    w.volunteer.volunteer.team = w.other_team
    w.volunteer.volunteer.save()
    say(w, "late", at(21))
    assert served(DAY, DAY, by=("team", "unit")) == {(w.team.pk, w.province.pk): Served(1, 240)}
    assert served(DAY, DAY, teams=[w.other_team]) == Served()


def test_a_duty_marked_after_its_team_moved_is_stamped_with_the_unit_of_that_day(w):
    TeamUnit.objects.create(team=w.team, unit=w.province, valid_until=DAY)
    Team.objects.filter(pk=w.team.pk).update(unit=w.district)
    monday = DAY - datetime.timedelta(days=1)
    mark(assignment=on_duty(w, w.volunteer, date=monday), state="present", by=w.leader, at=at(20))
    say(w, "present", at(20))
    assert served(monday, DAY, by=("date", "unit")) == {
        (monday, w.province.pk): Served(1, 240),
        (DAY, w.district.pk): Served(1, 240),
    }


@pytest.mark.django_db(transaction=True)
def test_attendance_that_was_there_is_stamped_by_the_migration(w):
    say(w, "present", at(20))
    before = [("shifts", "0011_event_cancelled_at")]
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate(before)
    assert not hasattr(executor.loader.project_state(before).apps.get_model("shifts", "Attendance"), "team")
    MigrationExecutor(connection).migrate(latest)
    assert list(Attendance.objects.values_list("team", "unit")) == [(w.team.pk, w.province.pk)]


def test_several_periods_are_counted_in_one_question(w, django_assert_num_queries):
    say(w, "present", at(20))
    first = DAY.replace(month=1, day=1)
    with django_assert_num_queries(1):
        found = served_in({"day": (DAY, DAY), "year": (first, DAY), "before": (first, DAY.replace(day=2))})
    assert found == {"day": Served(1, 240), "year": Served(1, 240), "before": Served()}


@pytest.mark.django_db(transaction=True)
def test_many_marks_of_one_duty_at_once_leave_one_attendance_that_is_its_last_mark(w):
    states, faults = ["present", "absent", "excused", "left", "late"] * 3, []
    start = threading.Barrier(len(states))

    def run(state):
        try:
            start.wait()
            mark(assignment=w.duty, state=state, by=w.leader, at=at(9))
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(state,)) for state in states]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    attendance = Attendance.objects.get()
    assert attendance.state == last_mark(attendance).state
