"""The team's regulations: which version holds, and who has read it."""

import datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from shifts.models import Regulation, RegulationAcknowledgement, Team, User, Volunteer


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
    """Note that this person has read it; saying it twice changes nothing."""
    return RegulationAcknowledgement.objects.get_or_create(regulation=regulation, user=user)[0]


def readers(regulation: Regulation, date: datetime.date | None = None) -> tuple[list, list[User]]:
    """Who of the team has read it, as (person, when), and who has not; both by given name."""
    date = date or timezone.localdate()
    read = dict(regulation.acknowledgements.values_list("user", "made_at"))
    members = Volunteer.objects.filter(team=regulation.team_id, user__is_active=True).select_related("user")
    people = [member.user for member in members.order_by("user__sort_name", "pk") if member.serves_on(date)]
    done = [(user, read[user.pk]) for user in people if user.pk in read]
    return done, [user for user in people if user.pk not in read]
