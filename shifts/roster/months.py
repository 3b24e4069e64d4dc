"""What the commands of the roster have in common: reading a month, a site and a team from the command line."""

import datetime

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from shifts.models import Site, Team

from .changes import FIRST_YEAR, LAST_YEAR, bounds_sentence


def month_named(text: str) -> datetime.date:
    """The first day of a month written 2026-06; raises CommandError for anything else."""
    try:
        year, month = text.strip().split("-")
        first = datetime.date(int(year), int(month), 1)
    except ValueError as error:
        raise CommandError(
            _("“{text}” không phải là một tháng. Hãy viết năm-tháng, ví dụ 2026-06.").format(text=text)
        ) from error
    if not FIRST_YEAR <= first.year < LAST_YEAR:
        raise CommandError(bounds_sentence())
    return first


def site_named(code: str) -> Site:
    site = Site.objects.filter(code=code).first()
    if site is None:
        raise CommandError(_("Không có điểm hỗ trợ mang mã “{code}”.").format(code=code))
    return site


def team_named(code: str) -> Team:
    team = Team.objects.filter(code=code).first()
    if team is None:
        raise CommandError(_("Không có đội hình mang mã “{code}”.").format(code=code))
    return team
