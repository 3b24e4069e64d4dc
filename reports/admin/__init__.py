"""The admin of reports, by domain."""

from reports.admin import tables, targets

__all__ = ["tables", "targets"]
