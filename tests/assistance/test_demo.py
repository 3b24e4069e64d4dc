"""The demo world, and that it never mixes with anybody's data."""

import datetime
import os
import subprocess
import sys

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.utils import timezone

from assistance.models import Dossier, HandOverNote, Visit
from shifts.checks import demo_database_check
from shifts.models import CalendarDay, InstallationMark, Role, User, Volunteer

pytestmark = pytest.mark.django_db
LOGINS = {"tnv", "doitruong", "donvi", "canbo", "lanhdao", "quantri"}


def demo(**options):
    call_command("demo", verbosity=0, **options)


def test_a_demo_of_two_days_has_its_people_and_a_clean_tally(capsys):
    demo(days=2)
    assert Volunteer.objects.filter(team__code="TINH").count() == 25
    assert User.objects.filter(username__in=LOGINS).count() == 6
    assert all(user.check_password("demo-quangninh") for user in User.objects.filter(username__in=LOGINS))
    kinds = dict(Role.objects.filter(user__username__in=LOGINS).values_list("user__username", "kind"))
    assert kinds["donvi"] == "reporter" and kinds["lanhdao"] == "leadership"
    assert User.objects.get(username="quantri").is_superuser
    call_command("check_tally")  # exits with 1 on any difference
    assert InstallationMark.objects.filter(key="demo").exists()


@time_machine.travel("2026-10-20T18:00:00+07:00", tick=False)
def test_a_whole_day_has_its_peak_in_the_morning_and_three_people_one_a_floor():
    demo(days=1)
    visits = Visit.objects.all()
    assert 110 <= visits.count() <= 160
    assert visits.filter(hour__in=[8, 9, 10]).count() > visits.filter(hour__in=[13, 14, 15]).count()
    assert visits.values("volunteer", "post").distinct().count() == 3
    sent = Dossier.objects.filter(outcome="submitted").values("visit__volunteer").annotate(n=Count("pk"))
    assert {row["n"] for row in sent} <= {5, 6}
    assert HandOverNote.objects.get(post__code="T2").date == datetime.date(2026, 10, 20)


@time_machine.travel("2026-11-24T06:10:00+07:00", tick=False)
def test_a_holiday_before_the_hall_opens_still_has_visits_today_and_none_in_the_future():
    demo(days=2)
    assert CalendarDay.objects.get(date="2026-11-24").is_open is True
    today = Visit.objects.filter(date="2026-11-24")
    assert today.filter(volunteer__username="tnv").count() >= 9
    assert not Visit.objects.filter(occurred_at__gt=timezone.now()).exists()


def test_the_demo_refuses_a_database_with_other_people():
    User.objects.create(username="someone", full_name="Người Khác")
    with pytest.raises(CommandError, match="không do lệnh demo tạo ra"):
        demo(days=1)
    assert list(User.objects.values_list("username", flat=True)) == ["someone"]
    assert not InstallationMark.objects.exists()


def test_the_demo_needs_the_demo_setting(settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        demo(days=1)


def test_if_empty_keeps_what_is_there_and_a_second_run_renews_the_visits():
    demo(days=1)
    before = set(Visit.objects.values_list("pk", flat=True))
    Visit.objects.filter(pk=min(before)).update(queue_number="999")
    demo(days=1, if_empty=True)
    assert Visit.objects.get(pk=min(before)).queue_number == "999"
    demo(days=1)
    assert not Visit.objects.filter(queue_number="999").exists()
    assert User.objects.count() == 29


def test_demo_mode_refuses_a_database_that_the_demo_did_not_make(settings):
    assert demo_database_check() == ""
    User.objects.create(username="someone", full_name="Người Khác")
    assert "lệnh demo" in demo_database_check()
    with pytest.raises(CommandError, match="lệnh demo"):
        call_command("check_demo_database")
    settings.DEMO = False
    assert demo_database_check() == ""


def test_a_server_in_demo_mode_does_not_start_over_other_peoples_data(tmp_path):
    """The real door of the server, in a process of its own."""
    env = os.environ | {"DEMO": "1", "DATABASE_URL": f"sqlite:///{tmp_path / 'other.sqlite3'}"}

    def python(code):
        return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True)  # noqa: S603

    made = python(
        "import django; django.setup(); from django.core.management import call_command;"
        "call_command('migrate', verbosity=0);"
        "from shifts.models import User; User.objects.create(username='a', full_name='A')"
    )
    assert made.returncode == 0, made.stderr
    started = python("import volunteer_support.wsgi")
    assert started.returncode == 1
    assert "ImproperlyConfigured: DEMO=1 chỉ chạy" in started.stderr
