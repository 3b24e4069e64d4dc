"""Setting, changing and withdrawing a target."""

import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from reports.models import Target
from reports.targets.forms import GoalsForm, NewTargetForm, OnForm, WithdrawForm
from reports.targets.meaning import meaning_of, needs_open_days, open_days_of
from reports.targets.reach import may_change, sets_at_all, targets_only
from reports.targets.services import TargetRefused, change_target, set_target, withdraw_target
from reports.views.targets.pages import current_of
from shifts.access import Access

PREVIEW = "preview"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_new_target(request):
    """The form of a new target; says what it means before it is set."""
    access = Access.of(request.user)
    targets_only(access)
    if not sets_at_all(access):
        raise PermissionDenied(_("Bạn xem được chỉ tiêu nhưng không đặt được. Nhờ cán bộ của đơn vị."))
    on = OnForm(request.GET)
    day = on.cleaned_data["on"] if on.is_valid() else timezone.localdate()
    year = {"first": datetime.date(day.year, 1, 1), "last": datetime.date(day.year, 12, 31)}
    form = NewTargetForm(request.POST or None, access=access, on=day, initial=year)
    context = {"form": form, "on": day, "is_today": day == timezone.localdate()}
    if form.is_bound and form.is_valid():
        drawn = Target(**form.decision)
        context["meaning"] = look_at(form, drawn)
        if not form.errors and PREVIEW not in request.POST:
            made = store(form, lambda: set_target(by=request.user, reason=form.cleaned_data["reason"], **form.decision))
            if made:
                messages.success(request, _("Đã đặt chỉ tiêu."))
                return redirect(made)
    return render(request, "targets/new.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request, series):
    """Change a target: what was stays in its history, and in what was seen before."""
    access = Access.of(request.user)
    target = changeable(access, series)
    form = GoalsForm(request.POST or None, initial=initial_of(target))
    context = {"form": form, "target": target, "meaning": meaning_of(target, open_days_of(target))}
    if form.is_bound and form.is_valid():
        decision = {name: getattr(target, name) for name in ("figure", "level", "unit", "team")} | form.decision
        context["meaning"] = look_at(form, Target(**decision))
        if not form.errors and PREVIEW not in request.POST:
            given = {"version": form.cleaned_data["version"] or 0, "reason": form.cleaned_data["reason"]}
            made = store(form, lambda: change_target(target=target, by=request.user, **given, **form.decision))
            if made:
                same = made.pk == target.pk
                messages.success(request, _("Chỉ tiêu vẫn như cũ.") if same else _("Đã đổi chỉ tiêu."))
                return redirect(made)
    return render(request, "targets/change.html", context, status=422 if form.errors else 200)


def changeable(access, series):
    """The current version of a target that this person may change; 403 for one that they only see."""
    targets_only(access)
    target = current_of(access, series)
    if not may_change(access, target):
        raise PermissionDenied(_("Bạn xem được chỉ tiêu này nhưng không đổi được. Nhờ cán bộ của đơn vị."))
    return target


def initial_of(target):
    names = ["figure", "first", "last", "rhythm", "minimum", "stretch", "version"]
    return {name: getattr(target, name) for name in names}


def look_at(form, target):
    """What the decision means; a period without open days is refused where days matter."""
    days = open_days_of(target)
    if not days and needs_open_days(target):
        form.add_error(
            "last", _("Từ {first} đến {last} không có ngày mở cửa nào. Chọn kỳ có ít nhất một ngày mở cửa.").format(
                first=f"{target.first:%d/%m/%Y}", last=f"{target.last:%d/%m/%Y}"))  # fmt: skip
    return meaning_of(target, days)


def store(form, write):
    """Write, or put the refusal into the form and return None."""
    try:
        return write()
    except ValidationError as error:
        form.take_refusal(error)
    except TargetRefused as error:
        form.add_error(None, str(error))
    return None


@require_POST
def withdraw(request, series):
    """Hold a target no longer."""
    access = Access.of(request.user)
    target = changeable(access, series)
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(sentence for errors in form.errors.values() for sentence in errors))
        return redirect(target)
    try:
        withdraw_target(target=target, by=request.user, **form.cleaned_data)
    except TargetRefused as error:
        messages.error(request, str(error))
        return redirect(target)
    messages.success(request, _("Đã thôi chỉ tiêu. Các ngày trước hôm nay vẫn hiện như đã đặt."))
    return redirect("reports:targets")
