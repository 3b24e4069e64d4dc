"""Work that happens by itself: what ran when, and what failed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DueRun(models.Model):
    """One job in one period; the unique key lets it run once however often it is called."""

    class State(models.TextChoices):
        RUNNING = "running", _("đang chạy")
        DONE = "done", _("xong")
        FAILED = "failed", _("hỏng, sẽ thử lại")

    job = models.CharField(_("việc"), max_length=40)
    period = models.CharField(_("kỳ"), max_length=40)
    state = models.CharField(_("trạng thái"), max_length=10, choices=State, default=State.RUNNING)
    tries = models.PositiveSmallIntegerField(_("số lần thử"), default=1)
    started_at = models.DateTimeField(_("bắt đầu lúc"))
    finished_at = models.DateTimeField(_("xong lúc"), null=True, blank=True)
    outcome = models.CharField(_("kết quả"), max_length=200, blank=True)
    error = models.TextField(_("lỗi"), blank=True)

    class Meta:
        verbose_name = _("việc tự chạy")
        verbose_name_plural = _("việc tự chạy")
        ordering = ["-started_at", "job"]
        constraints = [
            models.UniqueConstraint(fields=["job", "period"], name="due_run_once_per_period"),
            models.UniqueConstraint(fields=["job"], condition=Q(state="running"), name="due_run_one_at_a_time"),
        ]
        indexes = [models.Index(fields=["job", "-started_at"], name="due_run_last")]

    def __str__(self):
        return f"{self.job} {self.period}"
