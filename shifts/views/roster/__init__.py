"""Pages of the roster: building, publishing, today, and on paper."""
