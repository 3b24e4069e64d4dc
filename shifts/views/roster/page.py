"""What the builder's views share: who may come in, which days are shown, and how an act is answered."""

import calendar
import datetime
import re
from dataclasses import dataclass
from functools import cached_property

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from shifts.access import Access
from shifts.dates import monday_of
from shifts.models import Roster, RosterRun
from shifts.roster.board import Board, in_words
from shifts.roster.changes import FIRST_YEAR, LAST_YEAR, last_undoable
from shifts.roster.explain import Explainer, away_on
from shifts.roster.optimiser.problem import Weights
from shifts.roster.proof import changed_since
from shifts.roster.runs import is_under_way, latest_run, proven_spread, waits_for_nobody
from shifts.roster.spots import Spot
from shifts.roster.templates import templates_of
from shifts.roster.weeks import weeks_of
from shifts.urls.converters import MonthConverter, WeekConverter

ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """The days of a page: a month or a week."""

    first: datetime.date
    last: datetime.date
    is_week: bool = False

    @classmethod
    def of_month(cls, date):
        return cls(date.replace(day=1), date.replace(day=calendar.monthrange(date.year, date.month)[1]))

    @classmethod
    def of_week(cls, monday):
        return cls(monday, min(monday, datetime.date.max - 6 * ONE_DAY) + 6 * ONE_DAY, is_week=True)

    @classmethod
    def parse(cls, text):
        """Return the period that the text names (2026-11, 2026-W48), or None."""
        try:
            if re.fullmatch(WeekConverter.regex, text or ""):
                return cls.of_week(WeekConverter().to_python(text))
            if re.fullmatch(MonthConverter.regex, text or ""):
                return cls.of_month(MonthConverter().to_python(text))
        except (ValueError, OverflowError):
            return None
        return None

    @property
    def key(self):
        return WeekConverter().to_url(self.first) if self.is_week else MonthConverter().to_url(self.first)

    @property
    def is_known(self):
        """Whether rosters are kept of these days."""
        return self.first.year >= FIRST_YEAR and self.last.year < LAST_YEAR

    @property
    def month(self):
        """First day of the month that the page belongs to; of a week, the month of its Thursday."""
        return (self.first + 3 * ONE_DAY if self.is_week else self.first).replace(day=1)

    @property
    def title(self):
        if self.is_week:
            return _("Tuần {first} – {last}").format(first=f"{self.first:%d/%m}", last=f"{self.last:%d/%m/%Y}")
        return _("Tháng {month}").format(month=f"{self.first.month}/{self.first.year}")

    def url(self, site):
        return reverse("roster:week" if self.is_week else "roster:month", args=[site.code, self.first])

    def neighbours(self):
        """The periods before and after, None beyond the years that rosters are kept of."""
        make = Period.of_week if self.is_week else Period.of_month
        start = self.first - 7 * ONE_DAY if self.is_week else self.first - ONE_DAY
        found = [make(start), make(self.last + ONE_DAY)] if self.is_known else [None, None]
        return [period if period and period.is_known else None for period in found]


def seen_site(request, code):
    """(site, whether this person may change its roster); 404 for a site they may not know of."""
    access = Access.of(request.user)
    site = get_object_or_404(access.rostered_sites(), code=code)
    return site, access.may_manage_site(site)


def managed_site(request, code):
    """The site whose roster is to be changed: 404 for a stranger, 403 for who may only look."""
    site, manages = seen_site(request, code)
    if not manages:
        raise PermissionDenied(_("Chỉ đội trưởng và cán bộ phụ trách được sửa lịch trực này."))
    return site


def stored_roster(site, month):
    """The roster of the month, or an unsaved one where none was begun: looking makes no rows."""
    roster = Roster.objects.filter(site=site, month=month).first() or Roster(site=site, month=month)
    roster.site = site
    return roster


class Page:
    """All that the builder's page shows of one period to one person; parts are read when they are printed."""

    offer_undo = True

    def __init__(self, request, site, period, *, manages, at="", said="", laid=None):
        self.request, self.site, self.period, self.manages = request, site, period, manages
        self.said, self.laid, self.focus = said, laid, at
        self.roster = stored_roster(site, period.month)
        self.spot = Spot.parse(at) if manages else None
        limits = {} if manages else {"published": self._published_months(), "me": self._me()}
        self.board = Board(site, period.first, period.last, **limits)

    def _published_months(self):
        months = {self.period.first.replace(day=1), self.period.last.replace(day=1)}
        return set(Roster.objects.published().filter(site=self.site, month__in=months).values_list("month", flat=True))

    def _me(self):
        volunteer = getattr(self.request.user, "volunteer", None)
        return volunteer.pk if volunteer else None

    @property
    def calendar_url(self):
        """Where days are opened and closed, for who may."""
        return reverse("roster:calendar", args=[self.site.code]) if self.manages else ""

    @property
    def import_url(self):
        access = Access.of(self.request.user)
        return reverse("team_import") if access.is_leader or access.is_administrator else ""

    @property
    def gap(self):
        """How far the wishes may be from their best, in percent."""
        run = latest_run(self.roster)
        return in_words(100 * run.result.get("gap", 0)) if run else ""

    @cached_property
    def folds(self):
        """The weeks of the grid, some of them folded on a phone."""
        return weeks_of(self.board, self._focused_date())

    def _focused_date(self):
        """The date of the spot or day that was chosen, or where the act ended."""
        try:
            return datetime.date.fromisoformat(self.focus[:10])
        except ValueError:
            return None

    @property
    def now_id(self):
        """Where the present week begins on this page, or nothing."""
        return next((f"week-{week.monday}" for week in self.folds if week.is_now), "")

    @property
    def columns(self):
        """How many columns the grid has: the day, each post, and leave for who manages."""
        return 1 + len(self.board.posts) + bool(self.manages)

    @property
    def weeks(self):
        """(Monday, words) of the weeks of this page, for a template."""
        monday = monday_of(self.period.first)
        found = []
        while monday <= self.period.last:
            found.append((monday.isoformat(), f"{monday:%d/%m} – {monday + 6 * ONE_DAY:%d/%m}"))
            monday += 7 * ONE_DAY
        return found

    @property
    def is_hidden(self):
        """Whether there is nothing yet that this person may see: no draft for members."""
        return not self.manages and not self.board.published

    def context(self):
        """Everything the templates name."""
        board, period, roster = self.board, self.period, self.roster
        before, after = period.neighbours()
        context = {
            "page": self,
            "board": board,
            "site": self.site,
            "period": period,
            "roster": roster,
            "manages": self.manages,
            "before": before.url(self.site) if before else "",
            "after": after.url(self.site) if after else "",
            "here": period.url(self.site),
            "other": self._other().url(self.site),
            "month_key": f"{period.month:%Y-%m}",
            "said": self.said,
            "away_label": _("Báo bận"),
            "laid": self.laid,
            "focus": self.focus,
        }
        if self.manages:
            context |= self._tools()
        return context

    def _other(self):
        if self.period.is_week:
            return Period.of_month(self.period.month)
        days, today = sorted(self.board.open_days), timezone.localdate()
        day = today if self.period.first <= today <= self.period.last else None
        day = day or (days[0] if days else self.period.first)
        return Period.of_week(monday_of(day))

    def _tools(self):
        run = latest_run(self.roster)
        undoable = self._undoable()
        changed = [] if self.period.is_week else changed_since(run, self.board)
        proven = None if self.period.is_week or changed else proven_spread(self.roster, run, undoable)
        spread = proven if proven is not None else self.board.spread()
        return {
            "run": run,
            "under_way": is_under_way(run),
            "nobody": run is not None and waits_for_nobody(run),
            "failed": run is not None and run.state == RosterRun.State.FAILED,
            "proven": proven is not None,
            "changed": changed if not self.roster.is_published else [],
            "spread": None if spread is None else in_words(spread / self.board.sessions_a_day),
            "undoable": undoable,
            "undo_url": reverse("roster:undo", args=[self.site.code, undoable.roster.month]) if undoable else "",
            "templates": templates_of(self.site),
            "weights": self._weights(run),
            "panel": self.panel(),
            "day": self.day(),
        }

    def _undoable(self):
        """The change that undo would reverse; in a week over two months the later of theirs."""
        rosters = [self.roster]  # whose changes then know their roster
        months = {self.period.first.replace(day=1), self.period.last.replace(day=1)} - {self.roster.month}
        rosters += [stored_roster(self.site, month) for month in months]
        found = [change for roster in rosters if roster.pk and (change := last_undoable(roster))]
        return max(found, key=lambda change: change.pk, default=None)

    @staticmethod
    def _weights(run):
        """(code, label, weight) as of the latest run."""
        kept = (run.result.get("weights") or {}) if run else {}
        return [(code, label, kept.get(code, weight)) for code, label, weight in Weights().labelled()]

    def panel(self):
        """The explanation of the chosen spot, or None."""
        spot = self.spot
        if spot is None or not self.period.first <= spot.date <= self.period.last:
            return None
        post = next((post for post in self.board.posts if post.pk == spot.post), None)
        if post is None:
            return None
        roster = self.roster if spot.month == self.period.month else stored_roster(self.site, spot.month)
        return Explainer(roster, self.board.sessions_a_day).explain(spot, post)

    def day(self):
        """(date, who is on leave) when a day was chosen instead of a spot."""
        date = self._focused_date() if self.manages and len(self.focus) == 10 else None
        if date is None or not self.period.first <= date <= self.period.last:
            return None
        return date, away_on(self.roster, date)

    @property
    def repair_url(self):
        """Where the hole in the panel is filled with the fewest moves: in a published roster."""
        if not self.roster.is_published or self.spot is None or self.spot.month != self.roster.month:
            return ""
        code = next(post.code for post in self.board.posts if post.pk == self.spot.post)
        query = urlencode({"date": self.spot.date, "session": self.spot.sessions[0], "post": code})
        return f"{reverse('roster:repair', args=[self.site.code, self.roster.month])}?{query}"


def show(request, site, period, *, manages, at="", said="", laid=None, offer_undo=True, status=200):
    """The whole page, or for htmx the board alone."""
    page = Page(request, site, period, manages=manages, at=at, said=said, laid=laid)
    page.offer_undo = offer_undo
    template = "roster/_board.html" if request.htmx else "roster/builder.html"
    return render(request, template, page.context(), status=status)


def period_of(request, default):
    """The days the person was looking at when they acted."""
    period = Period.parse(request.POST.get("view") or request.GET.get("view", ""))
    if period is None or not period.is_known:
        period = Period.of_month(default)
    return period if period.is_known else Period.of_month(timezone.localdate())


def done(request, site, period, *, at="", said="", laid=None, offer_undo=True):
    """Answer an act that was done: the board as it is now, or the way back to it."""
    if request.htmx:
        return show(request, site, period, manages=True, at=str(at), said=said, laid=laid, offer_undo=offer_undo)
    if said:
        messages.success(request, said)
    for sentence in (laid.refused if laid else [])[:8]:
        messages.warning(request, sentence)
    return redirect(f"{period.url(site)}?at={at}" if at else period.url(site))


def refused(request, site, period, sentence, *, at=""):
    """Answer an act that was refused: the sentence in place, and nothing else changes."""
    if request.htmx:
        response = render(request, "roster/_refused.html", {"sentence": sentence}, status=422)
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#refused", "innerHTML"
        return response
    messages.error(request, sentence)
    return redirect(f"{period.url(site)}?at={at}" if at else period.url(site))
