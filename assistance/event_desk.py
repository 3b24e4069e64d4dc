"""The desk tied to an outreach event: who logs there, and why not."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.access import Access
from shifts.dates import day_name
from shifts.duties.forms import LARGEST_KEY
from shifts.models import Assignment, OutreachEvent, User

ACTIVE = Assignment.State.ACTIVE


def key_of_event(value) -> int | None:
    """The key in what a browser sent, or None where it holds none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 and 0 < int(text) < LARGEST_KEY else None


def event_for(user: User, value) -> tuple[OutreachEvent | None, str]:
    """(the event with this key, "") for who logs visits there, else (None, the sentence why not); two queries.

    Those on its list log there, and the leaders of its team. An event that was cancelled is said to be so only to them.
    """
    strange = _("Hoạt động này không phải của đội bạn, hoặc bạn không có trong danh sách. Nhờ đội trưởng thêm vào, "
        "hoặc ghi ở bàn.")  # fmt: skip
    led = Access.of(user).led_team_ids
    mine = Assignment.objects.filter(volunteer__user=user).order_by("pk")
    listed = dict(mine.filter(event=key_of_event(value)).order_by("state").values_list("state", "pk"))
    event = OutreachEvent.objects.filter(pk=key_of_event(value)).select_related("team").first()
    if event is None or not (listed or event.team_id in led):
        return None, strange
    if event.is_cancelled:
        return None, _("Hoạt động {venue} đã hủy. Lượt này ghi ở bàn, hoặc nhờ đội trưởng mở lại hoạt động.").format(
            venue=event.venue
        )
    if ACTIVE not in listed and event.team_id not in led:
        return None, strange
    return event, ""


def why_not_today(event: OutreachEvent) -> str:
    """Return the sentence why visits at this event cannot be logged on the desk today, or ""."""
    if event.date == timezone.localdate():
        return ""
    return _("Hoạt động {venue} vào {day}: chỉ ghi từng lượt trong ngày đó. Ngày khác thì ghi kết quả cả buổi.").format(
        venue=event.venue, day=day_name(event.date)
    )


def may_log_now(user: User, event: OutreachEvent) -> bool:
    """Whether this person may log visits at the event today."""
    member = getattr(user, "volunteer", None)
    if member is None or not member.serves_on(timezone.localdate()) or event.is_cancelled or why_not_today(event):
        return False
    if event.team_id in Access.of(user).led_team_ids:
        return True
    return Assignment.objects.filter(Q(state=ACTIVE), event=event, volunteer=member).exists()
