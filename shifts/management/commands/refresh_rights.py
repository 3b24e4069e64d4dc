"""refresh_rights: end the rights of roles that ended, begin those that began."""

from django.core.management.base import BaseCommand

from shifts.services import refresh_everybodys_rights


class Command(BaseCommand):
    """Make everybody's rights in the admin those of the roles they hold today; `run_due` does it after midnight."""

    help = "Cập nhật quyền vào trang quản trị theo các vai trò đang có hiệu lực."

    def handle(self, *args, **options):
        self.stdout.write(f"Đã xem lại quyền của {refresh_everybodys_rights()} người.")
