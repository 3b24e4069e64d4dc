"""erase_codes: forget dossier codes whose time is over."""

from django.core.management.base import BaseCommand

from assistance.services import erase_old_codes


class Command(BaseCommand):
    """Erase codes of dossiers closed for 90 days or untouched for a year; digests and counts stay. Run it daily."""

    help = "Xóa mã hồ sơ đã hết thời hạn giữ; số liệu không đổi."

    def handle(self, *args, **options):
        self.stdout.write(f"Đã xóa {erase_old_codes()} mã hồ sơ.")
