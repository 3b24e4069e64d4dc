"""Lobby boards: a big screen in the hall of a site, behind a secret link of its own."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from shifts.models.feeds import new_token


class LobbyBoardQuerySet(models.QuerySet):
    def live(self):
        """Boards whose link still opens."""
        return self.filter(revoked_at=None)


class LobbyBoard(models.Model):
    """A link that shows one site in its hall, without login, until it is revoked."""

    site = models.ForeignKey(
        "shifts.Site", verbose_name=_("điểm hỗ trợ"), on_delete=models.CASCADE, related_name="boards"
    )
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("người tạo"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("tạo lúc"), default=timezone.now)
    seen_at = models.DateTimeField(_("màn hình hỏi lần cuối lúc"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("hủy lúc"), null=True, blank=True)
    objects = LobbyBoardQuerySet.as_manager()

    class Meta:
        verbose_name = _("bảng ở sảnh")
        verbose_name_plural = _("bảng ở sảnh")
        ordering = ["site", "-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["site"],
                condition=Q(revoked_at__isnull=True),
                name="board_one_live_of_a_site",
                violation_error_message=_("Điểm này đã có một liên kết bảng ở sảnh. Hãy đổi hoặc hủy liên kết đó."),
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("made_at")), name="board_revoked_after_made"
            ),
        ]

    def __str__(self):
        return str(self.site)

    def get_absolute_url(self):
        return reverse("board", args=[self.token])
