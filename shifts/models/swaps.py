"""A duty offered to, or exchanged with, a named person."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .roster import Assignment


class SwapRequestQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=SwapRequest.State.WAITING)


class SwapRequest(models.Model):
    """One person asks another to take a duty, or to exchange it for one of theirs; the other must accept."""

    class State(models.TextChoices):
        WAITING = "waiting", _("chờ nhận")
        ACCEPTED = "accepted", _("đã nhận")
        DECLINED = "declined", _("không nhận")
        WITHDRAWN = "withdrawn", _("đã rút")
        EXPIRED = "expired", _("quá hạn")
        UNDONE = "undone", _("đã đổi lại")

    asked_by = models.ForeignKey("shifts.Volunteer", on_delete=models.PROTECT, related_name="swaps_asked")
    asked_of = models.ForeignKey("shifts.Volunteer", on_delete=models.PROTECT, related_name="swaps_received")
    state = models.CharField(_("trạng thái"), max_length=10, choices=State, default=State.WAITING)
    message = models.CharField(_("lời nhắn"), max_length=160, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    objects = SwapRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("đổi ca")
        verbose_name_plural = _("đổi ca")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(asked_by=F("asked_of")),
                name="swap_not_with_oneself",
                violation_error_message=_("Không đổi ca với chính mình."),
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", answered_at__isnull=True)
                | (~Q(state="waiting") & Q(answered_at__isnull=False)),
                name="swap_answered_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "accepted", "declined", "withdrawn", "expired", "undone"]),
                name="swap_state_known",
                violation_error_message=_("Trạng thái đổi ca này không có."),
            ),
        ]

    def __str__(self):
        return f"{self.asked_by} → {self.asked_of}"


class SwapDuty(models.Model):
    """A duty in a swap: given by the one who asks, or wanted in return."""

    class Side(models.TextChoices):
        GIVEN = "given", _("đưa đi")
        WANTED = "wanted", _("muốn nhận")

    request = models.ForeignKey(SwapRequest, on_delete=models.CASCADE, related_name="duties")
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="swap_duties")
    side = models.CharField(max_length=10, choices=Side)
    waiting = models.BooleanField(default=True, help_text=_("Như trạng thái của lời đổi; giữ cho ràng buộc."))

    class Meta:
        verbose_name = _("ca trong lời đổi")
        verbose_name_plural = _("ca trong lời đổi")
        constraints = [
            models.UniqueConstraint(fields=["request", "assignment"], name="swap_duty_once"),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(side="given", waiting=True),
                name="swap_duty_offered_once",
                violation_error_message=_("Ca này đang chờ một bạn khác nhận."),
            ),
            models.CheckConstraint(
                condition=Q(side__in=["given", "wanted"]),
                name="swap_duty_side_known",
                violation_error_message=_("Ca trong lời đổi là ca đưa đi hoặc ca muốn nhận."),
            ),
        ]

    def __str__(self):
        return f"{self.request}: {self.assignment}"
