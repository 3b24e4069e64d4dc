"""“Tôi không đến được”: a duty is given up, its place opens, and those who can help are told."""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shifts.models import Assignment, OpenPlace, RosterChange, User, Volunteer
from shifts.notices import tell
from shifts.outreach.absences import note_absence
from shifts.roster.changes import Act, Kind, change_roster, lock_roster, undo_change
from shifts.roster.facts import Duty, RosterFacts
from shifts.roster.wanted import ask_who_can

from .hours import SessionHours
from .mine import came_to
from .people import DutyGone, DutyOver, leaders_of, locked_duties, words_of
from .swaps import close_waiting

ALREADY_CHECKED_IN = gettext_lazy("Bạn đã điểm danh ca này. Phải về sớm thì bấm “Tôi về” ở trang Hôm nay.")


class AlreadyCheckedIn(DutyOver):
    """The person has been at this duty: leaving early is a mark of attendance, not an absence."""


class PlaceAlreadyTaken(DutyGone):
    """Somebody else has taken the place in the meantime."""


@transaction.atomic
def cannot_come(
    *, volunteer: Volunteer, duties: Iterable[Assignment], by: User, at: datetime.datetime | None = None
) -> list[RosterChange]:
    """Give these duties up, open their places, tell the leaders and those who can; one change for each roster.

    A duty under way may be given up as long as the person was not there; one that ended may not. Raises DutyGone,
    DutyOver or AlreadyCheckedIn.
    """
    at = at or timezone.now()
    duties = locked_duties(duties)
    refuse_lost(volunteer, duties, at)
    by_roster = defaultdict(list)
    for duty in duties:
        by_roster[duty.roster_id].append(duty)
    changes = [
        change_roster(roster=rows[0].roster, kind=Kind.ABSENCE, by=by, remove=rows, at=at, quiet=True)
        for _pk, rows in sorted(by_roster.items())
    ]
    opened = OpenPlace.objects.bulk_create(
        OpenPlace(
            roster=duty.roster,
            date=duty.date,
            session=duty.session,
            post=duty.post,
            given_up=duty,
            opened_by=by,
            opened_at=at,
        )
        for duty in duties
    )
    close_waiting(duties, by=by, at=at)
    leaders = leaders_of(volunteer.team)
    told = _ask_others(opened, volunteer, by=by, leaders=leaders)
    _tell_leaders(leaders, volunteer, duties, told=told, by=by, at=at)
    return changes


def _ask_others(places, volunteer, *, by, leaders):
    """Ask who could take these places, roster by roster; return how many were told. Leaders read of the absence."""
    told, by_roster = set(), defaultdict(list)
    spared = {volunteer.pk, *Volunteer.objects.filter(user__in=leaders).values_list("pk", flat=True)}
    for place in places:
        by_roster[place.roster_id].append(place)
    for _pk, together in sorted(by_roster.items()):
        facts = RosterFacts(together[0].roster.site, together[0].date, together[-1].date)
        told |= {user.pk for user in ask_who_can(together, facts, by=by, spared=spared)}
    return len(told)


def refuse_lost(volunteer: Volunteer, duties: Iterable[Assignment], at: datetime.datetime) -> None:
    """Raise for a duty that is not this person's, is past, or at which they have been."""
    duties = list(duties)
    hours = SessionHours.of(duties)
    for duty in duties:
        if duty.volunteer_id != volunteer.pk:
            raise DutyGone(_("Ca này không phải của bạn."))
        if hours.ends(duty) <= at:
            raise DutyOver(_("Ca này đã qua. Nếu điểm danh chưa đúng, hãy nhờ đội trưởng sửa."))
    if came_to(duties):
        raise AlreadyCheckedIn(ALREADY_CHECKED_IN)


def _tell_leaders(leaders, volunteer, duties, *, told, by, at):
    hours = SessionHours.of(duties)
    words = {"name": volunteer.user.full_name, "duties": words_of(duties), "count": told}
    if any(hours.begins(duty) <= at for duty in duties):
        text = _("{name} không đến được {duties}; ca đang diễn ra. Đã báo {count} bạn rảnh.")
    elif told:
        text = _("{name} không đến được {duties}. Đã báo {count} bạn rảnh.")
    else:
        text = _("{name} không đến được {duties}. Chưa có bạn nào rảnh để thay.")
    url = duties[0].roster.get_absolute_url()
    tell(leaders, kind="absence", text=text.format(**words), url=url, by=by)


def _places_of(change):
    """Places that this absence opened and nobody took yet."""
    rows = OpenPlace.objects.waiting().filter(roster=change.roster_id, opened_at=change.made_at)
    return rows.filter(opened_by=change.made_by_id, given_up__isnull=False)


@transaction.atomic
def undo_absence(
    *, change: RosterChange, volunteer: Volunteer, by: User, at: datetime.datetime | None = None
) -> RosterChange:
    """Take the duties back whose places nobody took; raises PlaceAlreadyTaken, DutyOver, or what the rules refuse."""
    at = at or timezone.now()
    roster = lock_roster(change.roster)
    places = list(_places_of(change).select_related("given_up__post__site", "post").order_by("date", "session"))
    places = [place for place in places if place.given_up.volunteer_id == volunteer.pk]
    if not places:
        raise PlaceAlreadyTaken(_("Chỗ này vừa có bạn khác nhận, nên không lấy lại được."))
    hours = SessionHours.of([place.given_up for place in places])
    places = [place for place in places if hours.ends(place.given_up) > at]
    if not places:
        raise DutyOver(_("Ca này đã qua."))
    if len(places) == change.lines.filter(act=Act.REMOVE).count():
        undone = undo_change(change=change, by=by, at=at)
    else:
        back = [Duty(place.date, place.session, place.post, volunteer) for place in places]
        undone = change_roster(roster=roster, kind=Kind.UNDO, by=by, add=back, at=at, quiet=True)
    text = _("{name} lại đến được {duties}.").format(
        name=volunteer.user.full_name, duties=words_of([place.given_up for place in places])
    )
    tell(leaders_of(volunteer.team), kind="absence", text=text, url=roster.get_absolute_url(), by=by)
    return undone


@transaction.atomic
def report_event_absence(*, volunteer: Volunteer, duty: Assignment, by: User) -> int:
    """Tell the leaders that this person cannot come to an outreach event; who organises it decides. Said once."""
    text = _("{name} không đến được hoạt động {venue} ngày {date}.").format(
        name=volunteer.user.full_name, venue=duty.event.venue, date=f"{duty.date:%d/%m}"
    )
    note_absence([duty], by=by)
    url = duty.event.get_absolute_url()
    return tell(leaders_of(duty.event.team), kind="absence", text=text, url=url, key=event_absence_key(duty), by=by)


def event_absence_key(duty: Assignment) -> str:
    """Under this key the leaders are told once that somebody does not come to an event."""
    return f"event-absence-{duty.pk}"
