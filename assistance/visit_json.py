"""A visit and its counts, as the desk's endpoints speak of them."""

import uuid

from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from assistance.models import Visit
from assistance.queries import today_counts

ROW_KEPT_SECONDS = 600


def dossier_json(dossier) -> dict | None:
    """Return a dossier as it is sent in and out, or None."""
    if dossier is None:
        return None
    return {
        "code": dossier.code,
        "level": dossier.level.code if dossier.level_id else None,
        "guided": dossier.guided,
        "complete": dossier.complete,
        "outcome": dossier.outcome,
        "reason": dossier.reason.code if dossier.reason_id else None,
        "state": dossier.state,
    }


def visit_json(visit) -> dict:
    """Return a stored visit in the shape it was sent in, with version, flags and the texts of its row."""
    return {
        "id": str(visit.pk),
        "version": visit.version,
        "occurred_at": timezone.localtime(visit.occurred_at).isoformat(),
        "audience": visit.audience,
        "activities": [activity.code for activity in visit.activities.all()],
        "account": visit.account,
        "procedure": visit.procedure.code if visit.procedure_id else "",
        "department": visit.department.code if visit.department_id else "",
        "queue_number": visit.queue_number,
        "counter": visit.counter.code if visit.counter_id else "",
        "site": visit.site.code,
        "post": visit.post.code,
        "event": visit.event_id,
        "dossier": dossier_json(visit.dossier_or_none),
        "off_roster": visit.off_roster,
        "late_entry": visit.late_entry,
        "amended": visit.amended,
        "headline": visit.headline,
        "detail": visit.detail,
    }


def saved_json(visit, *, user, place) -> dict:
    """Return the answer to a save: the visit, its version and today's counts.

    The page makes the row itself, from a blank one that it was given: rendering it here took a tenth of every save.
    """
    visit_as_json = visit_json(visit)
    return {
        **visit_as_json,
        "visit": visit_as_json,
        "counts": today_counts(user=user, site=place.site, post=place.post, event=visit.event_id),
    }


def rows_html(visits) -> list[str]:
    """Return the row of each visit in the queryset, in its order.

    A row is kept under the visit's version, so that a list costs one query while nothing in it changed.
    """
    language = get_language()
    keys = {pk: f"visit-row:{language}:{pk}:{version}" for pk, version in visits.values_list("pk", "version")}
    kept = cache.get_many(keys.values())
    missing = [pk for pk, key in keys.items() if key not in kept]
    if missing:
        for visit in Visit.objects.for_list().filter(pk__in=missing):
            kept[keys[visit.pk]] = render_to_string("desk/_visit_row.html", {"visit": visit})
        cache.set_many({keys[pk]: kept[keys[pk]] for pk in missing}, ROW_KEPT_SECONDS)
    return [kept[key] for key in keys.values()]


def blank_row() -> str:
    """Return the row of a blank visit, which the page fills for each visit it saves."""
    blank = {"id": uuid.UUID(int=0), "occurred_at": timezone.now(), "headline": "", "detail": ""}
    return render_to_string("desk/_visit_row.html", {"visit": blank})
