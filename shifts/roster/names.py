"""What people are called in a list: short where that is clear, longer where two would share a name."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from shifts.models import User


def same_name(text: str) -> str:
    """The form under which two spellings of one name are equal: case and spaces aside, accents kept."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def short_names(users: Iterable[User]) -> dict[int, str]:
    """User -> middle and given name; the full name, or the full name and username, where others share it."""
    return _clear(users, [lambda user: user.get_short_name(), lambda user: str(user)])


def full_names(users: Iterable[User]) -> dict[int, str]:
    """User -> full name; with the username behind it where two people share it: "Nguyễn Thu Hà (tnv)"."""
    return _clear(users, [str])


def _clear(users, forms):
    """User -> the first form that nobody else has; the last form with the username when there is none."""
    left, found = {user.pk: user for user in users}, {}
    for form in forms:
        same = defaultdict(list)
        for pk, user in left.items():
            same[same_name(form(user))].append(pk)
        found |= {pks[0]: form(left[pks[0]]) for pks in same.values() if len(pks) == 1}
        left = {pk: user for pk, user in left.items() if pk not in found}
    return found | {pk: f"{forms[-1](user)} ({user.username})" for pk, user in left.items()}
