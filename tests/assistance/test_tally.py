"""Whatever happens in whatever order, the tally says what the records say."""

import datetime
import threading
import uuid
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from assistance import services
from assistance.election import elect_everywhere
from assistance.models import Activity, DailyTally, Dossier, HourlyTally, ServiceLevel, Visit
from assistance.place import Place
from assistance.recount import differences, stored
from assistance.reference import forget
from assistance.tally import rebuild
from assistance.visit_entry import fingerprint, parse_entry
from shifts.models import User
from tests import factories

CODES = ["", "000.00.00.H49-261124-0001", "000.00.00.H49-261124-0002"]
ACTIVITIES = ["don_tiep", "gioi_thieu", "to_roi", "vneid", "huong_dan", "nop_ho_so"]

dossiers = st.none() | st.fixed_dictionaries(
    {
        "outcome": st.sampled_from(["submitted", "prepared", "not_submitted"]),
        "code": st.sampled_from(CODES),
        "level": st.sampled_from(["1", "3", "4", "partial", "full"]),
        "guided": st.just(True),
        "complete": st.just(True),
        "reason": st.just("thieu_giay_to"),
    }
)
contents = st.fixed_dictionaries(
    {
        "audience": st.sampled_from(["citizen", "youth", "enterprise"]),
        "activities": st.lists(st.sampled_from(ACTIVITIES), min_size=1, max_size=4, unique=True),
        "account": st.sampled_from(["", "had", "opened", "none"]),
        "procedure": st.sampled_from(["", "2.000635"]),
        "post": st.sampled_from(["T1", "T2"]),
        "minutes_ago": st.integers(0, 4000),
        "dossier": dossiers,
    }
)
steps = st.lists(
    st.tuples(
        st.sampled_from(["save", "save", "save", "edit", "undo", "state", "replay"]),
        st.integers(0, 5),
        contents,
        st.sampled_from(["submitted", "accepted", "more_papers", "returned", "refused", "withdrawn"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=14,
)


def entry_of(world, content, pk):
    content = dict(content)
    at = timezone.now() - datetime.timedelta(minutes=content.pop("minutes_ago"))
    data = {**content, "id": str(pk), "occurred_at": at.isoformat()}
    return parse_entry(data, place=Place(world.site, world.t1), team=world.team), fingerprint(data)


class AnyOrder(TestCase):
    """Saves, edits, undos, state changes and replays, drawn by hypothesis."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(steps=steps)
    def test_tally_equals_recount_after_every_step(self, steps):
        forget()
        world = factories.make_world()
        sent = []
        for act, index, content, state, by_mate in steps:
            person = User.objects.get(pk=world.mate.pk if by_mate else world.volunteer.pk)
            if act == "save" or not sent:
                entry, mark = entry_of(world, content, uuid.uuid4())
                services.record_visit(person=person, entry=entry, fingerprint=mark)
                sent.append((person, entry, mark))
            else:
                self.change(world, act, sent[index % len(sent)], content, state)
            assert differences()[1] == []
        coded = Dossier.objects.surviving().exclude(code_digest="").filter(counts_submission=True)
        assert len({row.code_digest for row in coded}) == len(coded)
        forget()

    def change(self, world, act, saved, content, state):
        person, entry, mark = saved
        visit = Visit.objects.get(pk=entry.id)
        try:
            if act == "edit":
                changed, _ = entry_of(world, content, entry.id)
                services.amend_visit(visit=visit, entry=changed, version=visit.version)
            elif act == "undo":
                services.undo_visit(visit=visit, by=person)
            elif act == "state" and hasattr(visit, "dossier"):
                services.change_dossier_state(dossier=visit.dossier, state=state)
            elif act == "replay":
                services.record_visit(person=person, entry=entry, fingerprint=mark)
        except services.DeskRefusal:
            pass  # a refusal is an answer; the tally must be clean after it all the same


def save_some(world):
    for number in range(3):
        content = {
            "audience": "citizen", "activities": ["vneid"], "account": "", "procedure": "", "post": "T1",
            "minutes_ago": number, "dossier": None,
        }  # fmt: skip
        entry, mark = entry_of(world, content, uuid.uuid4())
        services.record_visit(person=world.volunteer, entry=entry, fingerprint=mark)


def test_check_tally_passes_and_says_what_it_compared(world, capsys):
    save_some(world)
    call_command("check_tally")
    assert "Đã đếm lại 3 lượt" in capsys.readouterr().out


@pytest.mark.parametrize("model", [DailyTally, HourlyTally])
def test_check_tally_finds_a_wrong_row_and_rebuild_mends_it(world, model, capsys):
    save_some(world)
    row = model.objects.filter(figure="accounts").first()
    row.value += 1
    row.save()
    with pytest.raises(SystemExit) as stop:
        call_command("check_tally")
    assert stop.value.code == 1
    call_command("rebuild_tally")
    call_command("check_tally")
    assert "Khớp hoàn toàn" in capsys.readouterr().out


def test_check_tally_takes_no_visit_saved_meanwhile_for_a_difference(world, monkeypatch, capsys):
    readings = []

    def stored_after_a_save():
        if not readings:
            save_some(world)
        readings.append(stored())
        return readings[-1]

    monkeypatch.setattr("assistance.recount.stored", stored_after_a_save)
    call_command("check_tally")
    assert len(readings) >= 2  # looked again before calling it a difference
    assert "Khớp hoàn toàn" in capsys.readouterr().out


def test_rebuild_elects_one_dossier_per_code(world):
    for number in range(2):
        content = {
            "audience": "citizen", "activities": ["nop_ho_so"], "account": "", "procedure": "", "post": "T1",
            "minutes_ago": number,
            "dossier": {"outcome": "submitted", "code": CODES[1], "level": "4", "guided": True, "complete": True},
        }  # fmt: skip
        entry, mark = entry_of(world, content, uuid.uuid4())
        services.record_visit(person=world.volunteer, entry=entry, fingerprint=mark)
    Dossier.objects.update(counts_submission=False)
    rebuild()
    assert list(Dossier.objects.order_by("submitted_at").values_list("counts_submission", flat=True)) == [True, False]
    assert differences()[1] == []


@pytest.mark.django_db(transaction=True)
def test_desks_that_save_the_same_code_at_once_count_it_once():
    world = factories.make_world()
    forget()
    people, rounds = [world.volunteer, world.mate, world.leader], 4
    faults = []

    def save(person, number):
        try:
            content = {
                "audience": "citizen", "activities": ["nop_ho_so"], "account": "", "procedure": "", "post": "T1",
                "minutes_ago": person.pk % 7,
                "dossier": {"outcome": "submitted", "code": f"000.00.00.H49-261124-000{number}", "level": "4",
                            "guided": True, "complete": True},
            }  # fmt: skip
            entry, mark = entry_of(world, content, uuid.uuid4())
            visit, _ = services.record_visit(person=User.objects.get(pk=person.pk), entry=entry, fingerprint=mark)
            if person == world.leader:
                services.undo_visit(visit=visit, by=person)
        except Exception as error:
            faults.append(error)
        finally:
            connections.close_all()

    for number in range(rounds):
        threads = [threading.Thread(target=save, args=(person, number)) for person in people]
        [thread.start() for thread in threads]
        [thread.join(60) for thread in threads]
    assert faults == []
    assert Visit.objects.count() == 3 * rounds
    assert Dossier.objects.filter(counts_submission=True).count() == rounds
    assert differences()[1] == []


@pytest.mark.django_db(transaction=True)
def test_same_entry_sent_by_many_threads_is_stored_once():
    world = factories.make_world()
    forget()
    content = {
        "audience": "citizen", "activities": ["to_roi"], "account": "", "procedure": "", "post": "T1",
        "minutes_ago": 1, "dossier": None,
    }  # fmt: skip
    entry, mark = entry_of(world, content, uuid.uuid4())
    answers = []

    def save():
        try:
            person = User.objects.get(pk=world.volunteer.pk)
            answers.append(services.record_visit(person=person, entry=entry, fingerprint=mark)[1])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=save) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    assert sorted(answers) == [False] * 7 + [True]
    assert DailyTally.objects.get(figure="visits").value == 1


def run_together(*works):
    """Run each in a thread of its own and return what they raised."""
    faults = []

    def run(work):
        try:
            work()
        except Exception as error:
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    return faults


@pytest.mark.django_db(transaction=True)
def test_edits_that_raise_what_another_lowers_wait_for_each_other():
    world = factories.make_world()
    forget()
    content = {
        "activities": ["vneid", "gioi_thieu", "to_roi"], "account": "", "procedure": "", "post": "T1",
        "minutes_ago": 1, "dossier": None,
    }  # fmt: skip
    saved = {}
    for audience in ("citizen", "youth"):
        entry, mark = entry_of(world, {**content, "audience": audience}, uuid.uuid4())
        saved[entry.id] = audience
        services.record_visit(person=world.volunteer, entry=entry, fingerprint=mark)
    for number in range(8):
        start = threading.Barrier(2)

        def swap(pk, audience, version=number + 1, start=start):
            changed, _ = entry_of(world, {**content, "audience": audience}, pk)
            start.wait(10)
            services.amend_visit(visit=Visit(pk=pk), entry=changed, version=version)

        saved = {pk: "youth" if audience == "citizen" else "citizen" for pk, audience in saved.items()}
        assert run_together(*[partial(swap, pk, audience) for pk, audience in saved.items()]) == []
    assert differences()[1] == []


@pytest.mark.django_db(transaction=True)
def test_visit_saved_during_a_rebuild_is_counted_once(monkeypatch):
    world = factories.make_world()
    forget()
    desk = threading.Thread(target=run_together, args=(partial(save_some, world),))

    def elect_while_a_desk_saves():
        desk.start()
        desk.join(0.5)  # it waits for the rebuild, unless it is let through
        elect_everywhere()

    monkeypatch.setattr("assistance.tally.elect_everywhere", elect_while_a_desk_saves)
    rebuild()
    desk.join(60)
    assert Visit.objects.count() == 3
    assert differences()[1] == []


def test_what_a_used_activity_counts_for_stands_still(world):
    save_some(world)
    used, unused = Activity.objects.get(code="vneid"), Activity.objects.get(code="lay_so")
    used.name = unused.name = "Tên mới"
    used.full_clean()
    used.counts_reached = unused.counts_reached = True
    unused.full_clean()
    with pytest.raises(ValidationError):
        used.full_clean()


def test_what_a_used_level_counts_as_stands_still(world):
    content = {
        "audience": "citizen", "activities": ["nop_ho_so"], "account": "", "procedure": "", "post": "T1",
        "minutes_ago": 1,
        "dossier": {"outcome": "submitted", "code": "", "level": "4", "guided": True, "complete": True},
    }  # fmt: skip
    entry, mark = entry_of(world, content, uuid.uuid4())
    services.record_visit(person=world.volunteer, entry=entry, fingerprint=mark)
    level = ServiceLevel.objects.get(code="4")
    level.counts_as = ""
    with pytest.raises(ValidationError):
        level.full_clean()
