"""The notices that ask people to take a place: no longer unread once the places they name are taken."""

import datetime
from collections.abc import Iterable

from shifts.models import Notice, OpenPlace
from shifts.notices import mark_read


def invitation_key(places: Iterable[OpenPlace]) -> str:
    """Under this key people are asked about places that were opened together."""
    return f"open-place-{min(place.pk for place in places)}"


def end_invitations(places: Iterable[OpenPlace], at: datetime.datetime) -> None:
    """Mark as read what asked for these places, now filled, where no other of the same opening waits."""
    for together in _openings(places):
        if all(place.closed_at for place in together):
            mark_read(Notice.objects.filter(key=invitation_key(together)), at)


def withdraw(places: Iterable[OpenPlace], at: datetime.datetime) -> None:
    """Close these places, for which nobody is wanted any more, and what asked for them."""
    places = list(places)
    OpenPlace.objects.filter(pk__in=[place.pk for place in places]).update(closed_at=at)
    end_invitations(places, at)


def renew_invitations(places: Iterable[OpenPlace]) -> None:
    """Let what asked for these places, about to be opened again, be unread as before they were filled."""
    for together in _openings(places):
        ended = {place.closed_at for place in together if place.closed_at}
        Notice.objects.filter(key=invitation_key(together), read_at__in=ended).update(read_at=None)


def _openings(places):
    """For each opening that one of these places is of: all its places."""
    for roster, by, at in sorted({(row.roster_id, row.opened_by_id, row.opened_at) for row in places}, key=str):
        yield list(OpenPlace.objects.filter(roster=roster, opened_by=by, opened_at=at))
