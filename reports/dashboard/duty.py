"""Roster and attendance over a period: how many open sessions had enough people, and how duties were kept."""

import datetime
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count

from reports.dashboard.filters import Filters
from reports.dashboard.first_screen import first_site
from reports.figures import ask_all
from reports.figures.questions import Question
from shifts.models import Assignment, Attendance, Site
from shifts.roster.calendar import open_sessions

LONGEST = datetime.timedelta(days=365)
AWAY = [Attendance.State.ABSENT, Attendance.State.EXCUSED]


@dataclass
class DutyFacts:
    """What the card of duties shows."""

    duties: int = 0
    hours: int = 0
    states: list[tuple[str, int]] = field(default_factory=list)
    site: Site | None = None
    sessions: int = 0
    short: list[tuple[datetime.date, str, int]] = field(default_factory=list)  # date, session, people

    @property
    def staffed(self):
        return self.sessions - len(self.short)

    @property
    def latest_short(self):
        return self.short[::-1][:5]


def duty_facts(filters: Filters) -> DutyFacts:
    """Return how duties stand up to the day that is looked at; six queries."""
    asked = {**filters.asked, "last": filters.on}
    answers = ask_all(["duties", "hours"], **asked)
    found = DutyFacts(answers["duties"].total, answers["hours"].total)
    question = Question(**asked).settled()
    rows = Attendance.objects.filter(
        assignment__state=Assignment.State.ACTIVE, assignment__date__range=(question.first, question.last)
    )
    if question.units is not None:
        rows = rows.filter(unit__in=question.units)
    if (teams := question.only("team")) is not None:
        rows = rows.filter(team__in=[key for key in teams if isinstance(key, int)])
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    found.states = [(state.label, counts[state]) for state in Attendance.State if counts.get(state)]
    found.site = first_site(filters)
    if found.site:
        _sessions(found, max(filters.first, filters.on - LONGEST), filters.on)
    return found


def _sessions(found, first, last):
    """Add the open sessions of the months with a published roster, and those with fewer people than the site needs."""
    rows = Assignment.objects.announced().between(first, last).filter(roster__site=found.site)
    rows = rows.exclude(attendance__state__in=AWAY).order_by()
    people = Counter()
    for date, session, n in rows.values_list("date", "session").annotate(n=Count("volunteer", distinct=True)):
        people[date, session] = n
    months = {date.replace(day=1) for date, _session in people}
    for date, sessions in sorted(open_sessions(found.site, first, last).items()):
        if date.replace(day=1) not in months:
            continue
        for session in sessions:
            found.sessions += 1
            if (n := people[date, session.session]) < found.site.min_people:
                found.short.append((date, session.get_session_display(), n))
