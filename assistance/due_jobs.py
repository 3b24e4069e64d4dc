"""What happens by itself in assistance."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.result_reminders import chase_results
from assistance.rollups import roll_up
from assistance.services import erase_old_codes
from assistance.total_reminders import remind_of_last_week
from shifts import due


@due.register("erase_codes", due.daily(2), label=gettext_lazy("xóa mã hồ sơ hết hạn giữ"))
def erase_codes(at):
    """Forget dossier codes whose time is over; digests and counts stay."""
    return _("Đã xóa {count} mã hồ sơ.").format(count=erase_old_codes())


# Daily, and by a key once a week each: who was away on Monday is told when they have a login, who sent is not.
@due.register("remind_of_totals", due.daily(8), label=gettext_lazy("nhắc đơn vị chưa gửi số liệu tuần trước"))
def remind_of_totals(at):
    """Remind the reporters of units whose total of last week is missing."""
    return _("Đã nhắc {count} người.").format(count=remind_of_last_week(at))


@due.register("roll_up_tally", due.EVERY_HOUR, label=gettext_lazy("gộp số liệu theo tháng"))
def roll_up_tally(at):
    """Roll up the days that are over and those that changed since; until then pages read them from the tally."""
    return _("Đã gộp {count} tháng.").format(count=roll_up(at))


@due.register("chase_outreach_results", due.EVERY_EVENING, label=gettext_lazy("nhắc báo kết quả hoạt động"))
def chase_outreach_results(at):
    """Remind the leaders of events that are over and not reported."""
    return _("Đã nhắc {count} người.").format(count=chase_results(at))
