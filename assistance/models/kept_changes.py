"""What one save of numbers changed, kept for good."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class KeptChange(models.Model):
    """Who changed which numbers when; after the period was closed, an adjustment, which has a reason."""

    COLUMNS = {}

    before = models.JSONField(_("trước"), default=dict)
    after = models.JSONField(_("sau"), default=dict)
    is_adjustment = models.BooleanField(_("điều chỉnh sau khi khóa"), default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người làm"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("lúc"), default=timezone.now)

    class Meta:
        abstract = True
        ordering = ["-made_at", "-pk"]

    @property
    def differences(self):
        """[(column, before, after)] of the numbers that this act changed; None where nothing was said."""
        codes = [code for code in self.COLUMNS if self.before.get(code) != self.after.get(code)]
        return [(self.COLUMNS[code], self.before.get(code), self.after.get(code)) for code in codes]
