"""The running tally: written with every visit, so that a figure never scans visits."""

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _


class DailyTally(models.Model):
    """Figures by date, unit, team, site, post, volunteer, audience and outreach event (none: at a desk).

    A volunteer's rows are written by them alone. Rows of an event keep the home site and post of the person, who was
    not there: what is asked by site or post leaves them out.
    """

    date = models.DateField()
    unit = models.ForeignKey("shifts.Unit", on_delete=models.PROTECT)
    team = models.ForeignKey("shifts.Team", on_delete=models.PROTECT)
    site = models.ForeignKey("shifts.Site", on_delete=models.PROTECT)
    post = models.ForeignKey("shifts.Post", on_delete=models.PROTECT)
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Most rows have none: an index of those that do costs a desk nothing.
    event = models.ForeignKey(
        "shifts.OutreachEvent", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    audience = models.CharField(max_length=10)
    figure = models.CharField(max_length=25)
    value = models.PositiveIntegerField()

    KEY = ["date", "volunteer_id", "figure", "audience", "post_id", "site_id", "team_id", "unit_id", "event_id"]

    class Meta:
        verbose_name = _("số liệu cộng dồn theo ngày")
        verbose_name_plural = _("số liệu cộng dồn theo ngày")
        constraints = [
            models.UniqueConstraint(
                "date",
                "volunteer",
                "figure",
                "audience",
                "post",
                "site",
                "team",
                "unit",
                Coalesce("event", Value(0)),
                name="daily_tally_key",
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="daily_tally_not_negative"),
        ]
        indexes = [
            models.Index(fields=["site", "date"], name="daily_tally_site_date"),
            models.Index(fields=["event"], condition=Q(event__isnull=False), name="daily_tally_event"),
        ]

    def __str__(self):
        return f"{self.date} {self.figure} {self.value}"


class HourlyTally(models.Model):
    """Figures by date, hour, site, unit, team, department, procedure and outcome.

    The volunteer is in the key only so that no two desks write the same row.
    """

    date = models.DateField()
    hour = models.PositiveSmallIntegerField()
    # Without indexes of their own: every save of a desk would write them, and nobody asks for a team without its days.
    unit = models.ForeignKey("shifts.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    team = models.ForeignKey("shifts.Team", on_delete=models.PROTECT, related_name="+", db_index=False)
    site = models.ForeignKey("shifts.Site", on_delete=models.PROTECT)
    volunteer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("assistance.Department", null=True, on_delete=models.PROTECT)
    procedure = models.ForeignKey("assistance.Procedure", null=True, on_delete=models.PROTECT)
    outcome = models.CharField(max_length=15, default="")
    figure = models.CharField(max_length=25)
    value = models.PositiveIntegerField()

    KEY = [
        *("date", "hour", "volunteer_id", "figure", "outcome"),
        *("site_id", "team_id", "unit_id", "department_id", "procedure_id"),
    ]

    class Meta:
        verbose_name = _("số liệu cộng dồn theo giờ")
        verbose_name_plural = _("số liệu cộng dồn theo giờ")
        constraints = [
            models.UniqueConstraint(
                "date",
                "hour",
                "volunteer",
                "figure",
                "outcome",
                "site",
                "team",
                "unit",
                Coalesce("department", Value(0)),
                Coalesce("procedure", Value(0)),
                name="hourly_tally_key",
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="hourly_tally_not_negative"),
        ]
        indexes = [models.Index(fields=["site", "date"], name="hourly_tally_site_date")]

    def __str__(self):
        return f"{self.date} {self.hour}h {self.figure} {self.value}"
