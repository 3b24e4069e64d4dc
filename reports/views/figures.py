"""/reports/figures/: a figure, what it counts, its groups, and the very rows behind it."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports.figures import FIGURES, GROUPS, ask
from reports.figures.catalogue import SOURCES
from reports.figures.files import csv_response, workbook_response
from reports.figures.forms import NARROWED_BY, TIMES_BY, FigureForm, Text, works_for_units
from reports.figures.labels import named, unit_label
from reports.figures.questions import BY_MATTER, BY_PERSON, TOTALS, Question
from reports.figures.records import records
from reports.figures.sheets import groups_sheet, lines_of, record_headers, record_rows, shown
from reports.figures.spans import spans_of, title_of
from shifts.access import Access

ROWS_ON_PAGE = 50
KEPT = ("from", "to", "unit", "only", "team", "as", *NARROWED_BY, *TIMES_BY)


class PageForm(FigureForm):
    """A figure as a page shows it: which page of its rows, or which file."""

    page = Text(label=gettext_lazy("Trang"))
    format = Text(label=gettext_lazy("Tệp"))


class Asked:
    """A valid form as the pages read it."""

    def __init__(self, form):
        self.form, self.figure = form, form.figure
        self.kept = {name: form.data.get(name) for name in KEPT if form.data.get(name)}

    def address(self, name="reports:figure", **changes):
        """The address of a page of this figure with something changed; None takes it off."""
        parts = {name: value for name, value in (self.kept | changes).items() if value}
        return reverse(name, args=[self.figure.code]) + (f"?{urlencode(parts)}" if parts else "")

    @property
    def groups(self):
        """Groupings that this question can still be divided by."""
        narrowed = set(self.form.narrow) | ({"team"} if self.form.team else set())
        found = []
        for group in self.figure.groups:
            crosses = self.figure.kind == "tally" and (
                (group in BY_PERSON and narrowed & BY_MATTER) or (group in BY_MATTER and narrowed & BY_PERSON)
            )
            of_people = group == "volunteer" and not self.names_people
            if not (group in narrowed or crosses or of_people or self._is_settled(group)):
                found.append(group)
        return found

    def _is_settled(self, group):
        """Whether the question has one unit or one time only, so that dividing by it says nothing."""
        if group == "unit":
            return bool(self.form.unit and self.form.only_this)
        span = (self.form.last - self.form.first).days
        return (group == "day" and span == 0) or (group == "week" and span < 7) or (group == "month" and span < 28)

    @property
    def names_people(self):
        """Whether every team asked for is led by the one who asks: only they see who served."""
        form, led = self.form, self.form.access.led_team_ids
        if form.team is None:
            return bool(led) and not works_for_units(form.access)
        return getattr(form.team, "pk", None) in led

    @property
    def question(self):
        return Question(group=None, **self.form.asked)

    @property
    def scope(self):
        """Whose numbers these are, in words."""
        form = self.form
        if form.team:
            return str(form.team) if form.team != TOTALS else _("Số liệu tổng hợp")
        if form.unit:
            name = unit_label(form.unit, form.today)
            return _("{unit}, riêng đơn vị này").format(unit=name) if form.only_this else name
        if works_for_units(form.access):
            roots = [] if form.access.sees_everything else form.access.roots()
            return ", ".join(map(str, roots)) or _("Tất cả đơn vị")
        return _("Các đội hình tôi phụ trách")

    @property
    def crumbs(self):
        """[(grouping, label, address without it)] of what the page is narrowed to."""
        found = []
        for name in (*NARROWED_BY, *TIMES_BY):
            if name in self.form.narrow:
                key = self.form.narrow[name]
                label = str(SOURCES[key]) if name == "source" else named(name, [key])[key][0]
                found.append((GROUPS[name], label, self.address(**{name: None})))
        if self.form.team:
            found.append((GROUPS["team"], self.scope, self.address(team=None)))
        if self.form.unit:
            name = unit_label(self.form.unit, self.form.today)
            found.append((GROUPS["unit"], name, self.address(unit=None, only=None)))
        return found

    def opened(self, group, row):
        """The address that a row of a grouping opens: the same figure, narrowed to it."""
        if group == "unit":
            return self.address(unit=row.address, only="1")
        if self.figure.code == "coverage":
            return ""
        return self.address(**{group: row.address})


def read(request, figure):
    """Return the form of a page; refuse who may not see figures at all."""
    access = Access.of(request.user)
    if not (works_for_units(access) or access.is_leader):
        raise PermissionDenied(_("Trang này dành cho đội trưởng và người làm việc cho đơn vị."))
    if figure not in FIGURES:
        raise Http404
    return PageForm(request.GET, access=access, figure=figure)


def refused(request, form):
    return render(request, "figures/refused.html", {"form": form, "figure": form.data["figure"]}, status=422)


@never_cache
@require_safe
def figure(request, figure):
    """Show what a figure comes to, what it counts, and how it divides; `format` makes it a file."""
    form = read(request, figure)
    if not form.is_valid():
        return refused(request, form)
    asked = Asked(form)
    groups = asked.groups
    group = form.group if form.group in groups else next(iter(groups), None)
    answer = ask(figure, group=group, **form.asked)
    kind = form.cleaned_data["format"]
    if kind in ("xlsx", "csv") and group:
        headers, rows = groups_sheet(answer)
        name = f"{figure}-{group}-{answer.first:%Y%m%d}-{answer.last:%Y%m%d}"
        if kind == "csv":
            return csv_response(name, headers, rows)
        lines = lines_of(answer, asked.scope)
        return workbook_response(name, title=answer.name, headers=headers, rows=rows, lines=lines)
    most = max((row.exact for row in answer.rows), default=0)
    context = {
        **common(asked, answer),
        "group": group,
        "groups": [(name, GROUPS[name], asked.address(group=name), name == group) for name in groups],
        "rows": [
            (row, shown(row.exact, answer.in_minutes), asked.opened(group, row), 100 * row.exact // (most or 1))
            for row in answer.rows
        ],
        "files": [(kind.upper(), asked.address(group=group, format=kind)) for kind in ("xlsx", "csv")],
        "rows_url": asked.address("reports:rows"),
    }
    return render(request, "figures/figure.html", context)


def common(asked, answer):
    """What both pages of a figure show."""
    form = asked.form
    return {
        "asked": asked,
        "form": form,
        "answer": answer,
        "total": shown(answer.exact, answer.in_minutes),
        "period": title_of(form.first, form.last),
        "spans": [
            (span.name, asked.address(**{"from": f"{span.first}", "to": f"{span.last}"}),
             (span.first, span.last) == (form.first, form.last))
            for span in spans_of(form.today)
        ],
        # A team is one team, whichever unit it stands under.
        "readings": [] if form.team else [
            (_("Đơn vị lúc đó"), asked.address(**{"as": None}), form.reading == "then"),
            (_("Đơn vị hiện nay"), asked.address(**{"as": "now"}), form.reading == "now"),
        ],
        "hidden": [(name, value) for name, value in asked.kept.items() if name not in ("from", "to", "unit", "only")],
    }  # fmt: skip


@never_cache
@require_safe
def rows(request, figure):
    """Show the very rows behind a number, page by page; `format` makes all of them a file."""
    form = read(request, figure)
    if not form.is_valid():
        return refused(request, form)
    asked = Asked(form)
    answer = ask(figure, **form.asked)
    found = records(asked.figure, asked.question.settled(), user=request.user, with_names=asked.names_people)
    kind = form.cleaned_data["format"]
    if kind in ("xlsx", "csv"):
        name = f"{figure}-{answer.first:%Y%m%d}-{answer.last:%Y%m%d}"
        cells = record_rows(found, answer.in_minutes)
        if kind == "csv":
            return csv_response(name, record_headers(answer), cells)
        lines = lines_of(answer, asked.scope)
        return workbook_response(name, title=answer.name, headers=record_headers(answer), rows=cells, lines=lines)
    page = Paginator(range(found.count), ROWS_ON_PAGE).get_page(form.cleaned_data["page"][:9])
    shown_rows = found.slice(page.start_index() - 1 if found.count else 0, ROWS_ON_PAGE)
    context = {
        **common(asked, answer),
        "page": page,
        "count": found.count,
        "rows": [(row, shown(row.n, answer.in_minutes)) for row in shown_rows],
        "with_names": asked.names_people,
        "previous": asked.address("reports:rows", page=page.previous_page_number()) if page.has_previous() else "",
        "next": asked.address("reports:rows", page=page.next_page_number()) if page.has_next() else "",
        "files": [(kind.upper(), asked.address("reports:rows", format=kind)) for kind in ("xlsx", "csv")],
        "figure_url": asked.address(),
    }
    return render(request, "figures/rows.html", context)

