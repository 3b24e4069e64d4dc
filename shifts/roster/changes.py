"""The one writer of a roster's duties: every act is a change with its lines, checked, told and undoable."""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.dates import day_name, sessions_joined
from shifts.models import Assignment, OpenPlace, Roster, RosterChange, RosterChangeLine, Site, User
from shifts.notices import tell

from .facts import Duty, Reason, RosterFacts
from .invitations import end_invitations, renew_invitations

Act = RosterChangeLine.Act
Kind = RosterChange.Kind
FIRST_YEAR, LAST_YEAR = 2019, 2100


class RosterRefused(Exception):
    """A change that cannot be made; its text is a sentence for the person who asked."""


class DutyRefused(RosterRefused):
    """A duty breaks a hard rule: `duty` and `reason` say which."""

    def __init__(self, duty: Duty, reason: Reason):
        super().__init__(reason.sentence)
        self.duty, self.reason = duty, reason


class RosterMovedOn(RosterRefused):
    """A duty that was to be changed is no longer as it was seen."""


class NothingToUndo(RosterRefused):
    """There is no change left that could be undone."""


def bounds_sentence() -> str:
    """What is said of a month outside the years in which rosters are kept."""
    return _("Lịch trực có từ năm {first} đến năm {last}.").format(first=FIRST_YEAR, last=LAST_YEAR - 1)


def roster_of(site: Site, month: datetime.date) -> Roster:
    """Return the site's roster of the month in which the date lies, made as an empty draft when missing.

    Raises RosterRefused for a month outside the years 2019 to 2100.
    """
    if not FIRST_YEAR <= month.year < LAST_YEAR:
        raise RosterRefused(bounds_sentence())
    return Roster.objects.get_or_create(site=site, month=month.replace(day=1))[0]


def lock_roster(roster: Roster) -> Roster:
    """Return the roster's row, locked until the transaction ends: always the first lock of a write."""
    # Of itself only: with its site locked too, two months of a site would be taken in two orders.
    return Roster.objects.select_for_update(of=("self",)).select_related("site").get(pk=roster.pk)


@transaction.atomic
def change_roster(
    *,
    roster: Roster,
    kind: str,
    by: User | None,
    remove: Iterable[Assignment] = (),
    add: Iterable[Duty] = (),
    pin: Iterable[Assignment] = (),
    unpin: Iterable[Assignment] = (),
    note: str = "",
    undoes: RosterChange | None = None,
    at: datetime.datetime | None = None,
    quiet: bool = False,
) -> RosterChange:
    """Take duties away and give duties, as one change; return it.

    `remove`, `pin` and `unpin` are active assignments of this roster, `add` is checked against every hard rule as the
    roster is after the removal. Raises DutyRefused for the first duty that breaks one, RosterMovedOn when an assignment
    is no longer active; then nothing is written. In a published roster removed duties are kept as cancelled, the
    version rises, and those who gain or lose a duty are told, `by` excepted (`quiet`: the caller tells them better).
    """
    roster, at = lock_roster(roster), at or timezone.now()
    remove, add, pin, unpin = list(remove), list(add), list(pin), list(unpin)
    current = _still_active(roster, {row.pk for row in [*remove, *pin, *unpin]})
    _check(roster, add, without={row.pk for row in remove})
    if roster.is_published:
        Roster.objects.filter(pk=roster.pk).update(version=roster.version + 1)
        roster.version += 1
    change = RosterChange.objects.create(
        roster=roster, kind=kind, version=roster.version, made_by=by, made_at=at, note=note, undoes=undoes
    )
    gone = [current[row.pk] for row in remove]
    _take_away(roster, gone, at)
    _mark([current[row.pk] for row in pin], True)
    _mark([current[row.pk] for row in unpin], False)
    made = _give(roster, add)
    _keep_open_places(roster, gone, made, at, reopen=kind == Kind.UNDO)
    RosterChangeLine.objects.bulk_create(
        [_line(change, Act.REMOVE, row) for row in gone]
        + [_line(change, Act.ADD, row) for row in made]
        + [_line(change, Act.PIN, current[row.pk]) for row in pin]
        + [_line(change, Act.UNPIN, current[row.pk]) for row in unpin]
    )
    if roster.is_published and not quiet:
        tell_touched(gone=gone, made=made, by=by)
    return change


def _still_active(roster, keys):
    """Key -> assignment, as it is now; raises RosterMovedOn when one of them is not active in this roster."""
    rows = Assignment.objects.active().filter(roster=roster, pk__in=keys).select_related("post", "volunteer__user")
    found = {row.pk: row for row in rows}
    if len(found) < len(keys):
        raise RosterMovedOn(_("Lịch vừa được người khác đổi. Hãy xem lại rồi làm tiếp."))
    return found


def _check(roster, add, *, without):
    """Raise DutyRefused for the first duty that breaks a hard rule."""
    if not add:
        return
    facts = RosterFacts.of_roster(roster).assume(without=without)
    for duty in add:
        if duty.date.replace(day=1) != roster.month or duty.post.site_id != roster.site_id:
            raise DutyRefused(duty, Reason("closed", _("Ca này không thuộc lịch trực đang sửa.")))
        reason = facts.why_not(duty.volunteer, duty.date, duty.session, duty.post)
        if reason is None and facts.at_post[duty.date, duty.session, duty.post.pk] >= duty.post.max_people:
            reason = Reason(
                "full",
                _("{post} buổi này đã đủ {count} người.").format(post=duty.post.name, count=duty.post.max_people),
            )
        if reason is not None:
            raise DutyRefused(duty, reason)
        facts.give(duty)


def _take_away(roster, rows, at):
    keys = [row.pk for row in rows]
    if roster.is_published:
        Assignment.objects.filter(pk__in=keys).update(state=Assignment.State.CANCELLED, ended_at=at, pinned=False)
    else:
        Assignment.objects.filter(pk__in=keys).delete()


def _mark(rows, pinned):
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(pinned=pinned)


def _give(roster, duties):
    """Store the duties; the unique key has the last word where another roster or an event was faster."""
    rows = [
        Assignment(
            roster=roster,
            date=duty.date,
            session=duty.session,
            post=duty.post,
            volunteer=duty.volunteer,
            pinned=duty.pinned,
        )
        for duty in duties
    ]
    try:
        with transaction.atomic():
            return Assignment.objects.bulk_create(rows)
    except IntegrityError as error:
        raise RosterMovedOn(_("Một bạn vừa nhận ca khác trong đúng buổi này. Hãy xem lại rồi làm tiếp.")) from error


def _keep_open_places(roster, gone, made, at, *, reopen):
    """Close the places that the new duties fill; an undone take opens its place again."""
    if not roster.is_published:
        return
    if reopen:
        again = OpenPlace.objects.filter(taken__in=[row.pk for row in gone])
        renew_invitations(list(again))
        again.update(taken=None, closed_at=None)
    waiting = defaultdict(list)
    for place in OpenPlace.objects.waiting().filter(roster=roster).order_by("opened_at", "pk"):
        waiting[place.date, place.session, place.post_id].append(place)
    filled = []
    for row in made:
        places = waiting[row.date, row.session, row.post_id]
        if places:
            place = places.pop(0)
            place.taken, place.closed_at = row, at
            place.save(update_fields=["taken", "closed_at"])
            filled.append(place)
    end_invitations(filled, at)


def _line(change, act, row):
    return RosterChangeLine(
        change=change,
        act=act,
        date=row.date,
        session=row.session,
        post_id=row.post_id,
        volunteer_id=row.volunteer_id,
        pinned=row.pinned,
    )


def tell_touched(*, gone, made, by) -> None:
    """Tell each person which duties they lost and which they got; one notice a person, whole days as one."""
    people = {row.volunteer_id: row.volunteer.user for row in [*gone, *made]}
    lost, got = _by_person(gone), _by_person(made)
    for pk, user in sorted(people.items()):
        parts = []
        if got[pk] - lost[pk]:
            parts.append(_("Bạn có ca {duties}.").format(duties=duty_words(got[pk] - lost[pk])))
        if lost[pk] - got[pk]:
            parts.append(_("Bạn không còn ca {duties}.").format(duties=duty_words(lost[pk] - got[pk])))
        if parts:
            tell([user], kind="duty", text=" ".join(parts), url=reverse("me:duties"), by=by)


def _by_person(rows):
    found = defaultdict(set)
    for row in rows:
        found[row.volunteer_id].add((row.date, row.post.name, row.session))
    return found


def duty_words(duties: Iterable[tuple[datetime.date, str, str]]) -> str:
    """(date, post name, session) in words: "thứ Năm 18/06 (Tầng 2, sáng và chiều)", days parted by commas."""
    together = defaultdict(set)
    for date, post, session in duties:
        together[date, post].add(session)
    words = []
    for (date, post), sessions in sorted(together.items()):
        words.append(f"{day_name(date)} ({post}, {sessions_joined(sessions)})")
    return ", ".join(words)


def last_undoable(roster: Roster) -> RosterChange | None:
    """The latest change that undo would reverse: not undone yet, and made after the last publication."""
    latest = roster.changes.filter(undone_by=None).exclude(kind=Kind.UNDO).order_by("-pk").first()
    return None if latest is None or latest.kind == Kind.PUBLISH else latest


@transaction.atomic
def undo_change(*, change: RosterChange, by: User | None, at=None) -> RosterChange:
    """Reverse a change, as a change of its own; raises NothingToUndo, RosterMovedOn or DutyRefused."""
    roster = lock_roster(change.roster)
    if RosterChange.objects.filter(undoes=change).exists():
        raise NothingToUndo(_("Lần đổi này đã được hoàn tác rồi."))
    if change.kind in (Kind.UNDO, Kind.PUBLISH):
        raise NothingToUndo(_("Không hoàn tác được lần công bố hay lần hoàn tác."))
    lines = list(change.lines.select_related("post", "volunteer__user", "volunteer__team"))
    current = {
        (row.date, row.session, row.post_id, row.volunteer_id): row
        for row in Assignment.objects.active().filter(roster=roster).select_related("post", "volunteer__user")
    }

    def rows(act):
        keys = [(line.date, line.session, line.post_id, line.volunteer_id) for line in lines if line.act == act]
        if any(key not in current for key in keys):
            raise RosterMovedOn(_("Những ca này đã được đổi tiếp, nên không hoàn tác được nữa."))
        return [current[key] for key in keys]

    return change_roster(
        roster=roster,
        kind=Kind.UNDO,
        by=by,
        remove=rows(Act.ADD),
        add=[
            Duty(line.date, line.session, line.post, line.volunteer, line.pinned)
            for line in lines
            if line.act == Act.REMOVE
        ],
        pin=rows(Act.UNPIN),
        unpin=rows(Act.PIN),
        undoes=change,
        at=at,
    )
