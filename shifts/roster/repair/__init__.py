"""Filling a hole in a published roster with the fewest moves, proven by looking through all ways of fewer."""

from .filling import NothingMissing, find_repair, repair
from .search import MOST_MOVES

__all__ = ["MOST_MOVES", "NothingMissing", "find_repair", "repair"]
