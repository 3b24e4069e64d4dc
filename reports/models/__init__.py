"""Tables of the reports, by domain."""

from .tables import TableColumn, TableDefinition
from .targets import Target

__all__ = ["TableColumn", "TableDefinition", "Target"]
