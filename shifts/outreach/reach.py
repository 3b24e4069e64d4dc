"""Which outreach events a person sees, which they manage, and for whom the contact at the venue is written."""

from django.db.models import Q

from shifts.access import MANAGES_TEAMS_BELOW, Access
from shifts.models import Assignment, OutreachEvent, Team


def events_seen_by(access: Access):
    """Events of the own teams and units, and those to which these units are host; a queryset."""
    if access.sees_everything:
        return OutreachEvent.objects.all()
    units = access.units()
    seen = Q(team__in=access.team_ids) | Q(host_unit__in=[team.unit_id for team in access.teams])
    if access.has_unit_role:
        seen |= Q(unit__in=units) | Q(host_unit__in=units)
    return OutreachEvent.objects.filter(seen)


def managed_teams(access: Access):
    """Teams whose events this person plans; a queryset."""
    if access.sees_everything:
        return Team.objects.all()
    teams = Q(pk__in=access.led_team_ids)
    if access.roots(*MANAGES_TEAMS_BELOW):
        teams |= Q(unit__in=access.units(*MANAGES_TEAMS_BELOW))
    return Team.objects.filter(teams)


def may_manage_event(access: Access, event: OutreachEvent) -> bool:
    """Whether this person plans and changes the event: leads its team, or works for a unit above it."""
    if access.sees_everything or event.team_id in access.led_team_ids:
        return True
    if not access.roots(*MANAGES_TEAMS_BELOW):
        return False
    return access.units(*MANAGES_TEAMS_BELOW).filter(pk=event.unit_id).exists()


def plans_events(access: Access) -> bool:
    """Whether the person plans events at all; asks nothing."""
    return access.sees_everything or access.is_leader or bool(access.roots(*MANAGES_TEAMS_BELOW))


def sees_events(access: Access) -> bool:
    """Whether the menu leads to events: for members, leaders, and who works for a unit; asks nothing."""
    return access.sees_everything or bool(access.team_ids) or access.has_unit_role


def sees_contact(access: Access, event: OutreachEvent, *, manages: bool) -> bool:
    """The contact is for those who manage the event and those who go there."""
    return manages or Assignment.objects.active().filter(event=event, volunteer__user=access.user).exists()
