"""Every page, in both widths and both themes: nothing for axe to find, nothing on the console, nothing cut off."""

import pytest

from .screens import PHONE, WIDTHS

PAGES = [
    (None, "/accounts/login/"),
    ("tnv", "/"),
    ("tnv", "/accounts/password/"),
    ("tnv", "/desk/"),
    ("tnv", "/desk/dossiers/"),
    ("tnv", "/desk/sheet/"),
    ("tnv", "/desk/grid/"),
    ("doitruong", "/"),
    ("doitruong", "/desk/buttons/"),
    ("doitruong", "/team/links/"),
    ("doitruong", "/team/import/"),
    ("lanhdao", "/"),
    ("tnv", "/khong-co-trang-nay/"),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize(("username", "path"), PAGES)
def test_page_is_accessible_and_fits(page, site, log_in, violations, complaints, username, path, width, theme):
    page.set_viewport_size(WIDTHS[width])
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    if username:
        log_in(page.context, username)
    response = page.goto(site + path, wait_until="networkidle")

    missing = path == "/khong-co-trang-nay/"
    assert response.status == (404 if missing else 200)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert [line for line in complaints if not (missing and "404" in line)] == []


@pytest.mark.parametrize("path", ["/accounts/login/", "/desk/"])
def test_browser_that_asks_for_english_still_opens_in_vietnamese(browser, site, log_in, path):
    context = browser.new_context(locale="en-US", viewport=PHONE)
    log_in(context, "tnv")
    page = context.new_page()
    page.goto(site + path)

    assert page.locator("html").get_attribute("lang") == "vi"
    context.close()


def test_english_stays_once_chosen(page, site, log_in):
    log_in(page.context, "tnv")
    page.goto(site + "/desk/")
    with page.expect_navigation():
        page.locator("form[action$='/accounts/language/'] [value=en]").first.dispatch_event("click")
    page.goto(site + "/desk/")

    assert page.locator("html").get_attribute("lang") == "en"
