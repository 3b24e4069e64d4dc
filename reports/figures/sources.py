"""Where figures come from beside the tally.

Each function yields (figure, key of the grouping, number) for a question that is settled. A key of None is what has no
value there; TOTALS and RESULTS stand for what cannot be divided as asked.
"""

from collections.abc import Iterable, Iterator

from django.db.models import Case, CharField, Count, F, Sum, Value, When

from assistance.excess import added_figures, event_excess, excess
from reports.figures.questions import RESULTS, TOTALS, Question
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
    """What results of events add to the visits logged there, and totals of units to all that is logged."""
    days = {"day": "date", "week": "date", "month": "date"}
    yield from _excess(
        question, set(figures), RESULTS, TIME_DIMS | {"team"}, "outreach",
        {"unit": "unit_id", "team": "team_id", **days},
        lambda by: event_excess(
            units=question.units, teams=question.only("team"), first=question.first, last=question.last, by=by
        ),
    )  # fmt: skip
    yield from _excess(
        question, set(figures), TOTALS, TIME_DIMS, "totals",
        {"unit": "unit_id", **dict.fromkeys(days, "counted_on")},
        lambda by: excess(units=question.units, first=question.first, last=question.last, by=by),
    )  # fmt: skip


def _excess(question, figures, part, dims, source, fields, ask):
    """Facts of one kind of excess; only guided is divided by audience."""
    with_audience = "audience" in question.dims
    plain = figures - {"guided"} if with_audience else figures
    plain = plain if question.admits(part, dims, source) else set()
    split = with_audience and "guided" in figures and question.admits(part, dims | {"audience"}, source)
    if not plain and not split:
        return
    by = [fields[question.group]] if question.group in fields else []
    audiences = question.only("audience") or set(BY_AUDIENCE.values())
    for row in ask(by):
        key = row[by[0]] if by else {"source": source, None: ""}.get(question.group, part)
        for code, n in added_figures(row).items():
            if n and code in plain:
                yield code, key, n
        for code, audience in BY_AUDIENCE.items() if split else ():
            if row[code] and audience in audiences:
                yield "guided", audience if question.group == "audience" else key, row[code]


def held_rows(question: Question):
    """Outreach events that were held, of the units that organised them."""
    rows = OutreachEvent.objects.filter(state=OutreachEvent.State.HELD, date__range=(question.first, question.last))
    return narrowed(question, within(question, rows), {"team": "team_id"})


def held(question: Question, figures: Iterable[str]) -> Iterator[Fact]:
    """Outreach events that were held, counted."""
    if "events" not in figures or not question.admits("events", TIME_DIMS | {"team"}, "outreach"):
        return
    constant = Value("outreach" if question.group == "source" else "", output_field=CharField())
    key = F(EVENT_FIELDS[question.group]) if question.group in EVENT_FIELDS else constant
    found = held_rows(question).order_by().annotate(at=key).values_list("at").annotate(n=Count("pk"))
    for at, n in found:
        if n:
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
