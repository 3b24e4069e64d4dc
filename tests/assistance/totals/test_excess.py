"""A unit total counts only in its excess over what is logged, whatever came first."""

import contextlib
import datetime
import uuid

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from assistance import services
from assistance.excess import ADDED, excess, logged
from assistance.models import UnitTotal, Visit
from assistance.periods import Period
from assistance.place import Place
from assistance.recount import differences, read_totals
from assistance.reference import forget
from assistance.totals import TotalRefused, accept_total, lock_period, return_total, save_total
from assistance.visit_entry import fingerprint, parse_entry
from reports.queries import figure_lines
from shifts.models import OutreachEvent, Unit, User
from tests import factories

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 24)  # a Tuesday
WEEK = Period.week_of(TODAY)


def send(world, unit=None, period=WEEK, **numbers):
    return save_total(unit=unit or world.province, period=period, by=world.leadership, numbers=numbers)


def visit(world, at, **content):
    """Store one visit of the provincial team: one citizen, told and given a leaflet."""
    data = {
        "id": str(uuid.uuid4()), "audience": "citizen", "activities": ["gioi_thieu", "to_roi"], "account": "",
        "occurred_at": at.isoformat(), **content,
    }  # fmt: skip
    entry = parse_entry(data, place=Place(world.site, world.t1), team=world.team)
    return services.record_visit(person=world.volunteer, entry=entry, fingerprint=fingerprint(data))[0]


def line(code, units=None, today=None):
    units = Unit.objects.all() if units is None else units
    found = next(
        row for row in figure_lines(units=units, today=today or timezone.localdate()) if row.figure.code == code
    )
    return found.today, found.recent, found.year


def ago(**span):
    return timezone.now() - datetime.timedelta(**span)


def test_a_total_counts_above_the_desk_and_the_figure_is_the_total(world):
    for minutes in (1, 2, 3):
        visit(world, ago(minutes=minutes))
    send(world, reached=10)
    assert line("reached") == (3, 10, 10)  # what a week adds is dated on its Monday
    assert line("visits") == (3, 3, 3)


def test_it_does_not_matter_what_came_first(world):
    send(world, reached=2)
    assert line("reached")[2] == 2
    for minutes in (1, 2, 3):
        visit(world, ago(minutes=minutes))
    assert line("reached")[2] == 3  # never below what is logged
    services.undo_visit(visit=Visit.objects.first(), by=world.volunteer)
    services.undo_visit(visit=Visit.objects.surviving().first(), by=world.volunteer)
    assert line("reached")[2] == 2


def test_guided_people_are_set_against_their_own_audience(world):
    visit(world, ago(minutes=1), audience="youth", activities=["huong_dan"])
    send(world, guided_citizen=5, guided_youth=1, guided_enterprise=0)
    assert line("guided")[2] == 6


def test_days_inside_a_week_belong_to_it(world):
    send(world, period=Period.day(WEEK.first), reached=30)
    send(world, period=Period.day(TODAY), reached=20)
    assert line("reached") == (20, 50, 50)
    send(world, reached=70)
    assert line("reached") == (20, 70, 70)
    send(world, reached=40)
    assert line("reached") == (20, 50, 50)
    assert differences()[1] == []


def test_held_events_and_attended_duties_are_logged_too(world):
    for state in ("held", "planned"):
        OutreachEvent.objects.create(
            team=world.team, date=WEEK.first, starts_at=datetime.time(8), ends_at=datetime.time(11), state=state,
            venue_kind="school", venue="Trường THPT Hòn Gai", host_unit=world.district,
        )  # fmt: skip
    total = send(world, events=3, duties=4)
    assert logged(unit=world.province, period=WEEK)["events"] == 1
    [row] = excess(units=[world.province.pk], first=WEEK.first, last=WEEK.last, by=("id",))
    assert (row["id"], row["events"], row["duties"]) == (total.pk, 2, 4)
    assert differences()[1] == []


def test_another_unit_s_desk_is_no_part_of_it(world):
    visit(world, ago(minutes=1))
    send(world, unit=world.district, reached=5)
    assert line("reached")[2] == 6
    assert line("reached", Unit.objects.within(world.district))[2] == 5


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_what_is_not_sent_or_was_given_back_does_not_count(world, state):
    if state == "draft":
        save_total(unit=world.province, period=WEEK, by=None, numbers={"reached": 9}, send=False)
    else:
        total = send(world, reached=9)
        return_total(total=total, by=world.leadership, version=total.version, remark="Xem lại số lượt")
    assert line("reached") == (0, 0, 0)


def test_a_week_that_begins_before_the_unit_counts_on_the_unit_s_first_day(world):
    Unit.objects.filter(pk=world.district.pk).update(valid_from=TODAY)
    world.district.refresh_from_db()
    assert send(world, unit=world.district, reached=1).counted_on == TODAY


@pytest.mark.parametrize("count", [1, 3])
def test_excess_is_two_queries_however_many_totals(world, count, django_assert_num_queries):
    for week in range(count):
        send(world, period=WEEK.moved(-week), reached=9)
    with django_assert_num_queries(2):  # which days are rolled up; the rest in one statement
        excess(units=Unit.objects.all(), first=TODAY.replace(month=1, day=1), last=TODAY, by=("unit_id",))


@pytest.mark.parametrize(
    "wrong",
    [{"reached": -1}, {"reached": 10**6 + 1}, {"nothing": True, "reached": 5}, {"state": "returned"}, {"state": "x"},
     {"state": "accepted"}, {"span": "day"}, {"counted_on": TODAY - datetime.timedelta(days=30)}],
)  # fmt: skip
def test_the_database_refuses_what_cannot_be(world, wrong):
    total = send(world, reached=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        UnitTotal.objects.filter(pk=total.pk).update(**wrong)


def test_one_total_per_unit_and_period(world):
    total = send(world, reached=1)
    total.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        total.save(force_insert=True)


def test_check_tally_covers_totals(world, capsys, monkeypatch):
    visit(world, ago(minutes=1))
    send(world, reached=7)
    call_command("check_tally")
    assert "+ reached                        6" in capsys.readouterr().out
    monkeypatch.setattr("assistance.recount.read_totals", lambda: read_totals() + read_totals())
    with pytest.raises(SystemExit):
        call_command("check_tally")
    assert "KHÁC totals" in capsys.readouterr().out


acts = st.lists(
    st.tuples(
        st.sampled_from(["visit", "visit", "late", "undo", "week", "week", "day", "draft", "return", "accept", "lock"]),
        st.integers(0, 8),  # days ago
        st.fixed_dictionaries(
            {},
            optional={code: st.integers(0, 6) for code in ["reached", "guided_citizen", "guided_youth", "leaflets"]},
        ),
        st.sampled_from(["citizen", "youth"]),
        st.sampled_from(["gioi_thieu", "to_roi", "huong_dan"]),
        st.booleans(),
    ),
    max_size=14,
)


class AnyOrder(TestCase):
    """Visits now and late, undone ones, day and week totals, corrections, reviews and locks, in any order."""

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(acts=acts)
    def test_nothing_is_counted_twice_and_nothing_is_lost(self, acts):
        forget()
        at = datetime.datetime(2026, 11, 24, 10, 0, tzinfo=timezone.get_current_timezone())
        with time_machine.travel(at, tick=False):
            world = factories.make_world()
            world.reviewer = User.objects.get(pk=world.leadership.pk)
            for act in acts:
                self.do(world, *act)
                assert differences()[1] == []
                self.compare(world)
        forget()

    def do(self, world, act, days, numbers, audience, activity, of_district):
        unit, period = (world.district if of_district else world.province), Period.day(TODAY - datetime.timedelta(days))
        if act in ("visit", "late"):
            visit(world, ago(days=days if act == "late" else 0, minutes=5), audience=audience, activities=[activity])
        elif act == "undo":
            if found := Visit.objects.surviving().first():
                services.undo_visit(visit=found, by=world.volunteer)
        elif act == "lock":
            lock_period(units=[unit.pk], period=Period.week_of(period.first), by=world.reviewer)
        elif act in ("return", "accept"):
            for total in UnitTotal.objects.counting()[:1]:
                kwargs = {"total": total, "by": world.reviewer, "version": total.version}
                accept_total(**kwargs) if act == "accept" else return_total(**kwargs, remark="Sửa")
        else:
            period = period if act == "day" else Period.week_of(period.first)
            with contextlib.suppress(TotalRefused):  # nothing said at all, or a draft of what was sent
                save_total(unit=unit, period=period, by=None, numbers=numbers, send=act != "draft", reason="Gửi muộn")

    def compare(self, world):
        """Every week's figure is the larger of what is logged with its days, and its total."""
        for unit in (world.province, world.district):
            for week in (WEEK, WEEK.moved(-1), WEEK.moved(-2)):
                rows = {row["id"]: row for row in excess(units=[unit.pk], first=week.first, last=week.last, by=("id",))}
                desk = logged(unit=unit, period=week)
                totals = {total.pk: total for total in UnitTotal.objects.filter(pk__in=rows)}
                for code in ADDED:
                    days = sum(row[code] for pk, row in rows.items() if totals[pk].span == "day")
                    whole = [getattr(total, code) or 0 for total in totals.values() if total.span == "week"]
                    counts = desk[code] + sum(row[code] for row in rows.values())
                    assert counts == max([desk[code] + days, *whole])
