"""Adds units, calendar, sites, procedures and lists that are missing; edits by staff stay."""

from django.core.management.base import BaseCommand
from django.db import transaction

from assistance.world import load_assistance_world
from shifts.world import load_shifts_world


class Command(BaseCommand):
    help = "Bổ sung đơn vị, ngày nghỉ, điểm hỗ trợ, thủ tục và danh mục còn thiếu; không sửa dòng đã có."

    @transaction.atomic
    def handle(self, *args, verbosity, **options):
        def report(name, made):
            if verbosity:
                self.stdout.write(f"{name}: thêm {made}")

        load_shifts_world(report)
        load_assistance_world(report)
