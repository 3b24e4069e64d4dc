"""When a volunteer cannot serve, and when they would like to."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .sites import SiteSession


class LeaveQuerySet(models.QuerySet):
    def standing(self):
        """Leave that was not taken back."""
        return self.filter(withdrawn_at__isnull=True)

    def touching(self, first, last):
        """Standing leave that has a day from first to last, both included."""
        return self.standing().filter(date_from__lte=last, date_to__gte=first)


class Leave(models.Model):
    """Days, both ends included, on which a volunteer cannot serve: whole days or one session of each."""

    volunteer = models.ForeignKey(
        "shifts.Volunteer", verbose_name=_("tình nguyện viên"), on_delete=models.PROTECT, related_name="leaves"
    )
    date_from = models.DateField(_("từ ngày"))
    date_to = models.DateField(_("đến hết ngày"))
    session = models.CharField(
        _("buổi"), max_length=5, choices=SiteSession.Session, blank=True, help_text=_("Để trống: cả ngày.")
    )
    reason = models.CharField(_("lý do"), max_length=120, blank=True, help_text=_("Chỉ đội trưởng đọc được."))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(_("rút lại lúc"), null=True, blank=True)
    objects = LeaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("báo bận")
        verbose_name_plural = _("báo bận")
        ordering = ["date_from", "volunteer"]
        constraints = [
            models.CheckConstraint(
                condition=Q(date_to__gte=F("date_from")),
                name="leave_ends_not_before_start",
                violation_error_message=_("Ngày cuối không được trước ngày đầu."),
            ),
            models.CheckConstraint(
                condition=Q(session__in=["", *SiteSession.Session.values]), name="leave_session_known"
            ),
            models.UniqueConstraint(
                fields=["volunteer", "date_from", "date_to", "session"],
                condition=Q(withdrawn_at__isnull=True),
                name="leave_once",
                violation_error_message=_("Đã có báo bận đúng những ngày này."),
            ),
        ]
        indexes = [models.Index(fields=["volunteer", "date_from"], name="leave_volunteer_date")]

    def __str__(self):
        return f"{self.volunteer}, {self.date_from:%d/%m/%Y}-{self.date_to:%d/%m/%Y}"

    def covers(self, date, session):
        """Whether the person cannot serve on that date in that session because of this."""
        return self.date_from <= date <= self.date_to and self.session in ("", session)


class Preference(models.Model):
    """What a volunteer would like: a wish that the roster follows where it can."""

    volunteer = models.OneToOneField("shifts.Volunteer", on_delete=models.CASCADE, related_name="preference")
    sessions = models.CharField(
        _("buổi muốn trực"),
        max_length=15,
        blank=True,
        validators=[RegexValidator(r"^(sang|chieu|toi)?(,(sang|chieu|toi))*$")],
        help_text=_("Mã buổi, cách nhau bằng dấu phẩy; trống: buổi nào cũng được."),
    )
    weekdays = models.CharField(
        _("thứ muốn trực"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^[1-7]*$")],
        help_text=_("1 là thứ Hai; trống: thứ nào cũng được."),
    )
    posts = models.ManyToManyField("shifts.Post", verbose_name=_("vị trí muốn trực"), blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("nguyện vọng")
        verbose_name_plural = _("nguyện vọng")

    def __str__(self):
        return str(self.volunteer)
