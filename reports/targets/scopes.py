"""Whose help counts for a target, and on which days its people are at work; the same few queries for any number."""

import datetime
from functools import cached_property

from django.db.models import Q

from reports.targets.pace import OpenDays
from shifts.models import Site, SiteSession, Unit
from shifts.models.sites import WORKING_WEEK
from shifts.roster.calendar import open_sessions_of
from shifts.succession import hold, main_successors

NOWHERE = -1  # the key of a site that stands for units without one


class UnitMap:
    """All units and who took over from whom: two queries, then any number of answers."""

    def __init__(self):
        self.heirs, self._holders = main_successors(), {}

    @cached_property
    def units(self) -> dict[int, Unit]:
        fields = ["path", "level", "valid_from", "valid_until", "code", "name", "parent_id"]
        return {unit.pk: unit for unit in Unit.objects.only(*fields)}

    def holders_on(self, date: datetime.date) -> dict[int, int]:
        """Unit -> the unit that holds its place on a date."""
        if date not in self._holders:
            days = {key: (unit.valid_from, unit.valid_until) for key, unit in self.units.items()}
            self._holders[date] = hold(days, self.heirs, date)
        return self._holders[date]

    def within(self, unit_id: int, date: datetime.date) -> frozenset[int]:
        """Keys of the unit, of all below it, and of those whose place they have taken by that date."""
        top = self.units[unit_id]
        here = {key for key, unit in self.units.items() if unit.path.startswith(top.path)}
        return frozenset(here | {key for key, holder in self.holders_on(date).items() if holder in here})


class WorkDays:
    """When the sites of some targets are open; where a unit has no site, the common calendar of a working week."""

    def __init__(self, targets, units: UnitMap, *, until: datetime.date | None = None):
        self.targets, self.map = list(targets), units
        self.first = min((target.first for target in self.targets), default=None)
        self.last = max([*(target.last for target in self.targets), *([until] if until else [])], default=None)
        self._kept = {}

    @cached_property
    def sites(self) -> dict[int, Site]:
        """Sites of these units and all below, and the home sites of these teams."""
        wanted = Q(pk__in=[target.team.home_site_id for target in self.targets if target.team_id])
        for path in {self.map.units[target.unit_id].path for target in self.targets if target.unit_id}:
            if not any(path != other and path.startswith(other) for other in self._paths):
                wanted |= Q(unit__path__startswith=path)
        return {site.pk: site for site in Site.objects.filter(wanted)}

    @cached_property
    def _paths(self):
        return {self.map.units[target.unit_id].path for target in self.targets if target.unit_id}

    def own_sites(self, target) -> list[Site]:
        """The site where the team is at home, or those of the very unit: its calendar is the one that is meant."""
        if target.team_id:
            found = self.sites.get(target.team.home_site_id)
            return [found] if found else []
        return [site for site in self.sites.values() if site.unit_id == target.unit_id]

    def all_sites(self, target) -> list[Site]:
        """Those, and the sites of all units below."""
        if target.team_id:
            return self.own_sites(target)
        path = self.map.units[target.unit_id].path
        return [site for site in self.sites.values() if self.map.units[site.unit_id].path.startswith(path)]

    @cached_property
    def sessions(self) -> dict[int, dict[datetime.date, list[SiteSession]]]:
        """Key of site -> date -> sessions, NOWHERE among the keys; two queries."""
        if not self.targets:
            return {}
        hours = list(SiteSession.objects.filter(site__in=self.sites).order_by("starts_at"))
        self.with_hours = {row.site_id for row in hours}
        nowhere = Site(pk=NOWHERE)
        hours.append(SiteSession(site_id=NOWHERE, session=SiteSession.Session.MORNING, weekdays=WORKING_WEEK))
        return open_sessions_of([*self.sites.values(), nowhere], self.first, self.last, hours=hours)

    def of(self, target) -> OpenDays:
        """The open days of a target's people, from the first to the last day of all these targets."""
        sites = self.own_sites(target)
        key = tuple(site.pk for site in sites)
        if key not in self._kept:
            common = self.sessions[NOWHERE]
            days = {date for pk in key for date in self.sessions[pk]}
            # A site without hours says nothing. Before a site opened, and after it closed for good, the unit still
            # works by the common calendar.
            known = [site for site in sites if site.pk in self.with_hours]
            days |= {date for date in common if not any(site.holds_on(date) for site in known)}
            self._kept[key] = sorted(days)
        days = self._kept[key]
        return OpenDays([date for date in days if target.first <= date <= target.last])
