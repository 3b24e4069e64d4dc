"""Administrative units, dated: a code may mean another unit at another time."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shifts.text import fold

from .dated import Dated, DatedQuerySet, ends_after_start


class UnitQuerySet(DatedQuerySet):
    def within(self, unit):
        """The unit and all below it, whenever they existed, with the predecessors they took over."""
        own = self.filter(path__startswith=unit.path)
        return self.filter(
            Q(path__startswith=unit.path)
            | Q(pk__in=UnitSuccession.objects.reaching(own.values_list("pk", flat=True)))
        )


class Unit(Dated):
    """A province, district or commune as it was during its validity; its key is (code, valid_from)."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("cấp tỉnh")
        DISTRICT = "district", _("cấp huyện")
        COMMUNE = "commune", _("cấp xã")

    code = models.CharField(_("mã"), max_length=10, help_text=_("Mã của Tổng cục Thống kê, giữ số 0 ở đầu."))
    name = models.CharField(_("tên"), max_length=120)
    level = models.CharField(_("cấp"), max_length=10, choices=Level)
    kind = models.CharField(_("loại"), max_length=20, help_text=_("Ví dụ: thành phố, huyện, phường, xã, đặc khu."))
    parent = models.ForeignKey(
        "self", verbose_name=_("thuộc"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = models.CharField(max_length=120, editable=False, db_index=True, default="")
    search_name = models.CharField(max_length=120, editable=False, default="")
    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("đơn vị")
        verbose_name_plural = _("đơn vị")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="unit_code_once_per_start",
                violation_error_message=_("Mã này đã có một đơn vị bắt đầu cùng ngày."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=False),
                name="unit_has_start",
                violation_error_message=_("Đơn vị cần ngày có hiệu lực."),
            ),
            ends_after_start("unit_ends_after_start"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("units:unit", args=[self.key])

    @property
    def key(self):
        """How addresses write it: its code, with its first day once it holds no more or not yet."""
        return self.code if self.holds_on(timezone.localdate()) else f"{self.code}@{self.valid_from}"

    def save(self, *args, **kwargs):
        """Keep the folded name, and the path of keys that makes a subtree one prefix."""
        self.search_name = fold(self.name)
        if self.pk is None:
            super().save(*args, **kwargs)
            kwargs = {key: value for key, value in kwargs.items() if key == "using"}
        old, self.path = self.path, f"{self.parent.path if self.parent else ''}{self.pk}."
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "path", "search_name"}
        super().save(*args, **kwargs)
        if old and old != self.path:
            for child in self.children.all():
                child.save()


class UnitSuccessionQuerySet(models.QuerySet):
    def reaching(self, unit_ids):
        """Keys of every unit that was taken over, in any number of steps, by one of these."""
        found, frontier = set(), set(unit_ids)
        pairs = list(self.values_list("predecessor_id", "successor_id"))
        while frontier:
            frontier = {before for before, after in pairs if after in frontier} - found
            found |= frontier
        return found


class UnitSuccession(models.Model):
    """An old unit points to the one that took it over, or to several of which one is the main one."""

    class Extent(models.TextChoices):
        WHOLE = "whole", _("toàn bộ")
        PARTIAL = "partial", _("một phần")

    predecessor = models.ForeignKey(
        Unit, verbose_name=_("đơn vị cũ"), on_delete=models.CASCADE, related_name="successions"
    )
    successor = models.ForeignKey(
        Unit, verbose_name=_("đơn vị kế thừa"), on_delete=models.PROTECT, related_name="inheritances"
    )
    is_main = models.BooleanField(_("kế thừa chính"), default=True)
    extent = models.CharField(_("phần"), max_length=10, choices=Extent, default=Extent.WHOLE)
    decision = models.CharField(_("nghị quyết"), max_length=60, blank=True)
    change = models.ForeignKey(
        "shifts.UnitChange",
        verbose_name=_("lần đổi đơn vị"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="successions",
    )
    objects = UnitSuccessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("kế thừa đơn vị")
        verbose_name_plural = _("kế thừa đơn vị")
        ordering = ["predecessor", "-is_main", "successor"]
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once_per_pair"),
            models.UniqueConstraint(
                fields=["predecessor"],
                condition=Q(is_main=True),
                name="succession_one_main",
                violation_error_message=_("Đơn vị cũ đã có một đơn vị kế thừa chính."),
            ),
            models.CheckConstraint(
                condition=~Q(predecessor=models.F("successor")),
                name="succession_not_itself",
                violation_error_message=_("Một đơn vị không kế thừa chính nó."),
            ),
        ]

    def __str__(self):
        return f"{self.predecessor} → {self.successor}"
