"""rebuild_tally: write the tally anew from the records."""

from django.core.management.base import BaseCommand

from assistance.tally import rebuild


class Command(BaseCommand):
    """Throw the tally away and write it again from visits and dossiers, in one transaction."""

    help = "Viết lại bảng cộng dồn từ các lượt và hồ sơ."

    def handle(self, *args, **options):
        self.stdout.write(f"Đã viết lại bảng cộng dồn từ {rebuild()} lượt.")
