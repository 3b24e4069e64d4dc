"""A Tuesday, and the people of units."""

import datetime

import pytest
import time_machine
from django.utils import timezone


@pytest.fixture(autouse=True)
def tuesday():
    from assistance.reference import forget

    forget()
    at = datetime.datetime(2026, 11, 24, 10, 0, tzinfo=timezone.get_current_timezone())
    with time_machine.travel(at, tick=False):
        yield
    forget()


@pytest.fixture
def w(world):
    """The world with a commune in the district, its reporter, the district's staff, and a neighbour."""
    from shifts.models import Role, Unit
    from tests.factories import make_user

    start = datetime.date(2020, 1, 1)
    world.commune = Unit.objects.create(
        code="06691", name="Phường Hồng Gai", level="commune", kind="phường", parent=world.district, valid_from=start
    )
    world.neighbour = Unit.objects.create(
        code="06673", name="Phường Bãi Cháy", level="commune", kind="phường", parent=world.district, valid_from=start
    )
    for name, full_name, kind, unit in [
        ("donvi", "Trần Thị Minh Nguyệt", "reporter", world.commune),
        ("donvi2", "Lê Văn Hùng", "reporter", world.commune),
        ("huyen", "Đỗ Thanh Tùng", "staff", world.district),
        ("laixa", "Bùi Thị Hoa", "leadership", world.commune),
    ]:
        user = make_user(name, full_name, phone=f"09{abs(hash(name)) % 10**8:08d}")
        Role.objects.create(user=user, kind=kind, unit=unit)
        setattr(world, name, user)
    return world
