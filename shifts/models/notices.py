"""What a person should know: on their home page, and by e-mail."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class NoticeQuerySet(models.QuerySet):
    def unread(self):
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """One sentence for one person, with the page it is about."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("loại"), max_length=20)
    text = models.CharField(_("lời"), max_length=300)
    url = models.CharField(_("trang"), max_length=200, blank=True)
    key = models.CharField(
        max_length=120, blank=True, help_text=_("Cùng một khóa chỉ báo cho một người một lần; trống: không xét.")
    )
    made_at = models.DateTimeField(_("lúc"), default=timezone.now)
    read_at = models.DateTimeField(_("đã đọc lúc"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("đã gửi thư lúc"), null=True, blank=True)
    mail_begun_at = models.DateTimeField(null=True, blank=True, editable=False)
    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("lời báo")
        verbose_name_plural = _("lời báo")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], condition=~Q(key=""), name="notice_once_per_key"),
        ]
        indexes = [
            models.Index(fields=["user", "read_at"], name="notice_user_read"),
            models.Index(fields=["made_at"], condition=Q(mailed_at__isnull=True), name="notice_to_mail"),
        ]

    def __str__(self):
        return self.text


# Plain SQL: the ORM would take longer to write this question than the database to answer it.
UNREAD = "(SELECT COUNT(*) FROM shifts_notice n WHERE n.user_id = shifts_user.id AND n.read_at IS NULL)"


def unread_beside_user() -> RawSQL:
    """An annotation for a query of users: how many notices each has not read."""
    return RawSQL(UNREAD, [])  # noqa: S611 - fixed text
