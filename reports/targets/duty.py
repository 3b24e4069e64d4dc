"""How many people were on duty in each open session: what the target of so many a session is held against."""

import datetime
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from reports.targets.kinds import ON_DUTY
from reports.targets.scopes import WorkDays
from shifts.models import Assignment, Attendance

STAYED_AWAY = [Attendance.State.ABSENT, Attendance.State.EXCUSED]


@dataclass(frozen=True)
class Sessions:
    """Open sessions of a period: all of it, those until a date, and those of them that were short of people."""

    all: int = 0
    begun: int = 0
    short: tuple[tuple[datetime.date, str, int], ...] = ()  # date, session, people
    known: bool = True  # whether any roster was published for these days

    @property
    def staffed(self):
        return self.begun - len(self.short)


class Duties:
    """People on announced duty by site, date and session: one query for all targets."""

    def __init__(self, targets, work: WorkDays, on: datetime.date):
        self.targets = [target for target in targets if target.figure == ON_DUTY]
        self.work, self.on, self.people = work, on, Counter()
        sites = {site.pk for target in self.targets for site in work.all_sites(target)}
        if sites:
            first = min(target.first for target in self.targets)
            rows = Assignment.objects.announced().between(first, on).filter(roster__site__in=sites)
            rows = rows.exclude(attendance__state__in=STAYED_AWAY).order_by()
            for site, date, session, n in rows.values_list("roster__site", "date", "session").annotate(
                n=Count("volunteer", distinct=True)
            ):
                self.people[site, date, session] = n

    def of(self, target) -> Sessions:
        everything, begun, short, known = 0, 0, [], False
        for site in self.work.all_sites(target):
            for date, sessions in self.work.sessions.get(site.pk, {}).items():
                if not target.first <= date <= target.last:
                    continue
                everything += len(sessions)
                if date > self.on:
                    continue
                begun += len(sessions)
                for session in sessions:
                    people = self.people[site.pk, date, session.session]
                    known = known or bool(people)
                    if people < target.minimum:
                        short.append((date, session.session, people))
        return Sessions(everything, begun, tuple(sorted(short)), known)
