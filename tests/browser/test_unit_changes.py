"""Staff merges two communes in the admin: fills the form, looks, confirms, and reads the history of both."""

import datetime

import pytest

from assistance.models import UnitTotal
from shifts.models import Team, Unit, UnitChange
from shifts.services import grant_role
from tests.factories import make_user

from .screens import PHONE

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime.date(2020, 1, 1)


@pytest.fixture
def communes(world):
    staff = make_user("canbo", "Lê Minh Cán")
    grant_role(user=staff, kind="staff", unit=world.province)
    found = []
    for code, name, reached in [("06652", "Phường Hà Phong", 30), ("06664", "Phường Hà Tu", 12)]:
        unit = Unit.objects.create(
            code=code, name=name, level="commune", kind="phường", parent=world.district, valid_from=START
        )
        Team.objects.create(code=f"D{code}", name=f"Đội thanh niên {name}", unit=unit)
        monday = datetime.date.today() - datetime.timedelta(days=datetime.date.today().weekday() + 14)
        UnitTotal.objects.create(
            unit=unit, span="week", date_from=monday, date_to=monday + datetime.timedelta(days=6), counted_on=monday,
            state="accepted", sent_at=f"{monday}T08:00+07:00", reviewed_at=f"{monday}T09:00+07:00", reached=reached,
        )  # fmt: skip
        found.append(unit)
    return found


def merge(page, site, log_in):
    """Choose both in the list, fill in the new unit, and look."""
    log_in(page.context, "canbo")
    page.goto(f"{site}/admin/shifts/unit/?level__exact=commune")
    for name in ("Phường Hà Phong", "Phường Hà Tu"):
        page.get_by_role("row").filter(has_text=name).get_by_role("checkbox").check()
    page.locator("select[name=action]").select_option(label="Sáp nhập các đơn vị đã chọn…")
    page.locator("button[name=index]").click()
    page.locator("#id_name").fill("Phường Hà Tu")
    page.locator("#id_date").fill(f"{datetime.date.today():%d/%m/%Y}")
    page.locator("#id_decision").fill("1679/NQ")


def test_staff_merges_two_communes_and_the_new_one_shows_the_history_of_both(page, site, log_in, communes, complaints):
    merge(page, site, log_in)
    assert page.locator("#id_units input:checked").count() == 2
    page.get_by_role("button", name="Xem trước").click()
    text = page.locator("#content-main").inner_text()
    assert "2 đơn vị kết thúc, 1 đơn vị bắt đầu. Chưa ghi gì." in text
    assert "1 đội hình sang Phường Hà Tu: Đội thanh niên Phường Hà Phong." in text
    assert not UnitChange.objects.exists()
    figures = page.locator(".unit-figures tbody tr").all_inner_texts()
    assert [row.split("\t") for row in figures if "\t" in row] == [
        ["Phường Hà Phong", "30"], ["Phường Hà Tu", "12"], ["Tổng", "42"], ["Phường Hà Tu", "42"], ["Tổng", "42"],
    ]  # fmt: skip
    page.get_by_role("button", name="Đổi từ").click()
    page.wait_for_url("**/unitchange/**")
    assert "Đã đổi đơn vị." in page.inner_text("body")
    page.locator("#content-main td a", has_text="Phường Hà Tu").first.click()
    assert "tiếp nhận:" in page.locator(".unit-lineage").inner_text()
    page.get_by_role("link", name="Như bây giờ").click()
    assert "as=now" in page.url
    row = page.get_by_role("row").filter(has_text="Lượt tuyên truyền").last
    assert row.inner_text().split("\t")[-1] == "42"
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_can_be_used_by_everybody(page, site, log_in, communes, violations, scheme):
    page.emulate_media(color_scheme=scheme)
    merge(page, site, log_in)
    assert violations(page) == []
    page.get_by_role("button", name="Xem trước").click()
    page.locator(".unit-answer").wait_for()
    assert violations(page) == []
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for button in page.locator(".submit-row button").all():
        assert button.bounding_box()["height"] >= 44
    page.get_by_role("button", name="Đổi từ").click()
    page.wait_for_url("**/unitchange/**")
    page.locator("#content-main td a", has_text="Phường Hà Tu").first.click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
