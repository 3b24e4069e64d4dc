"""What a volunteer does for a citizen, and which figures each of it counts for."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shifts.models.dated import Dated, DatedQuerySet, ends_after_start


class Activity(Dated):
    """One kind of help. It is data: staff add, rename and end activities."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên"), max_length=80)
    short_name = models.CharField(_("tên ngắn"), max_length=20)
    icon = models.CharField(_("hình"), max_length=40, default="check2-square")
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=1)
    counts_reached = models.BooleanField(_("tính tuyên truyền"), default=False)
    counts_guided = models.BooleanField(_("tính hướng dẫn"), default=False)
    counts_leaflets = models.BooleanField(_("tính một tờ rơi"), default=False)
    opens_account = models.BooleanField(_("mở tài khoản"), default=False)
    needs_dossier = models.BooleanField(_("kèm hồ sơ"), default=False)
    objects = DatedQuerySet.as_manager()

    COUNTS = ["counts_reached", "counts_guided", "counts_leaflets", "opens_account"]

    class Meta:
        verbose_name = _("việc hỗ trợ")
        verbose_name_plural = _("việc hỗ trợ")
        ordering = ["position", "code"]
        constraints = [ends_after_start("activity_ends_after_start")]

    def __str__(self):
        return self.name

    def clean(self):
        """Refuse to change what a used activity counts for: what was counted would no longer be what is counted."""
        super().clean()
        before = Activity.objects.filter(pk=self.pk, visitactivity__isnull=False).first()
        if before and any(getattr(before, name) != getattr(self, name) for name in self.COUNTS):
            raise ValidationError(
                _("Việc này đã có lượt ghi nên không đổi được cách tính. Cho nó hết hiệu lực rồi thêm một việc mới.")
            )


class DeskButton(models.Model):
    """Which activity stands on which digit at a site, and whether the usual combination has it."""

    site = models.ForeignKey("shifts.Site", verbose_name=_("điểm hỗ trợ"), on_delete=models.CASCADE)
    activity = models.ForeignKey(Activity, verbose_name=_("việc hỗ trợ"), on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField(_("phím"))
    in_usual = models.BooleanField(_("trong bộ thường dùng"), default=False)

    class Meta:
        verbose_name = _("phím ở bàn")
        verbose_name_plural = _("phím ở bàn")
        ordering = ["site", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "position"],
                name="desk_button_one_per_key",
                violation_error_message=_("Phím này đã có một việc khác."),
            ),
            models.UniqueConstraint(fields=["site", "activity"], name="desk_button_once_per_site"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=9),
                name="desk_button_is_a_digit",
                violation_error_message=_("Phím là một số từ 1 đến 9; số 0 là bộ thường dùng."),
            ),
        ]

    def __str__(self):
        return f"{self.position} {self.activity}"
