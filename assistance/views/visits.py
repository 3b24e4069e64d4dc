"""/desk/visits/: record, change, take back and list visits, for the page and for its script."""

import json
import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assistance import services
from assistance.event_desk import event_for
from assistance.models import Dossier, Visit
from assistance.place import Place, place_of
from assistance.queries import today_counts
from assistance.reference import reference
from assistance.views.access import check_may_change, desk_only, refusal, why_no_desk
from assistance.views.desk import desk_address, desk_page
from assistance.visit_entry import EntryRefused, fingerprint, parse_entry
from assistance.visit_json import dossier_json, saved_json, visit_json
from assistance.visit_post import entry_from_post, moment
from shifts.answers import wants_json

LONGEST_BODY_BYTES = 32_768
TODAY_SHOWN = 500
FORM_TYPES = {"multipart/form-data", "application/x-www-form-urlencoded"}


class NotJson(Exception):
    """The body is not a JSON object; the text says why, for the user."""


def read_json(request) -> dict:
    """Return the body as a dict, or raise NotJson."""
    try:
        if int(request.headers.get("Content-Length") or 0) > LONGEST_BODY_BYTES:
            raise NotJson(_("Dữ liệu gửi lên quá lớn."))
        body = json.loads(request.body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise NotJson(_("Dữ liệu gửi lên không phải JSON đọc được. Tải lại trang rồi ghi lại.")) from error
    if not isinstance(body, dict):
        raise NotJson(_("Dữ liệu gửi lên phải là một đối tượng JSON."))
    return body


def at_event(place, user, body) -> None:
    """Tie the place to the event that the body names, if it names one: a visit at a desk asks nothing."""
    if body.get("event") not in (None, ""):
        place.event, place.no_event = event_for(user, body["event"])


def _clock(visit):
    return f"{timezone.localtime(visit.occurred_at):%H:%M}"


def _refuse_constant(name):
    raise ValueError(name)


@require_POST
@desk_only
def visits(request):
    """Record a visit. In: the contract's JSON body, or the page's form. Out: 201 new, 200 again, 409, 410, 422."""
    place = place_of(request)
    if request.content_type in FORM_TYPES:
        return _visits_by_form(request, place)
    try:
        body = read_json(request)
        at_event(place, request.user, body)
        entry = parse_entry(body, place=place, team=request.user.volunteer.team)
        mark = fingerprint(body)
    except NotJson as error:
        return refusal(error, 400)
    except EntryRefused as error:
        return _already_stored(request, body, place) or _refused(error)
    return _record(request, entry, mark, place)


def _record(request, entry, mark, place):
    try:
        visit, is_new = services.record_visit(person=request.user, entry=entry, fingerprint=mark, duties=place.day)
    except services.VisitUndone as error:
        return refusal(error, 410, "id")
    except services.VisitDiffers as error:
        return refusal(error, 409, "id")
    if is_new:
        _remember_relations(visit, entry)
    else:
        visit = Visit.objects.for_list().get(pk=visit.pk)
    return JsonResponse(saved_json(visit, user=request.user, place=place), status=201 if is_new else 200)


def _remember_relations(visit, entry):
    """Let the answer be written without asking the database for what was just stored."""
    visit._prefetched_objects_cache = {"activities": entry.activities}
    if entry.dossier is None:
        visit._state.fields_cache["dossier"] = None


def _already_stored(request, body, place):
    """A body that was stored once is answered again, even if it would be refused today (say: now too old)."""
    try:
        pk, mark = uuid.UUID(body.get("id")), fingerprint(body)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    stored = Visit.objects.for_list().filter(pk=pk).first()
    if stored is None:
        return None
    try:
        services.replayed(stored, person=request.user, fingerprint=mark)
    except services.VisitDiffers:
        return None  # what is wrong with the body tells more
    except services.VisitUndone as error:
        return refusal(error, 410, "id")
    return JsonResponse(saved_json(stored, user=request.user, place=place), status=200)


def _refused(error):
    more = {"ask": error.ask} if error.ask and list(error.errors) == [error.ask] else {}
    return JsonResponse({"errors": error.errors, **more}, status=422)


def _visits_by_form(request, place):
    body = entry_from_post(request.POST)
    at_event(place, request.user, body)
    try:
        entry = parse_entry(body, place=place, team=request.user.volunteer.team)
        visit, is_new = services.record_visit(
            person=request.user, entry=entry, fingerprint=fingerprint(body), duties=place.day
        )
    except EntryRefused as error:
        if wants_json(request):
            return _refused(error)
        return desk_page(request, event=place.event, errors=error.errors, sent=body, status=422)
    except services.DeskRefusal as error:
        status = 410 if isinstance(error, services.VisitUndone) else 409
        if wants_json(request):
            return refusal(error, status, "id")
        return desk_page(request, event=place.event, errors={"id": [str(error)]}, status=status)
    if wants_json(request):
        return JsonResponse(saved_json(visit, user=request.user, place=place), status=201 if is_new else 200)
    messages.success(request, _("Đã lưu lượt {time}.").format(time=_clock(visit)))
    return redirect(desk_address(visit.event_id))


@require_GET
@desk_only
def today(request):
    """List today's surviving visits of the person, newest first. Out: {"visits": [...], "counts": {...}}."""
    place = place_of(request)
    rows = Visit.objects.surviving().filter(volunteer=request.user, date=timezone.localdate())
    rows = rows.for_list().select_related("site", "post", "counter", "department")[:TODAY_SHOWN]
    counts = today_counts(user=request.user, site=place.site, post=place.post)
    return JsonResponse({"visits": [visit_json(row) for row in rows], "counts": counts})


@require_http_methods(["GET", "PATCH", "DELETE"])
def visit(request, pk):
    """One visit. PATCH {"version", fields to change, "reason"}: 200, 409 stale, 422. DELETE undoes it."""
    rows = Visit.objects.visible_to(request.user).select_related("team", "site", "post", "event")
    stored = get_object_or_404(rows, pk=pk)
    if request.method == "GET":
        return JsonResponse(_as_seen(stored, request.user))
    place = Place(stored.site, stored.post) if why_no_desk(request) else place_of(request)
    if request.method == "DELETE":
        return _delete(request, stored, place)
    try:
        body = read_json(request)
    except NotJson as error:
        return refusal(error, 400)
    return _patch(request, stored, body, place)


def _reason(text):
    if not isinstance(text, str):
        return ""
    # JSON can carry half of a surrogate pair, which no database stores.
    return text.encode("utf-8", "ignore").decode().replace("\x00", "").strip()[:200]


def _as_seen(stored, user):
    """The visit as JSON; the dossier's code only for the team that helped."""
    seen = visit_json(stored)
    if seen["dossier"] and not Dossier.objects.visible_to(user).filter(visit=stored).exists():
        seen["dossier"]["code"] = ""
    return seen


def _delete(request, stored, place):
    reason = _reason(request.GET.get("reason"))
    sentence = check_may_change(request.user, stored, reason)
    if sentence:
        return refusal(sentence, 403)
    services.undo_visit(visit=stored, by=request.user, reason=reason if stored.date < timezone.localdate() else "")
    counts = today_counts(user=request.user, site=place.site, post=place.post, event=stored.event_id)
    return JsonResponse({"id": str(stored.pk), "undone": True, "event": stored.event_id, "counts": counts})


def _patch(request, stored, body, place):
    try:
        changed = amend_from(stored, body, user=request.user)
    except PermissionDenied as error:
        return refusal(error, 403)
    except EntryRefused as error:
        return _refused(error)
    except services.VisitUndone as error:
        return refusal(error, 410, "id")
    except services.VisitStale as error:
        return refusal(error, 409, "version")
    changed = Visit.objects.for_list().get(pk=changed.pk)
    return JsonResponse(saved_json(changed, user=request.user, place=place))


def amend_from(stored, body, *, user):
    """Amend a visit by the fields in body and return it.

    Raises PermissionDenied, EntryRefused or what services.amend_visit raises.
    """
    reason = _reason(body.get("reason"))
    sentence = check_may_change(user, stored, reason)
    if sentence:
        raise PermissionDenied(sentence)
    version = body.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise EntryRefused({"version": [_("Thiếu phiên bản (version) của lượt đang sửa. Tải lại trang.")]})
    merged = {**_merged(_as_sent(stored), body, stored), "id": str(stored.pk)}
    entry = parse_entry(
        merged,
        place=Place(stored.site, stored.post, event=stored.event),
        team=stored.team,
        stored_at=stored.occurred_at,
    )
    late = reason if stored.date < timezone.localdate() else ""
    return services.amend_visit(visit=stored, entry=entry, version=version, reason=late)


def _merged(sent, body, stored):
    """The visit as it was sent, changed by body."""
    merged = {**sent, **{key: value for key, value in body.items() if key not in ("version", "reason")}}
    if isinstance(body.get("dossier"), dict):
        kept, new = sent["dossier"] or {}, body["dossier"]
        merged["dossier"] = {**kept, **new}
        if new.get("code", kept.get("code")) != kept.get("code"):  # only the code that is stored was confirmed
            merged["dossier"]["code_confirmed"] = new.get("code_confirmed", False)
        elif kept:
            merged["dossier"]["code_confirmed"] = True
    if merged["occurred_at"] in (None, ""):  # for a new visit that says "now"; a stored one has its time
        merged["occurred_at"] = sent["occurred_at"]
    # A department that only followed from the procedure follows the new one.
    if "department" not in body and stored.procedure and stored.department_id == stored.procedure.department_id:
        merged["department"] = ""
    return merged


def _as_sent(stored):
    sent = {key: value for key, value in visit_json(stored).items() if key not in ("headline", "detail", "version")}
    dossier = dossier_json(stored.dossier_or_none)
    sent["dossier"] = {**dossier, "code_confirmed": True} if dossier else None
    return sent


@require_POST
def undo(request, pk):
    """Take a visit back by the page's form; go back to the desk."""
    stored = get_object_or_404(Visit.objects.visible_to(request.user), pk=pk)
    sentence = check_may_change(request.user, stored)
    if sentence:
        raise PermissionDenied(sentence)
    services.undo_visit(visit=stored, by=request.user)
    messages.success(request, _("Đã hoàn tác lượt {time}.").format(time=_clock(stored)))
    return HttpResponseRedirect(desk_address(stored.event_id))


@require_http_methods(["GET", "POST"])
def edit(request, pk):
    """The page on which a visit is edited: the same fields, and a reason after the day."""
    stored = get_object_or_404(Visit.objects.visible_to(request.user).for_list(), pk=pk)
    needs_reason = stored.date < timezone.localdate()
    sentence = check_may_change(request.user, stored, "?" if needs_reason else "")
    if sentence or stored.undone_at:
        raise PermissionDenied(sentence or _("Lượt này đã được hoàn tác, không sửa được nữa."))
    errors, sent, shown_time = {}, _as_sent(stored), f"{timezone.localtime(stored.occurred_at):%d/%m/%Y %H:%M}"
    if request.method == "POST":
        sent = entry_from_post(request.POST)
        if sent["occurred_at"] == moment(shown_time):
            sent["occurred_at"] = None  # as it was shown, to the minute: the seconds stay
        shown_time = request.POST.get("occurred_at") or shown_time
        sent["reason"] = request.POST.get("reason", "")
        try:
            changed = amend_from(stored, sent, user=request.user)
        except EntryRefused as error:
            errors = error.errors
        except PermissionDenied as error:
            errors = {"reason": [str(error)]}
        except services.DeskRefusal as error:
            errors = {"version": [str(error)]}
        else:
            messages.success(request, _("Đã sửa lượt {time}.").format(time=_clock(changed)))
            return redirect(desk_address(changed.event_id))
    context = {**_edit_context(stored, sent, errors, needs_reason), "occurred_at": shown_time}
    return render(request, "desk/edit.html", context, status=422 if errors else 200)


def _edit_context(stored, sent, errors, needs_reason):
    lists = reference()
    return {
        "visit": stored,
        "sent": sent,
        "dossier": sent.get("dossier"),
        "errors": errors,
        "needs_reason": needs_reason,
        "activities": [row for row in lists.activities.values() if row.holds_on(stored.date)],
        "audiences": Visit.Audience.choices,
        "accounts": Visit.Account.choices,
        "levels": list(lists.levels.values()),
        "reasons": [row for row in lists.reasons.values() if row.is_active],
        "counters": lists.counters.get(stored.site_id, []),
        "posts": lists.posts.get(stored.site_id, []),
    }
