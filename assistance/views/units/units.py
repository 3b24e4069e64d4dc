"""/units/ and /units/<code>/: who reports, who does not; one unit with its weeks; accepting and giving back."""

from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assistance.excess import ADDED, excess, logged
from assistance.figures import TOTAL_COLUMNS
from assistance.models import PeriodLock, UnitTotal
from assistance.periods import Period
from assistance.total_forms import PlaceForm, ReviewForm
from assistance.total_reminders import remind
from assistance.totals import TotalRefused, accept_total, counted, lock_period, return_total, why_no_total
from assistance.unit_growth import chart_of, growth_of
from assistance.unit_history import NOW, THEN, history_of, lineage_of, reads_otherwise, tree_as_now
from assistance.unit_reach import reviewed_by, sends_at_all, sends_for, starts_at_all, unit_of, units_only
from assistance.unit_tree import reminder, tree_of
from assistance.views.units.totals import key_of
from shifts.access import Access, Kind

WEEKS_SHOWN = 12
SHOWN = {"missing": "missing", "waiting": "waiting"}


class ReadingForm(forms.Form):
    """?as=now, anything else is as it was."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["as"] = forms.CharField(required=False, max_length=4)  # a keyword cannot name an attribute


@require_safe
def units(request):
    """The units of this person as a tree, with the state of one week."""
    access = Access.of(request.user)
    units_only(access)
    period = period_of(request)
    tree, today = tree_of(units=access.units(), period=period), timezone.localdate()
    form = PlaceForm(request.GET)
    show = form.cleaned_data["show"] if form.is_valid() else ""
    reads_both = reads_otherwise(tree, today)
    reading = reading_of(request) if reads_both else THEN
    if reading == NOW:
        tree, show = tree_as_now(then=tree, units=access.units(), today=today), ""
    lines = getattr(tree, SHOWN[show]) if show in SHOWN else tree.lines
    # As it is now, a line is several units of then: it is read, and neither reminded nor accepted nor locked.
    acts = reading == THEN
    leads = access.sees_everything or bool(access.roots(Kind.STAFF, Kind.LEADERSHIP, Kind.ADMINISTRATOR))
    leads = leads and acts
    context = {
        "tree": tree,
        "rows": rows_of_tree(lines),
        "show": show if show in SHOWN else "",
        "period": period,
        "previous": period.moved(-1),
        "next": next_of(period),
        "leads": leads,
        "may_review": acts and can_review(access),
        "may_import": sends_at_all(access) and len(tree.lines) > 1,
        "open_lines": [line for line in tree.lines if not line.locked],
        "chart": chart_of(growth_of(tree, today)) if acts else None,
        "starts": starts_at_all(access),
        "reminder": reminder(tree, request.build_absolute_uri(reverse("units:totals"))) if leads else "",
        "reading": reading,
        "reads_both": reads_both,
        "kept": f"as={NOW}&" if reading == NOW else "",
    }
    return render(request, "units/units.html", context)


class Row(NamedTuple):
    """One row of the tree as it is written; formed here, since a template takes many times as long."""

    depth: int
    name: str
    url: str
    teams: list[str]
    runs: bool
    volunteers: int | None
    last_activity: str
    last_total: str
    badge: str
    state: str
    nothing: bool
    locked: bool


BADGES = {"accepted": "ok", "sent": "blue", "returned": "star", "draft": "plain"}


def rows_of_tree(lines):
    """The lines of the tree as rows."""
    words = {state: str(label).capitalize() for state, label in UnitTotal.State.choices}
    at_desk, missing, unneeded, has_team = _("Ghi ở bàn"), _("Chưa gửi"), _("Không cần gửi"), _("có đội hình")
    base, today, names = reverse("units:units"), timezone.localdate(), {}
    rows = []
    for line in lines:
        unit, total = line.unit, line.total
        if total and (total.state != "draft" or line.is_expected):
            badge, state = BADGES[total.state], words[total.state]
        elif getattr(line, "state", ""):
            badge, state = "ok" if line.sent else "red", line.state
        elif line.logs_at_desk:
            badge, state = "ok", at_desk
        else:
            badge, state = ("red", missing) if line.is_expected else ("plain", unneeded)
        last = line.last_total.period if line.last_total else None
        if last and last not in names:
            names[last] = last.name
        rows.append(
            Row(
                depth=line.depth,
                name=unit.name,
                url=f"{base}{key_of(unit, today)}/",
                teams=[team_words(team, has_team) for team in line.teams],
                runs=line.runs,
                volunteers=line.volunteers,
                last_activity=f"{line.last_activity:%d/%m/%Y}" if line.last_activity else "",
                last_total=names[last] if last else "",
                badge=badge,
                state=state,
                nothing=bool(total and total.nothing and total.counts),
                locked=line.locked,
            )
        )
    return rows


def team_words(team, unknown):
    """When the team was formed, and by which decision."""
    formed = f"{team.valid_from:%d/%m/%Y}" if team.valid_from else unknown
    return f"{formed}, {team.decision_number}" if team.decision_number else formed


def period_of(request):
    """The week asked for, else this one; 404 for what is none."""
    form = PlaceForm(request.POST if request.method == "POST" else request.GET)
    text = form.cleaned_data["period"] if form.is_valid() else ""
    if not text:
        return Period.week_of(timezone.localdate())
    try:
        return Period.read(text)
    except ValueError as error:
        raise Http404 from error


def reading_of(request):
    """Which units the past is read by: those of its day or, when the address says so, those of today."""
    form = ReadingForm(request.GET)
    return NOW if form.is_valid() and form.cleaned_data["as"] == NOW else THEN


def next_of(period):
    following = period.moved(1)
    return following if following.first <= timezone.localdate() else None


def can_review(access):
    return access.sees_everything or bool(access.roots(Kind.STAFF, Kind.ADMINISTRATOR))


@require_safe
def unit(request, key):
    """One unit: its team, its weeks, and the total of the week that was asked for."""
    access = Access.of(request.user)
    units_only(access)
    period = period_of(request)
    found = unit_of(access, key, period)
    return render(request, "units/unit.html", unit_context(request, access, found, period))


def unit_context(request, access, unit, period):
    """What the page of a unit shows."""
    tree = tree_of(units=access.units().filter(pk=unit.pk), period=period)
    total = UnitTotal.objects.filter(unit=unit).of(period).select_related("sent_by", "reviewed_by", "unit").first()
    may_review = reviewed_by(access).filter(pk=unit.pk).exists()
    lineage, today = lineage_of(unit, timezone.localdate()), timezone.localdate()
    reading = reading_of(request)
    return {
        "lineage": lineage,
        "history": history_of(unit, last=min(period.last, today), reading=reading, today=today),
        "reads_both": lineage.now is None,
        "kept": f"as={NOW}&" if reading == NOW else "",
        "period_query": f"period={period.key}",
        "unit": unit,
        "key": key_of(unit),
        "line": tree.lines[0] if tree.lines else None,
        "period": period,
        "previous": period.moved(-1),
        "next": next_of(period),
        "total": total,
        "refusal": why_no_total(unit, period),
        "rows": rows_of(unit, period, total),
        "changes": total.changes.select_related("made_by") if total else [],
        "locks": [(lock, since_lock(unit, lock)) for lock in locks_of(unit, period)],
        "weeks": weeks_of(unit, period),
        "may_send": sends_for(access).filter(pk=unit.pk).exists(),
        "may_review": may_review,
        "review": ReviewForm(initial={"version": total.version}) if total and total.counts and may_review else None,
        "shows_phones": access.sees_everything or bool(access.roots(Kind.STAFF, Kind.LEADERSHIP, Kind.ADMINISTRATOR)),
    }


def rows_of(unit, period, total):
    """[(column, sent, logged, added)] of the period; what a number adds is its excess, or "" where sums make none."""
    desk = logged(unit=unit, period=period)
    added = {}
    if total:
        found = excess(units=[unit.pk], first=total.counted_on, last=total.counted_on, by=("id",))
        added = next((row for row in found if row["id"] == total.pk), {})
    return [
        (column, getattr(total, code) if total else None, desk.get(code), added.get(code))
        for code, column in TOTAL_COLUMNS.items()
    ]


def locks_of(unit, period):
    return PeriodLock.objects.touching(period).filter(unit=unit).select_related("locked_by")[:3]


def since_lock(unit, lock):
    """[(column, difference)] of what came after a period was closed, visits at the desk included."""
    now = counted(unit=unit, period=Period(lock.date_from, lock.date_to))
    changes = [(TOTAL_COLUMNS[code], now[code] - lock.figures.get(code, 0)) for code in ADDED]
    return [(column, difference) for column, difference in changes if difference]


def weeks_of(unit, period):
    """[(period, total)] of the last weeks that the unit had, the newest first."""
    newest = Period.week_of(min(period.last, timezone.localdate()))
    weeks = [newest.moved(-back) for back in range(WEEKS_SHOWN)]
    totals = UnitTotal.objects.filter(unit=unit, span="week", date_from__in=[week.first for week in weeks])
    by_week = {total.date_from: total for total in totals}
    return [(week, by_week.get(week.first)) for week in weeks if week.meets(unit)]


@require_POST
def review(request, pk):
    """Accept a total, or give it back with a remark."""
    access = Access.of(request.user)
    units_only(access)
    total = get_object_or_404(UnitTotal.objects.select_related("unit"), pk=pk, unit__in=access.units())
    if not reviewed_by(access).filter(pk=total.unit_id).exists():
        raise PermissionDenied(_("Số liệu của {unit} do cấp trên duyệt.").format(unit=total.unit))
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            if form.cleaned_data["verdict"] == form.ACCEPT:
                accept_total(total=total, by=request.user, version=form.cleaned_data["version"])
                messages.success(request, _("Đã duyệt số liệu {total}.").format(total=total))
            else:
                return_total(
                    total=total,
                    by=request.user,
                    version=form.cleaned_data["version"],
                    remark=form.cleaned_data["remark"],
                )
                messages.success(request, _("Đã trả lại. Số của kỳ này tạm không tính cho đến khi gửi lại."))
            return redirect(f"{unit_address(total.unit)}?{urlencode({'period': total.period.key})}")
        except TotalRefused as error:
            form.add_error(None, str(error))
    context = unit_context(request, access, total.unit, total.period) | {"review": form}
    return render(request, "units/unit.html", context, status=422)


def unit_address(unit):
    return reverse("units:unit", args=[key_of(unit)])


@require_POST
def accept_all(request):
    """Accept every total of a period that waits for this person."""
    access = reviewers_only(request)
    period = period_of(request)
    waiting = UnitTotal.objects.of(period).filter(state=UnitTotal.State.SENT, unit__in=reviewed_by(access))
    done = 0
    for total in waiting.select_related("unit").order_by("unit_id"):
        try:
            accept_total(total=total, by=request.user, version=total.version)
            done += 1
        except TotalRefused:
            continue  # changed since it was read: it waits for a look of its own
    messages.success(request, _("Đã duyệt {n} đơn vị của {period}.").format(n=done, period=period.name))
    return back_to_units(period)


@require_POST
def remind_all(request):
    """Tell the reporters of all units of this person that are awaited, on their page and by e-mail; once a day."""
    access = reviewers_only(request)
    period = period_of(request)
    key = f"asked {timezone.localdate()}"
    told = remind(units=reviewed_by(access), period=period, by=request.user, key=key)
    messages.success(request, _("Đã nhắc {n} người báo cáo. Mỗi người được nhắc một lần một ngày.").format(n=told))
    return back_to_units(period)


@require_POST
def lock(request):
    """Close a period for the units this person reviews."""
    access = reviewers_only(request)
    period = period_of(request)
    if period.last >= timezone.localdate():
        messages.error(request, _("Kỳ chưa kết thúc thì chưa khóa được."))
    else:
        made = lock_period(units=reviewed_by(access).on(period.last), period=period, by=request.user)
        messages.success(request, _("Đã khóa {period} của {n} đơn vị.").format(period=period.name, n=made))
    return back_to_units(period)


def reviewers_only(request):
    access = Access.of(request.user)
    units_only(access)
    if not can_review(access):
        raise PermissionDenied(_("Việc này của cán bộ cấp trên."))
    return access


def back_to_units(period):
    return redirect(f"{reverse('units:units')}?{urlencode({'period': period.key})}")
