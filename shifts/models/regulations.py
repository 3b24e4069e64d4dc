"""The team's regulations (quy chế hoạt động), in versions, and who has read them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Regulation(models.Model):
    """One version of a team's regulations; the highest published version holds."""

    team = models.ForeignKey(
        "shifts.Team", verbose_name=_("đội hình"), on_delete=models.PROTECT, related_name="regulations"
    )
    version = models.PositiveSmallIntegerField(_("bản"))
    title = models.CharField(_("tên"), max_length=160, default=_("Quy chế hoạt động"))
    text = models.TextField(_("nội dung"), help_text=_("Mỗi đoạn cách nhau một dòng trống."))
    published_at = models.DateTimeField(_("ban hành lúc"), null=True, blank=True)

    class Meta:
        verbose_name = _("quy chế")
        verbose_name_plural = _("quy chế")
        ordering = ["team", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "version"],
                name="regulation_version_once",
                violation_error_message=_("Đội hình đã có quy chế mang số bản này."),
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="regulation_version_from_one"),
        ]

    def __str__(self):
        return f"{self.title}, bản {self.version}"


class RegulationAcknowledgement(models.Model):
    """A person said that they have read one version."""

    regulation = models.ForeignKey(Regulation, on_delete=models.PROTECT, related_name="acknowledgements")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acknowledgements")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("xác nhận đã đọc quy chế")
        verbose_name_plural = _("xác nhận đã đọc quy chế")
        ordering = ["regulation", "made_at"]
        constraints = [models.UniqueConstraint(fields=["regulation", "user"], name="acknowledged_once")]

    def __str__(self):
        return f"{self.user}, {self.regulation}"
