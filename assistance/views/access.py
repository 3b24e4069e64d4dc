"""Who may open the desk, and what they may do with a visit there."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from assistance.place import place_of
from shifts.access import Access
from shifts.answers import wants_json


def refusal(sentence, status, name="__all__", **more):
    """Return the JSON answer {"errors": {name: [sentence]}}."""
    return JsonResponse({"errors": {name: [str(sentence)]}, **more}, status=status)


def why_no_desk(request) -> str:
    """Return the sentence that keeps request.user from the desk, or "": they serve today, and have a post to be at."""
    volunteer = getattr(request.user, "volunteer", None)
    if volunteer is None or not volunteer.serves_on(timezone.localdate()):
        return _("Tài khoản này chưa thuộc đội hình nào đang trực. Nhờ đội trưởng thêm vào đội.")
    if place_of(request).post is None:
        return _("Đội của bạn chưa có điểm hỗ trợ nào. Nhờ cán bộ mở điểm trước.")
    return ""


def desk_only(view):
    """Let in only people whom why_no_desk lets; the others get 403 and its sentence."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        sentence = why_no_desk(request)
        if sentence:
            if wants_json(request):
                return refusal(sentence, 403, "team")
            raise PermissionDenied(sentence)
        return view(request, *args, **kwargs)

    return guarded


def check_may_change(user, visit, reason="") -> str:
    """Return the sentence that forbids user to change visit, or "".

    On its day the one who logged it changes a visit; the team's leader at any time, after the day with a reason.
    """
    access = Access.of(user)
    # Not the staff above the team: whoever edits reads the dossier code, and that is for the team's eyes.
    leads = access.sees_everything or visit.team_id in access.led_team_ids
    same_day = visit.date == timezone.localdate()
    if visit.volunteer_id == user.pk and same_day or leads and (same_day or reason):
        return ""
    if leads:
        return _("Lượt của ngày trước: đội trưởng ghi lý do sửa (reason) rồi lưu lại.")
    if visit.volunteer_id == user.pk:
        return _("Lượt của ngày trước chỉ đội trưởng sửa được, có ghi lý do.")
    return _("Bạn xem được lượt này nhưng không sửa được.")
