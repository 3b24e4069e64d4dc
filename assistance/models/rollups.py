"""The tally rolled up by month: what dashboards ask of closed days, in rows that do not grow with the visits.

Each row has a month, a figure, what it is of, and one number for each day. How they are made, and how a day that was
changed since is left out until it is made again: assistance/rollups.py.
"""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from assistance.figures import FIGURES, TOTAL_COLUMNS

DAYS = [f"d{day:02d}" for day in range(1, 32)]


def key_to(model, **options):
    """A key without index and constraint of its own: the tally below has both, and the rows are made from it."""
    return models.ForeignKey(
        model, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False, **options
    )


def in_all_its_days(name):
    """The constraint that the value of a month is the sum of its days."""
    return models.CheckConstraint(condition=Q(value=sum((F(day) for day in DAYS[1:]), F(DAYS[0]))), name=name)


class MonthOfDays(models.Model):
    """A month of one figure: `value` is the sum of its days."""

    figure = models.CharField(max_length=25)
    month = models.DateField()
    value = models.PositiveIntegerField()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.month:%m/%Y} {self.figure} {self.value}"


for _day in DAYS:
    MonthOfDays.add_to_class(_day, models.PositiveIntegerField(default=0))


class PlaceMonth(MonthOfDays):
    """By unit, team and audience, and whether it was logged at an outreach event."""

    unit = key_to("shifts.Unit")
    team = key_to("shifts.Team")
    audience = models.CharField(max_length=10)
    outreach = models.BooleanField()

    class Meta:
        verbose_name = _("số liệu tháng theo đơn vị")
        verbose_name_plural = _("số liệu tháng theo đơn vị")
        constraints = [
            models.UniqueConstraint(
                fields=["figure", "month", "unit", "team", "audience", "outreach"], name="place_month_key"
            ),
            in_all_its_days("place_month_is_its_days"),
        ]


class PersonMonth(MonthOfDays):
    """By unit, team, post and volunteer."""

    unit = key_to("shifts.Unit")
    team = key_to("shifts.Team")
    post = key_to("shifts.Post")
    volunteer = key_to("shifts.User")

    class Meta:
        verbose_name = _("số liệu tháng theo người và vị trí")
        verbose_name_plural = _("số liệu tháng theo người và vị trí")
        constraints = [
            models.UniqueConstraint(
                fields=["figure", "month", "team", "unit", "post", "volunteer"], name="person_month_key"
            ),
            in_all_its_days("person_month_is_its_days"),
        ]


class MatterMonth(MonthOfDays):
    """By department, procedure and outcome, for each unit and team; without both, for all units together."""

    unit = key_to("shifts.Unit", null=True)
    team = key_to("shifts.Team", null=True)
    department = key_to("assistance.Department", null=True)
    procedure = key_to("assistance.Procedure", null=True)
    outcome = models.CharField(max_length=15, default="")

    class Meta:
        verbose_name = _("số liệu tháng theo thủ tục")
        verbose_name_plural = _("số liệu tháng theo thủ tục")
        constraints = [
            models.UniqueConstraint(
                "figure",
                Coalesce("unit", Value(0)),
                "month",
                Coalesce("team", Value(0)),
                "outcome",
                Coalesce("department", Value(0)),
                Coalesce("procedure", Value(0)),
                name="matter_month_key",
            ),
            in_all_its_days("matter_month_is_its_days"),
        ]
        indexes = [models.Index(fields=["figure", "unit", "month"], name="matter_month_unit")]


class HourMonth(MonthOfDays):
    """By hour of the day, for each unit and team; without both, for all units together."""

    unit = key_to("shifts.Unit", null=True)
    team = key_to("shifts.Team", null=True)
    hour = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("số liệu tháng theo giờ")
        verbose_name_plural = _("số liệu tháng theo giờ")
        constraints = [
            models.UniqueConstraint(
                "figure",
                Coalesce("unit", Value(0)),
                "month",
                Coalesce("team", Value(0)),
                "hour",
                name="hour_month_key",
            ),
            in_all_its_days("hour_month_is_its_days"),
        ]
        indexes = [models.Index(fields=["figure", "unit", "month"], name="hour_month_unit")]


class UnitDay(models.Model):
    """What a unit logged in one day, by the columns of a unit total: what its totals are held against."""

    unit = key_to("shifts.Unit")
    date = models.DateField()

    class Meta:
        verbose_name = _("số liệu ngày của đơn vị")
        verbose_name_plural = _("số liệu ngày của đơn vị")
        constraints = [models.UniqueConstraint(fields=["date", "unit"], name="unit_day_key")]

    def __str__(self):
        return f"{self.date:%d/%m/%Y} {self.unit_id}"


TALLIED_COLUMNS = {code: column for code, column in TOTAL_COLUMNS.items() if column.figure in FIGURES}
for _code in TALLIED_COLUMNS:
    UnitDay.add_to_class(_code, models.PositiveIntegerField(default=0))


class RolledUp(models.Model):
    """Up to which day the tally is rolled up; one row, or none where nothing is."""

    until = models.DateField()

    class Meta:
        verbose_name = _("mốc đã gộp theo tháng")
        verbose_name_plural = _("mốc đã gộp theo tháng")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="rolled_up_once")]

    def __str__(self):
        return f"{self.until:%d/%m/%Y}"


class TallyChange(models.Model):
    """A day before today whose tally was changed: what is rolled up of it does not hold until it is made again.

    Each change writes a row of its own, so that none waits for another and none is taken for one that came before.
    """

    date = models.DateField()

    class Meta:
        verbose_name = _("ngày có số liệu đổi sau")
        verbose_name_plural = _("ngày có số liệu đổi sau")

    def __str__(self):
        return f"{self.date:%d/%m/%Y}"
