"""The result of an event: typed on a phone, counted above its own visits, chased until it is there."""

import datetime
import threading

import pytest
import time_machine
from django.db import IntegrityError, connections, transaction

from assistance.due_jobs import chase_outreach_results
from assistance.excess import event_excess, logged
from assistance.models import OutreachResult, OutreachResultChange
from assistance.periods import Period
from assistance.recount import differences
from assistance.reference import forget
from assistance.results import (
    ResultReasonMissing,
    ResultRefused,
    ResultStale,
    awaited_events,
    lines_of,
    save_result,
)
from assistance.totals import lock_period, save_total
from reports.queries import figure_lines
from shifts.models import Notice, OutreachEvent, Unit, User
from shifts.outreach.states import move_event
from tests import factories
from tests.shifts.duties.people import moment

from .people import AFTER, SATURDAY, client_of, confirm, make_event, outreach_world, put, told

pytestmark = pytest.mark.django_db
WEEK = Period.week_of(SATURDAY)


@pytest.fixture(autouse=True)
def saturday_noon():
    forget()
    with time_machine.travel(AFTER, tick=False):
        yield
    forget()


@pytest.fixture
def w(db):
    world = outreach_world()
    world.event.venue_kind = "market"
    world.event.save()
    put(world, world.me)
    confirm(world)
    world.event.refresh_from_db()
    return world


def save(w, event=None, by=None, **numbers):
    return save_result(event=event or w.event, by=by or w.leader, numbers=numbers)


def visit(w, client=None, **changes):
    """Log one visit at the event through the desk: told and given a leaflet."""
    body = factories.body(event=w.event.pk, occurred_at=moment(SATURDAY, 8).isoformat(), **changes)
    answer = (client or client_of(w.volunteer)).post("/desk/visits/", body, content_type="application/json")
    assert answer.status_code == 201, answer.json()
    return answer.json()


def page(w, user=None, event=None):
    return client_of(user or w.leader).get(f"/outreach/{(event or w.event).pk}/result/")


def post(w, user=None, event=None, version=0, **values):
    data = {"version": version, "remarks": "", "reason": "", **values}
    return client_of(user or w.leader).post(f"/outreach/{(event or w.event).pk}/result/", data)


def text_of(answer):
    return answer.content.decode()


def year(code, units=None):
    lines = figure_lines(units=Unit.objects.all() if units is None else units, today=SATURDAY)
    return next(row.year for row in lines if row.figure.code == code)


def test_a_leader_types_the_result_and_the_event_is_held(w):
    answer = post(w, reached="120", guided_youth="40", accounts="1.000", sure_accounts="1000", remarks="Mạng yếu")
    assert answer["Location"] == f"/outreach/{w.event.pk}/#ket-qua"
    stored = OutreachResult.objects.get()
    assert stored.numbers == {"reached": 120, "guided_youth": 40, "accounts": 1000}
    assert (stored.version, stored.remarks, stored.saved_by, stored.event.state) == (1, "Mạng yếu", w.leader, "held")
    assert (year("reached"), year("guided"), year("accounts")) == (120, 40, 1000)
    shown = text_of(client_of(w.leader).get(f"/outreach/{w.event.pk}/"))
    assert "Đã báo" in shown and "Sửa kết quả" in shown and "Mạng yếu" in shown


def test_a_result_counts_only_above_the_visits_of_the_event(w):
    save(w, reached=3, leaflets=1)
    assert (year("reached"), year("leaflets"), year("visits")) == (3, 1, 0)
    for _number in range(2):
        visit(w)
    assert (year("reached"), year("leaflets"), year("visits")) == (3, 2, 2)
    visit(w), visit(w)
    assert (year("reached"), year("leaflets"), year("visits")) == (4, 4, 4)
    assert differences()[1] == []


def test_rows_of_excess_are_by_unit_team_event_or_day(w):
    save(w, reached=5)
    visit(w)
    keys = {"unit_id": w.province.pk, "team_id": w.team.pk, "event_id": w.event.pk, "date": SATURDAY}
    for name, key in keys.items():
        [row] = event_excess(first=SATURDAY, last=SATURDAY, by=(name,))
        assert (row[name], row["reached"], row["leaflets"], row["dossiers_resolved"]) == (key, 4, 0, 0)
    assert event_excess(first=SATURDAY, last=SATURDAY, units=[w.district.pk]) == []
    assert event_excess(first=SATURDAY, last=SATURDAY, teams=[]) == []
    assert event_excess(first=SATURDAY, last=SATURDAY, units=Unit.objects.none()) == []
    [row] = event_excess(first=SATURDAY, last=SATURDAY, units=Unit.objects.filter(pk=w.province.pk), by=())
    assert row["reached"] == 4
    sunday = SATURDAY + datetime.timedelta(days=1)
    assert event_excess(first=sunday, last=sunday) == []


def test_a_total_of_the_unit_holds_the_excess_of_its_events(w):
    save(w, reached=30)
    visit(w)
    assert logged(unit=w.province, period=WEEK)["reached"] == 30
    save_total(unit=w.province, period=WEEK, by=None, numbers={"reached": 50, "events": 1})
    assert (year("reached"), year("leaflets")) == (50, 1)
    save(w, reached=80)
    assert year("reached") == 80
    assert differences()[1] == []


def test_the_host_unit_leaves_the_heads_out(w):
    save(w, reached=30)
    assert logged(unit=w.commune, period=WEEK)["reached"] == 0
    assert year("reached", Unit.objects.within(w.commune)) == 0
    assert "30" in text_of(client_of(w.reporter).get(f"/outreach/{w.event.pk}/"))
    assert page(w, w.reporter).status_code == 403


def test_an_event_that_is_no_longer_held_counts_no_result(w):
    save(w, reached=30)
    move_event(event=w.event, to="confirmed", by=w.leader, at=AFTER)
    assert year("reached") == 0
    assert differences()[1] == []


@pytest.mark.parametrize("state", ["planned", "confirmed"])
def test_saving_marks_the_event_held(w, state):
    OutreachEvent.objects.filter(pk=w.event.pk).update(state=state)
    save(w, reached=1)
    w.event.refresh_from_db()
    assert w.event.state == "held"


def test_an_event_without_people_takes_no_result(w):
    empty = make_event(w, venue="Chợ Hạ Long 1", state="confirmed")
    answer = post(w, event=empty, reached="5")
    assert answer.status_code == 422 and "Thêm ít nhất một người" in text_of(answer)
    assert not OutreachResult.objects.exists()


def test_an_event_that_has_not_begun_or_is_cancelled_says_so(w):
    coming = make_event(w, SATURDAY + datetime.timedelta(days=7), venue="Chợ Hạ Long 1")
    assert "Hoạt động chưa diễn ra" in text_of(page(w, event=coming))
    assert post(w, event=coming, reached="5").status_code == 422
    gone = make_event(w, venue="Nhà văn hóa", state="cancelled", cancel_reason="Mưa bão")
    assert "đã hủy: Mưa bão" in text_of(page(w, event=gone))
    with pytest.raises(ResultRefused, match="Mưa bão"):
        save(w, event=gone, reached=1)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [("-1", "không được âm"), ("1,5", "không có phần lẻ"), ("1000000000000", "Nhiều nhất 1.000.000"),
     ("12a", "Ghi một số nguyên"), ("9" * 19, "Nhiều nhất 1.000.000")],
)  # fmt: skip
def test_what_is_no_count_of_people_is_said_beside_its_field(w, value, sentence):
    answer = post(w, reached=value)
    assert answer.status_code == 422 and sentence in text_of(answer)
    assert not OutreachResult.objects.exists()


def test_nothing_at_all_is_no_result_and_zero_is_one(w):
    answer = post(w)
    assert answer.status_code == 422 and "không có thì ghi 0" in text_of(answer)
    assert post(w, reached="0").status_code == 302
    assert OutreachResult.objects.get().numbers == {"reached": 0}


@pytest.mark.parametrize(
    "data", [{"version": "x"}, {"version": "9" * 30}, {"remarks": "a" * 1001}, {"remarks": "a\x00"}, {}]
)
def test_junk_is_refused_with_a_sentence(w, data):
    answer = client_of(w.leader).post(f"/outreach/{w.event.pk}/result/", {"reached": "1"} | data)
    assert answer.status_code == 422
    assert client_of(w.leader).get(f"/outreach/{10**30}/result/").status_code == 404


def test_odd_numbers_ask_for_a_second_look_and_do_not_block(w):
    answer = post(w, reached="10", accounts="11")
    assert answer.status_code == 422 and "nhiều hơn số lượt" in text_of(answer) and "Đúng là 11" in text_of(answer)
    assert post(w, reached="10", accounts="11", sure_accounts="11").status_code == 302
    w.event.materials.create(name="Tờ rơi", taken_out=50, is_leaflet=True)
    assert "Nhiều hơn số tờ rơi mang đi (50)" in text_of(post(w, version=1, leaflets="51"))


def test_ten_times_the_usual_of_the_team_asks(w):
    for week in (1, 2, 3):
        event = make_event(w, SATURDAY - datetime.timedelta(days=7 * week), state="held")
        OutreachResult.objects.create(event=event, reached=20)
    assert "gấp 10 lần mức thường của đội (20)" in text_of(post(w, reached="200"))
    assert post(w, reached="199").status_code == 302


def test_the_form_says_what_was_logged_there(w):
    visit(w), visit(w)
    assert text_of(page(w)).count("trong đó đã ghi tại buổi") == 2
    assert "trong đó đã ghi tại buổi" in text_of(page(w, w.volunteer))


def test_who_was_slower_is_told_by_whom(w):
    assert post(w, reached="5").status_code == 302
    answer = post(w, w.volunteer, reached="9")
    assert answer.status_code == 422
    assert "Lý Thị Hạnh đã lưu kết quả buổi này lúc 12:00 14/11/2026" in text_of(answer)
    assert OutreachResult.objects.get().reached == 5
    assert post(w, w.volunteer, version=1, reached="9").status_code == 302
    assert OutreachResult.objects.get().reached == 9
    first, second = OutreachResultChange.objects.order_by("pk")
    assert (first.before, first.after, first.made_by) == ({}, {"reached": 5}, w.leader)
    assert (second.before, second.after, second.made_by) == ({"reached": 5}, {"reached": 9}, w.volunteer)


def test_what_comes_after_the_lock_is_an_adjustment_with_a_reason(w):
    save(w, reached=5)
    lock_period(units=[w.province.pk], period=WEEK, by=w.staff)
    answer = post(w, version=1, reached="9")
    assert answer.status_code == 422 and "Kỳ này đã khóa" in text_of(answer)
    assert post(w, version=1, reached="9", reason="Đếm lại").status_code == 302
    change = OutreachResultChange.objects.first()
    assert (change.is_adjustment, change.reason) == (True, "Đếm lại")
    assert year("reached") == 9
    with pytest.raises(ResultReasonMissing):
        save(w, reached=10)


def test_strangers_do_not_find_it_and_who_only_sees_it_may_not_report(w):
    assert page(w, w.stranger).status_code == 404
    assert page(w, w.mate).status_code == 403  # of the team, but does not go
    assert page(w, w.leadership).status_code == 403
    assert page(w, w.staff).status_code == 200
    assert page(w, w.volunteer).status_code == 200


@pytest.mark.parametrize("wrong", [{"reached": -1}, {"leaflets": 10**6 + 1}])
def test_the_database_refuses_what_cannot_be(w, wrong):
    result = save(w, reached=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutreachResult.objects.filter(pk=result.pk).update(**wrong)


def test_one_result_per_event(w):
    save(w, reached=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutreachResult.objects.create(event=w.event, reached=2)


def test_events_that_are_over_and_not_reported_are_chased_once_a_day(w):
    OutreachEvent.objects.filter(pk=w.event.pk).update(state="held")
    assert list(awaited_events(moment(SATURDAY, 10))) == []
    assert list(awaited_events(AFTER)) == [w.event]
    Notice.objects.all().delete()
    evening = moment(SATURDAY, 18)
    chase_outreach_results(evening), chase_outreach_results(evening)
    assert told(w.leader) == ["Hoạt động Trường THPT Hòn Gai ngày 14/11 chưa báo kết quả. Báo trên điện thoại trong "
                              "vài phút."]  # fmt: skip
    assert w.leader.notices.get().url == f"/outreach/{w.event.pk}/result/"
    chase_outreach_results(evening + datetime.timedelta(days=1))
    assert w.leader.notices.count() == 2
    assert told(w.volunteer) == told(w.other_leader) == []


def test_what_was_logged_visit_by_visit_is_reported_once_it_is_held(w):
    visit(w)
    assert list(awaited_events(AFTER)) == [w.event]
    OutreachEvent.objects.filter(pk=w.event.pk).update(state="held")
    assert list(awaited_events(AFTER)) == []


def test_a_result_ends_the_chase(w):
    save(w, reached=1)
    assert list(awaited_events(AFTER)) == []


def test_leaders_and_staff_see_what_is_awaited(w):
    other = make_event(w, team=w.other_team, state="held", venue="Chợ Bãi Cháy")
    for user, venues in [
        (w.leader, ["Trường THPT Hòn Gai"]),
        (w.staff, ["Trường THPT Hòn Gai", "Chợ Bãi Cháy"]),
        (w.other_leader, ["Chợ Bãi Cháy"]),
    ]:
        awaited = client_of(user).get("/outreach/").context["awaited"]
        assert sorted(event.venue for event in awaited) == sorted(venues)
    assert f"/outreach/{w.event.pk}/result/" in text_of(client_of(w.leader).get("/roster/today/"))
    assert f"/outreach/{other.pk}/result/" not in text_of(client_of(w.leader).get("/roster/today/"))
    assert "chưa báo kết quả" not in text_of(client_of(w.volunteer).get("/roster/today/"))


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_queries_however_many_changes(w, count, django_assert_num_queries):
    for number in range(count):
        save(w, reached=number)
        visit(w)
    client = client_of(w.leader)
    with django_assert_num_queries(RESULT_QUERIES):
        assert client.get(f"/outreach/{w.event.pk}/result/").status_code == 200
    with django_assert_num_queries(4):
        lines_of(w.event, OutreachResult.objects.get())
        event_excess(first=SATURDAY, last=SATURDAY)
        list(awaited_events())


RESULT_QUERIES = 7


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_stored_and_the_other_told():
    w = outreach_world()
    put(w, w.me)
    confirm(w)
    start, answers = threading.Barrier(2), []

    def send(user, number):
        try:
            start.wait(10)
            save_result(event=w.event, by=User.objects.get(pk=user.pk), numbers={"reached": number}, version=0)
            answers.append("stored")
        except ResultStale as error:
            answers.append(str(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=args) for args in ((w.leader, 5), (w.volunteer, 9))]
    [thread.start() for thread in threads]
    [thread.join(60) for thread in threads]
    assert answers.count("stored") == 1 and len(answers) == 2
    assert OutreachResultChange.objects.count() == OutreachResult.objects.get().version == 1
