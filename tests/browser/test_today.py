"""Today in a browser: the leader's tap, its undo and the panel of a duty; one's own tap; nothing for axe to find."""

import datetime

import pytest
from django.utils import timezone

from shifts.models import Assignment, Attendance, Roster, SiteSession
from tests.factories import publish

from .screens import PHONE, WIDTHS


@pytest.fixture
def duties(world):
    """Three people on three floors in a session that runs for the whole of this day."""
    today = timezone.localdate()
    SiteSession.objects.filter(site=world.site).exclude(session="sang").delete()
    SiteSession.objects.filter(site=world.site).update(
        starts_at=datetime.time(0), ends_at=datetime.time(23, 59), weekdays="1234567"
    )
    roster = Roster.objects.create(site=world.site, month=today.replace(day=1))
    publish(roster, world.leader)
    people = [(world.volunteer, world.t1), (world.mate, world.t2), (world.leader, world.t3)]
    return [
        Assignment.objects.create(roster=roster, date=today, session="sang", post=post, volunteer=user.volunteer)
        for user, post in people
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("username", ["doitruong", "tnv"])
def test_today_is_accessible_and_fits(page, site, duties, log_in, violations, complaints, username, width, theme):
    page.set_viewport_size(WIDTHS[width])
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    log_in(page.context, username)
    assert page.goto(f"{site}/roster/today/", wait_until="networkidle").status == 200
    if username == "doitruong":
        page.get_by_role("link", name="Điểm danh Nguyễn Thu Hà").click()
        page.get_by_role("button", name="Vắng có lý do").wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert complaints == []


def test_leader_marks_by_one_tap_and_takes_it_back(page, site, duties, log_in, complaints):
    page.set_viewport_size(PHONE)
    log_in(page.context, "doitruong")
    page.goto(f"{site}/roster/today/", wait_until="networkidle")
    assert page.get_by_text("Tầng 1 chưa có ai").is_visible()

    page.get_by_role("button", name="Có mặt Nguyễn Thu Hà").click()
    page.get_by_role("button", name="Hoàn tác").wait_for()
    assert Attendance.objects.get().assignment == duties[0]
    assert page.get_by_text("Tầng 1 chưa có ai").count() == 0

    page.get_by_role("button", name="Hoàn tác").click()
    page.get_by_text("Tầng 1 chưa có ai").wait_for()
    assert Attendance.objects.get().state == "expected"
    assert complaints == []


def test_panel_of_a_duty_takes_times_closes_and_says_what_cannot_be(page, site, duties, log_in):
    log_in(page.context, "doitruong")
    page.goto(f"{site}/roster/today/", wait_until="networkidle")
    more = page.get_by_role("link", name="Điểm danh Phạm Quốc Khánh")
    more.click()
    page.get_by_role("button", name="Đóng").click()
    assert page.locator("[data-panel]").count() == 0
    assert more.evaluate("link => link === document.activeElement")

    more.click()
    page.get_by_label("Đến lúc").fill("chín")
    page.get_by_role("button", name="Lưu giờ, ghi chú").click()
    page.get_by_text("Giờ viết như 07:30.").wait_for()

    page.get_by_role("link", name="Điểm danh Phạm Quốc Khánh").click()
    page.get_by_label("Đến lúc").fill("00:00")
    page.get_by_role("button", name="Lưu giờ, ghi chú").click()
    page.get_by_text("00:00, chưa ghi lượt").wait_for()
    assert Attendance.objects.get().state == "present"


def test_volunteer_says_on_the_phone_that_they_are_here(page, site, duties, log_in, complaints):
    page.set_viewport_size(PHONE)
    log_in(page.context, "tnv")
    page.goto(f"{site}/desk/", wait_until="networkidle")
    page.get_by_role("button", name="Tôi có mặt").click()
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("button", name="Tôi có mặt").count() == 0
    page.goto(f"{site}/roster/today/", wait_until="networkidle")
    page.get_by_role("button", name="Tôi về").wait_for()
    assert Attendance.objects.get().assignment == duties[0]
    assert complaints == []
