"""What the dashboard is asked: period, unit, what to compare with; kept in the address so that a view can be sent."""

import calendar
import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.figures.forms import FigureForm, Text
from reports.figures.spans import Span, spans_of, title_of

COMPARISONS = {"before": gettext_lazy("kỳ liền trước"), "year": gettext_lazy("cùng kỳ năm trước")}
KEPT = ("from", "to", "unit", "team", "as", "compare")
EXAMPLE_FIGURE = "visits"  # one that has every grouping: which figure a card shows is the card's own affair


class DashboardForm(FigureForm):
    """Period, unit, team, as then or as now, and what to compare with."""

    compare = Text(label=gettext_lazy("So với"))

    def __init__(self, data, *, access, today=None):
        super().__init__(data, access=access, today=today, figure=EXAMPLE_FIGURE)

    def clean(self):
        """Without days, this year: the whole of it, as targets run to its end."""
        asked = super().clean()
        if not asked.get("from") and not asked.get("to") and not {"from", "to"} & set(self.errors):
            self.first, self.last = self.today.replace(month=1, day=1), self.today.replace(month=12, day=31)
        return asked

    def clean_compare(self):
        """Refuse a comparison that there is not."""
        compare = self.cleaned_data["compare"]
        if compare and compare not in COMPARISONS:
            self.add_error("compare", _("Chọn before (kỳ liền trước) hoặc year (cùng kỳ năm trước)."))
        return compare


class Filters:
    """A valid form as the cards read it."""

    def __init__(self, form: DashboardForm):
        self.form, self.access, self.today = form, form.access, form.today
        self.first, self.last = form.first, form.last
        self.unit, self.team, self.reading = form.unit, form.team, form.reading
        self.asked = form.asked
        self.compare = form.cleaned_data["compare"]

    @property
    def on(self) -> datetime.date:
        """The day whose standing is shown: today, or the last of a period that is over."""
        return max(self.first, min(self.today, self.last))

    @property
    def is_now(self):
        return self.on == self.today

    @property
    def title(self) -> str:
        return title_of(self.first, self.last)

    @cached_property
    def spans(self) -> list[tuple[Span, bool, str]]:
        """The usual periods, whether each is the one shown, and its address."""
        return [
            (span, (span.first, span.last) == (self.first, self.last), self.query(**dates_of(span)))
            for span in spans_of(self.today)
        ]

    @property
    def before(self) -> tuple[datetime.date, datetime.date] | None:
        """The days to compare with, of a period that runs as many as have passed; None when nothing is compared."""
        if self.compare == "before":
            first = self.first - (self.last - self.first + datetime.timedelta(days=1))
            return first, first + (self.on - self.first)
        if self.compare == "year":
            return year_before(self.first), year_before(self.on)
        return None

    @property
    def before_title(self) -> str:
        return title_of(*self.before) if self.before else ""

    def query(self, **changes) -> str:
        """The address of this view with something changed; None takes a filter off."""
        said = {name: self.form.cleaned_data.get(name) for name in KEPT}
        said = {name: f"{value:%Y-%m-%d}" if hasattr(value, "year") else value for name, value in said.items()}
        said |= changes
        return "?" + urlencode({name: value for name, value in said.items() if value})

    def figure_address(self, figure: str, **narrow) -> str:
        """The page of a figure over the same days and units, down to the rows behind it."""
        days = {"from": f"{self.first:%Y-%m-%d}", "to": f"{self.on:%Y-%m-%d}"}
        return reverse("reports:figure", args=[figure]) + self.query(**days, compare=None, **narrow)

    @property
    def here(self) -> str:
        return self.query()


def dates_of(span: Span) -> dict[str, str]:
    return {"from": f"{span.first:%Y-%m-%d}", "to": f"{span.last:%Y-%m-%d}"}


def year_before(day: datetime.date) -> datetime.date:
    """The same day a year earlier; 29 February becomes the 28th."""
    year = day.year - 1
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))
