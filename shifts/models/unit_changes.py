"""Acts that changed the tree of units from a date on."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UnitChangeQuerySet(models.QuerySet):
    def waiting(self, date):
        """Changes that have begun by this date while what belongs to their units has not followed yet."""
        return self.filter(followed_at=None, date__lte=date).order_by("date", "pk")


class UnitChange(models.Model):
    """One act: units that ended on a date and those that took them over, as its successions say."""

    class Kind(models.TextChoices):
        RENAME = "rename", _("đổi tên")
        MERGE = "merge", _("sáp nhập")
        SPLIT = "split", _("chia tách")
        MOVE = "move", _("chuyển cấp trên")
        FILE = "file", _("nhập từ tệp")

    kind = models.CharField(_("việc"), max_length=6, choices=Kind)
    date = models.DateField(_("từ ngày"), help_text=_("Ngày đầu tiên của đơn vị mới."))
    decision = models.CharField(_("nghị quyết"), max_length=60, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người làm"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("lúc"), default=timezone.now)
    followed_at = models.DateTimeField(
        _("đã dời theo lúc"), null=True, blank=True, help_text=_("Lúc đội hình, điểm hỗ trợ… sang đơn vị mới.")
    )
    decisions = models.JSONField(_("cần quyết định"), default=list, blank=True)
    objects = UnitChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("lần đổi đơn vị")
        verbose_name_plural = _("các lần đổi đơn vị")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["rename", "merge", "split", "move", "file"]), name="unit_change_kind_known"
            )
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.date:%d/%m/%Y}"
