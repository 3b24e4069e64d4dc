"""A leader plans an event on a PC and puts people in; the pages are right for axe at both sizes."""

import datetime

import pytest

from shifts.models import Assignment, OutreachEvent, Unit
from shifts.outreach.people import change_people

from .screens import PHONE, WIDTHS


@pytest.fixture
def commune(world):
    start = datetime.date(2020, 1, 1)
    Unit.objects.create(
        code="07045", name="Xã Hòa Bình", level="commune", kind="xã", parent=world.district, valid_from=start
    )
    return Unit.objects.create(
        code="06691", name="Phường Hồng Gai", level="commune", kind="phường", parent=world.district, valid_from=start
    )


def make_event(world, commune):
    return OutreachEvent.objects.create(
        team=world.team, date=datetime.date.today() + datetime.timedelta(days=5), starts_at=datetime.time(7, 30),
        ends_at=datetime.time(10, 30), venue_kind="school", venue="Trường THPT Hòn Gai", host_unit=commune,
    )  # fmt: skip


def test_a_leader_plans_an_event_puts_people_in_and_confirms(page, site, commune, world, log_in, complaints):
    log_in(page.context, "doitruong")
    page.goto(site + "/outreach/")
    page.get_by_role("link", name="Lập kế hoạch").first.click()
    page.locator("[data-day-words]", has_text="Thứ Bảy").wait_for()  # the suggested day, in words
    page.get_by_label("Nơi tổ chức", exact=True).fill("Nhà văn hóa khu 3")
    page.get_by_role("combobox", name="Đơn vị sở tại").press_sequentially("hoa b")
    page.get_by_role("option", name="Xã Hòa Bình, Thành phố Hạ Long").click()
    page.get_by_label("Tên 1").fill("Tờ rơi")
    page.get_by_label("Mang đi 1").fill("300")
    page.get_by_role("button", name="Lưu kế hoạch").click()
    page.get_by_text("Đã lập kế hoạch. Bây giờ chọn người đi.").wait_for()
    page.get_by_role("checkbox", name="Nguyễn Thu Hà").check()
    page.get_by_role("checkbox", name="Phạm Quốc Khánh").check()
    page.get_by_role("button", name="Thêm người đã chọn").click()
    page.get_by_role("heading", name="2 người đi").wait_for()
    event = OutreachEvent.objects.get()
    assert (event.host_unit.name, event.date.weekday()) == ("Xã Hòa Bình", 5)
    page.get_by_role("button", name="Bỏ ra Phạm Quốc Khánh").click()
    page.get_by_text("Đã bỏ Phạm Quốc Khánh.").wait_for()
    page.get_by_role("button", name="Hoàn tác").click()
    page.get_by_role("heading", name="2 người đi").wait_for()
    page.get_by_role("button", name="Chốt và báo 2 bạn").click()
    page.get_by_text("Hoạt động bây giờ: đã chốt.").wait_for()
    assert Assignment.objects.active().filter(event=event).count() == 2
    assert world.volunteer.notices.count() == 1
    assert complaints == []


def test_a_host_unit_is_chosen_with_the_keys_alone(page, site, commune, log_in):
    log_in(page.context, "doitruong")
    page.goto(site + "/outreach/plan/")
    field = page.get_by_role("combobox", name="Đơn vị sở tại")
    field.press_sequentially("hong")
    page.get_by_role("option", name="Phường Hồng Gai").wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    assert field.input_value() == "Phường Hồng Gai, Thành phố Hạ Long"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_events_are_right_for_axe(browser, site, commune, world, log_in, violations, width, theme):
    event = make_event(world, commune)
    change_people(event=event, by=world.leader, add=[world.volunteer.volunteer.pk])
    event.materials.create(name="Tờ rơi", taken_out=300, is_leaflet=True)
    context = browser.new_context(viewport=WIDTHS[width], color_scheme=theme)
    log_in(context, "doitruong")
    page = context.new_page()
    for path in ("/outreach/", "/outreach/plan/", f"/outreach/{event.pk}/", f"/outreach/{event.pk}/print/"):
        page.goto(site + path)
        assert violations(page) == []
        if "print" not in path:
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_targets_of_a_phone_are_large_enough(browser, site, commune, world, log_in):
    event = make_event(world, commune)
    change_people(event=event, by=world.leader, add=[world.volunteer.volunteer.pk])
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    log_in(context, "doitruong")
    page = context.new_page()
    for path in ("/outreach/", "/outreach/plan/", f"/outreach/{event.pk}/"):
        page.goto(site + path)
        small = page.evaluate(
            """[...document.querySelectorAll("main :is(a, button, summary, select, input:not([type=checkbox]))")]
            .filter((one) => one.checkVisibility() && one.type !== "hidden" && !one.ariaHidden)
            .filter((one) => one.getBoundingClientRect().height < 43.5)
            .map((one) => one.outerHTML.slice(0, 90))"""
        )
        assert small == []
