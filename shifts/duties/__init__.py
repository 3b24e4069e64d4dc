"""A volunteer's own side of the roster: leave, absences, swaps, open places, the record."""
