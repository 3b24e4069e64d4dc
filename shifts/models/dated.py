"""What is true from one day until another."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DatedQuerySet(models.QuerySet):
    """Rows that hold on some days; the interval is half-open: from valid_from, before valid_until."""

    def on(self, date=None):
        """Rows that hold on this date (default: today)."""
        date = date or timezone.localdate()
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=date), Q(valid_until__isnull=True) | Q(valid_until__gt=date)
        )


class Dated(models.Model):
    """Adds valid_from and valid_until (half-open, either may be open)."""

    valid_from = models.DateField(_("có hiệu lực từ"), null=True, blank=True)
    valid_until = models.DateField(
        _("hết hiệu lực từ"), null=True, blank=True, help_text=_("Ngày đầu tiên không còn hiệu lực.")
    )

    class Meta:
        abstract = True

    def holds_on(self, date):
        """Whether this row holds on that date."""
        return (self.valid_from is None or self.valid_from <= date) and (
            self.valid_until is None or date < self.valid_until
        )


def ends_after_start(name):
    """Return the constraint that an interval of Dated is not empty."""
    return models.CheckConstraint(
        condition=Q(valid_until__isnull=True) | Q(valid_from__isnull=True) | Q(valid_until__gt=F("valid_from")),
        name=name,
        violation_error_message=_("Ngày hết hiệu lực phải sau ngày có hiệu lực."),
    )
