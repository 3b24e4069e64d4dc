"""Lists the desk looks things up in: activities, procedures, and a procedure's card."""

import segno
from django.http import Http404, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from assistance.models import Procedure
from assistance.place import place_of
from assistance.reference import reference
from assistance.views.access import desk_only

PROCEDURES_SHOWN = 12


@require_GET
def activities(request):
    """List today's activities. Out: [{"code", "name", "short_name", "opens_account", "needs_dossier"}]."""
    today = timezone.localdate()
    rows = [row for row in reference().activities.values() if row.holds_on(today)]
    return JsonResponse(
        [
            {
                "code": row.code,
                "name": row.name,
                "short_name": row.short_name,
                "opens_account": row.opens_account,
                "needs_dossier": row.needs_dossier,
            }
            for row in rows
        ],
        safe=False,
    )


@require_GET
def procedures(request):
    """List procedures of today that match ?q=, accents ignored, best first, at most PROCEDURES_SHOWN."""
    text = request.GET.get("q", "").replace("\x00", "")
    found = Procedure.objects.on().search(text).select_related("department", "level")[:PROCEDURES_SHOWN]
    return JsonResponse(
        [
            {
                "code": row.code,
                "name": row.name,
                "department": row.department.name if row.department_id else "",
                "department_code": row.department.code if row.department_id else "",
                "level": row.level.code if row.level_id else "",
            }
            for row in found
        ],
        safe=False,
    )


@require_GET
@desk_only
def card(request, code):
    """A procedure's card as HTML: what to bring, the counter here, and a QR code to its official page."""
    procedure = reference().procedure(code[:20].replace("\x00", ""))
    if procedure is None:
        raise Http404
    counters = reference().counters.get(place_of(request).site.pk, [])
    counter = next(
        (row for row in counters if row.department_id and row.department_id == procedure.department_id), None
    )
    qr = segno.make(procedure.official_url, error="m") if procedure.official_url else None
    context = {
        "procedure": procedure,
        "papers": [line.strip() for line in procedure.bring.splitlines() if line.strip()],
        "counter": counter,
        # segno writes the SVG itself from a URL that the model validated; nothing of a user's text is in it.
        "qr": qr.svg_inline(scale=3, border=2, dark="#000", light="#fff", omitsize=True, title=None) if qr else "",
    }
    return render(request, "desk/_procedure_card.html", context)
