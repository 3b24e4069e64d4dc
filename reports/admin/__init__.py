"""The admin of reports, by domain."""

from reports.admin import boards, tables, targets

__all__ = ["boards", "tables", "targets"]
