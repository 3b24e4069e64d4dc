"""What a roster's rows may say: the database refuses every value that the code does not know."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from shifts.models import RosterChange, RosterChangeLine, RosterRun, SwapDuty, SwapRequest
from tests.shifts.duties.people import TUESDAY, held, published_world

pytestmark = pytest.mark.django_db


def known(model, name):
    """The values that the constraint of this name lets a row have."""
    (constraint,) = [row for row in model._meta.constraints if row.name == name]
    ((_lookup, values),) = constraint.condition.children
    return sorted(values)


@pytest.mark.parametrize(
    ("model", "name", "choices"),
    [
        (RosterChange, "roster_change_kind_known", RosterChange.Kind),
        (RosterChangeLine, "roster_change_line_act_known", RosterChangeLine.Act),
        (RosterRun, "roster_run_state_known", RosterRun.State),
        (SwapRequest, "swap_state_known", SwapRequest.State),
        (SwapDuty, "swap_duty_side_known", SwapDuty.Side),
    ],
)
def test_the_database_knows_every_value_that_the_code_has(model, name, choices):
    assert known(model, name) == sorted(choices.values)


def test_no_row_has_a_value_that_nobody_knows():
    w = published_world()
    change = w.roster.changes.first()
    request = SwapRequest.objects.create(asked_by=w.me, asked_of=w.mate_v)
    rows = [
        (change, {"kind": "else"}),
        (
            RosterChangeLine.objects.create(
                change=change, act="add", date=TUESDAY, session="sang", post=w.t1, volunteer=w.me
            ),
            {"act": "else"},
        ),
        (RosterRun.objects.create(roster=w.roster, state="done"), {"state": "else"}),
        (request, {"state": "else", "answered_at": datetime.datetime(2026, 11, 2, tzinfo=datetime.UTC)}),
        (
            SwapDuty.objects.create(request=request, assignment=held(w.volunteer, TUESDAY)[0], side="given"),
            {"side": "else"},
        ),
    ]
    for row, values in rows:
        with pytest.raises(IntegrityError, match="_known"), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**values)
