"""Who is meant by a name in a cell: short or full, with or without accents, in either tone style; never guessed."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from shifts.models import Volunteer
from shifts.text import TONES, fold

USERNAME = re.compile(r"\(([^()]+)\)\s*$")


def spelled(text: str) -> tuple[str, ...]:
    """The words of a name with their accents, the tone of each apart: "Hòa" and "Hoà" are the same."""
    words = []
    for word in unicodedata.normalize("NFD", text.casefold()).split():
        tone = next((TONES[char] for char in word if char in TONES), "")
        words.append("".join(char for char in word if char not in TONES) + tone)
    return tuple(words)


def folded(text: str) -> tuple[str, ...]:
    """The words of a name without accents."""
    return tuple(fold(text).split())


@dataclass(frozen=True)
class Recognised:
    """A name as it was written, and whom it may mean: one person, several, or nobody."""

    name: str
    people: tuple[Volunteer, ...]

    @property
    def person(self):
        return self.people[0] if len(self.people) == 1 else None


class People:
    """The people of a site, to be found by what they are called in a list."""

    def __init__(self, people: Iterable[Volunteer]):
        self.people = list(people)
        self.by_username = {person.user.username.casefold(): person for person in self.people}
        self.by_given_name = {form: defaultdict(list) for form in (spelled, folded)}
        for form, found in self.by_given_name.items():
            for person in self.people:
                if words := form(person.user.full_name):
                    found[words[-1]].append((person, words))

    def recognise(self, name: str) -> Recognised:
        """Whom this name may mean; what is more exact goes first, and only where it fits nobody the next is tried."""
        return Recognised(name, tuple(self._found(name)))

    def _found(self, name):
        bracket = USERNAME.search(name)
        if bracket and (person := self.by_username.get(bracket.group(1).strip().casefold())):
            return [person]
        named = self._by_name(name)
        person = self.by_username.get(name.strip().casefold())
        # A username can be somebody else's given name: then both may be meant.
        return [person, *(other for other in named if other != person)] if person else named

    def _by_name(self, name):
        for form in (spelled, folded):
            words = form(USERNAME.sub("", name).replace(".", ". "))
            nearby = self.by_given_name[form].get(words[-1], []) if words else []
            for fits in (_is_whole, _is_end, _is_part, _is_shortened):
                if found := [person for person, whole in nearby if fits(words, whole)]:
                    return found
        return []


def _is_whole(words, whole):
    return words == whole


def _is_end(words, whole):
    """Thu Hà of Nguyễn Thu Hà; Hạnh of Lý Thị Hạnh."""
    return words == whole[-len(words) :]


def _is_part(words, whole):
    """Nguyễn Hà of Nguyễn Thu Hà: all the words, in their order, the given name last."""
    rest = iter(whole)
    return all(word in rest for word in words)


def _is_shortened(words, whole):
    """Ng. Hà of Nguyễn Thu Hà: as a part, where letters with a point begin a word; a single letter says too little."""
    rest = iter(whole)
    return all(any(word == one or _begins(word, one) for one in rest) for word in words)


def _begins(word, one):
    return len(word) > 2 and word.endswith(".") and one.startswith(word[:-1])
