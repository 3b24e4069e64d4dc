"""Targets: what a unit or team has promised to reach in a period, and how that promise changed."""

import datetime
import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from reports.targets.kinds import COVERAGE, ON_DUTY, TARGET_FIGURES
from shifts.models import Unit

LARGEST_TARGET = 100_000_000
EARLIEST, LATEST = datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)
LONGEST_DAYS = 5 * 366
DECIDES = ["figure", "level", "unit_id", "team_id", "first", "last", "rhythm", "minimum", "stretch"]


def figure_choices():
    return [(code, figure.name) for code, figure in TARGET_FIGURES.items()]


class TargetQuerySet(models.QuerySet):
    def current(self):
        """The versions that hold now: one of each target that was not withdrawn."""
        return self.filter(ended_at=None)

    def on(self, moment: datetime.datetime):
        """The versions that held at a moment; half-open.

        What was set first also stands for the time before it was entered: targets are decided on paper, often after
        their period has begun. Only a change has a before and an after.
        """
        return self.filter(
            Q(version=1) | Q(began_at__lte=moment), Q(ended_at=None) | Q(ended_at__gt=moment)
        )  # fmt: skip

    def running(self, date: datetime.date):
        """Those whose period holds the date."""
        return self.filter(first__lte=date, last__gte=date)

    def within(self, units):
        """Those of these units (a queryset), and of teams of these units."""
        keys = units.values("pk")
        return self.filter(Q(unit__in=keys) | Q(team__unit__in=keys))


class Target(models.Model):
    """One version of a target. Versions of one target share their series; the one that was not ended holds now."""

    class Rhythm(models.TextChoices):
        PERIOD = "period", _("cả kỳ")
        MONTH = "month", _("mỗi tháng")
        SESSION = "session", _("mỗi buổi mở cửa")

    class Level(models.TextChoices):
        COMMUNE = Unit.Level.COMMUNE.value, _("xã, phường")
        DISTRICT = Unit.Level.DISTRICT.value, _("huyện, thị xã, thành phố")

    series = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    version = models.PositiveIntegerField(_("lần"), default=1, editable=False)
    figure = models.CharField(_("số liệu"), max_length=25, choices=figure_choices)
    level = models.CharField(
        _("tính các đơn vị"),
        max_length=10,
        choices=Level,
        blank=True,
        help_text=_("Chỉ dùng cho độ phủ: đếm các xã, phường hay các huyện đã có đội hình."),
    )
    unit = models.ForeignKey(
        "shifts.Unit",
        verbose_name=_("đơn vị"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="targets",
        help_text=_("Đơn vị và mọi đơn vị bên dưới. Chỉ tiêu của một đội hình thì để trống ô này."),
    )
    team = models.ForeignKey(
        "shifts.Team",
        verbose_name=_("đội hình"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="targets",
        help_text=_("Chỉ ghi khi chỉ tiêu là của riêng một đội hình."),
    )
    first = models.DateField(_("từ ngày"))
    last = models.DateField(_("đến hết ngày"))
    rhythm = models.CharField(_("tính theo"), max_length=8, choices=Rhythm, default=Rhythm.PERIOD)
    minimum = models.PositiveIntegerField(
        _("tối thiểu"),
        validators=[MinValueValidator(1, _("Tối thiểu phải từ 1.")), MaxValueValidator(LARGEST_TARGET)],
        help_text=_("Dưới số này là chưa đạt."),
    )
    stretch = models.PositiveIntegerField(
        _("phấn đấu"),
        validators=[MinValueValidator(1, _("Phấn đấu phải từ 1.")), MaxValueValidator(LARGEST_TARGET)],
        help_text=_("Không có mức phấn đấu riêng thì ghi bằng số tối thiểu."),
    )
    reason = models.CharField(_("căn cứ, lý do"), max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người đặt"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    began_at = models.DateTimeField(_("đặt lúc"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("thay lúc"), null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người thay"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    end_reason = models.CharField(_("lý do thôi"), max_length=300, blank=True, editable=False)
    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("chỉ tiêu")
        verbose_name_plural = _("chỉ tiêu")
        ordering = ["-first", "figure", "level", "unit__path", "team", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, team__isnull=True) | Q(unit__isnull=True, team__isnull=False),
                name="target_of_a_unit_or_a_team",
                violation_error_message=_("Chỉ tiêu là của một đơn vị hoặc của một đội hình: chọn đúng một."),
            ),
            models.CheckConstraint(
                condition=Q(minimum__gt=0),
                name="target_above_zero",
                violation_error_message=_("Tối thiểu phải từ 1: chỉ tiêu bằng 0 thì không cần đặt."),
            ),
            models.CheckConstraint(
                condition=Q(stretch__gte=F("minimum")),
                name="target_stretch_not_below_minimum",
                violation_error_message=_("Phấn đấu không được nhỏ hơn tối thiểu."),
            ),
            models.CheckConstraint(
                condition=Q(last__gte=F("first")),
                name="target_not_backwards",
                violation_error_message=_("Kỳ phải kết thúc vào hoặc sau ngày bắt đầu: xem lại hai ngày."),
            ),
            models.CheckConstraint(
                condition=Q(first__gte=EARLIEST, last__lte=LATEST),
                name="target_in_our_time",
                violation_error_message=_("Kỳ nằm trong các năm 2000 đến 2100: xem lại năm."),
            ),
            models.CheckConstraint(
                condition=Q(rhythm__in=["period", "month", "session"]), name="target_rhythm_known"
            ),
            models.CheckConstraint(
                condition=Q(figure=ON_DUTY, rhythm="session") | (~Q(figure=ON_DUTY) & ~Q(rhythm="session")),
                name="target_session_is_of_duty",
                violation_error_message=_("Chỉ số người trực tính theo buổi, và nó chỉ tính theo buổi."),
            ),
            models.CheckConstraint(
                condition=Q(figure=COVERAGE, rhythm="period", team__isnull=True, level__in=["commune", "district"])
                | (~Q(figure=COVERAGE) & Q(level="")),
                name="target_coverage_counts_units",
                violation_error_message=_("Độ phủ là của một đơn vị, tính cả kỳ, và cần chọn đếm xã hay huyện."),
            ),
            models.CheckConstraint(
                condition=~Q(figure=COVERAGE) | Q(stretch__lte=100),
                name="target_coverage_in_percent",
                violation_error_message=_("Độ phủ ghi bằng phần trăm số đơn vị, từ 1 đến 100."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("began_at")), name="target_ends_after_beginning"
            ),
            models.UniqueConstraint(fields=["series", "version"], name="target_version_once"),
            models.UniqueConstraint(
                fields=["series"], condition=Q(ended_at__isnull=True), name="target_one_current_version"
            ),
            models.UniqueConstraint(
                fields=["figure", "level", "unit", "first", "last"],
                condition=Q(ended_at__isnull=True, team__isnull=True),
                name="target_once_per_unit",
                violation_error_message=_("Đơn vị này đã có chỉ tiêu này trong đúng kỳ này. Hãy sửa chỉ tiêu đó."),
            ),
            models.UniqueConstraint(
                fields=["figure", "level", "team", "first", "last"],
                condition=Q(ended_at__isnull=True, unit__isnull=True),
                name="target_once_per_team",
                violation_error_message=_("Đội hình này đã có chỉ tiêu này trong đúng kỳ này. Hãy sửa chỉ tiêu đó."),
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["first", "last"], name="target_period")]

    def __str__(self):
        return f"{self.figure_name}, {self.scope}, {self.period_words}"

    def get_absolute_url(self):
        return reverse("reports:target", args=[self.series])

    @property
    def scope(self):
        """The unit or the team."""
        return self.team or self.unit

    @property
    def home_unit(self):
        """The unit whose people set it: its own, or that of the team."""
        return self.team.unit if self.team_id else self.unit

    @property
    def definition(self):
        return TARGET_FIGURES[self.figure].definition if self.figure in TARGET_FIGURES else ""

    @property
    def figure_name(self):
        """The name of what is counted; of coverage, with the units that are counted."""
        if self.figure == COVERAGE and self.level:
            return f"{TARGET_FIGURES[COVERAGE].name}: {self.get_level_display()}"
        return str(TARGET_FIGURES[self.figure].name) if self.figure in TARGET_FIGURES else self.figure

    @property
    def period_words(self):
        """năm 2026; tháng 11/2026; 24/02 đến 31/12/2020"""
        first, last = self.first, self.last
        if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
            return _now("năm {year}").format(year=first.year)
        if (
            first.day == 1
            and (last + datetime.timedelta(days=1)).day == 1
            and (first.year, first.month)
            == (
                last.year,
                last.month,
            )
        ):
            return _now("tháng {month}").format(month=f"{first:%m/%Y}")
        begin = f"{first:%d/%m}" if first.year == last.year else f"{first:%d/%m/%Y}"
        return _now("{first} đến {last}").format(first=begin, last=f"{last:%d/%m/%Y}")

    @property
    def is_current(self):
        return self.ended_at is None

    @property
    def question(self):
        """What two targets have in common that can be added up: figure, level, period and rhythm."""
        return self.figure, self.level, self.first, self.last, self.rhythm

    def decides_the_same_as(self, other):
        return all(getattr(self, name) == getattr(other, name) for name in DECIDES)
