"""Stores a change of the tree, all or nothing, and lets follow what belongs to the units once its day has come."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.models import Unit, UnitChange, UnitSuccession, User

from .followers import followers
from .plans import ChangeRefused, Moves, Plan, Wanted, plan


def checked(wanted: Wanted) -> Plan:
    """The plan of a change that nothing stands against, records of later days included; or raise ChangeRefused."""
    made = plan(wanted)
    faults = [sentence for follower in followers() for sentence in follower.contradictions(made.moves)]
    if faults:
        raise ChangeRefused(*faults)
    return made


def decisions_of(made: Plan) -> list[str]:
    """Sentences of what somebody has to decide."""
    return [sentence for follower in followers() for sentence in follower.decisions(made.moves)]


def preview_of(made: Plan) -> list[tuple[str, list[str]]]:
    """[(who, sentences)] of what will follow."""
    found = [(follower.label, follower.preview(made.moves)) for follower in followers()]
    return [(label, sentences) for label, sentences in found if sentences]


def apply_change(
    *, wanted: Wanted, by: User | None, today: datetime.date | None = None, progress=lambda n: None
) -> UnitChange:
    """Store the change; what belongs to its units follows at once or, when it lies ahead, on its day.

    Raises ChangeRefused. Two changes at once: the second waits, and is refused when the first took its units or codes.
    """
    try:
        with transaction.atomic():
            lock_tree()
            return _write(wanted, by, today or timezone.localdate(), progress)
    except IntegrityError as error:
        raise ChangeRefused(
            _("Cây đơn vị vừa được người khác đổi nên chưa lưu gì. Xem trước lại rồi xác nhận.")
        ) from error


def lock_tree():
    """One change at a time. Without the key: what only points to a unit must not wait."""
    list(Unit.objects.select_for_update(no_key=True).filter(level=Unit.Level.PROVINCE).order_by("pk"))


def _write(wanted, by, today, progress):
    made = checked(wanted)
    change = UnitChange.objects.create(
        kind=made.kind, date=made.date, decision=made.decision, made_by=by, decisions=decisions_of(made)
    )
    for old in made.ended:
        old.valid_until = made.date
    Unit.objects.bulk_update(made.ended, ["valid_until"], batch_size=100)
    for unit in made.begun:
        unit.parent_id = unit.parent and unit.parent.pk
        unit.save()
        progress(1)
    UnitSuccession.objects.bulk_create(
        UnitSuccession(
            predecessor=old,
            successor=heir.unit,
            is_main=heir.is_main,
            extent=heir.extent,
            decision=made.decision,
            change=change,
        )
        for old in made.ended
        for heir in made.heirs[old]
    )
    if change.date <= today:
        follow(change)
    return change


def follow(change: UnitChange) -> None:
    """Let everybody follow; call it in a transaction, once."""
    moves = Moves.of(change)
    for follower in followers():
        follower.follow(moves)
    change.followed_at = timezone.now()
    change.save(update_fields=["followed_at"])


def follow_changes(date: datetime.date) -> int:
    """Let follow what belongs to the units of every change whose day has come; return how many changes there were."""
    done = 0
    for key in UnitChange.objects.waiting(date).values_list("pk", flat=True):
        with transaction.atomic():
            change = UnitChange.objects.select_for_update(of=("self",)).get(pk=key)
            if change.followed_at is None:
                follow(change)
                done += 1
    return done
