"""The admin of reports, by domain."""

from reports.admin import targets

__all__ = ["targets"]
