"""A leader in Chromium: builds a month, pins, runs again, edits by keyboard and mouse, publishes, repairs."""

import datetime
import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import expect

from shifts.models import Assignment, Leave, Roster, RosterChange
from shifts.roster.changes import change_roster
from shifts.roster.facts import Duty
from tests.factories import make_user, roster_world

from .screens import PHONE, WIDTHS

pytestmark = pytest.mark.django_db(transaction=True)
MONTH = datetime.date(2093, 11, 1)  # far ahead: what has begun cannot be repaired
PATH = "/roster/TTHCC/2093-11/"


@pytest.fixture
def w(transactional_db):
    w = roster_world(MONTH)
    w.site.whole_days = True
    w.site.save()
    for number, name in enumerate(["Trần Phương Thảo", "Lê Tiến Dũng", "Vũ Gia Bảo", "Đỗ Hoài An"]):
        make_user(f"them{number}", name, team=w.team)
    return w


@pytest.fixture
def leader(w, live_server, context):
    """The leader's page, open on the month."""
    client = Client()
    client.force_login(get_user_model().objects.get(pk=w.leader.pk), "shifts.backends.UsernameOrPhoneBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + PATH)
    return page


def chip(page, day, number=0):
    """A chip, hole or free place of that day."""
    return page.locator(f'a.c[href^="?at=2093-11-{day:02d}."]').nth(number)


def build(page, name):
    page.get_by_role("button", name=name).click()
    expect(page.locator(".toast-slot .toast")).to_contain_text("Đã xếp trong")


def said(page, sentence):
    expect(page.locator(".toast-slot .toast")).to_contain_text(sentence)


def on(day):
    rows = Assignment.objects.active().filter(date=MONTH.replace(day=day), session="sang").order_by("post")
    return [row.volunteer.user.get_short_name() for row in rows.select_related("volunteer__user")]


def test_a_leader_builds_pins_and_runs_again_around_the_pin(leader, w):
    expect(leader.locator(".c.h").first).to_contain_text("Thiếu 1 người")
    build(leader, "Xếp lịch")
    expect(leader.locator(".c.h")).to_have_count(0)
    expect(leader.locator(".board-foot")).to_contain_text("63 / 63 ngày trực đã có người")
    expect(leader.locator(".board-foot")).to_contain_text("đã chứng minh, không thể đều hơn")
    pinned = on(12)[1]
    chip(leader, 12, 1).focus()
    leader.keyboard.press("p")
    said(leader, f"Đã ghim {pinned}.")
    expect(chip(leader, 12, 1)).to_have_class(re.compile(r"\bp\b"))
    expect(chip(leader, 12, 1)).to_be_focused()
    expect(leader.locator(".board-foot")).to_contain_text("1 chỗ ghim")
    build(leader, "Xếp lại quanh ghim")
    assert on(12)[1] == pinned
    assert Assignment.objects.filter(pinned=True).count() == 2


def test_the_grid_by_keyboard_alone(leader, w):
    build(leader, "Xếp lịch")
    before = {day: on(day) for day in (2, 3, 4)}
    chip(leader, 2).focus()
    leader.keyboard.press("ArrowRight")
    expect(chip(leader, 2, 1)).to_be_focused()
    leader.keyboard.press("ArrowDown")
    expect(chip(leader, 3, 1)).to_be_focused()
    leader.keyboard.press("ArrowUp")
    leader.keyboard.press("ArrowLeft")
    expect(chip(leader, 2)).to_be_focused()
    leader.keyboard.press("Enter")
    expect(leader.locator("#panel h2")).to_have_text("02/11, Tầng 1, cả ngày")
    expect(leader.locator("#panel .panel-who")).to_contain_text(before[2][0])
    leader.keyboard.press("Escape")
    expect(leader.locator(".panel-open")).to_have_count(0)
    expect(chip(leader, 2)).to_be_focused()
    leader.keyboard.press("Delete")
    said(leader, f"Đã bỏ {before[2][0]} khỏi 02/11, Tầng 1, cả ngày.")
    expect(chip(leader, 2)).to_contain_text("Thiếu 1 người")
    expect(chip(leader, 2)).to_be_focused()
    leader.keyboard.press("z")
    said(leader, f"Đã hoàn tác lần sửa ngày 02/11: {before[2][0]}.")
    assert on(2) == before[2]
    # X picks up, X puts down: two on one day change their floors
    chip(leader, 2).focus()
    leader.keyboard.press("x")
    expect(leader.locator("#heard")).to_contain_text("Đang cầm")
    leader.keyboard.press("ArrowRight")
    target = chip(leader, 2, 1)
    expect(target).to_be_focused()
    leader.keyboard.press("x")
    expect(leader.locator(".toast-slot .toast, #refused .error-summary").first).to_be_visible()
    changed = on(2)
    assert changed in ([before[2][1], before[2][0], before[2][2]], before[2])


def test_a_refused_move_says_why_in_place_and_changes_nothing(leader, w):
    duties = [Duty(MONTH.replace(day=16), session, w.t1, w.specialist.volunteer) for session in ("sang", "chieu")]
    change_roster(roster=w.roster, kind="edit", by=w.leader, add=duties)
    leader.reload()
    chip(leader, 16).drag_to(chip(leader, 16, 1))
    expect(leader.locator("#refused")).to_have_text("Thùy Linh chưa nhận việc ở Tầng 2.")
    expect(chip(leader, 16)).to_have_text("Thùy Linh")
    chip(leader, 16).drag_to(chip(leader, 17))
    said(leader, "Đã chuyển Thùy Linh vào 17/11, Tầng 1, cả ngày.")
    expect(chip(leader, 17)).to_have_text("Thùy Linh")
    chip(leader, 17).drag_to(chip(leader, 17, 1))
    expect(leader.locator("#refused")).to_have_text("Thùy Linh chưa nhận việc ở Tầng 2.")
    expect(leader.locator(".toast-slot .toast")).to_have_count(0)


def test_a_hole_is_filled_from_the_panel(leader, w):
    chip(leader, 20, 2).click()
    expect(leader.locator("#panel h2")).to_have_text("20/11, Tầng 3, cả ngày: thiếu 1 người")
    expect(leader.locator("#panel .panel-total")).to_have_text("cộng lại là cả đội 10 bạn")
    leader.get_by_role("button", name="Xếp Hoài An").click()
    said(leader, "Đã xếp Hoài An vào 20/11, Tầng 3, cả ngày.")
    expect(chip(leader, 20, 2)).to_have_text("Hoài An")
    expect(leader.locator("#panel .panel-who")).to_contain_text("Đỗ Hoài An")


def test_a_month_is_published_and_a_gap_repaired(leader, w):
    build(leader, "Xếp lịch")
    leader.get_by_role("link", name="Công bố tháng 11").click()
    leader.get_by_role("button", name=re.compile("Công bố")).click()
    expect(leader.locator(".board-foot")).to_contain_text("Bản 1")
    gone = Assignment.objects.active().filter(date=MONTH.replace(day=18), post=w.t2).first().volunteer
    chip(leader, 18, 1).focus()
    leader.keyboard.press("Delete")
    expect(chip(leader, 18, 1)).to_contain_text("Thiếu 1 người")
    Leave.objects.create(volunteer=gone, date_from=MONTH.replace(day=18), date_to=MONTH.replace(day=18))
    chip(leader, 18, 1).click()
    leader.get_by_role("link", name="Xếp bù, đổi ít người nhất").click()
    leader.locator("main form button").last.click()
    leader.wait_for_url("**" + PATH)
    expect(leader.locator(".c.h")).to_have_count(0)
    assert Roster.objects.get(site=w.site, month=MONTH).version == 3
    assert list(RosterChange.objects.order_by("pk").values_list("kind", flat=True)) == [
        "build", "publish", "edit", "repair"
    ]  # fmt: skip


def test_an_act_on_a_phone_leaves_the_page_where_it_is(leader, w):
    duties = [Duty(MONTH.replace(day=16), session, w.t1, w.specialist.volunteer) for session in ("sang", "chieu")]
    change_roster(roster=w.roster, kind="edit", by=w.leader, add=duties)
    leader.set_viewport_size(PHONE)
    leader.emulate_media(reduced_motion="no-preference")
    leader.reload()
    leader.locator("[data-week]", has_text="16/11").click()
    chip(leader, 16).focus()
    leader.wait_for_timeout(1000)  # the page glides to what takes the focus
    before = leader.evaluate("scrollY")
    leader.evaluate(
        "window.farthest = 0; addEventListener('scroll', () => { farthest = Math.max(farthest, scrollY); })"
    )
    leader.keyboard.press("p")
    said(leader, "Đã ghim Thùy Linh.")
    leader.wait_for_timeout(200)
    assert before > 500
    assert leader.evaluate("farthest") < before + 300


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_is_clean_at_both_widths(leader, w, width, theme, violations):
    change_roster(
        roster=w.roster,
        kind="edit",
        by=w.leader,
        add=[Duty(MONTH.replace(day=2), "sang", w.t1, w.mate.volunteer, True)],
    )
    heard = []
    leader.on("console", lambda message: heard.append(message.text) if message.type in {"error", "warning"} else None)
    leader.set_viewport_size(WIDTHS[width])
    leader.emulate_media(color_scheme=theme)
    leader.reload()
    chip(leader, 2).click()
    expect(leader.locator(".panel-open")).to_be_visible()
    assert violations(leader) == []
    assert heard == []
    wide = leader.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
    if width == "phone":
        small = leader.evaluate(
            """[...document.querySelectorAll("main a, main button, main summary")].filter((one) => {
                const box = one.getBoundingClientRect();
                return box.width && box.height && box.height < 44 && one.checkVisibility();
            }).map((one) => one.className + " " + one.textContent.trim().slice(0, 30))"""
        )
        assert small == []


def test_on_a_phone_weeks_fold_and_what_to_do_next_stays_in_reach(leader, w):
    leader.set_viewport_size(PHONE)
    leader.reload()
    expect(chip(leader, 2)).to_be_visible()
    expect(chip(leader, 16)).to_be_hidden()
    week = leader.locator("[data-week]", has_text="16/11")
    expect(week).to_have_attribute("aria-expanded", "false")
    week.click()
    expect(week).to_have_attribute("aria-expanded", "true")
    expect(chip(leader, 16)).to_be_in_viewport()
    bar = leader.locator(".board-bar")
    expect(bar).to_be_in_viewport()
    bar.get_by_role("button", name="Xếp lịch").click()
    expect(leader.locator(".toast-slot .toast")).to_contain_text("Đã xếp trong")
    expect(bar).to_contain_text("Bản nháp")
    expect(bar.get_by_role("link", name="Công bố tháng 11")).to_be_in_viewport()
    expect(chip(leader, 16)).to_be_visible()  # folded and unfolded weeks stay so
    leader.locator("[data-week]", has_text="16/11").click()
    expect(chip(leader, 16)).to_be_hidden()
