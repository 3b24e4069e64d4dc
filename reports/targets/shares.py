"""Dividing whole numbers so that the parts come to exactly the whole. Arithmetic alone."""

from collections.abc import Sequence
from fractions import Fraction


def apportioned(total: int, weights: Sequence, *, at_least: int = 1) -> list[int]:
    """Return whole numbers in proportion to the weights that come to exactly the total.

    Each gets the whole part of its share, then the largest remainders one more each, of equal ones the first. Who
    would get nothing though `at_least` is 1 gets it from the largest. With no weight at all everybody gets the same.
    Raises ValueError when there is less than that for each.
    """
    if total < at_least * len(weights):
        raise ValueError("less than one for each")
    if not weights:
        return []
    weights = [Fraction(weight) for weight in weights]
    if not any(weights):
        weights = [Fraction(1)] * len(weights)
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda at: (parts[at] - exact[at], at))
    for at in by_remainder[: total - sum(parts)]:
        parts[at] += 1
    for at, part in enumerate(parts):
        if part < at_least:
            largest = max(range(len(parts)), key=lambda place: (parts[place], -place))
            parts[at], parts[largest] = 1, parts[largest] - 1
    return parts


def apportioned_pairs(minimum: int, stretch: int, weights: Sequence) -> list[tuple[int, int]]:
    """Divide a minimum and a stretch at once: both come to exactly the whole, and no stretch is below its minimum."""
    lows = apportioned(minimum, weights)
    above = apportioned(stretch - minimum, lows, at_least=0)
    return [(low, low + more) for low, more in zip(lows, above, strict=True)]
