"""Every page, in both widths and both themes: nothing for axe to find, nothing on the console, nothing cut off."""

import json
import re

import pytest
from django.test import Client

from shifts import services
from tests.factories import body, dossier, make_user

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
    ("doitruong", "/roster/TTHCC/calendar/"),
    ("doitruong", "/roster/TTHCC/settings/"),
    ("lanhdao", "/reports/"),
    ("lanhdao", "/roster/"),
    ("lanhdao", "/desk/"),
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

    refused = {"/khong-co-trang-nay/": 404, ("lanhdao", "/desk/"): 403}
    status = refused.get(path) or refused.get((username, path)) or 200
    assert response.status == status
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert [line for line in complaints if str(status) not in line] == []


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


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("which", ["edit", "first login", "admin", "admin list"])
def test_page_of_one_row_is_accessible_and_fits(page, site, world, log_in, violations, which, width, theme):
    page.set_viewport_size(WIDTHS[width])
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    if which == "first login":
        path = services.first_login_path(make_user("moi", "Trần Thị Mới"))
    elif which == "edit":
        client = Client()
        client.force_login(world.volunteer, backend="shifts.backends.UsernameOrPhoneBackend")
        sent = body(dossier=dossier(code="000.00.00.H49-261124-0001"))
        client.post("/desk/visits/", json.dumps(sent), content_type="application/json")
        path = f"/desk/visits/{sent['id']}/edit/"
        log_in(page.context, "tnv")
    else:
        services.grant_role(user=make_user("quantri", "Hồ Quang Huy"), kind="administrator", unit=world.province)
        path = {"admin": "/admin/", "admin list": "/admin/assistance/procedure/"}[which]
        log_in(page.context, "quantri")
    assert page.goto(site + path, wait_until="networkidle").status == 200
    assert violations(page) == []


def test_tally_sheet_is_one_page_of_paper(page, site, log_in):
    log_in(page.context, "tnv")
    page.goto(site + "/desk/sheet/")
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
