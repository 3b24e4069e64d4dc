"""What happens by itself in shifts: one short function a job."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shifts import due
from shifts.services import refresh_everybodys_rights


@due.register("refresh_rights", due.daily(0), label=gettext_lazy("cập nhật quyền theo vai trò"))
def refresh_rights(at):
    """End the rights of roles that ended, begin those that began."""
    return _("Đã xem lại quyền của {count} người.").format(count=refresh_everybodys_rights())


@due.register("forget_old_runs", due.daily(3), label=gettext_lazy("dọn nhật ký việc tự chạy"))
def forget_old_runs(at):
    """Keep the list of runs short."""
    return _("Đã bỏ {count} dòng cũ.").format(count=due.forget_old_runs(at))
