"""Pages of a volunteer's own duties."""
