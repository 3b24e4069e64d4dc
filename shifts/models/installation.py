"""What this database is: for now, whether `manage.py demo` made it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class InstallationMark(models.Model):
    """A fact about the whole database, one row each. `demo` says that the people and visits are made up."""

    DEMO = "demo"

    key = models.CharField(_("khóa"), max_length=40, unique=True)
    value = models.CharField(_("giá trị"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("lập lúc"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("dấu của cơ sở dữ liệu")
        verbose_name_plural = _("dấu của cơ sở dữ liệu")
        ordering = ["key"]

    def __str__(self):
        return self.key
