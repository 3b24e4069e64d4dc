"""Who may open the desk, and what they may do with a visit there."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.access import Access
from shifts.answers import wants_json


def refusal(sentence, status, name="__all__", **more):
    """Return the JSON answer {"errors": {name: [sentence]}}."""
    return JsonResponse({"errors": {name: [str(sentence)]}, **more}, status=status)


def serves_today(user) -> bool:
    """Whether this person is in a team today."""
    volunteer = getattr(user, "volunteer", None)
    return volunteer is not None and volunteer.serves_on(timezone.localdate())


def desk_only(view):
    """Let in only people who serve in a team today; the others get 403 and a sentence."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not serves_today(request.user):
            sentence = _("Tài khoản này chưa thuộc đội hình nào đang trực. Nhờ đội trưởng thêm vào đội.")
            if wants_json(request):
                return refusal(sentence, 403, "team")
            raise PermissionDenied(sentence)
        return view(request, *args, **kwargs)

    return guarded


def check_may_change(user, visit, reason="") -> str:
    """Return the sentence that forbids user to change visit, or "".

    On its day the one who logged it changes a visit; the team's leader at any time, after the day with a reason.
    """
    leads = Access.of(user).may_manage_team(visit.team_id)
    same_day = visit.date == timezone.localdate()
    if visit.volunteer_id == user.pk and same_day or leads and (same_day or reason):
        return ""
    if leads:
        return _("Lượt của ngày trước: đội trưởng ghi lý do sửa (reason) rồi lưu lại.")
    if visit.volunteer_id == user.pk:
        return _("Lượt của ngày trước chỉ đội trưởng sửa được, có ghi lý do.")
    return _("Bạn xem được lượt này nhưng không sửa được.")
