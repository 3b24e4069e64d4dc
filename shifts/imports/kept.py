"""Files kept for an hour between two steps of one person, under names that cannot be guessed."""

import time
import uuid

from django.conf import settings

KEPT_SECONDS = 3600


def folder():
    """The folder of kept files, readable by the server alone."""
    path = settings.VAR_DIR / "imports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def keep(data: bytes, *, owner) -> str:
    """Keep the file for its owner and return its token; files older than an hour go."""
    forget_old()
    token = uuid.uuid4().hex
    place_of(token, owner).write_bytes(data)
    return token


def fetch(token, *, owner) -> bytes | None:
    """Return the owner's file, or None when it is not theirs, gone or too old."""
    try:
        place = place_of(uuid.UUID(str(token)).hex, owner)
        if place.stat().st_mtime < time.time() - KEPT_SECONDS:
            return None
        return place.read_bytes()
    except (ValueError, OSError):
        return None


def forget(token, *, owner):
    """Remove the owner's file, if it is still there."""
    try:
        place_of(uuid.UUID(str(token)).hex, owner).unlink(missing_ok=True)
    except ValueError:
        return


def place_of(token, owner):
    # The owner is part of the name: somebody else's token leads nowhere.
    return folder() / f"{owner}-{token}"


def forget_old():
    limit = time.time() - KEPT_SECONDS
    for place in folder().iterdir():
        try:
            if place.stat().st_mtime < limit:
                place.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # another process was quicker
