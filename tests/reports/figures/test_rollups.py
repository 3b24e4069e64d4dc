"""The tally rolled up by month answers what the tally answers, whatever comes in late."""

import datetime

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from assistance import services
from assistance.models import DailyTally, MatterMonth, PlaceMonth, RolledUp, TallyChange
from assistance.rollups import roll_up
from assistance.tally import rebuild
from reports.figures import FIGURES, ask, ask_all
from shifts.models import Unit
from tests.reports.figures.records import MONDAY, log, sent

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
NOON = datetime.datetime(2026, 2, 20, 5, tzinfo=datetime.UTC)
SPANS = [
    (datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)),
    (MONDAY - 20 * DAY, MONDAY),
    (MONDAY + DAY, datetime.date(2026, 2, 20)),
]


@pytest.fixture
def today():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def fill(world):
    log(world, date=datetime.date(2026, 1, 31), procedure=world.procedure, dossier=sent())
    log(world, activities=["vneid"], account="opened", procedure=world.procedure)
    log(world, date=MONDAY + DAY, by=world.mate, post=world.t2, hour=14, dossier=sent("partial"), audience="youth")
    log(world, date=MONDAY + 3 * DAY, by=world.stranger, post=world.other_post, activities=["to_roi"])
    log(world, date=datetime.date(2026, 2, 20), audience="enterprise")


def everything(units):
    """Every figure and grouping over several spans."""
    found = {}
    for first, last in SPANS:
        for group in [None, *FIGURES["visits"].groups]:
            answers = ask_all([code for code in FIGURES if FIGURES[code].kind == "tally"], units=units, first=first,
                              last=last, group=group)  # fmt: skip
            for code, answer in answers.items():
                assert sum(row.exact for row in answer.rows) == (answer.exact if group else 0)
                found[first, last, group, code] = (answer.exact, [(row.key, row.exact) for row in answer.rows])
    return found


def without_rollups(units):
    RolledUp.objects.all().delete()
    return everything(units)


@pytest.mark.parametrize("unit", [None, "province", "district"])
def test_rolled_up_figures_are_those_of_the_tally(world, today, unit):
    fill(world)
    units = Unit.objects.within(getattr(world, unit)) if unit else None
    before = everything(units)
    assert roll_up() == 2
    assert RolledUp.objects.get().until == datetime.date(2026, 2, 19)
    assert everything(units) == before
    DailyTally.objects.filter(date__lt="2026-02-20").delete()  # so it is the months that answer
    assert ask("visits", units=None, first=MONDAY, last=MONDAY + 30 * DAY).total == 4
    assert ask("visits", units=None, first=MONDAY, last=MONDAY + 30 * DAY, group="unit").total == 4


def test_a_late_visit_an_edit_and_an_undo_count_at_once(world, today):
    fill(world)
    roll_up()
    assert not TallyChange.objects.exists()
    late = log(world, date=MONDAY + DAY)
    assert set(TallyChange.objects.values_list("date", flat=True)) == {MONDAY + DAY}
    week = {"units": None, "first": MONDAY, "last": MONDAY + 6 * DAY}
    assert ask("visits", **week).total == 4
    assert [row.value for row in ask("visits", **week, group="day").rows] == [1, 2, 1]
    services.undo_visit(visit=late, by=world.volunteer)
    assert ask("visits", **week).total == 3
    changed = everything(None)
    assert roll_up() == 1
    assert not TallyChange.objects.exists()
    assert everything(None) == changed == without_rollups(None)


def test_a_visit_of_today_leaves_no_mark_and_costs_no_query_more(world, today, django_assert_num_queries):
    log(world, date=NOON.date())
    roll_up()
    log(world, date=NOON.date(), hour=10)
    assert not TallyChange.objects.exists()
    assert ask("visits", units=None, first=NOON.date(), last=NOON.date()).total == 2


def test_a_day_is_rolled_up_from_one_in_the_morning(world, today):
    log(world, date=NOON.date())
    zone = timezone.get_current_timezone()
    for hour, until in [(0, datetime.date(2026, 2, 19)), (1, datetime.date(2026, 2, 20))]:
        today.move_to(datetime.datetime(2026, 2, 21, hour, 30, tzinfo=zone))
        roll_up()
        found = RolledUp.objects.values_list("until", flat=True).first()
        assert found == (until if hour else None)
    assert PlaceMonth.objects.get(figure="visits").d20 == 1


def test_a_change_that_comes_while_months_are_made_stands(world, today, monkeypatch):
    fill(world)
    roll_up()
    log(world, date=MONDAY)
    from assistance import rollups

    made, came = rollups._make, []

    def make_while_a_visit_comes(month, until):
        made(month, until)
        if not came:
            came.append(log(world, date=MONDAY + DAY))

    monkeypatch.setattr(rollups, "_make", make_while_a_visit_comes)
    first = rollups._next_month(datetime.date(2026, 2, 19))
    assert first == datetime.date(2026, 2, 1)
    assert roll_up() == 2
    assert not TallyChange.objects.exists()
    assert ask("visits", units=None, first=MONDAY, last=MONDAY + 6 * DAY).total == 5


def test_rebuilding_the_tally_rolls_up_anew(world, today):
    fill(world)
    roll_up()
    rebuild()
    assert not RolledUp.objects.exists()
    before = everything(None)
    assert roll_up() == 2
    assert everything(None) == before


def test_rolled_up_again_and_again_it_stays_the_same(world, today):
    fill(world)
    assert (roll_up(), roll_up()) == (2, 0)
    today.move_to(NOON + 11 * DAY)
    assert roll_up() == 2  # the rest of February, and March
    assert ask("visits", units=None, first=MONDAY, last=MONDAY + 30 * DAY).total == 4


def test_check_tally_finds_a_month_that_differs(world, today, capsys):
    fill(world)
    roll_up()
    call_command("check_tally")
    row = MatterMonth.objects.filter(figure="visits").exclude(unit=None).first()
    MatterMonth.objects.filter(pk=row.pk).update(value=row.value + 1, d03=row.d03 + 1)
    with pytest.raises(SystemExit):
        call_command("check_tally")
    assert "mattermonth" in capsys.readouterr().out
