"""Import and export of the tables that staff keep in Excel. Each app registers what can be imported, by name."""

from . import leave, people, places
from .registry import IMPORTS, known, register

__all__ = ["IMPORTS", "known", "leave", "people", "places", "register"]
