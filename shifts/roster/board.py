"""One site's duties over some days as a grid of days and posts: all that the builder's page shows.

Read as plain values in a few queries, whatever the number of people and days; the page prints it in one loop.
"""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Sum
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shifts.dates import sessions_words, weekday_short
from shifts.models import Assignment, Leave, Roster, RosterShare, Site, SiteSession
from shifts.text import short_name

from .facts import RosterFacts, missing_people, volunteers_of
from .names import distinct_names

BARS_SHOWN = 15
HOLES_SHOWN = 8
WIDE = (6, 9, 12, 18, 27)  # columns that fit into each class of table
BAR_WIDTH = 142
NAMES_OF_LEAVE = 2
SHORT_REASON = 12  # letters that fit beside the number; the day itself says it all
SESSION_NAMES = dict(SiteSession.Session.choices)


@dataclass(frozen=True)
class Hole:
    """People missing at a post in one session, or in several that follow each other."""

    date: datetime.date
    post: object
    sessions: tuple[str, ...]
    people: int
    spot: str

    @property
    def words(self):
        """15/07, Tầng 3, chiều: thiếu 1 người"""
        missing = missing_words(self.people)
        place = f"{self.date:%d/%m}, {self.post.name}, {sessions_words(self.sessions)}"
        return f"{place}: {missing[0].lower()}{missing[1:]}"


@dataclass(frozen=True)
class Bar:
    """One person's count beside their fair share, both in the unit of the page, and as lengths of a drawing."""

    name: str
    count: str
    share: str
    done: str
    tick: str


def in_words(number) -> str:
    """2,5 or 3: one digit after the comma where it is not whole."""
    rounded = round(float(number), 1)
    return str(int(rounded)) if rounded == int(rounded) else number_format(rounded, decimal_pos=1, use_l10n=True)


class Board:
    """The grid from `first` to `last`; with `published` (first days of months) as volunteers may see these months,
    `me` marks their own duties."""

    def __init__(self, site: Site, first, last, *, published: set | None = None, me: int | None = None):
        self.site, self.first, self.last, self.published, self.me = site, first, last, published, me
        self.facts = RosterFacts(site, first, last)

    # What is read

    @property
    def posts(self):
        return self.facts.posts

    @cached_property
    def open_days(self):
        """Open days -> sessions, of the months that may be seen."""
        rows = self.facts.sessions
        if self.published is None:
            return rows
        return {date: sessions for date, sessions in rows.items() if date.replace(day=1) in self.published}

    @cached_property
    def sessions(self):
        """Sessions that some open day has, in order of time: the parts of each post's column."""
        rows = {row.session: row for rows in self.open_days.values() for row in rows}
        for session in {duty[1] for duty in self.duties} - set(rows):
            rows[session] = next((row for row in self.site.sessions.all() if row.session == session), None)
        known = [row for row in rows.values() if row is not None]
        return sorted(known, key=lambda row: row.starts_at)

    @cached_property
    def duties(self):
        """(date, session, post, volunteer, pinned, full name) of every duty of the site in these days."""
        rows = Assignment.objects.active().filter(roster__site=self.site, date__range=(self.first, self.last))
        if self.published is not None:
            rows = rows.filter(roster__state=Roster.State.PUBLISHED)
        rows = rows.order_by("volunteer__user__sort_name", "volunteer")
        return list(
            rows.values_list("date", "session", "post_id", "volunteer_id", "pinned", "volunteer__user__full_name")
        )

    @cached_property
    def people(self):
        """Volunteer -> full name of the members in these days, sorted by given name."""
        return {pk: name for pk, (name, *_limits) in self._members.items()}

    @property
    def limits(self):
        """Volunteer -> what their duties are limited by: membership, maxima, and a sum that marks their posts."""
        return {pk: limits for pk, (_name, *limits) in self._members.items()}

    @cached_property
    def _members(self):
        rows = volunteers_of(self.site, self.first, self.last).prefetch_related(None)
        columns = ["pk", "user__full_name"]
        if self.published is None:
            rows = rows.annotate(marks_posts=Sum("posts"))
            columns += ["joined", "left", "max_per_week", "max_per_month", "marks_posts"]
        return {pk: rest for pk, *rest in rows.values_list(*columns)}

    @cached_property
    def names(self):
        """Volunteer -> the name on their chips, escaped; the whole name where two are called alike."""
        full = {duty[3]: duty[5] for duty in self.duties} | self.people
        return {pk: escape(name) for pk, name in distinct_names(full, short_name).items()}

    @cached_property
    def shares(self):
        """Volunteer -> fair share in sessions."""
        rows = RosterShare.objects.filter(roster__site=self.site, roster__month=self.first.replace(day=1))
        return {pk: float(share) for pk, share in rows.values_list("volunteer_id", "fair_share")}

    # The grid

    @cached_property
    def present(self):
        """(date, session) -> post -> number of people."""
        found = defaultdict(Counter)
        for date, session, post, *_rest in self.duties:
            found[date, session][post] += 1
        return found

    @cached_property
    def lacking(self):
        """(date, session) -> post -> people missing, for every open session."""
        posts = self.posts
        return {
            (date, row.session): missing_people(self.site, posts, self.present[date, row.session])
            for date, rows in self.open_days.items()
            for row in rows
        }

    @cached_property
    def days(self):
        """The rows of the grid: open days, and closed ones on which somebody still has a duty."""
        held = defaultdict(lambda: defaultdict(list))
        pins = set()
        for date, session, post, volunteer, pinned, _name in self.duties:
            held[date, post][volunteer].append(session)
            if pinned and self.published is None:
                pins.add((date, post, volunteer))
        order = [row.session for row in self.sessions]
        columns = {session: number for number, session in enumerate(order, start=1)}
        dates = sorted(set(self.open_days) | {date for date, _post in held})
        posts = [(post, escape(post.name)) for post in self.posts]
        rows, last_week, today = [], None, timezone.localdate()
        for date in dates:
            open_now = {row.session for row in self.open_days.get(date, [])}
            cells = [
                (name, self._cell(date, post, held.get((date, post.pk), {}), pins, order, columns, open_now))
                for post, name in posts
            ]
            week = date.isocalendar()[:2]
            css = "week" if last_week not in (None, week) else ""
            if date == today:
                css += " today"
            rows.append((css, date.isoformat(), f"{date:%d}", weekday_short(date), cells, self.away.get(date, "")))
            last_week = week
        return rows

    def _cell(self, date, post, held, pins, order, columns, open_now):
        """(classes, spot, words) of each chip, hole, empty place and closed session of one post on one day."""
        found, taken = [], set()
        for volunteer, sessions in held.items():
            taken.update(sessions)
            pinned = (date, post.pk, volunteer) in pins
            for run in runs_of(sessions, order):
                stray = "" if open_now.issuperset(run) else " stray"
                css = f"c s{columns[run[0]]}{len(run)}{' p' if pinned else ''}{' me' if volunteer == self.me else ''}"
                spot = f"{date}.{post.pk}.{'-'.join(run)}.{volunteer}"
                found.append((css + stray, spot, self._words(volunteer, pinned, stray)))
        lacking = {s: self.lacking[date, s].get(post.pk, 0) for s in order if s in open_now}
        if len(taken) == len(order) and not any(lacking.values()):
            return found
        for run in runs_of([s for s in lacking if lacking[s]], order, lacking.get):
            people = lacking[run[0]]
            found.append(
                (f"c s{columns[run[0]]}{len(run)} h", f"{date}.{post.pk}.{'-'.join(run)}", missing_words(people))
            )
        free = [s for s in order if s in open_now and s not in taken and not lacking[s]]
        for run in runs_of(free, order):
            found.append((f"c s{columns[run[0]]}{len(run)} e", f"{date}.{post.pk}.{'-'.join(run)}", self.free_words))
        for run in runs_of([s for s in order if s not in open_now and s not in taken], order):
            found.append((f"x s{columns[run[0]]}{len(run)}", "", ""))
        return found

    def _words(self, volunteer, pinned, stray):
        words = self.names[volunteer]
        if pinned:
            words += mark_safe(f'<span class="visually-hidden">, {escape(_("đã ghim"))}</span>')  # noqa: S308 names are escaped
        if stray:
            words += mark_safe(f"<small>{escape(_('điểm đóng cửa'))}</small>")  # noqa: S308
        return words

    @cached_property
    def free_words(self):
        return escape(_("trống"))

    @cached_property
    def holes(self):
        """What is missing, in the order of the days."""
        posts, order = {post.pk: post for post in self.posts}, [row.session for row in self.sessions]
        found = []
        for date in sorted(self.open_days):
            for pk, post in posts.items():
                people = {row.session: self.lacking[date, row.session].get(pk, 0) for row in self.open_days[date]}
                for run in runs_of([s for s, count in people.items() if count], order, people.get):
                    spot = f"{date}.{pk}.{'-'.join(run)}"
                    found.append(Hole(date, post, run, people[run[0]], spot))
        return found

    @property
    def first_holes(self):
        return self.holes[:HOLES_SHOWN]

    @property
    def more_holes(self):
        return len(self.holes[HOLES_SHOWN:])

    @cached_property
    def leaves(self):
        """(volunteer, first day, last day, session or "", reason) of the people of these days."""
        rows = Leave.objects.touching(self.first, self.last).filter(volunteer__in=list(self.people))
        rows = rows.order_by("volunteer__user__sort_name", "pk")
        return list(rows.values_list("volunteer_id", "date_from", "date_to", "session", "reason"))

    @cached_property
    def away(self):
        """Date -> who is on leave, in few words."""
        if self.published is not None:
            return {}
        given = distinct_names(self.people, lambda name: name.split()[-1] if name.split() else name)
        on_leave = defaultdict(dict)
        for volunteer, start, end, session, reason in self.leaves:
            date = max(start, self.first)
            while date <= min(end, self.last):
                on_leave[date].setdefault(volunteer, []).append((session, reason))
                date += datetime.timedelta(days=1)
        return {date: leave_words(people, given) for date, people in on_leave.items()}

    # The sums

    @cached_property
    def sessions_a_day(self):
        """2 where days have two sessions, so that a whole day counts 1; else sessions are counted as they are."""
        usual = Counter(len(rows) for rows in self.open_days.values()).most_common(1)
        return 2 if len(self.sessions) == 2 and usual and usual[0][0] == 2 else 1

    @property
    def width(self):
        """The class of a table that needs more room than a screen has: "wide2"; "" of most."""
        columns = len(self.posts) * len(self.sessions)
        return next((f"wide{step}" for step, most in enumerate(WIDE, start=1) if columns <= most), "wide6").replace(
            "wide1", ""
        )

    @property
    def counts_days(self):
        """Whether the numbers of this page are days, not sessions."""
        return self.sessions_a_day == 2 or len(self.sessions) <= 1

    @cached_property
    def needed(self):
        """Duties that the minima ask for, in sessions."""
        at_posts = sum(post.min_people for post in self.posts)
        return max(at_posts, self.site.min_people) * len(self.lacking) if self.posts else 0

    @cached_property
    def missing(self):
        return sum(sum(short.values()) for short in self.lacking.values())

    @property
    def needed_words(self):
        return in_words(self.needed / self.sessions_a_day)

    @property
    def filled_words(self):
        return in_words((self.needed - self.missing) / self.sessions_a_day)

    @cached_property
    def pins(self):
        """Pinned chips."""
        return len({(date, post, volunteer) for date, _s, post, volunteer, pinned, _n in self.duties if pinned})

    @cached_property
    def counts(self):
        """Volunteer -> sessions."""
        return Counter(duty[3] for duty in self.duties)

    def spread(self) -> float | None:
        """The largest difference between two people, in sessions: of what they have beyond their share."""
        beyond = [self.counts[pk] - share for pk, share in self.shares.items()]
        return max(beyond) - min(beyond) if beyond else None

    @cached_property
    def bars(self):
        """Everybody's count and share: the fullest first."""
        people = [pk for pk in self.names if pk in self.people or self.counts[pk]]
        longest = max([1, *self.counts.values(), *self.shares.values()]) + self.sessions_a_day
        people.sort(key=lambda pk: (-self.counts[pk], -self.shares.get(pk, 0)))
        per = self.sessions_a_day
        return [
            Bar(
                self.names[pk],
                in_words(self.counts[pk] / per),
                in_words(self.shares[pk] / per) if pk in self.shares else "",
                f"{BAR_WIDTH * self.counts[pk] / longest:.1f}",
                f"{max(1, BAR_WIDTH * self.shares[pk] / longest - 1):.1f}" if pk in self.shares else "",
            )
            for pk in people
        ]

    @property
    def first_bars(self):
        return self.bars[:BARS_SHOWN]

    @property
    def more_bars(self):
        return self.bars[BARS_SHOWN:]


def runs_of(sessions, order, value=None) -> list[tuple[str, ...]]:
    """Sessions that follow each other in the order of the day, and have the same value where one is given."""
    runs = []
    for number, session in enumerate(order):
        if session not in sessions:
            continue
        before = runs[-1][-1] if runs else None
        if before == number - 1 and (value is None or value(order[before]) == value(session)):
            runs[-1].append(number)
        else:
            runs.append([number])
    return [tuple(order[number] for number in run) for run in runs]


def missing_words(people: int) -> str:
    """Thiếu 2 người"""
    return ngettext("Thiếu {count} người", "Thiếu {count} người", people).format(count=people)


def leave_words(people, given) -> str:
    """Tùng, Vân (chiều); from three people on their number, and the reason if they share it."""
    if len(people) <= NAMES_OF_LEAVE:
        return ", ".join(given[pk] + half_words(rows) for pk, rows in people.items())
    reasons = {reason for rows in people.values() for _session, reason in rows}
    words = ngettext("{count} người", "{count} người", len(people)).format(count=len(people))
    reason = reasons.pop() if len(reasons) == 1 else ""
    return f"{words}, {reason}" if 0 < len(reason) <= SHORT_REASON else words


def half_words(rows) -> str:
    """(chiều) when only that session is meant."""
    sessions = {session for session, _reason in rows}
    if "" in sessions or len(sessions) != 1:
        return ""
    return f" ({SESSION_NAMES[sessions.pop()]})"
