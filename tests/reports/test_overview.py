"""/reports/overview/: the figures of my units, and of no others."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from assistance.models import DailyTally
from reports.queries import figure_lines
from shifts.attendance import mark
from shifts.models import Assignment, Role, Roster, Unit
from tests.factories import publish

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 2, 10)


def counted(world, date, value, figure="visits", unit=None):
    DailyTally.objects.create(
        date=date, unit=unit or world.province, team=world.team, site=world.site, post=world.t1,
        volunteer=world.volunteer, audience="citizen", figure=figure, value=value,
    )  # fmt: skip


def line(units, code="visits"):
    found = next(row for row in figure_lines(units=units, today=TODAY) if row.figure.code == code)
    return found.today, found.recent, found.year


def client_of(user):
    client = Client()
    client.force_login(user, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def test_each_period_begins_on_its_day(world):
    for date, value in [("2026-02-10", 1), ("2026-01-12", 10), ("2026-01-11", 100), ("2026-01-01", 1000),
                        ("2025-12-31", 10_000), ("2026-02-11", 100_000)]:  # fmt: skip
        counted(world, datetime.date.fromisoformat(date), value)
    assert line(Unit.objects.all()) == (1, 11, 1111)
    assert line(Unit.objects.all(), "accounts") == (0, 0, 0)


def test_units_outside_my_reach_are_not_counted(world):
    counted(world, TODAY, 5)
    counted(world, TODAY, 70, unit=world.district)
    assert line(Unit.objects.within(world.province)) == (75, 75, 75)
    assert line(Unit.objects.within(world.district)) == (70, 70, 70)


def test_duties_and_hours_come_from_the_attendance_of_my_teams(world):
    roster = Roster.objects.create(site=world.site, month=TODAY.replace(day=1))
    publish(roster, world.leader)
    evening = timezone.make_aware(datetime.datetime(2026, 2, 10, 20))
    for date, session in [(TODAY, "sang"), (TODAY, "chieu"), (TODAY - datetime.timedelta(days=1), "sang")]:
        duty = Assignment.objects.create(
            roster=roster, date=date, session=session, post=world.t1, volunteer=world.volunteer.volunteer
        )
        mark(assignment=duty, state="present", by=world.leader, at=evening)
    assert line(Unit.objects.all(), "duties") == (2, 3, 3)
    assert line(Unit.objects.all(), "hours") == (7.5, 11.5, 11.5)
    assert line(Unit.objects.within(world.district), "hours") == (0, 0, 0)
    html = client_of(world.leadership).get("/reports/overview/").content.decode()
    assert "Buổi trực" in html and "Giờ trực" in html


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_however_many_rows(world, count, django_assert_num_queries):
    for number in range(count):
        counted(world, TODAY - datetime.timedelta(days=number), 5)
    client = client_of(world.leadership)
    with django_assert_num_queries(10):
        assert client.get("/reports/overview/").status_code == 200


def test_leadership_lands_on_the_dashboard_and_a_volunteer_may_not_look(world):
    assert client_of(world.leadership).get("/")["Location"] == "/reports/"
    refused = client_of(world.volunteer).get("/reports/overview/")
    assert refused.status_code == 403
    assert "lãnh đạo" in refused.content.decode()


def test_unit_without_figures_is_told_what_will_be_here(world):
    Role.objects.filter(user=world.leadership).update(unit=world.district, kind="reporter")
    assert "Chưa có lượt hỗ trợ nào" in client_of(world.leadership).get("/reports/overview/").content.decode()
