"""Whatever comes in whatever order, every figure is what a few plain rules say, and check_tally is clean.

Another act joins by its name: an entry in ACTS, a method do_<act>, and what it changes in the Model.
"""

import contextlib
import datetime
import uuid
from collections import Counter

import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from assistance import services
from assistance.excess import event_excess, logged
from assistance.models import OutreachResult, UnitTotal, Visit
from assistance.periods import Period
from assistance.place import Place
from assistance.recount import differences
from assistance.reference import forget
from assistance.results import ResultRefused, save_result
from assistance.tally import rebuild
from assistance.totals import TotalRefused, lock_period, return_total, save_total
from assistance.visit_entry import fingerprint, parse_entry
from reports.queries import figure_lines
from shifts.models import Assignment, OutreachEvent, Unit
from tests import factories

TODAY = datetime.date(2026, 11, 24)  # a Tuesday
SATURDAY = TODAY - datetime.timedelta(days=3)
COLUMNS = ["reached", "guided_citizen", "guided_youth", "leaflets"]
SHOWS = {"gioi_thieu": ["reached"], "to_roi": ["reached", "leaflets"], "huong_dan": ["guided_{audience}"]}
ACTS = [
    *("desk", "desk", "event", "event", "event", "undo", "edit"),
    *("result", "result", "result", "unhold", "week", "day", "week", "return", "lock", "rebuild"),
]

numbers = st.fixed_dictionaries({}, optional={code: st.integers(0, 6) for code in COLUMNS})
acts = st.lists(
    st.tuples(
        st.sampled_from(ACTS),
        st.integers(0, 8),  # days ago, and which of the visits
        numbers,
        st.sampled_from(["citizen", "youth"]),
        st.sampled_from(sorted(SHOWS)),
        st.booleans(),  # of the district's team, else of the province's
        st.booleans(),  # the event of today, else that of Saturday
    ),
    max_size=14,
)


class Model:
    """The same in plain Python: lists and max(0, ...)."""

    def __init__(self):
        self.visits, self.results, self.held, self.totals, self.events = {}, {}, set(), {}, {}

    def at_event(self, event, column):
        return sum(column in visit["columns"] for visit in self.visits.values() if visit["event"] == event)

    def excess_of(self, event, column):
        said = self.results.get(event, {}).get(column, 0) if event in self.held else 0
        return max(0, said - self.at_event(event, column))

    def logged(self, unit, day, column):
        visits = sum(
            column in visit["columns"] for visit in self.visits.values() if (visit["unit"], visit["day"]) == (unit, day)
        )
        return visits + sum(self.excess_of(key, column) for key, own in self.events.items() if own == (unit, day))

    def figure(self, unit, column):
        """All that counts for a unit: each day's logged and the excess of its total, and of each week what is above."""
        first, last = TODAY - datetime.timedelta(days=40), TODAY + datetime.timedelta(days=10)
        days = [first + datetime.timedelta(days=n) for n in range((last - first).days)]
        by_day = Counter({day: self.logged(unit, day, column) for day in days})
        for day in days:
            by_day[day] = max(by_day[day], self.totals.get((unit, "day", day), {}).get(column, 0))
        whole = sum(by_day.values())
        for (of, span, monday), said in self.totals.items():
            if (of, span) == (unit, "week"):
                inside = sum(by_day[monday + datetime.timedelta(days=n)] for n in range(7))
                whole += max(0, said.get(column, 0) - inside)
        return whole


class AnyOrder(TestCase):
    """Visits at desks and events, now and late, undone and corrected; results, totals, locks and reviews."""

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(acts=acts)
    def test_figures_are_what_the_plain_rules_say(self, acts):
        forget()
        at = datetime.datetime(2026, 11, 24, 20, 0, tzinfo=timezone.get_current_timezone())
        with time_machine.travel(at, tick=False):
            self.prepare()
            for act, *drawn in acts:
                getattr(self, f"do_{act}")(*drawn)
                assert differences()[1] == []
                self.compare()
        forget()

    def prepare(self):
        self.w, self.model = factories.make_world(), Model()
        self.events = {}
        for of_district, team, person in (
            (False, self.w.team, self.w.volunteer),
            (True, self.w.other_team, self.w.stranger),
        ):
            for is_today, date in ((True, TODAY), (False, SATURDAY)):
                event = OutreachEvent.objects.create(
                    team=team, date=date, starts_at=datetime.time(7, 30), ends_at=datetime.time(10, 30),
                    state="confirmed", venue_kind="market", venue=f"Chợ {date}", host_unit=self.w.district,
                )  # fmt: skip
                Assignment.objects.create(event=event, date=date, session="sang", volunteer=person.volunteer)
                self.events[(of_district, is_today)] = event
                self.model.events[event.pk] = (team.unit_id, date)

    def log(self, day, audience, activity, of_district, event, pk=None):
        person, site, post = (
            (self.w.stranger, self.w.other_site, self.w.other_post)
            if of_district
            else (self.w.volunteer, self.w.site, self.w.t1)
        )
        at = datetime.datetime.combine(day, datetime.time(9), tzinfo=timezone.get_current_timezone())
        data = {
            "id": str(pk or uuid.uuid4()), "audience": audience, "activities": [activity], "account": "",
            "occurred_at": at.isoformat(), "event": event.pk if event else None,
        }  # fmt: skip
        entry = parse_entry(data, place=Place(site, post, event=event), team=person.volunteer.team)
        columns = [name.format(audience=audience) for name in SHOWS[activity]]
        unit = event.unit_id if event else person.volunteer.team.unit_id
        kept = {"unit": unit, "day": day, "event": event.pk if event else None, "columns": columns}
        return person, entry, data, kept

    def do_desk(self, days, numbers, audience, activity, of_district, is_today):
        self.save(TODAY - datetime.timedelta(days=days), audience, activity, of_district, None)

    def do_event(self, days, numbers, audience, activity, of_district, is_today):
        event = self.events[(of_district, is_today)]
        self.save(event.date, audience, activity, of_district, event)

    def save(self, day, audience, activity, of_district, event):
        person, entry, data, kept = self.log(day, audience, activity, of_district, event)
        services.record_visit(person=person, entry=entry, fingerprint=fingerprint(data))
        self.model.visits[entry.id] = kept | {"of_district": of_district}

    def chosen(self, at):
        keys = sorted(self.model.visits, key=str)
        return keys[at % len(keys)] if keys else None

    def do_undo(self, days, numbers, audience, activity, of_district, is_today):
        if pk := self.chosen(days):
            services.undo_visit(visit=Visit.objects.get(pk=pk), by=self.w.volunteer)
            del self.model.visits[pk]

    def do_edit(self, days, numbers, audience, activity, of_district, is_today):
        if pk := self.chosen(days):
            stored, old = Visit.objects.select_related("event").get(pk=pk), self.model.visits[pk]
            _person, entry, _data, kept = self.log(old["day"], audience, activity, old["of_district"], stored.event, pk)
            services.amend_visit(visit=stored, entry=entry, version=stored.version)
            self.model.visits[pk] = old | {"columns": kept["columns"]}

    def do_result(self, days, numbers, audience, activity, of_district, is_today):
        event = self.events[(of_district, is_today)]
        with contextlib.suppress(ResultRefused):  # nothing said at all
            save_result(event=event, by=self.w.leader, numbers=numbers, reason="Đếm lại")
            self.model.results[event.pk] = numbers
            self.model.held.add(event.pk)

    def do_unhold(self, days, numbers, audience, activity, of_district, is_today):
        event = self.events[(of_district, is_today)]
        OutreachEvent.objects.filter(pk=event.pk).update(state="confirmed")
        self.model.held.discard(event.pk)

    def send(self, period, numbers, of_district):
        unit = self.w.district if of_district else self.w.province
        with contextlib.suppress(TotalRefused):  # nothing said at all
            save_total(unit=unit, period=period, by=None, numbers=numbers, reason="Gửi muộn")
            self.model.totals[(unit.pk, period.span, period.first)] = numbers

    def do_week(self, days, numbers, audience, activity, of_district, is_today):
        self.send(Period.week_of(TODAY - datetime.timedelta(days=days)), numbers, of_district)

    def do_day(self, days, numbers, audience, activity, of_district, is_today):
        self.send(Period.day(TODAY - datetime.timedelta(days=days)), numbers, of_district)

    def do_return(self, days, numbers, audience, activity, of_district, is_today):
        if total := UnitTotal.objects.counting().order_by("pk").first():
            return_total(total=total, by=self.w.leadership, version=total.version, remark="Xem lại")
            self.model.totals.pop((total.unit_id, total.span, total.date_from))

    def do_lock(self, days, numbers, audience, activity, of_district, is_today):
        unit = self.w.district if of_district else self.w.province
        period = Period.week_of(TODAY - datetime.timedelta(days=days))
        lock_period(units=[unit.pk], period=period, by=self.w.leadership)

    def do_rebuild(self, *drawn):
        rebuild()

    def compare(self):
        for unit in (self.w.province, self.w.district):
            lines = {
                row.figure.code: row.year for row in figure_lines(units=Unit.objects.filter(pk=unit.pk), today=TODAY)
            }
            said = {column: self.model.figure(unit.pk, column) for column in COLUMNS}
            assert (lines["reached"], lines["leaflets"]) == (said["reached"], said["leaflets"])
            assert lines["guided"] == said["guided_citizen"] + said["guided_youth"]
            week = Period.week_of(SATURDAY)
            days = [week.first + datetime.timedelta(days=n) for n in range(7)]
            desk = logged(unit=unit, period=week)
            for column in COLUMNS:
                assert desk[column] == sum(self.model.logged(unit.pk, day, column) for day in days)
        for row in event_excess(first=SATURDAY, last=TODAY, by=("event_id",)):
            for column in COLUMNS:
                assert row[column] == self.model.excess_of(row["event_id"], column)
        assert OutreachResult.objects.count() == len(self.model.results)
