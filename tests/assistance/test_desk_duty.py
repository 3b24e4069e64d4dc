"""The desk knows from the roster where a person is, whether they were to be there, and lets them say that they came."""

import datetime
import json

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from assistance.models import Visit
from shifts.models import Assignment, Attendance, OutreachEvent, Roster
from tests.factories import body, publish

pytestmark = pytest.mark.django_db
TUESDAY = datetime.date(2026, 11, 24)


def at(hour, minute=0, date=TUESDAY):
    return datetime.datetime.combine(date, datetime.time(hour, minute), timezone.get_current_timezone())


@pytest.fixture
def clock():
    with time_machine.travel(at(9), tick=False) as clock:
        yield clock


@pytest.fixture
def roster(world, clock):
    """A published roster: the volunteer is at home on T2, but on duty on T3 in the morning and on T1 after noon."""
    roster = Roster.objects.create(site=world.site, month=TUESDAY.replace(day=1))
    on_duty(roster, world.volunteer, "sang", world.t3)
    on_duty(roster, world.volunteer, "chieu", world.t1)
    publish(roster, world.leader)
    return roster


def on_duty(roster, user, session, post, date=TUESDAY):
    return Assignment.objects.create(roster=roster, date=date, session=session, post=post, volunteer=user.volunteer)


def desk_of(user):
    client = Client()
    client.force_login(user, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def save(client, data):
    return client.post("/desk/visits/", json.dumps(data), content_type="application/json")


def place_now(user):
    return desk_of(user).get("/desk/").context["place"]


def test_desk_stands_on_the_floor_of_the_duty_that_runs_and_then_of_the_next(world, roster, clock):
    assert place_now(world.volunteer).post == world.t3
    clock.move_to(at(12, 30))
    assert place_now(world.volunteer).post == world.t1
    clock.move_to(at(20))
    assert place_now(world.volunteer).post == world.t2  # no duty any more: the usual floor


def test_desk_says_until_when_one_serves_and_without_duty_until_when_the_site_is_open(world, roster):
    assert "trực đến 11:30" in desk_of(world.volunteer).get("/desk/").content.decode()
    assert "mở cửa đến 11:30" in desk_of(world.mate).get("/desk/").content.decode()


def test_a_draft_or_cancelled_duty_moves_nobody(world, roster):
    Assignment.objects.filter(session="sang").update(state="cancelled", ended_at=timezone.now())
    assert place_now(world.volunteer).duty.session == "chieu"
    Roster.objects.update(state="draft", version=0, published_at=None)
    assert place_now(world.volunteer).post == world.t2


def test_floor_that_was_chosen_stays_until_the_roster_has_another_floor(world, roster, clock):
    client = desk_of(world.volunteer)
    client.post("/desk/place/", {"site": "TTHCC", "post": "T2"})
    assert client.get("/desk/").context["place"].post == world.t2
    clock.move_to(at(13, 30))
    assert client.get("/desk/").context["place"].post == world.t1


@pytest.mark.parametrize(
    ("hour", "minute", "off"),
    [(6, 29, True), (6, 30, False), (11, 30, False), (12, 0, False), (12, 1, True), (12, 30, False), (17, 31, True)],
)
def test_visit_is_off_the_roster_only_when_there_was_no_duty_at_its_time(world, roster, clock, hour, minute, off):
    clock.move_to(at(hour, minute))
    assert save(desk_of(world.volunteer), body()).json()["off_roster"] is off


def test_visit_of_somebody_without_any_duty_is_off_the_roster(world, roster):
    assert save(desk_of(world.mate), body()).json()["off_roster"] is True


def test_late_visit_is_judged_by_when_it_happened(world, roster, clock):
    clock.move_to(at(20, date=TUESDAY + datetime.timedelta(days=2)))
    client = desk_of(world.volunteer)
    for hour, off in [(9, False), (20, True)]:
        answer = save(client, body(occurred_at=at(hour).isoformat()))
        assert (answer.status_code, answer.json()["off_roster"]) == (201, off)


def test_visit_moved_to_another_time_is_judged_anew(world, roster, clock):
    clock.move_to(at(20))
    client, data = desk_of(world.volunteer), body()
    assert save(client, data).json()["off_roster"] is True
    changed = {"version": 1, "occurred_at": at(10).isoformat()}
    client.patch(f"/desk/visits/{data['id']}/", json.dumps(changed), content_type="application/json")
    assert Visit.objects.get().off_roster is False


def test_duty_at_an_event_is_a_duty_but_no_floor(world, clock):
    event = OutreachEvent.objects.create(
        team=world.team, date=TUESDAY, starts_at="08:00", ends_at="10:00", venue_kind="school", venue="Trường A",
        host_unit=world.district,
    )  # fmt: skip
    Assignment.objects.create(event=event, date=TUESDAY, session="sang", volunteer=world.volunteer.volunteer)
    assert place_now(world.volunteer).post == world.t2
    assert save(desk_of(world.volunteer), body()).json()["off_roster"] is False


@pytest.mark.parametrize("count", [1, 3])
def test_save_asks_no_question_more_for_the_roster_whatever_it_holds(world, roster, count, django_assert_num_queries):
    for session in ("sang", "chieu", "toi")[3 - count :]:
        Assignment.objects.get_or_create(
            roster=roster, date=TUESDAY, session=session, volunteer=world.volunteer.volunteer, state="active",
            defaults={"post": world.t1},
        )  # fmt: skip
    client = desk_of(world.volunteer)
    save(client, body())
    with django_assert_num_queries(9):
        assert save(client, body()).status_code == 201


def test_one_tap_at_the_desk_says_that_i_am_here(world, roster, clock):
    clock.move_to(at(7, 24))
    client = desk_of(world.volunteer)
    assert "Tôi có mặt" in client.get("/desk/").content.decode()
    answer = client.post("/roster/today/check-in/", {"next": "desk"})
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    page = client.get("/desk/").content.decode()
    assert "Có mặt 07:24" in page and "Tôi có mặt" not in page
    assert list(Attendance.objects.values_list("state", "minutes")) == [("present", 240)]


def test_desk_asks_nobody_without_a_duty_whether_they_are_here(world, roster, clock):
    assert "Tôi có mặt" not in desk_of(world.mate).get("/desk/").content.decode()
    clock.move_to(at(18))
    assert "Tôi có mặt" not in desk_of(world.volunteer).get("/desk/").content.decode()
