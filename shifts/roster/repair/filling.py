"""The repair of one hole: found, shown, and made exactly as it was seen."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.duties.swaps import close_waiting
from shifts.models import OpenPlace, Post, Roster, RosterChange, User
from shifts.roster.calendar import sessions_begun
from shifts.roster.changes import RosterMovedOn, RosterRefused, change_roster, lock_roster
from shifts.roster.facts import RosterFacts
from shifts.roster.wanted import keep_minimum

from .moves import Hole, Repair
from .search import Search


class NothingMissing(RosterRefused):
    """The place asked about has its people."""


def find_repair(
    *, roster: Roster, date: datetime.date, session: str, post: Post, at: datetime.datetime | None = None
) -> Repair:
    """Return the repair of one hole with the fewest moves; a constant number of queries.

    Nobody moves twice. All ways with fewer moves were looked through, so there is none; among those of the same
    number the one that gives new days to those with the fewest. Pinned duties and sessions that have begun stay as
    they are, no place falls below its minimum, and every hard rule holds. At sites of whole days the day's other
    session is filled with it when it lacks somebody too. Raises NothingMissing, or RosterRefused for a draft or a
    session that began.
    """
    at = at or timezone.now()
    if not roster.is_published:
        raise RosterRefused(_("Lịch còn là bản nháp: xếp lại quanh các ghim, rồi công bố."))
    if date.replace(day=1) != roster.month:
        raise RosterRefused(_("Ngày này không thuộc lịch trực đang xem."))
    begun = sessions_begun(roster.site, at)
    if begun(date, session):
        raise RosterRefused(_("Buổi này đã bắt đầu, không xếp bù được nữa."))
    facts = RosterFacts.of_roster(roster)
    hole = _hole(roster, facts, date, session, post, begun)
    return Search(facts, roster, hole, begun).result()


def _hole(roster, facts, date, session, post, begun):
    """The hole at this place, over the whole day where the site rosters whole days and all of it is open."""
    wanted = set(OpenPlace.objects.waiting().filter(roster=roster, date=date, post=post).values_list("session"))
    open_here = [row.session for row in facts.sessions.get(date, [])]

    def lacks(name):
        room = facts.at_post[date, name, post.pk] < post.max_people
        return room and (facts.missing(date, name).get(post.pk, 0) > 0 or (name,) in wanted)

    if session not in open_here:
        raise RosterRefused(_("Điểm không mở cửa buổi này ngày {date}.").format(date=f"{date:%d/%m}"))
    if not lacks(session):
        raise NothingMissing(_("{post} buổi này đã đủ người.").format(post=post.name))
    if not roster.site.whole_days:
        return Hole(date, (session,), post)
    return Hole(
        date, tuple(name for name in open_here if name == session or (lacks(name) and not begun(date, name))), post
    )


@transaction.atomic
def repair(
    *,
    roster: Roster,
    date: datetime.date,
    session: str,
    post: Post,
    mark: str,
    by: User,
    at: datetime.datetime | None = None,
) -> RosterChange:
    """Make exactly the moves that were seen (`mark`), as one change; those it touches are told.

    Raises RosterMovedOn when the roster changed meanwhile so that other moves would be right, or what `find_repair`
    raises.
    """
    roster, at = lock_roster(roster), at or timezone.now()
    found = find_repair(roster=roster, date=date, session=session, post=post, at=at)
    if not found.moves or found.mark != mark:
        raise RosterMovedOn(_("Lịch vừa được đổi. Hãy xem lại cách xếp bù mới rồi nhận."))
    change = change_roster(
        roster=roster,
        kind=RosterChange.Kind.REPAIR,
        by=by,
        remove=found.remove,
        add=found.add,
        note="; ".join(move.sentence for move in found.moves)[:200],
        at=at,
    )
    close_waiting(found.remove, by=by, at=at)
    keep_minimum(change=change, by=by)
    return change
