"""The writes of targets: set one, change it as a new version, withdraw it, give its parts to the units below.

The current version of a target is locked before it is followed by another, so of two people who change it at once one
wins and the other is told. Nothing is deleted.
"""

import datetime
import uuid
from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reports.models import Target
from shifts.models import Unit, User

DECISION = ["figure", "level", "unit", "team", "first", "last", "rhythm", "minimum", "stretch"]


class TargetRefused(Exception):
    """A write of a target was refused; the text is the sentence for the user."""


class TargetStale(TargetRefused):
    """Somebody changed or withdrew the target since it was read."""


class Part(NamedTuple):
    """What a unit below is to get of a target that is split."""

    unit: Unit
    minimum: int
    stretch: int


@transaction.atomic
def set_target(*, by: User | None, at: datetime.datetime | None = None, reason: str = "", **decision) -> Target:
    """Set a new target and return it; ValidationError names the field when the decision cannot be."""
    target = Target(**decision, reason=reason, made_by=by, began_at=at or timezone.now())
    return _store(target)


@transaction.atomic
def change_target(
    *, target: Target, version: int, by: User | None, at: datetime.datetime | None = None, reason: str = "", **changes
) -> Target:
    """End the current version of a target and begin a new one, which is returned; without a change the same one.

    `version` is the one that was looked at. Raises TargetStale when that is no longer current, ValidationError when
    the new decision cannot be; then the old version stands.
    """
    current, at = _locked(target.series, version), at or timezone.now()
    following = Target(
        **{name: getattr(current, name) for name in DECISION} | changes,
        series=current.series,
        version=current.version + 1,
        reason=reason,
        made_by=by,
    )
    if following.decides_the_same_as(current):
        return current
    following.began_at = max(at, current.began_at)
    current.ended_at, current.ended_by = following.began_at, by
    current.save(update_fields=["ended_at", "ended_by"])
    return _store(following)


@transaction.atomic
def withdraw_target(
    *, target: Target, version: int, by: User | None, reason: str, at: datetime.datetime | None = None
) -> Target:
    """End a target without another version; it stays in what was seen before."""
    if not reason.strip():
        raise TargetRefused(_("Ghi lý do thôi chỉ tiêu này."))
    current = _locked(target.series, version)
    current.ended_at, current.ended_by = max(at or timezone.now(), current.began_at), by
    current.end_reason = reason.strip()[:300]
    current.save(update_fields=["ended_at", "ended_by", "end_reason"])
    return current


@transaction.atomic
def split_target(
    *,
    target: Target,
    version: int,
    parts: Iterable[Part],
    without: Iterable[int] = (),
    by: User | None,
    reason: str = "",
    at: datetime.datetime | None = None,
) -> list[Target]:
    """Give each unit its part of a target, as a new target or a new version of the one it has; all or nothing.

    Units of `without` (keys) get none: one that they have is withdrawn.
    """
    parent, at = _locked(target.series, version), at or timezone.now()
    have = {child.unit_id: child for child in _lock_in_order(children_in_place(parent))}
    made = []
    for key in without:
        if child := have.get(key):
            why = reason or _("Chia lại chỉ tiêu của {unit}, đơn vị này không được giao.").format(unit=parent.unit)
            withdraw_target(target=child, version=child.version, by=by, reason=why, at=at)
    for part in parts:
        child = have.get(part.unit.pk)
        numbers = {"minimum": part.minimum, "stretch": part.stretch}
        if child:
            made.append(
                change_target(target=child, version=child.version, by=by, at=at, reason=reason, **numbers)
            )  # fmt: skip
        else:
            decision = {name: getattr(parent, name) for name in ("figure", "level", "first", "last", "rhythm")}
            made.append(set_target(by=by, at=at, reason=reason, unit=part.unit, **decision, **numbers))
    return made


def children_in_place(parent: Target):
    """Current targets of units below, about the same figure and period; a queryset."""
    same = {name: getattr(parent, name) for name in ("figure", "level", "first", "last", "rhythm")}
    below = Target.objects.current().filter(**same, unit__path__startswith=parent.unit.path)
    return below.exclude(pk=parent.pk)


def _lock_in_order(rows):
    return list(rows.select_for_update(of=("self",)).order_by("series"))


def _locked(series: uuid.UUID, version: int) -> Target:
    """The current version, locked; TargetStale when it is not the one that was looked at."""
    rows = Target.objects.select_for_update(of=("self",)).select_related("unit", "team__unit")
    # Looked for by the version that was seen: under PostgreSQL a row that ended while we waited is not in the answer.
    current = rows.filter(series=series, version=version, ended_at=None).first()
    if current is None:
        raise TargetStale(who_was_faster(series))
    return current


def who_was_faster(series: uuid.UUID) -> str:
    """The sentence for one who comes second."""
    last = Target.objects.filter(series=series).select_related("made_by", "ended_by").order_by("-version").first()
    if last is None:
        return _("Chỉ tiêu này không còn. Tải lại trang để xem.")
    who, when = (last.made_by, last.began_at) if last.is_current else (last.ended_by, last.ended_at)
    time = f"{timezone.localtime(when):%H:%M %d/%m/%Y}"
    who = who or _("Một người khác")
    if not last.is_current:
        return _("{who} đã thôi chỉ tiêu này lúc {time}. Tải lại trang để xem.").format(who=who, time=time)
    return _("{who} đã đổi chỉ tiêu này lúc {time}. Xem bản mới rồi sửa lại nếu cần.").format(who=who, time=time)


def _store(target: Target) -> Target:
    """Check and save; a database that says no after the checks means somebody was faster."""
    target.full_clean(exclude=["made_by"])
    try:
        with transaction.atomic():
            target.save(force_insert=True)
    except IntegrityError as error:
        raise TargetStale(_("Có người vừa đặt chỉ tiêu này. Tải lại trang để xem.")) from error
    return target


def sentences_of(error: ValidationError) -> list[str]:
    """The sentences of a decision that cannot be, whichever field they are about."""
    return error.messages
