"""Staff at a PC choose last month, read the table, take the workbook with them; the same on a phone, in the dark."""

import datetime

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from reports.models import Target
from reports.periods import ReportPeriod
from shifts.models import Role
from tests.factories import make_user
from tests.reports.tables.makers import commune, counted, definition_of, told

from .screens import WIDTHS

THIS = ReportPeriod.of("month", timezone.localdate())
LAST = THIS.moved(-1)


@pytest.fixture
def staff(world):
    """Staff of the province, and a table with numbers of last month."""
    user = make_user("canbo", "Đỗ Thanh Tùng")
    Role.objects.create(user=user, kind="staff", unit=world.province)
    hong_gai, hoa_binh = commune(world, "06691", "Phường Hồng Gai"), commune(world, "07045", "Xã Hòa Bình")
    counted(world, 1234, "reached", date=LAST.first)
    counted(world, 21, "guided", unit=hong_gai, date=LAST.first)
    counted(world, 40, "dossiers_full", unit=hoa_binh, date=LAST.last)
    counted(world, 3, "reached", date=THIS.first)
    monday = LAST.first + datetime.timedelta(days=7 - LAST.first.weekday())
    told(world, hong_gai, day=monday, guided_youth=100, leaflets=500, remarks="Mạng yếu vào buổi chiều.")
    Target.objects.create(
        figure="dossiers", unit=world.district, minimum=100, stretch=200, first=LAST.first.replace(month=1, day=1),
        last=LAST.first.replace(month=12, day=31),
    )  # fmt: skip
    definition_of(
        ("teams", "Lực lượng", ""), ("volunteers", "Lực lượng", ""), "reached",
        ("guided_citizen", "Lượt hướng dẫn", ""),
        ("guided_youth", "Lượt hướng dẫn", ""), ("guided_enterprise", "Lượt hướng dẫn", ""), "accounts",
        ("dossiers", "Hồ sơ trực tuyến", "Kỳ này"), ("dossiers/year", "Hồ sơ trực tuyến", "Lũy kế"),
        ("dossiers/target", "Hồ sơ trực tuyến", "So với chỉ tiêu"), "leaflets", "events", "remarks",
        slug="tong-hop-thu",
    )  # fmt: skip
    return user


def test_staff_choose_last_month_read_it_and_open_the_workbook(page, site, staff, log_in, tmp_path, complaints):
    log_in(page.context, "canbo")
    page.goto(site + "/reports/")
    page.get_by_text("Thêm", exact=True).first.click()
    page.get_by_role("link", name="Bảng thống kê").first.click()
    page.get_by_role("link", name="Bảng thử").click()
    page.get_by_role("link", name=LAST.name[:1].upper() + LAST.name[1:]).click()
    page.get_by_role("heading", name="1.234 lượt tuyên truyền, 121 lượt hướng dẫn, 40 hồ sơ").wait_for()
    row = page.get_by_role("row", name="Thành phố Hạ Long")
    *_numbers, share, leaflets, events, remark = row.get_by_role("cell").all_inner_texts()
    assert (share, leaflets, events) == ("40/100 40,0 %", "500", "0")
    assert remark.startswith("Phường Hồng Gai, tuần") and remark.endswith("Mạng yếu vào buổi chiều")
    with page.expect_download() as download:
        page.get_by_role("link", name="Tải Excel").click()
    assert download.value.suggested_filename == f"tong-hop-thu-{LAST.key}.xlsx"
    download.value.save_as(tmp_path / "bang.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "bang.xlsx").get_sheet_by_index(0).to_python()
    sums = next(row for row in rows if row[1] == "Tổng cộng")
    assert sums[2:11] == [2, 4, 1234, 21, 100, 0, 0, 40, 40]
    row.get_by_role("link", name="Thành phố Hạ Long").click()
    page.get_by_role("row", name="Phường Hồng Gai").wait_for()
    assert page.get_by_label("Đơn vị", exact=True).input_value().startswith("193@")
    assert complaints == []


def test_days_of_ones_own_are_typed_or_refused_with_what_to_do(page, site, staff, log_in):
    log_in(page.context, "canbo")
    page.goto(f"{site}/reports/table/tong-hop-thu/")
    page.get_by_text("Đơn vị, ngày", exact=True).click()
    page.get_by_label("Từ ngày", exact=True).fill("20/10/2026")
    page.get_by_label("Đến ngày", exact=True).fill("03/10/2026")
    page.get_by_role("button", name="Xem", exact=True).click()
    page.get_by_text("Hãy đổi lại hai ngày").wait_for()
    assert page.get_by_label("Từ ngày", exact=True).input_value() == "20/10/2026"
    assert page.get_by_label("Đến ngày", exact=True).input_value() == "03/10/2026"
    page.get_by_label("Đến ngày", exact=True).fill("30/10/2026")
    page.get_by_role("button", name="Xem", exact=True).click()
    page.get_by_text("Từ 20/10/2026 đến 30/10/2026", exact=True).wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(
    "path",
    ["/reports/table/", f"/reports/table/tong-hop-thu/?period={LAST.key}",
     f"/reports/table/tong-hop-thu/?period={LAST.key}&format=print"],
)  # fmt: skip
def test_page_is_accessible_and_fits(page, site, staff, log_in, violations, complaints, path, width, theme):
    page.set_viewport_size(WIDTHS[width])
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    log_in(page.context, "canbo")
    assert page.goto(site + path, wait_until="networkidle").status == 200
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert complaints == []
