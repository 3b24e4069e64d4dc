"""Surroundings of all tests: the settings they run under, the small world, and the browser."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

# Set before the settings are read, and whatever a developer keeps in .env: tests never touch the real database.
FOLDER = Path(tempfile.mkdtemp(prefix="volunteer-tests-"))
os.environ.update(DJANGO_SETTINGS_MODULE="volunteer_support.settings", DEMO="1", DEBUG="0")
os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
os.environ.setdefault("DATABASE_URL", f"sqlite:///{FOLDER / 'unused.sqlite3'}")
# Playwright keeps an event loop in the thread of the test; Django would refuse its queries there.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_configure():
    from django.conf import settings

    # Files as they lie in the folders, so that no test needs collectstatic.
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True
    # Logging in is not what most tests are about; those of the real hasher name it themselves.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    # Work for the background is done at once; tests of the waiting name the database themselves.
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        # A file, as in production: in memory all threads would share one connection and its transaction.
        database.setdefault("TEST", {})["NAME"] = str(FOLDER / "test.sqlite3")


def pytest_unconfigure():
    shutil.rmtree(FOLDER, ignore_errors=True)


@pytest.fixture
def world(db):
    """The small hand-made world: one centre, its three floors, a team and its people."""
    from tests import factories

    return factories.make_world()
