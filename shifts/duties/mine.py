"""Everything the page of one's own duties shows, read with a constant number of queries."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from shifts.models import (
    Assignment,
    Attendance,
    OpenPlace,
    OutreachEvent,
    RosterChange,
    SwapDuty,
    SwapRequest,
    Volunteer,
)

from .hours import SessionHours, Stint, stints_of
from .places import OpenStint

Side = SwapDuty.Side


@dataclass
class Exchange:
    """A swap request with its duties put together, as the two people read it."""

    request: SwapRequest
    given: list[Stint]
    wanted: list[Stint]

    @property
    def stints(self):
        return [*self.given, *self.wanted]


@dataclass
class GivenUp:
    """Duties that I gave up and nobody took yet; `change` undoes that."""

    stints: list[Stint]
    change: RosterChange | None = None

    @property
    def date(self):
        return self.stints[0].date


@dataclass
class Mine:
    """The duties of one person from today on, and what waits around them."""

    next_day: list[Stint] = field(default_factory=list)
    later: list[Stint] = field(default_factory=list)
    asked_of_me: list[Exchange] = field(default_factory=list)
    asked_by_me: list[Exchange] = field(default_factory=list)
    swapped: list[Exchange] = field(default_factory=list)
    given_up: list[GivenUp] = field(default_factory=list)
    open_places: list[OpenStint] = field(default_factory=list)
    came_to: set[int] = field(default_factory=set)  # keys of the next day's duties at which I have been

    @property
    def date(self):
        return self.next_day[0].date if self.next_day else None

    @property
    def next_post(self):
        """Whether the next day has a duty at a post at which I have not been yet: that can be given up."""
        return any(stint.post and self._ahead(stint) for stint in self.next_day)

    @property
    def next_swappable(self):
        """Whether one of them does not wait for somebody's answer already."""
        return any(stint.post and not stint.swap and self._ahead(stint) for stint in self.next_day)

    def _ahead(self, stint):
        return any(duty.pk not in self.came_to for duty in stint.duties)


def duties_of(volunteer: Volunteer, first: datetime.date, last: datetime.date | None = None) -> list[Assignment]:
    """Announced duties of this person from one date on, with all that words about them need."""
    rows = Assignment.objects.announced().filter(volunteer=volunteer, date__gte=first)
    rows = rows.exclude(event__state=OutreachEvent.State.CANCELLED)
    if last is not None:
        rows = rows.filter(date__lte=last)
    return list(rows.select_related("post__site", "roster__site", "event__team", "volunteer__user", "volunteer__team"))


def came_to(duties: Iterable[Assignment]) -> set[int]:
    """Keys of those of these duties at which their person has been: one query."""
    marks = Attendance.objects.filter(assignment__in=[duty.pk for duty in duties], state__in=Attendance.CAME)
    return set(marks.values_list("assignment", flat=True))


def mine(volunteer: Volunteer, at: datetime.datetime | None = None) -> Mine:
    """Read the duties from today on: the next day that is not over, what comes later, and what waits for whom."""
    at = at or timezone.now()
    duties = duties_of(volunteer, timezone.localdate(at))
    requests = _requests(volunteer, at)
    given_up = _given_up(volunteer, at)
    every = duties + [row.assignment for _request, rows in requests for row in rows]
    hours = SessionHours.of(every + [place.given_up for place in given_up])
    stints = stints_of(duties, hours)
    over = {duty.date for duty in duties} - {duty.date for duty in duties if hours.ends(duty) > at}
    stints = [stint for stint in stints if stint.date not in over]
    add_colleagues(stints, volunteer)
    found = Mine()
    if stints:
        found.next_day = [stint for stint in stints if stint.date == stints[0].date]
        found.later = stints[len(found.next_day) :]
        if found.date == timezone.localdate(at):
            found.came_to = came_to(duty for stint in found.next_day for duty in stint.duties)
    _sort_requests(found, requests, volunteer, hours, at)
    for exchange in found.asked_by_me:
        for stint in stints:
            if {duty.pk for one in exchange.given for duty in one.duties} & {duty.pk for duty in stint.duties}:
                stint.swap = exchange
    found.given_up = _given_up_stints(given_up, volunteer, hours, at)
    return found


def add_colleagues(stints: list[Stint], volunteer: Volunteer) -> None:
    """Name on each stint who serves at the same site, or the same event, in one of its sessions: one query."""
    if not stints:
        return
    rosters = {duty.roster_id for stint in stints for duty in stint.duties if duty.roster_id}
    events = {duty.event_id for stint in stints for duty in stint.duties if duty.event_id}
    rows = Assignment.objects.announced().filter(date__in={stint.date for stint in stints})
    rows = rows.filter(Q(roster__in=rosters) | Q(event__in=events)).exclude(volunteer=volunteer)
    there = defaultdict(dict)
    for row in rows.select_related("volunteer__user").order_by("post__position", "volunteer__user__sort_name", "pk"):
        there[row.date, row.roster_id, row.event_id, row.session][row.volunteer_id] = row.volunteer.user
    for stint in stints:
        found = {}
        for duty in stint.duties:
            found.update(there[duty.date, duty.roster_id, duty.event_id, duty.session])
        stint.colleagues = list(found.values())


def _requests(volunteer, at):
    """(request, its duties) that wait or were accepted, about duties from today on: two queries."""
    rows = SwapRequest.objects.filter(
        Q(asked_by=volunteer) | Q(asked_of=volunteer),
        state__in=[SwapRequest.State.WAITING, SwapRequest.State.ACCEPTED],
        duties__assignment__date__gte=timezone.localdate(at),
    )
    rows = list(rows.distinct().select_related("asked_by__user", "asked_of__user").order_by("asked_at", "pk"))
    duties = defaultdict(list)
    lines = SwapDuty.objects.filter(request__in=rows).select_related(
        "assignment__post__site", "assignment__roster", "assignment__event"
    )
    for line in lines.order_by("pk"):
        duties[line.request_id].append(line)
    return [(row, duties[row.pk]) for row in rows]


def _sort_requests(found, requests, volunteer, hours, at):
    """Waiting ones that can still be answered by side; accepted ones that can still be changed back."""
    for request, lines in requests:
        if any(hours.begins(line.assignment) <= at for line in lines):
            continue
        sides = {
            side: stints_of([line.assignment for line in lines if line.side == side], hours) for side in Side.values
        }
        exchange = Exchange(request, sides[Side.GIVEN], sides[Side.WANTED])
        if request.state == SwapRequest.State.ACCEPTED:
            found.swapped.append(exchange)
        elif all(line.assignment.state == Assignment.State.ACTIVE for line in lines):
            (found.asked_of_me if request.asked_of_id == volunteer.pk else found.asked_by_me).append(exchange)


def _given_up(volunteer, at):
    rows = OpenPlace.objects.waiting().filter(given_up__volunteer=volunteer, date__gte=timezone.localdate(at))
    return list(rows.select_related("given_up__post__site", "given_up__roster").order_by("date", "pk"))


def _given_up_stints(places, volunteer, hours, at):
    """Put places together by the act that opened them, and find that act: one query when there are any."""
    places = [place for place in places if hours.ends(place.given_up) > at]
    if not places:
        return []
    together = defaultdict(list)
    for place in places:
        together[place.roster_id, place.opened_at].append(place.given_up)
    changes = RosterChange.objects.filter(
        kind=RosterChange.Kind.ABSENCE,
        roster__in={place.roster_id for place in places},
        made_at__in={place.opened_at for place in places},
        made_by=volunteer.user_id,
    )
    acts = {(change.roster_id, change.made_at): change for change in changes}
    return [GivenUp(stints_of(rows, hours), acts.get(key)) for key, rows in together.items()]
