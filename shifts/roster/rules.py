"""Does a stored roster keep every hard rule? Asked of the database anew, by code that shares nothing with the building.

Only the calendar is common ground: when a site is open is known in one place.
"""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from shifts.models import Assignment, Leave, Post, RaisedLimit, Roster, Site, SiteSession, Volunteer

from .calendar import open_sessions

A_DAY = datetime.timedelta(days=1)


@dataclass
class Findings:
    """Sentences about duties that break a rule, and about places below a minimum."""

    breaches: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def breaches(site: Site, month: datetime.date) -> list[str]:
    """A sentence for every stored duty that breaks a hard rule; places below a minimum: `examine(...).missing`."""
    return examine(site, month).breaches


def examine(site: Site, month: datetime.date) -> Findings:
    """Look at every duty of the site's roster of that month, and at every open session of it."""
    return _Examination(site, month.replace(day=1)).findings()


class _Examination:
    def __init__(self, site, month):
        self.site, self.month = site, month
        self.last = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1) - A_DAY
        self.open = {
            (date, row.session) for date, rows in open_sessions(site, month, self.last).items() for row in rows
        }
        self.names = dict(SiteSession.Session.choices)
        self.posts = {post.pk: post for post in Post.objects.filter(site=site)}
        rows = Assignment.objects.filter(roster__site=site, roster__month=month, state="active")
        self.duties = list(rows.select_related("post", "volunteer__user").order_by("date", "session", "post", "pk"))
        self.people = {
            row.pk: row
            for row in Volunteer.objects.filter(pk__in={duty.volunteer_id for duty in self.duties})
            .select_related("user")
            .prefetch_related("posts")
        }

    def findings(self):
        found = Findings()
        for duty in self.duties:
            found.breaches += self.of_duty(duty)
        found.breaches += [*self.at_once(), *self.crowded(), *self.too_many_days()]
        found.missing = list(self.missing())
        return found

    def words(self, duty):
        return {
            "name": duty.volunteer.user.full_name,
            "date": f"{duty.date:%d/%m/%Y}",
            "session": self.names[duty.session],
            "post": duty.post.name,
        }

    def of_duty(self, duty):
        """Rules about one duty alone."""
        person, words = self.people[duty.volunteer_id], self.words(duty)
        if not self.month <= duty.date <= self.last:
            yield _("{name}: ca ngày {date} không thuộc tháng của lịch này.").format(**words)
        elif (duty.date, duty.session) not in self.open:
            yield _("{name}: trực buổi {session} ngày {date}, khi điểm không mở cửa.").format(**words)
        if duty.post_id not in self.posts:
            yield _("{name}: ca ngày {date} ở {post}, một vị trí của điểm khác.").format(**words)
        if person.joined and duty.date < person.joined:
            yield _("{name}: trực ngày {date} khi chưa vào đội.").format(**words)
        if person.left and duty.date >= person.left:
            yield _("{name}: trực ngày {date} khi đã rời đội.").format(**words)
        holds = {post.pk for post in person.posts.all()}
        if holds and duty.post_id not in holds:
            yield _("{name}: trực {post} ngày {date} dù chưa nhận việc ở đó.").format(**words)
        for start, end, session in self.leave[duty.volunteer_id]:
            if start <= duty.date <= end and session in ("", duty.session):
                yield _("{name}: trực buổi {session} ngày {date} dù đã báo bận.").format(**words)
                break

    @property
    def leave(self):
        if not hasattr(self, "_leave"):
            self._leave = defaultdict(list)
            rows = Leave.objects.filter(volunteer__in=list(self.people), withdrawn_at=None)
            rows = rows.filter(date_to__gte=self.month, date_from__lte=self.last)
            for volunteer, start, end, session in rows.values_list("volunteer", "date_from", "date_to", "session"):
                self._leave[volunteer].append((start, end, session))
        return self._leave

    @property
    def everywhere(self):
        """(volunteer, date, session) of these people's active duties anywhere, over whole weeks."""
        if not hasattr(self, "_everywhere"):
            first, last = self.month - 6 * A_DAY, self.last + 6 * A_DAY
            rows = Assignment.objects.filter(volunteer__in=list(self.people), state="active")
            rows = rows.filter(date__gte=first, date__lte=last)
            self._everywhere = list(rows.values_list("volunteer", "date", "session"))
        return self._everywhere

    def at_once(self):
        """One duty per person, date and session, events and other sites included."""
        for (volunteer, date, session), count in sorted(Counter(self.everywhere).items()):
            if count > 1 and self.month <= date <= self.last:
                yield _("{name}: {count} ca cùng lúc, buổi {session} ngày {date}.").format(
                    name=self.people[volunteer].user.full_name,
                    count=count,
                    session=self.names[session],
                    date=f"{date:%d/%m/%Y}",
                )

    def crowded(self):
        held = Counter((duty.date, duty.session, duty.post_id) for duty in self.duties)
        for (date, session, post), count in held.items():
            if post in self.posts and count > self.posts[post].max_people:
                yield _("{post}: {count} người buổi {session} ngày {date}, nhiều nhất là {most}.").format(
                    post=self.posts[post].name,
                    count=count,
                    session=self.names[session],
                    date=f"{date:%d/%m/%Y}",
                    most=self.posts[post].max_people,
                )

    def too_many_days(self):
        """Weekly and monthly maxima in duty days, wherever these are spent; weeks that touch a duty of this roster."""
        days, here = defaultdict(set), defaultdict(set)
        for volunteer, date, _session in self.everywhere:
            days[volunteer].add(date)
        for duty in self.duties:
            here[duty.volunteer_id].add(duty.date)
        raised = {
            row.volunteer_id: row
            for row in RaisedLimit.objects.filter(roster__site=self.site, roster__month=self.month)
        }
        for volunteer, person in sorted(self.people.items(), key=lambda item: item[1].user.username):
            more = raised.get(volunteer)
            a_week = _either(more and more.max_per_week, person.max_per_week)
            a_month = _either(more and more.max_per_month, person.max_per_month)
            weeks = Counter(date.isocalendar()[:2] for date in days[volunteer])
            for week in sorted({date.isocalendar()[:2] for date in here[volunteer]}):
                if a_week is not None and weeks[week] > a_week:
                    yield _("{name}: {count} ngày trực trong tuần {week}, nhiều nhất là {most}.").format(
                        name=person.user.full_name, count=weeks[week], week=f"{week[1]}/{week[0]}", most=a_week
                    )
            in_month = sum(self.month <= date <= self.last for date in days[volunteer])
            if a_month is not None and in_month > a_month:
                yield _("{name}: {count} ngày trực trong tháng, nhiều nhất là {most}.").format(
                    name=person.user.full_name, count=in_month, most=a_month
                )

    def missing(self):
        """Open sessions below the minimum of a post, or of different people at the site."""
        at_post = defaultdict(set)
        for duty in self.duties:
            at_post[duty.date, duty.session, duty.post_id].add(duty.volunteer_id)
        order = list(self.names)
        for date, session in sorted(self.open, key=lambda place: (place[0], order.index(place[1]))):
            words = {"date": f"{date:%d/%m/%Y}", "session": self.names[session]}
            for post in sorted(self.posts.values(), key=lambda post: (post.position, post.code)):
                lacking = post.min_people - len(at_post[date, session, post.pk])
                if lacking > 0:
                    yield _("{post}: thiếu {count} người buổi {session} ngày {date}.").format(
                        post=post.name, count=lacking, **words
                    )
            people = set().union(*(at_post[date, session, post] for post in self.posts))
            if len(people) < self.site.min_people:
                yield _("Cả điểm chỉ có {count} người buổi {session} ngày {date}, ít nhất là {least}.").format(
                    count=len(people), least=self.site.min_people, **words
                )


def _either(raised, own):
    return own if raised is None else raised


def has_roster(site: Site, month: datetime.date) -> bool:
    """Whether there is a roster to examine."""
    return Roster.objects.filter(Q(site=site), month=month.replace(day=1)).exists()
