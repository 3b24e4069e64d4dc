"""Dossiers that we helped with, as we see them."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shifts.access import Access


class NotSubmittedReason(models.Model):
    """Why a dossier was not submitted online; staff edit the list."""

    code = models.CharField(_("mã"), max_length=20, unique=True)
    name = models.CharField(_("tên"), max_length=80)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=1)
    is_active = models.BooleanField(_("đang dùng"), default=True)

    class Meta:
        verbose_name = _("lý do chưa nộp")
        verbose_name_plural = _("lý do chưa nộp")
        ordering = ["position", "code"]

    def __str__(self):
        return self.name


class DossierCodePattern(models.Model):
    """A shape that dossier codes are known to have."""

    name = models.CharField(_("tên"), max_length=80, unique=True)
    pattern = models.CharField(_("mẫu (biểu thức chính quy)"), max_length=200)
    example = models.CharField(_("ví dụ"), max_length=60)
    position = models.PositiveSmallIntegerField(_("thứ tự"), default=1)

    class Meta:
        verbose_name = _("mẫu mã hồ sơ")
        verbose_name_plural = _("mẫu mã hồ sơ")
        ordering = ["position"]

    def __str__(self):
        return self.name

    def clean(self):
        # Every code that a desk sends is held against it.
        try:
            re.compile(self.pattern)
        except (re.error, RecursionError, OverflowError) as error:
            raise ValidationError({"pattern": _("biểu thức chính quy viết chưa đúng")}) from error


class DossierQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Dossiers of the teams that user serves in or leads; the code is for the team's eyes only."""
        access = Access.of(user)
        if access.sees_everything:
            return self
        return self.filter(visit__team__in=access.team_ids | access.led_team_ids)

    def surviving(self):
        """Dossiers of visits that were not undone."""
        return self.filter(visit__undone_at__isnull=True)

    def open(self):
        """Dossiers that still wait for something."""
        return self.surviving().filter(state__in=Dossier.OPEN)


class Dossier(models.Model):
    """The dossier of one visit. Only one dossier per code counts as submitted, and one as returned."""

    class Outcome(models.TextChoices):
        SUBMITTED = "submitted", _("Đã nộp")
        PREPARED = "prepared", _("Đã chuẩn bị")
        NOT_SUBMITTED = "not_submitted", _("Chưa nộp được")

    class State(models.TextChoices):
        PREPARING = "preparing", _("Đang chuẩn bị")
        SUBMITTED = "submitted", _("Đã nộp")
        MORE_PAPERS = "more_papers", _("Cần bổ sung")
        ACCEPTED = "accepted", _("Được tiếp nhận")
        RETURNED = "returned", _("Đã trả kết quả")
        REFUSED = "refused", _("Bị từ chối")
        WITHDRAWN = "withdrawn", _("Đã rút")
        NOT_SUBMITTED = "not_submitted", _("Chưa nộp được")

    OPEN = ["preparing", "submitted", "more_papers", "accepted"]
    WAS_SUBMITTED = ["submitted", "more_papers", "accepted", "returned", "refused", "withdrawn"]

    visit = models.OneToOneField("assistance.Visit", on_delete=models.CASCADE, related_name="dossier")
    code = models.CharField(_("mã hồ sơ"), max_length=60, blank=True, default="")
    code_digest = models.CharField(max_length=64, blank=True, default="", editable=False, db_index=True)
    level = models.ForeignKey(
        "assistance.ServiceLevel", verbose_name=_("mức"), null=True, blank=True, on_delete=models.PROTECT
    )
    guided = models.BooleanField(_("sở, ngành đã hướng dẫn"), default=False)
    complete = models.BooleanField(_("đủ giấy tờ"), default=False)
    outcome = models.CharField(_("kết quả"), max_length=15, choices=Outcome)
    state = models.CharField(_("trạng thái"), max_length=15, choices=State)
    reason = models.ForeignKey(
        NotSubmittedReason, verbose_name=_("lý do"), null=True, blank=True, on_delete=models.PROTECT
    )
    submitted_at = models.DateTimeField(_("nộp lúc"), null=True, blank=True)
    returned_at = models.DateTimeField(_("trả kết quả lúc"), null=True, blank=True)
    counts_submission = models.BooleanField(default=False, editable=False)
    counts_result = models.BooleanField(default=False, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = _("hồ sơ")
        verbose_name_plural = _("hồ sơ")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["submitted", "prepared", "not_submitted"]), name="dossier_outcome"
            ),
            models.CheckConstraint(
                condition=Q(outcome="submitted", submitted_at__isnull=False)
                & Q(state__in=["submitted", "more_papers", "accepted", "returned", "refused", "withdrawn"])
                | Q(outcome="prepared", submitted_at__isnull=True, state__in=["preparing", "withdrawn"])
                | Q(outcome="not_submitted", submitted_at__isnull=True, state="not_submitted"),
                name="dossier_state_fits_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="submitted") | Q(guided=True, complete=True, level__isnull=False),
                name="dossier_submitted_with_both_ticks",
                violation_error_message=_(
                    "Chỉ nộp giúp khi sở, ngành đã hướng dẫn, giấy tờ đã đủ và đã chọn mức dịch vụ."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(outcome="not_submitted") | Q(reason__isnull=False),
                name="dossier_not_submitted_with_reason",
                violation_error_message=_("Chưa nộp được thì cần chọn lý do."),
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | Q(returned_at__isnull=False), name="dossier_returned_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(counts_submission=False) | Q(outcome="submitted"), name="dossier_counts_when_submitted"
            ),
            models.CheckConstraint(
                condition=Q(counts_result=False) | Q(state="returned"), name="dossier_result_counts_when_returned"
            ),
            models.UniqueConstraint(
                fields=["code_digest"],
                condition=Q(counts_submission=True) & ~Q(code_digest=""),
                name="dossier_code_counts_once",
            ),
            models.UniqueConstraint(
                fields=["code_digest"],
                condition=Q(counts_result=True) & ~Q(code_digest=""),
                name="dossier_result_counts_once",
            ),
        ]

    def __str__(self):
        return str(self.pk)
