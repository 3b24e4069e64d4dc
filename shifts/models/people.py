"""People: their login, the volunteer they are, and the roles they hold."""

import re

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shifts.text import fold, name_key, short_name

from .dated import Dated, DatedQuerySet, ends_after_start


def normal_phone(value):
    """Return a Vietnamese phone number as 0912345678, "" for nothing, or raise ValidationError."""
    digits = re.sub(r"[\s.\-()]", "", value or "")
    digits = re.sub(r"^(\+84|0084|84(?=\d{9}$))", "0", digits)
    if digits and not re.fullmatch(r"0\d{9,10}", digits):
        raise ValidationError(_("Số điện thoại có 10 chữ số, ví dụ 0912 345 678."))
    return digits


class User(AbstractUser):
    """A login. The full name is one field, as Vietnamese names are."""

    first_name = last_name = None
    full_name = models.CharField(_("họ và tên"), max_length=120)
    phone = models.CharField(_("điện thoại"), max_length=15, unique=True, null=True, blank=True)
    search_name = models.CharField(max_length=120, editable=False, default="")
    sort_name = models.CharField(max_length=240, editable=False, default="")
    first_login_done = models.BooleanField(_("đã tự đặt mật khẩu"), default=False)
    objects = UserManager()
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("người dùng")
        verbose_name_plural = _("người dùng")
        ordering = ["sort_name", "username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(phone__isnull=True) | ~Q(phone=""),
                name="user_phone_empty_is_null",
            )
        ]

    def __str__(self):
        return self.full_name or self.username

    def clean(self):
        super().clean()
        try:
            self.phone = normal_phone(self.phone) or None
        except ValidationError as error:
            raise ValidationError({"phone": error.messages}) from error

    def save(self, *args, **kwargs):
        self.search_name, self.sort_name = fold(self.full_name), name_key(self.full_name)
        self.phone = self.phone or None
        super().save(*args, **kwargs)

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return short_name(self.full_name)

    @property
    def initials(self):
        """Two letters for the round badge: the last two words of the name."""
        return "".join(word[0] for word in self.full_name.split()[-2:]).upper()


class Volunteer(models.Model):
    """A person as a member of the team where they serve."""

    user = models.OneToOneField(User, verbose_name=_("người dùng"), on_delete=models.PROTECT, related_name="volunteer")
    team = models.ForeignKey(
        "shifts.Team", verbose_name=_("đội hình"), on_delete=models.PROTECT, related_name="members"
    )
    posts = models.ManyToManyField("shifts.Post", verbose_name=_("vị trí trực được"), blank=True)
    home_post = models.ForeignKey(
        "shifts.Post",
        verbose_name=_("vị trí quen"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="regulars",
    )
    max_per_week = models.PositiveSmallIntegerField(_("tối đa ngày trực mỗi tuần"), null=True, blank=True)
    max_per_month = models.PositiveSmallIntegerField(_("tối đa ngày trực mỗi tháng"), null=True, blank=True)
    joined = models.DateField(_("vào đội"), null=True, blank=True)
    left = models.DateField(_("rời đội"), null=True, blank=True, help_text=_("Ngày đầu tiên không còn trong đội."))
    experienced = models.BooleanField(_("đã quen việc"), default=False)

    class Meta:
        verbose_name = _("tình nguyện viên")
        verbose_name_plural = _("tình nguyện viên")
        ordering = ["user__sort_name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(left__isnull=True) | Q(joined__isnull=True) | Q(left__gt=models.F("joined")),
                name="volunteer_leaves_after_joining",
                violation_error_message=_("Ngày rời đội phải sau ngày vào đội."),
            )
        ]

    def __str__(self):
        return str(self.user)

    def serves_on(self, date):
        """Whether this person is in the team on that date."""
        return (self.joined is None or self.joined <= date) and (self.left is None or date < self.left)


class Role(Dated):
    """What a person may do, at a team or a unit. A person holds any number of roles."""

    class Kind(models.TextChoices):
        VOLUNTEER = "volunteer", _("tình nguyện viên")
        LEADER = "leader", _("đội trưởng, đội phó")
        REPORTER = "reporter", _("người báo cáo của đơn vị")
        STAFF = "staff", _("cán bộ Đoàn")
        LEADERSHIP = "leadership", _("lãnh đạo")
        ADMINISTRATOR = "administrator", _("quản trị")

    AT_A_TEAM = [Kind.VOLUNTEER, Kind.LEADER]
    AT_A_UNIT = [Kind.REPORTER, Kind.STAFF, Kind.LEADERSHIP, Kind.ADMINISTRATOR]

    user = models.ForeignKey(User, verbose_name=_("người dùng"), on_delete=models.PROTECT, related_name="roles")
    kind = models.CharField(_("vai trò"), max_length=15, choices=Kind)
    team = models.ForeignKey(
        "shifts.Team", verbose_name=_("đội hình"), null=True, blank=True, on_delete=models.PROTECT, related_name="roles"
    )
    unit = models.ForeignKey(
        "shifts.Unit", verbose_name=_("đơn vị"), null=True, blank=True, on_delete=models.PROTECT, related_name="roles"
    )
    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("vai trò")
        verbose_name_plural = _("vai trò")
        ordering = ["user", "kind"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["volunteer", "leader"], team__isnull=False, unit__isnull=True)
                | Q(
                    kind__in=["reporter", "staff", "leadership", "administrator"],
                    team__isnull=True,
                    unit__isnull=False,
                ),
                name="role_at_its_team_or_unit",
                violation_error_message=_(
                    "Tình nguyện viên và đội trưởng gắn với một đội hình; các vai trò khác gắn với một đơn vị."
                ),
            ),
            models.UniqueConstraint(fields=["user", "kind", "team"], name="role_once_per_team"),
            models.UniqueConstraint(fields=["user", "kind", "unit"], name="role_once_per_unit"),
            ends_after_start("role_ends_after_start"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.team or self.unit}"
