"""check_figures: screen, file and rows are compared, and a difference is named."""

import pytest
from django.core.management import CommandError, call_command

from assistance.models import DailyTally, OutreachResult
from tests.reports.figures.records import MONDAY, duty, event, log, sent, total

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(world):
    log(world, activities=["gioi_thieu", "to_roi"], procedure=world.procedure, dossier=sent())
    log(world, by=world.stranger, post=world.other_post, activities=["vneid"], account="opened")
    total(world.province, reached=5, guided_citizen=4, duties=3, events=3)
    OutreachResult.objects.create(event=event(world, date=MONDAY), reached=2, leaflets=30)
    duty(world)
    return world


def check(capsys, **options):
    call_command("check_figures", **{"first": "09/02/2026", "last": "2026-02-15", **options})
    return capsys.readouterr().out


def test_everything_agrees(busy, capsys):
    said = check(capsys)
    assert "từ 09/02/2026 đến 15/02/2026" in said and "Khớp hoàn toàn." in said


def test_a_tally_without_its_visits_is_named_and_ends_with_one(busy, capsys):
    row = DailyTally.objects.get(figure="visits", unit=busy.district)
    DailyTally.objects.filter(pk=row.pk).update(value=5)
    with pytest.raises(SystemExit) as stop:
        check(capsys)
    assert stop.value.code == 1
    assert "KHÁC visits" in capsys.readouterr().out


@pytest.mark.parametrize(
    "options", [{"first": "x"}, {"first": "16/02/2026"}, {"first": "1900-01-01"}, {"last": "32/13/2026"}]
)
def test_days_that_cannot_be_are_refused(busy, capsys, options):
    with pytest.raises(CommandError):
        check(capsys, **options)
