"""The desk page and what belongs to it: place, hand-over note, keys, look-ups."""

import datetime
import json

import pytest
from django.test import Client
from django.utils import timezone

from assistance.models import Activity, Department, DeskButton, HandOverNote, HourlyTally, Procedure, Visit
from assistance.queries import quick_procedures
from tests.factories import body, dossier, earlier

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk_of(world):
    def open_desk(name):
        client = Client()
        client.force_login(getattr(world, name), backend="shifts.backends.UsernameOrPhoneBackend")
        return client

    return open_desk


def save(client, data):
    return client.post(
        "/desk/visits/", json.dumps(data), content_type="application/json", headers={"accept": "application/json"}
    )


def test_desk_shows_my_floor_and_my_count(world, desk_of):
    client = desk_of("volunteer")
    save(client, body(queue_number="083"))
    page = client.get("/desk/")
    assert page.status_code == 200
    assert page.context["place"].post == world.t2
    assert page.context["counts"] == {"mine": 1, "floor": 1, "site": 1, "dossiers": 0}
    assert "số 083" in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_desk_takes_the_same_queries_however_long_the_list(world, desk_of, count, django_assert_num_queries):
    client = desk_of("volunteer")
    client.get("/desk/")
    for _ in range(count):
        save(client, body(procedure="2.000635", dossier=dossier()))
    with django_assert_num_queries(8):
        client.get("/desk/")
    with django_assert_num_queries(6):  # rows that did not change are kept
        client.get("/desk/")


def test_person_of_no_team_gets_a_sentence(world, desk_of):
    page = desk_of("leadership").get("/desk/")
    assert page.status_code == 403
    assert "chưa thuộc đội hình" in page.content.decode()


def test_choosing_another_floor_holds_for_today(world, desk_of):
    client = desk_of("volunteer")
    assert client.post("/desk/place/", {"site": "TTHCC", "post": "T3"}).status_code == 302
    save(client, body())
    assert Visit.objects.get().post == world.t3


def test_floor_of_another_site_is_an_error_on_its_field(world, desk_of):
    client = desk_of("volunteer")
    assert client.post("/desk/place/", {"site": "H193", "post": "Q1"}).status_code == 422
    assert client.post("/desk/place/", {"site": "TTHCC", "post": "Q1"}).status_code == 422
    save(client, body())
    assert Visit.objects.get().post == world.t2


def test_note_is_seen_on_the_same_floor_today_and_gone_tomorrow(world, desk_of):
    desk_of("volunteer").post("/desk/note/", {"text": "Máy scan tầng 2 hỏng, còn 40 tờ rơi"})
    assert "Máy scan tầng 2 hỏng" in desk_of("leader").get("/desk/").content.decode()
    assert "Máy scan tầng 2 hỏng" not in desk_of("mate").get("/desk/").content.decode()
    HandOverNote.objects.update(date=timezone.localdate() - datetime.timedelta(days=1))
    assert "Máy scan tầng 2 hỏng" not in desk_of("leader").get("/desk/").content.decode()


def test_too_long_note_is_refused_with_a_sentence(world, desk_of):
    page = desk_of("volunteer").post("/desk/note/", {"text": "x" * 5000})
    assert page.status_code == 422
    assert HandOverNote.objects.count() == 0


def test_leader_orders_the_keys_and_a_volunteer_may_not(world, desk_of):
    keys = {"key_to_roi": "1", "usual_to_roi": "on", "key_don_tiep": "2"}
    assert desk_of("volunteer").post("/desk/buttons/", keys).status_code == 403
    assert desk_of("leader").post("/desk/buttons/", keys).status_code == 302
    rows = DeskButton.objects.filter(site=world.site).values_list("position", "activity__code", "in_usual")
    assert list(rows) == [(1, "to_roi", True), (2, "don_tiep", False)]


def test_two_activities_on_one_key_are_refused(world, desk_of):
    answer = desk_of("leader").post("/desk/buttons/", {"key_to_roi": "1", "key_don_tiep": "1"})
    assert answer.status_code == 422
    assert DeskButton.objects.filter(site=world.site).count() == 9


def test_form_without_script_saves_and_goes_back_to_the_desk(world, desk_of):
    data = {**body(), "dossier_open": "1", "dossier_level": "full", "dossier_guided": "on", "dossier_complete": "on"}
    answer = desk_of("volunteer").post("/desk/visits/", data)
    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert Visit.objects.get().dossier.state == "submitted"


def test_refused_form_comes_back_with_its_errors(world, desk_of):
    answer = desk_of("volunteer").post("/desk/visits/", {**body(), "activities": []})
    assert answer.status_code == 422
    assert "Chọn ít nhất một việc" in answer.content.decode()


def test_edit_page_saves_by_its_form(world, desk_of):
    client, data = desk_of("volunteer"), body()
    save(client, data)
    url = f"/desk/visits/{data['id']}/edit/"
    assert client.get(url).status_code == 200
    sent = {"version": "1", "audience": "youth", "activities": ["vneid"], "site": "TTHCC", "post": "T2"}
    answer = client.post(url, sent)
    assert answer.status_code == 302
    stored = Visit.objects.get()
    assert (stored.audience, stored.account, stored.version) == ("youth", "opened", 2)
    assert client.post(url, {"version": "1", "audience": "youth", "activities": ["vneid"]}).status_code == 422
    assert desk_of("stranger").get(url).status_code == 404


@pytest.mark.parametrize("typed", ["as shown", ""])
def test_edit_page_leaves_the_time_when_it_is_not_changed(world, desk_of, typed):
    client, data = desk_of("leader"), body(occurred_at=earlier(days=1))
    save(client, data)
    url, before = f"/desk/visits/{data['id']}/edit/", Visit.objects.get().occurred_at
    shown = client.get(url).context["occurred_at"] if typed else ""
    sent = {"version": "1", "audience": "youth", "activities": ["vneid"], "reason": "Nhầm", "occurred_at": shown}
    assert client.post(url, sent).status_code == 302
    assert Visit.objects.get().occurred_at == before


def test_edit_page_that_is_refused_keeps_the_time_that_was_typed(world, desk_of):
    client, data = desk_of("volunteer"), body()
    save(client, data)
    sent = {"version": "1", "audience": "youth", "activities": [], "occurred_at": "24/02/2020 08:15"}
    page = client.post(f"/desk/visits/{data['id']}/edit/", sent)
    assert (page.status_code, page.context["occurred_at"]) == (422, "24/02/2020 08:15")


def test_undo_by_form(world, desk_of):
    client, data = desk_of("volunteer"), body()
    save(client, data)
    assert desk_of("stranger").post(f"/desk/visits/{data['id']}/undo/").status_code == 404
    assert client.post(f"/desk/visits/{data['id']}/undo/").status_code == 302
    assert Visit.objects.surviving().count() == 0


def test_activities_of_today_have_code_and_name(world, desk_of):
    rows = desk_of("volunteer").get("/desk/activities/").json()
    assert "vneid" in {row["code"] for row in rows} and "lap_tk" not in {row["code"] for row in rows}
    assert all(row["name"] for row in rows)


@pytest.mark.parametrize("text", ["ho chieu", "Hộ chiếu", "HO  CHIEU", "1.000001", "chieu pho thong"])
def test_procedures_are_found_without_accents(world, desk_of, text):
    rows = desk_of("volunteer").get("/desk/procedures/", {"q": text}).json()
    assert [row["code"] for row in rows] == ["1.000001"]


@pytest.mark.parametrize("text", ["\x00", "😀", "x" * 5000, "' OR 1=1 --", "%"])
def test_odd_searches_find_nothing_and_break_nothing(world, desk_of, text):
    answer = desk_of("volunteer").get("/desk/procedures/", {"q": text})
    assert answer.status_code == 200
    if text != "\x00":
        assert answer.json() == []


def test_card_shows_papers_counter_and_qr(world, desk_of):
    card = desk_of("volunteer").get("/desk/procedures/2.000635/card/").content.decode()
    assert "Giấy tờ tùy thân" in card and "Quầy 12" in card and "<svg" in card
    assert desk_of("volunteer").get("/desk/procedures/9.9/card/").status_code == 404


def test_quick_procedures_stand_still_for_the_week(world):
    monday = datetime.date(2026, 11, 23)
    other = Procedure.objects.get(code="1.000001")

    def asked(procedure, date, times):
        HourlyTally.objects.create(
            date=date, hour=8, site=world.site, team=world.team, unit=world.province, volunteer=world.volunteer,
            procedure=procedure, figure="visits", value=times,
        )  # fmt: skip

    asked(world.procedure, monday - datetime.timedelta(days=3), 5)
    asked(other, monday - datetime.timedelta(days=3), 2)
    asked(other, monday, 50)  # this week's rush does not move the keys
    codes = [row.code for row in quick_procedures(site=world.site, today=monday + datetime.timedelta(days=4))]
    assert codes == ["2.000635", "1.000001"]
    codes = [row.code for row in quick_procedures(site=world.site, today=monday + datetime.timedelta(days=7))]
    assert codes == ["1.000001", "2.000635"]


def test_edited_list_is_seen_at_once(world, desk_of):
    client = desk_of("volunteer")
    client.get("/desk/activities/")
    Activity.objects.create(code="moi", name="Việc mới", short_name="Mới")
    Department.objects.create(code="SYT", name="Sở Y tế")
    assert "moi" in {row["code"] for row in client.get("/desk/activities/").json()}
    assert save(client, body(activities=["moi"], department="SYT")).status_code == 201
