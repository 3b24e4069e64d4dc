"""Where figures come from beside the tally.

Each function yields (figure, key of the grouping, number) for a question that is settled. A key of None is what has no
value there; TOTALS and RESULTS stand for what cannot be divided as asked.
"""

from collections.abc import Iterable, Iterator

from django.db.models import Case, CharField, Count, F, Sum, Value, When

from assistance.excess import added_figures, excess
from reports.figures.questions import TOTALS, Question
from shifts.attendance import attended
from shifts.models import OutreachEvent

Fact = tuple[str, object, int]
BY_AUDIENCE = {f"guided_{audience}": audience for audience in ("citizen", "youth", "enterprise")}
TIME_DIMS = {"unit", "day", "week", "month", "source"}
EVENT_FIELDS = {"unit": "unit_id", "team": "team_id", "day": "date", "week": "date", "month": "date"}


def within(question: Question, rows, unit_field: str = "unit"):
    """The rows of the units of the question."""
    return rows if question.units is None else rows.filter(**{f"{unit_field}__in": question.units})


def narrowed(question: Question, rows, fields: dict[str, str]):
    """The rows to which the question is narrowed, by the fields of this table."""
    for name, path in fields.items():
        if (keys := question.only(name)) is not None:
            found = rows.filter(**{f"{path}__in": keys - {None}})
            rows = found | rows.filter(**{f"{path}__isnull": True}) if None in keys else found
    return rows


def added(question: Question, figures: Iterable[str]) -> Iterator[Fact]:
    """What totals of units add to what is logged."""
    by = {"unit": ["unit_id"], "day": ["counted_on"], "week": ["counted_on"], "month": ["counted_on"]}
    figures = set(figures)
    with_audience = "audience" in question.dims
    plain = figures - {"guided"} if with_audience else figures
    wanted = []
    if plain and question.admits(TOTALS, TIME_DIMS, "totals"):
        wanted.append((plain, lambda row: added_figures(row).items(), ""))
    if with_audience and "guided" in figures and question.admits(TOTALS, TIME_DIMS | {"audience"}, "totals"):
        wanted.append(({"guided"}, lambda row: [(code, row[code]) for code in BY_AUDIENCE], "audience"))
    if not wanted:
        return
    by = by.get(question.group, [])
    for row in excess(units=question.units, first=question.first, last=question.last, by=by):
        key = row[by[0]] if by else {"source": "totals", None: ""}.get(question.group, TOTALS)
        for counted, numbers, split in wanted:
            for code, n in numbers(row):
                if not split and n and code in counted:
                    yield code, key, n
                elif split and n and BY_AUDIENCE[code] in (question.only("audience") or BY_AUDIENCE.values()):
                    yield "guided", BY_AUDIENCE[code] if question.group == "audience" else key, n


def held(question: Question, figures: Iterable[str]) -> Iterator[Fact]:
    """Outreach events that were held, for the unit that organised them."""
    if "events" not in figures or not question.admits("events", TIME_DIMS | {"team"}, "outreach"):
        return
    rows = OutreachEvent.objects.filter(
        state=OutreachEvent.State.HELD, date__range=(question.first, question.last)
    )  # fmt: skip
    rows = narrowed(question, within(question, rows), {"team": "team_id"})
    constant = Value("outreach" if question.group == "source" else "", output_field=CharField())
    key = F(EVENT_FIELDS[question.group]) if question.group in EVENT_FIELDS else constant
    for at, n in rows.order_by().annotate(at=key).values_list("at").annotate(n=Count("pk")):
        yield "events", at, n


DUTY_FIELDS = {
    "unit": "unit",
    "team": "team",
    "post": "assignment__post",
    "volunteer": "assignment__volunteer__user",
    "day": "assignment__date",
    "week": "assignment__date",
    "month": "assignment__date",
}


def attended_rows(question: Question):
    """The attendance rows of a question that count as served."""
    rows = within(question, attended(question.first, question.last), DUTY_FIELDS["unit"])
    rows = narrowed(question, rows, {name: DUTY_FIELDS[name] for name in ("team", "post", "volunteer")})
    if (sources := question.only("source")) is not None and len(sources & {"desk", "outreach"}) < 2:
        at_event = "outreach" in sources
        rows = rows.filter(assignment__event__isnull=not at_event) if sources & {"desk", "outreach"} else rows.none()
    return rows


def served(question: Question, figures: Iterable[str]) -> Iterator[Fact]:
    """Duties that were attended, and the minutes served in them."""
    wanted = {"duties", "hours"} & set(figures)
    if not wanted or not question.admits("duties", TIME_DIMS | {"team", "post", "volunteer"}):
        return
    if question.group == "source":
        key = Case(
            When(assignment__event=None, then=Value("desk")), default=Value("outreach"), output_field=CharField()
        )
    else:
        key = F(DUTY_FIELDS[question.group]) if question.group else Value("", output_field=CharField())
    found = attended_rows(question).order_by().annotate(at=key).values_list("at")
    for at, duties, minutes in found.annotate(duties=Count("pk"), all_minutes=Sum("minutes", default=0)):
        if "duties" in wanted:
            yield "duties", at, duties
        if "hours" in wanted and minutes:
            yield "hours", at, minutes
