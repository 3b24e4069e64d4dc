"""What happens by itself in shifts: one short function a job."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shifts import due
from shifts.duties.swaps import expire_swaps
from shifts.mails import mail_notices
from shifts.notices import forget_old_notices
from shifts.roster.reminders import remind_of_tomorrow
from shifts.roster.warnings import warn_empty_floor, warn_evening_before
from shifts.services import refresh_everybodys_rights
from shifts.unit_changes.writing import follow_changes


@due.register("remind_of_tomorrow", due.EVERY_EVENING, label=gettext_lazy("nhắc người trực ngày mai"))
def remind(at):
    """Remind everybody who is on duty tomorrow."""
    return _("Đã nhắc {count} người.").format(count=remind_of_tomorrow(at))


@due.register("warn_short_sessions", due.EVERY_EVENING, label=gettext_lazy("báo buổi ngày mai thiếu người"))
def warn_short(at):
    """Warn leaders of sessions of tomorrow with too few people."""
    return _("Đã báo {count} lời.").format(count=warn_evening_before(at))


@due.register("warn_empty_floors", due.EVERY_MINUTE, label=gettext_lazy("báo tầng chưa có ai sau giờ mở cửa"))
def warn_empty(at):
    """Warn leaders of floors where nobody came."""
    return _("Đã báo {count} lời.").format(count=warn_empty_floor(at))


@due.register("expire_swaps", due.EVERY_MINUTE, label=gettext_lazy("đóng lời đổi ca đã quá hạn"))
def expire(at):
    """End requests about duties that have begun, or that were changed meanwhile."""
    return _("Đã đóng {count} lời đổi ca.").format(count=expire_swaps(at))


# After the jobs that tell people, so that a mail does not wait for the next minute longer than it must.
due.register("mail_notices", due.EVERY_MINUTE, label=gettext_lazy("gửi thư cho người được báo"))(mail_notices)


@due.register("follow_unit_changes", due.daily(0), label=gettext_lazy("dời theo đơn vị mới"))
def follow_units(at):
    """Take over to the new units what belonged to those that end today."""
    return _("Đã dời theo {count} lần đổi đơn vị.").format(count=follow_changes(timezone.localdate(at)))


@due.register("refresh_rights", due.daily(0), label=gettext_lazy("cập nhật quyền theo vai trò"))
def refresh_rights(at):
    """End the rights of roles that ended, begin those that began."""
    return _("Đã xem lại quyền của {count} người.").format(count=refresh_everybodys_rights())


@due.register("forget_old_runs", due.daily(3), label=gettext_lazy("dọn nhật ký việc tự chạy"))
def forget_old_runs(at):
    """Keep the list of runs short."""
    return _("Đã bỏ {count} dòng cũ.").format(count=due.forget_old_runs(at))


@due.register("forget_old_notices", due.daily(3), label=gettext_lazy("dọn lời báo cũ"))
def forget_notices(at):
    """Keep the list of notices short."""
    return _("Đã bỏ {count} lời báo cũ.").format(count=forget_old_notices(at))
