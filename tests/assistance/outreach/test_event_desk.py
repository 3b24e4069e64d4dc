"""The desk tied to an event: who logs there, what is refused, and where its visits are seen."""

import datetime
import json

import pytest
import time_machine

from assistance.models import DailyTally, Dossier, Visit
from assistance.queries import today_counts, visits_by_person
from assistance.recount import differences
from assistance.reference import forget
from assistance.tally import rebuild
from shifts.models import Assignment, OutreachEvent
from shifts.outreach.people import change_people
from shifts.outreach.states import move_event
from tests import factories
from tests.shifts.duties.people import moment

from .people import AFTER, NOW, SATURDAY, client_of, confirm, make_event, outreach_world, put

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def saturday_noon():
    forget()
    with time_machine.travel(AFTER, tick=False):
        yield
    forget()


@pytest.fixture
def w(db):
    world = outreach_world()
    OutreachEvent.objects.filter(pk=world.event.pk).update(venue_kind="market", venue="Chợ Hạ Long 1")
    world.event.refresh_from_db()
    put(world, world.me)
    confirm(world)
    return world


def send(user, **changes):
    body = factories.body(**{"occurred_at": moment(SATURDAY, 8).isoformat()} | changes)
    return client_of(user).post("/desk/visits/", json.dumps(body), content_type="application/json")


def desk(user, event):
    return client_of(user).get("/desk/", {"event": event})


def test_a_visit_at_an_event_counts_for_it_and_keeps_the_home_place(w):
    answer = send(w.volunteer, event=w.event.pk)
    assert answer.status_code == 201
    visit = Visit.objects.get()
    assert (visit.event, visit.team, visit.unit, visit.post, visit.off_roster) == (
        w.event, w.team, w.province, w.t2, False,
    )  # fmt: skip
    assert answer.json()["counts"] == {"mine": 1, "floor": 1, "site": 1, "dossiers": 0}
    assert (answer.json()["event"], answer.json()["detail"]) == (w.event.pk, "Người dân, Chợ Hạ Long 1")
    assert set(DailyTally.objects.values_list("event", "figure", "value")) == {
        (w.event.pk, figure, 1) for figure in ("visits", "reached", "leaflets")
    }
    assert differences()[1] == []


def test_desk_and_event_of_one_person_are_told_apart(w):
    send(w.volunteer, event=w.event.pk), send(w.volunteer), send(w.volunteer)
    place = {"user": w.volunteer, "site": w.site, "post": w.t2, "date": SATURDAY}
    assert today_counts(**place) == {"mine": 3, "floor": 2, "site": 2, "dossiers": 0}
    assert today_counts(**place, event=w.event.pk) == {"mine": 1, "floor": 1, "site": 1, "dossiers": 0}
    assert visits_by_person(site=w.site, date=SATURDAY)[w.volunteer.pk].visits == 2
    rebuild()
    assert today_counts(**place) == {"mine": 3, "floor": 2, "site": 2, "dossiers": 0}
    assert differences()[1] == []


def test_the_unit_is_that_of_the_event_whatever_became_of_the_team(w):
    OutreachEvent.objects.filter(pk=w.event.pk).update(unit=w.district)
    send(w.volunteer, event=w.event.pk)
    assert Visit.objects.get().unit == w.district


def test_the_leader_of_the_team_logs_there_without_a_duty(w):
    assert send(w.leader, event=w.event.pk).status_code == 201
    assert desk(w.leader, w.event.pk).status_code == 200


@pytest.mark.parametrize("who", ["mate", "stranger", "other_leader"])
def test_others_are_told_and_may_log_at_their_desk(w, who):
    answer = send(getattr(w, who), event=w.event.pk)
    assert answer.status_code == 422
    assert "không phải của đội bạn, hoặc bạn không có trong danh sách" in answer.json()["errors"]["event"][0]
    assert not Visit.objects.exists()
    assert desk(getattr(w, who), w.event.pk)["Location"] == "/desk/"


@pytest.mark.parametrize("value", ["x", -1, 0, 10**30, True, 1.5, [], {}, "1\x00", "９"])
def test_junk_for_an_event_is_refused_with_a_sentence(w, value):
    answer = send(w.volunteer, event=value)
    assert answer.status_code == 422 and list(answer.json()["errors"]) == ["event"]
    assert client_of(w.volunteer).get("/desk/", {"event": str(value)}).status_code == 302


def test_a_cancelled_event_takes_no_more_and_says_so(w):
    move_event(event=w.event, to="cancelled", by=w.leader, reason="Mưa bão", at=moment(SATURDAY, 7))
    for user in (w.volunteer, w.leader):
        answer = send(user, event=w.event.pk)
        assert answer.status_code == 422
        assert "Hoạt động Chợ Hạ Long 1 đã hủy" in answer.json()["errors"]["event"][0]
    assert "đã hủy" not in str(send(w.stranger, event=w.event.pk).json())


def test_what_was_stored_is_answered_again_after_the_event_was_cancelled(w):
    body = factories.body(event=w.event.pk, occurred_at=moment(SATURDAY, 8).isoformat())
    client = client_of(w.volunteer)
    assert client.post("/desk/visits/", body, content_type="application/json").status_code == 201
    OutreachEvent.objects.filter(pk=w.event.pk).update(state="cancelled", cancel_reason="Mưa")
    assert client.post("/desk/visits/", body, content_type="application/json").status_code == 200


def test_late_offline_visits_come_in_for_the_day_of_the_event_only(w):
    with time_machine.travel(AFTER + datetime.timedelta(days=2), tick=False):
        assert send(w.volunteer, event=w.event.pk).status_code == 201
        answer = send(w.volunteer, event=w.event.pk, occurred_at=moment(SATURDAY, 8, 1).replace(day=15).isoformat())
        assert answer.status_code == 422
        assert "vào ngày 14/11/2026" in answer.json()["errors"]["occurred_at"][0]
        page = desk(w.volunteer, w.event.pk)
        assert page["Location"] == f"/outreach/{w.event.pk}/"


def test_a_school_takes_heads_only(w):
    OutreachEvent.objects.filter(pk=w.event.pk).update(venue_kind="school")
    answer = send(w.volunteer, event=w.event.pk, dossier=factories.dossier(code="000.00.00.H49-141126-0001"))
    assert answer.status_code == 422
    assert "Ở trường học chỉ ghi số người" in answer.json()["errors"]["dossier"][0]
    assert send(w.volunteer, event=w.event.pk, dossier=factories.dossier()).status_code == 422
    assert not Dossier.objects.exists()
    html = desk(w.volunteer, w.event.pk).content.decode()
    assert "nop_ho_so" not in html and "không hồ sơ, không tên, không điện thoại" in html
    assert '<div class="card entry-dossier" hidden>' in html
    assert "nop_ho_so" in client_of(w.volunteer).get("/desk/").content.decode()


def test_the_page_says_for_which_event_it_logs_and_the_desk_offers_it(w):
    html = desk(w.volunteer, w.event.pk).content.decode()
    assert "Đang ghi cho:" in html and "Chợ Hạ Long 1" in html
    assert f'<input type="hidden" name="event" value="{w.event.pk}"' in html
    plain = client_of(w.volunteer).get("/desk/").content.decode()
    assert f"/desk/?event={w.event.pk}" in plain and "Đang ghi cho" not in plain
    assert "?event=" not in client_of(w.mate).get("/desk/").content.decode()


def test_an_edit_keeps_the_event_and_an_undo_takes_it_back(w):
    saved = send(w.volunteer, event=w.event.pk).json()
    client, url = client_of(w.volunteer), f"/desk/visits/{saved['id']}/"
    changed = client.patch(url, {"version": 1, "audience": "youth"}, content_type="application/json")
    assert (changed.status_code, changed.json()["event"]) == (200, w.event.pk)
    other = make_event(w, venue="Nhà văn hóa")
    refused = client.patch(url, {"version": 2, "event": other.pk}, content_type="application/json")
    assert refused.status_code == 422 and "không đổi được" in refused.json()["errors"]["event"][0]
    undone = client.delete(url).json()
    assert undone["counts"]["site"] == 0 and undone["event"] == w.event.pk
    assert differences()[1] == []


def test_the_form_without_script_stays_at_the_event(w):
    data = {
        "id": "0b8a7a33-3f66-4a20-9d07-8cd0b1a6bf11", "audience": "citizen", "activities": ["gioi_thieu"],
        "event": w.event.pk,
    }  # fmt: skip
    answer = client_of(w.volunteer).post("/desk/visits/", data)
    assert answer["Location"] == f"/desk/?event={w.event.pk}"
    assert Visit.objects.get().event == w.event


def test_who_is_taken_off_the_list_no_longer_logs_there(w):
    put(w, w.mate_v)
    change_people(event=w.event, by=w.leader, remove=[w.me.pk], at=NOW)
    assert not Assignment.objects.active().filter(event=w.event, volunteer=w.me).exists()
    assert send(w.volunteer, event=w.event.pk).status_code == 422
    assert send(w.mate, event=w.event.pk).status_code == 201


def test_a_dossier_of_an_event_counts_for_it_on_the_day_it_is_submitted(w):
    saved = send(w.volunteer, event=w.event.pk, dossier=factories.dossier()).json()
    row = DailyTally.objects.get(figure="dossiers_full")
    assert (row.event, row.date, row.value) == (w.event, SATURDAY, 1)
    assert saved["counts"]["dossiers"] == 1


def test_a_save_at_an_event_takes_two_questions_more_than_one_at_the_desk(w, django_assert_max_num_queries):
    client = client_of(w.volunteer)
    for event, most in ((None, 10), (w.event.pk, 13)):
        client.get("/desk/")
        body = factories.body(occurred_at=moment(SATURDAY, 8).isoformat(), **({"event": event} if event else {}))
        with django_assert_max_num_queries(most):
            assert client.post("/desk/visits/", body, content_type="application/json").status_code == 201
