"""What every figure comes to, for some units and days, whole or divided: the one place where screens and files ask.

Everything is counted once: what is logged (the tally), what the result of an event adds to it, and what a unit total
adds to both. What cannot be divided as asked stands in a row of its own, so that the rows always add up to the total.
"""

from reports.figures.answers import Answer, NoSuchFigure, NoSuchGrouping, Row
from reports.figures.asking import ask, ask_all
from reports.figures.catalogue import FIGURES, GROUPS

__all__ = ["FIGURES", "GROUPS", "Answer", "NoSuchFigure", "NoSuchGrouping", "Row", "ask", "ask_all"]
