"""Targets as a page shows them: standing, verdict, chart and parts together."""

import datetime
from dataclasses import dataclass, field

from reports.models import Target
from reports.targets.charts import Bullet
from reports.targets.family import Branch, branches, parents
from reports.targets.kinds import TARGET_FIGURES
from reports.targets.standing import Standing, standings
from reports.targets.verdicts import Verdict, verdict_of


@dataclass
class Card:
    """One target on one date."""

    standing: Standing
    branch: Branch
    parts: list["Card"] = field(default_factory=list)

    def __post_init__(self):
        self.verdict: Verdict = verdict_of(self.standing)
        self.bullet = Bullet(self.standing, self.verdict)

    @property
    def target(self) -> Target:
        return self.standing.target

    @property
    def late_parts(self):
        return sum(part.verdict.is_behind for part in self.parts)

    @property
    def minimum_short(self):
        return -self.branch.minimum_gap

    @property
    def stretch_short(self):
        return -self.branch.stretch_gap

    @property
    def unit_parts(self):
        return [part for part in self.parts if part.target.unit_id]

    @property
    def ranked_parts(self):
        """The slowest first."""
        return sorted(self.parts, key=lambda part: (-part.standing.late, part.standing.share_of_minimum))


def cards_of(targets, on: datetime.date) -> list[Card]:
    """Return a card for each target, its parts in it, in the order they came; queries do not grow with their number."""
    targets = list(targets)
    family = branches(targets)
    cards = {found.target.pk: Card(found, family[found.target.pk]) for found in standings(targets, on)}
    for key, parent in parents(targets).items():
        if parent is not None:
            cards[parent].parts.append(cards[key])
    return list(cards.values())


def first_cards(cards: list[Card]) -> list[Card]:
    """Those a page begins with: what is no part of another, and what teams hold beside their own unit."""
    inside = {id(part): card for card in cards for part in card.parts}
    first = [
        card
        for card in cards
        if id(card) not in inside
        or (card.target.team_id and inside[id(card)].target.unit_id == card.target.team.unit_id)
    ]
    return sorted(first, key=place_of)


def place_of(card: Card):
    """Figures in the order in which they are listed, units from the top down, each before its teams."""
    target = card.target
    figures = list(TARGET_FIGURES)
    figure = figures.index(target.figure) if target.figure in figures else len(figures)
    return figure, target.level, target.home_unit.path, bool(target.team_id), target.first


def moment_of(on: datetime.date, now: datetime.datetime) -> datetime.datetime:
    """The moment whose versions of targets are shown for a date: its end, or now on the day itself and later."""
    end = datetime.datetime.combine(on + datetime.timedelta(days=1), datetime.time(), now.tzinfo)
    return min(now, end)
