"""The lobby board: the links to it, and what it shows of one site. No person is named beyond those on the roster."""

import datetime
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from assistance.queries import visits_by_person
from reports.models import LobbyBoard, Target
from reports.targets.cards import Card, cards_of, moment_of
from shifts.models import OutreachEvent, Site, SiteSession, User
from shifts.roster.calendar import open_sessions
from shifts.roster.today import DayAtSite, day_at_site

SEEN_AGAIN = datetime.timedelta(minutes=10)
SHOWN_FIGURES = ("dossiers", "reached_with_account")
EVENTS_AHEAD = datetime.timedelta(days=45)
OPENING_AHEAD = datetime.timedelta(days=14)


@dataclass(frozen=True)
class BoardFacts:
    """All that the screen shows at one moment."""

    site: Site
    at: datetime.datetime
    day: DayAtSite
    helped: int
    cards: list[Card]
    event: OutreachEvent | None
    opens_again: tuple[datetime.date, SiteSession] | None = None

    @property
    def session(self):
        """The session that runs or comes next; None after the last of the day."""
        return self.day.current


def board_of_token(token: str) -> LobbyBoard | None:
    """Return the live board under this secret, else None."""
    return LobbyBoard.objects.live().filter(token=token).select_related("site__unit").first()


def mark_seen(board: LobbyBoard, at: datetime.datetime) -> None:
    """Note that a screen asked; at most one write in ten minutes, however often it asks."""
    if board.seen_at is None or board.seen_at <= at - SEEN_AGAIN:
        LobbyBoard.objects.filter(pk=board.pk).update(seen_at=at)


def board_facts(site: Site, at: datetime.datetime) -> BoardFacts:
    """Return what the screen of a site shows at a moment: floors, today's visits, this year's targets, the next event.

    Targets are those of the site's unit that run on the day, of its teams where the unit has none.
    """
    today = timezone.localdate(at)
    events = OutreachEvent.objects.filter(
        team__home_site=site,
        date__range=(today, today + EVENTS_AHEAD),
        state__in=[OutreachEvent.State.PLANNED, OutreachEvent.State.CONFIRMED],
    )
    helped = sum(by.visits for by in visits_by_person(site=site, date=today).values())
    day = day_at_site(site, today, at=at)
    return BoardFacts(
        site=site,
        at=at,
        day=day,
        helped=helped,
        cards=_cards(site, today, at),
        event=events.select_related("host_unit").order_by("date", "starts_at").first(),
        opens_again=None if day.current else _opens_again(site, today),
    )


def _opens_again(site, today):
    """The first session after today, within two weeks."""
    tomorrow = today + datetime.timedelta(days=1)
    days = open_sessions(site, tomorrow, tomorrow + OPENING_AHEAD)
    return next(((day, sessions[0]) for day, sessions in sorted(days.items()) if sessions), None)


def _cards(site, today, at):
    running = Target.objects.on(moment_of(today, at)).running(today).filter(figure__in=SHOWN_FIGURES)
    running = running.select_related("unit", "team__unit")
    found = list(running.filter(unit=site.unit)) or list(running.filter(team__home_site=site))
    cards = cards_of(found, today)
    return sorted(cards, key=lambda card: (SHOWN_FIGURES.index(card.target.figure), card.target.first))[:2]


@transaction.atomic
def make_board(*, site: Site, by: User | None) -> LobbyBoard:
    """Return the live board of a site, made when there is none; of two who ask at once both get the same."""
    try:
        with transaction.atomic():
            return LobbyBoard.objects.live().get_or_create(site=site, defaults={"made_by": by})[0]
    except IntegrityError:
        return LobbyBoard.objects.live().get(site=site)


def revoke_board(board: LobbyBoard) -> None:
    """End a link: from now on its address is unknown."""
    LobbyBoard.objects.live().filter(pk=board.pk).update(revoked_at=timezone.now())


@transaction.atomic
def renew_board(board: LobbyBoard, *, by: User | None) -> LobbyBoard:
    """End a link and return a new one for the same site."""
    revoke_board(board)
    return make_board(site=board.site, by=by)
