"""The targets of the demo world."""

import datetime

import pytest
from django.core.management import call_command

from reports.demo_targets import goal, of_2020, season
from reports.models import Target
from reports.targets.cards import cards_of
from shifts.models import Team, Unit
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_the_targets_of_2020_are_those_that_were_announced():
    call_command("load_world", verbosity=0)
    assert of_2020(make_user("canbo", "Vũ Đình Toàn"), Team.objects.get(code="TINH")) == 7
    rows = Target.objects.order_by("pk").values_list("figure", "level", "team__code", "rhythm", "minimum", "stretch")
    assert list(rows) == [
        ("dossiers", "", None, "period", 20_000, 50_000),
        ("reached_with_account", "", None, "period", 100_000, 100_000),
        ("coverage", "commune", None, "period", 100, 100),
        ("coverage", "district", None, "period", 100, 100),
        ("dossiers", "", "TINH", "period", 3_000, 4_000),
        ("events", "", "TINH", "month", 1, 2),
        ("on_duty", "", "TINH", "session", 3, 3),
    ]
    cards = cards_of(Target.objects.select_related("unit", "team__unit"), datetime.date(2020, 6, 16))
    by_figure = {(card.target.figure, card.target.level, bool(card.target.team)): card for card in cards}
    whole = by_figure["dossiers", "", False]
    assert (whole.standing.open_days, whole.standing.days_passed) == (220, 79)
    assert [part.target.team.code for part in whole.parts] == ["TINH"]
    assert by_figure["coverage", "commune", False].standing.minimum == 177
    assert by_figure["coverage", "district", False].standing.minimum == 13


def test_the_demo_gives_its_target_to_the_communes_of_today():
    call_command("demo", verbosity=0, days=2, without_2020=True)
    whole = Target.objects.current().get(figure="dossiers", unit__level="province")
    own = Target.objects.current().get(figure="dossiers", team__code="TINH")
    parts = Target.objects.current().filter(figure="dossiers", unit__level="commune")
    assert parts.count() == Unit.objects.on().filter(level="commune").count() == 54
    assert sum(part.minimum for part in parts) + own.minimum == whole.minimum
    assert sum(part.stretch for part in parts) + own.stretch == whole.stretch


def test_goals_are_round_and_as_large_as_the_pace_asks_for():
    assert goal(4428, 39 / 66, 1.06) == 7100
    assert goal(0, 0.5, 1.06) == 100


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        ((2026, 11, 24), ((2026, 10, 1), (2026, 12, 31))),
        ((2026, 3, 18), ((2026, 2, 2), (2026, 5, 4))),
    ],
)
def test_the_season_is_that_of_the_weeks_shown(today, expected):
    found = season(datetime.datetime(*today, 8, tzinfo=datetime.UTC))
    assert found == tuple(datetime.date(*day) for day in expected)
