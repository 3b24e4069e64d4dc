"""Writes around a team's regulations: publishing a version, and beginning the next."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.models import Regulation, User
from shifts.notices import tell


@transaction.atomic
def publish(*, regulation: Regulation, by: User | None) -> int:
    """Let the version hold from now on, and tell the team to read it; return how many were told."""
    regulation.published_at = timezone.now()
    regulation.save(update_fields=["published_at"])
    members = User.objects.filter(volunteer__team=regulation.team, is_active=True).select_related("volunteer")
    today = timezone.localdate()
    return tell(
        [user for user in members if user.volunteer.serves_on(today)],
        kind="regulation",
        text=_("Có {title} bản {version}. Bạn hãy đọc và xác nhận.").format(
            title=regulation.title, version=regulation.version
        ),
        key=f"regulation-{regulation.pk}",
        by=by,
    )


def write_next(*, regulation: Regulation) -> Regulation:
    """Begin the version after the team's last one with this one's text, as a draft."""
    last = Regulation.objects.filter(team=regulation.team).aggregate(last=Max("version"))["last"]
    return Regulation.objects.create(
        team=regulation.team, version=last + 1, title=regulation.title, text=regulation.text
    )
