"""Volunteer teams."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .dated import Dated, DatedQuerySet, ends_after_start


class Team(Dated):
    """A volunteer team of a unit, with the site where it serves by default."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên"), max_length=160)
    unit = models.ForeignKey("shifts.Unit", verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="teams")
    home_site = models.ForeignKey(
        "shifts.Site",
        verbose_name=_("điểm hỗ trợ chính"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="home_teams",
    )
    decision_number = models.CharField(_("số quyết định thành lập"), max_length=60, blank=True)
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("đội hình")
        verbose_name_plural = _("đội hình")
        ordering = ["code"]
        constraints = [ends_after_start("team_ends_after_start")]

    def __str__(self):
        return self.name

    def unit_id_on(self, date):
        """Key of the unit to which the team belonged on that date; no query for today, which desks ask for."""
        if date >= timezone.localdate():
            return self.unit_id
        former = self.former_units.on(date).values_list("unit_id", flat=True).first()
        return former or self.unit_id

    def may_log_at(self, site):
        """Whether this team's visits may happen at that site: its home, or another site of its unit."""
        return site.pk == self.home_site_id or site.unit_id == self.unit_id


class TeamUnit(Dated):
    """A unit to which a team belonged until a day; to which it belongs now says the team."""

    team = models.ForeignKey(Team, verbose_name=_("đội hình"), on_delete=models.CASCADE, related_name="former_units")
    unit = models.ForeignKey(
        "shifts.Unit", verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="former_teams"
    )
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("đơn vị cũ của đội hình")
        verbose_name_plural = _("đơn vị cũ của đội hình")
        ordering = ["team", "valid_until"]
        constraints = [
            ends_after_start("team_unit_ends_after_start"),
            models.CheckConstraint(condition=models.Q(valid_until__isnull=False), name="team_unit_has_end"),
            models.UniqueConstraint(fields=["team", "valid_until"], name="team_unit_once_per_end"),
        ]

    def __str__(self):
        return f"{self.team}, {self.unit}"
