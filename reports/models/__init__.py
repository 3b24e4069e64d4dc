"""Tables of the reports, by domain."""

from .targets import Target

__all__ = ["Target"]
