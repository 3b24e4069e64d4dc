"""The desk against bare Django, in one process, same server and database, round by round in turn.

    python -m benchmarks.desk var/bench.json

Uses the database of DATABASE_URL, which it fills with the demo world: give it an empty one. Without a network server
between, nothing softens the difference between a bare view and the desk: real shares are a little higher.
"""

import gc
import json
import os
import platform
import re
import statistics
import sys
import uuid

import django
from django.conf import settings

from .results import report

BARE_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
ROUNDS = int(os.environ.get("ROUNDS", "300"))
WARM_UP = 20
ROWS_ON_PAGE = 30
PROCEDURES = 3000
# share -> what it has to reach
GOALS = {"save / one row": 0.40, "save / its own SQL": 0.55, "desk page / bare page": 0.30}
LIMITS = {"first load": 200_000, "a save": 3_000}


def set_up():
    """Start Django with the bare views beside the site, and a database that holds the demo world."""
    os.environ.update(DJANGO_SETTINGS_MODULE="volunteer_support.settings", DEMO="1")
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "benchmarks"]
    settings.ROOT_URLCONF = "benchmarks.urls"
    django.setup()
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("demo", "--if-empty")


def median(seconds):
    return statistics.median(seconds) * 1000


class Bench:
    """The parties of the match: two handlers, one browser, and the bodies that it sends."""

    def __init__(self):
        from django.core.handlers.wsgi import WSGIHandler
        from django.test import override_settings

        from assistance.models import DeskButton, Procedure
        from shifts.models import User

        from .client import Browser

        self.full = WSGIHandler()
        self.full.load_middleware()
        with override_settings(MIDDLEWARE=BARE_MIDDLEWARE):
            self.bare = WSGIHandler()
        self.browser = Browser(User.objects.get(username="tnv"))
        usual = DeskButton.objects.filter(site__code="TTHCC", in_usual=True).order_by("position")
        self.activities = [button.activity.code for button in usual.select_related("activity")][:3]
        self.procedure = Procedure.objects.order_by("code").values_list("code", flat=True)[0]

    def body(self):
        """A citizen as they come: three activities, a procedure, an account they already had."""
        return {
            "id": str(uuid.uuid4()),
            "audience": "citizen",
            "activities": self.activities,
            "procedure": self.procedure,
            "account": "had",
        }

    def send(self, handler, path, body=None):
        answer = self.browser.post(handler, path, body or self.body())
        if answer.status != 201:
            sys.exit(f"{path}: {answer.status} {answer.body[:500]!r}")
        return answer

    def look(self, handler, path):
        answer = self.browser.get(handler, path)
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status}")
        return answer

    def save(self):
        return self.send(self.full, "/desk/visits/")

    def one_row(self):
        return self.send(self.bare, "/bare/row/")

    def own_sql(self):
        return self.send(self.bare, "/bare/sql/")

    def desk_page(self):
        return self.look(self.full, "/desk/")

    def bare_page(self):
        return self.look(self.bare, "/bare/page/")

    def search(self, words):
        return self.look(self.full, f"/desk/procedures/?q={words}")

    def record_own_sql(self):
        """Note down the writes of a real save, for the bare view that does nothing else; return what they are."""
        from .views import recorded

        body = self.body()
        with recorded.listen(body["id"]):
            self.send(self.full, "/desk/visits/", body)
        return [sql.split("(")[0].strip()[:60] for sql, _parameters in recorded.statements]

    def fill_page(self):
        """Bring today's list and the bare table to 30 rows; return how many rows the list has."""
        from django.utils import timezone

        from assistance.models import Visit

        today = Visit.objects.surviving().filter(volunteer__username="tnv", date=timezone.localdate())
        for _ in range(ROWS_ON_PAGE - today.count()):
            self.save()
        for _ in range(ROWS_ON_PAGE):
            self.one_row()
        return today.count()


def in_turn(*actions):
    """Run the actions round by round, each round in another order; return the seconds of each."""
    seconds = [[] for _ in actions]
    gc.collect()
    gc.freeze()
    for number in range(WARM_UP + ROUNDS):
        for step in range(len(actions)):
            which = (number + step) % len(actions)
            spent = actions[which]().seconds
            if number >= WARM_UP:
                seconds[which].append(spent)
    gc.unfreeze()
    return seconds


def count_queries(action):
    """The statements that one call sends to the database, by their first words."""
    from django.db import connection

    heard = []

    def note(execute, sql, parameters, many, context):
        heard.append(re.sub(r"\s+", " ", sql)[:70])
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(note):
        action()
    return heard


def add_procedures():
    """Fill up to 3,000 procedures with variants of the real ones."""
    from assistance.models import Procedure

    real = list(Procedure.objects.all())
    more = []
    for number in range(PROCEDURES - len(real)):
        model = real[number % len(real)]
        copy = Procedure(code=f"9.{number:06d}", name=f"{model.name} ({number})", sector=model.sector)
        copy.department_id, copy.level_id, copy.valid_from = model.department_id, model.level_id, model.valid_from
        copy.search_name = copy.folded()
        more.append(copy)
    Procedure.objects.bulk_create(more, batch_size=500)
    return Procedure.objects.count()


def first_load(bench):
    """Compressed bytes of the desk at first load: the page and all it names, fonts of every weight included."""
    page = bench.desk_page()
    sizes = {"/desk/": len(page.body)}
    waiting = assets_in(unpacked(page), "/desk/")
    while waiting:
        path = waiting.pop()
        if path in sizes:
            continue
        answer = bench.look(bench.full, path)
        sizes[path] = len(answer.body)
        if path.endswith((".css", ".js")):
            waiting |= assets_in(unpacked(bench.browser.get(bench.full, path, HTTP_ACCEPT_ENCODING="identity")), path)
    return sizes


def unpacked(answer):
    import gzip

    body = gzip.decompress(answer.body) if answer.headers.get("Content-Encoding") == "gzip" else answer.body
    return body.decode()


def assets_in(text, path):
    """Addresses of static files that a page, a style sheet or a module names."""
    from urllib.parse import urljoin

    names = re.findall(r'(?:src|href)="([^"]+)"', text) if not path.endswith((".css", ".js")) else []
    names += re.findall(r"""url\(["']?([^"')]+)["']?\)""", text) if path.endswith(".css") else []
    names += re.findall(r"""(?:from|import)\s*["']([^"']+)["']""", text) if path.endswith(".js") else []
    found = {urljoin(path, name).split("#")[0].split("?")[0] for name in names if not name.startswith("data:")}
    return {name for name in found if name.startswith("/static/") and not name.endswith(".map")}


def measure():
    """Run everything and return it as one dictionary."""
    from django.db import connection

    from assistance.reference import renew

    from .profile import where_time_goes

    bench = Bench()
    renew()  # as a server process begins, see keep_warm
    queries = {"first save of a process": count_queries(bench.save)}
    statements = bench.record_own_sql()
    rows = bench.fill_page()
    page, bare_page = in_turn(bench.desk_page, bench.bare_page)
    load = first_load(bench)
    one_row, own_sql, save = in_turn(bench.one_row, bench.own_sql, bench.save)
    saved = bench.save()
    request = len(json.dumps(bench.body()).encode())
    profiles = {"save": where_time_goes(bench.save, 100), "desk page": where_time_goes(bench.desk_page, 50)}
    bench.save(), bench.desk_page()  # whose kept lists are then fresh
    queries |= {"save": count_queries(bench.save), "desk page": count_queries(bench.desk_page)}
    total = add_procedures()
    words = ["ho+chieu", "dat", "cap+lai+giay+phep", "khong+co+gi"]
    searches = in_turn(*[lambda word=word: bench.search(word) for word in words])
    times = {
        "one row (bare)": one_row,
        "its own SQL (bare)": own_sql,
        "save: POST /desk/visits/": save,
        f"{ROWS_ON_PAGE} rows (bare page)": bare_page,
        f"desk page, {rows} rows in today's list": page,
        **{f"type-ahead “{word}”, {total} procedures": spent for word, spent in zip(words, searches, strict=True)},
    }
    return {
        "database": f"{connection.vendor} {'.'.join(map(str, database_version()))}",
        "python": platform.python_version(),
        "django": django.get_version(),
        "processors": os.cpu_count(),
        "rounds": ROUNDS,
        "milliseconds": {
            name: {"median": median(spent), "p95": statistics.quantiles(spent, n=20)[-1] * 1000}
            for name, spent in times.items()
        },
        "shares": {
            "save / one row": median(one_row) / median(save),
            "save / its own SQL": median(own_sql) / median(save),
            "desk page / bare page": median(bare_page) / median(page),
        },
        "bytes": {"first load": sum(load.values()), "a save": request + len(saved.body)},
        "first load": load,
        "own SQL": statements,
        "queries": queries,
        "profiles": profiles,
    }


def database_version():
    import sqlite3

    from django.db import connection

    if connection.vendor == "sqlite":
        return sqlite3.sqlite_version_info
    version = connection.pg_version
    return version // 10000, version % 10000


def show(result):
    """Print the tables."""
    print(f"\n{result['database']}, Django {result['django']}, Python {result['python']}, {result['rounds']} rounds")
    print(f"\n{'':58}{'median ms':>10}{'p95 ms':>9}")
    for name, spent in result["milliseconds"].items():
        print(f"{name:58}{spent['median']:10.2f}{spent['p95']:9.2f}")
    print(f"\n{'share of bare Django':58}{'reached':>10}{'goal':>9}")
    for name, share in result["shares"].items():
        print(f"{name:58}{share:10.2f}{GOALS[name]:9.2f}  {'' if share >= GOALS[name] else 'below'}")
    print(f"\n{'bytes, compressed':58}{'sent':>10}{'limit':>9}")
    for name, size in result["bytes"].items():
        print(f"{name:58}{size:10,}{LIMITS[name]:9,}  {'' if size <= LIMITS[name] else 'above'}")
    print(f"\n{'queries':58}")
    for name, queries in result["queries"].items():
        print(f"{name:58}{len(queries):10}")
    for name, profile in result["profiles"].items():
        print(f"\nWhere the time of the {name} goes")
        for place, share in profile:
            if share >= 0.01:
                print(f"  {place:56}{share:10.0%}")


def main():
    set_up()
    report(measure(), show, "var/bench.json")


if __name__ == "__main__":
    main()
