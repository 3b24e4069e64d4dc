"""/reports/tables/ and /reports/table/<slug>/: statistics tables on the screen, on paper, as files and as text."""

import datetime
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports.figures.forms import works_for_units
from reports.models import TableDefinition
from reports.periods import ReportPeriod
from reports.tables import screen
from reports.tables.building import table_of
from reports.tables.files import csv_of, text_of
from reports.tables.forms import READINGS, TableForm
from reports.tables.open_days import has_open_days
from reports.tables.paper import paper_of
from reports.tables.table import TableRefused
from reports.tables.words import answer, notes_of
from reports.tables.workbook import workbook_of
from shifts.access import Access
from shifts.imports.formats import Csv, Xlsx
from shifts.roster.paper.pdf import PdfUnavailable, pdf_of
from shifts.views.roster.papers import file_answer

ONE_DAY = datetime.timedelta(days=1)
KIND_WORDS = {
    "day": lambda: _("Ngày"), "week": lambda: _("Tuần"), "month": lambda: _("Tháng"), "quarter": lambda: _("Quý"),
    "half": lambda: _("Nửa năm"), "year": lambda: _("Năm"),
}  # fmt: skip


def reader(request) -> Access:
    """Let in who works for a unit or leads a team; the others get 403 and its sentence."""
    access = Access.of(request.user)
    if not (works_for_units(access) or access.is_leader):
        raise PermissionDenied(_("Bảng thống kê dành cho đội trưởng và người làm việc cho đơn vị."))
    return access


@never_cache
@require_safe
def tables(request):
    """The tables there are, those in use today first."""
    reader(request)
    today = timezone.localdate()
    definitions = list(TableDefinition.objects.all())
    context = {
        "tables": [definition for definition in definitions if definition.holds_on(today)],
        "others": [(each, month_of(each, today)) for each in definitions if not each.holds_on(today)],
        "may_change": request.user.has_perm("reports.change_tabledefinition"),
    }
    return render(request, "reports/tables/tables.html", context)


def month_of(definition, today):
    """The month nearest to today in which a definition that is not in use today was, or will be."""
    over = definition.valid_until and definition.valid_until <= today
    return ReportPeriod.of("month", definition.valid_until - ONE_DAY if over else definition.valid_from).key


@never_cache
@require_safe
def table(request, slug):
    """One table of the units or teams of this person, in the format that the address names."""
    access = reader(request)
    definition = get_object_or_404(TableDefinition, slug=slug)
    form = TableForm(request.GET, access=access, today=timezone.localdate())
    if not form.is_valid():
        return refused(request, definition, form)
    try:
        if form.format_asked == "html":
            return page(request, definition, form)
        with translation.override("vi"):  # what leaves the house is read by others
            return FORMATS[form.format_asked](request, definition, form)
    except TableRefused as error:
        return refused(request, definition, form, str(error))


def made(definition, form):
    return table_of(
        definition,
        units=form.units,
        period=form.period_asked,
        reading=form.reading,
        team=form.team_keys,
        today=form.today,
    )


def refused(request, definition, form, sentence=""):
    """What is wrong, with the form to mend it."""
    faults = [str(fault) for faults in form.errors.values() for fault in faults] or [sentence]
    context = {"definition": definition, "faults": faults, **choices(form)}
    return render(request, "reports/tables/table.html", context, status=422)


def page(request, definition, form):
    table = made(definition, form)
    text = text_of(table, form.scope, request.build_absolute_uri(f"?{urlencode(form.query())}"))
    context = {
        "definition": definition,
        "table": table,
        "answer": answer(table),
        "notes": notes(table, form),
        "groups": screen.shown_groups(table),
        "rows": screen.shown_rows(table, form),
        "sums": screen.shown_sums(table, form),
        "fresh_at": timezone.localtime(table.fresh_at),
        "text": text,
        "query": urlencode(form.query()),
        "may_change": request.user.has_perm("reports.change_tabledefinition"),
        **choices(form),
    }
    return render(request, "reports/tables/table.html", context)


def notes(table, form):
    open_days = not table.is_empty or has_open_days(form.units, form.period_asked)
    return notes_of(table, today=form.today, has_open_days=open_days)


def choices(form):
    """What the page offers to choose: the period and its neighbours, the units or teams, the reading."""
    period = form.period_asked
    return {
        "form": form,
        "period": period,
        "scope": form.scope,
        "kinds": [(KIND_WORDS[kind](), url, now) for kind, url, now in screen.kinds_of(form)],
        **screen.neighbours(form),
        "units": form.choices_of_units() if form.by_units else [],
        "unit_now": form.query().get("unit", ""),
        "teams": form.teams() if form.access.is_leader else [],
        "team_now": form.data.get("team", ""),
        "readings": [(code, label, code == form.reading) for code, label in READINGS] if form.by_units else [],
    }


def file_name(table, ending):
    period = table.period
    return f"{table.slug}-{period.key or f'{period.first}_{period.last}'}.{ending}"


def xlsx(request, definition, form):
    """The table as a workbook to keep."""
    table = made(definition, form)
    fresh = timezone.localtime(table.fresh_at)
    period = table.period.name[:1].upper() + table.period.name[1:]
    lines = [form.scope, period, f"Số liệu tính đến {fresh:%H:%M} ngày {fresh:%d/%m/%Y}", *notes(table, form)]
    return file_answer(
        workbook_of(table, list(filter(None, lines))), file_name(table, "xlsx"), Xlsx.CONTENT_TYPE, keep=True
    )


def as_csv(request, definition, form):
    """The table as CSV to keep."""
    table = made(definition, form)
    return file_answer(csv_of(table), file_name(table, "csv"), f"{Csv.CONTENT_TYPE}; charset=utf-8", keep=True)


def txt(request, definition, form):
    """The sums in a few lines."""
    table = made(definition, form)
    address = request.build_absolute_uri(f"?{urlencode(form.query())}")
    return HttpResponse(text_of(table, form.scope, address) + "\n", content_type="text/plain; charset=utf-8")


def printed(request, definition, form):
    """The paper as a page to print, or as PDF; a machine that makes no PDF says so above the page."""
    table = made(definition, form)
    unit = form.unit_asked or (form.team_asked[0].unit if form.team_asked else None)
    paper = paper_of(table, unit=unit, scope=form.scope, notes=notes(table, form))
    markup = render_to_string("reports/tables/sheet.html", {"paper": paper})
    style, refusal = f"css/paper_{paper.orientation}.css", ""
    if form.format_asked == "pdf":
        html = render_to_string("roster/print/pdf.html", {"sheet": markup, "title": table.title})
        try:
            styles = ["css/paper.css", "css/paper_table.css", style]
            return file_answer(pdf_of(html, styles), file_name(table, "pdf"), "application/pdf")
        except PdfUnavailable as error:
            refusal = str(error)
    context = {
        "definition": definition,
        "sheet": markup,
        "page_style": style,
        "query": urlencode(form.query()),
        "pdf_refusal": refusal,
        "scope": form.scope,
    }
    return render(request, "reports/tables/print.html", context, status=503 if refusal else 200)


FORMATS = {"print": printed, "pdf": printed, "xlsx": xlsx, "csv": as_csv, "txt": txt}
