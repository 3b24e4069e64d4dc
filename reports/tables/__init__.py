"""Statistics tables: `building.table_of` makes one from its definition; the other modules show it and write files."""
