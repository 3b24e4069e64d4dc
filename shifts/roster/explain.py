"""Why this person, who else, and why nobody: true answers about one spot of what is stored."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shifts.dates import sessions_words
from shifts.models import Post, Preference, Roster, RosterShare, Volunteer
from shifts.text import short_name

from .board import SESSION_NAMES, in_words
from .editing import needed_limits
from .facts import RosterFacts
from .names import distinct_names
from .spots import Spot

PEOPLE_SHOWN = 5
LIMITS = ("week_full", "month_full")


@dataclass(frozen=True)
class Candidate:
    """Somebody who could have the duty: `limit` is the maximum that would have to be raised first."""

    volunteer: Volunteer
    name: str
    load: str
    last: str
    limit: int | None = None


@dataclass
class Explanation:
    """What the panel of a spot says."""

    spot: Spot
    title: str
    person: Volunteer | None = None
    pinned: bool = False
    missing: int = 0
    facts: list[str] = field(default_factory=list)
    reasons: list[tuple[int, str]] = field(default_factory=list)
    team: int = 0
    able: list[Candidate] = field(default_factory=list)
    askable: list[Candidate] = field(default_factory=list)
    has_room: bool = False

    @property
    def iso(self):
        return self.spot.date.isoformat()

    @property
    def first_able(self):
        return self.able[:PEOPLE_SHOWN]

    @property
    def more_able(self):
        return self.able[PEOPLE_SHOWN:]

    @property
    def is_hole(self):
        return self.missing > 0

    @property
    def raised_to(self) -> int | None:
        """The maximum that would do for everybody who could be asked, when it is one and the same."""
        limits = {candidate.limit for candidate in self.askable}
        return limits.pop() if len(limits) == 1 else None


def _together(words: str) -> str:
    """The words in one line: with no-break spaces."""
    return words.replace(" ", "\xa0")


def spot_words(spot: Spot, post: Post) -> str:
    """15/07, Tầng 3, chiều"""
    return f"{spot.date:%d/%m}, {post.name}, {sessions_words(spot.sessions)}"


class Explainer:
    """Answers about the spots of one roster; its facts are read once, in a constant number of queries."""

    def __init__(self, roster: Roster, sessions_a_day: int = 2):
        self.roster, self.per = roster, sessions_a_day
        self.stored = RosterFacts.of_roster(roster)

    @cached_property
    def names(self):
        return distinct_names({pk: person.user.full_name for pk, person in self.stored.people.items()}, short_name)

    @cached_property
    def sessions_of(self):
        """Volunteer -> sessions in this roster."""
        rows = (row for row in self.stored.assignments if row.roster_id == self.roster.pk and self.roster.pk)
        return Counter(row.volunteer_id for row in rows)

    def explain(self, spot: Spot, post: Post) -> Explanation:
        """All that the panel of this spot says."""
        found = Explanation(spot, spot_words(spot, post), team=len(self.stored.people))
        mine = [row for row in self.stored.assignments if self._is_at(row, spot) and row.volunteer_id == spot.volunteer]
        facts = RosterFacts.of_roster(self.roster)
        facts.__dict__.update(
            {
                name: getattr(self.stored, name)
                for name in ("sessions", "posts", "people", "leaves", "assignments", "raised")
            }
        )
        facts.assume(without={row.pk for row in mine})
        if mine:
            found.person, found.pinned = mine[0].volunteer, all(row.pinned for row in mine)
        found.missing = self._missing(spot, post)
        self._look_at_everybody(found, facts, post, spot)
        if mine:
            own = self.stored.days_in_month(found.person, spot.date)
            fewest = all(self.stored.days_in_month(one.volunteer, spot.date) >= own for one in found.able)
            found.facts = self._about(found.person, spot, post, fewest=bool(found.able) and fewest)
        present = max((self.stored.at_post[spot.date, session, post.pk] for session in spot.sessions), default=0)
        found.has_room = present < post.max_people
        return found

    @staticmethod
    def _is_at(row, spot):
        return (row.date, row.post_id) == (spot.date, spot.post) and row.session in spot.sessions

    def _missing(self, spot, post):
        if spot.volunteer is not None:
            return 0
        opened = {row.session for row in self.stored.sessions.get(spot.date, [])}
        if not opened.issuperset(spot.sessions):
            return 0
        return min(self.stored.missing(spot.date, session).get(post.pk, 0) for session in spot.sessions)

    def _look_at_everybody(self, found, facts, post, spot):
        """Sort the team: who can, who could with a higher maximum, and the reason of everybody else."""
        groups = defaultdict(list)
        for person in facts.people.values():
            if person.pk == spot.volunteer:
                continue
            reason = next(filter(None, (facts.why_not(person, spot.date, s, post) for s in spot.sessions)), None)
            if reason is None:
                found.able.append(self._candidate(person, spot.date))
                continue
            groups[reason.code].append(person)
            if reason.code in LIMITS and all(
                facts.why_not(person, spot.date, s, post, ignoring_limits=True) is None for s in spot.sessions
            ):
                week, month = needed_limits(facts, person, spot.date)
                found.askable.append(self._candidate(person, spot.date, limit=month or week))
        found.able.sort(key=lambda one: self._rank(one, spot.date))
        found.askable.sort(key=lambda one: self._rank(one, spot.date))
        words = Grouped(facts, spot, post, self.names)
        found.reasons = [(len(groups[code]), words.of(code, groups[code])) for code in Grouped.ORDER if code in groups]

    def _rank(self, candidate, date):
        person = candidate.volunteer
        return self.stored.days_in_month(person, date), self.sessions_of[person.pk], person.user.sort_name, person.pk

    def _candidate(self, person, date, limit=None):
        return Candidate(person, self.names[person.pk], self.load_words(person), self.last_words(person, date), limit)

    def load_words(self, person) -> str:
        """2,5 ngày"""
        sessions = self.sessions_of[person.pk]
        if self.per == 1:
            return _together(ngettext("{count} buổi", "{count} buổi", sessions).format(count=sessions))
        return _together(_("{count} ngày").format(count=in_words(sessions / self.per)))

    def last_words(self, person, date) -> str:
        """gần nhất 09/07"""
        days = self.stored.days.get(person.pk, set())
        before = [day for day in days if day < date]
        if before:
            return _("gần nhất {date}").format(date=f"{max(before):%d/%m}")
        after = [day for day in days if day > date]
        return _("ca tới {date}").format(date=f"{min(after):%d/%m}") if after else _("chưa có ca")

    # About the one who has it

    def _about(self, person, spot, post, *, fewest):
        sentences = [self._count_sentence(person), self._running_sentence(person, spot.date)]
        sentences += [self._post_sentence(person, post), self._wish_sentence(person, spot, post)]
        if fewest:
            sentences.insert(1, _("Không ai khác trực được mà có ít ngày hơn."))
        sentences.append(_("Đã quen việc.") if person.experienced else self._company_sentence(spot))
        return [sentence for sentence in sentences if sentence]

    def _count_sentence(self, person):
        share = RosterShare.objects.filter(roster=self.roster, volunteer=person).first() if self.roster.pk else None
        if share is None:
            return _("{load} trực tháng này.").format(load=self.load_words(person))
        return _("{load} trực tháng này, mức công bằng {share}.").format(
            load=self.load_words(person), share=in_words(float(share.fair_share) / self.per)
        )

    def _running_sentence(self, person, date):
        days = self.stored.days.get(person.pk, set())
        before, after = [day for day in days if day < date], [day for day in days if day > date]
        parts = []
        if before:
            parts.append(_("trực gần nhất {date}").format(date=f"{max(before):%d/%m}"))
        if after:
            parts.append(_("lần tới {date}").format(date=f"{min(after):%d/%m}"))
        text = ", ".join(parts)
        return f"{text[0].upper()}{text[1:]}." if text else _("Không có ngày trực nào khác trong tháng.")

    def _post_sentence(self, person, post):
        named = {p.pk for p in person.posts.all()} if person.pk in self.stored.people else set()
        if not named:
            return _("Nhận việc ở mọi vị trí.")
        here = [p.name for p in self.stored.posts if p.pk in named]
        return _("Nhận việc ở {posts}.").format(posts=", ".join(here)) if here else ""

    def _wish_sentence(self, person, spot, post):
        wish = Preference.objects.filter(volunteer=person).prefetch_related("posts").first()
        if wish is None:
            return ""
        asked = [
            (set(wish.sessions.split(",")) - {""}, set(spot.sessions), _("buổi")),
            (set(wish.weekdays), {str(spot.date.isoweekday())}, _("thứ")),
            ({p.pk for p in wish.posts.all()}, {post.pk}, _("vị trí")),
        ]
        asked = [(wanted, here, word) for wanted, here, word in asked if wanted]
        if not asked:
            return ""
        missed = [word for wanted, here, word in asked if not here <= wanted]
        if missed:
            return _("Khác nguyện vọng về {what}.").format(what=", ".join(missed))
        return _("Đúng nguyện vọng về {what}.").format(what=", ".join(word for _w, _h, word in asked))

    def _company_sentence(self, spot):
        here = [
            row.volunteer
            for row in self.stored.assignments
            if row.date == spot.date
            and row.session in spot.sessions
            and row.post
            and row.post.site_id == self.roster.site_id
        ]
        known = [self.names.get(one.pk, "") for one in here if one.experienced and one.pk != spot.volunteer]
        if known:
            return _("Bạn mới; cùng buổi có {name} đã quen việc.").format(name=known[0])
        return _("Bạn mới; cùng buổi chưa có ai đã quen việc.")


class Grouped:
    """The words of those who have the same reason: the numbers add up to the team."""

    ORDER = ["on_duty", "leave", "not_qualified", "month_full", "week_full", "not_member", "inactive", "closed", "full"]

    def __init__(self, facts: RosterFacts, spot: Spot, post: Post, names):
        self.facts, self.spot, self.post, self.names = facts, spot, post, names

    def of(self, code: str, people: list[Volunteer]) -> str:
        """bạn báo bận, trại hè thanh niên"""
        return getattr(self, f"_{code}")(people)

    def _on_duty(self, people):
        places = []
        for person in people:
            held = next(
                held for s in self.spot.sessions if (held := self.facts.held.get((person.pk, self.spot.date, s)))
            )
            place = held.post.name if held.post else held.event.venue
            if place not in places:
                places.append(place)
        return _("bạn đang trực {places}").format(
            places=_(" và ").join(places) if len(places) < 3 else ", ".join(places)
        )

    def _leave(self, people):
        reasons = {
            leave.reason
            for person in people
            for leave in self.facts.leaves.get(person.pk, [])
            if any(leave.covers(self.spot.date, session) for session in self.spot.sessions)
        }
        if len(reasons) == 1 and "" not in reasons:
            return _("bạn báo bận, {reason}").format(reason=reasons.pop())
        return _("bạn báo bận")

    def _not_qualified(self, people):
        return _("bạn chưa nhận việc {post}").format(post=self.post.name)

    def _month_full(self, people):
        limits = {self.facts.limits(person, self.spot.date)[1] for person in people}
        if len(limits) == 1:
            return _("bạn đã đủ mức {count} ngày trực tháng này").format(count=limits.pop())
        return _("bạn đã đủ mức ngày trực tháng này")

    def _week_full(self, people):
        limits = {self.facts.limits(person, self.spot.date)[0] for person in people}
        if len(limits) == 1:
            return _("bạn đã đủ mức {count} ngày trực tuần này").format(count=limits.pop())
        return _("bạn đã đủ mức ngày trực tuần này")

    def _not_member(self, people):
        return _("bạn chưa vào đội, hoặc đã rời đội, ngày này")

    def _inactive(self, people):
        return _("tài khoản đã ngừng")

    def _closed(self, people):
        return _("bạn, vì điểm không mở cửa buổi này")

    def _full(self, people):
        return _("bạn, vì vị trí đã đủ người")


@dataclass(frozen=True)
class DayOff:
    """Somebody who is on leave on a day, and why."""

    name: str
    words: str


def away_on(roster: Roster, date: datetime.date) -> list[DayOff]:
    """Who is on leave that day, by name, with the session and the reason."""
    facts = RosterFacts(roster.site, date, date)
    found = []
    for person in facts.people.values():
        rows = [leave for leave in facts.leaves.get(person.pk, []) if leave.date_from <= date <= leave.date_to]
        parts = [
            part for leave in rows[:1] for part in (str(SESSION_NAMES.get(leave.session, "")), leave.reason) if part
        ]
        if rows:
            found.append(DayOff(person.user.full_name, ", ".join(parts)))
    return found
