"""Results of outreach events: who reports them, how they are saved, and which are awaited.

Locks are taken in one order: the event, its unit, then the result. Nothing is written into the tally, so no desk waits.
"""

import datetime
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from assistance.figures import RESULT_COLUMNS, TotalColumn
from assistance.models import DailyTally, OutreachResult, OutreachResultChange, Visit
from assistance.periods import Period
from assistance.totals import REASON_LETTERS, is_locked
from shifts.access import Access
from shifts.models import Assignment, OutreachEvent, Unit, User
from shifts.outreach.events import OutreachRefused, event_words, has_begun, lock_event
from shifts.outreach.reach import may_manage_event
from shifts.outreach.states import move_event

State = OutreachEvent.State
AWAITED_DAYS = 60


class ResultRefused(Exception):
    """A write of a result was refused; the text is the sentence for the user."""


class ResultStale(ResultRefused):
    """Somebody saved this result since it was read."""


class ResultReasonMissing(ResultRefused):
    """The period is closed: what comes later is taken with a reason."""


class ResultLine(NamedTuple):
    """One figure of an event: what the result says (None: nothing) and what was logged there."""

    column: TotalColumn
    said: int | None
    logged: int

    @property
    def counts(self):
        """What the event counts for: the larger of the two."""
        return max(self.said or 0, self.logged)


def may_report(access: Access, event: OutreachEvent) -> bool:
    """Whether this person reports the event: they manage it, or they go there."""
    if may_manage_event(access, event):
        return True
    return Assignment.objects.active().filter(event=event, volunteer__user=access.user).exists()


def why_no_result(event: OutreachEvent, at: datetime.datetime | None = None) -> str:
    """Return the sentence why this event cannot have a result now, or ""."""
    if event.is_cancelled:
        return _("Hoạt động này đã hủy: {reason}. Nếu vẫn tổ chức, mở lại kế hoạch rồi báo kết quả.").format(
            reason=event.cancel_reason
        )
    if not has_begun(event, at):
        return _("Hoạt động chưa diễn ra: {event}. Báo kết quả từ giờ bắt đầu.").format(event=event_words(event))
    return ""


def logged_at(event: OutreachEvent) -> dict[str, int]:
    """Column -> what visits logged at the event count for, on whatever day; one query."""
    rows = DailyTally.objects.filter(event=event).order_by().values_list("figure", "audience")
    found = dict.fromkeys(RESULT_COLUMNS, 0)
    for figure, audience, value in rows.annotate(n=Sum("value")):
        for code, column in RESULT_COLUMNS.items():
            if column.figure == figure and column.audience in ("", audience):
                found[code] += value
    return found


def lines_of(event: OutreachEvent, result: OutreachResult | None) -> list[ResultLine]:
    """The figures of an event, each with what the result says and what was logged; one query."""
    logged = logged_at(event)
    return [
        ResultLine(column, getattr(result, code) if result else None, logged[code])
        for code, column in RESULT_COLUMNS.items()
    ]


@transaction.atomic
def save_result(
    *,
    event: OutreachEvent,
    by: User | None,
    numbers: dict[str, int | None],
    remarks: str = "",
    version: int | None = None,
    reason: str = "",
    at: datetime.datetime | None = None,
) -> OutreachResult:
    """Store the numbers of an event, and say that it was held.

    `version` is that of the result the sender saw, 0 for none; with None whatever is there is replaced. Raises
    ResultRefused for an event that was cancelled, has not begun or has nobody on its list, ResultStale when somebody
    was faster, ResultReasonMissing when its day is closed, numbers change and no reason is given.
    """
    event = lock_event(event)
    if sentence := why_no_result(event, at):
        raise ResultRefused(sentence)
    Unit.objects.select_for_update(no_key=True).get(pk=event.unit_id)
    result = OutreachResult.objects.filter(event=event).select_related("saved_by").first()
    if version is not None and version != (result.version if result else 0):
        raise ResultStale(_who_was_faster(result))
    if all(number is None for number in numbers.values()):
        raise ResultRefused(_("Ghi ít nhất một số; không có thì ghi 0."))
    result = result or OutreachResult(event=event, made_by=by, version=0)
    before = result.numbers
    for code in RESULT_COLUMNS:
        setattr(result, code, numbers.get(code))
    result.remarks, result.version = remarks, result.version + 1
    result.saved_by, result.saved_at = by, at or timezone.now()
    _store(result)
    _book(result, before=before, by=by, reason=reason)
    _hold(event, by, at)
    return result


def _store(result):
    try:
        with transaction.atomic():
            result.full_clean(exclude=["event", "made_by", "saved_by"], validate_unique=False)
            result.save()
    except IntegrityError as error:  # the constraint is the last to be fooled
        raise ResultStale(_who_was_faster(None)) from error


def _who_was_faster(result):
    if result is None:
        return _("Kết quả này đã thay đổi từ lúc bạn mở trang. Tải lại trang để xem.")
    when = timezone.localtime(result.saved_at)
    return _("{who} đã lưu kết quả buổi này lúc {time}. Xem bản đã lưu rồi lưu lại nếu cần sửa.").format(
        who=result.saved_by or _("Một người khác"), time=f"{when:%H:%M %d/%m/%Y}"
    )


def _book(result, *, before, by, reason):
    """Keep what was done; in a closed period it is an adjustment and wants a reason when it changes numbers."""
    after = result.numbers
    adjusts = before != after and is_locked(result.event.unit, Period.day(result.event.date))
    if adjusts and not reason.strip():
        raise ResultReasonMissing(_("Kỳ này đã khóa. Số mới vẫn được nhận như một lần điều chỉnh: hãy ghi lý do."))
    return OutreachResultChange.objects.create(
        result=result,
        before=before,
        after=after,
        made_by=by,
        is_adjustment=adjusts,
        reason=reason.strip()[:REASON_LETTERS] if adjusts else "",
    )


def _hold(event, by, at):
    """Whoever reports what was done at an event says that it was held."""
    try:
        if event.state == State.PLANNED:
            event = move_event(event=event, to=State.CONFIRMED, by=by, at=at)
        if not event.is_held:
            move_event(event=event, to=State.HELD, by=by, at=at)
    except OutreachRefused as refused:
        raise ResultRefused(str(refused)) from refused


def awaited_events(at: datetime.datetime | None = None):
    """Events of the last AWAITED_DAYS that are over and not reported; a queryset.

    Reported is an event with a result, or held and logged visit by visit. Confirmed ones count as not reported until
    somebody says that they were held.
    """
    now = timezone.localtime(at)
    over = Q(date__lt=now.date()) | Q(date=now.date(), ends_at__lte=now.time())
    logged = Exists(Visit.objects.surviving().filter(event=OuterRef("pk")))
    rows = OutreachEvent.objects.filter(over, date__gte=now.date() - datetime.timedelta(days=AWAITED_DAYS), result=None)
    rows = rows.filter(Q(state=State.CONFIRMED) | Q(state=State.HELD) & ~logged)
    return rows.select_related("team", "unit").order_by("date", "starts_at", "pk")
