"""What happens by itself in assistance."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.services import erase_old_codes
from shifts import due


@due.register("erase_codes", due.daily(2), label=gettext_lazy("xóa mã hồ sơ hết hạn giữ"))
def erase_codes(at):
    """Forget dossier codes whose time is over; digests and counts stay."""
    return _("Đã xóa {count} mã hồ sơ.").format(count=erase_old_codes())
