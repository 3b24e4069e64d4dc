"""Whom to call when a place is empty: who is free, those with the fewest duty days of the month first."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import NamedTuple

from django.db.models import Q

from shifts.models import Assignment, Post, Volunteer

from .facts import RosterFacts


class Callable(NamedTuple):
    """Somebody who is free, and on how many days of the month they serve anyway."""

    volunteer: Volunteer
    days: int

    @property
    def user(self):
        return self.volunteer.user


class _HeldDuty(NamedTuple):
    """As much of an assignment as the rules ask of it."""

    pk: int
    volunteer_id: int
    date: object
    session: str
    post: object
    event: object


class CallFacts(RosterFacts):
    """Facts for a page that is asked for every minute: a month of duties as plain values instead of model objects."""

    @property
    def assignments(self):
        first, last = self.reach
        rows = Assignment.objects.active().between(first, last)
        rows = rows.filter(Q(volunteer__in=list(self.people)) | Q(roster__site=self.site)).order_by()
        names = ("pk", "volunteer_id", "date", "session", "post_id", "post__name", "event__venue")
        return [
            _HeldDuty(
                pk, who, date, session, SimpleNamespace(pk=post, name=name) if post else None,
                SimpleNamespace(venue=venue),
            )
            for pk, who, date, session, post, name, venue in rows.values_list(*names)
        ]  # fmt: skip


def call_facts(site, date, *, sessions=None, posts=None) -> CallFacts:
    """Return the facts of one day at a site; what is known already (its sessions, its posts) is not read again."""
    facts = CallFacts(site, date, date)
    if sessions is not None:
        facts.sessions = {date: sessions} if sessions else {}
    if posts is not None:
        facts.posts = posts
    return facts


def call_list(facts: RosterFacts, date, session: str, posts: Iterable[Post]) -> dict[int, list[Callable]]:
    """Post -> whom to call for a place there in that session, best first."""
    return {
        post.pk: [
            Callable(person, facts.days_in_month(person, date)) for person in facts.who_can(date, session, post)
        ]
        for post in posts
    }
