"""Visits: one citizen helped once each."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shifts.access import Access


class VisitQuerySet(models.QuerySet):
    def surviving(self):
        """Visits that were not undone."""
        return self.filter(undone_at__isnull=True)

    def visible_to(self, user):
        """Visits that user may know of: their own, their team's for a leader, the subtree's for unit roles."""
        access = Access.of(user)
        if access.sees_everything:
            return self
        seen = Q(volunteer=user) | Q(team__in=access.led_team_ids)
        if access.has_unit_role:
            seen |= Q(unit__in=access.units())
        return self.filter(seen)

    def for_list(self):
        """With all that a row of the list shows."""
        rows = self.select_related("procedure", "event", "dossier__reason", "dossier__level")
        return rows.prefetch_related("activities")


class Visit(models.Model):
    """One citizen helped once (lượt, not người). Never deleted: undo marks it."""

    class Audience(models.TextChoices):
        CITIZEN = "citizen", _("Người dân")
        YOUTH = "youth", _("Đoàn viên, thanh niên")
        ENTERPRISE = "enterprise", _("Doanh nghiệp, tổ chức")

    class Account(models.TextChoices):
        UNASKED = "", _("Không hỏi")
        HAD = "had", _("Đã có")
        OPENED = "opened", _("Vừa lập")
        NONE = "none", _("Chưa có")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    occurred_at = models.DateTimeField(_("thời gian"))
    date = models.DateField(_("ngày"), editable=False)
    hour = models.PositiveSmallIntegerField(editable=False)
    team = models.ForeignKey("shifts.Team", verbose_name=_("đội hình"), on_delete=models.PROTECT)
    unit = models.ForeignKey("shifts.Unit", verbose_name=_("đơn vị"), on_delete=models.PROTECT)
    site = models.ForeignKey("shifts.Site", verbose_name=_("điểm hỗ trợ"), on_delete=models.PROTECT)
    post = models.ForeignKey("shifts.Post", verbose_name=_("vị trí"), on_delete=models.PROTECT)
    volunteer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("tình nguyện viên"), on_delete=models.PROTECT, related_name="visits"
    )
    event = models.ForeignKey(
        "shifts.OutreachEvent",
        verbose_name=_("hoạt động"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="visits",
        db_index=False,
        help_text=_("Lượt ghi tại một buổi Thứ Bảy tình nguyện; để trống là ghi ở bàn."),
    )
    audience = models.CharField(_("đối tượng"), max_length=10, choices=Audience)
    account = models.CharField(_("tài khoản"), max_length=6, choices=Account, blank=True, default="")
    activities = models.ManyToManyField("assistance.Activity", through="VisitActivity", verbose_name=_("việc"))
    procedure = models.ForeignKey(
        "assistance.Procedure", verbose_name=_("thủ tục"), null=True, blank=True, on_delete=models.PROTECT
    )
    department = models.ForeignKey(
        "assistance.Department", verbose_name=_("sở, ngành"), null=True, blank=True, on_delete=models.PROTECT
    )
    counter = models.ForeignKey(
        "assistance.Counter", verbose_name=_("quầy"), null=True, blank=True, on_delete=models.PROTECT
    )
    queue_number = models.CharField(_("số thứ tự"), max_length=12, blank=True, default="")
    off_roster = models.BooleanField(_("ngoài lịch trực"), default=False)
    late_entry = models.BooleanField(_("nhập bù"), default=False)
    amended = models.BooleanField(_("đội trưởng sửa sau"), default=False)
    amend_reason = models.CharField(_("lý do sửa"), max_length=200, blank=True, default="")
    undone_at = models.DateTimeField(null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("lượt hỗ trợ")
        verbose_name_plural = _("lượt hỗ trợ")
        ordering = ["-occurred_at", "-created_at"]
        indexes = [
            models.Index(fields=["volunteer", "date"], name="visit_volunteer_date"),
            models.Index(fields=["site", "date"], name="visit_site_date"),
            models.Index(fields=["event"], condition=Q(event__isnull=False), name="visit_event"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(audience__in=["citizen", "youth", "enterprise"]), name="visit_audience"),
            models.CheckConstraint(condition=Q(account__in=["", "had", "opened", "none"]), name="visit_account"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="visit_hour"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="visit_undone_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(amended=False) | ~Q(amend_reason=""),
                name="visit_amended_with_reason",
                violation_error_message=_("Sửa lượt của ngày trước cần ghi lý do."),
            ),
        ]

    def __str__(self):
        return str(self.pk)

    @property
    def dossier_or_none(self):
        """The dossier of this visit, or None."""
        return getattr(self, "dossier", None)

    @cached_property
    def headline(self):
        """What was done, short: "Đón, Giới thiệu, Tờ rơi"."""
        dossier = self.dossier_or_none
        names = [activity.short_name for activity in self.activities.all()]
        if dossier and dossier.outcome == "not_submitted":
            return gettext("Chưa nộp được: {reason}").format(reason=dossier.reason.name.lower())
        if dossier and dossier.outcome == "submitted":
            return gettext("Nộp hồ sơ {level}").format(level=dossier.level.name.lower())
        if dossier:
            return gettext("Đã chuẩn bị hồ sơ")
        return ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")

    @cached_property
    def detail(self):
        """For whom, what was needed, and where when not at a desk: "Người dân, số 083"."""
        parts = [str(self.get_audience_display())]
        if self.procedure_id:
            parts.append(self.procedure.name)
        if self.account == "opened":
            parts.append(gettext("vừa lập tài khoản"))
        if self.queue_number:
            parts.append(gettext("số {number}").format(number=self.queue_number))
        if self.event_id:
            parts.append(self.event.venue)
        return ", ".join(parts)


class VisitActivity(models.Model):
    """One thing done in one visit."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE)
    activity = models.ForeignKey("assistance.Activity", on_delete=models.PROTECT)

    class Meta:
        verbose_name = _("việc trong lượt")
        verbose_name_plural = _("việc trong lượt")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["visit", "activity"], name="visit_activity_once")]

    def __str__(self):
        return f"{self.visit_id} {self.activity_id}"


class HandOverNote(models.Model):
    """What the next at this floor should know; gone tonight."""

    site = models.ForeignKey("shifts.Site", verbose_name=_("điểm hỗ trợ"), on_delete=models.CASCADE)
    post = models.ForeignKey("shifts.Post", verbose_name=_("vị trí"), on_delete=models.CASCADE)
    date = models.DateField(_("ngày"))
    text = models.CharField(_("lời nhắn"), max_length=200)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lời bàn giao")
        verbose_name_plural = _("lời bàn giao")
        ordering = ["-written_at"]
        constraints = [models.UniqueConstraint(fields=["post", "date"], name="note_one_per_post_and_day")]

    def __str__(self):
        return f"{self.post} {self.date:%d/%m/%Y}"
