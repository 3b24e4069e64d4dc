"""What people are called in a list: short where that is clear, longer where two would share a name."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from shifts.models import User
from shifts.text import short_name


def same_name(text: str) -> str:
    """The form under which two spellings of one name are equal: case and spaces aside, accents kept."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def distinct_names(full: dict[int, str], *forms: Callable[[str], str]) -> dict[int, str]:
    """Person -> the first of these forms of their full name that nobody else has, or the full name."""
    left, found = dict(full), {}
    for form in forms:
        same = defaultdict(list)
        for pk, name in left.items():
            same[same_name(form(name))].append(pk)
        found |= {pks[0]: form(left[pks[0]]) for pks in same.values() if len(pks) == 1}
        left = {pk: name for pk, name in left.items() if pk not in found}
    return {pk: found.get(pk, name) for pk, name in full.items()}


def short_names(users: Iterable[User]) -> dict[int, str]:
    """User -> middle and given name; the full name, or the full name and username, where others share it."""
    return _clear(users, short_name)


def full_names(users: Iterable[User]) -> dict[int, str]:
    """User -> full name; with the username behind it where two people share it: "Nguyễn Thu Hà (tnv)"."""
    return _clear(users)


def _clear(users, *forms):
    users = {user.pk: user for user in users}
    names = distinct_names({pk: str(user) for pk, user in users.items()}, *forms)
    often = Counter(same_name(name) for name in names.values())
    alone = {pk for pk, name in names.items() if often[same_name(name)] == 1}
    return {pk: name if pk in alone else f"{users[pk]} ({users[pk].username})" for pk, name in names.items()}
