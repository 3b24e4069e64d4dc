"""What desks and entries at events logged: from the tally rolled up by month, and for the days beyond from the tally.

Rolled-up tables answer what pages ask at first; where a question crosses them, the tally itself answers.
"""

from collections.abc import Iterable, Iterator

from django.db.models import Case, CharField, F, Sum, Value, When

from assistance.models import DailyTally, HourlyTally, HourMonth, MatterMonth, PersonMonth, PlaceMonth
from assistance.rolled import Rolled
from reports.figures.catalogue import TIMES
from reports.figures.questions import BY_MATTER, Question

Fact = tuple[str, object, int]
FIELDS = {
    "unit": "unit_id", "team": "team_id", "post": "post_id", "volunteer": "volunteer_id", "audience": "audience",
    "department": "department_id", "procedure": "procedure_id", "outcome": "outcome", "hour": "hour",
}  # fmt: skip
DIMS = {*FIELDS, *TIMES, "source"}
# In the order in which they are tried: the coarsest first.
TABLES = [
    (PlaceMonth, {"unit", "team", "audience", "source", *TIMES}),
    (HourMonth, {"unit", "team", "hour", *TIMES}),
    (PersonMonth, {"unit", "team", "post", "volunteer", *TIMES}),
    (MatterMonth, {"unit", "team", "department", "procedure", "outcome", *TIMES}),
]


def tallied(question: Question, figures: Iterable[str]) -> Iterator[Fact]:
    """Yield (figure, key of the grouping, number)."""
    if not question.admits("tally", DIMS):
        return
    figures = list(figures)
    months = next((model for model, dims in TABLES if question.dims <= dims), None)
    rolled = Rolled.between(question.first, question.last) if months else None
    if rolled and rolled.months:
        yield from from_months(question, figures, months, rolled)
    tally = HourlyTally if question.dims & BY_MATTER else DailyTally
    rows = tally.objects.filter(figure__in=figures)
    if rolled is None:
        rows = rows.filter(date__range=(question.first, question.last))
    elif (live := rolled.live()) is not None:
        rows = rows.filter(live)
    else:
        return
    if tally is DailyTally:
        rows = rows.annotate(outreach=Case(When(event=None, then=Value(False)), default=Value(True)))
    rows = narrowed(question, rows)
    key = F("date") if question.group in TIMES else key_of(question)
    yield from summed(rows, key, "value")


def from_months(question, figures, model, rolled):
    rows = rolled.rows(model).filter(figure__in=figures)
    whole = model in (MatterMonth, HourMonth) and "team" not in question.dims and question.group != "unit"
    if whole and asks_for_all(question):
        rows = narrowed(question, rows.filter(unit=None), of_all=True)
    else:
        rows = narrowed(question, rows.exclude(unit=None) if model in (MatterMonth, HourMonth) else rows)
    if question.group in TIMES:
        yield from rolled.by_day(rows)
    else:
        yield from summed(rows, key_of(question), rolled.value)


def asks_for_all(question):
    """Whether no unit that logged anything is left out."""
    if question.units is None:
        return True
    return not PlaceMonth.objects.exclude(unit__in=question.units).exists()


def narrowed(question, rows, of_all=False):
    """The rows of the units of the question, and of what it is narrowed to."""
    if question.units is not None and not of_all:
        rows = rows.filter(unit__in=question.units)
    for name, path in FIELDS.items():
        if (keys := question.only(name)) is None:
            continue
        found = rows.filter(**{f"{path}__in": keys - {None}})
        rows = found | rows.filter(**{f"{path}__isnull": True}) if None in keys else found
    if (sources := question.only("source")) is not None:
        rows = rows.filter(outreach__in=[source == "outreach" for source in sources & {"desk", "outreach"}])
    return rows


def key_of(question):
    if question.group == "source":
        return Case(When(outreach=True, then=Value("outreach")), default=Value("desk"), output_field=CharField())
    return F(FIELDS[question.group]) if question.group else Value("", output_field=CharField())


def summed(rows, key, value):
    found = rows.order_by().annotate(at=key).values_list("figure", "at").annotate(n=Sum(value))
    yield from ((figure, at, n) for figure, at, n in found if n)

