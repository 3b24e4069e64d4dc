"""POST, PATCH and DELETE /desk/visits/: the contract."""

import datetime
import json
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from assistance.models import DailyTally, Department, Dossier, Procedure, Visit
from assistance.recount import differences
from assistance.reference import forget, renew
from assistance.services import change_dossier_state
from assistance.tally import rebuild
from shifts.models import Role, User
from tests.factories import body, dossier, earlier

pytestmark = pytest.mark.django_db


def login(username):
    client = Client(headers={"accept": "application/json"})
    client.force_login(User.objects.get(username=username), backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def post(client, data):
    return client.post("/desk/visits/", json.dumps(data), content_type="application/json")


def patch(client, pk, data):
    return client.patch(f"/desk/visits/{pk}/", json.dumps(data), content_type="application/json")


def figures():
    totals = {}
    for figure, value in DailyTally.objects.values_list("figure", "value"):
        totals[figure] = totals.get(figure, 0) + value
    return {figure: value for figure, value in totals.items() if value}


def test_usual_visit_is_stored_and_counted(world):
    answer = post(login("tnv"), body())
    assert answer.status_code == 201
    stored = answer.json()
    assert (stored["version"], stored["site"], stored["post"]) == (1, "TTHCC", "T2")
    assert stored["counts"] == {"mine": 1, "floor": 1, "site": 1, "dossiers": 0}
    assert figures() == {"visits": 1, "reached": 1, "leaflets": 1}


def test_person_opening_an_account_is_guided_and_counted_once_per_figure(world):
    post(login("tnv"), body(activities=["vneid", "huong_dan", "gioi_thieu"]))
    assert figures() == {"visits": 1, "reached": 1, "guided": 1, "accounts": 1, "reached_with_account": 1}


def test_same_body_again_answers_200_and_stores_once(world):
    client, data = login("tnv"), body()
    post(client, data)
    again = post(client, data)
    assert again.status_code == 200
    assert Visit.objects.count() == 1
    assert figures()["visits"] == 1


def test_same_body_after_an_edit_answers_the_visit_as_it_now_is(world):
    client, data = login("tnv"), body()
    post(client, data)
    assert patch(client, data["id"], {"version": 1, "audience": "youth"}).status_code == 200
    again = post(client, data)
    assert (again.status_code, again.json()["audience"], again.json()["version"]) == (200, "youth", 2)


def test_same_id_with_another_body_is_409(world):
    client, data = login("tnv"), body()
    post(client, data)
    assert post(client, {**data, "audience": "youth"}).status_code == 409
    assert post(login("ban"), data).status_code == 409
    assert Visit.objects.get().audience == "citizen"


def test_undone_id_is_410_and_stores_nothing(world):
    client, data = login("tnv"), body()
    post(client, data)
    assert client.delete(f"/desk/visits/{data['id']}/").status_code == 200
    assert post(client, data).status_code == 410
    assert figures() == {}
    assert Visit.objects.surviving().count() == 0


def test_stale_version_is_409(world):
    client, data = login("tnv"), body()
    post(client, data)
    patch(client, data["id"], {"version": 1, "account": "had"})
    stale = patch(client, data["id"], {"version": 1, "account": "none"})
    assert stale.status_code == 409
    assert Visit.objects.get().account == "had"


def test_expired_login_is_401_json(world):
    answer = post(Client(headers={"accept": "application/json"}), body())
    assert (answer.status_code, list(answer.json())) == (401, ["errors"])
    assert Visit.objects.count() == 0


def test_missing_csrf_token_is_403_json(world):
    client = Client(enforce_csrf_checks=True, headers={"accept": "application/json"})
    client.force_login(world.volunteer, backend="shifts.backends.UsernameOrPhoneBackend")
    answer = post(client, body())
    assert (answer.status_code, list(answer.json())) == (403, ["errors"])


@pytest.mark.parametrize(
    ("raw", "status"),
    [(b"{", 400), (b"\xff\xfe", 400), (b"[" * 20000, 400), (b"[]", 400), (b'{"id": NaN}', 400), (b"", 400)],
)
def test_what_is_not_json_is_400(world, raw, status):
    answer = login("tnv").post("/desk/visits/", raw, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (status, ["errors"])


@pytest.mark.parametrize("length", ["abc", "1e5", "9" * 5000])
def test_length_that_is_no_number_is_400(world, length):
    answer = login("tnv").post("/desk/visits/", b"{}", content_type="application/json", CONTENT_LENGTH=length)
    assert (answer.status_code, list(answer.json())) == (400, ["errors"])


def test_deep_body_is_refused_at_every_depth(world):
    client, start = login("tnv"), json.dumps(body(audience=""))[:-1]
    answers = {client.post("/desk/visits/", f'{start}, "x": {"[" * deep}{"]" * deep}}}',
        content_type="application/json").status_code for deep in range(850, 1000)}  # fmt: skip
    assert answers == {400, 422}


def test_version_that_only_looks_like_a_number_is_no_fault_of_ours(world):
    sent = {"id": body()["id"], "audience": "citizen", "activities": ["huong_dan"], "version": "²"}
    assert login("tnv").post("/desk/visits/", sent).status_code == 201


def test_reason_with_half_a_letter_is_stored_without_it(world):
    data = body(occurred_at=earlier(days=1))
    post(login("tnv"), data)
    answer = patch(login("doitruong"), data["id"], {"version": 1, "reason": "gõ \ud800nhầm", "queue_number": "9"})
    assert (answer.status_code, Visit.objects.get().amend_reason) == (200, "gõ nhầm")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": "abc"}, "id"),
        ({"id": 5}, "id"),
        ({"id": None}, "id"),
        ({"audience": ""}, "audience"),
        ({"audience": "alien"}, "audience"),
        ({"audience": ["citizen"]}, "audience"),
        ({"activities": []}, "activities"),
        ({"activities": "don_tiep"}, "activities"),
        ({"activities": ["không có"]}, "activities"),
        ({"activities": [{"a": 1}]}, "activities"),
        ({"activities": ["lap_tk"]}, "activities"),
        ({"activities": ["x" * 5000]}, "activities"),
        ({"activities": ["\x00"]}, "activities"),
        ({"account": "maybe"}, "account"),
        ({"procedure": "9.999999"}, "procedure"),
        ({"procedure": "x" * 5000}, "procedure"),
        ({"department": "😀"}, "department"),
        ({"counter": "99"}, "counter"),
        ({"queue_number": "😀"}, "queue_number"),
        ({"queue_number": "1\x002"}, "queue_number"),
        ({"queue_number": 83}, "queue_number"),
        ({"site": "H193"}, "site"),
        ({"site": "ZZ"}, "site"),
        ({"post": "Q1"}, "post"),
        ({"post": "T4"}, "post"),
        ({"occurred_at": "2099-01-01T08:00"}, "occurred_at"),
        ({"occurred_at": "hôm qua"}, "occurred_at"),
        ({"occurred_at": "2020-02-31T08:00"}, "occurred_at"),
        ({"occurred_at": 12}, "occurred_at"),
        ({"dossier": "có"}, "dossier"),
        ({"dossier": dossier(guided=False)}, "dossier.guided"),
        ({"dossier": dossier(complete=False)}, "dossier.complete"),
        ({"dossier": dossier(complete="yes")}, "dossier.complete"),
        ({"dossier": dossier(level=None)}, "dossier.level"),
        ({"dossier": dossier(level=7)}, "dossier.level"),
        ({"dossier": dossier(level=True)}, "dossier.level"),
        ({"dossier": dossier(outcome="not_submitted")}, "dossier.reason"),
        ({"dossier": dossier(outcome="?")}, "dossier.outcome"),
        ({"dossier": dossier(code="!!")}, "dossier.code"),
        ({"dossier": dossier(code="\ud800")}, "dossier.code"),
    ],
)
def test_bad_input_is_a_sentence_at_its_field_and_stores_nothing(world, changes, field):
    answer = post(login("tnv"), body(**changes))
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert Visit.objects.count() == 0 and figures() == {}


def test_year_old_time_is_refused(world):
    answer = post(login("tnv"), body(occurred_at=earlier(days=365)))
    assert list(answer.json()["errors"]) == ["occurred_at"]


def test_unknown_but_plausible_code_asks_once(world):
    client, data = login("tnv"), body(dossier=dossier(code="BNV.2026.00017"))
    asked = post(client, data)
    assert (asked.status_code, asked.json()["ask"]) == (422, "dossier.code")
    data["dossier"]["code_confirmed"] = True
    assert post(client, data).status_code == 201
    assert Dossier.objects.get().code == "BNV.2026.00017"


@pytest.mark.parametrize(
    ("level", "expected"),
    [(1, {}), ("2", {}), (3, {"dossiers_partial": 1}), (4, {"dossiers_full": 1}), ("partial", {"dossiers_partial": 1})],
)
def test_level_as_entered_is_kept_and_counts_as_its_like(world, level, expected):
    post(login("tnv"), body(activities=["nop_ho_so"], dossier=dossier(level=level)))
    assert {key: value for key, value in figures().items() if key.startswith("dossiers")} == expected
    assert Dossier.objects.get().level.code == str(level)


CODE = "000.00.00.H49-261124-0001"


def test_code_counts_once_and_moves_to_the_survivor_when_undone(world):
    first, second = body(dossier=dossier(code=CODE)), body(dossier=dossier(code=CODE))
    assert post(login("tnv"), first).status_code == 201
    assert post(login("ban"), second).status_code == 201
    assert figures()["dossiers_full"] == 1
    login("tnv").delete(f"/desk/visits/{first['id']}/")
    assert Dossier.objects.get(visit=second["id"]).counts_submission is True
    assert figures()["dossiers_full"] == 1
    assert differences()[1] == []


def test_earlier_submission_that_arrives_late_takes_the_count(world):
    late = body(dossier=dossier(code=CODE), occurred_at=earlier(days=2))
    post(login("tnv"), body(dossier=dossier(code=CODE)))
    post(login("ban"), late)
    assert list(Dossier.objects.filter(counts_submission=True).values_list("visit", flat=True)) == [
        uuid.UUID(late["id"])
    ]
    assert DailyTally.objects.get(figure="dossiers_full", value=1).volunteer == world.mate
    assert differences()[1] == []


def test_stranger_does_not_see_a_visit_and_leadership_only_looks(world):
    data = body()
    post(login("tnv"), data)
    assert patch(login("nguoila"), data["id"], {"version": 1}).status_code == 404
    assert patch(login("ban"), data["id"], {"version": 1}).status_code == 404
    assert patch(login("lanhdao"), data["id"], {"version": 1}).status_code == 403
    assert login("lanhdao").delete(f"/desk/visits/{data['id']}/").status_code == 403


def test_code_is_shown_to_the_team_alone(world):
    data = body(dossier=dossier(code="000.00.00.H49-200224-0001"))
    post(login("tnv"), data)
    shown = {
        username: login(username).get(f"/desk/visits/{data['id']}/").json()["dossier"]["code"]
        for username in ("tnv", "doitruong", "lanhdao")
    }
    assert shown == {"tnv": data["dossier"]["code"], "doitruong": data["dossier"]["code"], "lanhdao": ""}


def test_after_the_day_only_the_leader_edits_with_a_reason_and_it_is_flagged(world):
    data = body(occurred_at=earlier(days=1))
    post(login("tnv"), data)
    assert patch(login("tnv"), data["id"], {"version": 1, "account": "had"}).status_code == 403
    assert patch(login("doitruong"), data["id"], {"version": 1, "account": "had"}).status_code == 403
    changed = patch(login("doitruong"), data["id"], {"version": 1, "account": "had", "reason": "Ghi nhầm"})
    assert changed.status_code == 200
    stored = Visit.objects.get()
    assert (stored.amended, stored.amend_reason, stored.account) == (True, "Ghi nhầm", "had")
    assert differences()[1] == []


def test_corrected_time_takes_the_submission_with_it(world):
    data = body(dossier=dossier(), occurred_at=earlier(days=2))
    post(login("tnv"), data)
    right = timezone.localtime() - datetime.timedelta(days=3)
    change = {"version": 1, "occurred_at": right.isoformat(), "reason": "Ghi nhầm ngày"}
    assert patch(login("doitruong"), data["id"], change).status_code == 200
    assert Dossier.objects.get().submitted_at == right
    assert DailyTally.objects.get(figure="dossiers_full", value=1).date == right.date()
    assert differences()[1] == []


def test_corrected_time_leaves_a_submission_of_another_day_where_it_was(world):
    data = body(dossier=dossier(outcome="prepared"), occurred_at=earlier(days=2))
    post(login("tnv"), data)
    row = change_dossier_state(dossier=Dossier.objects.get(), state="submitted")
    change = {"version": 2, "occurred_at": earlier(days=3), "reason": "Ghi nhầm ngày"}
    assert patch(login("doitruong"), data["id"], change).status_code == 200
    assert Dossier.objects.get().submitted_at == row.submitted_at
    assert differences()[1] == []


def test_edit_of_something_else_leaves_the_state_of_the_dossier(world):
    client, data = login("tnv"), body(dossier=dossier(outcome="prepared"))
    post(client, data)
    change_dossier_state(dossier=Dossier.objects.get(), state="withdrawn")
    assert patch(client, data["id"], {"version": 2, "audience": "youth"}).json()["dossier"]["state"] == "withdrawn"
    changed = patch(client, data["id"], {"version": 3, "dossier": {"outcome": "submitted"}})
    assert changed.json()["dossier"]["state"] == "submitted"


def test_department_follows_the_corrected_procedure_unless_it_was_chosen(world):
    other = Department.objects.create(code="SYT", name="Sở Y tế")
    Procedure.objects.filter(code="1.000001").update(department=other)
    client, followed, chosen = login("tnv"), body(procedure="2.000635"), body(procedure="2.000635", department="SYT")
    for data in (followed, chosen):
        post(client, data)
    moved = patch(client, followed["id"], {"version": 1, "procedure": "1.000001"})
    assert moved.json()["department"] == "SYT"
    assert patch(client, followed["id"], {"version": 2, "procedure": ""}).json()["department"] == ""
    assert patch(client, chosen["id"], {"version": 1, "procedure": ""}).json()["department"] == "SYT"
    assert differences()[1] == []


def test_edit_asks_about_an_unknown_code_only_when_it_is_another(world):
    client = login("tnv")
    data = body(dossier=dossier(code="BNV.2026.00017", code_confirmed=True))
    post(client, data)
    kept = {"code": "BNV.2026.00017", "code_confirmed": False}
    assert patch(client, data["id"], {"version": 1, "dossier": kept}).status_code == 200
    asked = patch(client, data["id"], {"version": 2, "dossier": {"code": "BNV.2026.00018"}})
    assert (asked.status_code, asked.json()["ask"]) == (422, "dossier.code")


def test_blank_reason_is_none(world):
    data = body(occurred_at=earlier(days=1))
    post(login("tnv"), data)
    assert login("doitruong").delete(f"/desk/visits/{data['id']}/?reason=%20").status_code == 403
    assert login("doitruong").delete(f"/desk/visits/{data['id']}/?reason=Trùng").status_code == 200


@pytest.mark.parametrize("page", ["/desk/", "/desk/visits/today/", "/desk/sheet/", "/desk/grid/", "/desk/buttons/"])
def test_person_whose_team_has_no_site_is_told_so(world, page):
    world.team.home_site = None
    world.team.save()
    answer = login("tnv").get(page)
    assert (answer.status_code, list(answer.json()["errors"])) == (403, ["team"])


def test_person_of_no_team_is_told_so(world):
    answer = post(login("lanhdao"), body())
    assert (answer.status_code, list(answer.json()["errors"])) == (403, ["team"])


def test_today_lists_surviving_visits_newest_first(world):
    client = login("tnv")
    old, undone, new = body(occurred_at=earlier(seconds=5)), body(), body()
    for data in (old, undone, new):
        post(client, data)
    client.delete(f"/desk/visits/{undone['id']}/")
    assert [row["id"] for row in client.get("/desk/visits/today/").json()["visits"]] == [new["id"], old["id"]]


@pytest.mark.parametrize("count", [1, 3])
def test_save_takes_at_most_ten_queries(world, count, django_assert_max_num_queries):
    client = login("tnv")
    # The first save reads the lists that are kept in memory.
    post(client, body(procedure="2.000635", dossier=dossier(code="000.00.00.H49-261124-9999")))
    for number in range(count):
        data = body(procedure="2.000635", dossier=dossier(code=f"000.00.00.H49-261124-000{number}"))
        with django_assert_max_num_queries(10):
            assert post(client, data).status_code == 201


def test_first_save_of_a_server_process_takes_no_more_queries(world, django_assert_max_num_queries):
    client = login("tnv")
    forget()
    renew()
    with django_assert_max_num_queries(10):
        data = body(procedure="2.000635", counter="12", dossier=dossier(code="000.00.00.H49-261124-0001"))
        assert post(client, data).status_code == 201


def test_staff_above_the_team_see_a_visit_but_neither_edit_it_nor_read_its_code(world):
    Role.objects.create(user=world.leadership, kind="staff", unit=world.province)
    data = body(dossier=dossier(code=CODE))
    post(login("tnv"), data)
    staff = login("lanhdao")
    seen = staff.get(f"/desk/visits/{data['id']}/")
    assert seen.status_code == 200 and CODE not in seen.content.decode()
    refused = [
        patch(staff, data["id"], {"version": 1, "reason": "Xem"}),
        staff.get(f"/desk/visits/{data['id']}/edit/"),
        staff.delete(f"/desk/visits/{data['id']}/?reason=Xem"),
    ]
    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert all(CODE not in answer.content.decode() for answer in refused)


def test_leader_edits_a_visit_however_old_but_does_not_move_it_further_back(world):
    data = body(occurred_at=earlier(days=80))
    post(login("tnv"), data)
    long_ago = timezone.now() - datetime.timedelta(days=400)
    local = timezone.localtime(long_ago)
    Visit.objects.update(occurred_at=long_ago, date=local.date(), hour=local.hour)
    rebuild()
    leader, reason = login("doitruong"), "Ghi nhầm"
    assert patch(leader, data["id"], {"version": 1, "account": "had", "reason": reason}).status_code == 200
    further = (long_ago - datetime.timedelta(days=1)).isoformat()
    moved = patch(leader, data["id"], {"version": 2, "occurred_at": further, "reason": reason})
    assert list(moved.json()["errors"]) == ["occurred_at"]
    assert differences()[1] == []
