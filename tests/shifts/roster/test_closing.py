"""A day closes or opens under a roster: duties end, people are told, places are offered; twice is once."""

import datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from shifts.duties import swaps
from shifts.models import Assignment, CalendarDay, Notice, OpenPlace, Roster, RosterChange, Site, SwapDuty, SwapRequest
from shifts.roster.changes import change_roster, undo_change
from shifts.roster.closing import Followed, follow_calendar
from shifts.roster.facts import Duty
from tests.factories import publish, roster_world
from tests.shifts.test_due import run_together

pytestmark = pytest.mark.django_db
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY, TUESDAY = datetime.date(2026, 11, 2), datetime.date(2026, 11, 3)
BEFORE = datetime.datetime(2026, 10, 28, 9, 0, tzinfo=HANOI)


def busy_world(*, published=True):
    w = roster_world()
    duties = [
        Duty(date, session, post, user.volunteer)
        for date in (MONDAY, TUESDAY)
        for session in ("sang", "chieu")
        for post, user in [(w.t1, w.volunteer), (w.t2, w.mate)]
    ]
    change_roster(roster=w.roster, kind="edit", by=w.leader, add=duties)
    if published:
        publish(w.roster, w.leader)
    return w


@transaction.atomic
def close(w, date=MONDAY, session="", site=None, at=BEFORE, by=None):
    """Write the day as the calendar's pages do, and follow it."""
    CalendarDay.objects.update_or_create(
        site=site, date=date, session=session, defaults={"is_open": False, "name": "Nghỉ bù"}
    )
    return follow_calendar([date], by or w.leader, site=site, at=at)


def active():
    rows = Assignment.objects.active().order_by("date", "session", "post")
    return [(row.date.day, row.session, row.post.code) for row in rows]


def test_closing_a_day_cancels_its_duties_and_tells_their_people():
    w = busy_world()
    assert close(w) == Followed(duties=4, people=2, places=0)
    assert active() == [(3, "chieu", "T1"), (3, "chieu", "T2"), (3, "sang", "T1"), (3, "sang", "T2")]
    assert Assignment.objects.filter(state="cancelled", date=MONDAY).count() == 4
    change = RosterChange.objects.first()
    assert (change.kind, change.version, change.note, change.lines.count()) == ("close", 2, "Nghỉ bù", 4)
    assert sorted(Notice.objects.values_list("user__username", "text")) == [
        ("ban", "Trung tâm đóng cửa (Nghỉ bù). Ca của bạn đã hủy: thứ Hai 02/11 (Tầng 2, sáng và chiều)."),
        ("tnv", "Trung tâm đóng cửa (Nghỉ bù). Ca của bạn đã hủy: thứ Hai 02/11 (Tầng 1, sáng và chiều)."),
    ]


def test_closing_a_second_time_does_nothing_more():
    w = busy_world()
    close(w)
    notices = Notice.objects.count()
    assert close(w) == Followed()
    assert follow_calendar([MONDAY, TUESDAY], w.leader, at=BEFORE) == Followed()
    assert (Notice.objects.count(), RosterChange.objects.filter(kind="close").count()) == (notices, 1)


def test_one_session_of_one_site_closes_alone():
    w = busy_world()
    assert close(w, session="chieu", site=w.site) == Followed(duties=2, people=2, places=0)
    assert [row for row in active() if row[0] == 2] == [(2, "sang", "T1"), (2, "sang", "T2")]


def test_another_sites_closure_leaves_this_one_alone():
    w = busy_world()
    assert close(w, site=w.other_site) == Followed()
    assert len(active()) == 8


def test_a_draft_loses_the_duties_without_telling_anybody():
    w = busy_world(published=False)
    assert close(w).duties == 4
    assert Assignment.objects.filter(date=MONDAY).count() == 0
    assert Notice.objects.count() == 0


def test_what_is_over_stays_in_a_published_roster():
    w = busy_world()
    assert close(w, at=datetime.datetime(2026, 11, 2, 12, 0, tzinfo=HANOI)).duties == 2
    assert [row for row in active() if row[0] == 2] == [(2, "sang", "T1"), (2, "sang", "T2")]


def test_open_places_of_the_day_close():
    w = busy_world()
    for date in (MONDAY, TUESDAY):
        OpenPlace.objects.create(roster=w.roster, date=date, session="sang", post=w.t3)
    close(w)
    assert [place.date for place in OpenPlace.objects.waiting()] == [TUESDAY]
    assert OpenPlace.objects.get(date=MONDAY).closed_at == BEFORE


def test_swaps_that_wait_about_its_duties_end_and_both_are_told():
    w = busy_world()
    given = Assignment.objects.get(date=MONDAY, session="sang", volunteer__user=w.volunteer)
    swaps.ask(
        volunteer=w.volunteer.volunteer, other=w.leader.volunteer, given=[given], by=w.volunteer, at=BEFORE
    )
    close(w, by=w.leadership)
    assert (SwapRequest.objects.get().state, SwapDuty.objects.get().waiting) == ("expired", False)
    told = Notice.objects.filter(kind="swap", text__startswith="Lời đổi ca").values_list("user__username", flat=True)
    assert sorted(told) == ["doitruong", "tnv"]


def test_reopening_offers_the_places_and_brings_no_duty_back():
    w = busy_world()
    close(w)
    Notice.objects.all().delete()
    CalendarDay.objects.get(date=MONDAY).delete()
    assert follow_calendar([MONDAY], w.leader, at=BEFORE) == Followed(places=6)
    assert [row for row in active() if row[0] == 2] == []
    assert sorted(OpenPlace.objects.waiting().values_list("session", "post__code")) == [
        (session, post) for session in ("chieu", "sang") for post in ("T1", "T2", "T3")
    ]
    assert set(Notice.objects.values_list("kind", "user__username")) == {
        ("open_place", "ban"), ("open_place", "tnv"), ("open_place", "tang1"),
    }  # fmt: skip
    assert follow_calendar([MONDAY], w.leader, at=BEFORE) == Followed()


def test_a_closure_is_undone_as_any_change_once_the_day_is_open_again():
    w = busy_world()
    close(w)
    CalendarDay.objects.filter(date=MONDAY).delete()
    undo_change(change=RosterChange.objects.get(kind="close"), by=w.leader, at=BEFORE)
    assert len(active()) == 8


def test_the_calendar_may_change_by_any_hand_and_is_followed_after():
    busy_world()
    CalendarDay.objects.create(date=TUESDAY, name="Mất điện", is_open=False, session="chieu")
    assert follow_calendar([MONDAY, TUESDAY, TUESDAY], None, at=BEFORE) == Followed(duties=2, people=2)
    assert "Trung tâm đóng cửa (Mất điện)." in Notice.objects.first().text


def test_no_dates_and_dates_without_rosters_are_fine():
    w = busy_world()
    assert follow_calendar([], w.leader) == Followed()
    assert follow_calendar([datetime.date(2031, 1, 1)], w.leader) == Followed()


@pytest.mark.parametrize("count", [1, 3])
def test_drafts_that_agree_with_the_calendar_cost_the_same_however_many(count, django_assert_num_queries):
    w = busy_world(published=False)
    for number in range(count - 1):
        site = Site.objects.create(code=f"X{number}", name="X", short_name="X", unit=w.province)
        Roster.objects.create(site=site, month=w.roster.month)
    with django_assert_num_queries(8):  # savepoint twice, locks, rosters, duties, calendar (two), places
        follow_calendar([MONDAY], w.leader, at=BEFORE)


@pytest.mark.django_db(transaction=True)
def test_closing_at_once_by_many_cancels_and_tells_once():
    w = busy_world()
    assert run_together(*[partial(close, w)] * 8, partial(close, w, site=w.site), partial(close, w, TUESDAY)) == []
    assert active() == []
    assert Notice.objects.count() == 4
    assert CalendarDay.objects.filter(date=MONDAY).count() == 2
    assert CalendarDay.objects.filter(date=TUESDAY).count() == 1
