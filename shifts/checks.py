"""Keeps the demo and real data apart."""

from django.conf import settings
from django.db import Error, connection

from shifts.models import InstallationMark, User


def demo_database_check() -> str:
    """Return why DEMO=1 must not serve this database, or "" when it may.

    An empty or unreachable database is no reason: nothing of anybody's is shown.
    """
    if not settings.DEMO:
        return ""
    try:
        marked = InstallationMark.objects.filter(key=InstallationMark.DEMO).exists()
        foreign = not marked and User.objects.exists()
    except Error:
        return ""
    finally:
        if not connection.in_atomic_block:
            connection.close()  # asked before the server forks or starts its threads
    if foreign:
        return (
            "DEMO=1 chỉ chạy với cơ sở dữ liệu do lệnh demo tạo ra, mà cơ sở dữ liệu này đã có người dùng thật."
            " Bỏ DEMO=1, hoặc đặt DATABASE_URL sang một cơ sở dữ liệu trống rồi chạy: python manage.py demo"
        )
    return ""
