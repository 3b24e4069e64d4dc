"""Places asked for by themselves: wherever an act of the leader leaves a published session short, and only so long."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from shifts.models import Assignment, Notice, OpenPlace, Post
from shifts.roster import editing
from shifts.roster.changes import change_roster
from shifts.roster.closing import follow_calendar
from shifts.roster.facts import Duty
from shifts.roster.repair import find_repair, repair
from shifts.roster.spots import Spot
from tests.factories import publish, roster_world

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = datetime.date(2026, 11, 2), datetime.date(2026, 11, 3)
ASKED = "Đang cần người: thứ Hai 02/11 (Tầng 1, sáng và chiều). Bạn nhận được không?"


@pytest.fixture(autouse=True)
def before_the_month():
    with time_machine.travel("2026-10-28T09:00:00+07:00", tick=True):
        yield


@pytest.fixture
def w():
    """A published November: Hà on floor 1 and Hạnh on floor 2 all Monday, floor 3 needs nobody."""
    w = roster_world()
    Post.objects.filter(pk=w.t3.pk).update(min_people=0)
    w.site.min_people = 2
    w.site.save()
    give(w, w.volunteer, w.t1)
    give(w, w.leader, w.t2)
    publish(w.roster, w.leader)
    return w


def give(w, person, post, date=MONDAY, sessions=("sang", "chieu")):
    duties = [Duty(date, session, post, person.volunteer) for session in sessions]
    change_roster(roster=w.roster, kind="edit", by=w.leader, add=duties)


def chip(person, post, *sessions, date=MONDAY):
    return Spot(date, post.pk, sessions or ("sang", "chieu"), person.volunteer.pk)


def clear(w):
    return editing.clear(site=w.site, spot=chip(w.volunteer, w.t1), by=w.leader)


def waiting():
    rows = OpenPlace.objects.waiting().order_by("date", "post", "session")
    return [(f"{row.date:%d}", row.post.code, row.session) for row in rows]


def asked():
    """Who has an unread question, by username."""
    rows = Notice.objects.filter(kind="open_place", read_at=None).order_by("user__username")
    return list(rows.values_list("user__username", "text"))


def test_clearing_a_duty_opens_its_place_and_asks_those_who_can_but_not_who_lost_it(w):
    assert clear(w) == [w.mate, w.specialist]
    assert waiting() == [("02", "T1", "chieu"), ("02", "T1", "sang")]
    assert asked() == [("ban", ASKED), ("tang1", ASKED)]


def test_the_page_says_how_many_were_asked(w, client):
    client.force_login(w.leader, backend="shifts.backends.UsernameOrPhoneBackend")
    url = reverse("roster:clear", args=["TTHCC"])
    answer = client.post(url, {"at": str(chip(w.volunteer, w.t1))}, HTTP_HX_REQUEST="true")
    assert "Đã bỏ Thu Hà khỏi" in answer.content.decode()
    assert "Đã báo 2 bạn rảnh." in answer.content.decode()


def test_undo_withdraws_the_place_and_the_question(w):
    clear(w)
    editing.undo(site=w.site, month=w.roster.month, by=w.leader)
    assert (waiting(), asked()) == ([], [])
    assert Assignment.objects.active().filter(volunteer__user=w.volunteer).count() == 2


def test_nobody_is_asked_where_the_minimum_still_holds(w):
    give(w, w.mate, w.t1)
    assert clear(w) is None
    assert (waiting(), asked()) == ([], [])


def test_a_draft_asks_nobody(w):
    type(w.roster).objects.update(state="draft", version=0, published_at=None)
    assert clear(w) is None
    assert (waiting(), asked()) == ([], [])


def test_a_session_that_is_over_asks_nobody(w):
    with time_machine.travel("2026-11-02T12:00:00+07:00"):
        clear(w)
    assert waiting() == [("02", "T1", "chieu")]


def test_moving_somebody_away_opens_the_place_they_leave(w):
    editing.move(
        site=w.site, spot=chip(w.volunteer, w.t1), to=Spot(TUESDAY, w.t1.pk, ("sang", "chieu")), by=w.leader
    )
    assert ("02", "T1", "sang") in waiting()
    assert {name for name, text in asked() if "02/11 (Tầng 1" in text} == {"ban", "tang1"}


def test_a_leader_who_fills_the_place_ends_it_and_its_question(w):
    clear(w)
    editing.assign(
        site=w.site, spot=Spot(MONDAY, w.t1.pk, ("sang", "chieu")), person=w.mate.volunteer.pk, by=w.leader
    )
    assert (waiting(), asked()) == ([], [])


def test_a_place_that_only_the_site_lacks_ends_when_another_floor_gets_the_person(w):
    Post.objects.filter(pk=w.t1.pk).update(min_people=0)
    clear(w)
    assert waiting() == [("02", "T1", "chieu"), ("02", "T1", "sang")]
    editing.assign(
        site=w.site, spot=Spot(MONDAY, w.t3.pk, ("sang", "chieu")), person=w.mate.volunteer.pk, by=w.leader
    )
    assert (waiting(), asked()) == ([], [])


def test_a_repair_ends_the_place_and_its_question(w):
    clear(w)
    for session in ("sang", "chieu"):
        hole = {"roster": w.roster, "date": MONDAY, "session": session, "post": w.t1}
        repair(**hole, mark=find_repair(**hole).mark, by=w.leader)
    assert (waiting(), asked()) == ([], [])


def test_closing_the_day_ends_the_question_too(w):
    clear(w)
    w.site.sessions.all().delete()
    follow_calendar([MONDAY], w.leader)
    assert (waiting(), asked()) == ([], [])
