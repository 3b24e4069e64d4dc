"""The printed tally sheet and the grid for what was written on it."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from assistance.models import Visit
from assistance.recount import differences

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(world):
    client = Client()
    client.force_login(world.volunteer, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def line(number, **values):
    activities = values.pop("activities", ["don_tiep"])
    return {
        f"{number}-audience": "citizen",
        f"{number}-activities": activities,
        **{f"{number}-{name}": value for name, value in values.items()},
    }


def test_thirty_lines_are_stored_at_once_and_flagged(client):
    data = {"date": (timezone.localdate() - datetime.timedelta(days=1)).isoformat()}
    for number in range(30):
        data |= line(number, time=f"00:{number:02d}")
    assert client.post("/desk/grid/", data).status_code == 302
    assert Visit.objects.filter(late_entry=True).count() == 30
    assert differences()[1] == []


def test_bad_lines_stay_with_their_reason_and_hold_back_no_other(client):
    data = line(0, time="00:00") | line(1, time="") | line(2, time="99:99") | line(3, time="00:00", procedure="9.9")
    page = client.post("/desk/grid/", data)
    assert page.status_code == 422
    assert Visit.objects.count() == 1
    assert [list(row["errors"]) for row in page.context["lines"][:4]] == [
        ["occurred_at"], ["occurred_at"], ["procedure"], [],
    ]  # fmt: skip


def test_line_sent_twice_is_stored_once(client):
    data = line(0, time="00:00", id="6f2c1d0e-1111-4222-8333-944455556666")
    client.post("/desk/grid/", data)
    client.post("/desk/grid/", data)
    assert Visit.objects.count() == 1


def test_sheet_has_the_activities_in_the_order_of_the_desk(client):
    page = client.get("/desk/sheet/")
    assert page.status_code == 200
    assert [row.activity.code for row in page.context["buttons"]][:3] == ["don_tiep", "lay_so", "len_quay"]


def test_unreadable_date_stores_nothing_and_is_not_taken_for_today(client):
    page = client.post("/desk/grid/", {"date": "31/02/2026"} | line(0, time="00:00"))
    assert page.status_code == 422
    assert (page.context["date"], list(page.context["lines"][0]["errors"])) == (None, ["date"])
    assert Visit.objects.count() == 0
