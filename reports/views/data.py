"""/reports/data/: figures as JSON, for whoever may see them on a page."""

from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports.figures import ask
from reports.figures.forms import FigureForm, works_for_units
from shifts.access import Access
from shifts.answers import json_refusal


def refused(form):
    """Every fault of a form, by field."""
    errors = {field: [str(error) for error in errors] for field, errors in form.errors.items()}
    return JsonResponse({"errors": errors}, status=422, json_dumps_params={"ensure_ascii": False})


def number(value):
    """A whole number as it is; hours with a point."""
    return value if isinstance(value, int) else float(value)


@never_cache
@require_safe
def figures_data(request):
    """Answer what a figure comes to: of my units, or of the teams I lead."""
    access = Access.of(request.user)
    if not (works_for_units(access) or access.is_leader):
        return json_refusal(403, "unit", _("Số liệu này dành cho đội trưởng và người làm việc cho đơn vị."))
    form = FigureForm(request.GET, access=access)
    if not form.is_valid():
        return refused(form)
    answer = ask(form.figure.code, group=form.group, **form.asked)
    return JsonResponse(
        {
            "figure": answer.figure,
            "name": answer.name,
            "definition": answer.definition,
            "from": answer.first.isoformat(),
            "to": answer.last.isoformat(),
            "group": answer.group,
            "as": answer.reading,
            "total": number(answer.total),
            **({"of": answer.of} if answer.of is not None else {}),
            "rows": [
                {"key": row.address, "label": row.label, "value": number(row.value), "share": row.share}
                for row in answer.rows
            ],
            "fresh_at": answer.fresh_at.isoformat(),
        },
        json_dumps_params={"ensure_ascii": False},
    )
