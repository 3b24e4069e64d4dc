"""Rosters to take away: on one sheet of A4, as text for a chat, as a workbook."""

import datetime

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from shifts.access import Access
from shifts.imports.formats import Xlsx
from shifts.roster.changes import FIRST_YEAR, LAST_YEAR
from shifts.roster.paper import papers, text
from shifts.roster.paper.pdf import PdfUnavailable, pdf_of
from shifts.roster.paper.sheet import NothingToShow, read_sheet
from shifts.roster.paper.workbook import workbook_of_roster

from .page import Period

WEEK = datetime.timedelta(days=6)


class FormatForm(forms.Form):
    """How a page is wanted; anything unknown is the page itself."""

    format = forms.ChoiceField(choices=[("pdf", "PDF"), ("txt", "TXT")], required=False)

    @classmethod
    def asked(cls, request):
        form = cls(request.GET)
        return form.cleaned_data["format"] if form.is_valid() else ""


@require_safe
def print_month(request, site, month):
    """One month on one sheet."""
    sheet = sheet_or_404(request.user, site, *month_days(month))
    with translation.override("vi"):
        paper = papers.month_paper(sheet)
    return answer_paper(request, sheet, paper, reverse("roster:text_month", args=[site, month]))


@require_safe
def print_week(request, site, week):
    """One week on one sheet."""
    sheet = sheet_or_404(request.user, site, *week_days(week))
    with translation.override("vi"):
        paper = papers.week_paper(sheet)
    return answer_paper(request, sheet, paper, reverse("roster:text_week", args=[site, week]))


@require_safe
def print_day(request, site, date):
    """One day on one sheet, to be signed."""
    sheet = sheet_or_404(request.user, site, date, date)
    with translation.override("vi"):
        paper = papers.day_paper(sheet)
    return answer_paper(request, sheet, paper, reverse("roster:text_day", args=[site, date]))


@require_safe
def text_month(request, site, month):
    """One month to paste into a chat."""
    sheet = sheet_or_404(request.user, site, *month_days(month))
    with translation.override("vi"):
        parts = text.parts_of(text.month_text(sheet))
    return answer_text(request, sheet, parts, print_url=reverse("roster:print_month", args=[site, month]))


@require_safe
def text_week(request, site, week):
    """One week to paste into a chat."""
    sheet = sheet_or_404(request.user, site, *week_days(week))
    with translation.override("vi"):
        parts = text.parts_of(text.week_text(sheet))
    return answer_text(request, sheet, parts, print_url=reverse("roster:print_week", args=[site, week]))


@require_safe
def text_day(request, site, date):
    """One day to paste into a chat; for who reminds people, also these by name and those who owe an answer."""
    sheet = sheet_or_404(request.user, site, date, date)
    today = timezone.localdate()
    with translation.override("vi"):
        parts = text.parts_of(text.day_text(sheet))
        reminder = text.reminder_text(sheet, today) if date >= today else ""
        manages = Access.of(request.user).may_manage_site(sheet.site)
        swaps = text.waiting_swaps_text(sheet.site, today) if manages else ""
    print_url = reverse("roster:print_day", args=[site, date])
    return answer_text(request, sheet, parts, print_url=print_url, reminder=reminder, swaps=swaps)


@require_safe
def workbook(request, site, month):
    """One month as a workbook, which reads back in."""
    sheet = sheet_or_404(request.user, site, *month_days(month))
    with translation.override("vi"):
        data = workbook_of_roster(sheet)
    return file_answer(data, f"lich-truc-{sheet.site.code}-{month:%Y-%m}.xlsx", Xlsx.CONTENT_TYPE, keep=True)


def sheet_or_404(user, code, first, last):
    """The days of a site as this person may see them: drafts only for those who manage the site."""
    if not FIRST_YEAR <= first.year <= last.year < LAST_YEAR:
        raise Http404
    access = Access.of(user)
    site = get_object_or_404(access.rostered_sites().select_related("unit"), code=code)
    try:
        return read_sheet(site, first, last, drafts=access.may_manage_site(site))
    except NothingToShow as error:
        raise Http404 from error


def month_days(month):
    """The first and the last day of the month; no year beyond the calendar."""
    if month.year >= LAST_YEAR:
        raise Http404
    return month, (month + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)


def week_days(monday):
    if monday.year >= LAST_YEAR:
        raise Http404
    return monday, monday + WEEK


def answer_paper(request, sheet, paper, text_url):
    """The sheet as a page, or as a PDF; a machine that makes no PDF says so above the page."""
    style = f"css/paper_{paper.fit.orientation}.css"
    with translation.override("vi"):
        markup = render_to_string("roster/print/sheet.html", {"paper": paper})
    refusal = ""
    if FormatForm.asked(request) == "pdf":
        page = render_to_string("roster/print/pdf.html", {"sheet": markup, "title": paper.title})
        try:
            return file_answer(pdf_of(page, ["css/paper.css", style]), f"{paper.file_name}.pdf", "application/pdf")
        except PdfUnavailable as error:
            refusal = str(error)
    context = {
        "site": sheet.site,
        "paper": paper,
        "sheet": markup,
        "page_style": style,
        "text_url": text_url,
        "back": Period.of_month(sheet.first).url(sheet.site),
        "pdf_refusal": refusal,
    }
    return render(request, "roster/print/page.html", context, status=503 if refusal else 200)


def answer_text(request, sheet, parts, *, print_url, reminder="", swaps=""):
    """The text as a page with buttons that copy it, or bare."""
    if FormatForm.asked(request) == "txt":
        body = "\n\n".join([*parts, *filter(None, [reminder, swaps])])
        return HttpResponse(body + "\n", content_type="text/plain; charset=utf-8")
    context = {
        "site": sheet.site,
        "first": sheet.first,
        "parts": parts,
        "reminder": reminder,
        "swaps": swaps,
        "print_url": print_url,
        "back": Period.of_month(sheet.first).url(sheet.site),
    }
    return render(request, "roster/text.html", context)


def file_answer(data, name, content_type, *, keep=False):
    """A file to look at, or to keep."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(keep, name)
    response["Cache-Control"] = "no-store"
    return response
