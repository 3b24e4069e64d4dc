"""Pages of units and their totals."""
