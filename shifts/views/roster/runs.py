"""Asking for a run of the optimiser, watching it and stopping it; the run itself is done by the worker."""

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shifts.models import RosterRun
from shifts.roster.board import in_words
from shifts.roster.changes import RosterRefused, roster_of
from shifts.roster.runs import is_under_way, latest_run, start_run, stop_run, waits_for_nobody

from .forms import WeightsForm, first_error
from .page import done, managed_site, period_of, refused, stored_roster


@require_POST
def build(request, site, month):
    """Ask for a run over the month's draft."""
    site = managed_site(request, site)
    period = period_of(request, month)
    form = WeightsForm(request.POST)
    if not form.is_valid():
        return refused(request, site, period, first_error(form))
    try:
        run = start_run(roster=roster_of(site, month), by=request.user, weights=form.weights())
    except RosterRefused as refusal:
        return refused(request, site, period, str(refusal))
    run.refresh_from_db()
    return done(request, site, period, said="" if is_under_way(run) else outcome_words(run))


@require_safe
def progress(request, site, month):
    """How far the run is; once it has ended, a mark that fetches the board."""
    site = managed_site(request, site)
    period = period_of(request, month)
    roster = stored_roster(site, month)
    run = latest_run(roster)
    if not request.htmx:
        return redirect(period.url(site))
    context = {"run": run, "site": site, "period": period, "month_key": f"{month:%Y-%m}", "here": period.url(site)}
    context |= {"ended": not is_under_way(run), "nobody": run is not None and waits_for_nobody(run)}
    return render(request, "roster/_run.html", context)


@require_POST
def stop(request, site, month):
    """Take the run back."""
    site = managed_site(request, site)
    run = latest_run(stored_roster(site, month))
    stopped = run is not None and stop_run(run)
    said = _("Đã dừng, lịch giữ nguyên như trước khi xếp.") if stopped else _("Lượt xếp này đã xong.")
    return done(request, site, period_of(request, month), said=said, offer_undo=False)


def outcome_words(run: RosterRun) -> str:
    """What came out of a run, as a sentence; "" of one that failed or was stopped (the page says so itself)."""
    if run.state != RosterRun.State.DONE:
        return ""
    seconds = in_words(run.result["seconds"])
    missing = run.result["shortfalls"]
    if missing:
        said = _("Đã xếp trong {seconds} giây, còn thiếu {count} chỗ.")
        return said.format(seconds=seconds, count=missing)
    return _("Đã xếp trong {seconds} giây, mọi buổi đủ người.").format(seconds=seconds)
