"""A commune's reporter on a phone sends the week, is given it back, corrects it; staff take a messy sheet in."""

import datetime
import io

import openpyxl
import pytest
from django.utils import timezone

from assistance.models import UnitTotal
from assistance.periods import Period
from shifts.models import Role, Unit
from tests.factories import make_user

from .screens import PHONE, WIDTHS

WEEK = Period.week_of(timezone.localdate())


@pytest.fixture
def commune(world):
    """A commune with its reporter `donvi`, below a district with its staff `huyen`."""
    start = datetime.date(2020, 1, 1)
    unit = Unit.objects.create(
        code="06691", name="Phường Hồng Gai", level="commune", kind="phường", parent=world.district, valid_from=start
    )
    Unit.objects.create(
        code="07045", name="Xã Hòa Bình", level="commune", kind="xã", parent=world.district, valid_from=start
    )
    for name in ("Xã Đông Hải", "Phường Đông Hải"):
        Unit.objects.create(
            code=str(6970 + len(name)).zfill(5), name=name, level="commune", kind=name.split()[0].lower(),
            parent=world.district, valid_from=start,
        )  # fmt: skip
    Role.objects.create(user=make_user("donvi", "Trần Thị Minh Nguyệt", phone="0912000111"), kind="reporter", unit=unit)
    Role.objects.create(user=make_user("huyen", "Đỗ Thanh Tùng"), kind="staff", unit=world.district)
    return unit


def test_reporter_sends_is_given_it_back_and_corrects(browser, site, commune, log_in):
    phone = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True)
    log_in(phone, "donvi")
    page = phone.new_page()
    page.goto(site + "/units/totals/")
    page.get_by_label("Lượt tuyên truyền").fill("1.234")
    page.get_by_label("Hướng dẫn người dân").fill("37")
    page.get_by_label("Tài khoản", exact=True).fill("2000")
    page.get_by_role("button", name="Gửi số liệu").click()
    page.get_by_text("Số tài khoản nhiều hơn số lượt").wait_for()
    assert not UnitTotal.objects.exists()
    page.get_by_label("Tài khoản", exact=True).fill("20")
    page.get_by_role("button", name="Gửi số liệu").click()
    page.get_by_text("Cấp trên sẽ xem và duyệt").wait_for()
    page.get_by_text("Chờ duyệt").wait_for()
    assert UnitTotal.objects.get().numbers == {"reached": 1234, "guided_citizen": 37, "accounts": 20}

    office = browser.new_context()
    log_in(office, "huyen")
    desk = office.new_page()
    desk.goto(site + f"/units/06691/?period={WEEK.key}")
    desk.get_by_label("Lời nhắn cho đơn vị").fill("Thiếu số tờ rơi")
    desk.get_by_role("button", name="Trả lại kèm lời nhắn").click()
    desk.get_by_text("Đã trả lại.").wait_for()

    page.reload()
    page.get_by_text("Thiếu số tờ rơi").wait_for()
    page.get_by_label("Tờ rơi").fill("40")
    page.get_by_role("button", name="Gửi số liệu").click()
    page.get_by_text("Chờ duyệt").wait_for()

    desk.goto(site + f"/units/06691/?period={WEEK.key}")
    desk.get_by_role("button", name="Duyệt", exact=True).click()
    desk.get_by_text("Đã duyệt số liệu Phường Hồng Gai").wait_for()
    total = UnitTotal.objects.get()
    assert (total.state, total.leaflets) == ("accepted", 40)
    phone.close()
    office.close()


def test_what_was_typed_survives_leaving_the_page(page, site, commune, log_in):
    log_in(page.context, "donvi")
    page.goto(site + "/units/totals/")
    page.get_by_label("Lượt tuyên truyền").fill("12")
    page.goto(site + "/reports/")
    page.goto(site + "/units/totals/")
    assert page.get_by_label("Lượt tuyên truyền").input_value() == "12"
    page.get_by_role("button", name="Tuần này không có gì").click()
    page.get_by_text("đã báo không có gì").wait_for()
    assert UnitTotal.objects.get().nothing


def test_staff_take_in_a_messy_sheet(page, site, commune, log_in):
    book = openpyxl.Workbook()
    for row in [
        ["BÁO CÁO TUẦN"], ["STT", "Đơn vị", "Tuyên truyền", "Hướng dẫn", None],
        [None, None, None, "Người dân", "Thanh niên"], [1, "Hồng Gai", "1.234", 3, 4],
        [2, "Hoà Bình", 5, None, None], [3, "Đông Hải", 6, None, None], ["Tổng cộng", None, 1245, 3, 4],
    ]:  # fmt: skip
        book.active.append(row)
    for cells in ("A1:E1", "A2:A3", "B2:B3", "C2:C3", "D2:E2"):
        book.active.merge_cells(cells)
    written = io.BytesIO()
    book.save(written)
    log_in(page.context, "huyen")
    page.goto(site + "/units/")
    page.get_by_role("link", name="Nhập, xuất Excel").click()
    page.get_by_label("Tệp số liệu").set_input_files(
        {"name": "bao-cao.xlsx", "mimeType": "application/octet-stream", "buffer": written.getvalue()}
    )
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_label("Dòng 6: “Đông Hải”").select_option(label="Phường Đông Hải, Thành phố Hạ Long (06985)")
    page.get_by_role("button", name="Xem lại với các đơn vị đã chọn").click()
    page.get_by_role("button", name="Nhập 3 đơn vị").click()
    page.get_by_text("Đã nhập số liệu: mới 3").wait_for()
    assert dict(UnitTotal.objects.values_list("unit__name", "reached")) == {
        "Phường Hồng Gai": 1234, "Xã Hòa Bình": 5, "Phường Đông Hải": 6,
    }  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    ("username", "path"),
    [("donvi", "/units/totals/"), ("donvi", "/units/06691/"), ("huyen", "/units/?show=missing"),
     ("huyen", "/units/totals/file/"), ("huyen", "/units/06691/")],
)  # fmt: skip
def test_page_is_accessible_and_fits(page, site, commune, log_in, violations, complaints, username, path, width, theme):
    page.set_viewport_size(WIDTHS[width])
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    log_in(page.context, username)
    assert page.goto(site + path, wait_until="networkidle").status == 200
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert complaints == []
