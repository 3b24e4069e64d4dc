"""Asks: gathers the facts of a question from every source and makes them an answer."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.utils import timezone

from reports.figures.answers import Answer, Row, value_of
from reports.figures.catalogue import TIMES, CountedFigure, check_group, figure_of
from reports.figures.coverage import running
from reports.figures.labels import named
from reports.figures.questions import READINGS, Question, refuse_crossing, time_key
from reports.figures.sources import added, held, served
from reports.figures.tallied import tallied

SOURCES = (tallied, held, served, added)


def ask(figure: str, **asked) -> Answer:
    """Return the answer about one figure; arguments as for ask_all."""
    return ask_all([figure], **asked)[figure]


def ask_all(
    figures: Iterable[str],
    *,
    units,
    first: datetime.date,
    last: datetime.date,
    group: str | None = None,
    team=None,
    reading: str = "then",
    narrow: dict | None = None,
) -> dict[str, Answer]:
    """Return figure -> Answer over these units from first to last, both included; queries do not grow with figures.

    `units` is a queryset or keys, None for all; a unit is the one that the records were stamped with, whatever it has
    below it. `team` (one or several, rows or keys) leaves out what no team can be named for: totals of units. `reading`
    puts rows of units under those that hold them now. `narrow` maps groupings to keys of rows: what such a row opens.
    Raises NoSuchFigure and NoSuchGrouping.
    """
    known = {code: figure_of(code) for code in figures}
    if reading not in READINGS:
        raise ValueError(f"reading is one of {READINGS}")
    narrow = dict(narrow or {})
    if team is not None:
        narrow["team"] = team_keys(team)
    question = Question(units, first, last, group, reading, narrow)
    for figure in known.values():
        check_group(figure, group)
        for name in narrow:
            check_group(figure, name)
        if figure.kind == "tally":
            refuse_crossing(question)
    settled = question.settled()
    fresh_at = timezone.now()
    sums = gather(settled, {part for figure in known.values() for part in figure.parts})
    parts = {code: _of_parts(figure, sums) for code, figure in known.items()}
    names = named(group, set().union(*parts.values())) if group else {}
    return {code: _answer(figure, question, parts[code], names, fresh_at) for code, figure in known.items()}


def team_keys(team) -> frozenset:
    """Keys of a team, of several, or of keys as they come."""
    several = team if isinstance(team, Iterable) and not isinstance(team, str) else [team]
    return frozenset(getattr(one, "pk", one) for one in several)


def gather(question: Question, figures: set[str]) -> dict[str, Counter]:
    """Figure -> key of the grouping -> exact number, over all sources."""
    sums = defaultdict(Counter)
    if "coverage" in figures:
        sums["coverage"] = Counter(running(question))
        if not question.group:
            sums["coverage"] = Counter({"": sum(sums["coverage"].values()), "of": len(sums["coverage"])})
    for source in SOURCES if figures - {"coverage"} else ():
        for figure, key, n in source(question, figures):
            if question.group in TIMES:
                key = time_key(question.group, key)
            elif question.group == "unit":
                key = question.heirs.get(key, key)
            sums[figure][key] += n
    return sums


def _of_parts(figure: CountedFigure, sums) -> Counter:
    found = Counter()
    for part in figure.parts:
        found.update(sums[part])
    return found


def _answer(figure, question, sums, names, fresh_at):
    of = sums.pop("of", None)
    if figure.kind == "coverage" and question.group:
        of = len(sums)
    exact = sum(sums.values())
    rows = []
    if question.group:
        order = sorted(sums, key=lambda key: names[key][2])
        if question.group not in IN_OWN_ORDER:
            order.sort(key=lambda key: (names[key][2][0], -sums[key]))
        rows = [
            Row(
                key=key,
                label=names[key][0],
                value=value_of(sums[key], figure.in_minutes),
                share=sums[key] / exact if exact else None,
                exact=sums[key],
                address=names[key][1],
            )
            for key in order
        ]
    return Answer(
        figure=figure.code,
        name=str(figure.name),
        definition=str(figure.definition),
        first=question.first,
        last=question.last,
        group=question.group,
        reading=question.reading,
        fresh_at=fresh_at,
        exact=exact,
        in_minutes=figure.in_minutes,
        rows=rows,
        of=of,
    )


# Not by size: times run on, people stand by name (no list shames), and few choices stay where they are.
IN_OWN_ORDER = {*TIMES, "hour", "volunteer", "post", "audience", "outcome", "source"}
