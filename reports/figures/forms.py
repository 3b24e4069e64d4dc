"""Reads what an address asks of the figures, within what the person may know, or says field by field what is wrong."""

import datetime

from django import forms
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.models import Department, Dossier, Procedure, Visit
from assistance.unit_reach import unit_of
from reports.figures.answers import NoSuchFigure, NoSuchGrouping
from reports.figures.asking import team_keys
from reports.figures.catalogue import GROUPS, SOURCES, check_group, figure_of
from reports.figures.questions import RESULTS, TOTALS, Question, refuse_crossing, time_key
from reports.figures.spans import EARLIEST_YEAR, LATEST_YEAR, LONGEST_YEARS, is_too_long
from shifts.duties.forms import DATE_INPUTS, LARGEST_KEY
from shifts.models import Team, Unit
from shifts.succession import current_units

UNREADABLE = gettext_lazy("Có ký tự không đọc được. Hãy gõ lại.")
# What a row of these groupings is narrowed to by a field of its own; times and places narrow elsewhere.
NARROWED_BY = ("post", "volunteer", "department", "procedure", "audience", "outcome", "hour", "source")
TIMES_BY = ("day", "week", "month")


class Text(forms.CharField):
    """A word of an address: short, optional, without characters that no database takes."""

    default_error_messages = {"null_characters_not_allowed": UNREADABLE}

    def __init__(self, **kwargs):
        super().__init__(required=False, max_length=40, **kwargs)
        self.error_messages["max_length"] = gettext_lazy("Dài quá. Hãy ghi ngắn lại.")
        for validator in self.validators:
            if hasattr(validator, "message") and validator.__class__.__name__ == "ProhibitNullCharactersValidator":
                validator.message = UNREADABLE
            elif validator.__class__.__name__ == "MaxLengthValidator":
                validator.message = gettext_lazy("Dài quá. Hãy ghi ngắn lại.")


class Day(forms.DateField):
    """A day, day first or as 2026-11-24, in years that figures can have."""

    default_error_messages = {"invalid": gettext_lazy("Không đọc được ngày này. Ghi như 24/11/2026 hoặc 2026-11-24.")}

    def __init__(self, **kwargs):
        super().__init__(required=False, input_formats=DATE_INPUTS, **kwargs)

    def clean(self, value):
        day = super().clean(value)
        if day and not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise forms.ValidationError(
                _("Năm phải từ {first} đến {last}.").format(first=EARLIEST_YEAR, last=LATEST_YEAR)
            )
        return day


class FigureForm(forms.Form):
    """Which figure, of which unit or team, in which days, divided and narrowed how; all but the figure may be left out.

    `access` bounds it: what a person may not know of is refused in the words of what does not exist.
    """

    figure = Text(label=gettext_lazy("Số liệu"))
    unit = Text(label=gettext_lazy("Đơn vị"))
    only = forms.BooleanField(required=False)
    team = Text(label=gettext_lazy("Đội hình"))
    group = Text(label=gettext_lazy("Chia theo"))
    post, volunteer, department, procedure, audience, outcome, hour, source = (Text() for _name in NARROWED_BY)
    day, week, month = (Text() for _name in TIMES_BY)

    def __init__(self, data, *, access, today=None, figure=None):
        super().__init__({**data.dict(), "figure": figure} if figure else data)
        self.access, self.today = access, today or timezone.localdate()
        for name in (*NARROWED_BY, *TIMES_BY):
            self.fields[name].label = str(GROUPS[name]).capitalize()
        self.fields["from"], self.fields["to"] = Day(label=_("Từ ngày")), Day(label=_("Đến ngày"))
        self.fields["as"] = Text(label=_("Đơn vị xem theo"))

    def clean(self):
        """Check what several fields say together."""
        asked = self.cleaned_data
        self.first = asked.get("from") or self.today.replace(month=1, day=1)
        self.last = asked.get("to") or max(self.today, self.first)
        if asked.get("from") and asked.get("to") and self.first > self.last:
            self.add_error("from", _("Ngày đầu phải trước hoặc bằng ngày cuối."))
        elif self.first > self.last:
            self.first = self.last.replace(month=1, day=1)
        if is_too_long(self.first, self.last):
            self.add_error(
                "from", _("Mỗi lần xem nhiều nhất {years} năm. Hãy chọn kỳ ngắn hơn.").format(years=LONGEST_YEARS)
            )
        self.reading = asked.get("as") or "then"
        if self.reading not in ("then", "now"):
            self.add_error("as", _("Chọn then (đơn vị lúc đó) hoặc now (đơn vị hiện nay)."))
            self.reading = "then"
        self.unit = self._unit(asked.get("unit"))
        self.team = self._team(asked.get("team"))
        self.narrow = {name: key for name in (*NARROWED_BY, *TIMES_BY) if (key := self._key(name)) is not MISSING}
        self._check_figure(asked)
        self._check_volunteers(asked)
        return asked

    def _unit(self, text):
        if not text:
            return None
        try:
            return unit_of(self.access, text)
        except Http404:
            self.add_error("unit", _("Không có đơn vị này. Ghi mã đơn vị, ví dụ 06652."))
            return None

    def _team(self, text):
        if not text:
            return None
        if text == TOTALS:
            return TOTALS
        team = Team.objects.filter(code=text[:20]).select_related("unit").first()
        known = team and (team.pk in self.access.led_team_ids or self.access.units().filter(pk=team.unit_id).exists())
        if known:
            return team
        self.add_error("team", _("Không có đội hình này. Ghi mã đội hình."))
        return None

    def _key(self, name):
        text = self.cleaned_data.get(name)
        if not text:
            return MISSING
        if text in (TOTALS, RESULTS) and name != "source":
            return text
        if text == "none":
            return "" if name == "outcome" else None
        try:
            return KEYS[name](text)
        except (LookupError, ValueError, OverflowError):
            self.add_error(name, _("Không có “{value}” ở đây.").format(value=text))
            return MISSING

    def _check_figure(self, asked):
        try:
            self.figure = figure_of(asked.get("figure"))
        except NoSuchFigure as error:
            self.figure = None
            if "figure" not in self.errors:
                self.add_error("figure", str(error))
            return
        self.group = asked.get("group") or None
        by_team = self.team or not works_for_units(self.access)
        everything = {**self.narrow, **({"team": None} if by_team else {})}
        for field, group in [("group", self.group), *((name, name) for name in everything)]:
            try:
                check_group(self.figure, group)
            except NoSuchGrouping as error:
                field = field if self.team or field != "team" else "figure"
                if field not in self.errors:
                    self.add_error(field, str(error))
        if self.figure.kind == "tally" and not self.errors:
            try:
                refuse_crossing(Question(None, self.first, self.last, self.group, narrow=everything))
            except NoSuchGrouping as error:
                self.add_error("group", str(error))

    def _check_volunteers(self, asked):
        """Figures of single people are for the leaders of their team: above it, nobody is ranked."""
        if "volunteer" not in {asked.get("group"), *self.narrow}:
            return
        led = self.access.led_team_ids
        if not led or (isinstance(self.team, Team) and self.team.pk not in led):
            field = "group" if asked.get("group") == "volunteer" else "volunteer"
            self.add_error(field, _("Chia theo tình nguyện viên chỉ dành cho đội trưởng, trong đội của mình."))

    @property
    def asked(self) -> dict:
        """The arguments of ask(); the form is valid."""
        by_person = "volunteer" in {self.group, *self.narrow}
        narrow, team = dict(self.narrow), self.team
        if team is None and (by_person or not works_for_units(self.access)):
            team = self.access.led_team_ids
        leads = team is not None and team != TOTALS and set(team_keys(team)) <= self.access.led_team_ids
        if team is not None:
            narrow["team"] = TOTALS if team == TOTALS else team_keys(team)
        # What a team did counts for its leader, under whichever unit it stood then.
        return {
            "units": self._units(None if leads or self.access.sees_everything else self.access.units()),
            "first": self.first,
            "last": self.last,
            "reading": self.reading,
            "narrow": narrow,
        }

    def _units(self, reached):
        if self.unit is None:
            return reached
        within = Unit.objects.filter(pk=self.unit.pk) if self.only_this else Unit.objects.within(self.unit)
        if self.reading == "now":
            below = Unit.objects.filter(path__startswith=self.unit.path)
            now = {self.unit.pk} if self.only_this else set(below.values_list("pk", flat=True))
            keys = [before for before, heir in current_units(self.today).items() if heir in now]
            within = Unit.objects.filter(pk__in=keys)
        if reached is None:
            return within
        return within.filter(pk__in=reached.values("pk"))

    @property
    def only_this(self):
        return self.cleaned_data["only"]


MISSING = object()


def works_for_units(access) -> bool:
    return access.has_unit_role or access.sees_everything


def one_of(values):
    """A reader of a word that must be among these."""

    def read(text):
        if text not in values:
            raise LookupError(text)
        return text

    return read


def key_of_row(text):
    """A key as addresses write it."""
    key = int(text) if text.isascii() and text.isdecimal() else 0
    if not 0 < key <= LARGEST_KEY:
        raise LookupError(text)
    return key


def by_code(model):
    """A reader of the code of a row."""

    def read(text):
        key = model.objects.filter(code=text).values_list("pk", flat=True).first()
        if key is None:
            raise LookupError(text)
        return key

    return read


def hour(text):
    if not (text.isascii() and text.isdecimal() and 0 <= int(text) < 24):
        raise LookupError(text)
    return int(text)


def first_day(time):
    """A reader of the first day of a day, week or month."""

    def read(text):
        day = datetime.date.fromisoformat(text)
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            raise LookupError(text)
        return time_key(time, day)

    return read


KEYS = {
    "post": key_of_row,
    "volunteer": key_of_row,
    "department": by_code(Department),
    "procedure": by_code(Procedure),
    "audience": one_of(Visit.Audience.values),
    "outcome": one_of(Dossier.Outcome.values),
    "hour": hour,
    "source": one_of(SOURCES),
    **{time: first_day(time) for time in TIMES_BY},
}
