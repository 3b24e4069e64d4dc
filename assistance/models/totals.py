"""Unit totals: what a unit did in a day or a week, in one number a figure."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assistance.figures import TOTAL_COLUMNS
from assistance.models.kept_changes import KeptChange
from assistance.periods import Period

LARGEST_COUNT = 1_000_000  # of one figure in one day or week; the whole province has 1.3 million people


def count_field(column):
    return models.PositiveIntegerField(
        column.name, null=True, blank=True, help_text=column.definition, validators=[MaxValueValidator(LARGEST_COUNT)]
    )


def all_of(columns=TOTAL_COLUMNS, **lookup_of_value):
    """A condition that holds for every column of numbers: all_of(lte=5), an empty one always passing."""
    condition = Q()
    for code in columns:
        condition &= Q(**{f"{code}__isnull": True}) | Q(**{f"{code}__{k}": v for k, v in lookup_of_value.items()})
    return condition


class UnitTotalQuerySet(models.QuerySet):
    def counting(self):
        """Totals whose excess counts: sent or accepted; not drafts, not those given back."""
        return self.filter(state__in=UnitTotal.COUNTS)

    def of(self, period):
        """Totals of exactly this period."""
        return self.filter(date_from=period.first, date_to=period.last)


class UnitTotal(models.Model):
    """The whole of one unit for one day or ISO week (both ends included), desk and own events included.

    A number that is empty was not said; zero was. How much of it counts: assistance/excess.py.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("nháp")
        SENT = "sent", _("chờ duyệt")
        ACCEPTED = "accepted", _("đã duyệt")
        RETURNED = "returned", _("trả lại")

    class Span(models.TextChoices):
        DAY = "day", _("ngày")
        WEEK = "week", _("tuần")

    COUNTS = [State.SENT, State.ACCEPTED]

    unit = models.ForeignKey("shifts.Unit", verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="totals")
    span = models.CharField(_("kỳ"), max_length=4, choices=Span, default=Span.WEEK)
    date_from = models.DateField(_("từ ngày"))
    date_to = models.DateField(_("đến ngày"))
    counted_on = models.DateField(_("tính vào ngày"), help_text=_("Ngày đầu của kỳ mà đơn vị đã có."), editable=False)
    state = models.CharField(_("trạng thái"), max_length=8, choices=State, default=State.DRAFT)
    nothing = models.BooleanField(_("kỳ này không có gì"), default=False)
    remarks = models.CharField(_("khó khăn, ghi chú"), max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người nhập"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("nhập lúc"), default=timezone.now)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người gửi"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField(_("gửi lúc"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người duyệt"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("duyệt lúc"), null=True, blank=True)
    review_remark = models.CharField(_("lời nhắn của cấp trên"), max_length=500, blank=True)
    objects = UnitTotalQuerySet.as_manager()

    class Meta:
        verbose_name = _("số liệu tổng hợp")
        verbose_name_plural = _("số liệu tổng hợp")
        ordering = ["-date_from", "unit"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "span", "date_from"],
                name="unit_total_once_per_period",
                violation_error_message=_("Đơn vị này đã có số liệu của kỳ này."),
            ),
            models.CheckConstraint(
                condition=Q(span="day", date_to=F("date_from")) | Q(span="week", date_to__gt=F("date_from")),
                name="unit_total_day_or_week",
            ),
            models.CheckConstraint(
                condition=Q(counted_on__gte=F("date_from"), counted_on__lte=F("date_to")),
                name="unit_total_counted_within",
            ),
            models.CheckConstraint(
                condition=Q(state="draft")
                | Q(state="sent", sent_at__isnull=False)
                | Q(state="accepted", sent_at__isnull=False, reviewed_at__isnull=False)
                | (Q(state="returned", sent_at__isnull=False, reviewed_at__isnull=False) & ~Q(review_remark="")),
                name="unit_total_state_has_its_facts",
                violation_error_message=_("Trả lại thì ghi lời nhắn cho đơn vị."),
            ),
            models.CheckConstraint(condition=all_of(range=(0, LARGEST_COUNT)), name="unit_total_bounded"),
            models.CheckConstraint(
                condition=Q(nothing=False) | all_of(exact=0),
                name="unit_total_nothing_is_zero",
                violation_error_message=_("Kỳ không có gì thì mọi số để trống hoặc bằng 0."),
            ),
        ]
        indexes = [models.Index(fields=["counted_on"], name="unit_total_counted_on")]

    def __str__(self):
        return f"{self.unit}, {self.period.title}"

    @property
    def period(self):
        return Period(self.date_from, self.date_to)

    @property
    def counts(self):
        """Whether the excess of this total counts now."""
        return self.state in self.COUNTS

    @property
    def numbers(self):
        """Column -> number of the columns that were said."""
        return {code: getattr(self, code) for code in TOTAL_COLUMNS if getattr(self, code) is not None}


for _code, _column in TOTAL_COLUMNS.items():
    UnitTotal.add_to_class(_code, count_field(_column))


class UnitTotalChange(KeptChange):
    """One act on a total, kept: who, when, which numbers it changed; after the period was closed, an adjustment."""

    class Kind(models.TextChoices):
        SENT = "sent", _("gửi")
        CORRECTED = "corrected", _("gửi lại, có sửa")
        ACCEPTED = "accepted", _("duyệt")
        RETURNED = "returned", _("trả lại")

    total = models.ForeignKey(
        UnitTotal, verbose_name=_("số liệu tổng hợp"), on_delete=models.CASCADE, related_name="changes"
    )
    kind = models.CharField(_("việc"), max_length=10, choices=Kind)
    reason = models.CharField(_("lý do, lời nhắn"), max_length=500, blank=True)

    COLUMNS = TOTAL_COLUMNS

    class Meta(KeptChange.Meta):
        verbose_name = _("lần sửa số liệu tổng hợp")
        verbose_name_plural = _("lần sửa số liệu tổng hợp")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_adjustment=False) | ~Q(reason=""),
                name="unit_total_adjusted_with_reason",
                violation_error_message=_("Kỳ đã khóa: ghi lý do điều chỉnh."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["sent", "corrected", "accepted", "returned"]), name="unit_total_change_kind"
            ),
        ]

    def __str__(self):
        return f"{self.total}: {self.get_kind_display()}"


class PeriodLockQuerySet(models.QuerySet):
    def touching(self, period):
        """Locks that have a day of the period."""
        return self.filter(date_from__lte=period.last, date_to__gte=period.first)


class PeriodLock(models.Model):
    """Days, both ends included, that are closed for one unit; what comes later is booked as an adjustment."""

    unit = models.ForeignKey("shifts.Unit", verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="+")
    date_from = models.DateField(_("từ ngày"))
    date_to = models.DateField(_("đến ngày"))
    locked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người khóa"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    locked_at = models.DateTimeField(_("khóa lúc"), default=timezone.now)
    figures = models.JSONField(
        _("số liệu khi khóa"), default=dict, help_text=_("Mọi số đã tính của đơn vị trong kỳ, lúc khóa.")
    )
    objects = PeriodLockQuerySet.as_manager()

    class Meta:
        verbose_name = _("kỳ đã khóa")
        verbose_name_plural = _("kỳ đã khóa")
        ordering = ["-date_from", "unit"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "date_from", "date_to"], name="period_lock_once"),
            models.CheckConstraint(condition=Q(date_to__gte=F("date_from")), name="period_lock_not_backwards"),
        ]

    def __str__(self):
        return f"{self.unit}, {self.date_from:%d/%m/%Y} – {self.date_to:%d/%m/%Y}"
