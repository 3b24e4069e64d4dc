"""Targets as a file: one row each, found again by figure, whose they are, and the period."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.counts import read_count
from reports.models import Target
from reports.models.targets import figure_choices
from reports.targets.services import DECISION, change_target, set_target
from shifts.imports.cells import Day, OneOf, Reference, Text, UnitReference, plain
from shifts.imports.resource import Column, RowResource
from shifts.models import Team, Unit


class FigureCell(OneOf):
    """A figure by its code or its name."""

    def __init__(self):
        super().__init__(figure_choices())

    def clean(self, value, row=None, **kwargs):
        self.choices = figure_choices()
        return super().clean(value, row, **kwargs)


class GoalCell(Text):
    """A whole number above zero."""

    def clean(self, value, row=None, **kwargs):
        plain(value)  # refuses the errors of a spreadsheet
        return read_count(value)

    def render(self, value, obj=None, **kwargs):
        return value


class TargetResource(RowResource):
    """Takes in targets: a new row is set, one that differs becomes the next version."""

    figure = Column(attribute="figure", widget=FigureCell(), required=True)
    level = Column(attribute="level", widget=OneOf(Target.Level.choices, blank=""))
    unit = Column(attribute="unit", widget=UnitReference(Unit, gettext_lazy("đơn vị"), day_columns=("last",)))
    team = Column(attribute="team", widget=Reference(Team, gettext_lazy("đội hình")))
    first = Column(attribute="first", widget=Day(), required=True, also=["from"])
    last = Column(attribute="last", widget=Day(), required=True, also=["to"])
    rhythm = Column(attribute="rhythm", widget=OneOf(Target.Rhythm.choices, blank=Target.Rhythm.PERIOD))
    minimum = Column(attribute="minimum", widget=GoalCell(), required=True)
    stretch = Column(attribute="stretch", widget=GoalCell(), required=True)
    reason = Column(attribute="reason", widget=Text())

    class Meta:
        model = Target
        fields = ("figure", "level", "unit", "team", "first", "last", "rhythm", "minimum", "stretch", "reason")
        import_id_fields = ("figure", "level", "unit", "team", "first", "last")

    def __init__(self, *args, units=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.units = units

    def get_queryset(self):
        return Target.objects.current().select_related("unit", "team__unit")

    def get_instance(self, instance_loader, row):
        values = {name: self.fields[name].clean(row) for name in self.get_import_id_fields()}
        values["level"] = values["level"] or ""
        return self.get_queryset().filter(**values).first()

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {})
        home = None if errors.get("unit") or errors.get("team") else instance.scope and instance.home_unit
        if home and self.units is not None and not self.units.filter(pk=home.pk).exists():
            errors["unit"] = ValidationError(_("đơn vị này không thuộc phần của bạn"))
        super().validate_instance(instance, errors, validate_unique)

    def save_instance(self, instance, is_create, row, **kwargs):
        decision = {name: getattr(instance, name) for name in DECISION}
        if is_create:
            made = set_target(by=self.by, reason=instance.reason, **decision)
        else:
            given = {"version": instance.version, "reason": instance.reason}
            made = change_target(target=instance, by=self.by, **given, **decision)
        instance.__dict__.update(made.__dict__)
