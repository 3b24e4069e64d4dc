"""What the optimiser is asked: one site's month as plain data, and how it is read from the database."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field, fields

from django.utils.translation import gettext_lazy as _

from shifts.dates import monday_of
from shifts.models import Assignment, Leave, Post, Preference, RaisedLimit, Roster, RosterShare, Site, Team, Volunteer
from shifts.roster.calendar import open_sessions
from shifts.roster.names import short_names

# Balances and shares are whole hundredths of a session, as they are stored and shown: what is proven is what is seen.
HUNDREDTHS = 100
DAYS_RUNNING = 3
MONDAY, SATURDAY = 1, 6


def weight(default, label):
    return field(default=default, metadata={"label": label})


@dataclass(frozen=True)
class Weights:
    """What each breach of a wish of the second rank costs; the load comes before all of them."""

    mondays: int = weight(4, _("chia đều các ngày thứ Hai"))
    saturdays: int = weight(4, _("chia đều các ngày thứ Bảy"))
    floors: int = weight(2, _("luân phiên vị trí"))
    running: int = weight(6, _("không quá 3 ngày liền"))
    wishes: int = weight(3, _("theo nguyện vọng"))
    newcomers: int = weight(5, _("bạn mới trực cùng bạn đã quen việc"))

    def labelled(self):
        """(code, label, weight) of every wish, for the leader to see."""
        return [(row.name, row.metadata["label"], getattr(self, row.name)) for row in fields(self)]


@dataclass(frozen=True)
class PostNeed:
    """A post of the site, with the people it needs and takes in each session."""

    code: str
    name: str
    min_people: int = 1
    max_people: int = 3


@dataclass(frozen=True)
class Day:
    """An open day with its sessions in order of time."""

    date: datetime.date
    sessions: tuple[str, ...]


@dataclass(frozen=True)
class Person:
    """Somebody who may be given duties, with all that limits them.

    `leave` and `elsewhere` are sets of (date, session); `elsewhere` holds every duty that is not of this roster: other
    sites, events, and this site's own duties in the days around the month, as far as they share a week with it or are
    few enough days away to make a row of days.
    """

    username: str
    name: str = ""
    posts: frozenset[str] = frozenset()
    max_per_week: int | None = None
    max_per_month: int | None = None
    joined: datetime.date | None = None
    left: datetime.date | None = None
    leave: frozenset[tuple[datetime.date, str]] = frozenset()
    elsewhere: frozenset[tuple[datetime.date, str]] = frozenset()
    experienced: bool = True
    wish_sessions: frozenset[str] = frozenset()
    wish_weekdays: frozenset[int] = frozenset()
    wish_posts: frozenset[str] = frozenset()
    balance: int = 0  # hundredths of a session served beyond the fair share, up to this month
    guest: bool = False  # holds duties that stay, but is given none: of another team
    pk: int | None = None

    @property
    def called(self):
        return self.name or self.username

    def is_member(self, date):
        return (self.joined is None or self.joined <= date) and (self.left is None or date < self.left)

    def is_free(self, date, session):
        """Whether nothing but their limits and posts keeps this person from a duty then."""
        when = (date, session)
        return not self.guest and self.is_member(date) and when not in self.leave and when not in self.elsewhere


@dataclass(frozen=True)
class Pin:
    """A duty that stays as it is, whatever the rules say.

    `pinned` is False for those of a team not being built, and of days that are over.
    """

    date: datetime.date
    session: str
    post: str
    username: str
    pinned: bool = True


@dataclass(frozen=True)
class RosterProblem:
    """Everything the roster of one month depends on. Equal problems have equal rosters.

    Days before `starts` are over: their duties are pins, nothing is given there and nobody is missed.
    """

    month: datetime.date
    posts: tuple[PostNeed, ...]
    days: tuple[Day, ...]
    people: tuple[Person, ...]
    pins: tuple[Pin, ...] = ()
    min_people: int = 1
    whole_days: bool = False
    weights: Weights = Weights()
    site: str = ""
    starts: datetime.date | None = None

    def is_over(self, date):
        return self.starts is not None and date < self.starts

    def in_order(self):
        """The same problem with people, pins and days in the order of their keys, so that order never matters."""
        pins = sorted(set(self.pins), key=lambda pin: (pin.date, pin.session, pin.post, pin.username, not pin.pinned))
        return RosterProblem(
            month=self.month,
            posts=self.posts,
            days=tuple(sorted(self.days, key=lambda day: day.date)),
            people=tuple(sorted(self.people, key=lambda person: person.username)),
            pins=tuple(pins),
            min_people=self.min_people,
            whole_days=self.whole_days,
            weights=self.weights,
            site=self.site,
            starts=self.starts,
        )


def month_end(month):
    """The last day of the month that begins on this date."""
    in_next = month + datetime.timedelta(days=31)
    return in_next - datetime.timedelta(days=in_next.day)


def read_problem(
    site: Site,
    month: datetime.date,
    team: Team | None = None,
    weights: Weights | None = None,
    *,
    starts: datetime.date | None = None,
) -> RosterProblem:
    """Gather the problem from the database, in a constant number of queries.

    People are the members of all teams at home at the site, or of the given team alone; duties of others at this
    roster then stay. A volunteer who names no post at all may serve at every post; one who names posts may serve at
    these, so one who only names posts of other sites at none here. Duties before `starts` stay, whoever has them.
    """
    last = month_end(month)
    first_seen = monday_of(month) - datetime.timedelta(days=DAYS_RUNNING)
    last_seen = monday_of(last) + datetime.timedelta(days=6 + DAYS_RUNNING)
    posts = list(Post.objects.filter(site=site).order_by("position", "code"))
    members = list(_members(site, team, month, last))
    here = Assignment.objects.active().filter(roster__site=site, roster__month=month)
    here = here.select_related("volunteer__user", "post")
    stays = [row for row in here if row.pinned or _is_before(row, starts) or (team and not _is_one(row, members))]
    known = {member.pk for member in members}
    guests = {row.volunteer_id: row.volunteer for row in stays if row.volunteer_id not in known}
    everyone = [*members, *guests.values()]
    leave = _leave(everyone, month, last)
    elsewhere = _elsewhere(everyone, first_seen, last_seen, site, month)
    raised = {row.volunteer_id: row for row in RaisedLimit.objects.filter(roster__site=site, roster__month=month)}
    wishes = {row.volunteer_id: row for row in _wishes(members)}
    balances = balances_before(site, month, known)
    opened = open_sessions(site, month, last)
    codes = [post.code for post in posts]
    names = short_names(member.user for member in everyone)
    return RosterProblem(
        month=month,
        site=site.code,
        posts=tuple(PostNeed(post.code, post.name, post.min_people, post.max_people) for post in posts),
        days=tuple(Day(date, tuple(row.session for row in rows)) for date, rows in sorted(opened.items())),
        people=tuple(
            _person(
                member,
                name=names[member.user_id],
                codes=codes,
                site=site,
                leave=leave[member.pk],
                elsewhere=elsewhere[member.pk],
                raised=raised.get(member.pk),
                wish=wishes.get(member.pk),
                balance=balances.get(member.pk, 0),
                guest=member.pk in guests,
            )
            for member in everyone
        ),
        pins=tuple(
            Pin(row.date, row.session, row.post.code, row.volunteer.user.username, row.pinned) for row in stays
        ),
        min_people=site.min_people,
        whole_days=site.whole_days,
        weights=weights or Weights(),
        starts=starts,
    ).in_order()


def _members(site, team, first, last):
    people = Volunteer.objects.filter(user__is_active=True).exclude(left__lte=first).exclude(joined__gt=last)
    people = people.filter(team=team) if team is not None else people.filter(team__home_site=site)
    return people.select_related("user").prefetch_related("posts").order_by("user__username")


def _is_one(row, members):
    return any(row.volunteer_id == member.pk for member in members)


def _is_before(row, starts):
    return starts is not None and row.date < starts


def _leave(people, first, last):
    """Volunteer -> set of (date, session) on which they cannot serve."""
    found = defaultdict(set)
    for row in Leave.objects.touching(first, last).filter(volunteer__in=[person.pk for person in people]):
        date = max(row.date_from, first)
        while date <= min(row.date_to, last):
            found[row.volunteer_id] |= {(date, session) for session in ([row.session] if row.session else ALL_SESSIONS)}
            date += datetime.timedelta(days=1)
    return found


ALL_SESSIONS = ("sang", "chieu", "toi")


def _elsewhere(people, first, last, site, month):
    """Volunteer -> set of (date, session) of duties that are not of this roster."""
    found = defaultdict(set)
    rows = Assignment.objects.active().between(first, last).filter(volunteer__in=[person.pk for person in people])
    rows = rows.exclude(roster__site=site, roster__month=month)
    for volunteer, date, session in rows.values_list("volunteer_id", "date", "session"):
        found[volunteer].add((date, session))
    return found


def _wishes(people):
    rows = Preference.objects.filter(volunteer__in=[person.pk for person in people])
    return rows.prefetch_related("posts")


def balances_before(site: Site, month: datetime.date, volunteers) -> dict[int, int]:
    """Volunteer -> hundredths of a session served beyond the fair share, as the last month with a share left it.

    A fair share already makes up for the balance before it, so the months before that one are in it.
    """
    rosters = Roster.objects.filter(site=site, month__lt=month, shares__volunteer__in=volunteers)
    shares = {}
    rows = RosterShare.objects.filter(roster__in=rosters, volunteer__in=volunteers).order_by("roster__month")
    for volunteer, roster, share in rows.values_list("volunteer_id", "roster_id", "fair_share"):
        shares[volunteer] = (roster, round(share * HUNDREDTHS))
    served = defaultdict(int)
    last = {roster for roster, _share in shares.values()}
    for key in Assignment.objects.active().filter(roster__in=last).values_list("volunteer_id", "roster_id"):
        served[key] += HUNDREDTHS
    return {volunteer: served[volunteer, roster] - share for volunteer, (roster, share) in shares.items()}


def _person(member, *, name, codes, site, leave, elsewhere, raised, wish, balance, guest):

    def of_site(names):
        return frozenset(post.code for post in names if post.site_id == site.pk)

    def limit(name):
        own = getattr(member, name)
        more = getattr(raised, name, None)
        return more if more is not None else own

    named = list(member.posts.all())
    posts = of_site(named) if named else frozenset(codes)
    return Person(
        username=member.user.username,
        name=name,
        posts=frozenset() if guest else posts,
        max_per_week=limit("max_per_week"),
        max_per_month=limit("max_per_month"),
        joined=member.joined,
        left=member.left,
        leave=frozenset(leave),
        elsewhere=frozenset(elsewhere),
        experienced=member.experienced,
        wish_sessions=frozenset(filter(None, wish.sessions.split(","))) if wish else frozenset(),
        wish_weekdays=frozenset(int(day) for day in wish.weekdays) if wish else frozenset(),
        wish_posts=of_site(wish.posts.all()) if wish else frozenset(),
        balance=balance,
        guest=guest,
        pk=member.pk,
    )
