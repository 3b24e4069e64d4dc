"""Says in a few lines where the time of a request goes."""

import cProfile
import pstats
from collections import Counter

# First match wins; what no line knows is Python's own library.
PLACES = [
    ("/benchmarks/", "the bench itself"),
    ("/assistance/", "our code: assistance"),
    ("/shifts/", "our code: shifts"),
    ("/volunteer_support/", "our code: settings, formats"),
    ("django/db/backends/", "database layer of Django"),
    ("django/db/", "ORM: models and queries"),
    ("django/template/", "templates"),
    ("/bs_icon_templates/", "icons"),
    ("django/contrib/sessions/", "session and login"),
    ("django/contrib/auth/", "session and login"),
    ("django/middleware/", "middleware"),
    ("/csp/", "middleware"),
    ("/whitenoise/", "middleware"),
    ("/axes/", "middleware"),
    ("/django_htmx/", "middleware"),
    ("django/urls/", "addresses"),
    ("django/utils/", "Django: translation, dates, escaping"),
    ("django/", "Django: request and response"),
]
BUILTINS = [
    ("sqlite3.", "database: statements run"),
    ("psycopg2.", "database: statements run"),
    ("zlib.", "compression"),
    ("brotli", "compression"),
]


def place_of(function):
    """The name of the place a function belongs to; None for a builtin that belongs to whoever called it."""
    file, _line, name = function
    if file == "~":
        return next((place for mark, place in BUILTINS if mark in name), None)
    file = file.replace("\\", "/")
    return next((place for mark, place in PLACES if mark in file), "Python's library")


def where_time_goes(action, times):
    """Run action so many times; return [(place, share)], largest first."""
    profile = cProfile.Profile()
    for _ in range(times):
        profile.enable()
        action()
        profile.disable()
    spent = Counter()
    for function, (_cc, _nc, own, _cumulative, callers) in pstats.Stats(profile).stats.items():
        place = place_of(function)
        if place:
            spent[place] += own
            continue
        for caller, (_c, _n, part, _cum) in callers.items():
            spent[place_of(caller) or "Python's library"] += part
    spent.pop("the bench itself", None)
    total = sum(spent.values())
    return [(place, seconds / total) for place, seconds in spent.most_common()]
