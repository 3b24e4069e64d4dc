"""Runs of the optimiser over a draft: asked for on a page, done by the worker, watched, stopped, put into the roster.

A run reads the roster, works without holding anything, and is written in one transaction that first looks whether it is
still wanted and the roster still as it was read. So stopping is one update, and a dead worker leaves nothing half done.
"""

import datetime
import threading
import time
import traceback

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from shifts.models import (
    Roster,
    RosterChange,
    RosterChangeLine,
    RosterRun,
    User,
)

from .board import Board
from .building import apply_solution, problem_of, refuse_published
from .changes import RosterRefused, lock_roster
from .optimiser.problem import Weights
from .optimiser.solver import Cancelled, solve
from .proof import input_of

State = RosterRun.State
BEAT_SECONDS = 0.4  # between two looks at the database while a run works
WAITS_SECONDS = 5  # until the page says that nobody takes the run
ALIVE_SECONDS = 3  # between two signs of life
DIES_SECONDS = 45  # without one a run is taken as dead
HIGHEST_WEIGHT = 20


class RunRefused(RosterRefused):
    """A run that cannot be started."""


def start_run(*, roster: Roster, by: User, weights: dict[str, int] | None = None) -> RosterRun:
    """Ask for a run and return it, queued; raises RunRefused where the roster is published or already being built."""
    refuse_published(roster)
    fail_dead_runs(roster)
    try:
        with transaction.atomic():
            run = RosterRun.objects.create(roster=roster, requested_by=by, result={"weights": weights or {}})
    except IntegrityError as error:
        raise RunRefused(_("Lịch này đang được xếp rồi. Đợi lượt đó xong, hoặc bấm Dừng.")) from error
    build_in_background.enqueue(run.pk)
    return run


def stop_run(run: RosterRun) -> bool:
    """Take a run back; whoever works on it finds out at the next step and writes nothing."""
    return bool(
        RosterRun.objects.filter(pk=run.pk, state__in=RosterRun.UNDER_WAY).update(
            state=State.CANCELLED, finished_at=timezone.now()
        )
    )


def fail_dead_runs(roster: Roster, now: datetime.datetime | None = None) -> int:
    """Give up runs whose process gave no sign of life for too long."""
    limit = (now or timezone.now()) - datetime.timedelta(seconds=DIES_SECONDS)
    dead = RosterRun.objects.filter(roster=roster, state=State.RUNNING, beat_at__lt=limit)
    return dead.update(state=State.FAILED, finished_at=timezone.now(), error="no sign of life")


def latest_run(roster: Roster) -> RosterRun | None:
    """The latest run of this roster, a dead one given up."""
    run = roster.runs.order_by("-pk").first() if roster.pk else None
    if run and is_dead(run):
        fail_dead_runs(roster)
        run.refresh_from_db()
    return run


def is_dead(run: RosterRun) -> bool:
    """Whether the run should be working and has not been heard of."""
    limit = timezone.now() - datetime.timedelta(seconds=DIES_SECONDS)
    return run.state == State.RUNNING and run.beat_at is not None and run.beat_at < limit


def waits_for_nobody(run: RosterRun) -> bool:
    """Whether no worker has taken the run for some seconds, and none is busy with another one, even a stopped one."""
    if run.state != State.QUEUED or (timezone.now() - run.requested_at).total_seconds() < WAITS_SECONDS:
        return False
    limit = timezone.now() - datetime.timedelta(seconds=DIES_SECONDS)
    return not RosterRun.objects.filter(beat_at__gte=limit).exists()


def is_under_way(run: RosterRun | None) -> bool:
    return run is not None and run.state in RosterRun.UNDER_WAY


def proven_spread(roster: Roster, run: RosterRun | None, latest: RosterChange | None = None) -> float | None:
    """The proven smallest spread in sessions, if the roster is still as that run left it; a new pin moves nobody.

    With `latest`, the latest change that was not undone, the common case needs no query: what came later was undone.
    """
    if run is None or run.state != State.DONE or not run.result.get("load_proven"):
        return None
    if latest is not None and latest.pk == run.result["change"]:
        return run.result["load_spread"]
    later = RosterChangeLine.objects.filter(change__roster=roster, change__gt=run.result["change"])
    return None if later.exclude(act=RosterChangeLine.Act.PIN).exists() else run.result["load_spread"]


# The worker's side


@task()
def build_in_background(run: int) -> None:
    carry_out(run)


def carry_out(key: int) -> None:
    """Do the run with this key, if it still waits."""
    taken = RosterRun.objects.filter(pk=key, state=State.QUEUED).update(state=State.RUNNING, beat_at=timezone.now())
    if not taken:
        return
    run = RosterRun.objects.select_related("roster__site", "requested_by").get(pk=key)
    try:
        with Heartbeat(run):
            _build(run)
    except (Cancelled, _NoLongerWanted):
        stop_run(run)
    except RosterRefused as refusal:
        _fail(run, str(refusal), said=True)
    except Exception:  # whatever it was is stored with the run and said on the page; the worker lives on
        _fail(run, traceback.format_exc())


class _NoLongerWanted(Exception):
    """The run was stopped, or given up, while it worked."""


def _build(run):
    seen, read = _last_change(run.roster), input_of(Board(run.roster.site, run.roster.month, run.roster.last_day))
    weights = Weights(**run.result["weights"]) if run.result.get("weights") else None
    problem = problem_of(run.roster.site, run.roster.month, weights=weights, starts=timezone.localdate())
    pulse = Pulse(run)
    solution = solve(problem, progress=pulse.progress, cancelled=pulse.cancelled)
    with transaction.atomic():
        roster = lock_roster(run.roster)
        if not RosterRun.objects.filter(pk=run.pk, state=State.RUNNING).exists():
            raise _NoLongerWanted
        if _last_change(roster) != seen or roster.is_published:
            raise RosterRefused(_("Lịch đã được sửa trong lúc xếp, nên kết quả không được dùng. Hãy xếp lại."))
        change = apply_solution(roster, solution, by=run.requested_by)
        RosterRun.objects.filter(pk=run.pk).update(
            state=State.DONE,
            progress=100,
            finished_at=timezone.now(),
            result=run.result | outcome(solution) | {"change": change.pk if change else seen, "input": read},
        )


def outcome(solution) -> dict:
    """What is kept of a solution beside the duties."""
    return {
        "status": solution.status,
        "load_spread": solution.load_spread,
        "load_proven": solution.load_proven,
        "gap": solution.gap,
        "seconds": solution.seconds,
        "shortfalls": len(solution.shortfalls),
        "conflicts": list(solution.conflicts),
        "breaches": solution.breaches,
    }


def _last_change(roster):
    return RosterChange.objects.filter(roster=roster).order_by("-pk").values_list("pk", flat=True).first() or 0


def _fail(run, text, *, said=False):
    """`said`: the text is a sentence for the leader, not a trace for whoever runs the site."""
    RosterRun.objects.filter(pk=run.pk, state=State.RUNNING).update(
        state=State.FAILED, error=text, finished_at=timezone.now(), result=run.result | ({"said": text} if said else {})
    )


class Heartbeat:
    """Signs of life from a thread of its own: the engine may think for minutes between two steps."""

    def __init__(self, run: RosterRun):
        self.key, self.over = run.pk, threading.Event()
        self.thread = None

    def __enter__(self):
        # Inside a transaction nobody would see them, and SQLite would wait for its end.
        if not connection.in_atomic_block:
            self.thread = threading.Thread(target=self._beat, daemon=True)
            self.thread.start()
        return self

    def __exit__(self, *failure):
        self.over.set()
        if self.thread is not None:
            self.thread.join()

    def _beat(self):
        try:
            while not self.over.wait(ALIVE_SECONDS):
                try:
                    RosterRun.objects.filter(pk=self.key).update(beat_at=timezone.now())
                except DatabaseError:
                    continue  # the next one may get through
        finally:
            connection.close()


class Pulse:
    """Tells the page how far a run is and hears whether to stop; looks at the database only now and then."""

    def __init__(self, run: RosterRun):
        self.key, self.next_look, self.wanted = run.pk, 0.0, True
        self.phase, self.percent = "", 0

    def progress(self, phase, part):
        """Hear from the optimiser; another phase is written at once."""
        fresh = phase != self.phase
        self.phase, self.percent = str(phase), min(99, max(0, round(100 * part)))
        self._look(at_once=fresh)

    def cancelled(self):
        self._look()
        return not self.wanted

    def _look(self, *, at_once=False):
        now = time.monotonic()
        if now < self.next_look and not at_once:
            return
        self.next_look = now + BEAT_SECONDS
        values = {"beat_at": timezone.now(), "phase": self.phase[:80], "progress": self.percent}
        self.wanted = bool(RosterRun.objects.filter(pk=self.key, state=State.RUNNING).update(**values))
