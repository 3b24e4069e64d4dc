"""Outreach events (Thứ Bảy tình nguyện): a team goes to a school or a residential area."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class OutreachEvent(models.Model):
    """One event of one team, away from its sites; people are assigned to it as to a roster."""

    class State(models.TextChoices):
        PLANNED = "planned", _("dự kiến")
        CONFIRMED = "confirmed", _("đã chốt")
        HELD = "held", _("đã tổ chức")
        CANCELLED = "cancelled", _("đã hủy")

    class VenueKind(models.TextChoices):
        SCHOOL = "school", _("trường học")
        RESIDENTIAL = "residential", _("khu dân cư")
        OFFICE = "office", _("cơ quan")
        MARKET = "market", _("chợ")
        OTHER = "other", _("nơi khác")

    team = models.ForeignKey("shifts.Team", verbose_name=_("đội hình"), on_delete=models.PROTECT, related_name="events")
    date = models.DateField(_("ngày"))
    starts_at = models.TimeField(_("từ giờ"))
    ends_at = models.TimeField(_("đến giờ"))
    venue_kind = models.CharField(_("loại nơi"), max_length=12, choices=VenueKind)
    venue = models.CharField(_("nơi tổ chức"), max_length=160)
    host_unit = models.ForeignKey(
        "shifts.Unit", verbose_name=_("đơn vị sở tại"), on_delete=models.PROTECT, related_name="hosted_events"
    )
    state = models.CharField(_("trạng thái"), max_length=10, choices=State, default=State.PLANNED)
    cancel_reason = models.CharField(_("lý do hủy"), max_length=160, blank=True)

    class Meta:
        verbose_name = _("hoạt động Thứ Bảy tình nguyện")
        verbose_name_plural = _("hoạt động Thứ Bảy tình nguyện")
        ordering = ["date", "starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_start",
                violation_error_message=_("Giờ kết thúc phải sau giờ bắt đầu."),
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancel_reason=""),
                name="event_cancelled_with_reason",
                violation_error_message=_("Hủy hoạt động thì ghi lý do."),
            ),
        ]

    def __str__(self):
        return f"{self.date:%d/%m/%Y} {self.venue}"
