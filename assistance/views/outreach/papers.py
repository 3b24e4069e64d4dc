"""Events to take away: one on a sheet of A4, one or a month as text for a chat, a month as a workbook."""

from collections import defaultdict

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from assistance.outreach_words import unit_label
from shifts.imports.formats import Xlsx
from shifts.imports.sheets import workbook_of
from shifts.models import Assignment, OutreachMaterial
from shifts.outreach.paper import event_text as text_of_event
from shifts.outreach.paper import month_text as text_of_month
from shifts.outreach.paper import paper_of
from shifts.outreach.people import people_of
from shifts.outreach.reach import may_manage_event, sees_contact
from shifts.roster.paper.pdf import PdfUnavailable, pdf_of
from shifts.roster.paper.text import parts_of
from shifts.views.roster.papers import FormatForm, file_answer

from .common import month_of, reader_of, seen_event
from .events import events_of_month

STYLES = ["css/paper.css", "css/paper_portrait.css", "css/outreach_paper.css"]
HEADERS = [
    "Ngày", "Từ giờ", "Đến giờ", "Đội hình", "Đơn vị tổ chức", "Loại nơi", "Nơi tổ chức", "Đơn vị sở tại", "Trạng thái",
    "Lý do hủy", "Số người", "Người đi", "Mục tiêu", "Mang đi", "Mang về", "Tờ rơi đã phát",
]  # fmt: skip


def _paper(request, pk):
    access, event = seen_event(request, pk)
    shows = sees_contact(access, event, manages=may_manage_event(access, event))
    return paper_of(
        event,
        host=unit_label(event.host_unit),
        people=people_of(event),
        things=event.materials.all(),
        shows_contact=shows,
    )


@require_safe
def print_event(request, pk):
    """One event on one sheet, with columns to count out and back and a tally; ?format=pdf for the file."""
    paper = _paper(request, pk)
    with translation.override("vi"):
        sheet = render_to_string("outreach/print/sheet.html", {"paper": paper})
    refusal = ""
    if FormatForm.asked(request) == "pdf":
        page = render_to_string("roster/print/pdf.html", {"sheet": sheet, "title": paper.title})
        try:
            return file_answer(pdf_of(page, STYLES), f"{paper.file_name}.pdf", "application/pdf")
        except PdfUnavailable as error:
            refusal = str(error)
    context = {"paper": paper, "event": paper.event, "sheet": sheet, "pdf_refusal": refusal}
    return render(request, "outreach/print/page.html", context, status=503 if refusal else 200)


@require_safe
def event_text(request, pk):
    """One event to paste into a chat."""
    paper = _paper(request, pk)
    with translation.override("vi"):
        parts = parts_of(text_of_event(paper))
    return _text(request, parts, title=paper.event.venue, back=paper.event.get_absolute_url())


@require_safe
def month_text(request):
    """The month's plan to paste into a chat."""
    access, month = reader_of(request), month_of(request)
    events = [event for event in events_of_month(access, month) if not event.is_cancelled]
    people = _people_of(events)
    with translation.override("vi"):
        rows = [(event, unit_label(event.host_unit), people[event.pk]) for event in events]
        parts = parts_of(text_of_month(month, rows))
    back = f"{reverse('outreach:events')}?month={month:%Y-%m}"
    return _text(request, parts, title=f"{month:%m/%Y}", back=back)


def _text(request, parts, *, title, back):
    if FormatForm.asked(request) == "txt":
        return HttpResponse("\n\n".join(parts) + "\n", content_type="text/plain; charset=utf-8")
    return render(request, "outreach/text.html", {"parts": parts, "title": title, "back": back})


def _people_of(events):
    """Event -> its people, each once, by given name: one query."""
    rows = Assignment.objects.active().filter(event__in=events).select_related("volunteer__user")
    found = defaultdict(dict)
    for row in rows.order_by("volunteer__user__sort_name", "pk"):
        found[row.event_id][row.volunteer_id] = row.volunteer
    return defaultdict(list, {event: list(people.values()) for event, people in found.items()})


@require_safe
def workbook(request):
    """The month's events as a workbook."""
    access, month = reader_of(request), month_of(request)
    events = events_of_month(access, month)
    people, things = _people_of(events), defaultdict(list)
    for thing in OutreachMaterial.objects.filter(event__in=events):
        things[thing.event_id].append(thing)
    with translation.override("vi"):
        rows = [_row(event, people[event.pk], things[event.pk]) for event in events]
    data = workbook_of(HEADERS, rows, title=f"Hoạt động {month:%m-%Y}")
    return file_answer(data, f"hoat-dong-{month:%Y-%m}.xlsx", Xlsx.CONTENT_TYPE, keep=True)


def _row(event, people, things):
    leaflets = [thing.used for thing in things if thing.is_leaflet and thing.used is not None]
    return [
        event.date,
        event.starts_at,
        event.ends_at,
        str(event.team),
        str(event.unit),
        event.get_venue_kind_display(),
        event.venue,
        unit_label(event.host_unit),
        event.get_state_display(),
        event.cancel_reason,
        len(people),
        ", ".join(person.user.full_name for person in people),
        event.aims,
        ", ".join(f"{thing.name}: {thing.taken_out}" for thing in things),
        ", ".join(f"{thing.name}: {thing.brought_back}" for thing in things if thing.brought_back is not None),
        sum(leaflets) if leaflets else None,
    ]
