"""/desk/dossiers/: my team's dossiers and their states."""

import datetime
import json

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from assistance.models import DailyTally, Dossier
from assistance.recount import differences
from assistance.services import StateRefused, change_dossier_state, erase_old_codes, undo_visit
from assistance.tally import rebuild
from tests.factories import body, dossier

pytestmark = pytest.mark.django_db
CODE = "000.00.00.H49-261124-0001"


def client_of(user):
    client = Client()
    client.force_login(user, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def save(user, **changes):
    answer = client_of(user).post("/desk/visits/", json.dumps(body(**changes)), content_type="application/json")
    assert answer.status_code == 201
    return Dossier.objects.get(visit=answer.json()["id"])


def move(user, row, state):
    url = f"/desk/dossiers/{row.pk}/state/"
    return client_of(user).post(url, {"state": state}, headers={"accept": "application/json"})


def test_team_sees_its_open_dossiers_and_a_stranger_does_not(world):
    save(world.volunteer, dossier=dossier(code=CODE))
    assert CODE in client_of(world.mate).get("/desk/dossiers/").content.decode()
    assert CODE not in client_of(world.stranger).get("/desk/dossiers/").content.decode()
    assert CODE not in client_of(world.leadership).get("/desk/dossiers/").content.decode()


def test_same_code_twice_is_shown_to_be_the_same_dossier(world):
    save(world.volunteer, dossier=dossier(code=CODE))
    save(world.mate, dossier=dossier(code=CODE))
    page = client_of(world.mate).get("/desk/dossiers/")
    assert [row.twins for row in page.context["page"]] == [2, 2]


def test_returned_dossier_counts_as_resolved_once_per_code(world):
    first = save(world.volunteer, dossier=dossier(code=CODE))
    second = save(world.mate, dossier=dossier(code=CODE))
    for row in (first, second):
        assert move(world.mate, row, "returned").status_code == 200
    assert sum(DailyTally.objects.filter(figure="dossiers_resolved").values_list("value", flat=True)) == 1
    assert move(world.mate, first, "accepted").status_code == 200
    assert sum(DailyTally.objects.filter(figure="dossiers_resolved").values_list("value", flat=True)) == 1
    assert differences()[1] == []


def test_prepared_dossier_counts_from_the_moment_it_is_submitted(world):
    row = save(world.volunteer, dossier=dossier(outcome="prepared"))
    assert not DailyTally.objects.filter(figure="dossiers_full").exists()
    assert move(world.mate, row, "submitted").status_code == 200
    assert DailyTally.objects.get(figure="dossiers_full").value == 1
    assert differences()[1] == []


def test_prepared_dossier_without_its_ticks_is_refused_with_a_sentence(world):
    row = save(world.volunteer, dossier={"outcome": "prepared"})
    refused = move(world.mate, row, "submitted")
    assert refused.status_code == 422
    assert "Chỉ nộp giúp" in refused.json()["errors"]["state"][0]


@pytest.mark.parametrize("state", ["", "không có", "preparing", "\x00"])
def test_unknown_state_is_refused(world, state):
    row = save(world.volunteer, dossier=dossier())
    assert move(world.mate, row, state).status_code == 422
    row.refresh_from_db()
    assert row.state == "submitted"


def test_stranger_can_not_move_a_dossier(world):
    row = save(world.volunteer, dossier=dossier())
    assert move(world.stranger, row, "returned").status_code == 404


@pytest.mark.parametrize(
    "change",
    [{"guided": False}, {"complete": False}, {"level": None}, {"state": "preparing"}, {"submitted_at": None}],
)
def test_database_refuses_a_submission_without_its_conditions(world, change):
    row = save(world.volunteer, dossier=dossier())
    with pytest.raises(IntegrityError), transaction.atomic():
        Dossier.objects.filter(pk=row.pk).update(**change)


def test_database_refuses_to_count_a_code_twice(world):
    save(world.volunteer, dossier=dossier(code=CODE))
    second = save(world.mate, dossier=dossier(code=CODE))
    with pytest.raises(IntegrityError), transaction.atomic():
        Dossier.objects.filter(pk=second.pk).update(counts_submission=True)


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_queries_however_long(world, count, django_assert_num_queries):
    for number in range(count):
        save(world.volunteer, dossier=dossier(code=f"000.00.00.H49-261124-000{number}"))
    client = client_of(world.mate)
    with django_assert_num_queries(6):
        client.get("/desk/dossiers/")


def test_code_is_erased_after_its_time_and_still_counts_once(world):
    closed = save(world.volunteer, dossier=dossier(code=CODE))
    still_open = save(world.volunteer, dossier=dossier(code="000.00.00.H49-261124-0002"))
    move(world.mate, closed, "returned")
    assert erase_old_codes(at=timezone.now() + datetime.timedelta(days=91)) == 1
    assert set(Dossier.objects.values_list("pk", "code")) == {(closed.pk, ""), (still_open.pk, still_open.code)}
    save(world.mate, dossier=dossier(code=CODE))
    assert sum(DailyTally.objects.filter(figure="dossiers_full").values_list("value", flat=True)) == 2
    assert differences()[1] == []


def test_code_of_an_undone_visit_is_not_kept_as_if_it_were_open(world):
    row = save(world.volunteer, dossier=dossier(code=CODE))
    undo_visit(visit=row.visit, by=world.volunteer)
    assert erase_old_codes(at=timezone.now() + datetime.timedelta(days=91)) == 1


def test_recount_does_not_lengthen_the_time_a_code_is_kept(world):
    row = save(world.volunteer, dossier=dossier(code=CODE))
    rebuild()
    assert Dossier.objects.get().updated_at == row.updated_at


def test_edit_after_the_code_was_erased_keeps_its_digest(world):
    row = save(world.volunteer, dossier=dossier(code=CODE))
    Dossier.objects.update(code="")
    url = f"/desk/visits/{row.visit_id}/"
    answer = client_of(world.volunteer).patch(url, '{"version": 1, "audience": "youth"}', "application/json")
    assert answer.status_code == 200
    assert Dossier.objects.get().code_digest == row.code_digest


def test_dossier_that_an_edit_took_away_meanwhile_is_refused_in_a_sentence(world):
    row = save(world.volunteer, dossier=dossier())
    url, without = f"/desk/visits/{row.visit_id}/", json.dumps({"version": 1, "dossier": None})
    assert client_of(world.volunteer).patch(url, without, content_type="application/json").status_code == 200
    with pytest.raises(StateRefused):
        change_dossier_state(dossier=row, state="accepted")
    assert differences()[1] == []
