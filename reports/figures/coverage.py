"""Which units run the model on a day: they have a team, here or by their own word."""

from assistance.models import UnitTotal
from reports.figures.questions import Question
from shifts.models import Team, Unit

COUNTED_LEVELS = [Unit.Level.COMMUNE, Unit.Level.DISTRICT]


def running(question: Question) -> dict[int, int]:
    """Unit key -> 1 or 0, for the communes and districts of the question on its last day."""
    units = Unit.objects.all() if question.units is None else Unit.objects.filter(pk__in=question.units)
    units = units.on(question.last).filter(level__in=COUNTED_LEVELS)
    found = dict.fromkeys(units.values_list("pk", flat=True), 0)
    teams = Team.objects.on(question.last).filter(unit__in=found)
    for unit in teams.order_by().values_list("unit", flat=True).distinct():
        found[unit] = 1
    latest = {}
    totals = UnitTotal.objects.counting().filter(unit__in=found, date_from__lte=question.last)
    for unit, teams in totals.order_by("date_from", "pk").values_list("unit", "teams"):
        latest[unit] = teams
    return {unit: int(runs or bool(latest.get(unit))) for unit, runs in found.items()}
