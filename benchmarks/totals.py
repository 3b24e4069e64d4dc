"""Unit totals: a year's file against a bare bulk insert of its rows, and the page of units against a bare page.

    python -m benchmarks.totals var/bench-totals.json

Uses the database of DATABASE_URL like benchmarks.desk: give it an empty one. The year is 2020: 177 communes, 52 weeks.
"""

import datetime
import io
import platform
import random
import sys
import time

from .desk import ROUNDS, ROWS_ON_PAGE, Bench, count_queries, database_version, in_turn, median, set_up
from .results import report

YEAR, WEEKS, TIMES = 2020, 52, 3
# share -> what it has to reach
GOALS = {"import / bare bulk insert": 0.06, "units page / bare page": 0.08}


class Pages(Bench):
    """The staff's browser, and the page of all units of the province."""

    def __init__(self):
        from shifts.models import User

        from .client import Browser

        super().__init__()
        self.browser = Browser(User.objects.get(username="canbo"))

    def units_page(self):
        return self.look(self.full, f"/units/?period={YEAR}-W30")


def communes():
    from shifts.models import Unit

    return list(Unit.objects.on(datetime.date(YEAR, 7, 1)).filter(level="commune"))


def year_file(units):
    """A CSV of every commune and week, as `import unit_totals` takes it."""
    from assistance.figures import TOTAL_COLUMNS

    chance = random.Random(YEAR)
    out = io.StringIO()
    out.write(",".join(["unit", "week", *TOTAL_COLUMNS]) + "\n")
    for week in range(1, WEEKS + 1):
        for unit in units:
            numbers = ",".join(str(chance.randint(0, 90)) for _ in TOTAL_COLUMNS)
            out.write(f"{unit.code},{YEAR}-W{week:02d},{numbers}\n")
    return out.getvalue().encode()


def import_seconds(data):
    """Seconds of reading and storing the file, into a table that holds none of it."""
    from assistance.models import UnitTotal
    from assistance.total_imports import UnitTotalResource
    from shifts.imports.running import run

    UnitTotal.objects.all().delete()
    start = time.perf_counter()
    resource = UnitTotalResource()
    outcome = run(resource, resource.read(data, "year.csv"))
    seconds = time.perf_counter() - start
    if not outcome.stored:
        sys.exit(next(iter(outcome.failures[0].sentences)))
    return seconds, outcome.new


def bulk_seconds():
    """Seconds of inserting the same rows at once, without a rule and without the history."""
    from assistance.models import UnitTotal

    rows = list(UnitTotal.objects.order_by("pk"))
    UnitTotal.objects.all().delete()
    for row in rows:
        row.pk = None
    start = time.perf_counter()
    UnitTotal.objects.bulk_create(rows, batch_size=500)
    return time.perf_counter() - start


def measure():
    """Run everything and return it as one dictionary."""
    import django
    from django.db import connection

    from assistance.excess import excess
    from shifts.models import Unit

    from .profile import where_time_goes

    units = communes()
    data = year_file(units)
    imports, bulks = [], []
    for _ in range(TIMES):
        seconds, rows = import_seconds(data)
        imports.append(seconds)
        bulks.append(bulk_seconds())
    bench = Pages()
    for _ in range(ROWS_ON_PAGE):
        bench.one_row()
    bench.units_page()
    bare, page = in_turn(bench.bare_page, bench.units_page)
    start = time.perf_counter()
    first, last = datetime.date(YEAR, 1, 1), datetime.date(YEAR, 12, 31)
    excess(units=Unit.objects.all(), first=first, last=last, by=("unit_id",))
    excess_ms = (time.perf_counter() - start) * 1000
    return {
        "database": f"{connection.vendor} {'.'.join(map(str, database_version()))}",
        "python": platform.python_version(),
        "django": django.get_version(),
        "rounds": ROUNDS,
        "rows": rows,
        "milliseconds": {
            f"import of {len(units)} communes x {WEEKS} weeks": median(imports),
            "bare bulk insert of the same rows": median(bulks),
            f"{ROWS_ON_PAGE} rows (bare page)": median(bare),
            f"units page, {len(units)} communes and 13 districts": median(page),
            "what a year of totals adds, by unit": excess_ms,
        },
        "shares": {
            "import / bare bulk insert": median(bulks) / median(imports),
            "units page / bare page": median(bare) / median(page),
        },
        "queries": {"units page": count_queries(bench.units_page)},
        "profiles": {"units page": where_time_goes(bench.units_page, 20)},
    }


def show(result):
    """Print the tables."""
    print(f"\nUnit totals, {result['rows']} rows, {result['database']}, {result['rounds']} rounds")
    print(f"\n{'':58}{'median ms':>10}")
    for name, spent in result["milliseconds"].items():
        print(f"{name:58}{spent:10.1f}")
    print(f"\n{'share':58}{'reached':>10}{'goal':>9}")
    for name, share in result["shares"].items():
        print(f"{name:58}{share:10.2f}{GOALS[name]:9.2f}  {'' if share >= GOALS[name] else 'below'}")
    for name, queries in result["queries"].items():
        print(f"\n{name}: {len(queries)} queries")
    for name, profile in result["profiles"].items():
        print(f"\nWhere the time of the {name} goes")
        for place, share in profile:
            if share >= 0.01:
                print(f"  {place:56}{share:10.0%}")


def main():
    set_up()
    report(measure(), show, "var/bench-totals.json")


if __name__ == "__main__":
    main()
