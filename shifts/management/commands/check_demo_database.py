"""Ends with 1 when DEMO=1 is set over a database that the demo did not make."""

from django.core.management.base import BaseCommand, CommandError

from shifts.checks import demo_database_check


class Command(BaseCommand):
    help = "Báo lỗi nếu DEMO=1 được đặt cho một cơ sở dữ liệu không do lệnh demo tạo ra."

    def handle(self, *args, **options):
        problem = demo_database_check()
        if problem:
            raise CommandError(problem)
