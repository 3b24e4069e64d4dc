"""Results of outreach events: what was done at one event, in one number a figure."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assistance.figures import RESULT_COLUMNS
from assistance.models.kept_changes import KeptChange
from assistance.models.totals import LARGEST_COUNT, all_of, count_field


class OutreachResult(models.Model):
    """The whole of one event, visits that were logged there included.

    A number that is empty was not said; zero was. Only what is above the event's own visits counts, on the day of the
    event, while it is held: assistance/excess.py.
    """

    event = models.OneToOneField(
        "shifts.OutreachEvent", verbose_name=_("hoạt động"), on_delete=models.PROTECT, related_name="result"
    )
    remarks = models.CharField(_("khó khăn, ghi chú"), max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người nhập"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("nhập lúc"), default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người lưu"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField(_("lưu lúc"), default=timezone.now)

    class Meta:
        verbose_name = _("kết quả hoạt động")
        verbose_name_plural = _("kết quả hoạt động")
        ordering = ["-event__date", "event"]
        constraints = [
            models.CheckConstraint(
                condition=all_of(RESULT_COLUMNS, range=(0, LARGEST_COUNT)),
                name="outreach_result_bounded",
                violation_error_message=_("Mỗi số từ 0 đến 1.000.000."),
            ),
        ]

    def __str__(self):
        return str(self.event)

    @property
    def numbers(self):
        """Column -> number of the columns that were said."""
        return {code: getattr(self, code) for code in RESULT_COLUMNS if getattr(self, code) is not None}


for _code, _column in RESULT_COLUMNS.items():
    OutreachResult.add_to_class(_code, count_field(_column))


class OutreachResultChange(KeptChange):
    """One save of a result, kept: who, when, which numbers it changed; after the period was closed, an adjustment."""

    result = models.ForeignKey(
        OutreachResult, verbose_name=_("kết quả hoạt động"), on_delete=models.CASCADE, related_name="changes"
    )
    reason = models.CharField(_("lý do"), max_length=500, blank=True)

    COLUMNS = RESULT_COLUMNS

    class Meta(KeptChange.Meta):
        verbose_name = _("lần sửa kết quả hoạt động")
        verbose_name_plural = _("lần sửa kết quả hoạt động")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_adjustment=False) | ~Q(reason=""),
                name="outreach_result_adjusted_with_reason",
                violation_error_message=_("Kỳ đã khóa: ghi lý do điều chỉnh."),
            ),
        ]

    def __str__(self):
        return f"{self.result}: {self.made_at:%d/%m/%Y %H:%M}"
