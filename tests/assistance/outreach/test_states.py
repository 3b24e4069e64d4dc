"""What becomes of an event, on its page and in the admin."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from shifts.models import Assignment, OutreachEvent, OutreachMaterial, User
from shifts.outreach.events import OutreachRefused
from shifts.outreach.people import change_people
from shifts.outreach.planning import Thing, change_event, count_back, next_free_saturday, plan_event
from shifts.outreach.states import move_event

from .people import AFTER, NOW, SATURDAY, client_of, confirm, going, make_event, outreach_world, put, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(db):
    return outreach_world()


def values_of(event, **changes):
    names = ("team", "date", "starts_at", "ends_at", "venue_kind", "venue", "host_unit")
    words = {"contact_name": "", "contact_phone": "", "aims": ""}
    return {name: getattr(event, name) for name in names} | words | changes


def test_an_event_goes_from_planned_to_confirmed_to_held(w):
    put(w, w.me)
    confirm(w)
    assert move_event(event=w.event, to="held", by=w.leader, at=AFTER).state == "held"
    assert move_event(event=w.event, to="held", by=w.leader, at=AFTER).state == "held"


def test_an_event_without_people_is_not_held(w):
    confirm(w)
    with pytest.raises(OutreachRefused, match="chưa có ai tham gia"):
        move_event(event=w.event, to="held", by=w.leader, at=AFTER)


def test_nothing_is_held_in_the_future(w):
    put(w, w.me)
    confirm(w)
    with pytest.raises(OutreachRefused, match="chưa diễn ra"):
        move_event(event=w.event, to="held", by=w.leader, at=NOW)


@pytest.mark.parametrize("to", ["held", "junk", ""])
def test_steps_that_are_not_allowed_are_refused(w, to):
    with pytest.raises(OutreachRefused, match="không chuyển thẳng"):
        move_event(event=w.event, to=to, by=w.leader, at=AFTER)


def test_a_held_event_keeps_at_least_one_person(w):
    put(w, w.me)
    confirm(w)
    move_event(event=w.event, to="held", by=w.leader, at=AFTER)
    with pytest.raises(OutreachRefused, match="ít nhất một người"):
        change_people(event=w.event, by=w.leader, remove=[w.me.pk], at=AFTER)
    change_people(event=w.event, by=w.leader, remove=[w.me.pk], add=[w.mate_v.pk], at=AFTER)
    assert going(w.event) == [("ban", "sang")]


def test_cancelling_ends_the_duties_and_tells_their_people_why(w):
    put(w, w.me, w.leader_v)
    confirm(w)
    event = move_event(event=w.event, to="cancelled", by=w.leader, reason="Bão số 9", at=NOW)
    assert (event.state, event.cancel_reason) == ("cancelled", "Bão số 9")
    assert going(event) == []
    assert told(w.volunteer)[-1] == "Đã hủy Trường THPT Hòn Gai, thứ Bảy 14/11, 07:30 đến 10:30. Lý do: Bão số 9"
    assert told(w.leader) == []
    with pytest.raises(OutreachRefused, match="đã hủy"):
        put(w, w.mate_v)


@pytest.mark.parametrize(
    ("reason", "sentence"), [("", "Ghi lý do hủy"), (" \x00 ", "Ghi lý do hủy"), ("a" * 161, "160")]
)
def test_cancelling_wants_a_reason_that_fits(w, reason, sentence):
    with pytest.raises(OutreachRefused, match=sentence):
        move_event(event=w.event, to="cancelled", by=w.leader, reason=reason, at=NOW)


def test_opening_again_gives_the_duties_back_to_who_is_still_free(w):
    put(w, w.me, w.mate_v, w.leader_v)
    change_people(event=w.event, by=w.leader, remove=[w.leader_v.pk], at=NOW)
    move_event(event=w.event, to="cancelled", by=w.leader, reason="Mưa", at=NOW + datetime.timedelta(minutes=5))
    put(w, w.me, event=make_event(w, venue="Chợ Hạ Long 1"))
    event = move_event(event=w.event, to="planned", by=w.leader, at=NOW + datetime.timedelta(minutes=9))
    assert (event.state, event.cancel_reason) == ("planned", "")
    assert going(event) == [("ban", "sang")]


def test_the_next_free_saturday_is_suggested(w):
    assert next_free_saturday(w.team, datetime.date(2026, 11, 2)) == datetime.date(2026, 11, 7)
    assert next_free_saturday(w.team, datetime.date(2026, 11, 7)) == datetime.date(2026, 11, 21)


def test_an_event_counts_for_the_unit_its_team_had_when_it_was_made(w):
    w.team.unit = w.district
    w.team.save()
    w.event.refresh_from_db()
    assert w.event.unit == w.province
    assert plan_event(values=values_of(w.event, team=w.team), by=w.leader).unit == w.district


def test_moving_an_event_moves_its_people(w):
    put(w, w.me)
    confirm(w)
    sunday = SATURDAY + datetime.timedelta(days=1)
    values = values_of(w.event, date=sunday, ends_at=datetime.time(16))
    change_event(event=w.event, values=values, by=w.leader, at=NOW)
    rows = Assignment.objects.active().filter(event=w.event).values_list("date", "session")
    assert sorted(rows) == [(sunday, "chieu"), (sunday, "sang")]
    assert told(w.volunteer)[-1] == (
        "Hoạt động thứ Bảy 14/11, Trường THPT Hòn Gai đổi thành: Trường THPT Hòn Gai, Chủ nhật 15/11, 07:30 đến 16:00."
    )


def test_moving_an_event_onto_another_duty_refuses_with_names_and_writes_nothing(w):
    sunday = SATURDAY + datetime.timedelta(days=1)
    put(w, w.me, event=make_event(w, sunday, venue="Chợ Hạ Long 1"))
    put(w, w.me, w.mate_v)
    values = values_of(w.event, date=sunday, venue="Nơi khác")
    with pytest.raises(OutreachRefused, match="Thu Hà đã có hoạt động Chợ Hạ Long 1"):
        change_event(event=w.event, values=values, things=[Thing("Loa", 1)], by=w.leader, at=NOW)
    w.event.refresh_from_db()
    assert (w.event.date, w.event.venue) == (SATURDAY, "Trường THPT Hòn Gai")
    assert going(w.event) == [("ban", "sang"), ("tnv", "sang")]
    assert w.event.materials.count() == 0


def test_a_host_that_does_not_hold_on_the_date_is_refused(w):
    w.far.valid_until = datetime.date(2025, 7, 1)
    w.far.save()
    with pytest.raises(OutreachRefused, match="Xã Hòa Bình không thuộc tỉnh"):
        plan_event(values=values_of(w.event, host_unit=w.far), by=w.leader)


def test_more_cannot_come_back_than_was_taken_out(w):
    change_event(event=w.event, values=values_of(w.event), things=[Thing("Tờ rơi", 300, True)], by=w.leader, at=NOW)
    thing = w.event.materials.get()
    with pytest.raises(OutreachRefused, match="mang về từ 0 đến 300"):
        count_back(event=w.event, counts={thing.pk: 301})
    with pytest.raises(IntegrityError), transaction.atomic():
        OutreachMaterial.objects.filter(pk=thing.pk).update(brought_back=301)
    count_back(event=w.event, counts={thing.pk: 40})
    assert w.event.materials.get().used == 260
    things = [Thing("tờ  rơi", 320, True), Thing("Loa", 1)]
    change_event(event=w.event, values=values_of(w.event), things=things, by=w.leader, at=NOW)
    rows = w.event.materials.values_list("name", "taken_out", "brought_back")
    assert list(rows) == [("tờ  rơi", 320, 40), ("Loa", 1, None)]
    with pytest.raises(OutreachRefused, match="hai lần"):
        change_event(event=w.event, values=values_of(w.event), things=[things[1], Thing("LOA", 2)], by=w.leader, at=NOW)


@pytest.mark.parametrize("values", [{"state": "lost"}, {"venue_kind": "moon"}])
def test_the_database_knows_the_states_and_the_kinds_of_venue(w, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        OutreachEvent.objects.filter(pk=w.event.pk).update(**values)


# The admin


@pytest.fixture
def admin(w):
    return client_of(User.objects.create_superuser(username="quantri", full_name="Bùi Thị Quản Trị", password="x"))


def admin_body(event, **changes):
    usual = {
        "team": event.team_id, "date": f"{event.date:%d/%m/%Y}", "starts_at": "07:30", "ends_at": "10:30",
        "venue_kind": event.venue_kind, "venue": event.venue, "host_unit": event.host_unit_id, "contact_name": "",
        "contact_phone": "", "aims": "", "state": event.state, "cancel_reason": "",
    }  # fmt: skip
    return usual | changes


def test_cancelling_in_the_admin_ends_the_duties_and_tells_too(w, admin):
    put(w, w.me)
    confirm(w)
    w.event.refresh_from_db()
    OutreachEvent.objects.filter(pk=w.event.pk).update(date=datetime.date(2099, 11, 14))
    url = f"/admin/shifts/outreachevent/{w.event.pk}/change/"
    assert admin.post(url, admin_body(w.event, state="cancelled", cancel_reason="")).status_code == 200
    assert going(w.event) == [("tnv", "sang")]
    assert admin.post(url, admin_body(w.event, state="cancelled", cancel_reason="Bão")).status_code == 302
    assert going(w.event) == []
    assert told(w.volunteer)[-1].endswith("Lý do: Bão")


def test_the_admin_refuses_with_the_same_sentences(w, admin):
    url = f"/admin/shifts/outreachevent/{w.event.pk}/change/"
    answer = admin.post(url, admin_body(w.event, state="held"))
    assert "không chuyển thẳng sang" in answer.content.decode()
    answer = admin.post("/admin/shifts/outreachevent/add/", admin_body(w.event, venue="Chợ mới"))
    assert answer.status_code == 302
    assert OutreachEvent.objects.get(venue="Chợ mới").state == "planned"
