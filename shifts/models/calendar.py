"""Days that differ from the weekly rule: holidays, make-up days, closures, extra days."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .sites import SiteSession


class CalendarDayQuerySet(models.QuerySet):
    def common(self):
        """The days that hold everywhere, for the whole day."""
        return self.filter(site=None, session="")


class CalendarDay(models.Model):
    """A date that is closed though a weekday, or open though a weekend: everywhere, or at one site, or one session."""

    date = models.DateField(_("ngày"))
    name = models.CharField(_("tên"), max_length=120)
    is_open = models.BooleanField(_("mở cửa"), default=False)
    site = models.ForeignKey(
        "shifts.Site",
        verbose_name=_("điểm hỗ trợ"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="calendar_days",
        help_text=_("Để trống: áp dụng cho mọi điểm."),
    )
    session = models.CharField(
        _("buổi"),
        max_length=5,
        choices=SiteSession.Session,
        blank=True,
        help_text=_("Để trống: cả ngày."),
    )
    objects = CalendarDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("ngày đặc biệt")
        verbose_name_plural = _("ngày đặc biệt")
        ordering = ["date", "site", "session"]
        constraints = [
            models.UniqueConstraint(
                fields=["date", "session"],
                condition=Q(site__isnull=True),
                name="calendar_day_once",
                violation_error_message=_("Ngày và buổi này đã có trong lịch chung."),
            ),
            models.UniqueConstraint(
                fields=["date", "site", "session"],
                condition=Q(site__isnull=False),
                name="calendar_day_once_per_site",
                violation_error_message=_("Ngày và buổi này đã có trong lịch của điểm."),
            ),
            models.CheckConstraint(
                condition=Q(session__in=["", *SiteSession.Session.values]), name="calendar_day_session_known"
            ),
        ]

    def __str__(self):
        return f"{self.date:%d/%m/%Y} {self.name}"
