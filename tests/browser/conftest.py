"""Chromium from Debian, as a Vietnamese at the desk would have it; one browser a worker, a fresh profile a test."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client

from .screens import PC


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    # Debian's own build; as root its sandbox cannot start.
    return browser_type_launch_args | {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox"]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "vi-VN", "timezone_id": "Asia/Ho_Chi_Minh", "viewport": PC}


@pytest.fixture
def site(live_server, world):
    """The address of the running site with the small world in it."""
    return live_server.url


@pytest.fixture
def log_in(site):
    """Give a browser context the session of a person, without the login page."""

    def log_in(context, username):
        client = Client()
        person = get_user_model().objects.get(username=username)
        client.force_login(person, backend="shifts.backends.UsernameOrPhoneBackend")
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])

    return log_in


@pytest.fixture
def violations():
    """Ask axe about the page as it stands; returns readable lines, none when all is well."""
    axe = Axe()

    def violations(page):
        found = axe.run(page).response["violations"]
        return [
            f"{rule['id']}: {node['html'][:160]} — {node['failureSummary']}" for rule in found for node in rule["nodes"]
        ]

    return violations


@pytest.fixture
def complaints(page):
    """What the page writes to the console or throws: nothing, on a good page."""
    heard = []
    page.on("console", lambda message: heard.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard
