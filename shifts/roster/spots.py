"""Spots of a roster in the address of a page: a cell (date, post, sessions), or one person's duties in it."""

import datetime
import re
from dataclasses import dataclass

from shifts.models import SiteSession

SESSIONS = SiteSession.Session.values
SHAPE = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)\.(?P<post>\d{1,9})\.(?P<sessions>[a-z]{3,5}(?:-[a-z]{3,5}){0,2})(?:\.(?P<volunteer>\d{1,9}))?"
)


@dataclass(frozen=True)
class Spot:
    """A cell of the grid, or with a volunteer their chip: 2026-11-02.3.sang-chieu.17"""

    date: datetime.date
    post: int
    sessions: tuple[str, ...]
    volunteer: int | None = None

    def __str__(self):
        who = "" if self.volunteer is None else f".{self.volunteer}"
        return f"{self.date}.{self.post}.{'-'.join(self.sessions)}{who}"

    @classmethod
    def parse(cls, text: str) -> "Spot | None":
        """Return the spot that the text names, or None of anything else."""
        match = SHAPE.fullmatch(text or "")
        if not match:
            return None
        sessions = tuple(match["sessions"].split("-"))
        if len(set(sessions)) < len(sessions) or not set(sessions) <= set(SESSIONS):
            return None
        try:
            date = datetime.date.fromisoformat(match["date"])
        except ValueError:
            return None
        return cls(date, int(match["post"]), sessions, int(match["volunteer"]) if match["volunteer"] else None)

    @property
    def month(self):
        """First day of the month that the spot lies in."""
        return self.date.replace(day=1)

    @property
    def cell(self):
        """The same place without its person."""
        return Spot(self.date, self.post, self.sessions)
