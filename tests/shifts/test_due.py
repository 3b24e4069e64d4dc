"""What happens by itself: once per period, safe twice at once, failures shown and tried again."""

import datetime
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection, connections

from shifts import due
from shifts.models import DueRun

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = datetime.datetime(2026, 11, 24, 12, 0, 30, tzinfo=HANOI)


def minutes(count, start=NOON):
    return start + datetime.timedelta(minutes=count)


def clock(*numbers):
    return datetime.datetime(2026, 11, *numbers, tzinfo=HANOI)


@pytest.fixture
def jobs(monkeypatch):
    """A registry of our own; `jobs(name, period, function)` adds a job."""
    due.jobs()
    monkeypatch.setattr(due, "_jobs", {})

    def add(name, period, function):
        due.register(name, period, label=name)(function)

    return add


def rows():
    return list(DueRun.objects.order_by("started_at", "job").values_list("job", "period", "state", "tries"))


@pytest.mark.django_db
def test_a_job_runs_once_in_its_minute_however_often_it_is_called(jobs):
    calls = []
    jobs("mail", due.EVERY_MINUTE, lambda at: calls.append(at) or "gửi 2 thư")
    assert due.run_due(NOON).done == {"mail": "gửi 2 thư"}
    assert due.run_due(NOON + datetime.timedelta(seconds=20)).done == {}
    assert due.run_due(minutes(1)).done == {"mail": "gửi 2 thư"}
    assert len(calls) == 2
    assert rows() == [("mail", "2026-11-24 12:00", "done", 1), ("mail", "2026-11-24 12:01", "done", 1)]
    assert DueRun.objects.last().outcome == "gửi 2 thư"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("period", "at", "key", "meant"),
    [
        (due.EVERY_HOUR, clock(24, 12, 59), "2026-11-24 12h", clock(24, 12, 59)),
        (due.daily(0), clock(24, 0, 0), "2026-11-24", clock(24, 0, 0)),
        (due.daily(2), clock(24, 2, 0), "2026-11-24", clock(24, 2, 0)),
        # Before its hour the day before is made up for, if nobody ran it.
        (due.daily(2), clock(24, 1, 59), "2026-11-23", clock(24, 1, 59)),
        (due.EVERY_EVENING, clock(24, 18, 0), "2026-11-24", clock(24, 18, 0)),
        (due.EVERY_EVENING, clock(24, 23, 59), "2026-11-24", clock(24, 23, 59)),
        # After a night without a server the evening is made up for, as of that evening.
        (due.EVERY_EVENING, clock(25, 6, 59), "2026-11-24", clock(24, 18, 0)),
    ],
)
def test_each_period_has_its_name_and_the_time_it_is_meant_for(jobs, period, at, key, meant):
    seen = []
    jobs("job", period, seen.append)
    due.run_due(at)
    assert rows() == [("job", key, "done", 1)]
    assert abs(seen[0] - meant) < datetime.timedelta(seconds=1)


@pytest.mark.django_db
@pytest.mark.parametrize("at", [clock(24, 7, 0), clock(24, 12, 0), clock(24, 17, 59)])
def test_by_day_no_evening_is_due(jobs, at):
    jobs("warn", due.EVERY_EVENING, lambda at: "báo")
    assert due.run_due(at).done == {}
    assert rows() == []


@pytest.mark.django_db
def test_days_that_were_missed_are_made_up_for_once_not_each(jobs):
    jobs("tidy", due.daily(2), lambda at: "dọn")
    due.run_due(clock(20, 2, 0))
    assert due.run_due(clock(24, 9, 0)).done == {"tidy": "dọn"}
    assert due.run_due(clock(24, 9, 1)).done == {}
    assert [period for _job, period, *_rest in rows()] == ["2026-11-20", "2026-11-24"]


@pytest.mark.django_db
def test_a_failing_job_is_stored_and_does_not_stop_the_others(jobs):
    def broken(at):
        raise OSError("máy chủ thư không trả lời")

    jobs("broken", due.EVERY_MINUTE, broken)
    jobs("healthy", due.EVERY_MINUTE, lambda at: "xong")
    report = due.run_due(NOON)
    assert report.done == {"healthy": "xong"}
    assert [run.job for run in report.failed] == ["broken"]
    run = DueRun.objects.get(job="broken")
    assert (run.state, run.tries, due.last_line(run)) == ("failed", 1, "OSError: máy chủ thư không trả lời")
    assert "Traceback" in run.error


@pytest.mark.django_db
def test_a_failed_job_is_tried_again_later_and_later_until_it_succeeds(jobs, monkeypatch):
    monkeypatch.setattr(due, "time", SimpleNamespace(monotonic=lambda: 0.0))  # jobs that take no time at all
    tried, working = [], []

    def moody(at):
        tried.append(round((at - NOON).total_seconds() / 60))
        if not working:
            raise ValueError("chưa được")
        return "được rồi"

    jobs("moody", due.EVERY_MINUTE, moody)
    for minute in range(20):
        due.run_due(minutes(minute))
    assert tried == [0, 1, 3, 7, 15]
    working.append(True)
    assert due.run_due(minutes(30)).failed != []
    report = due.run_due(minutes(31))
    assert (report.done, report.failed) == ({"moody": "được rồi"}, [])
    assert due.run_due(minutes(32)).done == {"moody": "được rồi"}
    assert DueRun.objects.order_by("-started_at").first().tries == 1


@pytest.mark.django_db
def test_a_daily_job_that_failed_is_tried_again_in_its_own_row(jobs):
    faults = [ValueError("hỏng")]

    def once(at):
        if faults:
            raise faults.pop()
        return "xong"

    jobs("once", due.daily(2), once)
    due.run_due(NOON)
    assert due.run_due(minutes(2)).done == {"once": "xong"}
    assert rows() == [("once", "2026-11-24", "done", 2)]
    assert DueRun.objects.get().error == ""


@pytest.mark.django_db
def test_a_run_whose_process_died_is_taken_over_after_fifteen_minutes(jobs):
    jobs("job", due.daily(2), lambda at: "xong")
    DueRun.objects.create(job="job", period="2026-11-24", started_at=NOON)
    assert due.run_due(minutes(14)).done == {}
    assert due.run_due(minutes(15)).done == {"job": "xong"}
    assert rows() == [("job", "2026-11-24", "done", 2)]


@pytest.mark.django_db
def test_a_dead_run_of_an_earlier_minute_is_closed_as_failed(jobs):
    jobs("job", due.EVERY_MINUTE, lambda at: "xong")
    DueRun.objects.create(job="job", period="2026-11-24 12:00", started_at=NOON)
    assert due.run_due(minutes(5)).done == {}, "the same job never runs beside itself"
    assert due.run_due(minutes(16)).done == {"job": "xong"}
    assert rows() == [("job", "2026-11-24 12:00", "failed", 1), ("job", "2026-11-24 12:16", "done", 2)]


@pytest.mark.django_db
def test_who_was_thought_dead_does_not_overwrite_who_took_over(jobs):
    def slow(at):
        # Meanwhile another process has taken the run over and finished it.
        DueRun.objects.update(tries=2, state="done", outcome="của người sau")
        return "của người trước"

    jobs("slow", due.daily(2), slow)
    due.run_due(NOON)
    assert (DueRun.objects.get().outcome, DueRun.objects.get().tries) == ("của người sau", 2)


@pytest.mark.django_db
def test_the_command_shows_a_failure_and_ends_with_one(jobs, capsys):
    def broken(at):
        raise OSError("không tới được máy chủ thư")

    jobs("mail", due.EVERY_MINUTE, broken)
    jobs("tidy", due.daily(0), lambda at: "Đã dọn 3 dòng.")
    with pytest.raises(SystemExit) as ending:
        call_command("run_due")
    said = capsys.readouterr()
    assert ending.value.code == 1
    assert "tidy: Đã dọn 3 dòng." in said.out
    assert "mail (mail) hỏng, lần 1" in said.err
    assert "OSError: không tới được máy chủ thư" in said.err


@pytest.mark.django_db
def test_old_runs_are_forgotten_but_for_the_last_of_each_job(jobs):
    jobs("often", due.EVERY_MINUTE, lambda at: "")
    jobs("daily", due.daily(2), lambda at: "")
    for job, days in [("often", 3), ("often", 2), ("often", 0), ("daily", 100), ("daily", 80), ("gone", 200)]:
        period = f"{NOON - datetime.timedelta(days=days):%Y-%m-%d}"
        DueRun.objects.create(job=job, period=period, state="done", started_at=NOON - datetime.timedelta(days=days))
    assert due.forget_old_runs(NOON) == 3
    assert [job for job, *_rest in rows()] == ["gone", "daily", "often"]


def test_every_app_brings_its_own_jobs():
    assert {"refresh_rights", "erase_codes", "forget_old_runs"} <= set(due.jobs())


@pytest.mark.django_db
def test_the_real_jobs_run_on_an_empty_database():
    report = due.run_due(clock(24, 18, 30))
    assert report.failed == []
    assert set(report.done) == set(due.jobs())


def run_together(*works):
    """Run each in a thread of its own, all let go at once, and return what they raised."""
    faults, start = [], threading.Barrier(len(works))

    def run(work):
        try:
            start.wait(20)
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
def test_many_callers_at_once_run_each_job_once(jobs):
    calls = []
    jobs("first", due.EVERY_MINUTE, lambda at: calls.append("first"))
    jobs("second", due.daily(2), lambda at: calls.append("second"))
    for number in range(5):
        del calls[:]
        at = minutes(24 * 60 * number)
        assert run_together(*[partial(due.run_due, at)] * 12) == []
        assert sorted(calls) == ["first", "second"]
    assert DueRun.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_many_callers_take_a_dead_run_over_once(jobs):
    calls = []
    jobs("job", due.daily(2), calls.append)
    DueRun.objects.create(job="job", period="2026-11-24", started_at=NOON)
    assert run_together(*[partial(due.run_due, minutes(20))] * 12) == []
    assert (len(calls), rows()) == (1, [("job", "2026-11-24", "done", 2)])


@pytest.mark.django_db(transaction=True)
def test_the_loop_ends_cleanly_when_told_to():
    """A process of its own on this test's database, ended by SIGTERM as systemd does it."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{settings['NAME']}"
    else:
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**settings)
    environment = {**os.environ, "DATABASE_URL": url, "DEMO": "1", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "manage.py", "run_due", "--forever"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        said = process.stdout.readline()  # the first jobs are done
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert ":" in said
    assert DueRun.objects.exclude(state="running").exists()
    assert not DueRun.objects.filter(state="running").exists()
