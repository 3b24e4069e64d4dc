"""Places for which somebody is wanted: opened where a published roster falls short, and told to those who can."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from shifts.models import OpenPlace, Roster, RosterChange, RosterChangeLine, Site, User
from shifts.notices import tell

from .calendar import sessions_over
from .changes import duty_words
from .facts import RosterFacts
from .invitations import invitation_key, withdraw
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
    places = _open_missing(roster, facts, by=by, at=at, among=among)
    ask_who_can(places, facts, by=by)
    return places


def _open_missing(roster, facts, *, by, at, among):
    waiting = Counter(OpenPlace.objects.waiting().filter(roster=roster).values_list("date", "session", "post"))
    places = []
    for date, session, post, lacking in facts.shortfalls():
        if among(date, session):
            more = lacking - waiting[date, session, post.pk]
            places += [
                OpenPlace(roster=roster, date=date, session=session, post=post, opened_by=by, opened_at=at)
                for _number in range(more)
            ]
    return OpenPlace.objects.bulk_create(places)


def keep_minimum(*, change: RosterChange, by: User | None) -> list[User] | None:
    """Ask for people where a change of a published roster leaves a session short, and no longer where it fills one.

    Call it in the transaction of the change. Returns who was asked, None where no place was opened. Who lost a duty by
    the change is not asked to take it again; a place that a volunteer gave up stays open until somebody takes it.
    """
    roster, lines = change.roster, list(change.lines.all())
    if not roster.is_published or not lines:
        return None
    over = sessions_over(roster.site, change.made_at)
    slots = {(line.date, line.session) for line in lines if not over(line.date, line.session)}
    if not slots:
        return None
    facts = RosterFacts(roster.site, min(slots)[0], max(slots)[0])
    _withdraw_needless(roster, facts, slots, change.made_at)
    among = lambda date, session: (date, session) in slots  # noqa: E731
    places = _open_missing(roster, facts, by=by, at=change.made_at, among=among)
    lost = {line.volunteer_id for line in lines if line.act == RosterChangeLine.Act.REMOVE}
    return ask_who_can(places, facts, by=by, spared=lost) if places else None


def _withdraw_needless(roster, facts, slots, at):
    """Close places of these sessions that were opened for a minimum which is met again."""
    waiting = defaultdict(list)
    rows = OpenPlace.objects.waiting().filter(roster=roster, date__in={date for date, _session in slots})
    for place in rows.order_by("opened_at", "pk"):
        if (place.date, place.session) in slots:
            waiting[place.date, place.session, place.post_id].append(place)
    needless = []
    for (date, session, post), places in waiting.items():
        surplus = len(places) - facts.missing(date, session).get(post, 0)
        made_for_minimum = [place for place in places if place.given_up_id is None]
        needless += made_for_minimum[: max(surplus, 0)]
    withdraw(needless, at)


def ask_who_can(
    places: list[OpenPlace], facts: RosterFacts, *, by: User | None, spared: Iterable[int] = ()
) -> list[User]:
    """Tell each person who could take some of these places, opened together, which ones; return who was told.

    One notice each, read by itself once the places are taken. `spared` are volunteers (keys) who are not asked.
    """
    offers, users, spared = defaultdict(set), {}, set(spared)
    for date, session, post in dict.fromkeys((place.date, place.session, place.post) for place in places):
        for person in facts.who_can(date, session, post):
            if person.pk not in spared and (by is None or person.user_id != by.pk):
                users[person.pk] = person.user
                offers[person.pk].add((date, post.name, session))
    for pk in sorted(offers):
        text = shortened(_("Đang cần người: {duties}. Bạn nhận được không?"), offers[pk])
        url = reverse("me:duties") + "#cho-trong"
        tell([users[pk]], kind="open_place", text=text, url=url, key=invitation_key(places), by=by)
    return [users[pk] for pk in sorted(offers)]


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
