"""Figures with ten thousand, a million and ten million visits behind them: same units, same days.

    .ci/with_postgres .venv/bin/python -m benchmarks.figures var/bench-figures.json
    SIZES=10000,1000000,10000000 .ci/with_postgres .venv/bin/python -m benchmarks.figures var/bench-figures.json

For PostgreSQL; give it an empty database. Prints rows of every table, milliseconds and queries of each page, how they
grow from the smallest size, and their share of a bare page of 30 rows. `check_tally` and `check_figures` run at sizes
up to CHECKED visits (default: a million), since they read every visit.
"""

import datetime
import gc
import os
import platform
import resource
import statistics
import sys
import tempfile
import time

from .results import report

SIZES = [int(size) for size in os.environ.get("SIZES", "10000,100000").split(",")]
CHECKED = int(os.environ.get("CHECKED", "1000000"))
ROUNDS = int(os.environ.get("ROUNDS", "40"))
WARM_UP = 5
DAYS = 250
XLSX_ROWS = 200_000
FLAT = 1.2
SHARE = 0.2
TABLES = ["visit", "dossier", "dailytally", "hourlytally", "placemonth", "personmonth", "mattermonth", "hourmonth"]


def set_up():
    """Start Django with the bare views beside the site, and a database that holds the lists, without people."""
    import django
    from django.conf import settings

    os.environ.update(DJANGO_SETTINGS_MODULE="volunteer_support.settings", DEMO="1")
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "benchmarks"]
    settings.ROOT_URLCONF = "benchmarks.urls"
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    if connection.vendor != "postgresql":
        sys.exit("Figures are measured on PostgreSQL: .ci/with_postgres .venv/bin/python -m benchmarks.figures")
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("load_world", verbosity=0)


def addresses(today):
    """What a dashboard and its readers ask for: name -> address. A whole year, its days, and the month."""
    year = f"from={today - datetime.timedelta(days=2 * DAYS)}&to={today}"
    month = f"from={today.replace(day=1)}&to={today}"
    data = "/reports/data/figures/?figure={}&group={}&" + year
    found = {
        f"data {figure} by {group}": data.format(figure, group)
        for figure, group in [
            *(("visits", group) for group in ("unit", "team", "month", "week", "day", "audience", "source", "post")),
            *(("visits", group) for group in ("department", "procedure", "outcome", "hour")),
            ("dossiers", "unit"),
            ("reached_with_account", "day"),
        ]
    }
    return found | {
        "page of a figure by unit": f"/reports/figures/visits/?group=unit&{year}",
        "page of a figure by procedure": f"/reports/figures/visits/?group=procedure&{year}",
        "rows behind a figure, last page": f"/reports/figures/visits/rows/?page=200&{year}",
        "dashboard": "/reports/",
        "table of the month": f"/reports/table/tong-hop/?{month}",
    }


class Bench:
    """Two handlers, one browser, the same addresses at every size."""

    def __init__(self, staff):
        from django.core.handlers.wsgi import WSGIHandler
        from django.test import override_settings

        from .client import Browser
        from .desk import BARE_MIDDLEWARE
        from .models import BareRow

        self.full = WSGIHandler()
        self.full.load_middleware()
        with override_settings(MIDDLEWARE=BARE_MIDDLEWARE):
            self.bare = WSGIHandler()
        self.browser = Browser(staff)
        BareRow.objects.bulk_create(
            BareRow(audience="citizen", activities="a,b,c", procedure="2.000635", account="had", made_by=staff.pk)
            for _ in range(30)
        )

    def milliseconds(self, handler, path):
        """Median of the rounds; None where there is no such page."""
        spent = []
        gc.collect()
        for number in range(WARM_UP + ROUNDS):
            answer = self.browser.get(handler, path)
            if answer.status == 404:
                return None
            if answer.status != 200:
                sys.exit(f"{path}: {answer.status} {answer.body[:300]!r}")
            if number >= WARM_UP:
                spent.append(answer.seconds)
        return statistics.median(spent) * 1000


def fill(size, people, days):
    """Make the visits, count them, roll them up; return seconds of each."""
    from assistance.rollups import roll_up

    from . import bulk_visits

    steps = {
        "visits": lambda: bulk_visits.make_visits(size, people, days),
        "tally": bulk_visits.count_visits,
        "roll up": roll_up,
    }
    bulk_visits.clear()
    spent = {}
    for name, step in steps.items():
        start = time.perf_counter()
        step()
        spent[name] = time.perf_counter() - start
        print(f"{size:,} visits, {name}: {spent[name]:.1f} s", flush=True)
    bulk_visits.execute("VACUUM ANALYZE")
    return spent


def rows_of_tables():
    from django.db import connection

    with connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM assistance_{table}")
            found[table] = cursor.fetchone()[0]
        return found


def checks(today):
    """Run both checks; they end the program when anything differs."""
    from django.core.management import call_command

    for name, options in [("check_tally", {}), ("check_figures", {"first": f"{today}", "last": f"{today}"})]:
        with open(os.devnull, "w") as nowhere:
            call_command(name, stdout=nowhere, **options)
    return "clean"


def rows_as_file(today):
    """Seconds and megabytes of peak memory of 200,000 rows behind a figure as XLSX."""
    from itertools import islice

    from reports.figures import FIGURES, ask
    from reports.figures.files import write_workbook
    from reports.figures.questions import Question
    from reports.figures.records import records
    from reports.figures.sheets import record_headers, record_rows
    from shifts.models import User

    asked = {"units": None, "first": today - datetime.timedelta(days=2 * DAYS), "last": today}
    found = records(FIGURES["visits"], Question(**asked).settled(), user=User(pk=0, is_superuser=True, is_active=True))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    with tempfile.TemporaryFile() as file:
        cells = islice(record_rows(found, False), XLSX_ROWS)
        write_workbook(file, title="visits", headers=record_headers(ask("visits", **asked)), rows=cells)
        size = file.tell()
    return {
        "rows": min(found.count, XLSX_ROWS),
        "seconds": time.perf_counter() - start,
        "bytes": size,
        "peak MB more": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024,
    }


def measure():
    """Run everything and return it as one dictionary."""
    from django.db import connection
    from django.utils import timezone

    from . import bulk_visits
    from .desk import count_queries, database_version

    today = timezone.localdate()
    staff, people = bulk_visits.make_people(today)
    days = [today - datetime.timedelta(days=n) for n in range(int(DAYS * 7 / 5))]
    days = [day for day in days if day.weekday() < 5] or days
    totals = bulk_visits.make_totals(days)
    bench = Bench(staff)
    result = {
        "database": f"{connection.vendor} {'.'.join(map(str, database_version()))}",
        "python": platform.python_version(),
        "rounds": ROUNDS,
        "people": len(people),
        "days": len(days),
        "unit totals": totals,
        "sizes": {},
    }
    for size in SIZES:
        seconds = fill(size, people, days)
        checked = checks(today) if size <= CHECKED else "not run"
        found = {"seconds": seconds, "rows": rows_of_tables(), "checks": checked}
        found["bare"] = bench.milliseconds(bench.bare, "/bare/page/")
        found["pages"], found["queries"] = {}, {}
        for name, path in addresses(today).items():
            spent = bench.milliseconds(bench.full, path)
            if spent is not None:
                found["pages"][name] = spent
                found["queries"][name] = len(count_queries(lambda path=path: bench.browser.get(bench.full, path)))
        if size >= XLSX_ROWS:
            found["xlsx"] = rows_as_file(today)
        result["sizes"][size] = found
    return result


def show(result):
    """Print the tables."""
    sizes = list(result["sizes"])
    crowd = f"{result['people']} people, {result['days']} days, {result['unit totals']} unit totals"
    print(f"\nFigures, {crowd}, {result['database']}, {result['rounds']} rounds")
    head = "".join(f"{size:>14,}" for size in sizes)
    print(f"\n{'rows, with so many visits':42}{head}")
    for table in TABLES:
        print(f"{table:42}" + "".join(f"{result['sizes'][size]['rows'][table]:14,}" for size in sizes))
    for step in ("visits", "tally", "roll up"):
        print(f"{step + ', seconds':42}" + "".join(f"{result['sizes'][size]['seconds'][step]:14.1f}" for size in sizes))
    print(f"{'check_tally, check_figures':42}" + "".join(f"{result['sizes'][size]['checks']:>14}" for size in sizes))
    print(f"\n{'median ms':42}{head}{'grows':>8}{'goal':>6}{'share':>8}{'goal':>6}  queries")
    print(f"{'bare page of 30 rows':42}" + "".join(f"{result['sizes'][size]['bare']:14.2f}" for size in sizes))
    for name in result["sizes"][sizes[0]]["pages"]:
        spent = [result["sizes"][size]["pages"][name] for size in sizes]
        queries = [result["sizes"][size]["queries"][name] for size in sizes]
        grows, share = spent[-1] / spent[0], result["sizes"][sizes[-1]]["bare"] / spent[-1]
        marks = f"{'above' if grows > FLAT else ''} {'below' if share < SHARE else ''}".strip()
        numbers = "".join(f"{ms:14.2f}" for ms in spent)
        same = f"{queries[0]}" if len(set(queries)) == 1 else f"{queries} differ"
        print(f"{name:42}{numbers}{grows:8.2f}{FLAT:6.1f}{share:8.2f}{SHARE:6.1f}  {same} {marks}")
    for size in sizes:
        if file := result["sizes"][size].get("xlsx"):
            print(f"\nXLSX of {file['rows']:,} rows: {file['seconds']:.1f} s, {file['bytes']:,} bytes,"
                  f" {file['peak MB more']:.0f} MB of memory more")  # fmt: skip


def main():
    set_up()
    report(measure(), show, "var/bench-figures.json")


if __name__ == "__main__":
    main()
