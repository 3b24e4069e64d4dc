"""What the dashboard shows at once: the targets, the floors of the site today, and which units are behind."""

import datetime
from dataclasses import dataclass, field

from reports.dashboard.burn_up import BurnUp
from reports.dashboard.filters import Filters
from reports.dashboard.ranking import Ranking
from reports.targets.cards import Card, cards_of, first_cards, moment_of
from reports.targets.reach import visible_targets
from reports.targets.verdicts import headline
from shifts.models import Site
from shifts.roster.today import DayAtSite, day_at_site

MAIN_FIGURES = ("dossiers", "reached_with_account")
MAIN_CARDS = 3


@dataclass
class FirstScreen:
    """All of it, as it stands at a moment."""

    filters: Filters
    at: datetime.datetime
    cards: list[Card] = field(default_factory=list)
    others: list[Card] = field(default_factory=list)
    ranking: Ranking | None = None
    burn_up: BurnUp | None = None
    day: DayAtSite | None = None

    @property
    def headline(self):
        return headline([card.verdict for card in [*self.cards, *self.others]])


def first_screen(filters: Filters, at: datetime.datetime) -> FirstScreen:
    """Return the first screen; the number of queries grows with nothing."""
    on = filters.on
    rows = visible_targets(filters.access).on(moment_of(on, at)).running(on)
    if filters.unit:
        rows = rows.within(type(filters.unit).objects.filter(path__startswith=filters.unit.path))
    cards = cards_of(rows, on)
    main, others = sort_cards(first_cards(cards))
    found = FirstScreen(filters, at, main, others)
    for card in main:
        if card.unit_parts and found.ranking is None:
            found.ranking = Ranking(card)
        if card.standing.adds_up and found.burn_up is None:
            found.burn_up = BurnUp(card.standing)
    if filters.is_now and (site := first_site(filters)):
        found.day = day_at_site(site, on, at=at)
    return found


def sort_cards(cards: list[Card]) -> tuple[list[Card], list[Card]]:
    """The cards of the figures that the story is about, those of units before those of teams; then the others."""

    def rank(card):
        figure = card.target.figure
        return (MAIN_FIGURES.index(figure) if figure in MAIN_FIGURES else len(MAIN_FIGURES), bool(card.target.team_id))

    ordered = sorted(cards, key=rank)
    main = [card for card in ordered if card.target.figure in MAIN_FIGURES and card.standing.adds_up][:MAIN_CARDS]
    main = main or ordered[:MAIN_CARDS]
    return main, [card for card in ordered if card not in main]


def first_site(filters: Filters) -> Site | None:
    """The site of the unit that is looked at, else the first of this person's; None where they see no roster."""
    sites = filters.access.rostered_sites().select_related("unit").order_by("unit__level", "code")
    if filters.unit:
        sites = sites.filter(unit=filters.unit)
    found = list(sites[:50])
    own = {unit.pk for unit in filters.access.roots()} | {filters.unit.pk if filters.unit else None}
    return next((site for site in found if site.unit_id in own), found[0] if found else None)
