"""Staff set a target, see what it means, give it to the communes and see who is behind; on a PC and a phone."""

import datetime

import pytest
from django.utils import timezone

from reports.models import Target
from shifts.models import Role, Unit
from tests.factories import make_user

from .screens import PHONE, WIDTHS

YEAR = timezone.localdate().year


@pytest.fixture
def offices(world):
    """A district with two communes and its staff `huyen`."""
    start = datetime.date(2020, 1, 1)
    for code, name in [("06691", "Phường Hồng Gai"), ("06688", "Phường Bãi Cháy")]:
        Unit.objects.create(
            code=code, name=name, level="commune", kind="phường", parent=world.district, valid_from=start
        )  # fmt: skip
    Role.objects.create(user=make_user("huyen", "Đỗ Thanh Tùng"), kind="staff", unit=world.district)
    return world


def test_staff_set_and_split_a_target(page, site, offices, log_in, complaints):
    log_in(page.context, "huyen")
    page.goto(site + "/reports/targets/")
    page.get_by_role("link", name="Đặt chỉ tiêu").first.click()
    assert page.get_by_label("Đếm các").is_hidden()
    page.get_by_label("Số liệu").select_option("coverage")
    assert page.get_by_label("Đếm các").is_visible()
    page.get_by_label("Số liệu").select_option("dossiers")
    page.get_by_label("Tối thiểu").fill("1.001")
    page.get_by_label("Phấn đấu").fill("900")
    page.get_by_role("button", name="Đặt chỉ tiêu").click()
    page.get_by_text("Phấn đấu không được nhỏ hơn tối thiểu (1.001).").wait_for()
    page.get_by_label("Phấn đấu").fill("2.000")
    page.get_by_label("Căn cứ").click()
    page.get_by_text(f"đến 31/12/{YEAR}, Thành phố Hạ Long và mọi đơn vị bên dưới cùng đạt ít nhất 1.001").wait_for()
    page.get_by_role("button", name="Đặt chỉ tiêu").click()
    page.get_by_text("Đã đặt chỉ tiêu.").wait_for()

    page.get_by_role("link", name="Chia cho đơn vị bên dưới").click()
    page.get_by_label("Chia đều").check()
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_role("button", name="Giao cho 2 đơn vị").click()
    page.get_by_text("Đã giao chỉ tiêu cho 2 đơn vị.").wait_for()
    page.get_by_role("link", name="Phường Hồng Gai").click()
    page.get_by_role("heading", name="Hồ sơ trực tuyến").wait_for()
    assert sorted(Target.objects.exclude(unit=offices.district).values_list("minimum", "stretch")) == [
        (500, 999),
        (501, 1001),
    ]
    # The refused form answered 422, which a browser writes down.
    assert [line for line in complaints if "422" not in line] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_targets_fit_and_are_accessible(browser, site, offices, log_in, violations, width, theme):
    days = {"first": datetime.date(YEAR, 1, 1), "last": datetime.date(YEAR, 12, 31)}
    whole = Target.objects.create(figure="dossiers", unit=offices.district, minimum=100, stretch=200, **days)
    for unit in Unit.objects.filter(level="commune"):
        Target.objects.create(figure="dossiers", unit=unit, minimum=40, stretch=100, **days)
    context = browser.new_context(viewport=WIDTHS[width], color_scheme=theme, reduced_motion="reduce")
    log_in(context, "huyen")
    page = context.new_page()
    own = f"/reports/targets/{whole.series}/"
    for path in ("/reports/targets/", own, f"{own}change/", f"{own}split/", "/reports/targets/new/"):
        page.goto(site + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert violations(page) == [], path
        if WIDTHS[width] == PHONE:
            assert small_targets(page) == [], path
    context.close()


def small_targets(page):
    """Buttons and links of the page, menu aside, that a thumb would miss."""
    return page.evaluate(
        """() => [...document.querySelectorAll("main a, main button, main summary")]
          .filter((node) => node.offsetParent && node.getBoundingClientRect().height < 43.5)
          .map((node) => node.outerHTML.slice(0, 120))"""
    )


def test_a_target_is_set_without_a_script(browser, site, offices, log_in):
    context = browser.new_context(java_script_enabled=False)
    log_in(context, "huyen")
    page = context.new_page()
    page.goto(site + "/reports/targets/new/")
    page.get_by_label("Tối thiểu").fill("300")
    page.get_by_role("button", name="Xem nghĩa là gì").click()
    page.get_by_text("cùng đạt ít nhất 300: hồ sơ trực tuyến.").wait_for()
    assert not Target.objects.exists()
    page.get_by_role("button", name="Đặt chỉ tiêu").click()
    page.get_by_text("Đã đặt chỉ tiêu.").wait_for()
    assert Target.objects.get().stretch == 300
    context.close()
