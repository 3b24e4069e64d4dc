"""Runs of the optimiser: asked for, watched, stopped, put into the draft; what becomes of one that died."""

import datetime
import time

import pytest
import time_machine
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from shifts.models import Assignment, CalendarDay, Leave, Post, RosterChange, RosterRun, RosterShare, Volunteer
from shifts.roster import runs
from shifts.roster.changes import RosterRefused, change_roster
from shifts.roster.facts import Duty
from shifts.roster.runs import carry_out, latest_run, proven_spread, start_run, stop_run
from tests.factories import make_user, publish, roster_world
from tests.shifts.duties.test_races import at_once, rounds

pytestmark = pytest.mark.django_db
MONDAY = datetime.date(2026, 11, 2)
MONTH = "/roster/TTHCC/2026-11/"
HTMX = {"HTTP_HX_REQUEST": "true"}
BY_THE_WORKER = override_settings(TASKS={"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}})


@pytest.fixture(autouse=True)
def before_the_month():
    with time_machine.travel("2026-10-28T09:00:00+07:00"):
        yield


@pytest.fixture
def w():
    return roster_world()


@pytest.fixture
def leader(w, client):
    client.force_login(w.leader, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def build(client, **values):
    return client.post(reverse("roster:build", args=["TTHCC", datetime.date(2026, 11, 1)]), values, **HTMX)


def progress(client):
    return client.get(reverse("roster:build_progress", args=["TTHCC", datetime.date(2026, 11, 1)]), **HTMX)


def stop(client):
    return client.post(reverse("roster:build_stop", args=["TTHCC", datetime.date(2026, 11, 1)]), **HTMX)


def waiting(w, **fields):
    return RosterRun.objects.create(roster=w.roster, requested_by=w.leader, **fields)


def test_a_run_fills_the_draft_as_one_change_and_says_what_it_proved(w, leader):
    answer = build(leader)
    assert answer.status_code == 200
    run = RosterRun.objects.get()
    assert (run.state, run.progress) == ("done", 100)
    assert RosterChange.objects.get().kind == "build"
    assert Assignment.objects.active().values("date", "session", "post").distinct().count() == 21 * 2 * 3
    assert RosterShare.objects.filter(roster=w.roster).count() == 6
    page = answer.content.decode()
    assert "Đã xếp trong" in page and "mọi buổi đủ người" in page
    assert "đã chứng minh, không thể đều hơn" in page


def test_pins_stay_where_they_are(w, leader):
    pin = Duty(MONDAY, "sang", w.t3, w.mate.volunteer, True)
    change_roster(roster=w.roster, kind="edit", by=w.leader, add=[pin])
    build(leader)
    assert Assignment.objects.filter(date=MONDAY, session="sang", post=w.t3, pinned=True).get().volunteer.user == w.mate


def test_the_proof_is_said_only_while_the_roster_is_as_the_run_left_it(w, leader):
    build(leader)
    run = latest_run(w.roster)
    assert proven_spread(w.roster, run) == run.result["load_spread"]
    row = Assignment.objects.first()
    change_roster(roster=w.roster, kind="edit", by=w.leader, pin=[row])
    assert proven_spread(w.roster, run) == run.result["load_spread"]
    change_roster(roster=w.roster, kind="edit", by=w.leader, remove=[row])
    assert proven_spread(w.roster, run) is None
    assert "đã chứng minh" not in leader.get(MONTH).content.decode()


CHANGED = "đã có thay đổi mà lịch này chưa tính đến"


def test_leave_reported_after_a_run_withdraws_the_proof_and_is_named(w, leader):
    build(leader)
    served = Assignment.objects.filter(volunteer=w.volunteer.volunteer, session="sang").order_by("date").first().date
    assert CHANGED not in leader.get(MONTH).content.decode()
    leave = Leave.objects.create(volunteer=w.volunteer.volunteer, date_from=served, date_to=served, session="sang")
    page = leader.get(MONTH).content.decode()
    assert "đã chứng minh" not in page
    assert CHANGED in page
    assert f"Thu Hà báo bận {served:%d/%m} (sáng), đang có ca trong lịch." in page
    leave.withdrawn_at = timezone.now()
    leave.save()
    page = leader.get(MONTH).content.decode()
    assert "đã chứng minh, không thể đều hơn" in page
    assert CHANGED not in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda w: Volunteer.objects.filter(user=w.mate).update(max_per_week=1), "mức tối đa của một số bạn đã đổi."),
        (lambda w: w.mate.volunteer.posts.add(w.t1), "mức tối đa của một số bạn đã đổi."),
        (lambda w: Leave.objects.filter(volunteer__user=w.away).delete(), "Có báo bận đã được rút hoặc sửa."),
        (lambda w: CalendarDay.objects.create(date=MONDAY, name="Nghỉ bù"), "Ngày hoặc buổi mở cửa đã đổi."),
        (lambda w: Post.objects.filter(pk=w.t1.pk).update(max_people=9), "Số người cần ở các vị trí đã đổi."),
    ],
)
def test_whatever_the_proof_was_about_withdraws_it_when_it_changes(w, leader, change, sentence):
    build(leader)
    change(w)
    page = leader.get(MONTH).content.decode()
    assert sentence in page
    assert "đã chứng minh" not in page
    build(leader)
    page = leader.get(MONTH).content.decode()
    assert CHANGED not in page
    assert "đã chứng minh, không thể đều hơn" in page


def test_days_before_today_stay_as_they_are(w, leader):
    change_roster(
        roster=w.roster, kind="edit", by=w.leader, add=[Duty(MONDAY, "sang", w.t1, w.mate.volunteer)]
    )
    with time_machine.travel("2026-11-16T09:00:00+07:00"):
        leader.force_login(w.leader, backend="shifts.backends.UsernameOrPhoneBackend")
        page = build(leader).content.decode()
    rows = Assignment.objects.active()
    assert list(rows.filter(date__lt="2026-11-16").values_list("date", "session", "volunteer__user__username")) == [
        (MONDAY, "sang", "ban")
    ]
    assert rows.filter(date__gte="2026-11-16").values("date", "session", "post").distinct().count() == 11 * 2 * 3
    assert "mọi buổi đủ người" in page


def test_a_month_that_is_over_is_not_filled_from_the_page(w, leader):
    with time_machine.travel("2026-12-01T09:00:00+07:00"):
        leader.force_login(w.leader, backend="shifts.backends.UsernameOrPhoneBackend")
        page = build(leader).content.decode()
    assert "Tháng 11/2026 không còn ngày mở cửa nào để xếp: những ngày đã qua giữ nguyên." in page
    assert Assignment.objects.count() == 0


def test_one_undo_takes_the_whole_run_back(w, leader):
    build(leader)
    leader.post(reverse("roster:undo", args=["TTHCC", w.roster.month]))
    assert Assignment.objects.count() == 0


def test_the_leaders_weights_are_used_and_kept(w, leader):
    build(leader, floors="9", running="0")
    weights = RosterRun.objects.get().result["weights"]
    assert (weights["floors"], weights["running"], weights["mondays"]) == (9, 0, 4)
    page = leader.get(MONTH).content.decode()
    assert 'name="floors" type="number" min="0" max="20" value="9"' in page


@pytest.mark.parametrize("weight", ["-1", "21", "many", "1" * 400])
def test_a_weight_that_is_none_is_refused(w, leader, weight):
    assert build(leader, floors=weight).status_code == 422
    assert RosterRun.objects.count() == 0


def test_a_shortage_is_said_instead_of_failing(w, leader):
    w.leader.volunteer.__class__.objects.exclude(user__in=[w.volunteer, w.mate]).update(joined="2027-01-01")
    page = build(leader).content.decode()
    assert "còn thiếu" in page
    assert RosterRun.objects.get().state == "done"
    assert Assignment.objects.values("volunteer").distinct().count() == 2


def test_a_published_roster_is_not_built_anew(w, leader):
    publish(w.roster, w.leader)
    answer = build(leader)
    assert (answer.status_code, "đã công bố" in answer.content.decode()) == (422, True)
    assert RosterRun.objects.count() == 0


def test_a_second_run_beside_the_first_is_refused(w, leader):
    waiting(w)
    answer = build(leader)
    assert (answer.status_code, "đang được xếp rồi" in answer.content.decode()) == (422, True)


# The worker


@BY_THE_WORKER
def test_a_run_waits_for_the_worker_and_the_page_watches_it(w, leader):
    answer = build(leader)
    assert RosterRun.objects.get().state == "queued"
    assert "Đang chờ đến lượt" in answer.content.decode()
    assert "Bộ xếp lịch chưa chạy" not in progress(leader).content.decode()
    carry_out(RosterRun.objects.get().pk)
    ended = progress(leader)
    assert f'hx-get="{MONTH}" hx-trigger="load" hx-target="#board"' in ended.content.decode()
    page = leader.get(MONTH, HTTP_HX_TARGET="board", **HTMX).content.decode()
    assert page.lstrip().startswith('<div id="board"')
    assert "Đã xếp trong" in page


def test_a_run_that_nobody_takes_is_said_after_some_seconds(w, leader):
    run = waiting(w, requested_at=timezone.now() - datetime.timedelta(seconds=6))
    assert "Bộ xếp lịch chưa chạy" in progress(leader).content.decode()
    other = make_user("khac", "Trần Văn Khác")
    elsewhere = w.roster.__class__.objects.create(site=w.other_site, month=w.roster.month)
    RosterRun.objects.create(roster=elsewhere, requested_by=other, state="running", beat_at=timezone.now())
    assert "Bộ xếp lịch chưa chạy" not in progress(leader).content.decode()
    assert run.state == "queued"


def test_a_stopped_run_is_not_begun(w, leader):
    run = waiting(w)
    assert "Đã dừng, lịch giữ nguyên" in stop(leader).content.decode()
    carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, Assignment.objects.count()) == ("cancelled", 0)


def test_a_run_stopped_on_its_way_writes_nothing(w, monkeypatch):
    run = waiting(w)

    def solve(problem, *, progress, cancelled):
        progress("Chia đều", 0.5)
        stop_run(run)
        monkeypatch.setattr(runs, "BEAT_SECONDS", 0)
        progress("Sắp xong", 0.9)
        if cancelled():
            raise runs.Cancelled
        raise AssertionError("nobody told")

    monkeypatch.setattr(runs, "solve", solve)
    carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, run.phase, run.progress) == ("cancelled", "Chia đều", 50)
    assert Assignment.objects.count() == 0


def test_an_answer_that_comes_after_the_stop_is_thrown_away(w, monkeypatch):
    run, solve = waiting(w), runs.solve

    def late(problem, **kwargs):
        solution = solve(problem)
        stop_run(run)
        return solution

    monkeypatch.setattr(runs, "solve", late)
    carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, Assignment.objects.count()) == ("cancelled", 0)


def test_a_roster_edited_meanwhile_is_left_alone_and_the_page_says_why(w, leader, monkeypatch):
    run, solve = waiting(w), runs.solve

    def slow(problem, **kwargs):
        duty = Duty(MONDAY, "sang", w.t1, w.mate.volunteer)
        change_roster(roster=w.roster, kind="edit", by=w.leader, add=[duty])
        return solve(problem)

    monkeypatch.setattr(runs, "solve", slow)
    carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, Assignment.objects.count()) == ("failed", 1)
    assert "Lịch đã được sửa trong lúc xếp" in leader.get(MONTH).content.decode()


def test_a_run_that_breaks_is_said_without_its_trace_and_can_be_started_again(w, leader, monkeypatch):
    def broken(problem, **kwargs):
        raise ZeroDivisionError("the engine")

    with monkeypatch.context() as patch:
        patch.setattr(runs, "solve", broken)
        page = build(leader).content.decode()
    assert "Lượt xếp vừa rồi bị hỏng" in page
    assert "ZeroDivisionError" not in page
    assert "ZeroDivisionError" in RosterRun.objects.get().error
    build(leader)
    assert latest_run(w.roster).state == "done"


def test_a_run_whose_process_died_is_given_up_and_another_may_start(w, leader):
    dead = waiting(w, state="running", beat_at=timezone.now() - datetime.timedelta(seconds=121))
    assert "Lượt xếp vừa rồi bị hỏng" in leader.get(MONTH).content.decode()
    dead.refresh_from_db()
    assert dead.state == "failed"
    build(leader)
    assert latest_run(w.roster).state == "done"


def test_a_run_that_still_gives_signs_of_life_is_left_running(w):
    waiting(w, state="running", beat_at=timezone.now() - datetime.timedelta(seconds=30))
    assert latest_run(w.roster).state == "running"
    with pytest.raises(RosterRefused):
        start_run(roster=w.roster, by=w.leader)


def test_a_month_with_nothing_to_build_is_refused_with_a_sentence(w, leader):
    w.site.sessions.all().delete()
    page = build(leader).content.decode()
    assert "không có ngày mở cửa nào trong tháng 11/2026" in page
    assert RosterRun.objects.get().state == "failed"


def test_progress_without_a_script_leads_back_to_the_month(w, leader):
    answer = leader.get(reverse("roster:build_progress", args=["TTHCC", w.roster.month]))
    assert (answer.status_code, answer.url) == (302, MONTH)


@pytest.mark.django_db(transaction=True)
def test_a_run_gives_signs_of_life_while_the_engine_thinks(w, monkeypatch):
    monkeypatch.setattr(runs, "ALIVE_SECONDS", 0.05)
    run, solve, seen = waiting(w), runs.solve, []

    def thinking(problem, **kwargs):
        first, patience = RosterRun.objects.get().beat_at, time.monotonic() + 20
        while not seen and time.monotonic() < patience:
            beat = RosterRun.objects.get().beat_at
            seen.extend([beat] if beat > first else [])
        return solve(problem)

    monkeypatch.setattr(runs, "solve", thinking)
    carry_out(run.pk)
    run.refresh_from_db()
    assert (run.state, len(seen)) == ("done", 1)


def test_a_worker_busy_with_a_stopped_run_is_not_taken_for_none(w, leader):
    waiting(w, state="cancelled", beat_at=timezone.now())
    waiting(w, requested_at=timezone.now() - datetime.timedelta(seconds=6))
    assert "Bộ xếp lịch chưa chạy" not in progress(leader).content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_ten_clicks_at_once_one_starts_a_run(w, monkeypatch):
    monkeypatch.setattr(type(runs.build_in_background), "enqueue", lambda *args, **kwargs: None)
    for _number in rounds():
        came, refused = at_once([lambda: start_run(roster=w.roster, by=w.leader)] * 10)
        assert (len(came), {str(refusal) for refusal in refused}) == (
            1,
            {"Lịch này đang được xếp rồi. Đợi lượt đó xong, hoặc bấm Dừng."},
        )
        assert stop_run(came[0]) is True
