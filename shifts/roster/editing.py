"""What a leader does to duties: give, move, swap, pin, clear, undo. Each is one change, or a refusal in words."""

import datetime
from collections import Counter

from django.db import transaction
from django.utils.translation import gettext as _

from shifts.models import Assignment, Post, RaisedLimit, Roster, RosterChange, Site, User, Volunteer

from .changes import RosterMovedOn, RosterRefused, change_roster, last_undoable, lock_roster, roster_of, undo_change
from .facts import Duty, RosterFacts, week_of
from .spots import Spot
from .wanted import keep_minimum

EDIT = RosterChange.Kind.EDIT
RAISED = "raised"  # the note of a change for which a maximum was raised


def duties_at(roster: Roster, spot: Spot) -> list[Assignment]:
    """The duties of the spot's person there; raises RosterMovedOn when one of them is no longer so."""
    rows = Assignment.objects.active().filter(
        roster=roster, date=spot.date, post_id=spot.post, session__in=spot.sessions, volunteer_id=spot.volunteer
    )
    found = list(rows.select_related("post", "volunteer__user", "volunteer__team").order_by("session"))
    if spot.volunteer is None or len(found) < len(spot.sessions):
        raise RosterMovedOn(_("Ô này vừa được đổi. Hãy xem lại rồi làm tiếp."))
    return found


def post_at(site: Site, spot: Spot) -> Post:
    """The post of the spot; raises RosterRefused when it is not of this site."""
    post = Post.objects.filter(site=site, pk=spot.post).first()
    if post is None:
        raise RosterRefused(_("Vị trí này không thuộc điểm đang xếp."))
    return post


def person_of(site: Site, key: int | None) -> Volunteer:
    """A member of a team at home at the site; raises RosterRefused for anybody else."""
    rows = Volunteer.objects.filter(team__home_site=site).select_related("user", "team")
    person = rows.filter(pk=key).first() if key is not None else None
    if person is None:
        raise RosterRefused(_("Người này không thuộc đội trực ở đây."))
    return person


@transaction.atomic
def assign(*, site: Site, spot: Spot, person: int | None, by: User, raise_limit=False) -> Spot:
    """Give the cell to a person, in place of whose chip it is if it is one; return the new chip.

    With `raise_limit` the person's maximum of the month (and week) is raised by what this duty needs.
    """
    roster = lock_roster(roster_of(site, spot.month))
    volunteer, post = person_of(site, person), post_at(site, spot)
    gone = duties_at(roster, spot) if spot.volunteer is not None else []
    if raise_limit:
        raise_maximum(roster, volunteer, spot.date)
    change = change_roster(
        roster=roster,
        kind=EDIT,
        by=by,
        remove=gone,
        add=[Duty(spot.date, session, post, volunteer) for session in spot.sessions],
        note=RAISED if raise_limit else "",
    )
    keep_minimum(change=change, by=by)
    return Spot(spot.date, spot.post, spot.sessions, volunteer.pk)


def raise_maximum(roster: Roster, volunteer: Volunteer, date: datetime.date) -> None:
    """Let this person serve on one more date of the month of the roster, whatever stood in the way of it."""
    facts = RosterFacts.of_roster(roster)
    week, month = needed_limits(facts, volunteer, date)
    if week is None and month is None:
        return
    raised, _new = RaisedLimit.objects.get_or_create(roster=roster, volunteer=volunteer)
    if week is not None:
        raised.max_per_week = week
    if month is not None:
        raised.max_per_month = month
    raised.save()


def needed_limits(facts: RosterFacts, volunteer: Volunteer, date) -> tuple[int | None, int | None]:
    """The maxima of week and month that one more duty day would need, None where the present ones do."""
    days = facts.days.get(volunteer.pk, set())
    if date in days:
        return None, None
    per_week, per_month = facts.limits(volunteer, date)
    monday, sunday = week_of(date)
    in_week = sum(monday <= day <= sunday for day in days) + 1
    in_month = facts.days_in_month(volunteer, date) + 1
    return (
        in_week if per_week is not None and in_week > per_week else None,
        in_month if per_month is not None and in_month > per_month else None,
    )


@transaction.atomic
def move(*, site: Site, spot: Spot, to: Spot, by: User) -> Spot:
    """Move a chip to another cell, or let it change places with another chip; return where it is now."""
    if spot.month != to.month:
        raise RosterRefused(_("Chỉ chuyển được trong cùng một tháng, vì mỗi tháng là một lịch riêng."))
    roster = lock_roster(roster_of(site, spot.month))
    mine, post = duties_at(roster, spot), post_at(site, to)
    person = mine[0].volunteer
    if to.volunteer is not None:
        return _swap(roster, spot, mine, to, by)
    sessions = _sessions_after(spot, to)
    goal = Spot(to.date, to.post, sessions, spot.volunteer)
    if goal == spot:
        raise RosterRefused(_("{name} đang ở đúng ô này.").format(name=person.user.get_short_name()))
    pinned = mine[0].pinned
    stays = [row for row in mine if (row.date, row.post_id, row.session) in {(to.date, to.post, s) for s in sessions}]
    kept = {row.session for row in stays}
    change = change_roster(
        roster=roster,
        kind=EDIT,
        by=by,
        remove=[row for row in mine if row not in stays],
        add=[Duty(to.date, session, post, person, pinned) for session in sessions if session not in kept],
    )
    keep_minimum(change=change, by=by)
    return goal


def _sessions_after(spot, to):
    """A whole day stays one; half a day takes the half it is put on."""
    if len(spot.sessions) > 1:
        return spot.sessions
    return spot.sessions if spot.sessions[0] in to.sessions else to.sessions[:1]


def _swap(roster, spot, mine, to, by):
    theirs = duties_at(roster, to)
    one, other = mine[0].volunteer, theirs[0].volunteer
    if one == other:
        raise RosterRefused(_("Hai ô này đều của {name}.").format(name=one.user.get_short_name()))
    change = change_roster(
        roster=roster,
        kind=EDIT,
        by=by,
        remove=[*mine, *theirs],
        add=[
            *(Duty(row.date, row.session, row.post, one, mine[0].pinned) for row in theirs),
            *(Duty(row.date, row.session, row.post, other, theirs[0].pinned) for row in mine),
        ],
    )
    keep_minimum(change=change, by=by)
    return Spot(to.date, to.post, to.sessions, one.pk)


@transaction.atomic
def swap_with_whoever_is_there(*, site: Site, spot: Spot, to: Spot, by: User) -> Spot:
    """Change places with the one person at the cell; raises RosterRefused when there is none, or more than one."""
    if (to.date, to.post) == (spot.date, spot.post) and set(to.sessions) <= set(spot.sessions):
        raise RosterRefused(_("Bạn ấy đang ở chính ô này. Hãy chọn ngày hoặc vị trí khác để đổi chỗ."))
    roster = lock_roster(roster_of(site, to.month))
    rows = Assignment.objects.active().filter(roster=roster, date=to.date, post_id=to.post, session__in=to.sessions)
    held = list(rows.exclude(volunteer_id=spot.volunteer).values_list("volunteer_id", "session"))
    people = {volunteer for volunteer, _session in held}
    if not people:
        raise RosterRefused(_("Ô đó không có ai để đổi chỗ."))
    if len(people) > 1:
        raise RosterRefused(_("Ô đó có {count} bạn. Hãy mở ô của đúng bạn muốn đổi.").format(count=len(people)))
    sessions = tuple(session for session in to.sessions if session in {session for _who, session in held})
    return move(site=site, spot=spot, to=Spot(to.date, to.post, sessions, people.pop()), by=by)


@transaction.atomic
def clear(*, site: Site, spot: Spot, by: User) -> list[User] | None:
    """Take a person's duties of the spot away.

    Where that leaves a published session short, a place opens: returns who was asked to take it, otherwise None.
    """
    roster = lock_roster(roster_of(site, spot.month))
    change = change_roster(roster=roster, kind=EDIT, by=by, remove=duties_at(roster, spot))
    return keep_minimum(change=change, by=by)


@transaction.atomic
def toggle_pin(*, site: Site, spot: Spot, by: User) -> bool:
    """Pin the chip, or take its pin off; return whether it is pinned now."""
    roster = lock_roster(roster_of(site, spot.month))
    rows = duties_at(roster, spot)
    pinned = all(row.pinned for row in rows)
    free = [row for row in rows if not row.pinned]
    change_roster(roster=roster, kind=EDIT, by=by, pin=free, unpin=rows if pinned else ())
    return not pinned


@transaction.atomic
def undo(*, site: Site, month: datetime.date, by: User) -> RosterChange:
    """Reverse the latest change of the month; a maximum that was raised for it goes down again. Returns the change."""
    roster = lock_roster(roster_of(site, month))
    change = last_undoable(roster)
    if change is None:
        raise RosterRefused(_("Không còn gì để hoàn tác."))
    keep_minimum(change=undo_change(change=change, by=by), by=by)
    if change.note == RAISED:
        _lower_again(roster, change)
    return change


def _lower_again(roster, change):
    """Forget raised maxima that these people's duties no longer need."""
    people = set(change.lines.values_list("volunteer_id", flat=True))
    facts = RosterFacts.of_roster(roster)
    for raised in RaisedLimit.objects.filter(roster=roster, volunteer__in=people).select_related("volunteer"):
        person, days = raised.volunteer, facts.days.get(raised.volunteer_id, set())
        weeks = Counter(week_of(day)[0] for day in days)
        over_week = person.max_per_week is not None and max(weeks.values(), default=0) > person.max_per_week
        in_month = facts.days_in_month(person, roster.month)
        over_month = person.max_per_month is not None and in_month > person.max_per_month
        if not over_week and not over_month:
            raised.delete()
