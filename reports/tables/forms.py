"""Reads which table is wanted: the period, the unit or team, the reading and the format, within the person's rights."""

import datetime

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.unit_reach import unit_of
from assistance.unit_tree import in_order
from reports.figures.forms import Day, Text, works_for_units
from reports.figures.labels import address_of
from reports.periods import PeriodRefused, ReportPeriod
from shifts.models import Team, Unit
from shifts.succession import current_units

FORMATS = ["html", "print", "pdf", "xlsx", "csv", "txt"]
READINGS = [("then", gettext_lazy("Đơn vị lúc đó")), ("now", gettext_lazy("Đơn vị hiện nay"))]


class TableForm(forms.Form):
    """A table's address. What a person may not know of is refused in the words of what does not exist."""

    period = Text(label=gettext_lazy("Kỳ"))
    unit = Text(label=gettext_lazy("Đơn vị"))
    team = Text(label=gettext_lazy("Đội hình"))
    format = Text(label=gettext_lazy("Định dạng"))

    def __init__(self, data, *, access, today: datetime.date):
        super().__init__(data)
        self.access, self.today = access, today
        self.by_units = works_for_units(access)
        self.fields["from"], self.fields["to"] = Day(label=_("Từ ngày")), Day(label=_("Đến ngày"))
        self.fields["as"] = Text(label=_("Xem theo"))

    def clean(self):
        """Check what several fields say together; `self` then knows the period, the scope and the reading."""
        asked = self.cleaned_data
        self.period_asked = self._period(asked)
        self.reading = self._one_of("as", [code for code, _label in READINGS]) or "then"
        self.format_asked = self._one_of("format", FORMATS) or "html"
        self.team_asked = self._team(asked.get("team"))
        self.unit_asked = self._unit(asked.get("unit"))
        return asked

    def _period(self, asked):
        first, last = asked.get("from"), asked.get("to")
        try:
            if asked.get("period") and not (first or last):
                return ReportPeriod.read(asked["period"])
            if first or last:
                return ReportPeriod.between(first or last.replace(day=1), last or max(first, self.today))
        except PeriodRefused as error:
            self.add_error("from" if first or last else "period", str(error))
        return ReportPeriod.of("month", self.today)

    def _one_of(self, name, known):
        value = self.cleaned_data.get(name)
        if value and value not in known:
            self.add_error(name, _("Không có “{value}”. Chọn một trong: {known}.").format(
                value=value, known=", ".join(known)
            ))  # fmt: skip
        return value

    def _team(self, text):
        led = self.access.led_team_ids
        if not text:
            return None if self.by_units else self.teams()
        team = Team.objects.filter(code=text[:20]).first()
        if team and (team.pk in led or self.access.units().filter(pk=team.unit_id).exists()):
            return [team]
        self.add_error("team", _("Không có đội hình này. Ghi mã đội hình."))
        return None

    def _unit(self, text):
        if not text:
            return self.usual_unit() if self.by_units and not self.team_asked else None
        try:
            return unit_of(self.access, text, self.period_asked)
        except Http404:
            self.add_error("unit", _("Không có đơn vị này. Ghi mã đơn vị, ví dụ 06652."))
            return None

    def usual_unit(self):
        """The unit that this person works for; of several the highest, that holds in the period."""
        roots = self.access.roots()
        if self.access.sees_everything and not roots:
            roots = list(Unit.objects.filter(parent=None).order_by("-valid_from"))
        order = sorted(roots, key=lambda unit: (not self.period_asked.meets(unit), unit.path.count(".")))
        return order[0] if order else None

    def teams(self):
        """The teams that this person leads."""
        return list(Team.objects.filter(pk__in=self.access.led_team_ids).order_by("code"))

    @property
    def units(self):
        """The units of the table, as a queryset; None where a team's leader asks for all that the team did."""
        teams = self.team_asked
        if teams and {team.pk for team in teams} <= self.access.led_team_ids and not self.unit_asked:
            return None
        within = self._within()
        return within if self.access.sees_everything else within.filter(pk__in=self.access.units().values("pk"))

    def _within(self):
        if self.unit_asked is None:
            return Unit.objects.all()
        if self.reading == "then":
            return Unit.objects.within(self.unit_asked)
        below = set(Unit.objects.filter(path__startswith=self.unit_asked.path).values_list("pk", flat=True))
        heirs = current_units(self.today)
        return Unit.objects.filter(pk__in=[before for before, heir in heirs.items() if heir in below])

    @property
    def team_keys(self):
        return None if self.team_asked is None else [team.pk for team in self.team_asked]

    @property
    def scope(self) -> str:
        """Whose numbers these are, in words."""
        if self.team_asked:
            return ", ".join(team.name for team in self.team_asked)
        return str(self.unit_asked or "")

    def query(self, **changes) -> dict[str, str]:
        """The parts of this table's address, with these changed; None leaves one out."""
        period = self.period_asked
        parts = {"period": period.key} if period.key else {"from": f"{period.first}", "to": f"{period.last}"}
        if self.unit_asked:
            parts["unit"] = address_of(self.unit_asked)
        if self.cleaned_data.get("team"):
            parts["team"] = self.cleaned_data["team"]
        if self.reading == "now":
            parts["as"] = "now"
        if "period" in changes:
            parts = {name: value for name, value in parts.items() if name not in ("from", "to")}
        return {name: value for name, value in {**parts, **changes}.items() if value}

    def typed_days(self):
        """(name, label, what stands there) of the two days that make a period of one's own."""
        period = getattr(self, "period_asked", None)
        for name, day in (("from", period and period.first), ("to", period and period.last)):
            shown, typed = f"{day:%d/%m/%Y}" if day else "", self.data.get(name, "")[:40]
            # Either may be the wrong one of the two: both stay as they were typed.
            yield name, self.fields[name].label, typed if {"from", "to"} & set(self.errors) else shown

    def choices_of_units(self):
        """(address, name, depth) of the units to choose from: the tree as it was at the end of the period."""
        on = self.today if self.reading == "now" else self.period_asked.last
        reached = self.access.units().on(on)
        lines = in_order(list(reached.only("code", "name", "level", "parent_id", "valid_from", "valid_until")))
        found = [(address_of(line.unit), line.unit.name, line.depth) for line in lines]
        asked = self.unit_asked and address_of(self.unit_asked)
        if asked and asked not in [address for address, _name, _depth in found]:
            found.insert(0, (asked, self.unit_asked.name, 0))
        return found
