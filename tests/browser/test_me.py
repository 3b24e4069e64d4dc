"""A volunteer's own pages in use: on a phone by taps, which are counted; by keyboard; and without script."""

import datetime

import pytest
from django.utils import timezone
from django.utils.text import capfirst
from playwright.sync_api import expect

from shifts.dates import day_name
from shifts.duties import feed, swaps
from shifts.duties.hours import ORDER
from shifts.models import Assignment, Leave, OpenPlace, Regulation, Roster, SwapRequest
from shifts.roster.changes import change_roster, roster_of
from shifts.roster.facts import Duty
from tests.factories import make_user

from .screens import PHONE, WIDTHS
from .test_desk import Actions


def weekdays_ahead(count):
    """So many Mondays to Fridays after today."""
    days, date = [], timezone.localdate()
    while len(days) < count:
        date += datetime.timedelta(days=1)
        if date.weekday() < 5:
            days.append(date)
    return days


def give(w, user, date, post):
    """A duty of a whole day in a published roster."""
    roster = roster_of(w.site, date)
    Roster.objects.filter(pk=roster.pk, state="draft").update(
        state="published", version=1, published_at=timezone.now(), published_by=w.leader
    )
    duties = [Duty(date, session, post, user.volunteer) for session in ("sang", "chieu")]
    change_roster(roster=roster, kind="edit", by=w.leader, add=duties, quiet=True)
    return held(user, date)


def held(user, date):
    rows = Assignment.objects.active().filter(volunteer=user.volunteer, date=date).select_related("post__site")
    return sorted(rows, key=lambda row: ORDER.index(row.session))


@pytest.fixture
def w(world):
    """Hà serves on the next weekday and the one after; Phúc is free."""
    w = world
    w.day, w.later, w.last = weekdays_ahead(3)
    w.free = make_user("ranh", "Trần Đình Phúc", team=w.team)
    give(w, w.volunteer, w.day, w.t2)
    give(w, w.mate, w.day, w.t1)
    give(w, w.volunteer, w.later, w.t3)
    return w


@pytest.fixture
def phones(browser, site, log_in):
    """Open /me/ on a phone of its own for each person."""
    contexts = []

    def open_for(username, **options):
        context = browser.new_context(
            viewport=PHONE, has_touch=True, is_mobile=True, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **options
        )
        contexts.append(context)
        log_in(context, username)
        page = context.new_page()
        page.goto(site + "/me/", wait_until="networkidle")
        return page

    yield open_for
    for context in contexts:
        context.close()


def test_a_volunteer_cancels_in_two_taps_and_another_takes_over_in_one(w, phones):
    page = phones("tnv")
    taps = Actions(page)
    expect(page.locator(".next-duty h2")).to_have_text(capfirst(day_name(w.day)))

    taps.tap(page.get_by_role("link", name="Tôi không đến được").first)
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text("Đội trưởng Lý Thị Hạnh và 1 bạn rảnh hôm đó được báo ngay")
    taps.tap(sheet.get_by_role("button", name="Báo không đến được"))
    expect(page.locator("[data-toast]")).to_contain_text("Đã báo không đến được")
    assert taps.spent() == 2
    assert held(w.volunteer, w.day) == []
    expect(page.locator(".next-duty h2")).to_contain_text(f"{w.later:%d/%m}")

    other = phones("ranh")
    taps = Actions(other)
    expect(other.locator(".me-open")).to_contain_text("Tầng 2, cả ngày")
    taps.tap(other.get_by_role("button", name="Nhận ca"))
    expect(other.locator("[data-toast]")).to_contain_text("Bạn đã nhận ca")
    assert taps.spent() == 1
    assert [row.post for row in held(w.free, w.day)] == [w.t2, w.t2]
    expect(other.locator(".next-duty")).to_contain_text("Cùng trực: Phạm Quốc Khánh")

    page.locator("[data-toast]").get_by_role("button", name="Hoàn tác").tap()
    expect(page.locator(".messages")).to_contain_text("Chỗ này vừa có bạn khác nhận")
    expect(page.locator(".notices")).to_contain_text("Trần Đình Phúc nhận")


def test_a_sheet_that_cannot_be_fetched_says_so_and_the_duties_stay(w, phones):
    page = phones("tnv")
    cannot_come = page.get_by_role("link", name="Tôi không đến được").first
    page.context.set_offline(True)
    cannot_come.tap()
    expect(page.get_by_role("alert")).to_contain_text("Có mạng thì bấm lại")
    expect(page.locator(".next-duty h2")).to_have_text(capfirst(day_name(w.day)))
    page.context.set_offline(False)
    cannot_come.tap()
    expect(page.get_by_role("dialog")).to_contain_text("Không đến được")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_an_absence_is_undone_by_one_tap_while_nobody_took_the_place(w, phones):
    page = phones("tnv")
    page.get_by_role("link", name="Tôi không đến được").first.tap()
    page.get_by_role("dialog").get_by_text("Chiều", exact=True).tap()
    page.get_by_role("dialog").get_by_role("button", name="Báo không đến được").tap()
    expect(page.locator(".next-duty-place")).to_have_text("Tầng 2, ca sáng")
    page.locator("[data-toast]").get_by_role("button", name="Hoàn tác").tap()
    expect(page.locator(".next-duty-place")).to_have_text("Tầng 2, cả ngày")
    assert OpenPlace.objects.waiting().count() == 0


def test_leave_for_the_first_free_day_takes_two_taps(w, phones):
    page = phones("ranh")
    taps = Actions(page)
    taps.tap(page.get_by_role("link", name="Báo bận"))
    taps.tap(page.get_by_role("dialog").get_by_role("button", name="Ngày mai"))
    expect(page.locator("[data-toast]")).to_contain_text("Đã báo bận")
    assert taps.spent() == 2
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    assert Leave.objects.get(volunteer=w.free.volunteer).date_from == tomorrow


def test_leave_over_a_duty_asks_before_it_opens_the_places(w, phones):
    page = phones("tnv")
    page.get_by_role("link", name="Báo bận").tap()
    page.locator("#id_date_from").press_sequentially(f"{w.later:%d%m%Y}")
    expect(page.locator("#id_date_from")).to_have_value(f"{w.later:%d/%m/%Y}")
    page.get_by_role("button", name="Báo bận những ngày này").tap()
    expect(page.locator(".me-asked")).to_contain_text(f"{day_name(w.later)} (Tầng 3, sáng và chiều)")
    assert Leave.objects.filter(volunteer=w.volunteer.volunteer).count() == 0
    page.get_by_text("Mở các ca đó cho bạn khác nhận").tap()
    page.get_by_role("button", name="Báo bận").tap()
    expect(page.locator("[data-toast]")).to_contain_text("Đã báo bận")
    assert held(w.volunteer, w.later) == []


def test_two_people_exchange_duties_and_change_them_back(w, phones):
    give(w, w.free, w.last, w.t1)
    page = phones("tnv")
    page.locator(".next-duty").get_by_role("link", name="Đổi ca").tap()
    page.get_by_role("dialog").get_by_role("link", name="Trần Đình Phúc").tap()
    page.get_by_role("dialog").get_by_text("Tầng 1, cả ngày").tap()
    page.get_by_role("button", name="Gửi Đình Phúc").tap()
    expect(page.locator(".next-duty-waits")).to_contain_text("Trần Đình Phúc")

    other = phones("ranh")
    expect(other.locator(".me-asked")).to_contain_text("Nguyễn Thu Hà muốn đổi ca với bạn")
    other.get_by_role("button", name="Đồng ý đổi").tap()
    expect(other.locator(".next-duty-place")).to_have_text("Tầng 2, cả ngày")
    assert len(held(w.volunteer, w.last)) == 2

    page.reload()
    page.get_by_role("button", name="Đổi lại").tap()
    expect(page.locator(".next-duty-place")).to_have_text("Tầng 2, cả ngày")
    assert SwapRequest.objects.get().state == "undone"


def test_the_sheet_is_left_by_escape_and_the_focus_returns(w, page, site, log_in):
    log_in(page.context, "tnv")
    page.goto(site + "/me/", wait_until="networkidle")
    link = page.get_by_role("link", name="Tôi không đến được").first
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(link).to_be_focused()


def test_everything_works_without_script(w, phones):
    page = phones("tnv", java_script_enabled=False)
    page.get_by_role("link", name="Tôi không đến được").first.click()
    page.get_by_text("Sáng", exact=True).click()
    page.get_by_role("button", name="Báo không đến được").click()
    expect(page.locator("[data-toast]")).to_contain_text("Đã báo không đến được")
    page.locator(".next-duty").get_by_role("link", name="Đổi ca").click()
    page.get_by_role("link", name="Trần Đình Phúc").click()
    page.get_by_role("button", name="Gửi Đình Phúc").click()
    assert SwapRequest.objects.get().state == "waiting"
    page.get_by_role("link", name="Báo bận").click()
    page.get_by_role("button", name="Ngày mai").click()
    page.goto(page.url.split("/me/")[0] + "/me/calendar/")
    page.get_by_role("button", name="Tạo liên kết của tôi").click()
    expect(page.get_by_label("Hoặc dán liên kết")).to_have_value(f"{page.url.split('/me/')[0]}{link(w)}")


def link(w):
    return feed.feed_of(w.volunteer).get_absolute_url()


def furnish(w):
    """Something in every part of the page."""
    Regulation.objects.create(team=w.team, version=1, text="Đến đúng giờ.\n\nMặc áo xanh.", published_at=timezone.now())
    feed.new_feed(user=w.volunteer)
    theirs = give(w, w.free, w.last, w.t1)
    mine = held(w.volunteer, w.later)
    swaps.ask(volunteer=w.volunteer.volunteer, other=w.free.volunteer, given=mine, wanted=theirs, by=w.volunteer)
    give(w, w.mate, w.last, w.t2)
    swaps.ask(volunteer=w.mate.volunteer, other=w.volunteer.volunteer, given=held(w.mate, w.last)[:1], by=w.mate)
    roster = roster_of(w.site, w.last)
    OpenPlace.objects.create(roster=roster, date=w.last, session="chieu", post=w.t3, opened_by=w.leader)
    w.volunteer.notices.create(kind="duty", text="Bạn có ca mới.", url="/me/")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_pages_are_accessible_fit_and_can_be_hit_by_a_finger(
    w, page, site, log_in, violations, complaints, width, theme
):
    furnish(w)
    page.set_viewport_size(WIDTHS[width])
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    log_in(page.context, "tnv")
    day = f"{w.day:%Y-%m-%d}"
    for path in [
        "",
        f"absence/{day}/",
        f"swap/{day}/",
        "leave/",
        "preferences/",
        "calendar/",
        "record/",
        "regulations/",
    ]:
        page.goto(f"{site}/me/{path}", wait_until="networkidle")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, path
        if width == "phone":
            assert too_small(page) == [], path
    page.goto(f"{site}/me/", wait_until="networkidle")
    for name in ["Tôi không đến được", "Đổi ca", "Báo bận"]:
        page.get_by_role("link", name=name).first.click()
        page.get_by_role("dialog").wait_for()
        assert violations(page) == [], name
        page.keyboard.press("Escape")
    assert complaints == []


def too_small(page):
    """Links and buttons of ours lower than 44 px; a radio or box counts with the label around it."""
    return page.evaluate(
        """() => [...document.querySelectorAll("main :is(a, button, summary, select, input[type=text], label)")]
            .filter((one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
            .filter((one) => !one.matches(".visually-hidden, .field > label"))
            .filter((one) => one.getBoundingClientRect().height < 43.5)
            .map((one) => one.outerHTML.slice(0, 120))"""
    )


def test_a_form_sent_without_a_network_stays_and_says_so(w, phones):
    page = phones("tnv")
    page.get_by_role("link", name="Tôi không đến được").first.tap()
    sheet = page.get_by_role("dialog")
    sheet.get_by_text("Chiều", exact=True).tap()
    page.context.set_offline(True)
    sheet.get_by_role("button", name="Báo không đến được").tap()
    expect(sheet.get_by_text("Chưa gửi được, thử lại.")).to_be_visible()
    assert len(held(w.volunteer, w.day)) == 2
    page.context.set_offline(False)
    sheet.get_by_role("button", name="Báo không đến được").tap()
    expect(page.locator("[data-toast]")).to_contain_text("Đã báo không đến được")
    assert [row.session for row in held(w.volunteer, w.day)] == ["sang"]
