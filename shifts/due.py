"""What happens by itself: jobs by name, each at most once per period however often `run_due` is called."""

import datetime
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from shifts.models import DueRun, Role, User
from shifts.notices import tell

State = DueRun.State
TAKEN_OVER_AFTER = datetime.timedelta(minutes=15)
LONGEST_BACKOFF_MINUTES = 60
EVENING_HOUR = 18
EVENING_CAUGHT_UP_UNTIL_HOUR = 7
ERROR_LETTERS = 4000
ADMINISTRATORS_TOLD_AFTER_TRIES = 3


@dataclass(frozen=True)
class Period:
    """How often a job runs. `now(at)` names the period that is due, and the time for which the job then works."""

    name: str
    now: Callable[[datetime.datetime], tuple[str, datetime.datetime] | None]
    kept_days: int = 90


def _every_minute(at):
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}", at


def _every_hour(at):
    return f"{timezone.localtime(at):%Y-%m-%d %H}h", at


def _every_evening(at):
    """From 18:00; a server that was off then catches up until 7:00, still for that evening."""
    local = timezone.localtime(at)
    if EVENING_CAUGHT_UP_UNTIL_HOUR <= local.hour < EVENING_HOUR:
        return None
    evening = local if local.hour >= EVENING_HOUR else local - datetime.timedelta(days=1)
    if evening.date() == local.date():
        return f"{evening:%Y-%m-%d}", at
    return f"{evening:%Y-%m-%d}", evening.replace(hour=EVENING_HOUR, minute=0, second=0, microsecond=0)


def daily(hour: int) -> Period:
    """Once a day from that hour on; a day that was missed is made up for by the next call, once."""

    def now(at):
        return f"{timezone.localtime(at) - datetime.timedelta(hours=hour):%Y-%m-%d}", at

    return Period("daily", now)


EVERY_MINUTE = Period("minute", _every_minute, kept_days=1)
EVERY_HOUR = Period("hour", _every_hour, kept_days=14)
EVERY_EVENING = Period("evening", _every_evening)


@dataclass(frozen=True)
class Job:
    """One job: `run(at)` does it and returns what came of it, in words."""

    name: str
    period: Period
    label: str
    run: Callable[[datetime.datetime], str | None]


_jobs: dict[str, Job] = {}


def register(name: str, period: Period, *, label: str):
    """Make a function of `at` a job; write it in a module `due_jobs` of any app.

    The function may run again for the same period after it failed half-way, so whatever it does is safe to do twice.
    """

    def keep(function):
        _jobs[name] = Job(name, period, label, function)
        return function

    return keep


def jobs() -> dict[str, Job]:
    """Every job by name, in the order of registration."""
    autodiscover_modules("due_jobs")
    return _jobs


@dataclass
class Report:
    """What one call did: outcomes by job, and the jobs that stand failed after it."""

    done: dict[str, str]
    failed: list[DueRun]


def run_due(at: datetime.datetime | None = None, *, stop: Callable[[], bool] = lambda: False) -> Report:
    """Run each job whose period has come and that nobody has run; a failing one does not stop the others.

    Safe to call at any time and twice at once. `stop` is asked before each job.
    """
    at, began = at or timezone.now(), time.monotonic()
    done = {}
    for job in list(jobs().values()):
        if stop():
            break
        now = at + datetime.timedelta(seconds=time.monotonic() - began)
        outcome = _run_if_due(job, now)
        if outcome is not None:
            done[job.name] = outcome
    return Report(done=done, failed=standing_failures())


def _run_if_due(job, at):
    """Run the job unless its period is done, under way, or waiting after a failure; return its outcome, if any."""
    due = job.period.now(at)
    last = DueRun.objects.filter(job=job.name).order_by("-started_at", "-pk").first()
    if due is None or (last and not _may_start(last, due[0], at)):
        return None
    run = _claim(job, due[0], last, at)
    return _carry_out(job, run, due[1]) if run else None


def _may_start(last, period, at):
    if last.state == State.RUNNING:
        return last.started_at <= at - TAKEN_OVER_AFTER
    if last.state == State.FAILED:
        return at >= tried_again_at(last)
    return last.period != period


def tried_again_at(run: DueRun) -> datetime.datetime:
    """When a failed job is tried again: after 1, 2, 4 ... minutes, at most an hour."""
    return run.finished_at + datetime.timedelta(minutes=min(2 ** min(run.tries - 1, 6), LONGEST_BACKOFF_MINUTES))


def _claim(job, period, last, at):
    """Return the run, ours alone, or None when another caller was faster: each step asks for what was seen."""
    tries = 1
    if last and last.state != State.DONE:
        tries = last.tries + 1
        seen = DueRun.objects.filter(pk=last.pk, state=last.state, tries=last.tries, started_at=last.started_at)
        if last.period == period:
            again = {"state": State.RUNNING, "tries": tries, "started_at": at, "finished_at": None, "error": ""}
            try:
                with transaction.atomic():
                    return DueRun.objects.get(pk=last.pk) if seen.update(**again) else None
            except IntegrityError:
                return None
        if last.state == State.RUNNING:
            seen.update(state=State.FAILED, finished_at=at, error=str(_("Đã dừng giữa chừng.")))
    try:
        with transaction.atomic():
            return DueRun.objects.create(job=job.name, period=period, tries=tries, started_at=at)
    except IntegrityError:
        return None


def _carry_out(job, run, at):
    began = time.monotonic()
    try:
        outcome, error, state = str(job.run(at) or ""), "", State.DONE
    except Exception:  # whatever went wrong belongs to this job alone
        outcome, error, state = None, traceback.format_exc()[-ERROR_LETTERS:], State.FAILED
    # By `tries`, so that one who was thought dead does not overwrite what came of the one who took over.
    DueRun.objects.filter(pk=run.pk, tries=run.tries).update(
        state=state,
        outcome=(outcome or "")[:200],
        error=error,
        finished_at=run.started_at + datetime.timedelta(seconds=time.monotonic() - began),
    )
    if state == State.FAILED and run.tries >= ADMINISTRATORS_TOLD_AFTER_TRIES:
        _tell_administrators(job, run)
    return outcome


def _tell_administrators(job, run):
    """Once a day for each job that keeps failing."""
    people = User.objects.filter(roles__in=Role.objects.on().filter(kind=Role.Kind.ADMINISTRATOR)).distinct()
    text = _("Việc tự chạy “{job}” đã hỏng {count} lần liền. Xem lỗi trong trang quản trị.")
    tell(
        people,
        kind="job",
        text=text.format(job=job.label, count=run.tries),
        url=reverse("admin:shifts_duerun_changelist") + f"?job__exact={job.name}",
        key=f"job:{job.name}:{timezone.localdate(run.started_at)}",
    )


def standing_failures() -> list[DueRun]:
    """The last run of each job that failed and has not been made good since."""
    last = DueRun.objects.filter(job=OuterRef("job")).order_by("-started_at", "-pk").values("pk")[:1]
    rows = DueRun.objects.annotate(last=Subquery(last)).filter(pk=F("last"), state=State.FAILED)
    return list(rows.order_by("job"))


def last_line(run: DueRun) -> str:
    """What went wrong, in one line."""
    return (run.error.strip().splitlines() or [""])[-1][:200]


def forget_old_runs(at: datetime.datetime) -> int:
    """Delete finished runs nobody looks at any more: those of minutes after a day, the others after their time."""
    gone = 0
    known = jobs()
    for name in DueRun.objects.order_by("job").values_list("job", flat=True).distinct():
        days = known[name].period.kept_days if name in known else EVERY_EVENING.kept_days
        old = DueRun.objects.filter(job=name, started_at__lt=at - datetime.timedelta(days=days))
        last = DueRun.objects.filter(job=name).order_by("-started_at", "-pk").values_list("pk", flat=True)[:1]
        gone += old.exclude(state=State.RUNNING).exclude(pk__in=list(last)).delete()[0]
    return gone
