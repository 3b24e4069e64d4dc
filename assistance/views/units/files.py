"""Totals of many units as one file: the template, the look at what it would change, the taking in."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assistance.figures import TOTAL_COLUMNS
from assistance.models import UnitTotal
from assistance.periods import Period
from assistance.total_forms import PeriodField, PlaceForm
from assistance.total_imports import UnitTotalResource
from assistance.unit_reach import sends_at_all, sends_for, unit_of, units_only
from assistance.unit_tree import in_order
from assistance.views.units.totals import key_of
from assistance.views.units.units import period_of
from shifts.access import Access
from shifts.import_forms import small_enough
from shifts.imports import kept
from shifts.imports.pages import download
from shifts.imports.reading import FileRefused
from shifts.imports.running import run
from shifts.imports.sheets import failed_rows, workbook_of
from shifts.models import Unit

PAGE = "units/file.html"
ROWS_SHOWN = 250


class FileForm(forms.Form):
    """The file, and the period of rows that name none."""

    file = forms.FileField(
        label=gettext_lazy("Tệp số liệu (XLSX hoặc CSV)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": gettext_lazy("Hãy chọn tệp."),
            "invalid": gettext_lazy("Hãy chọn tệp."),
            "empty": gettext_lazy("Tệp rỗng. Hãy chọn tệp XLSX hoặc CSV có dòng đầu là tên cột."),
        },
    )
    period = PeriodField(
        label=gettext_lazy("Tuần"), help_text=gettext_lazy("Dùng cho dòng không ghi tuần, ví dụ 2026-W48."),
        max_length=12, error_messages={"required": gettext_lazy("Ghi tuần, ví dụ 2026-W48.")},
    )  # fmt: skip

    def clean_file(self):
        return small_enough(self.cleaned_data["file"])


class KeptForm(forms.Form):
    """The file that was looked at, with the answers about its names."""

    token = forms.CharField(max_length=40, widget=forms.HiddenInput)
    period = PeriodField(max_length=12, widget=forms.HiddenInput)
    keep_good = forms.BooleanField(required=False)


def sender(request):
    """The access of a person who sends totals of units; 403 for the others."""
    access = Access.of(request.user)
    units_only(access)
    if not sends_at_all(access):
        raise PermissionDenied(_("Bạn xem được số liệu nhưng không nhập thay các đơn vị được."))
    return access


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def totals_file(request):
    """Show the form; with a file, or answers about its names, what taking it in would change."""
    access = sender(request)
    if "token" in request.POST:
        return look_again(request, access)
    period = period_of(request) if request.method != "POST" else Period.week_of(timezone.localdate())
    form = FileForm(request.POST or None, request.FILES or None, initial={"period": period.key})
    if not form.is_valid():
        return page(request, access, form, status=422 if form.is_bound else 200)
    file = form.cleaned_data["file"]
    data = file.read()
    try:
        context = preview(request, access, data, file.name, form.cleaned_data["period"])
    except FileRefused as error:
        form.add_error("file", str(error))
        return page(request, access, form, status=422)
    return page(request, access, form, **context)


def look_again(request, access):
    """The same file with the answers that were chosen."""
    kept_form, data = kept_file(request)
    if data is None:
        return gone(request)
    period = kept_form.cleaned_data["period"]
    context = preview(request, access, data, "", period, token=kept_form.cleaned_data["token"])
    return page(request, access, FileForm(initial={"period": period.key}), **context)


def kept_file(request):
    form = KeptForm(request.POST)
    data = kept.fetch(form.cleaned_data["token"], owner=owner(request, "file")) if form.is_valid() else None
    return form, data


def gone(request):
    messages.error(request, _("Tệp này đã được nhập, hoặc đã quá một giờ từ lúc xem trước. Hãy tải tệp lên lại."))
    return redirect("units:import")


def answers_of(request):
    """Row number in the file -> key of the unit that was chosen for it."""
    found = {}
    for name, value in request.POST.items():
        if name.startswith("row_") and name[4:].isdecimal() and value.isdecimal() and len(name + value) < 30:
            found[int(name[4:])] = int(value)
    return found


def read_and_run(request, access, data, name, period, **options):
    """Return (resource, table, outcome) of a file; FileRefused when it cannot be read."""
    resource = UnitTotalResource(
        by=request.user, units=sends_for(access), period=period, answers=answers_of(request)
    )  # fmt: skip
    table = resource.read(data, name)
    return resource, table, run(resource, table, **options)


def preview(request, access, data, name, period, token=""):
    """What the page shows of a file: differences, faults, questions, units that are missing from it."""
    resource, table, outcome = read_and_run(request, access, data, name, period, dry_run=True)
    columns = ["unit", "week", *TOTAL_COLUMNS]
    names = [name for name, _column in resource.ordered_columns()]
    places = [names.index(name) for name in columns]
    rows = [(row, [row.preview[at] for at in places]) for row in outcome.rows if row.is_valid()]
    used = [place for place in range(len(columns)) if place < 2 or any(cells[place][1] for _row, cells in rows)]
    token = token or kept.keep(data, owner=owner(request, "file"))
    periods = {row.instance.period for row, _cells in rows} or {period}
    asked = resource.questions
    return {
        "outcome": outcome,
        "good": outcome.new + outcome.changed,
        "headers": [resource.label_of(resource.fields[columns[place]]) for place in used],
        "rows": [(row, [cells[place] for place in used]) for row, cells in rows[:ROWS_SHOWN]],
        "questions": [(number, text, [(unit.pk, resource.called(unit)) for unit in units])
                      for number, (text, units) in sorted(asked.items())],
        "answers": sorted(resource.answers.items()),
        "faults": [failure for failure in outcome.failures if failure.number not in asked],
        "left_out": resource.left_out,
        "missing": resource.missing_from_file(periods.pop()) if len(periods) == 1 else [],
        "kept": KeptForm(initial={"token": token, "period": period.key}, auto_id="kept_%s"),
        "failed_token": keep_failed(request, table, outcome),
    }  # fmt: skip


def keep_failed(request, table, outcome):
    """Keep the file of the rows that failed; return its token, or "" when all went well."""
    if not outcome.failures:
        return ""
    return kept.keep(failed_rows(table.headers, outcome.failures), owner=owner(request, "failed"))


def owner(request, kind):
    return f"totals-{kind}-{request.user.pk}"


def page(request, access, form, status=200, **context):
    """The page with the templates this person may take: the whole, and each unit that has others below it."""
    within = list(sends_for(access).on().select_related("parent"))
    parents = {unit.parent_id for unit in within}
    holders = [line.unit for line in in_order(within) if line.unit.pk in parents]
    context |= {"form": form, "holders": [(unit, key_of(unit)) for unit in holders]}
    return render(request, PAGE, context, status=status)


@never_cache
@require_POST
def totals_file_confirm(request):
    """Take in the file that was looked at: all of it or, when that was chosen, its rows without faults."""
    access = sender(request)
    form, data = kept_file(request)
    if data is None:
        return gone(request)
    period = form.cleaned_data["period"]
    _resource, _table, outcome = read_and_run(
        request, access, data, "", period, keep_good=form.cleaned_data["keep_good"]
    )  # fmt: skip
    if not outcome.stored:
        messages.error(request, _("Dữ liệu đã đổi từ lúc xem trước nên chưa nhập dòng nào. Hãy tải tệp lên lại."))
        return redirect("units:import")
    kept.forget(form.cleaned_data["token"], owner=owner(request, "file"))
    messages.success(
        request,
        _("Đã nhập số liệu: mới {new}, sửa {changed}, giữ nguyên {unchanged}, bỏ qua {failed} dòng lỗi.").format(
            new=outcome.new, changed=outcome.changed, unchanged=outcome.unchanged, failed=len(outcome.failures)
        ),
    )
    return redirect(f"{reverse('units:units')}?{urlencode({'period': period.key})}")


@require_GET
def totals_file_failed(request, token):
    """Hand out the rows that failed, to the one who sent them."""
    data = kept.fetch(token, owner=owner(request, "failed"))
    if data is None:
        raise Http404
    return download(data, "dong-loi.xlsx")


@require_GET
def totals_template(request):
    """Hand out the sheet of all communes and districts below a unit, filled with what is known of the period."""
    access = sender(request)
    period = period_of(request)
    form = PlaceForm(request.GET)
    units = sends_for(access)
    if form.is_valid() and form.cleaned_data["unit"]:
        units = units.filter(path__startswith=unit_of(access, form.cleaned_data["unit"], period).path)
    lines = [line for line in in_order(list(units.on(period.last))) if line.unit.level != Unit.Level.PROVINCE]
    totals = UnitTotal.objects.of(period).filter(unit__in=[line.unit.pk for line in lines])
    by_unit = {total.unit_id: total for total in totals}
    resource = UnitTotalResource()
    columns = ["unit_code", "unit", "week" if period.is_week else "date", *TOTAL_COLUMNS, "remarks"]
    when = period.key if period.is_week else f"{period.first:%d/%m/%Y}"
    rows = []
    for line in lines:
        total = by_unit.get(line.unit.pk)
        numbers = [getattr(total, code) if total else None for code in TOTAL_COLUMNS]
        rows.append([line.unit.code, line.unit.name, when, *numbers, total.remarks if total else ""])
    headers = [resource.label_of(resource.fields[name]) for name in columns]
    sheet = workbook_of([header[:1].upper() + header[1:] for header in headers], rows, title=period.key)
    return download(sheet, f"so-lieu-{period.key}.xlsx")
