"""The rosters of the demo world: fair, within every rule, and such that today, tomorrow and next month have a story.

Published months follow a turn of our own, next month is half a draft: filling it is what the site is there to show.
"""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import combinations, permutations

from django.utils import timezone

from assistance.demo_outreach import add_events
from shifts.models import Assignment, Roster, RosterChange, RosterChangeLine, RosterShare
from shifts.roster.calendar import open_sessions
from shifts.roster.facts import week_of
from shifts.roster.optimiser.load import fair_shares
from shifts.roster.optimiser.problem import HUNDREDTHS

NEAR_COSTS = 3 * HUNDREDTHS  # a duty within two days of another weighs like three sessions
LOOKED_AT = 8  # people tried for the floors of a day, those with the lightest load first
FLOORS_TODAY = {"T1": "doitruong", "T2": "tnv", "T3": "anh.vu"}
NOT_HERE_YET = ("bao.tran", "T3")
PUBLISHED_DAYS_BEFORE = 3
PINS = 4


@dataclass
class Book:
    """Who serves when: duties by day, and what has to be known to give the next one."""

    people: dict
    leaves: list
    duties: dict = field(default_factory=lambda: defaultdict(list))  # date -> [(volunteer, post)], whole days
    days: dict = field(default_factory=lambda: defaultdict(set))  # volunteer -> dates, events included
    served: Counter = field(default_factory=Counter)  # (volunteer, month) -> hundredths of a session
    shares: dict = field(default_factory=dict)  # month -> volunteer -> what is fair, in hundredths of a session
    floors: Counter = field(default_factory=Counter)

    def give(self, date, volunteer, post):
        self.duties[date].append((volunteer, post))
        self.days[volunteer.pk].add(date)
        self.served[volunteer.pk, date.replace(day=1)] += 2 * HUNDREDTHS
        self.floors[volunteer.pk, post.code] += 1

    def away(self, volunteer, date):
        """Whether leave touches the day: who serves, serves all of it."""
        return any(
            leave.volunteer_id == volunteer.pk and leave.date_from <= date <= leave.date_to for leave in self.leaves
        )

    def free(self, volunteer, date):
        """Whether the person may be given this whole day."""
        days = self.days[volunteer.pk]
        if date in days or not volunteer.serves_on(date) or self.away(volunteer, date):
            return False
        monday, sunday = week_of(date)
        in_week = sum(monday <= day <= sunday for day in days)
        in_month = sum((day.year, day.month) == (date.year, date.month) for day in days)
        return in_week < (volunteer.max_per_week or 7) and in_month < (volunteer.max_per_month or 31)

    def open_month(self, month, dates, places):
        """Work out everybody's fair share, by the days they could serve and what they did beyond it before."""
        people = list(self.people.values())
        last_month = (month - datetime.timedelta(days=1)).replace(day=1)
        before = self.shares.get(last_month)
        able = [2 * sum(each.serves_on(date) and not self.away(each, date) for date in dates) for each in people]
        shares = fair_shares(
            total=2 * places,
            available=able,
            balance=[self.served[each.pk, last_month] - before[each.pk] if before else 0 for each in people],
            least=[0] * len(people),
            most=[min(days, 2 * (each.max_per_month or 31)) for days, each in zip(able, people, strict=True)],
        )
        self.shares[month] = {each.pk: share for each, share in zip(people, shares, strict=True)}

    def load(self, volunteer, date):
        """Lightest first: who is furthest below the fair share, not just before or after another duty."""
        days, month = self.days[volunteer.pk], date.replace(day=1)
        near = any(abs((day - date).days) <= 2 for day in days)
        beyond = self.served[volunteer.pk, month] - self.shares[month][volunteer.pk]
        last = max((day for day in days if day < date), default=datetime.date.min)
        return beyond + near * NEAR_COSTS, last, volunteer.user.username

    def fill(self, date, posts, *, without=()):
        """Give every floor one person, one of them experienced, floors in turn."""
        able = [each for each in self.people.values() if self.free(each, date) and each.user.username not in without]
        able = sorted(able, key=lambda each: self.load(each, date))[:LOOKED_AT]
        orders = (order for chosen in combinations(able, len(posts)) for order in permutations(chosen))
        best = min(orders, key=lambda order: self.cost(order, posts, able))
        for volunteer, post in zip(best, posts, strict=True):
            self.give(date, volunteer, post)

    def cost(self, order, posts, able):
        """Unqualified people cost too much, newcomers alone much; light loads and fresh floors are cheap."""
        ranks = sum(able.index(person) for person in order)
        worn = sum(self.floors[person.pk, post.code] for person, post in zip(order, posts, strict=True))
        wrong = sum(post.pk not in person.own_posts for person, post in zip(order, posts, strict=True))
        return 10_000 * wrong + 500 * (not any(person.experienced for person in order)) + 3 * ranks + worn


@dataclass
class Story:
    """What was made: the book, the rosters by month, the events, and the days that still come this month."""

    book: Book
    site: object
    posts: list
    today: datetime.date
    leader: object
    ahead: list
    rosters: dict = field(default_factory=dict)
    extra: tuple | None = None  # (date, volunteer, post): the fourth of a coming day, who will not come


def add_rosters(*, team, site, leaves, dates, now) -> Story:
    """Make the rosters from the month of the first date to the next month, and the outreach events around them."""
    today = dates[-1]
    for person in team:
        person.own_posts = {post.pk for post in person.posts.all()}
    people = {person.user.username: person for person in team}
    posts = list(site.posts.order_by("position"))
    first, following = dates[0].replace(day=1), next_month(today)
    opened = open_sessions(site, first, next_month(following) - datetime.timedelta(days=1))
    ahead = [date for date in opened if today < date < following]
    story = Story(Book(people, leaves), site, posts, today, people["doitruong"].user, ahead)
    add_events(story, last=next_month(following) - datetime.timedelta(days=1))
    plan_today(story)
    fill_months(story, opened, following)
    month = first
    while month <= following:
        add_roster(story, month, [date for date in opened if date.replace(day=1) == month], now)
        month = next_month(month)
    return story


def next_month(date):
    return (date.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


def plan_today(story):
    """Today tnv and the leader serve, and a fourth who has not come yet; soon one who will not come, and tnv again."""
    posts = {post.code: post for post in story.posts}
    for code, name in [*FLOORS_TODAY.items(), NOT_HERE_YET[::-1]]:
        story.book.give(story.today, story.book.people[name], posts[code])
    if len(story.ahead) > 2:
        story.book.give(story.ahead[2], story.book.people["tnv"], posts["T2"])


def fill_months(story, opened, following):
    """Give the open days their people; of next month only the first half."""
    coming = [date for date in opened if date >= following]
    left_open = set(coming[len(coming) // 2 :])
    for date in opened:
        month = date.replace(day=1)
        if month not in story.book.shares:
            dates = [each for each in opened if each.replace(day=1) == month]
            story.book.open_month(month, dates, len(dates) * len(story.posts))
        if date == story.today or date in left_open:
            continue
        taken = {post.pk for _who, post in story.book.duties[date]}
        without = {"tnv"} if date in story.ahead[:2] else set()
        story.book.fill(date, [post for post in story.posts if post.pk not in taken], without=without)
        if story.ahead and date == story.ahead[0]:
            add_extra(story, date)


def add_extra(story, date):
    """A fourth person on the first floor of tomorrow: the one who will say that they cannot come."""
    book, post = story.book, story.posts[0]
    able = [each for each in book.people.values() if book.free(each, date) and post.pk in each.own_posts]
    able = [each for each in able if each.user.username != "tnv"]
    if able:
        story.extra = date, min(able, key=lambda each: book.load(each, date)), post
        book.give(*story.extra)


def add_roster(story, month, dates, now):
    """Store one month with its change and fair shares: published, or next month's draft with a few pins."""
    published = month <= story.today
    moment = datetime.datetime.combine(
        month - datetime.timedelta(days=PUBLISHED_DAYS_BEFORE), datetime.time(16, 0), timezone.get_current_timezone()
    )
    made_at = moment if published else now - datetime.timedelta(days=1)
    roster = Roster.objects.create(site=story.site, month=month)
    story.rosters[month] = roster
    rows = Assignment.objects.bulk_create(
        Assignment(roster=roster, date=date, session=session, post=post, volunteer=person, made_at=made_at)
        for date in dates
        for person, post in story.book.duties[date]
        for session in ("sang", "chieu")
    )
    note_change(roster, "build", rows, "add", story.leader, made_at)
    RosterShare.objects.bulk_create(
        RosterShare(roster=roster, volunteer_id=person, fair_share=round(share / HUNDREDTHS, 2))
        for person, share in story.book.shares[month].items()
    )
    if published:
        RosterChange.objects.create(roster=roster, kind="publish", version=1, made_by=story.leader, made_at=moment)
        roster.state, roster.version = Roster.State.PUBLISHED, 1
        roster.published_at, roster.published_by = moment, story.leader
        roster.save()
    else:
        pinned = [row for row in rows if row.volunteer.user.username in ("tnv", "doitruong")][:PINS]
        Assignment.objects.filter(pk__in=[row.pk for row in pinned]).update(pinned=True)
        note_change(roster, "edit", pinned, "pin", story.leader, now - datetime.timedelta(hours=20))


def note_change(roster, kind, rows, act, by, at):
    change = RosterChange.objects.create(roster=roster, kind=kind, version=0, made_by=by, made_at=at)
    RosterChangeLine.objects.bulk_create(
        RosterChangeLine(
            change=change, act=act, date=row.date, session=row.session, post=row.post, volunteer=row.volunteer
        )
        for row in rows
    )
