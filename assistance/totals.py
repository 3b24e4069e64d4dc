"""The many-step writes of unit totals: save and send, accept, give back, close a period.

Locks are taken in one order: the unit, then its total. Nothing of a total is written into the tally, so no desk waits.
"""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assistance.excess import ADDED, excess, logged
from assistance.figures import TOTAL_COLUMNS
from assistance.models import PeriodLock, UnitTotal, UnitTotalChange
from assistance.periods import Period
from shifts.models import Unit, User

State, Kind = UnitTotal.State, UnitTotalChange.Kind
REASON_LETTERS = 500


class TotalRefused(Exception):
    """A write of a unit total was refused; the text is the sentence for the user."""


class TotalStale(TotalRefused):
    """Somebody saved this total since it was read."""


class ReasonMissing(TotalRefused):
    """The period is closed: what comes later is taken with a reason."""


def why_no_total(unit: Unit, period: Period, today: datetime.date | None = None) -> str:
    """Return the sentence why this unit cannot have a total of this period, or ""."""
    if period.first > (today or timezone.localdate()):
        return _("{period} chưa đến; số liệu gửi từ khi kỳ bắt đầu.").format(period=period.title.capitalize())
    if period.meets(unit):
        return ""
    if unit.valid_from and unit.valid_from > period.last:
        return _("{unit} có từ {date}, sau kỳ này.").format(unit=unit, date=f"{unit.valid_from:%d/%m/%Y}")
    heirs = [row.successor.name for row in unit.successions.select_related("successor")]
    sentence = _("{unit} không còn từ {date}.").format(unit=unit, date=f"{unit.valid_until:%d/%m/%Y}")
    now = _("Nay là {units}.").format(units=", ".join(heirs))
    return f"{sentence} {now}" if heirs else sentence


def is_locked(unit: Unit, period: Period) -> bool:
    return PeriodLock.objects.touching(period).filter(unit=unit).exists()


def _lock_unit(unit):
    # Without the key: a desk that saves a visit of this unit looks only at its key, and must not wait.
    return Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)


@transaction.atomic
def save_total(
    *,
    unit: Unit,
    period: Period,
    by: User | None,
    numbers: dict[str, int | None],
    remarks: str = "",
    nothing: bool = False,
    send: bool = True,
    version: int | None = None,
    reason: str = "",
) -> UnitTotal:
    """Store the numbers of a unit for a period, as a draft or sent; what was not sent before starts to count.

    `version` is that of the total the sender saw, 0 for none; with None whatever is there is replaced. Raises
    TotalRefused for a period that the unit cannot have, TotalStale when somebody was faster, ReasonMissing when the
    period is closed and no reason is given.
    """
    if sentence := why_no_total(unit, period):
        raise TotalRefused(sentence)
    _lock_unit(unit)
    total = UnitTotal.objects.filter(unit=unit).of(period).select_for_update(of=("self",)).first()
    if version is not None and version != (total.version if total else 0):
        raise TotalStale(_who_was_faster(total))
    if total is None:
        total = UnitTotal(unit=unit, made_by=by, version=0, date_from=period.first, date_to=period.last)
        total.span, total.counted_on = period.span, max(period.first, unit.valid_from or period.first)
    before, was = counted_numbers(total), total.state
    if not send and was in UnitTotal.COUNTS:
        raise TotalRefused(_("Số liệu này đã gửi: sửa xong thì gửi lại, không lưu nháp được."))
    for code in TOTAL_COLUMNS:
        setattr(total, code, None if nothing else numbers.get(code))
    total.remarks, total.nothing = remarks, nothing
    if send and not nothing and not total.numbers:
        raise TotalRefused(_("Ghi ít nhất một số, hoặc bấm nút báo kỳ này không có gì."))
    total.version += 1
    if send:
        total.state, total.sent_by, total.sent_at = State.SENT, by, timezone.now()
    try:
        with transaction.atomic():
            total.full_clean(exclude=["made_by", "sent_by", "reviewed_by", "unit"], validate_unique=False)
            total.save()
    except IntegrityError as error:  # SQLite has no row locks; the constraint is the last to be fooled
        raise TotalStale(_("Có người vừa gửi số liệu của kỳ này. Tải lại trang để xem.")) from error
    if send:
        kind = Kind.SENT if was == State.DRAFT else Kind.CORRECTED
        _book(total, kind, before=before, by=by, reason=reason)
    return total


def _who_was_faster(total):
    if total is None:
        return _("Số liệu này đã thay đổi từ lúc bạn mở trang. Tải lại trang để xem.")
    if total.reviewed_at and total.reviewed_at >= (total.sent_at or total.made_at):
        return _("{who} vừa xem số liệu này ({state}). Tải lại trang để xem.").format(
            who=total.reviewed_by or _("Một người khác"), state=total.get_state_display()
        )
    last = total.sent_by or total.made_by
    when = timezone.localtime(total.sent_at or total.made_at)
    return _("{who} đã lưu số liệu của kỳ này lúc {time}. Xem bản đã lưu rồi gửi lại nếu cần sửa.").format(
        who=last or _("Một người khác"), time=f"{when:%H:%M %d/%m/%Y}"
    )


def counted_numbers(total: UnitTotal) -> dict[str, int]:
    """The numbers of a total as far as they count now: none of a draft."""
    return total.numbers if total.pk and total.counts else {}


def _book(total, kind, *, before, by, reason=""):
    """Keep what was done; in a closed period it is an adjustment and wants a reason when it changes numbers."""
    after = counted_numbers(total)
    adjusts = before != after and is_locked(total.unit, total.period)
    if adjusts and not reason.strip():
        raise ReasonMissing(_("Kỳ này đã khóa. Số mới vẫn được nhận như một lần điều chỉnh: hãy ghi lý do."))
    return UnitTotalChange.objects.create(
        total=total,
        kind=kind,
        before=before,
        after=after,
        made_by=by,
        is_adjustment=adjusts,
        reason=reason.strip()[:REASON_LETTERS],
    )


@transaction.atomic
def accept_total(*, total: UnitTotal, by: User, version: int) -> UnitTotal:
    """Accept what was sent; its numbers count as before."""
    total = _for_review(total, version)
    if total.state == State.ACCEPTED:
        return total
    before = counted_numbers(total)
    total.state, total.reviewed_by, total.reviewed_at, total.review_remark = State.ACCEPTED, by, timezone.now(), ""
    _save_review(total)
    _book(total, Kind.ACCEPTED, before=before, by=by)
    return total


@transaction.atomic
def return_total(*, total: UnitTotal, by: User, version: int, remark: str) -> UnitTotal:
    """Give a total back with a remark; it no longer counts until it is sent again."""
    remark = remark.strip()[:REASON_LETTERS]
    if not remark:
        raise TotalRefused(_("Ghi lời nhắn để đơn vị biết cần sửa gì."))
    total = _for_review(total, version)
    before = counted_numbers(total)
    total.state, total.reviewed_by, total.reviewed_at, total.review_remark = State.RETURNED, by, timezone.now(), remark
    _save_review(total)
    _book(total, Kind.RETURNED, before=before, by=by, reason=remark)
    return total


def _for_review(total, version):
    """Lock the total and return it as it is now, if it is the one that was looked at."""
    _lock_unit(total.unit)
    total = UnitTotal.objects.select_related("unit").select_for_update(of=("self",)).get(pk=total.pk)
    if total.version != version:
        raise TotalStale(_who_was_faster(total))
    if not total.counts:
        raise TotalRefused(_("Chỉ duyệt hoặc trả lại số liệu đã gửi."))
    return total


def _save_review(total):
    total.version += 1
    total.save(update_fields=["state", "reviewed_by", "reviewed_at", "review_remark", "version"])


@transaction.atomic
def lock_period(*, units, period: Period, by: User | None) -> int:
    """Close a period for these units, keeping what counts at this moment; return how many were still open.

    What comes later keeps its date and counts; the difference to what is kept here stays visible.
    """
    made = 0
    for unit in list(Unit.objects.select_for_update(no_key=True).filter(pk__in=units).order_by("pk")):
        if not PeriodLock.objects.filter(unit=unit, date_from=period.first, date_to=period.last).exists():
            figures = counted(unit=unit, period=period)
            PeriodLock.objects.create(
                unit=unit, date_from=period.first, date_to=period.last, locked_by=by, figures=figures
            )
            made += 1
    return made


def counted(*, unit: Unit, period: Period) -> dict[str, int]:
    """Column -> all that counts for a unit on the days of a period: logged, and the excess of its totals."""
    found = logged(unit=unit, period=period)
    for row in excess(units=[unit.pk], first=period.first, last=period.last, by=()):
        for code in ADDED:
            found[code] += row[code]
    return found
