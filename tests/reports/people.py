"""The world of the tests of targets: two communes below the province, people of offices, and counted days."""

import datetime

from assistance.models import DailyTally
from reports.models import Target
from shifts.models import Role, Unit
from tests.factories import make_user

YEAR = {"first": datetime.date(2020, 1, 1), "last": datetime.date(2020, 12, 31)}


def add_offices(w):
    """Staff of the province `staff`, reporter of the first commune `reporter`, and the communes."""
    start = datetime.date(2020, 1, 1)
    w.commune, w.other_commune = [
        Unit.objects.create(
            code=code, name=name, level="commune", kind="phường", parent=w.district, valid_from=start
        )
        for code, name in [("06691", "Phường Hồng Gai"), ("06688", "Phường Bãi Cháy")]
    ]  # fmt: skip
    w.staff, w.district_staff = make_user("canbo", "Vũ Đình Toàn"), make_user("huyen", "Đỗ Thanh Tùng")
    w.reporter = make_user("donvi", "Trần Thị Minh Nguyệt")
    Role.objects.create(user=w.staff, kind="staff", unit=w.province)
    Role.objects.create(user=w.district_staff, kind="staff", unit=w.district)
    Role.objects.create(user=w.reporter, kind="reporter", unit=w.commune)
    return w


def target(**decision):
    """A target of the year 2020, stored without the services."""
    given = {"figure": "dossiers", "minimum": 100, "stretch": 200, **YEAR} | decision
    return Target.objects.create(**given)


def count(w, date, n, *, figure="dossiers_full", unit=None, team=None):
    """Let so much be counted on a day by the team of the province, or for a unit by another team."""
    team = team or (w.team if unit in (None, w.province) else w.other_team)
    DailyTally.objects.create(
        date=date, unit=unit or team.unit, team=team, site=w.site, post=w.t1, volunteer=w.volunteer,
        audience="citizen", figure=figure, value=n,
    )  # fmt: skip
