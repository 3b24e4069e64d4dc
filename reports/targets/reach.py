"""Whose targets a person sees, and whose they set."""

from django.db.models import Q
from django.http import Http404

from reports.models import Target
from shifts.access import MANAGES_TEAMS_BELOW, Access
from shifts.models import Team


def targets_only(access: Access):
    """Let in who works for a unit or leads a team; for the others there is no such page."""
    if not (access.has_unit_role or access.sees_everything or access.is_leader):
        raise Http404


def visible_targets(access: Access):
    """Targets of my units and all below, and of the teams I lead: every version; a queryset."""
    rows = Target.objects.select_related("unit", "team__unit")
    if access.sees_everything:
        return rows
    units = access.units().values("pk")
    return rows.filter(Q(unit__in=units) | Q(team__unit__in=units) | Q(team__in=access.led_team_ids))


def sets_for(access: Access):
    """Units for which this person sets targets, those of their teams with them; a queryset."""
    return access.units(*MANAGES_TEAMS_BELOW)


def sets_at_all(access: Access) -> bool:
    return access.sees_everything or bool(access.roots(*MANAGES_TEAMS_BELOW))


def may_change(access: Access, target: Target) -> bool:
    if access.sees_everything:
        return True
    return sets_at_all(access) and sets_for(access).filter(pk=target.home_unit.pk).exists()


def teams_to_set_for(access: Access):
    return Team.objects.filter(unit__in=sets_for(access)).select_related("unit")
