"""A hole, the moves that fill it, and the words for them."""

import datetime
import hashlib
from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from shifts.dates import day_name, sessions_joined
from shifts.models import Assignment, Post, SiteSession, Volunteer
from shifts.roster.facts import Duty

SESSIONS = SiteSession.Session.values


@dataclass(frozen=True)
class Hole:
    """A place that lacks one person, in one session or, at sites that roster whole days, in several of one day."""

    date: datetime.date
    sessions: tuple[str, ...]
    post: Post


@dataclass(frozen=True)
class Move:
    """One person goes into a hole, away from what they held before, if anything."""

    volunteer: Volunteer
    hole: Hole
    away: tuple[Assignment, ...] = ()

    @property
    def sentence(self):
        """Khánh: Tầng 1 → Tầng 3; Hà vào Tầng 1."""
        name, into = self.volunteer.user.get_short_name(), self._place(self.hole.post, self.hole.sessions)
        if not self.away:
            return _("{name} vào {place}").format(name=name, place=into)
        left = defaultdict(list)
        for row in self.away:
            left[row.date, row.post].append(row.session)
        words = [
            self._place(post, sessions, date if date != self.hole.date else None)
            for (date, post), sessions in left.items()
        ]
        if any(date != self.hole.date for date, _post in left):
            into = self._place(self.hole.post, self.hole.sessions, self.hole.date)
        return _("{name}: {left} → {into}").format(name=name, left=_(" và ").join(words), into=into)

    @staticmethod
    def _place(post, sessions, date=None):
        words = f"{post.name} {sessions_joined(sessions)}"
        return f"{words} {day_name(date)}" if date else words


@dataclass(frozen=True)
class Repair:
    """What fills the hole: the moves, none when it cannot be done, and then why."""

    hole: Hole
    moves: tuple[Move, ...] = ()
    because: tuple[str, ...] = ()
    proven: bool = True

    @property
    def remove(self):
        return [row for move in self.moves for row in move.away]

    @property
    def add(self):
        return [
            Duty(move.hole.date, session, move.hole.post, move.volunteer)
            for move in self.moves
            for session in move.hole.sessions
        ]

    @property
    def mark(self):
        """A mark of exactly these moves: the same only if they, and the duties they take away, are the same."""
        parts = [f"-{row.pk}" for row in self.remove] + [str(duty.key) for duty in self.add]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:24]


def together(moves):
    """The moves of one person to one post on one date as one."""
    found = {}
    for move in moves:
        key = (move.volunteer.pk, move.hole.date, move.hole.post.pk)
        known = found.get(key)
        if known is not None:
            sessions = tuple(sorted({*known.hole.sessions, *move.hole.sessions}, key=SESSIONS.index))
            move = Move(move.volunteer, Hole(move.hole.date, sessions, move.hole.post), known.away + move.away)
        found[key] = move
    return tuple(found.values())
