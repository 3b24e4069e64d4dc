"""Who came to their duty: the state now, and every mark that led to it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .roster import Assignment
from .teams import Team


class Attendance(models.Model):
    """How one duty was attended; a duty without a row is still expected.

    It is stamped with the team of the person and the unit that the team had on the day of the duty, so that whoever
    changes team, or whatever becomes of the unit, what was served stays where it was served.
    """

    class State(models.TextChoices):
        EXPECTED = "expected", _("chưa đến")
        PRESENT = "present", _("có mặt")
        LATE = "late", _("muộn")
        LEFT = "left", _("đã về")
        ABSENT = "absent", _("vắng")
        EXCUSED = "excused", _("vắng có lý do")

    CAME = [State.PRESENT, State.LATE, State.LEFT]

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="attendance")
    team = models.ForeignKey(
        Team, verbose_name=_("đội hình"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    unit = models.ForeignKey(
        "shifts.Unit", verbose_name=_("đơn vị"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    state = models.CharField(_("trạng thái"), max_length=10, choices=State, default=State.EXPECTED)
    arrived_at = models.DateTimeField(_("đến lúc"), null=True, blank=True)
    left_at = models.DateTimeField(_("về lúc"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("số phút phục vụ"), default=0, help_text=_("Trong giờ của buổi; 0 khi vắng hoặc chưa đến.")
    )
    note = models.CharField(_("ghi chú"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("điểm danh")
        verbose_name_plural = _("điểm danh")
        ordering = ["assignment"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["present", "late", "left"], arrived_at__isnull=False)
                | Q(
                    state__in=["expected", "absent", "excused"],
                    arrived_at__isnull=True,
                    left_at__isnull=True,
                    minutes=0,
                ),
                name="attendance_came_has_arrival",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("arrived_at")),
                name="attendance_leaves_after_arriving",
                violation_error_message=_("Giờ về phải sau giờ đến."),
            ),
            models.CheckConstraint(
                condition=~Q(state="left") | Q(left_at__isnull=False), name="attendance_left_has_time"
            ),
        ]

    def __str__(self):
        return f"{self.assignment}: {self.get_state_display()}"

    def save(self, *args, **kwargs):
        """Stamp the team and its unit, once."""
        if self.team_id is None:
            self.stamp(Team.objects.get(members=self.assignment.volunteer_id))
        super().save(*args, **kwargs)

    def stamp(self, team):
        """Take the duty down to this team, and to the unit that it had on the day."""
        date = Assignment._meta.get_field("date").to_python(self.assignment.date)
        self.team, self.unit_id = team, team.unit_id_on(date)


class AttendanceMark(models.Model):
    """One mark of a duty's attendance, kept so that it can be undone and explained."""

    attendance = models.ForeignKey(Attendance, on_delete=models.CASCADE, related_name="marks")
    state = models.CharField(max_length=10, choices=Attendance.State)
    arrived_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=120, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("lần điểm danh")
        verbose_name_plural = _("lần điểm danh")
        ordering = ["attendance", "pk"]

    def __str__(self):
        return f"{self.attendance_id}: {self.get_state_display()}"
