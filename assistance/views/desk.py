"""/desk/: the one screen on which a volunteer logs citizens, and what belongs to it."""

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assistance.event_desk import event_for, why_not_today
from assistance.forms import ButtonsForm, HandOverNoteForm, PlaceForm
from assistance.models import DeskButton, HandOverNote, Visit
from assistance.place import choose_place, place_of
from assistance.queries import quick_procedures, today_counts
from assistance.reference import forget, reference
from assistance.views.access import desk_only
from assistance.visit_json import blank_row, rows_html
from shifts.access import Access

LIST_SHOWN = 30


def desk_address(event: int | None = None) -> str:
    """The address of the desk, or of the desk tied to an event (its key)."""
    return f"{reverse('desk:desk')}?event={event}" if event else reverse("desk:desk")


@require_GET
@desk_only
def desk(request):
    """The desk, ready for the next citizen; ?event= ties it to an outreach event of today."""
    if not request.GET.get("event"):
        return desk_page(request)
    event, sentence = event_for(request.user, request.GET["event"])
    sentence = sentence or why_not_today(event)
    if sentence:
        messages.error(request, sentence)
        return redirect(event) if event else redirect("desk:desk")
    return desk_page(request, event=event)


def desk_page(request, *, event=None, errors=None, sent=None, status=200):
    """Render the desk; with the errors of a refused form, what was sent stays in its fields."""
    now = timezone.localtime()
    place, lists = place_of(request, now), reference()
    place.event = event
    heads_only = event is not None and event.venue_kind == "school"
    buttons = [row for row in lists.buttons.get(place.site.pk, []) if row.activity.holds_on(now.date())]
    if heads_only:
        buttons = [row for row in buttons if not row.activity.needs_dossier]
    visits = Visit.objects.surviving().filter(volunteer=request.user, date=now.date())
    fixed = {
        "site": place.site,
        "buttons": buttons,
        "usual": [row.activity for row in buttons if row.in_usual],
        "quick": quick_procedures(site=place.site, today=now.date()),
        "levels": [row for row in lists.levels.values() if row.holds_on(now.date()) and row.counts_as],
        "reasons": [row for row in lists.reasons.values() if row.is_active],
        "counters": [] if event else lists.counters.get(place.site.pk, []),
        "event": event,
        "heads_only": heads_only,
        "sent": sent or {},
        "errors": errors or {},
    }
    context = {
        "place": place,
        "event": event,
        "event_today": None if event else _event_today(place),
        "attends": _attends(place, now),
        "now": now,
        "sites": _team_sites(request.user.volunteer.team, now.date()),
        "tiles": _fixed_part("desk/_tiles.html", fixed, now.date()),
        "entry": _fixed_part("desk/_entry.html", fixed, now.date()),
        "counts": today_counts(
            user=request.user, site=place.site, post=place.post, date=now.date(), event=event.pk if event else None
        ),
        "note": HandOverNote.objects.filter(post=place.post, date=now.date()).select_related("written_by").first(),
        "rows": rows_html(visits[:LIST_SHOWN]),
        "blank_row": lists.kept(("blank row", get_language()), blank_row),
        "new_id": uuid.uuid4(),
        "errors": errors or {},
        "sent": sent or {},
        "leads": Access.of(request.user).may_manage_team(request.user.volunteer.team_id),
    }
    return render(request, "desk/desk.html", context, status=status)


def _event_today(place):
    """The person's duty at an event today: the desk offers to log there."""
    return next((duty for duty in place.day.duties if duty.event), None)


def _attends(place, now):
    """The person's duty that runs or is about to begin, at a post or an event: they can say that they are here."""
    return next((duty for duty in place.day.duties if duty.takes_check_in(now.time())), None)


def _team_sites(team, day):
    """[(site, its posts)] where this team may log today, its home first."""
    lists = reference()
    sites = [row for row in lists.sites.values() if team.may_log_at(row) and row.holds_on(day)]
    sites.sort(key=lambda row: (row.pk != team.home_site_id, row.code))
    return [(row, lists.posts.get(row.pk, [])) for row in sites]


def _fixed_part(template, context, day):
    """Render a part that is the same for everybody at a site, once while the lists it is made of are kept."""
    if context["sent"] or context["errors"]:
        return render_to_string(template, context)
    key = (template, context["site"].pk, day, get_language(), bool(context["event"]), context["heads_only"])
    return reference().kept(key, lambda: render_to_string(template, context))


@require_POST
@desk_only
def place(request):
    """Choose for today where I work. In: site, post (codes)."""
    form = PlaceForm(request.POST, team=request.user.volunteer.team)
    if form.is_valid():
        choose_place(request, site=form.cleaned_data["site"], post=form.cleaned_data["post"])
        messages.success(request, _("Từ giờ ghi cho {post}.").format(post=form.cleaned_data["post"].name))
        return redirect("desk:desk")
    return desk_page(request, errors=form.errors, status=422)


@require_POST
@desk_only
def note(request):
    """Write the hand-over note of my floor for today; an empty text takes it away."""
    here = place_of(request)
    form = HandOverNoteForm(request.POST)
    if not form.is_valid():
        return desk_page(request, errors=form.errors, status=422)
    key = {"site": here.site, "post": here.post, "date": timezone.localdate()}
    HandOverNote.objects.filter(date__lt=timezone.localdate()).delete()
    if form.cleaned_data["text"]:
        HandOverNote.objects.update_or_create(
            **key,
            defaults={"text": form.cleaned_data["text"], "written_by": request.user, "written_at": timezone.now()},
        )
        messages.success(request, _("Đã để lời nhắn cho {post}, tối nay tự xóa.").format(post=here.post.name))
    else:
        HandOverNote.objects.filter(**key).delete()
        messages.success(request, _("Đã gỡ lời nhắn."))
    return redirect("desk:desk")


@require_http_methods(["GET", "POST"])
@desk_only
def buttons(request):
    """The leader orders the desk's keys at this site and says which make the usual combination."""
    here = place_of(request)
    if not Access.of(request.user).may_manage_team(request.user.volunteer.team_id):
        raise PermissionDenied(_("Đội trưởng xếp phím cho cả điểm. Nhờ đội trưởng đổi giúp."))
    form = ButtonsForm(request.POST or None, site=here.site)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            DeskButton.objects.filter(site=here.site).delete()
            DeskButton.objects.bulk_create(form.rows())
        forget()
        messages.success(request, _("Đã xếp lại phím cho {site}.").format(site=here.site.short_name))
        return redirect("desk:desk")
    return render(request, "desk/buttons.html", {"form": form, "place": here}, status=422 if form.errors else 200)
