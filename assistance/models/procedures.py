"""Departments, their counters, service levels and administrative procedures."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from shifts.models.dated import Dated, DatedQuerySet, ends_after_start
from shifts.text import fold


class Department(models.Model):
    """A provincial department or agency (sở, ngành)."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên"), max_length=120)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=1)

    class Meta:
        verbose_name = _("sở, ngành")
        verbose_name_plural = _("sở, ngành")
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class Counter(models.Model):
    """A counter (quầy) of the hall, and the department that sits there."""

    site = models.ForeignKey("shifts.Site", verbose_name=_("điểm hỗ trợ"), on_delete=models.CASCADE)
    post = models.ForeignKey(
        "shifts.Post", verbose_name=_("vị trí"), null=True, blank=True, on_delete=models.SET_NULL
    )
    department = models.ForeignKey(
        Department, verbose_name=_("sở, ngành"), null=True, blank=True, on_delete=models.SET_NULL
    )
    code = models.CharField(_("số quầy"), max_length=10)
    name = models.CharField(_("tên"), max_length=60)

    class Meta:
        verbose_name = _("quầy")
        verbose_name_plural = _("quầy")
        ordering = ["site", "code"]
        constraints = [models.UniqueConstraint(fields=["site", "code"], name="counter_once_per_site")]

    def __str__(self):
        return self.name


class ServiceLevel(Dated):
    """A level of online service, and the figure that a dossier submitted at it counts for (none for 1 and 2)."""

    class CountsAs(models.TextChoices):
        NOTHING = "", _("không tính")
        PARTIAL = "dossiers_partial", _("mức 3, một phần")
        FULL = "dossiers_full", _("mức 4, toàn trình")

    code = models.CharField(_("mã"), max_length=10, unique=True)
    name = models.CharField(_("tên"), max_length=40)
    counts_as = models.CharField(_("tính vào"), max_length=20, choices=CountsAs, blank=True, default="")
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=1)
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("mức dịch vụ")
        verbose_name_plural = _("mức dịch vụ")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(counts_as__in=["", "dossiers_partial", "dossiers_full"]), name="level_counts_as_known"
            ),
            ends_after_start("level_ends_after_start"),
        ]

    def __str__(self):
        return self.name

    def clean(self):
        """Refuse to change what a used level counts as: what was counted would no longer be what is counted."""
        super().clean()
        before = ServiceLevel.objects.filter(pk=self.pk, dossier__isnull=False).first()
        if before and before.counts_as != self.counts_as:
            raise ValidationError(
                {"counts_as": _("Mức này đã có hồ sơ nên không đổi được cách tính. Thêm một mức mới.")}
            )


class ProcedureQuerySet(DatedQuerySet):
    def search(self, text):
        """Procedures that have every word of text in name, sector or code, ignoring accents; best first."""
        found = self
        for word in fold(text[:80]).split()[:8]:
            found = found.filter(search_name__contains=word)
        whole = fold(text[:80])
        return found.annotate(
            rank=Case(
                When(code=text.strip()[:20], then=Value(0)),
                When(search_name__startswith=whole, then=Value(1)),
                When(search_name__contains=whole, then=Value(2)),
                default=Value(3),
                output_field=IntegerField(),
            )
        ).order_by("rank", "name")


class Procedure(Dated):
    """An administrative procedure (thủ tục hành chính)."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên"), max_length=500)
    sector = models.CharField(_("lĩnh vực"), max_length=160, blank=True)
    department = models.ForeignKey(
        Department, verbose_name=_("sở, ngành"), null=True, blank=True, on_delete=models.PROTECT
    )
    level = models.ForeignKey(
        ServiceLevel, verbose_name=_("mức hiện nay"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    level_2020 = models.ForeignKey(
        ServiceLevel,
        verbose_name=_("mức năm 2020"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    official_url = models.URLField(_("trang chính thức"), max_length=300, blank=True)
    bring = models.TextField(
        _("cần mang theo"), max_length=1000, blank=True, help_text=_("Mỗi dòng một thứ giấy tờ. Hiện trên thẻ ở bàn.")
    )
    search_name = models.TextField(editable=False, default="")
    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("thủ tục")
        verbose_name_plural = _("thủ tục")
        ordering = ["code"]
        constraints = [ends_after_start("procedure_ends_after_start")]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.search_name = self.folded()
        super().save(*args, **kwargs)

    def folded(self):
        """The text that search looks in; bulk writers set search_name to it themselves."""
        return fold(f"{self.name} {self.sector} {self.code}")
