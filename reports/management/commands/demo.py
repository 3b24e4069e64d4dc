"""Builds the demo world in an empty database: made-up people, visits, dossiers, unit totals and targets."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from assistance.demo_world import PASSWORD, build, holds_other_data
from reports.demo_targets import add_targets
from shifts.models import InstallationMark

LOGINS = {
    "tnv": "tình nguyện viên, bàn hỗ trợ",
    "doitruong": "đội trưởng",
    "donvi": "người báo cáo của phường Hồng Gai",
    "canbo": "cán bộ Đoàn cấp tỉnh",
    "lanhdao": "lãnh đạo",
    "quantri": "quản trị",
}


class Command(BaseCommand):
    help = "Tạo bản trình diễn (dữ liệu bịa) trong một cơ sở dữ liệu trống; chạy lại thì làm mới các lượt hỗ trợ."

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=30, help="số ngày mở cửa gần nhất có lượt hỗ trợ")
        parser.add_argument("--without-2020", action="store_true", help="bỏ qua số liệu tổng hợp của chiến dịch 2020")
        parser.add_argument("--if-empty", action="store_true", help="đã có bản trình diễn thì giữ nguyên dữ liệu")

    def handle(self, *args, days, without_2020, if_empty, verbosity, **options):
        if not settings.DEMO:
            raise CommandError(
                "Lệnh demo đặt một mật khẩu ai cũng biết, nên chỉ chạy khi có DEMO=1. Không dùng cho trang thật."
            )
        if days < 1:
            raise CommandError("--days cần ít nhất 1 ngày.")
        self.verbosity = verbosity
        if if_empty and InstallationMark.objects.filter(key=InstallationMark.DEMO).exists():
            self.say("Giữ nguyên bản trình diễn đã có.")
        else:
            self.make(days, with_2020=not without_2020)
        self.print_logins()

    @transaction.atomic
    def make(self, days, *, with_2020):
        """Build everything or nothing."""
        if holds_other_data():
            raise CommandError(
                "Cơ sở dữ liệu này đã có người dùng hoặc lượt hỗ trợ không do lệnh demo tạo ra, nên không ghi gì vào."
                " Hãy đặt DATABASE_URL sang một cơ sở dữ liệu trống."
            )
        call_command("load_world", verbosity=0)
        now = timezone.now()
        build(days=days, now=now, report=self.say, with_2020=with_2020)
        add_targets(now=now, with_2020=with_2020, report=self.say)

    def say(self, text):
        if self.verbosity:
            self.stdout.write(text)

    def print_logins(self):
        self.say(f"Đăng nhập (dữ liệu bịa), mật khẩu {PASSWORD}:")
        for username, role in LOGINS.items():
            self.say(f"  {username:<10} {role}")
