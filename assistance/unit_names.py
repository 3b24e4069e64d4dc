"""Names of units as people write them: with or without "Phường", in the old tone style, without accents."""

import re
import unicodedata

from shifts.text import fold

TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
KINDS = re.compile(
    r"^(?:phường|xã|thị trấn|đặc khu|huyện|thị xã|thành phố|tỉnh|tp\.?|tx\.?|tt\.?|p\.|x\.|h\.|đk\.?)\s+", re.IGNORECASE
)
FOLDED_KINDS = re.compile(
    r"^(?:phuong|xa|thi tran|dac khu|huyen|thi xa|thanh pho|tinh|tp\.?|tx\.?|tt\.?|p\.|x\.|h\.|dk\.?)\s+"
)


def toned(text: str) -> str:
    """The text with each word's tone after its letters, so that Hòa and Hoà are one: "hoa\u0300 binh\u0300"."""
    words = []
    for word in unicodedata.normalize("NFD", text.lower()).split():
        letters = "".join(char for char in word if char not in TONES)
        words.append(letters + "".join(char for char in word if char in TONES))
    return " ".join(words)


def bare(name: str) -> str:
    """A name without its kind: "Phường Hồng Gai" -> "Hồng Gai"."""
    text = unicodedata.normalize("NFC", " ".join(name.split()))
    return KINDS.sub("", text) or text


def sort_key(unit):
    """Units by name, whatever their kind."""
    return fold(bare(unit.name))


def has_accents(text: str) -> bool:
    return fold(text) != " ".join(text.lower().split())


def matches(units, text: str) -> list:
    """Return the units that this name may mean: one when it is plain, several to be asked about, none when unknown.

    The closest reading that fits decides: name with kind, name alone, and without accents only where none were typed.
    """
    text = unicodedata.normalize("NFC", " ".join(text.split()))
    readings = [lambda name: toned(name), lambda name: toned(bare(name))]
    if not has_accents(text):
        readings += [lambda name: fold(name), lambda name: FOLDED_KINDS.sub("", fold(name))]
    for reading in readings:
        if found := [unit for unit in units if reading(unit.name) == reading(text)]:
            return found
    return []


def resembling(units, text: str, limit=5) -> list:
    """Units whose names come near, to be asked about: never taken unasked."""
    wanted = set(_pieces(text))
    scored = []
    for unit in units:
        pieces = set(_pieces(unit.name))
        score = len(wanted & pieces) / max(1, len(wanted | pieces))
        if score >= 0.4:
            scored.append((-score, sort_key(unit), unit))
    return [unit for _score, _name, unit in sorted(scored, key=lambda row: row[:2])[:limit]]


def _pieces(text):
    name = FOLDED_KINDS.sub("", fold(text)).replace(" ", "")
    return [name[at : at + 2] for at in range(max(1, len(name) - 1))]
