"""Statistics tables (bảng thống kê): which rows and columns they have."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from reports.tables.contents import PERIOD, TARGET, YEAR, content_choices, why_not
from shifts.models.dated import Dated, DatedQuerySet, ends_after_start


class TableDefinition(Dated):
    """One statistics table: its title, what stands in its rows, and, in TableColumn, its columns."""

    class Rows(models.TextChoices):
        UNIT = "unit", _("đơn vị")
        TEAM = "team", _("đội hình")
        POST = "post", _("vị trí trực")
        DAY = "day", _("ngày")
        WEEK = "week", _("tuần")
        MONTH = "month", _("tháng")
        DEPARTMENT = "department", _("sở, ngành")
        PROCEDURE = "procedure", _("thủ tục")

    class Level(models.TextChoices):
        BELOW = "below", _("trực thuộc đơn vị đang xem")
        DISTRICT = "district", _("cấp huyện")
        COMMUNE = "commune", _("cấp xã")
        EACH = "each", _("mọi đơn vị")

    slug = models.SlugField(
        _("tên trong địa chỉ"), max_length=50, unique=True, help_text=_("Chữ không dấu, ví dụ tong-hop.")
    )
    title = models.CharField(_("tên bảng"), max_length=160)
    description = models.CharField(
        _("dùng để làm gì"), max_length=200, blank=True, help_text=_("Một câu, hiện trong danh sách các bảng.")
    )
    rows = models.CharField(_("mỗi dòng là một"), max_length=10, choices=Rows, default=Rows.UNIT)
    level = models.CharField(
        _("đơn vị nào"),
        max_length=10,
        choices=Level,
        default=Level.BELOW,
        help_text=_("Khi mỗi dòng là một đơn vị: số của đơn vị bên dưới được cộng vào dòng này."),
    )
    hide_empty = models.BooleanField(_("bỏ các dòng không có số"), default=False)
    note = models.CharField(_("ghi chú dưới bảng"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=1)
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("mẫu bảng thống kê")
        verbose_name_plural = _("mẫu bảng thống kê")
        ordering = ["position", "title", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    rows__in=["unit", "team", "post", "day", "week", "month", "department", "procedure"]
                ),  # fmt: skip
                name="table_rows_known",
            ),
            models.CheckConstraint(
                condition=Q(level__in=["below", "district", "commune", "each"]), name="table_level_known"
            ),
            ends_after_start("table_ends_after_start"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("reports:table", args=[self.slug])


class TableColumn(models.Model):
    """A column of a statistics table; neighbours with the same group stand under one head."""

    class Measure(models.TextChoices):
        PERIOD = PERIOD, _("kỳ này")
        YEAR = YEAR, _("lũy kế từ đầu năm")
        TARGET = TARGET, _("so với chỉ tiêu, %")

    definition = models.ForeignKey(
        TableDefinition, verbose_name=_("bảng"), on_delete=models.CASCADE, related_name="columns"
    )
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=1)
    group = models.CharField(
        _("nhóm cột"), max_length=60, blank=True, help_text=_("Các cột liền nhau cùng nhóm có một tên chung ở trên.")
    )
    content = models.CharField(_("nội dung"), max_length=25, choices=content_choices)
    measure = models.CharField(_("tính"), max_length=6, choices=Measure, default=Measure.PERIOD)
    heading = models.CharField(
        _("tên cột"),
        max_length=60,
        blank=True,
        help_text=_("Để trống thì theo nội dung, và theo cách gọi mức dịch vụ của thời kỳ."),
    )

    class Meta:
        verbose_name = _("cột của bảng thống kê")
        verbose_name_plural = _("cột của bảng thống kê")
        ordering = ["definition", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(measure__in=["period", "year", "target"]), name="table_column_measure_known"
            ),
            models.CheckConstraint(
                condition=Q(measure="period")
                | ~Q(content__in=["teams", "volunteers", "remarks", "coverage"]),
                name="table_column_state_has_no_sum",
                violation_error_message=_("Số đội, số TNV, độ phủ và kiến nghị chỉ có của kỳ này."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.heading or str(self.get_content_display())

    def clean(self):
        super().clean()
        # The admin sees both at once and asks for the rows that are being saved; a file brings columns alone.
        if (
            self.content
            and self.definition_id
            and (sentence := why_not(self.definition.rows, self.content, self.measure))
        ):
            raise ValidationError({"content": sentence})
