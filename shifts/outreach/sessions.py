"""Which sessions of the day an outreach event takes, and which part of its hours is each of them."""

import datetime

# A copy of nobody's hours: an event is away from every site, so the usual sessions of a day decide.
SESSIONS = {
    "sang": (datetime.time(7, 30), datetime.time(11, 30)),
    "chieu": (datetime.time(13, 30), datetime.time(17, 0)),
    "toi": (datetime.time(18, 0), datetime.time(20, 0)),
}


def sessions_of(starts_at: datetime.time, ends_at: datetime.time) -> list[str]:
    """Return the sessions that these hours overlap; the nearest one when they lie between or outside all."""
    found = [code for code, (first, last) in SESSIONS.items() if starts_at < last and first < ends_at]
    return found or [min(SESSIONS, key=lambda code: _apart(SESSIONS[code], starts_at, ends_at))]


def part_of(session: str, starts_at: datetime.time, ends_at: datetime.time) -> tuple[datetime.time, datetime.time]:
    """Return the part of an event's hours that is this session: the parts of a whole day add up to its hours.

    Each session but the first begins at its usual hour, where the one before ends.
    """
    taken = sessions_of(starts_at, ends_at)
    if session not in taken:
        return starts_at, ends_at
    at = taken.index(session)
    first = SESSIONS[session][0] if at else starts_at
    last = SESSIONS[taken[at + 1]][0] if at + 1 < len(taken) else ends_at
    return first, last


def _apart(usual, starts_at, ends_at):
    first, last = usual
    return min(abs(_minutes(starts_at) - _minutes(last)), abs(_minutes(first) - _minutes(ends_at)))


def _minutes(time):
    return time.hour * 60 + time.minute
