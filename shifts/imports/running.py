"""Runs an import and tells what came of it."""

from dataclasses import dataclass, field

import tablib
from import_export.results import RowResult

from .reading import FileRefused, Table, read_table

__all__ = ["FileRefused", "Outcome", "read_table", "run"]


@dataclass
class Outcome:
    """How many rows were new, changed or as they were; those that failed or want a look; whether the rest is stored."""

    new: int
    changed: int
    unchanged: int
    failures: list
    stored: bool
    rows: list = field(default_factory=list)
    unused_headers: list = field(default_factory=list)
    warnings: list = field(default_factory=list)

    @property
    def total(self):
        """All rows of the file."""
        return self.new + self.changed + self.unchanged + len(self.failures)


def run(resource, table: Table, *, keep_good=False, dry_run=False) -> Outcome:
    """Import the rows: all or, when one fails, none; with keep_good those that are right stay."""
    dataset = tablib.Dataset()
    dataset.table = table
    result = resource.import_data(
        dataset,
        dry_run=dry_run,
        rollback_on_validation_errors=not keep_good,
    )
    if result.base_errors:
        raise result.base_errors[0].error
    totals = result.totals
    return Outcome(
        new=totals[RowResult.IMPORT_TYPE_NEW],
        changed=totals[RowResult.IMPORT_TYPE_UPDATE],
        unchanged=totals[RowResult.IMPORT_TYPE_SKIP],
        failures=result.failures,
        stored=not dry_run and (keep_good or not result.failures),
        rows=result.rows,
        unused_headers=result.unused_headers,
        warnings=result.warnings,
    )
