"""A leader records an event on the spot, on a phone: the whole of it, then visit by visit."""

import datetime

import pytest
from django.utils import timezone

from assistance.excess import event_excess
from assistance.models import OutreachResult, Visit
from assistance.recount import differences
from reports.queries import figure_lines
from shifts.models import Assignment, OutreachEvent, Unit

from .screens import PHONE, WIDTHS


@pytest.fixture
def event(world):
    """A market, all day today, to which the leader goes."""
    event = OutreachEvent.objects.create(
        team=world.team, date=timezone.localdate(), starts_at=datetime.time(0), ends_at=datetime.time(23, 59),
        state="confirmed", venue_kind="market", venue="Chợ Hạ Long 1", host_unit=world.district,
    )  # fmt: skip
    Assignment.objects.create(event=event, date=event.date, session="sang", volunteer=world.leader.volunteer)
    return event


@pytest.fixture
def phone(browser, log_in):
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    log_in(context, "doitruong")
    yield context
    context.close()


def reached():
    today = timezone.localdate()
    return next(
        row.today for row in figure_lines(units=Unit.objects.all(), today=today) if row.figure.code == "reached"
    )


def above(event):
    [row] = event_excess(first=event.date, last=event.date, by=("event_id",))
    return row["reached"]


def test_the_result_is_typed_on_the_spot_and_its_excess_shrinks_with_each_visit(phone, site, event):
    page = phone.new_page()
    page.goto(f"{site}/outreach/{event.pk}/")
    page.get_by_role("link", name="Báo kết quả").first.click()
    page.get_by_label("Lượt tuyên truyền").fill("3")
    page.get_by_label("Tờ rơi").fill("1.200")
    page.get_by_label("Tài khoản", exact=True).fill("4")
    page.get_by_role("button", name="Lưu kết quả").click()
    page.get_by_text("Số tài khoản nhiều hơn số lượt").wait_for()  # asked about, not blocked
    assert not OutreachResult.objects.exists()
    page.get_by_text("Đúng là 4, tôi đã xem lại").click()
    page.get_by_role("button", name="Lưu kết quả").click()
    page.get_by_text("Đã báo", exact=True).wait_for()
    assert OutreachResult.objects.get().numbers == {"reached": 3, "leaflets": 1200, "accounts": 4}
    event.refresh_from_db()
    assert (event.state, reached(), above(event)) == ("held", 3, 3)

    page.get_by_role("link", name="Ghi từng lượt").click()
    page.locator("#desk[data-ready]").wait_for()
    page.get_by_text("Đang ghi cho buổi này").wait_for()
    for number in (1, 2):
        page.locator("#usual").click()
        page.locator("#save").click()
        page.locator("[data-count=mine]", has_text=str(number)).wait_for()
    assert set(Visit.objects.values_list("event", flat=True)) == {event.pk}
    assert (reached(), above(event)) == (3, 1)
    page.goto(f"{site}/outreach/{event.pk}/result/")
    page.get_by_text("trong đó đã ghi tại buổi: 2").first.wait_for()
    assert differences()[1] == []


def test_entries_made_without_network_keep_their_event(phone, site, event):
    page = phone.new_page()
    page.goto(f"{site}/desk/")
    page.get_by_role("link", name="Ghi tại đó").click()
    page.locator("#desk[data-ready]").wait_for()
    phone.set_offline(True)
    page.locator("#usual").click()
    page.locator("#save").click()
    page.get_by_text("Chợ Hạ Long 1").last.wait_for()
    assert not Visit.objects.exists()
    phone.set_offline(False)
    page.locator("#connection", has_text="Đã gửi hết").wait_for()
    page.locator("[data-count=mine]", has_text="1").wait_for()
    assert Visit.objects.get().event == event


def test_what_an_event_refuses_stays_in_the_browser(phone, site, event):
    page = phone.new_page()
    page.goto(f"{site}/desk/?event={event.pk}")
    page.locator("#desk[data-ready]").wait_for()
    OutreachEvent.objects.filter(pk=event.pk).update(state="cancelled", cancel_reason="Mưa bão")
    page.locator("#usual").click()
    page.locator("#save").click()
    page.get_by_text("Hoạt động Chợ Hạ Long 1 đã hủy").first.wait_for()
    assert not Visit.objects.exists()
    assert page.locator("[name=activities]:checked").count() == 3  # nothing of it is lost


def test_what_was_typed_survives_leaving_the_page(phone, site, event):
    page = phone.new_page()
    page.goto(f"{site}/outreach/{event.pk}/result/")
    page.get_by_label("Lượt tuyên truyền").press_sequentially("88")
    page.goto(f"{site}/outreach/")
    page.goto(f"{site}/outreach/{event.pk}/result/")
    assert page.get_by_label("Lượt tuyên truyền").input_value() == "88"


@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_the_result_are_right_for_axe(browser, site, event, log_in, violations, size, scheme):
    context = browser.new_context(viewport=WIDTHS[size], color_scheme=scheme)
    log_in(context, "doitruong")
    OutreachResult.objects.create(event=event, reached=40, guided_citizen=12, remarks="Mạng yếu")
    OutreachEvent.objects.filter(pk=event.pk).update(state="held")
    OutreachEvent.objects.create(
        team=event.team, date=event.date - datetime.timedelta(days=3), starts_at=datetime.time(8),
        ends_at=datetime.time(11), state="held", venue_kind="school", venue="Trường THPT Hòn Gai",
        host_unit=event.host_unit,
    )  # fmt: skip
    page = context.new_page()
    for path in (f"/outreach/{event.pk}/result/", f"/outreach/{event.pk}/", f"/desk/?event={event.pk}", "/outreach/"):
        page.goto(site + path)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()
