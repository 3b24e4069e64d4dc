"""Places where a team serves, their posts and their hours."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .dated import Dated, DatedQuerySet, ends_after_start


class Site(Dated):
    """A support site (điểm hỗ trợ) of a unit."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên"), max_length=160)
    short_name = models.CharField(_("tên ngắn"), max_length=30)
    unit = models.ForeignKey("shifts.Unit", verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="sites")
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("điểm hỗ trợ")
        verbose_name_plural = _("điểm hỗ trợ")
        ordering = ["code"]
        constraints = [ends_after_start("site_ends_after_start")]

    def __str__(self):
        return self.name


class Post(models.Model):
    """A place to stand at a site: a floor or a desk. Every site has at least one."""

    site = models.ForeignKey(Site, verbose_name=_("điểm hỗ trợ"), on_delete=models.CASCADE, related_name="posts")
    code = models.CharField(_("mã"), max_length=10)
    name = models.CharField(_("tên"), max_length=40)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=1)

    class Meta:
        verbose_name = _("vị trí trực")
        verbose_name_plural = _("vị trí trực")
        ordering = ["site", "position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "code"],
                name="post_code_once_per_site",
                violation_error_message=_("Điểm này đã có vị trí mang mã đó."),
            )
        ]

    def __str__(self):
        return self.name


class SiteSession(models.Model):
    """The hours of a morning, afternoon or evening session at a site."""

    class Session(models.TextChoices):
        MORNING = "sang", _("sáng")
        AFTERNOON = "chieu", _("chiều")
        EVENING = "toi", _("tối")

    site = models.ForeignKey(Site, verbose_name=_("điểm hỗ trợ"), on_delete=models.CASCADE, related_name="sessions")
    session = models.CharField(_("buổi"), max_length=5, choices=Session)
    starts_at = models.TimeField(_("từ giờ"))
    ends_at = models.TimeField(_("đến giờ"))

    class Meta:
        verbose_name = _("giờ trực")
        verbose_name_plural = _("giờ trực")
        ordering = ["site", "starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["site", "session"], name="session_once_per_site"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="session_ends_after_start",
                violation_error_message=_("Giờ kết thúc phải sau giờ bắt đầu."),
            ),
        ]

    def __str__(self):
        return f"{self.get_session_display()} {self.starts_at:%H:%M}-{self.ends_at:%H:%M}"
