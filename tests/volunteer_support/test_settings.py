"""What the environment says, and what stops the start."""

import os
import subprocess
import sys

import pytest


def started(**environment):
    """Read the settings in a process of their own; the hosts, or the last line of what stopped it."""
    keep = {name: value for name, value in os.environ.items() if name not in ("DEMO", "SITE_URL")}
    run = subprocess.run(
        [sys.executable, "-c", "from volunteer_support import settings; print(settings.ALLOWED_HOSTS)"],
        env=keep | {"SECRET_KEY": "k" * 50} | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return run.stdout.strip() or run.stderr.strip().splitlines()[-1]


def test_spaces_around_the_names_of_hosts_are_left_out():
    assert started(ALLOWED_HOSTS=" a.example, b.example ,") == "['a.example', 'b.example']"


@pytest.mark.parametrize(
    ("hosts", "sentence"), [(" , ", "không có tên miền nào"), (" * ", "không nhận “*”"), ("", "Chưa đặt")]
)
def test_a_site_without_a_name_of_its_own_does_not_start(hosts, sentence):
    assert sentence in started(ALLOWED_HOSTS=hosts)
