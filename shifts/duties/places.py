"""Places for which somebody is wanted: who may take them, and who was first."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.models import Assignment, Attendance, OpenPlace, Roster, RosterChange, User, Volunteer
from shifts.notices import tell
from shifts.roster.changes import Kind, RosterRefused, change_roster, undo_change
from shifts.roster.facts import Duty, RosterFacts

from .hours import ORDER, SessionHours, sessions_title
from .people import DutyOver, leaders_of, lock_rosters, locked_duties, words_of

UNDO_MINUTES = 10


class PlaceTaken(RosterRefused):
    """Somebody else was faster."""


class TooLateToUndo(RosterRefused):
    """A place taken is a promise: after some minutes it is given up, not undone."""


@dataclass
class OpenStint:
    """Places of one post on one date that one person can take together."""

    places: list[OpenPlace]
    left: int

    @property
    def date(self):
        return self.places[0].date

    @property
    def site(self):
        return self.places[0].post.site

    @property
    def title(self):
        return f"{self.places[0].post.name}, {sessions_title(place.session for place in self.places)}"


def places_for(volunteer: Volunteer, at: datetime.datetime | None = None) -> list[OpenStint]:
    """Waiting places, at the site where this person's team is at home, that they could take now; in order of time."""
    at = at or timezone.now()
    rows = OpenPlace.objects.waiting().filter(
        roster__site=volunteer.team.home_site_id, roster__state=Roster.State.PUBLISHED, date__gte=timezone.localdate(at)
    )
    waiting = list(rows.select_related("post__site", "roster__site", "given_up").order_by("date", "post", "opened_at"))
    waiting = [place for place in waiting if not _own(place, volunteer)]
    if not waiting:
        return []
    hours = SessionHours({place.post.site_id for place in waiting})
    facts = RosterFacts(waiting[0].roster.site, waiting[0].date, waiting[-1].date, people=[volunteer])
    able = [place for place in waiting if hours.ends(place) > at and _can_take(facts, volunteer, place)]
    return sorted(_together(able), key=lambda stint: (stint.date, stint.places[0].post.position))


def _own(place, volunteer):
    """Whether the person gave this place up themselves: it is taken back by undoing that."""
    given_up = place.given_up
    return given_up is not None and given_up.volunteer_id == volunteer.pk and place.opened_by_id == volunteer.user_id


def _can_take(facts, volunteer, place):
    full = facts.at_post[place.date, place.session, place.post_id] >= place.post.max_people
    return not full and facts.why_not(volunteer, place.date, place.session, place.post) is None


def _together(places):
    """One stint for each date and post; of several places in the same session the oldest stands for all."""
    found = {}
    for place in places:
        sessions = found.setdefault((place.date, place.post_id), {})
        sessions.setdefault(place.session, []).append(place)
    for sessions in found.values():
        first = [sessions[session][0] for session in sorted(sessions, key=ORDER.index)]
        yield OpenStint(first, left=min(len(rows) for rows in sessions.values()))


@transaction.atomic
def take_places(
    *, places: Iterable[int], volunteer: Volunteer, by: User, at: datetime.datetime | None = None
) -> RosterChange:
    """Take these places (keys, of one roster), all or none; tell the leaders and who gave them up.

    Raises PlaceTaken when somebody was faster, DutyOver, or DutyRefused with the rule that stands against it.
    """
    at, keys = at or timezone.now(), set(places)
    # Of the home site only: facts know its people, and nobody serves elsewhere by a form of their own making.
    here = OpenPlace.objects.filter(pk__in=keys, roster__site=volunteer.team.home_site_id)
    locked = lock_rosters(here.values_list("roster_id", flat=True))
    rows = here.filter(roster__state=Roster.State.PUBLISHED)
    found = list(rows.select_related("post__site", "given_up__volunteer__user").order_by("date", "pk"))
    if not keys or len(found) < len(keys) or len(locked) != 1:
        raise PlaceTaken(_("Chỗ này không còn nữa."))
    if any(place.closed_at for place in found):
        raise PlaceTaken(_("Chỗ này vừa có bạn khác nhận."))
    hours = SessionHours({place.post.site_id for place in found})
    if any(hours.ends(place) <= at for place in found):
        raise DutyOver(_("Ca này đã qua."))
    duties = [Duty(place.date, place.session, place.post, volunteer) for place in found]
    change = change_roster(roster=locked[0], kind=Kind.TAKE, by=by, add=duties, at=at, quiet=True)
    text = _("{name} nhận {duties}.").format(name=volunteer.user.full_name, duties=words_of(found))
    leaders = leaders_of(volunteer.team)
    givers = [place.given_up.volunteer.user for place in found if place.given_up]
    tell(leaders, kind="take", text=text, url=locked[0].get_absolute_url(), by=by)
    tell([user for user in givers if user not in leaders], kind="take", text=text, url=reverse("me:duties"), by=by)
    return change


@transaction.atomic
def undo_take(
    *, change: RosterChange, volunteer: Volunteer, by: User, at: datetime.datetime | None = None
) -> RosterChange:
    """Give back what was taken some minutes ago: the place is open again and the leaders know.

    Raises TooLateToUndo, DutyGone, or DutyOver for a duty that ended or at which the person has been.
    """
    at = at or timezone.now()
    if at - change.made_at > datetime.timedelta(minutes=UNDO_MINUTES):
        raise TooLateToUndo(
            _("Chỉ hoàn tác được trong {count} phút. Bây giờ hãy bấm “Tôi không đến được”.").format(count=UNDO_MINUTES)
        )
    places = OpenPlace.objects.filter(roster=change.roster_id, closed_at=change.made_at, taken__volunteer=volunteer)
    taken = locked_duties(Assignment.objects.filter(taken_place__in=places))
    hours = SessionHours.of(taken)
    if any(hours.ends(duty) <= at for duty in taken):
        raise DutyOver(_("Ca này đã qua."))
    if Attendance.objects.filter(assignment__in=taken, state__in=Attendance.CAME).exists():
        raise DutyOver(_("Bạn đã điểm danh ca này, nên không trả lại được nữa."))
    undone = undo_change(change=change, by=by, at=at)
    lines = list(change.lines.select_related("post"))
    text = _("{name} trả lại {duties}; chỗ đó lại đang cần người.").format(
        name=volunteer.user.full_name, duties=words_of(lines)
    )
    tell(leaders_of(volunteer.team), kind="take", text=text, url=change.roster.get_absolute_url(), by=by)
    return undone
