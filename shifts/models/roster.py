"""The roster of a site: who has which duty, and every change that was made to it."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .sites import SiteSession

Session = SiteSession.Session


def session_known(name):
    """Return the constraint that the session is one of the three."""
    return models.CheckConstraint(condition=Q(session__in=Session.values), name=name)


class RosterQuerySet(models.QuerySet):
    def published(self):
        return self.filter(state=Roster.State.PUBLISHED)

    def of_month(self, date):
        """Rosters of the month in which that date lies."""
        return self.filter(month=date.replace(day=1))


class Roster(models.Model):
    """The duties of one site in one month: a draft until it is published."""

    class State(models.TextChoices):
        DRAFT = "draft", _("bản nháp")
        PUBLISHED = "published", _("đã công bố")

    site = models.ForeignKey(
        "shifts.Site", verbose_name=_("điểm hỗ trợ"), on_delete=models.PROTECT, related_name="rosters"
    )
    month = models.DateField(_("tháng"), help_text=_("Ngày đầu tháng."))
    state = models.CharField(_("trạng thái"), max_length=10, choices=State, default=State.DRAFT)
    version = models.PositiveIntegerField(
        _("bản"), default=0, help_text=_("0 khi chưa công bố; mỗi lần đổi là một bản.")
    )
    published_at = models.DateTimeField(_("công bố lúc"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("người công bố"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    objects = RosterQuerySet.as_manager()

    class Meta:
        verbose_name = _("lịch trực")
        verbose_name_plural = _("lịch trực")
        ordering = ["-month", "site"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "month"],
                name="roster_once_per_month",
                violation_error_message=_("Điểm này đã có lịch trực của tháng đó."),
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="roster_month_is_first_day"),
            models.CheckConstraint(
                condition=Q(state="draft", version=0, published_at__isnull=True)
                | Q(state="published", version__gte=1, published_at__isnull=False),
                name="roster_published_has_version",
            ),
        ]

    def __str__(self):
        return f"{self.site} {self.month:%m/%Y}"

    def get_absolute_url(self):
        return reverse("roster:month", args=[self.site.code, f"{self.month:%Y-%m}"])

    @property
    def is_published(self):
        return self.state == self.State.PUBLISHED

    @property
    def last_day(self):
        """The last day of the month."""
        return (self.month + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)


class AssignmentQuerySet(models.QuerySet):
    def active(self):
        """Duties that take a place; cancelled ones do not."""
        return self.filter(state=Assignment.State.ACTIVE)

    def announced(self):
        """Active duties that volunteers may know of: of a published roster, or at an event."""
        return self.active().filter(Q(roster__state=Roster.State.PUBLISHED) | Q(event__isnull=False))

    def between(self, first, last):
        """Duties from one date to another, both included."""
        return self.filter(date__range=(first, last))


class Assignment(models.Model):
    """One volunteer's duty on one date in one session: at a post of a roster, or at an outreach event."""

    class State(models.TextChoices):
        ACTIVE = "active", _("có hiệu lực")
        CANCELLED = "cancelled", _("đã hủy")

    roster = models.ForeignKey(
        Roster, verbose_name=_("lịch trực"), null=True, blank=True, on_delete=models.PROTECT, related_name="assignments"
    )
    event = models.ForeignKey(
        "shifts.OutreachEvent",
        verbose_name=_("hoạt động"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assignments",
    )
    date = models.DateField(_("ngày"))
    session = models.CharField(_("buổi"), max_length=5, choices=Session)
    post = models.ForeignKey(
        "shifts.Post",
        verbose_name=_("vị trí trực"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assignments",
    )
    volunteer = models.ForeignKey(
        "shifts.Volunteer", verbose_name=_("tình nguyện viên"), on_delete=models.PROTECT, related_name="assignments"
    )
    state = models.CharField(_("trạng thái"), max_length=10, choices=State, default=State.ACTIVE)
    pinned = models.BooleanField(_("ghim"), default=False)
    made_at = models.DateTimeField(_("xếp lúc"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("hủy lúc"), null=True, blank=True, editable=False)
    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("phân công")
        verbose_name_plural = _("phân công")
        ordering = ["date", "session", "post", "volunteer"]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer", "date", "session"],
                condition=Q(state="active"),
                name="assignment_one_duty_per_session",
                violation_error_message=_("Bạn này đã có ca trong buổi đó."),
            ),
            models.CheckConstraint(
                condition=Q(roster__isnull=False, post__isnull=False, event__isnull=True)
                | Q(roster__isnull=True, post__isnull=True, event__isnull=False),
                name="assignment_at_post_or_event",
                violation_error_message=_("Một ca trực ở một vị trí của lịch trực, hoặc ở một hoạt động."),
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended_at__isnull=True) | Q(state="cancelled", ended_at__isnull=False),
                name="assignment_cancelled_has_time",
            ),
            session_known("assignment_session_known"),
        ]
        indexes = [
            models.Index(fields=["roster", "date"], name="assignment_roster_date"),
            models.Index(fields=["volunteer", "date"], name="assignment_volunteer_date"),
        ]

    def __str__(self):
        return f"{self.date:%d/%m/%Y} {self.get_session_display()}, {self.volunteer}"


class RosterChange(models.Model):
    """One act that changed a roster, with its lines; the history of the roster, and what undo reverses."""

    class Kind(models.TextChoices):
        BUILD = "build", _("xếp lịch")
        EDIT = "edit", _("sửa")
        PUBLISH = "publish", _("công bố")
        REPAIR = "repair", _("xếp bù")
        ABSENCE = "absence", _("báo không đến được")
        TAKE = "take", _("nhận ca")
        SWAP = "swap", _("đổi ca")
        CLOSE = "close", _("đóng cửa")
        TEMPLATE = "template", _("lịch mẫu")
        IMPORT = "import", _("nhập từ tệp")
        UNDO = "undo", _("hoàn tác")

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind)
    version = models.PositiveIntegerField(help_text=_("Bản của lịch sau lần đổi này; 0 là bản nháp."))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=200, blank=True)
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.CASCADE, related_name="undone_by")

    class Meta:
        verbose_name = _("lần đổi lịch trực")
        verbose_name_plural = _("lần đổi lịch trực")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["roster", "version"], condition=Q(version__gt=0), name="roster_change_once_per_version"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=["build", "edit", "publish", "repair", "absence", "take", "swap", "close", "template"]
                    + ["import", "undo"]
                ),
                name="roster_change_kind_known",
                violation_error_message=_("Loại đổi lịch này không có."),
            ),
        ]

    def __str__(self):
        return f"{self.roster}, {self.get_kind_display()}"


class RosterChangeLine(models.Model):
    """What one change did to one duty."""

    class Act(models.TextChoices):
        ADD = "add", _("thêm")
        REMOVE = "remove", _("bỏ")
        PIN = "pin", _("ghim")
        UNPIN = "unpin", _("bỏ ghim")

    change = models.ForeignKey(RosterChange, on_delete=models.CASCADE, related_name="lines")
    act = models.CharField(max_length=10, choices=Act)
    date = models.DateField()
    session = models.CharField(max_length=5, choices=Session)
    post = models.ForeignKey("shifts.Post", on_delete=models.PROTECT, related_name="+")
    volunteer = models.ForeignKey("shifts.Volunteer", on_delete=models.PROTECT, related_name="+")
    pinned = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("dòng đổi lịch trực")
        verbose_name_plural = _("dòng đổi lịch trực")
        ordering = ["date", "session", "post", "pk"]
        constraints = [
            session_known("roster_change_line_session_known"),
            models.CheckConstraint(
                condition=Q(act__in=["add", "remove", "pin", "unpin"]),
                name="roster_change_line_act_known",
                violation_error_message=_("Việc đổi này không có."),
            ),
        ]

    def __str__(self):
        return f"{self.get_act_display()} {self.date:%d/%m/%Y} {self.get_session_display()}"


class RosterShare(models.Model):
    """What would be fair for one person in one roster, in sessions; the balance of later months is read from it."""

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="shares")
    volunteer = models.ForeignKey("shifts.Volunteer", on_delete=models.PROTECT, related_name="shares")
    fair_share = models.DecimalField(_("mức công bằng, buổi"), max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = _("mức công bằng")
        verbose_name_plural = _("mức công bằng")
        ordering = ["roster", "volunteer"]
        constraints = [
            models.UniqueConstraint(fields=["roster", "volunteer"], name="roster_share_once"),
        ]

    def __str__(self):
        return f"{self.volunteer} {self.fair_share}"


class RaisedLimit(models.Model):
    """The leader asked one person for more days this month than their own maximum."""

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="raised_limits")
    volunteer = models.ForeignKey("shifts.Volunteer", on_delete=models.CASCADE, related_name="raised_limits")
    max_per_week = models.PositiveSmallIntegerField(_("tối đa ngày trực mỗi tuần"), null=True, blank=True)
    max_per_month = models.PositiveSmallIntegerField(_("tối đa ngày trực mỗi tháng"), null=True, blank=True)

    class Meta:
        verbose_name = _("mức nâng riêng")
        verbose_name_plural = _("mức nâng riêng")
        constraints = [models.UniqueConstraint(fields=["roster", "volunteer"], name="raised_limit_once")]

    def __str__(self):
        return f"{self.volunteer}, {self.roster}"


class RosterRun(models.Model):
    """One run of the optimiser over a draft, asked for on a page and done by the worker."""

    class State(models.TextChoices):
        QUEUED = "queued", _("đang chờ")
        RUNNING = "running", _("đang xếp")
        DONE = "done", _("xong")
        CANCELLED = "cancelled", _("đã dừng")
        FAILED = "failed", _("hỏng")

    UNDER_WAY = [State.QUEUED, State.RUNNING]

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="runs")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    phase = models.CharField(max_length=80, blank=True)
    progress = models.PositiveSmallIntegerField(default=0, help_text=_("Phần trăm."))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    beat_at = models.DateTimeField(null=True, blank=True, help_text=_("Lần cuối báo tiến độ."))
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("lượt xếp lịch")
        verbose_name_plural = _("lượt xếp lịch")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["roster"],
                condition=Q(state__in=["queued", "running"]),
                name="roster_run_one_under_way",
                violation_error_message=_("Lịch này đang được xếp rồi."),
            ),
            models.CheckConstraint(condition=Q(progress__lte=100), name="roster_run_progress_is_percent"),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "cancelled", "failed"]),
                name="roster_run_state_known",
                violation_error_message=_("Trạng thái xếp lịch này không có."),
            ),
        ]

    def __str__(self):
        return f"{self.roster}, {self.get_state_display()}"


class OpenPlaceQuerySet(models.QuerySet):
    def waiting(self):
        """Places nobody has taken yet."""
        return self.filter(closed_at__isnull=True)


class OpenPlace(models.Model):
    """A place in a published roster for which somebody is wanted."""

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="open_places")
    date = models.DateField(_("ngày"))
    session = models.CharField(_("buổi"), max_length=5, choices=Session)
    post = models.ForeignKey("shifts.Post", on_delete=models.PROTECT, related_name="+")
    given_up = models.OneToOneField(
        Assignment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="opened_place",
        help_text=_("Ca mà một bạn đã báo không đến được; trống khi chỗ chưa từng có người."),
    )
    taken = models.OneToOneField(
        Assignment, null=True, blank=True, on_delete=models.PROTECT, related_name="taken_place"
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    objects = OpenPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("chỗ đang cần người")
        verbose_name_plural = _("chỗ đang cần người")
        ordering = ["date", "session", "post", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__isnull=True) | Q(closed_at__isnull=False), name="open_place_taken_is_closed"
            ),
            session_known("open_place_session_known"),
        ]
        indexes = [models.Index(fields=["roster", "closed_at", "date"], name="open_place_waiting")]

    def __str__(self):
        return f"{self.date:%d/%m/%Y} {self.get_session_display()}, {self.post}"


class RosterTemplate(models.Model):
    """A week of duties to repeat."""

    site = models.ForeignKey(
        "shifts.Site", verbose_name=_("điểm hỗ trợ"), on_delete=models.CASCADE, related_name="roster_templates"
    )
    name = models.CharField(_("tên"), max_length=60)

    class Meta:
        verbose_name = _("lịch mẫu")
        verbose_name_plural = _("lịch mẫu")
        ordering = ["site", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"],
                name="roster_template_name_once",
                violation_error_message=_("Điểm này đã có lịch mẫu mang tên đó."),
            )
        ]

    def __str__(self):
        return self.name


class RosterTemplateLine(models.Model):
    """One duty of the week."""

    template = models.ForeignKey(RosterTemplate, on_delete=models.CASCADE, related_name="lines")
    weekday = models.PositiveSmallIntegerField(_("thứ"), help_text=_("1 là thứ Hai, 7 là Chủ nhật."))
    session = models.CharField(_("buổi"), max_length=5, choices=Session)
    post = models.ForeignKey("shifts.Post", verbose_name=_("vị trí trực"), on_delete=models.CASCADE)
    volunteer = models.ForeignKey("shifts.Volunteer", verbose_name=_("tình nguyện viên"), on_delete=models.CASCADE)

    class Meta:
        verbose_name = _("dòng lịch mẫu")
        verbose_name_plural = _("dòng lịch mẫu")
        ordering = ["template", "weekday", "session", "post"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "weekday", "session", "volunteer"],
                name="roster_template_one_duty_per_session",
                violation_error_message=_("Bạn này đã có ca trong buổi đó của lịch mẫu."),
            ),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="roster_template_weekday_known"),
            session_known("roster_template_session_known"),
        ]

    def __str__(self):
        return f"{self.template}, {self.weekday} {self.get_session_display()}"
