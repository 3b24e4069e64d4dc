"""/outreach/<id>/result/: what an event came to, typed on a phone within minutes."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assistance.event_desk import may_log_now
from assistance.figures import RESULT_COLUMNS, SENT, TOLD
from assistance.models import OutreachResult
from assistance.periods import Period
from assistance.result_forms import ResultForm
from assistance.results import (
    ResultReasonMissing,
    ResultRefused,
    ResultStale,
    lines_of,
    logged_at,
    may_report,
    save_result,
    why_no_result,
)
from assistance.totals import is_locked
from shifts.outreach.events import has_begun, is_over

from .common import seen_event


@require_http_methods(["GET", "HEAD", "POST"])
def result(request, pk):
    """Show the form of an event's result; take what it sends."""
    access, event = seen_event(request, pk)
    if not may_report(access, event):
        raise PermissionDenied(_("Bạn xem được hoạt động này nhưng không báo kết quả thay được. Người đi hoặc đội "
            "trưởng của đội tổ chức báo."))  # fmt: skip
    stored = OutreachResult.objects.filter(event=event).select_related("saved_by").first()
    context = {"event": event, "result": stored, "may_log": may_log_now(request.user, event)}
    if refusal := why_no_result(event):
        return _page(request, context | {"refusal": refusal}, status=422 if request.method == "POST" else 200)
    locked = is_locked(event.unit, Period.day(event.date))
    form = ResultForm(request.POST if request.method == "POST" else None, event=event, result=stored, locked=locked)
    if form.is_bound and form.is_valid() and _store(request, form, event):
        return redirect(f"{event.get_absolute_url()}#ket-qua")
    return _page(request, context | {"form": form, "locked": locked}, status=422 if form.is_bound else 200)


def shown_result(request, access, event) -> dict:
    """What the event's page shows of its result, in _result.html."""
    stored = OutreachResult.objects.filter(event=event).select_related("saved_by").first()
    lines = lines_of(event, stored)
    anything = stored is not None or any(line.logged for line in lines)
    begun = has_begun(event) and not (event.is_cancelled and not anything)
    return {
        "has_begun": begun,
        "result": stored,
        "lines": [line for line in lines if line.said is not None or line.logged] if anything else [],
        "is_awaited": begun and stored is None and is_over(event) and event.state in ("confirmed", "held"),
        "may_report": begun and may_report(access, event),
        "may_log": may_log_now(request.user, event),
        "changes": list(stored.changes.select_related("made_by")) if stored else [],
    }


def _store(request, form, event):
    """Save what the form holds; say what came of it. Return whether it is stored."""
    data = form.cleaned_data
    try:
        save_result(
            event=event,
            by=request.user,
            numbers=form.numbers,
            remarks=data["remarks"],
            version=data["version"],
            reason=data["reason"],
        )
    except ResultReasonMissing as error:
        form.add_error("reason", str(error))
    except ResultStale as error:
        form.stale = True
        form.add_error(None, str(error))
    except ResultRefused as error:
        form.add_error(None, str(error))
    else:
        messages.success(request, _("Đã lưu kết quả. Số liệu của đơn vị đã tính cả buổi này."))
        return True
    return False


def _page(request, context, status):
    form = context.get("form")
    if form:
        logged = logged_at(context["event"])
        context["groups"] = [
            (title, [form.row(code, logged=logged[code], at_event=True) for code in codes])
            for title, codes in ((group, _codes_of(group)) for group in (TOLD, SENT))
        ]
    return render(request, "outreach/result.html", context, status=status)


def _codes_of(group):
    return [code for code, column in RESULT_COLUMNS.items() if column.group == group]
