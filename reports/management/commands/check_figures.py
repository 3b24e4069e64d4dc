"""check_figures: do screen, file and rows say the same of every figure?"""

import datetime

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.figures.checking import differences
from reports.figures.forms import Day
from reports.figures.spans import is_too_long
from shifts.models import User

DAYS_BACK = 30
SHOWN = 40


def day(text):
    """A day as people write it, or 2026-11-24."""
    try:
        return Day().clean(text)
    except ValidationError as error:
        raise CommandError(f"“{text}”: {error.messages[0]}") from error


class Command(BaseCommand):
    """Compare every figure and grouping on the screen, in files read back and in rows; exit 1 on any difference."""

    help = "So mọi số liệu, mọi cách chia: trên màn hình, trong tệp đọc lại, và từng dòng; khác nhau thì thoát mã 1."

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="first", help=f"ngày đầu; không ghi: {DAYS_BACK} ngày trước")
        parser.add_argument("--to", dest="last", help="ngày cuối; không ghi: hôm nay")

    def handle(self, *args, first=None, last=None, **options):
        last = day(last) if last else timezone.localdate()
        first = day(first) if first else last - datetime.timedelta(days=DAYS_BACK)
        if first > last:
            raise CommandError("Ngày đầu phải trước hoặc bằng ngày cuối.")
        if is_too_long(first, last):
            raise CommandError("Kỳ quá dài. Chọn kỳ ngắn hơn.")
        # One who sees everything: the check is of numbers, not of rights.
        compared, found = differences(first, last, User(pk=0, is_superuser=True, is_active=True))
        self.stdout.write(f"Đã so {compared} số từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}.")
        for row in found[:SHOWN]:
            self.stdout.write(f"KHÁC {row.figure} ({row.where}): màn hình {row.screen}, ở đó {row.found}")
        if found:
            self.stderr.write(f"{len(found)} số khác nhau.")
            raise SystemExit(1)
        self.stdout.write("Khớp hoàn toàn.")
