"""Vietnamese text: folding for search, and the key that sorts people by given name."""

import unicodedata

# Where letters with marks are ranked in the Vietnamese alphabet: a ă â, d đ, e ê, o ô ơ, u ư.
LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
RANK = {letter: f"{index:02d}" for index, letter in enumerate(LETTERS)}


def fold(text):
    """Return text lower-cased, without accents, đ as d, spaces made single: "Hòa  Bình" -> "hoa binh"."""
    text = text.replace("Đ", "D").replace("đ", "d")
    plain = (char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))
    return " ".join("".join(plain).lower().split())


def name_key(full_name):
    """Return a text that sorts people as Vietnamese lists do: given name first, then family and middle names.

    Letters rank by the Vietnamese alphabet, tones (ngang, huyền, hỏi, ngã, sắc, nặng) only break ties.
    """
    words = unicodedata.normalize("NFC", full_name).lower().split()
    letters, tones = [], []
    for word in words[-1:] + words[:-1]:
        for char in word:
            marks = unicodedata.normalize("NFD", char)
            tones.append(next((TONES[mark] for mark in marks if mark in TONES), "0"))
            base = unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES))
            letters.append(RANK.get(base, base))
        letters.append(" ")
    return ("".join(letters) + "|" + "".join(tones))[:240]


def short_name(full_name):
    """Return middle and given name as people are called in a list, without "Thị" and "Văn"."""
    words = [word for word in full_name.split()[1:] if word not in {"Thị", "Văn"}]
    return " ".join(words[-2:]) or full_name
