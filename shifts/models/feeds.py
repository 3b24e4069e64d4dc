"""Secret links under which a calendar program reads duties."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def new_token():
    """Return a secret that nobody guesses: 32 bytes, 43 letters of an address."""
    return secrets.token_urlsafe(32)


class CalendarFeed(models.Model):
    """A link to one person's duties, to those of a site, or to the events of a team.

    Whoever has it reads it, until it is revoked.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds")
    site = models.ForeignKey(
        "shifts.Site", null=True, blank=True, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    team = models.ForeignKey(
        "shifts.Team", null=True, blank=True, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    token = models.CharField(max_length=64, unique=True, default=new_token)
    made_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("liên kết lịch")
        verbose_name_plural = _("liên kết lịch")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner"],
                condition=Q(site__isnull=True, team__isnull=True, revoked_at__isnull=True),
                name="feed_one_of_a_person",
            ),
            models.UniqueConstraint(
                fields=["owner", "site"],
                condition=Q(site__isnull=False, revoked_at__isnull=True),
                name="feed_one_of_a_site",
            ),
            models.UniqueConstraint(
                fields=["owner", "team"],
                condition=Q(team__isnull=False, revoked_at__isnull=True),
                name="feed_one_of_a_team",
            ),
            models.CheckConstraint(
                condition=Q(site__isnull=True) | Q(team__isnull=True), name="feed_of_a_site_or_a_team"
            ),
        ]

    def __str__(self):
        return str(self.site or self.team or self.owner)

    def get_absolute_url(self):
        return reverse("calendar_feed", args=[self.token])
