"""Places where a team serves, their posts and their hours."""

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .dated import Dated, DatedQuerySet, ends_after_start

WORKING_WEEK = "12345"


class Site(Dated):
    """A support site (điểm hỗ trợ) of a unit."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên"), max_length=160)
    short_name = models.CharField(_("tên ngắn"), max_length=30)
    unit = models.ForeignKey("shifts.Unit", verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="sites")
    address = models.CharField(
        _("địa chỉ"), max_length=200, blank=True, help_text=_("Ví dụ: Trụ sở UBND phường, 2 Bến Đoan.")
    )
    min_people = models.PositiveSmallIntegerField(
        _("số người tối thiểu mỗi buổi"),
        default=1,
        help_text=_("Số người khác nhau phải có mặt trong mọi buổi mở cửa, tính cả điểm."),
    )
    whole_days = models.BooleanField(
        _("trực trọn ngày"),
        default=False,
        help_text=_("Một người giữ một vị trí cả ngày; nửa ngày chỉ khi không còn cách khác."),
    )
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
    min_people = models.PositiveSmallIntegerField(_("ít nhất mỗi buổi"), default=1)
    max_people = models.PositiveSmallIntegerField(
        _("nhiều nhất mỗi buổi"), default=3, validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("vị trí trực")
        verbose_name_plural = _("vị trí trực")
        ordering = ["site", "position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "code"],
                name="post_code_once_per_site",
                violation_error_message=_("Điểm này đã có vị trí mang mã đó."),
            ),
            models.CheckConstraint(
                condition=Q(max_people__gte=F("min_people")) & Q(max_people__gte=1),
                name="post_max_not_below_min",
                violation_error_message=_("Số người nhiều nhất phải từ 1 và không nhỏ hơn số ít nhất."),
            ),
        ]

    def __str__(self):
        return self.name


class SiteSessionQuerySet(models.QuerySet):
    def used(self):
        """Sessions that the site still has; one without weekdays is kept for the hours of what was served there."""
        return self.exclude(weekdays="")


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
    weekdays = models.CharField(
        _("các thứ trong tuần"),
        max_length=7,
        default=WORKING_WEEK,
        validators=[
            RegexValidator(
                r"^(?!.*(.).*\1)[1-7]+$",
                _("Ghi các số từ 1 (thứ Hai) đến 7 (Chủ nhật), mỗi số một lần, ví dụ 12345 hoặc 123456."),
            )
        ],
        help_text=_("1 là thứ Hai, 7 là Chủ nhật; 12345 là thứ Hai đến thứ Sáu."),
    )
    objects = SiteSessionQuerySet.as_manager()

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

    @property
    def is_used(self):
        """Whether the site still has this session."""
        return bool(self.weekdays)
