"""What the reports ask of the tally, and of attendance."""

import datetime
from typing import NamedTuple

from django.db.models import Q, Sum

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
    """Return a line for every figure over these units (a queryset); two queries whatever their number."""
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
    lines = [FigureLine(figure, *sums.get(code, (0, 0, 0))) for code, figure in FIGURES.items()]
    periods = {"today": (today, today), "recent": (recent, today), "year": (new_year, today)}
    served = served_in(periods, units=units).values()
    return lines + [
        FigureLine(figure, *(getattr(part, code) for part in served)) for code, figure in DUTY_FIGURES.items()
    ]
