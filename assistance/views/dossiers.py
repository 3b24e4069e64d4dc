"""/desk/dossiers/: the team's dossiers that wait for something, each moved on by one tap."""

from collections import Counter

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from assistance import services
from assistance.models import Dossier
from assistance.views.access import refusal
from shifts.access import Access
from shifts.answers import wants_json

DOSSIERS_A_PAGE = 30
NEXT_STATES = {
    "preparing": ["submitted", "withdrawn"],
    "submitted": ["accepted", "more_papers", "refused", "returned"],
    "more_papers": ["submitted", "accepted", "withdrawn", "refused"],
    "accepted": ["returned", "more_papers", "refused"],
    "returned": ["accepted"],
    "refused": ["submitted"],
    "withdrawn": [],
    "not_submitted": [],
}


def _listed(user):
    return Dossier.objects.visible_to(user).select_related(
        "level", "reason", "visit__procedure", "visit__volunteer", "visit__site"
    )


@require_GET
def dossiers(request):
    """The open dossiers of my teams (?show=done: the others), ?q= searches the code."""
    done = request.GET.get("show") == "done"
    text = "".join(request.GET.get("q", "").upper().split())[:60].replace("\x00", "")
    mine = _listed(request.user).surviving()
    rows = mine.exclude(state__in=Dossier.OPEN) if done else mine.filter(state__in=Dossier.OPEN)
    if text:
        rows = rows.filter(code__contains=text)
    page = Paginator(rows.order_by("-visit__occurred_at", "-pk"), DOSSIERS_A_PAGE).get_page(request.GET.get("page"))
    twins = _twins(mine, [row.code_digest for row in page if row.code_digest])
    for row in page:
        decorate(row, twins)
    context = {"page": page, "done": done, "q": text, "team": bool(Access.of(request.user).team_ids)}
    return render(request, "desk/dossiers.html", context)


def _twins(mine, digests):
    """How many surviving dossiers of mine share each code."""
    return Counter(mine.filter(code_digest__in=digests).order_by().values_list("code_digest", flat=True))


def decorate(row, twins):
    """Give a dossier what its row shows: the states it can go to, and how often its code was logged."""
    row.next_states = [(state, Dossier.State(state).label) for state in NEXT_STATES[row.state]]
    row.twins = twins.get(row.code_digest, 0) if row.code_digest else 0


@require_POST
def dossier_state(request, pk):
    """Move a dossier of my team to POST state. Out: its row (htmx), JSON, or back to the list; 422 when refused."""
    dossier = get_object_or_404(_listed(request.user), pk=pk)
    state = request.POST.get("state", "")
    try:
        services.change_dossier_state(dossier=dossier, state=state)
    except services.StateRefused as error:
        if wants_json(request):
            return refusal(error, 422, "state")
        messages.error(request, str(error))
        return _row(request, pk, status=422) if request.htmx else redirect("desk:dossiers")
    if wants_json(request):
        return JsonResponse({"id": pk, "state": state})
    if request.htmx:
        return _row(request, pk)
    messages.success(request, _("Hồ sơ chuyển sang “{state}”.").format(state=Dossier.State(state).label))
    return redirect("desk:dossiers")


def _row(request, pk, status=200):
    mine = _listed(request.user).surviving()
    row = get_object_or_404(_listed(request.user), pk=pk)
    decorate(row, _twins(mine, [row.code_digest] if row.code_digest else []))
    return render(request, "desk/_dossier_row.html", {"dossier": row}, status=status)
