"""What the reports ask of the tally, and of attendance."""

import datetime
from typing import NamedTuple

from django.db.models import Q, Sum

from assistance.excess import added_figures, event_excess, excess
from assistance.figures import FIGURES
from assistance.models import DailyTally
from shifts.attendance import served_in
from shifts.figures import DUTY_FIGURES, Figure

RECENT_DAYS = 30


class FigureLine(NamedTuple):
    """A figure with its sums: today, over the last RECENT_DAYS days with today, and since 1 January."""

    figure: Figure
    today: float
    recent: float
    year: float


def figure_lines(*, units, today: datetime.date) -> list[FigureLine]:
    """Return a line for every figure over these units (a queryset), with what results and totals add to what is logged.

    Four queries whatever the number of units, visits, events and totals.
    """
    recent = today - datetime.timedelta(days=RECENT_DAYS - 1)
    new_year = today.replace(month=1, day=1)
    rows = DailyTally.objects.filter(unit__in=units, date__gte=min(recent, new_year), date__lte=today)
    sums = {
        figure: counts
        for figure, *counts in rows.values_list("figure").annotate(
            today=Sum("value", filter=Q(date=today), default=0),
            recent=Sum("value", filter=Q(date__gte=recent), default=0),
            year=Sum("value", filter=Q(date__gte=new_year), default=0),
        )
    }
    periods = {"today": (today, today), "recent": (recent, today), "year": (new_year, today)}
    served = served_in(periods, units=units).values()
    known = {code: sums.get(code, (0, 0, 0)) for code in FIGURES}
    known |= {code: tuple(getattr(part, code) for part in served) for code in DUTY_FIGURES}
    added = added_in(periods, units)
    return [
        FigureLine(figure, *(n + more for n, more in zip(known[code], added.get(code, (0, 0, 0)), strict=True)))
        for code, figure in {**FIGURES, **DUTY_FIGURES}.items()
    ]


def added_in(periods: dict[str, tuple[datetime.date, datetime.date]], units) -> dict[str, list[int]]:
    """Figure -> what results of events and unit totals add in each period; two queries."""
    first, last = min(day for day, _last in periods.values()), max(day for _first, day in periods.values())
    rows = [(row["counted_on"], row) for row in excess(units=units, first=first, last=last)]
    rows += [(row["date"], row) for row in event_excess(units=units, first=first, last=last, by=("date",))]
    added = {}
    for date, row in rows:
        within = [first <= date <= last for first, last in periods.values()]
        for code, value in added_figures(row).items():
            sums = added.setdefault(code, [0] * len(periods))
            for at, held in enumerate(within):
                sums[at] += value * held
    return added
