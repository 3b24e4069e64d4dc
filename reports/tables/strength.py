"""What units have, not what they did: teams and volunteers on a day; and what they say in their totals."""

import datetime
from collections import Counter, defaultdict
from typing import NamedTuple

from django.db.models import Count, Q
from django.utils.translation import ngettext

from assistance.models import UnitTotal
from reports.figures.asking import team_keys
from reports.periods import ReportPeriod
from shifts.models import Team, Unit, Volunteer

MOST_REMARKS = 5


def strength_of(*, units, team, on: datetime.date) -> dict[str, dict[str, Counter]]:
    """Return "unit" or "team" -> "teams" or "volunteers" -> key -> how many on that day. Four queries.

    Where a unit keeps none here, what it said last in its totals is taken, as on the page of units.
    """
    teams = Team.objects.on(on)
    if team is not None:
        teams = teams.filter(pk__in=team_keys(team))
    elif units is not None:
        teams = teams.filter(unit__in=units)
    whose = dict(teams.order_by().values_list("pk", "unit"))
    serving = Volunteer.objects.filter(Q(joined=None) | Q(joined__lte=on), Q(left=None) | Q(left__gt=on))
    members = Counter(dict(serving.filter(team__in=whose).order_by().values_list("team").annotate(n=Count("pk"))))
    by_unit = {"teams": Counter(whose.values()), "volunteers": Counter()}
    for key, n in members.items():
        by_unit["volunteers"][whose[key]] += n
    if team is None:
        for unit, *said in said_last(units, on):
            for name, n in zip(("teams", "volunteers"), said, strict=True):
                by_unit[name][unit] = by_unit[name][unit] or n or 0
    return {"unit": by_unit, "team": {"teams": Counter(dict.fromkeys(whose, 1)), "volunteers": members}}


def said_last(units, on: datetime.date):
    """(unit, teams, volunteers) of the last total that counts, for the units that hold on that day."""
    holding = Unit.objects.on(on)
    if units is not None:
        holding = holding.filter(pk__in=units)
    totals = UnitTotal.objects.counting().filter(unit__in=holding, date_from__lte=on).order_by("date_from", "pk")
    return {row[0]: row for row in totals.values_list("unit", "teams", "volunteers")}.values()


class Remark(NamedTuple):
    """What a unit said in a total."""

    unit: Unit
    period: str
    words: str


def remarks_of(*, units, period: ReportPeriod) -> dict[int, list[Remark]]:
    """Unit -> what it said in its totals of the period, the newest first. One query."""
    totals = UnitTotal.objects.counting().filter(counted_on__range=period[:2]).exclude(remarks="")
    if units is not None:
        totals = totals.filter(unit__in=units)
    found = defaultdict(list)
    for total in totals.select_related("unit").order_by("-counted_on", "unit__code"):
        found[total.unit_id].append(Remark(total.unit, total.period.name, " ".join(total.remarks.split())))
    return found


def remarks_joined(remarks: list[Remark], row) -> str:
    """The remarks in one cell: each once, with when and, unless it is the row's own, by whom; the newest first."""
    different = {}
    for remark in sorted(remarks, key=lambda remark: remark.unit.pk != row):
        different.setdefault(remark.words, remark)
    shown = list(different.values())[:MOST_REMARKS]
    if len(different) == 1 and shown[0].unit.pk == row:
        return shown[0].words
    lines = [
        f"{remark.period}: {remark.words}" if remark.unit.pk == row
        else f"{remark.unit}, {remark.period}: {remark.words}"
        for remark in shown
    ]  # fmt: skip
    if (more := len(different) - MOST_REMARKS) > 0:
        lines.append(ngettext("và {n} ý kiến khác", "và {n} ý kiến khác", more).format(n=more))
    return "; ".join(line[:1].upper() + line[1:].removesuffix(".") for line in lines)
