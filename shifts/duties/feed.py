"""The secret link under which a person's own calendar reads their duties."""

from django.db import transaction
from django.utils import timezone

from shifts.models import CalendarFeed, User


def feed_of(user: User) -> CalendarFeed | None:
    """The link that holds now, or None."""
    return CalendarFeed.objects.filter(owner=user, site=None, team=None, revoked_at=None).first()


@transaction.atomic
def new_feed(*, user: User) -> CalendarFeed:
    """Make a link; the one before, if any, shows nothing from now on."""
    # Locked, so that two taps make one link after the other instead of breaking the rule of one.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    CalendarFeed.objects.filter(owner=user, site=None, team=None, revoked_at=None).update(revoked_at=timezone.now())
    return CalendarFeed.objects.create(owner=user)
