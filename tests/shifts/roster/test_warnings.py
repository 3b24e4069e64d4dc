"""Warnings: sessions that are short tomorrow, floors where nobody came; each said once, with whom to call."""

import datetime

import pytest
from django.utils import timezone

from shifts.attendance import mark
from shifts.models import Assignment, CalendarDay, Notice, Post, Roster, User
from shifts.roster.warnings import empty_floors, short_sessions, warn_empty_floor, warn_evening_before
from tests.factories import publish, roster_world

pytestmark = pytest.mark.django_db
TUESDAY = datetime.date(2026, 11, 24)


def at(hour, minute=0, date=TUESDAY):
    return datetime.datetime.combine(date, datetime.time(hour, minute), timezone.get_current_timezone())


def on_duty(w, user, post, session="sang", date=TUESDAY):
    return Assignment.objects.create(roster=w.roster, date=date, session=session, post=post, volunteer=user.volunteer)


@pytest.fixture
def w(db):
    """T1 and T2 are held in the morning, T3 by nobody; after noon all three are."""
    w = roster_world()
    User.objects.filter(pk=w.mate.pk).update(phone="0912000001")
    w.first = on_duty(w, w.volunteer, w.t1)
    w.second = on_duty(w, w.leader, w.t2)
    for user, post in [(w.volunteer, w.t1), (w.leader, w.t2), (w.away, w.t3)]:
        on_duty(w, user, post, "chieu")
    publish(w.roster, w.leader)
    return w


def test_short_session_names_its_floor_and_who_is_free_with_the_least_load_first(w):
    on_duty(w, w.away, w.t1, date=TUESDAY - datetime.timedelta(days=1))
    (warning,) = short_sessions(TUESDAY)
    assert (warning.site, warning.session.name, warning.missing) == (w.site, "sáng", 1)
    # tang1 may hold T1 only; vang serves on two days this month, ban and moi on none.
    assert [(row.user.username, row.days) for row in warning.callable] == [("ban", 0), ("moi", 0), ("vang", 2)]
    assert warning.sentence == (
        "Trung tâm, ca sáng thứ Ba 24/11 thiếu 1 người ở Tầng 3. "
        "Gọi được: Quốc Khánh 0912000001, Đức Long, Hải Yến."
    )


def test_session_with_all_floors_held_is_short_of_the_minimum_of_the_site(w):
    on_duty(w, w.mate, w.t3)
    assert short_sessions(TUESDAY) == []
    type(w.site).objects.update(min_people=4)
    assert [(row.session.name, row.missing) for row in short_sessions(TUESDAY)] == [("sáng", 1), ("chiều", 1)]


def test_drafts_and_closed_days_are_not_warned_of(w):
    CalendarDay.objects.create(date=TUESDAY, name="Nghỉ", is_open=False)
    assert short_sessions(TUESDAY) == []
    CalendarDay.objects.all().delete()
    Roster.objects.update(state="draft", version=0, published_at=None)
    assert short_sessions(TUESDAY) == [] and empty_floors(at(8)) == []


def test_leaders_are_told_the_evening_before_and_once(w):
    evening = at(18, date=TUESDAY - datetime.timedelta(days=1))
    assert warn_evening_before(evening) == 1
    assert warn_evening_before(evening) == 0
    notice = Notice.objects.get()
    assert (notice.user, notice.url) == (w.leader, "/roster/TTHCC/2026-11/")
    assert notice.text.startswith("Trung tâm, ca sáng thứ Ba 24/11 thiếu 1 người ở Tầng 3.")


def test_nobody_is_told_of_a_day_that_is_complete(w):
    on_duty(w, w.mate, w.t3)
    assert warn_evening_before(at(18, date=TUESDAY - datetime.timedelta(days=1))) == 0


@pytest.mark.parametrize(
    ("hour", "minute", "floors"),
    [(7, 29, []), (7, 44, []), (7, 45, ["Tầng 2", "Tầng 3"]), (11, 29, ["Tầng 2", "Tầng 3"]), (11, 30, [])],
)
def test_floor_counts_as_empty_from_15_minutes_after_opening_to_the_end(w, hour, minute, floors):
    mark(assignment=w.first, state="present", by=w.leader, at=at(7, 20))
    assert [row.floor.post.name for row in empty_floors(at(hour, minute))] == floors


def test_floor_is_empty_when_those_who_should_be_there_are_absent_or_left(w):
    mark(assignment=w.first, state="left", by=w.leader, at=at(7, 40))
    mark(assignment=w.second, state="absent", by=w.leader, at=at(7, 40))
    assert [row.floor.post.name for row in empty_floors(at(8))] == ["Tầng 1", "Tầng 2", "Tầng 3"]


def test_leaders_are_told_of_each_empty_floor_once(w):
    mark(assignment=w.first, state="late", by=w.leader, at=at(7, 43))
    assert warn_empty_floor(at(7, 45)) == 2
    assert warn_empty_floor(at(7, 46)) == 0
    texts = sorted(Notice.objects.values_list("text", "url"))
    assert texts == [
        (
            "Trung tâm, Tầng 2 chưa có ai, ca sáng đã mở 15 phút. Chưa đến: Hạnh. "
            "Gọi được: Quốc Khánh 0912000001, Đức Long, Hải Yến.",
            "/roster/today/?site=TTHCC",
        ),
        (
            "Trung tâm, Tầng 3 chưa có ai, ca sáng đã mở 15 phút. Gọi được: Quốc Khánh 0912000001, Đức Long, Hải Yến.",
            "/roster/today/?site=TTHCC",
        ),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_looking_every_minute_costs_the_same_however_many_sites(w, count, django_assert_num_queries):
    for row in (w.first, w.second):
        mark(assignment=row, state="present", by=w.leader, at=at(7, 20))
    Post.objects.filter(pk=w.t3.pk).update(min_people=0)
    for number in range(count):
        site = type(w.site).objects.create(code=f"S{number}", name="Điểm", short_name="Điểm", unit=w.province)
        publish(Roster.objects.create(site=site, month=TUESDAY.replace(day=1)), w.leader)
    with django_assert_num_queries(5):
        assert warn_empty_floor(at(8)) == 0
