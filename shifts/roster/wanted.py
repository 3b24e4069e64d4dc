"""Places for which somebody is wanted: opened where a published roster falls short, and told to those who can."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _

from shifts.models import OpenPlace, Roster, Site, User
from shifts.notices import tell

from .changes import duty_words
from .facts import RosterFacts
from .spots import SESSIONS, Spot

NOTICE_LETTERS = 300


def open_places(
    *,
    roster: Roster,
    facts: RosterFacts,
    by: User | None,
    at: datetime.datetime,
    among: Callable[[datetime.date, str], bool],
) -> list[OpenPlace]:
    """Open a place for each person missing in the sessions chosen by `among`, and tell those who could take one.

    Places that wait already are counted, so a second call opens nothing.
    """
    waiting = Counter(OpenPlace.objects.waiting().filter(roster=roster).values_list("date", "session", "post"))
    places = []
    for date, session, post, lacking in facts.shortfalls():
        if among(date, session):
            more = lacking - waiting[date, session, post.pk]
            places += [
                OpenPlace(roster=roster, date=date, session=session, post=post, opened_by=by, opened_at=at)
                for _number in range(more)
            ]
    OpenPlace.objects.bulk_create(places)
    tell_who_can(places, facts, by=by)
    return places


def tell_who_can(places: list[OpenPlace], facts: RosterFacts, *, by: User | None) -> None:
    """Tell each person who could take some of these places which ones; one notice each."""
    offers, users = defaultdict(set), {}
    for date, session, post in dict.fromkeys((place.date, place.session, place.post) for place in places):
        for person in facts.who_can(date, session, post):
            users[person.pk] = person.user
            offers[person.pk].add((date, post.name, session))
    for pk in sorted(offers):
        text = shortened(_("Đang cần người, và bạn rảnh: {duties}."), offers[pk])
        tell([users[pk]], kind="place", text=text, url=reverse("me:duties"), by=by)


def wanted_after(site: Site, date: datetime.date) -> list[Spot]:
    """The cells of the site's published rosters where somebody is wanted on a later date, the next one first."""
    rows = OpenPlace.objects.waiting().filter(roster__site=site, date__gt=date).order_by("date", "post__position")
    together = defaultdict(set)
    for day, session, post in rows.values_list("date", "session", "post"):
        together[day, post].add(session)
    return [Spot(day, post, tuple(sorted(found, key=SESSIONS.index))) for (day, post), found in together.items()]


def shortened(sentence: str, duties) -> str:
    """The sentence with as many of the duties, in words, as fit into a notice, and how many more there are."""
    days = sorted({(date, post) for date, post, _session in duties})
    for count in range(len(days), 0, -1):
        shown = {duty for duty in duties if duty[:2] in days[:count]}
        words = duty_words(shown)
        if count < len(days):
            words += _(" và {count} ngày khác").format(count=len(days) - count)
        text = sentence.format(duties=words)
        if len(text) <= NOTICE_LETTERS:
            return text
    return text[:NOTICE_LETTERS]
