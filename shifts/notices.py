"""Tells people what concerns them: on their home page at once, by e-mail soon after."""

import datetime
from collections.abc import Iterable

from django.utils import timezone

from shifts.models import Notice, User

KEPT_DAYS_ONCE_READ, KEPT_DAYS = 90, 365


def tell(users: Iterable[User], *, kind: str, text: str, url: str = "", key: str = "", by: User | None = None) -> int:
    """Write one notice for each of these people but `by`, who knows; return for how many.

    `text` is a whole sentence of at most 300 letters, `url` a path of this site. With a `key`, a person who was told
    under the same key is not told again. Mails are sent from these rows by `run_due`.
    """
    people = {user.pk: user for user in users if user and user.is_active and (by is None or user.pk != by.pk)}
    rows = [
        Notice(user=user, kind=kind, text=str(text)[:300], url=url, key=key) for _pk, user in sorted(people.items())
    ]
    if not key:
        return len(Notice.objects.bulk_create(rows))
    # ignore_conflicts: two jobs that tell the same at once.
    known = set(Notice.objects.filter(key=key, user__in=people).values_list("user_id", flat=True))
    fresh = [row for row in rows if row.user_id not in known]
    Notice.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def mark_read(notices, at: datetime.datetime | None = None) -> int:
    """Mark these notices, a queryset, as read; return how many were not yet."""
    return notices.filter(read_at__isnull=True).update(read_at=at or timezone.now())


def forget_old_notices(at: datetime.datetime) -> int:
    """Delete what was read long ago, and what nobody read for a year."""
    read = Notice.objects.filter(read_at__lt=at - datetime.timedelta(days=KEPT_DAYS_ONCE_READ))
    old = Notice.objects.filter(made_at__lt=at - datetime.timedelta(days=KEPT_DAYS))
    return (read | old).delete()[0]
