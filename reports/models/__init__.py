"""Tables of the reports, by domain."""

from .boards import LobbyBoard
from .tables import TableColumn, TableDefinition
from .targets import Target

__all__ = ["LobbyBoard", "TableColumn", "TableDefinition", "Target"]
