"""refresh_rights: end the rights of roles that ended, begin those that began."""

from django.core.management.base import BaseCommand

from shifts.models import Role, User
from shifts.services import OPENS_THE_ADMIN, refresh_rights


class Command(BaseCommand):
    """Make everybody's rights in the admin those of the roles they hold today. Run it daily, after midnight."""

    help = "Cập nhật quyền vào trang quản trị theo các vai trò đang có hiệu lực."

    def handle(self, *args, **options):
        people = User.objects.filter(pk__in=Role.objects.filter(kind__in=OPENS_THE_ADMIN).values("user"))
        for person in people:
            refresh_rights(user=person)
        self.stdout.write(f"Đã xem lại quyền của {len(people)} người.")
