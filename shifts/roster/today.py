"""One day at one site: per session and floor who should be here and who is, and which floor stands empty."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import F
from django.utils import timezone

from shifts.attendance import Hours, hours_on
from shifts.models import Assignment, Attendance, CalendarDay, Post, Roster, Site, SiteSession

from .calendar import open_sessions_of
from .callable import Callable, call_facts, call_list

State = Attendance.State
HERE = (State.PRESENT, State.LATE)
# What is read of a duty and its person: the page is asked for every minute.
SHOWN = [
    "date", "session", "post", "event",
    "volunteer__user__full_name", "volunteer__user__phone", "volunteer__user__is_active",
    "attendance__assignment", "attendance__state", "attendance__arrived_at", "attendance__left_at", "attendance__note",
]  # fmt: skip


@dataclass
class OnFloor:
    """One person's duty on the page."""

    assignment: Assignment
    hours: Hours
    has_begun: bool = True
    is_over: bool = False
    visits: int = 0
    is_mine: bool = False

    @property
    def user(self):
        return self.assignment.volunteer.user

    @property
    def attendance(self):
        """The attendance row, or None before the first mark."""
        return getattr(self.assignment, "attendance", None)

    @property
    def at_event(self):
        """Whether this is a duty at an outreach event, where nothing is logged at a desk of the site."""
        return self.assignment.event_id is not None

    @property
    def state(self):
        return self.attendance.state if self.attendance else State.EXPECTED

    @property
    def state_name(self):
        return State(self.state).label

    @property
    def is_here(self):
        return self.state in HERE

    @property
    def may_come(self):
        """Whether the person is here, or still expected."""
        return self.state in (State.EXPECTED, *HERE)

    @property
    def arrived_at(self):
        return self.attendance.arrived_at if self.attendance else None

    @property
    def left_at(self):
        return self.attendance.left_at if self.attendance else None

    @property
    def is_unmarked(self):
        """Whether the session ended and nobody said how it was."""
        return self.state == State.EXPECTED and self.is_over

    @property
    def phone(self):
        """The phone number in groups, as it is read out."""
        number = self.user.phone or ""
        return f"{number[:4]} {number[4:7]} {number[7:]}".strip()

    @property
    def badge(self):
        """The class of the badge: green confirms, yellow signals; who is away gets no colour."""
        return {State.PRESENT: "badge-ok", State.LATE: "badge-star"}.get(self.state, "")

    @property
    def minutes_late(self):
        """Minutes from the start of the session to the arrival of who came late."""
        return max(1, _minutes(self.hours.starts, self.arrived_at)) if self.state == State.LATE else 0

    @property
    def logs_nothing(self):
        return self.is_here and not self.visits


@dataclass
class Floor:
    """One post in one session."""

    post: Post
    people: list[OnFloor] = field(default_factory=list)
    is_empty: bool = False
    asks_for_calls: bool = False
    callable: list[Callable] = field(default_factory=list)

    @property
    def here(self):
        return sum(person.is_here for person in self.people)

    @property
    def came(self):
        return sum(person.state in Attendance.CAME for person in self.people)

    @property
    def had_people(self):
        """Whether somebody was here before."""
        return any(person.state == State.LEFT for person in self.people)

    @property
    def coming(self):
        """People who are here or still expected."""
        return sum(person.may_come for person in self.people)

    @property
    def wanted(self):
        """How many should be here: those on the roster, at least the post's minimum."""
        return max(len(self.people), self.post.min_people)

    @property
    def lacking(self):
        """People the roster is short of: the minimum of the post less those who may come."""
        return max(0, self.post.min_people - self.coming)

    @property
    def is_complete(self):
        return self.here >= self.wanted


@dataclass
class SessionOfDay:
    """One session of the day with its floors: those of an empty floor first, then in the order of the house."""

    session: SiteSession
    hours: Hours
    at: datetime.datetime
    floors: list[Floor]

    @property
    def is_over(self):
        return self.at >= self.hours.ends

    @property
    def has_begun(self):
        return self.at >= self.hours.starts

    @property
    def name(self):
        return self.session.get_session_display()

    @property
    def minutes_open(self):
        return _minutes(self.hours.starts, self.at)

    @property
    def people(self):
        return [person for floor in self.floors for person in floor.people]

    @property
    def here(self):
        return sum(floor.here for floor in self.floors)

    @property
    def came(self):
        return sum(person.state in Attendance.CAME for person in self.people)

    @property
    def late(self):
        return sum(person.state == State.LATE for person in self.people)

    @property
    def expected(self):
        return sum(person.may_come for person in self.people)

    @property
    def empty(self):
        """Floors where nobody is though the session runs."""
        return [floor for floor in self.floors if floor.is_empty]

    @property
    def short(self):
        """Floors for which the roster has too few who may come."""
        return [floor for floor in self.floors if floor.lacking]

    @property
    def lacking(self):
        """People the roster is short of, by the minima of the floors and of the site."""
        by_floor = sum(floor.lacking for floor in self.floors)
        return max(by_floor, self.session.site.min_people - self.expected)

    def want_call_list(self):
        """Floors whose call list should be shown: empty ones, and ones the roster is short of."""
        floors = [] if self.is_over else [floor for floor in self.floors if floor.is_empty or floor.lacking]
        if not floors and not self.is_over and self.lacking:  # short as a whole only
            floors = self.floors[:1]
        return floors


@dataclass
class DayAtSite:
    """All of one day at one site as it stands at a moment."""

    site: Site
    date: datetime.date
    at: datetime.datetime
    sessions: list[SessionOfDay]
    posts: list[Post]
    is_published: bool = True
    closed_because: str = ""

    @property
    def is_closed(self):
        return not self.sessions

    @property
    def current(self):
        """The session that runs, or the next one; None after the last and on past days."""
        return next((session for session in self.sessions if not session.is_over), None)

    @property
    def later(self):
        """Sessions after the current one."""
        ahead = [session for session in self.sessions if not session.is_over]
        return ahead[1:]

    @property
    def over(self):
        return [session for session in self.sessions if session.is_over]

    @property
    def people(self):
        return [person for session in self.sessions for person in session.people]


def day_at_site(
    site: Site,
    date: datetime.date,
    *,
    at: datetime.datetime | None = None,
    posts: list[Post] | None = None,
    hours: list[SiteSession] | None = None,
    with_calls: bool = False,
) -> DayAtSite:
    """Return the day as it stands at `at`, from the published roster.

    Two queries with the site's posts and hours given, else four; two more on a day without duties or sessions;
    `with_calls` adds five when somebody is to be called.
    """
    at = at or timezone.now()
    posts = list(Post.objects.filter(site=site).order_by("position", "code")) if posts is None else posts
    sessions = sessions_of_day([site], date, at, posts=posts, hours=hours)[site.pk]
    day = DayAtSite(site, date, at, sessions, posts)
    if not day.people:
        day.is_published = Roster.objects.published().of_month(date).filter(site=site).exists()
    if not sessions:
        day.closed_because = _closing_name(site, date)
    if with_calls:
        add_call_lists(day)
    return day


def sessions_of_day(sites, date, at, *, posts, hours=None) -> dict[int, list[SessionOfDay]]:
    """Site -> its open sessions of that date as they stand at `at`; `posts` (and `hours`) are those of the sites.

    Three queries, two with the hours given.
    """
    opened = open_sessions_of(sites, date, date, hours=hours)
    by_session = defaultdict(list)
    for row in _duties(sites, date):
        by_session[row.site_key, row.session].append(row)
    return {
        site.pk: [
            _session(site, session, date, at, [post for post in posts if post.site_id == site.pk],
                     by_session[site.pk, session.session])
            for session in opened[site.pk].get(date, [])
        ]
        for site in sites
    }  # fmt: skip


def _duties(sites, date):
    rows = Assignment.objects.active().filter(
        roster__site__in=sites, roster__month=date.replace(day=1), roster__state=Roster.State.PUBLISHED, date=date
    )
    rows = rows.select_related("volunteer__user", "attendance").annotate(site_key=F("roster__site")).only(*SHOWN)
    return rows.order_by("volunteer__user__sort_name", "pk")


def _session(site, session, date, at, posts, rows):
    session.site = site
    hours = hours_on(date, session.starts_at, session.ends_at)
    floors = {post.pk: Floor(post) for post in posts}
    for row in rows:
        row.post = floors[row.post_id].post
        floors[row.post_id].people.append(OnFloor(row, hours, has_begun=at >= hours.starts, is_over=at >= hours.ends))
    shown = [floor for floor in floors.values() if floor.people or floor.post.min_people]
    if hours.starts <= at < hours.ends:
        for floor in shown:
            floor.is_empty = not floor.here
    return SessionOfDay(session, hours, at, sorted(shown, key=lambda floor: not floor.is_empty))


def _closing_name(site, date):
    """What the calendar says of the closed day: the name of the holiday or of the closure."""
    rows = CalendarDay.objects.filter(date=date, is_open=False, session="")
    names = {row.site_id: row.name for row in rows if row.site_id in (None, site.pk)}
    return names.get(site.pk) or names.get(None) or ""


def add_call_lists(day: DayAtSite) -> None:
    """Add whom to call to every floor that needs somebody; asks nothing when none does."""
    wanted = [(session, session.want_call_list()) for session in day.sessions]
    if not any(floors for _session, floors in wanted):
        return
    facts = call_facts(day.site, day.date, sessions=[row.session for row in day.sessions], posts=day.posts)
    for session, floors in wanted:
        found = call_list(facts, day.date, session.session.session, [floor.post for floor in floors])
        for floor in floors:
            floor.asks_for_calls, floor.callable = True, found[floor.post.pk]


def _minutes(first, last):
    return int((last - first).total_seconds() // 60)
