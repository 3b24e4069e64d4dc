"""What the rows of a grouping are called, how addresses write them, and in which order they stand."""

import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from assistance.models import Department, Dossier, Procedure, Visit
from assistance.unit_names import sort_key
from reports.figures.catalogue import GROUPS, SOURCES, TIMES
from reports.figures.questions import RESULTS, TOTALS
from shifts.models import Post, Team, Unit, User

NOTHING = {
    "post": lambda: _("Tại hoạt động lưu động"),
    "department": lambda: _("Chưa rõ sở, ngành"),
    "procedure": lambda: _("Không chọn thủ tục"),
}


def named(group: str, keys) -> dict:
    """Key -> (label, address, order) for keys of a grouping, in a fixed number of queries."""
    undivided = [key for key in keys if group != "source" and key in (TOTALS, RESULTS)]
    plain = [key for key in keys if key not in undivided]
    missing = [key for key in plain if key is None]
    found = NAMERS[group]([key for key in plain if key is not None])
    for key in missing:
        found[key] = (NOTHING.get(group, lambda: _("Không có"))(), "none", (1,))
    for key in undivided:
        words = _("Số liệu tổng hợp") if key == TOTALS else _("Kết quả hoạt động lưu động")
        label = _("{what} (không chia theo {group})").format(what=words, group=GROUPS[group])
        found[key] = (label, key, (2, key))
    return found


def _units(keys):
    today = timezone.localdate()
    found = Unit.objects.filter(pk__in=keys).only("code", "name", "valid_from", "valid_until", "level")
    return {unit.pk: (unit_label(unit, today), address_of(unit), (0, sort_key(unit), unit.pk)) for unit in found}


def unit_label(unit, today):
    """The name; with its last day when the unit is no more, since another may bear the name now."""
    if unit.valid_until and unit.valid_until <= today:
        return _("{unit} (đến {date})").format(
            unit=unit.name, date=f"{unit.valid_until - datetime.timedelta(days=1):%d/%m/%Y}"
        )
    return unit.name


def address_of(unit):
    """A code alone may mean several units: with the first day it means one."""
    return f"{unit.code}@{unit.valid_from:%Y-%m-%d}"


def _teams(keys):
    found = Team.objects.filter(pk__in=keys).only("code", "name")
    return {team.pk: (team.name, team.code, (0, team.code)) for team in found}


def _posts(keys):
    return {
        post.pk: (f"{post.name}, {post.site.short_name}", str(post.pk), (0, post.site_id, post.position, post.code))
        for post in Post.objects.filter(pk__in=keys).select_related("site")
    }


def _volunteers(keys):
    return {
        user.pk: (user.full_name or user.username, str(user.pk), (0, user.sort_name, user.pk))
        for user in User.objects.filter(pk__in=keys).only("full_name", "username", "sort_name")
    }


def _departments(keys):
    return {row.pk: (row.name, row.code, (0, row.position, row.name)) for row in Department.objects.filter(pk__in=keys)}


def _procedures(keys):
    found = Procedure.objects.filter(pk__in=keys).only("code", "name")
    return {row.pk: (row.name, row.code, (0, row.code)) for row in found}


def _choices(choices, none):
    labels = dict(choices)

    def name(keys):
        order = list(labels)
        return {
            key: (str(labels.get(key, none())), str(key) or "none", (0, order.index(key) if key in order else 99))
            for key in keys
        }

    return name


def _times(time):
    def label(day):
        if time == "week":
            week = day.isocalendar()
            end = day + datetime.timedelta(days=6)
            return _("Tuần {week}, {first} – {last}").format(
                week=week.week, first=f"{day:%d/%m}", last=f"{end:%d/%m/%Y}"
            )
        return _("Tháng {month}").format(month=f"{day:%m/%Y}") if time == "month" else f"{day:%d/%m/%Y}"

    return lambda days: {day: (label(day), day.isoformat(), (0, day)) for day in days}


def _hours(keys):
    return {hour: (_("{hour} giờ").format(hour=hour), str(hour), (0, hour)) for hour in keys}


NAMERS = {
    "unit": _units,
    "team": _teams,
    "post": _posts,
    "volunteer": _volunteers,
    "department": _departments,
    "procedure": _procedures,
    "audience": _choices(Visit.Audience.choices, lambda: _("Không rõ")),
    "outcome": _choices(Dossier.Outcome.choices, lambda: _("Không có hồ sơ")),
    "hour": _hours,
    "source": _choices(SOURCES.items(), lambda: _("Không rõ")),
    **{time: _times(time) for time in TIMES},
}
