"""What the reports ask of the tally."""

import datetime
from typing import NamedTuple

from django.db.models import Q, Sum

from assistance.excess import added_figures, excess
from assistance.figures import FIGURES, Figure
from assistance.models import DailyTally

RECENT_DAYS = 30


class FigureLine(NamedTuple):
    """A figure with its sums: today, over the last RECENT_DAYS days with today, and since 1 January."""

    figure: Figure
    today: int
    recent: int
    year: int


def figure_lines(*, units, today: datetime.date) -> list[FigureLine]:
    """Return a line for every figure over these units (a queryset), with what unit totals add to what is logged.

    Two queries whatever the number of units, visits and totals.
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
    added = {code: [0, 0, 0] for code in FIGURES}
    for row in excess(units=units, first=min(recent, new_year), last=today):
        holds = [row["counted_on"] == today, row["counted_on"] >= recent, row["counted_on"] >= new_year]
        for code, value in added_figures(row).items():
            if code in added:
                added[code] = [n + value * held for n, held in zip(added[code], holds, strict=True)]
    return [
        FigureLine(figure, *map(sum, zip(sums.get(code, (0, 0, 0)), added[code], strict=True)))
        for code, figure in FIGURES.items()
    ]
