"""A commune's leader on a phone starts the site of the commune, from nothing to a built first roster."""

import datetime

import pytest
from django.utils import timezone

from shifts.models import Assignment, Role, Roster, Team, Unit
from tests.factories import make_user

from .screens import PHONE, WIDTHS

MOST_TAPS = 12  # besides typing: five steps in about five minutes


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def commune(world):
    """A commune without anything, and its reporter `donvi`."""
    unit = Unit.objects.create(
        code="06691", name="Phường Hồng Gai", level="commune", kind="phường", parent=world.district,
        valid_from=datetime.date(2020, 1, 1),
    )  # fmt: skip
    Role.objects.create(user=make_user("donvi", "Trần Thị Minh Nguyệt"), kind="reporter", unit=unit)
    return unit


class Taps:
    """Counts what is tapped; typing into a field is one tap on it."""

    def __init__(self):
        self.buttons = self.fields = 0

    def tap(self, target):
        self.buttons += 1
        target.tap()

    def type(self, target, text):
        self.fields += 1
        target.fill(text)


def test_commune_leader_starts_the_site_from_nothing_to_a_built_roster(browser, site, commune, log_in):
    phone = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    log_in(phone, "donvi")
    page, taps = phone.new_page(), Taps()
    page.goto(site + "/units/start/")
    page.get_by_role("heading", name="Phường Hồng Gai còn 5 bước").wait_for()
    taps.type(page.get_by_label("Ngày thành lập", exact=True), f"{timezone.localdate():%d/%m/%Y}")
    taps.type(page.get_by_label("Số quyết định"), "15-QĐ/ĐTN")
    taps.tap(page.get_by_role("button", name="Lưu đội hình"))

    taps.type(page.get_by_label("Địa chỉ"), "2 Bến Đoan")
    morning = page.get_by_role("group", name="Buổi sáng")
    taps.tap(morning.locator("label.chip", has_text="T7"))
    taps.tap(page.get_by_role("button", name="Lưu điểm và giờ trực"))
    taps.tap(page.get_by_role("button", name="Lưu vị trí trực"))

    people = ["Nguyễn Thu Hà", "Phạm Quốc Khánh", "Lê Văn Hùng", "Bùi Thị Hoa"]
    for number, name in enumerate(people, 1):
        row = page.get_by_role("group", name=f"Người {number}")
        taps.type(row.get_by_label("Họ và tên"), name)
    taps.tap(page.get_by_role("button", name="Thêm vào đội"))
    page.get_by_text("Đã thêm 4 người.").wait_for()
    assert page.get_by_text("/accounts/first/").count() == 4
    taps.tap(page.get_by_role("link", name="Tiếp tục"))
    taps.tap(page.get_by_role("button", name="Xếp lịch"))
    page.wait_for_url("**/roster/HT06691/**")

    roster = Roster.objects.get(site__code="HT06691")
    duties = Assignment.objects.active().filter(roster=roster)
    assert {row.volunteer.user.full_name for row in duties} == {*people, "Trần Thị Minh Nguyệt"}
    saturdays = {row.session for row in duties if row.date.isoweekday() == 6}
    assert saturdays == {"sang"}
    page.goto(site + "/units/start/")
    page.get_by_role("heading", name="Phường Hồng Gai đang chạy mô hình").wait_for()
    assert Team.objects.get(unit=commune).roles.filter(user__username="donvi", kind="leader").exists()
    assert (taps.buttons, taps.fields) == (7, 7)
    assert taps.buttons <= MOST_TAPS
    phone.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_every_step_fits_and_is_accessible(browser, site, commune, log_in, violations, width):
    context = browser.new_context(viewport=WIDTHS[width], has_touch=width == "phone", is_mobile=width == "phone")
    log_in(context, "donvi")
    page = context.new_page()

    def save(button):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert violations(page) == []
        page.get_by_role("button", name=button).click()

    page.goto(site + "/units/start/")
    day = page.get_by_label("Ngày thành lập", exact=True)
    day.fill("31/02/2026")
    save("Lưu đội hình")
    page.get_by_text("Ghi ngày như 24/11/2026").wait_for()
    day.fill(f"{timezone.localdate():%d/%m/%Y}")
    save("Lưu đội hình")
    save("Lưu điểm và giờ trực")
    save("Lưu vị trí trực")
    page.get_by_role("group", name="Người 1").get_by_label("Họ và tên").fill("Nguyễn Thu Hà")
    save("Thêm vào đội")
    page.get_by_text("Đã thêm 1 người.").wait_for()
    assert violations(page) == []
    page.get_by_role("link", name="Tiếp tục").click()
    save("Xếp lịch")
    context.close()
