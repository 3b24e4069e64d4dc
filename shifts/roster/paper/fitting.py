"""How much room text takes on paper, so that a roster is set as large as its one sheet allows.

Widths are those of the paper face that make_fonts cuts, in hundredths of the size; Times is no wider.
"""

import math
import unicodedata
from functools import cache

MM_OF_POINT = 25.4 / 72
WIDTHS = {
    letter: width
    for width, letters in {
        24: " \u00a0,.", 26: ":/", 29: "jil-", 32: "()t", 34: "fIJ", 41: "s", 44: "rc", 47: "z", 49: "egS",
        51: "y0123456789a", 53: "ovxkF", 55: "bdpqCTPZ", 58: "ELYhun", 61: "BRVXK", 65: "AGUD", 68: "OQN", 72: "H",
        78: "w", 86: "mM", 95: "W",
    }.items()
    for letter in letters
}  # fmt: skip
OTHER = 60
HORNS = 6  # ơ and ư are wider than o and u by this
BOLD = 1.08
SPARE = 0.97  # of a column is counted on: faces and marks in italics differ a little


@cache
def width_of(text: str) -> int:
    """The width of a line of text, in hundredths of its size."""
    total = 0
    for letter in text:
        parts = unicodedata.normalize("NFD", letter.replace("đ", "d").replace("Đ", "D"))
        total += WIDTHS.get(parts[0], OTHER) + (HORNS if "\u031b" in parts else 0)
    return total


def lines_of(text: str, millimetres: float, points: float) -> int:
    """Lines that the text takes in a column of this width, broken at its plain spaces."""
    room = SPARE * millimetres / MM_OF_POINT / points * 100
    lines, used, space = 1, 0.0, WIDTHS[" "]
    for word in text.split(" "):
        width = width_of(word)
        if used and used + space + width > room:
            lines, used = lines + 1, 0.0
        if width > room:  # broken wherever the column ends
            lines += math.ceil(width / room) - 1
        used += width + (space if used else 0)
    return lines


def line_height(points: float, times: float = 1.22) -> float:
    """The height of a line, in millimetres."""
    return points * times * MM_OF_POINT
