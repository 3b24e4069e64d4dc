"""The team's regulations: which version holds, who has read it, publishing it and beginning the next."""

import datetime

from django.db import transaction
from django.db.models import Exists, Max, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.models import Notice, Regulation, RegulationAcknowledgement, Team, User, Volunteer
from shifts.notices import mark_read, tell


def published(team: Team, at: datetime.datetime | None = None):
    """Versions in force on or before now, the highest first; a queryset."""
    rows = Regulation.objects.filter(team=team, published_at__lte=at or timezone.now())
    return rows.order_by("-version")


def unread(*, user: User, team: Team, at: datetime.datetime | None = None) -> Regulation | None:
    """The version that holds, when this person has not said that they read it: one query."""
    mine = RegulationAcknowledgement.objects.filter(regulation=OuterRef("pk"), user=user)
    current = published(team, at).annotate(is_read=Exists(mine)).first()
    return current if current and not current.is_read else None


def acknowledge(*, regulation: Regulation, user: User) -> RegulationAcknowledgement:
    """Note that this person has read it, and with it the notice that asks for it; saying it twice changes nothing."""
    mark_read(Notice.objects.filter(user=user, key=published_key(regulation)))
    return RegulationAcknowledgement.objects.get_or_create(regulation=regulation, user=user)[0]


def readers(regulation: Regulation, date: datetime.date | None = None) -> tuple[list, list[User]]:
    """Who of the team has read it, as (person, when), and who has not; both by given name."""
    date = date or timezone.localdate()
    read = dict(regulation.acknowledgements.values_list("user", "made_at"))
    members = Volunteer.objects.filter(team=regulation.team_id, user__is_active=True).select_related("user")
    people = [member.user for member in members.order_by("user__sort_name", "pk") if member.serves_on(date)]
    done = [(user, read[user.pk]) for user in people if user.pk in read]
    return done, [user for user in people if user.pk not in read]


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
        url=reverse("me:regulations"),
        key=published_key(regulation),
        by=by,
    )


def published_key(regulation: Regulation) -> str:
    """Under this key the team is told once that this version holds."""
    return f"regulation-{regulation.pk}"


def write_next(*, regulation: Regulation) -> Regulation:
    """Begin the version after the team's last one with this one's text, as a draft."""
    last = Regulation.objects.filter(team=regulation.team).aggregate(last=Max("version"))["last"]
    return Regulation.objects.create(
        team=regulation.team, version=last + 1, title=regulation.title, text=regulation.text
    )
