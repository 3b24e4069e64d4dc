"""/units/totals/: the numbers of one unit for one day or week, on a phone in under a minute."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assistance.excess import logged
from assistance.figures import SENT, STRENGTH, TOLD, TOTAL_COLUMNS
from assistance.models import UnitTotal
from assistance.periods import Period
from assistance.second_look import usual_numbers
from assistance.total_forms import PlaceForm, TotalForm
from assistance.totals import ReasonMissing, TotalRefused, TotalStale, is_locked, save_total, why_no_total
from assistance.unit_reach import sends_at_all, sends_for, unit_of, units_only
from shifts.access import Access

WEEKS_BACK_ASKED_FOR = 1


@require_http_methods(["GET", "HEAD", "POST"])
def totals(request):
    """Show the form of a unit and period (default: my unit, this week); take what it sends."""
    access = Access.of(request.user)
    units_only(access)
    unit, period, wrong = place_of(request, access)
    if not sends_for(access).filter(pk=unit.pk).exists():
        raise PermissionDenied(_("Bạn xem được số liệu của {unit} nhưng không gửi thay được.").format(unit=unit))
    total = UnitTotal.objects.filter(unit=unit).of(period).select_related("sent_by", "reviewed_by").first()
    context = {"access": access, "unit": unit, "period": period, "total": total, "wrong": wrong}
    refusal = why_no_total(unit, period)
    if refusal or wrong:
        return page(request, context | {"refusal": wrong or refusal}, status=422 if request.method == "POST" else 200)
    usual = usual_numbers(units=[unit.pk], period=period).get(unit.pk, {})
    # A closed period asks for the reason only when numbers that count would change.
    context["locked"] = is_locked(unit, period)
    form = TotalForm(
        request.POST if request.method == "POST" else None,
        total=total or UnitTotal(unit=unit, version=0),
        usual=usual,
        locked=context["locked"],
    )
    context["form"] = form
    if form.is_bound and form.is_valid() and store(request, form, unit, period):
        return redirect(address(unit, period))
    return page(request, context, status=422 if form.is_bound else 200)


def place_of(request, access):
    """Return (unit, period, sentence): what was asked for, else my first unit and this week."""
    form = PlaceForm(request.POST if request.method == "POST" and "period" in request.POST else request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    period, wrong = Period.week_of(timezone.localdate()), ""
    if asked.get("period"):
        try:
            period = Period.read(asked["period"])
        except ValueError as error:
            wrong = str(error).capitalize()
    if asked.get("unit"):
        return unit_of(access, asked["unit"], period), period, wrong
    roots = [*access.roots("reporter"), *access.roots()]
    if not roots:
        roots = list(access.units().filter(level="province").order_by("-valid_from")[:1])
    if not roots:
        raise PermissionDenied(_("Chưa có đơn vị nào. Nhờ cán bộ nhập danh sách đơn vị."))
    return roots[0], period, wrong


def store(request, form, unit, period):
    """Save what the form holds; say what came of it. Return whether it is stored."""
    action = form.cleaned_data["action"]
    try:
        save_total(
            unit=unit,
            period=period,
            by=request.user,
            numbers=form.numbers,
            remarks=form.cleaned_data["remarks"],
            nothing=action == form.NOTHING,
            send=action != form.DRAFT,
            version=form.cleaned_data["version"],
            reason=form.cleaned_data["reason"],
        )
    except ReasonMissing as error:
        form.add_error("reason", str(error))
        return False
    except TotalStale as error:
        form.stale = True
        form.add_error(None, str(error))
        return False
    except TotalRefused as error:
        form.add_error(None, str(error))
        return False
    if action == form.DRAFT:
        messages.success(request, _("Đã lưu nháp, chưa gửi."))
    else:
        messages.success(request, _("Đã gửi số liệu {period}. Cấp trên sẽ xem và duyệt.").format(period=period.name))
    return True


def address(unit, period):
    """The address of the form of this unit and period."""
    return f"{reverse('units:totals')}?{urlencode({'unit': key_of(unit), 'period': period.key})}"


def key_of(unit, today=None):
    """How a unit is written in addresses: its code; with its first day when it holds no more."""
    return unit.code if unit.holds_on(today or timezone.localdate()) else f"{unit.code}@{unit.valid_from}"


def page(request, context, status):
    unit, period, form = context["unit"], context["period"], context.get("form")
    today = timezone.localdate()
    desk = logged(unit=unit, period=period) if form else {}
    before = Period.week_of(today).moved(-WEEKS_BACK_ASKED_FOR)
    context |= {
        "groups": [
            (title, [form.row(code, logged=desk.get(code)) for code in codes_of(title)])
            for title in (TOLD, SENT, STRENGTH)
        ]
        if form
        else [],
        "key": key_of(unit),
        "previous": period.moved(-1),
        "next": period.moved(1) if period.moved(1).first <= today else None,
        "missing": before if before != period and not context["total"] and missing(unit, before) else None,
        "other_kind": Period.day(min(period.last, today)) if period.is_week else Period.week_of(period.first),
        "with_files": sends_at_all(context["access"]) and any(
            unit.level != unit.Level.COMMUNE for unit in context["access"].roots()
        ),
    }  # fmt: skip
    return render(request, "units/totals.html", context, status=status)


def missing(unit, period):
    """Whether the unit should have sent this period and did not."""
    if why_no_total(unit, period):
        return False
    return not UnitTotal.objects.filter(unit=unit).of(period).exclude(state=UnitTotal.State.DRAFT).exists()


def codes_of(group):
    return [code for code, column in TOTAL_COLUMNS.items() if column.group == group]
