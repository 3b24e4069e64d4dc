"""Changing the tree of units from a date on: rename, merge, split, move, or a whole file of changes.

Nothing is merged destructively: an old unit ends, a new row of its own begins, and UnitSuccession says who took over
what. `acts.py` and `files.py` say what is wanted, `plans.py` reckons all that comes of it and refuses what cannot be,
`writing.py` stores it, `following.py` takes teams, sites, roles and events over to the main successor on the day.
"""
