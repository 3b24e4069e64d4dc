"""/reports/data/figures/: the contract, rights and bad input."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reports.figures import GROUPS
from shifts.models import Role, Unit
from tests.reports.figures.records import MONDAY, log, total

pytestmark = pytest.mark.django_db
WEEK = {"from": "2026-02-09", "to": "2026-02-15"}


def ask(user, status=200, **asked):
    client = Client()
    client.force_login(user, backend="shifts.backends.UsernameOrPhoneBackend")
    answer = client.get("/reports/data/figures/", {**WEEK, **asked})
    assert answer.status_code == status
    return answer.json()


@pytest.fixture
def logged(world):
    log(world)
    log(world, by=world.mate, hour=14)
    log(world, by=world.stranger, post=world.other_post)
    return world


def test_answers_rows_total_definition_and_how_fresh_it_is(logged):
    found = ask(logged.leadership, figure="visits", group="unit")
    fresh_at = datetime.datetime.fromisoformat(found.pop("fresh_at"))
    assert fresh_at.tzinfo is not None
    assert found == {
        "figure": "visits",
        "name": "Lượt hỗ trợ",
        "definition": "Mỗi người dân được giúp một lần là một lượt.",
        "from": "2026-02-09",
        "to": "2026-02-15",
        "group": "unit",
        "as": "then",
        "total": 3,
        "rows": [
            {"key": "22@2020-01-01", "label": "Tỉnh Quảng Ninh", "value": 2, "share": 2 / 3},
            {"key": "193@2020-01-01", "label": "Thành phố Hạ Long", "value": 1, "share": 1 / 3},
        ],
    }


def test_unit_means_its_subtree_and_team_its_own(logged):
    total(logged.district, reached=5)
    assert ask(logged.leadership, figure="visits", unit="193")["total"] == 1
    assert ask(logged.leadership, figure="visits", unit="22")["total"] == 3
    assert ask(logged.leadership, figure="visits", unit="22", only="1")["total"] == 2
    assert ask(logged.leadership, figure="reached", unit="193")["total"] == 5
    assert ask(logged.leadership, figure="reached", team="HL")["total"] == 1


def test_leader_sees_their_team_and_its_people_by_name(logged):
    found = ask(logged.leader, figure="visits", group="volunteer")
    assert [(row["label"], row["value"]) for row in found["rows"]] == [("Nguyễn Thu Hà", 1), ("Phạm Quốc Khánh", 1)]
    assert ask(logged.leader, figure="visits")["total"] == 2
    assert "team" in ask(logged.leader, 422, figure="visits", team="HL")["errors"]
    assert "unit" in ask(logged.leader, 422, figure="visits", unit="22")["errors"]


def test_staff_and_leadership_see_no_list_of_people(logged):
    Role.objects.create(user=logged.mate, kind="staff", unit=logged.province)
    for user in (logged.leadership, logged.mate):
        found = ask(user, 422, figure="visits", group="volunteer")
        assert found["errors"] == {
            "group": ["Chia theo tình nguyện viên chỉ dành cho đội trưởng, trong đội của mình."]
        }
        assert "volunteer" in ask(user, 422, figure="visits", volunteer=str(logged.volunteer.pk))["errors"]
        assert "team" not in ask(user, figure="visits", team="TINH")
    assert ask(logged.leader, 422, figure="events", group="volunteer")["errors"]["group"]


def test_volunteer_may_not_ask(logged):
    assert ask(logged.volunteer, 403, figure="visits")["errors"]["unit"]


def test_unit_out_of_reach_answers_like_one_that_does_not_exist(logged):
    Role.objects.filter(user=logged.leadership).update(unit=logged.district)
    assert ask(logged.leadership, figure="visits")["total"] == 1
    hidden, unknown = (ask(logged.leadership, 422, figure="visits", unit=unit) for unit in ("22", "99999"))
    assert hidden == unknown == {"errors": {"unit": ["Không có đơn vị này. Ghi mã đơn vị, ví dụ 06652."]}}
    hidden, unknown = (ask(logged.leadership, 422, figure="visits", team=team) for team in ("TINH", "99999"))
    assert hidden == unknown


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("figure", {"figure": "dogs"}),
        ("figure", {"figure": ""}),
        ("figure", {"figure": "visits\x00"}),
        ("group", {"group": "color"}),
        ("group", {"figure": "events", "group": "hour"}),
        ("unit", {"unit": "22\x00"}),
        ("unit", {"unit": "22@2020-13-45"}),
        ("unit", {"unit": "9" * 400}),
        ("team", {"team": "\x00"}),
        ("from", {"from": "2026-02-16"}),
        ("from", {"from": "32/01/2026"}),
        ("from", {"from": "\x00"}),
        ("from", {"from": "1026-01-01"}),
        ("from", {"from": "2000-01-01", "to": "2026-01-01"}),
        ("to", {"to": "9999-12-31"}),
        ("as", {"as": "later"}),
        ("hour", {"hour": "24"}),
        ("hour", {"hour": "-1"}),
        ("post", {"post": "9" * 30}),
        ("post", {"post": "²"}),
        ("department", {"department": "KHONG"}),
        ("day", {"day": "9999-12-31"}),
        ("group", {"group": "department", "audience": "youth"}),
        ("team", {"figure": "coverage", "team": "TINH"}),
    ],
)
def test_bad_input_names_the_field_and_what_to_do(logged, field, asked):
    errors = ask(logged.leadership, 422, **{"figure": "visits", **asked})["errors"]
    assert list(errors) == [field]
    assert all(len(sentence) > 15 and "null" not in sentence.lower() for sentence in errors[field])


def test_leader_of_a_team_is_told_that_coverage_is_of_units(logged):
    assert "figure" in ask(logged.leader, 422, figure="coverage")["errors"]


def test_figures_of_a_future_or_empty_period_are_zero(logged):
    found = ask(logged.leadership, figure="visits", group="day", **{"from": "2040-01-01", "to": "2040-12-31"})
    assert (found["total"], found["rows"]) == (0, [])


def test_takes_the_same_queries_with_one_row_and_with_three(world):
    client = Client()
    client.force_login(world.leadership, backend="shifts.backends.UsernameOrPhoneBackend")

    def queries(group):
        with CaptureQueriesContext(connection) as heard:
            found = client.get("/reports/data/figures/", {**WEEK, "figure": "reached", "group": group}).json()
        return len(heard), len(found["rows"])

    def add(number):
        log(world, date=MONDAY + datetime.timedelta(days=number), procedure=world.procedure, hour=8 + number)
        unit = Unit.objects.create(code=f"0665{number}", name="Phường", level="commune", kind="phường",
                                   parent=world.province, valid_from=datetime.date(2020, 1, 1))  # fmt: skip
        total(unit, reached=3, first=MONDAY + datetime.timedelta(days=number), days=1)

    add(0)
    one = {group: queries(group) for group in GROUPS if group != "volunteer"}
    add(1)
    add(2)
    three = {group: queries(group) for group in GROUPS if group != "volunteer"}
    assert (one["unit"][1], three["unit"][1], three["day"][1], three["hour"][1]) == (2, 4, 3, 4)
    assert {group: n for group, (n, _rows) in one.items()} == {group: n for group, (n, _rows) in three.items()}
