"""Volunteer teams."""

from django.db import models
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

    def may_log_at(self, site):
        """Whether this team's visits may happen at that site: its home, or another site of its unit."""
        return site.pk == self.home_site_id or site.unit_id == self.unit_id
