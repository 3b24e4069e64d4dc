"""Small rows for the tests of people: one province, one team, and whoever a test needs."""

import datetime

from shifts.models import Role, Team, Unit, User, Volunteer

PASSWORD = "mat-khau-dai-2020"
START = datetime.date(2020, 1, 1)


def make_unit(code="22", name="Quảng Ninh", level="province", parent=None, start=START, **fields):
    return Unit.objects.create(code=code, name=name, level=level, kind="x", parent=parent, valid_from=start, **fields)


def make_team(unit, code="TINH"):
    return Team.objects.create(code=code, name=f"Đội {code}", unit=unit)


def make_user(username="ha", full_name="Nguyễn Thu Hà", password=PASSWORD, **fields):
    return User.objects.create_user(username, password=password, full_name=full_name, **fields)


def make_member(team, username="ha", kind=Role.Kind.VOLUNTEER, **fields):
    user = make_user(username, **fields)
    Volunteer.objects.create(user=user, team=team)
    Role.objects.create(user=user, kind=kind, team=team)
    return user
