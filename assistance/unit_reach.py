"""Which units a person sees, sends totals for, and reviews."""

import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _

from shifts.access import MANAGES_TEAMS_BELOW, Access, Kind
from shifts.models import Unit

SENDS_TOTALS = (Kind.REPORTER, Kind.STAFF, Kind.ADMINISTRATOR)


def units_only(access: Access):
    """Let in whoever works for a unit; the others get 403 and its sentence."""
    if not (access.has_unit_role or access.sees_everything):
        raise PermissionDenied(_("Trang này dành cho cán bộ, lãnh đạo và người báo cáo của đơn vị."))


def sends_for(access: Access):
    """Units whose totals this person sends: their own and those below; a queryset."""
    return access.units(*SENDS_TOTALS)


def sends_at_all(access: Access) -> bool:
    return access.sees_everything or bool(access.roots(*SENDS_TOTALS))


def starts_at_all(access: Access) -> bool:
    """Whether this person may begin units: whoever sends for a unit also sets up its site."""
    return sends_at_all(access)


def reviewed_by(access: Access):
    """Units whose totals this person accepts or gives back: those below theirs, and a province's own; a queryset."""
    if access.sees_everything:
        return Unit.objects.all()
    roots = access.roots(*MANAGES_TEAMS_BELOW)
    # What a unit sends is looked at from above; above the province there is nobody.
    own = [root.pk for root in roots if root.parent_id and not any(is_below(root, other) for other in roots)]
    return access.units(*MANAGES_TEAMS_BELOW).exclude(pk__in=own)


def is_below(unit, other) -> bool:
    return unit.pk != other.pk and unit.path.startswith(other.path)


def first_day(text):
    """The date of an address, 404 for one that the calendar does not have."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error


def unit_of(access: Access, text: str, period=None) -> Unit:
    """Return the unit that this person sees under a code, or CODE@FIRST-DAY; 404 when there is none.

    Of several that bore the code at different times the one of the period is meant, else the latest.
    """
    code, _sign, start = text.partition("@")
    units = access.units().filter(code=code[:10])
    if start:
        units = units.filter(valid_from=first_day(start))
    units = list(units.order_by("-valid_from").select_related("parent"))
    if not units:
        raise Http404
    return next((unit for unit in units if period and period.meets(unit)), units[0])
