"""After a power cut: the printed tally sheet, and the grid that takes 30 of its lines at once."""

import uuid

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from assistance import services
from assistance.models import Visit
from assistance.place import place_of
from assistance.reference import reference
from assistance.views.access import desk_only
from assistance.visit_entry import EntryRefused, fingerprint, parse_entry
from assistance.visit_post import entry_from_post

GRID_LINES = 30
SHEET_LINES = 30


def _buttons(place, day):
    return [row for row in reference().buttons.get(place.site.pk, []) if row.activity.holds_on(day)]


@require_GET
@desk_only
def sheet(request):
    """The tally sheet to print, its columns in the desk's order."""
    place = place_of(request)
    context = {
        "place": place,
        "buttons": _buttons(place, timezone.localdate()),
        "audiences": Visit.Audience.choices,
        "lines": range(1, SHEET_LINES + 1),
        "today": timezone.localdate(),
    }
    return render(request, "desk/sheet.html", context)


@require_http_methods(["GET", "POST"])
@desk_only
def grid(request):
    """Enter up to GRID_LINES visits from paper; good lines are stored, each faulty one says why and stays."""
    place, today = place_of(request), timezone.localdate()
    date, faults = _date(request.POST["date"]) if "date" in request.POST else (today, [])
    lines = [_blank(number) for number in range(GRID_LINES)]
    stored = 0
    if request.method == "POST":
        sent = [_line(request.POST, number, date or today) for number in range(GRID_LINES)]
        kept = []
        for line in sent:
            if line["filled"]:
                if faults:  # the day is not guessed: the field comes back empty
                    line["errors"] = {"date": faults}
                else:
                    _store(request, line, place)
                stored += not line["errors"]
                kept += [line] if line["errors"] else []
        lines = kept + [_blank(number) for number in range(len(kept), GRID_LINES)]
        if stored:
            messages.success(request, _("Đã nhập bù {count} lượt.").format(count=stored))
        if not kept:
            if not stored:
                messages.error(request, _("Chưa có dòng nào. Mỗi dòng cần ít nhất một việc."))
            return redirect("desk:grid")
    for number, line in enumerate(lines):
        line["number"] = number
    context = {
        "place": place,
        "date": date,
        "buttons": _buttons(place, date or today),
        "audiences": Visit.Audience.choices,
        "accounts": Visit.Account.choices,
        "lines": lines,
        "faulty": sum(bool(line["errors"]) for line in lines),
    }
    return render(request, "desk/grid.html", context, status=422 if context["faulty"] else 200)


def _date(text):
    """(the date in text, ISO or day first, or None; what is wrong with it)"""
    try:
        return forms.DateField(localize=True).clean(text), []
    except forms.ValidationError as error:
        return None, error.messages


def _blank(number):
    body = {"id": str(uuid.uuid4()), "audience": "citizen", "activities": [], "account": "", "queue_number": ""}
    return {"number": number, "body": {**body, "procedure": ""}, "time": "", "errors": {}, "filled": False}


def _line(post, number, date):
    body = entry_from_post(post, prefix=f"{number}-")
    time = post.get(f"{number}-time", "").strip()
    body["occurred_at"] = f"{date.isoformat()}T{time}" if time else f"{date.isoformat()}T00:00"
    body["id"] = body["id"] or str(uuid.uuid4())
    filled = bool(body["activities"] or time or body["queue_number"] or body["procedure"])
    return {"number": number, "body": body, "time": time, "errors": {}, "filled": filled}


def _store(request, line, place):
    """Store one line, or note its errors in it: one bad line never holds back the others."""
    if not line["time"]:
        line["errors"] = {"occurred_at": [_("Thiếu giờ. Ví dụ: 08:30.")]}
        return
    try:
        entry = parse_entry(line["body"], place=place, team=request.user.volunteer.team)
        mark = fingerprint(line["body"])
        services.record_visit(
            person=request.user, entry=entry, fingerprint=mark, late_entry=True, duties=place.day
        )
    except EntryRefused as error:
        line["errors"] = error.errors
    except services.DeskRefusal as error:
        line["errors"] = {"id": [str(error)]}
