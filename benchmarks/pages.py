"""The month page and today's page against a bare page of 30 rows, in one process, on the same database, in turn.

    python -m benchmarks.pages var/bench-pages.json

Uses the database of DATABASE_URL like benchmarks.desk: give it an empty one. The pages are the leader's, who sees most.
"""

import platform
import statistics

from .desk import ROUNDS, ROWS_ON_PAGE, Bench, count_queries, database_version, in_turn, median, set_up
from .results import report

# share -> what it has to reach
GOALS = {"month page / bare page": 0.20, "today's page / bare page": 0.35}


class Pages(Bench):
    """The leader's browser, and the pages it opens."""

    def __init__(self):
        from django.urls import reverse
        from django.utils import timezone

        from shifts.models import User

        from .client import Browser

        super().__init__()
        self.browser = Browser(User.objects.get(username="doitruong"))
        self.month_url = reverse("roster:month", args=["TTHCC", timezone.localdate().replace(day=1)])
        self.today_url = reverse("today:today")

    def month_page(self):
        return self.look(self.full, self.month_url)

    def today_page(self):
        return self.look(self.full, self.today_url)


def measure():
    """Run everything and return it as one dictionary."""
    import django
    from django.db import connection

    from shifts.models import Assignment

    from .profile import where_time_goes

    bench = Pages()
    for _ in range(ROWS_ON_PAGE):
        bench.one_row()
    first = bench.month_page(), bench.today_page()  # kept lists are then fresh
    bare, month, today = in_turn(bench.bare_page, bench.month_page, bench.today_page)
    times = {f"{ROWS_ON_PAGE} rows (bare page)": bare, "month page": month, "today's page": today}
    return {
        "database": f"{connection.vendor} {'.'.join(map(str, database_version()))}",
        "python": platform.python_version(),
        "django": django.get_version(),
        "rounds": ROUNDS,
        "duties": Assignment.objects.active().count(),
        "milliseconds": {
            name: {"median": median(spent), "p95": statistics.quantiles(spent, n=20)[-1] * 1000}
            for name, spent in times.items()
        },
        "shares": {
            "month page / bare page": median(bare) / median(month),
            "today's page / bare page": median(bare) / median(today),
        },
        "bytes": {"month page": len(first[0].body), "today's page": len(first[1].body)},
        "queries": {
            "month page": count_queries(bench.month_page),
            "today's page": count_queries(bench.today_page),
        },
        "profiles": {
            "month page": where_time_goes(bench.month_page, 50),
            "today's page": where_time_goes(bench.today_page, 50),
        },
    }


def show(result):
    """Print the tables."""
    print(f"\nPages of the roster, {result['duties']} duties, {result['database']}, {result['rounds']} rounds")
    print(f"\n{'':46}{'median ms':>10}{'p95 ms':>9}{'queries':>9}{'bytes':>9}")
    for name, spent in result["milliseconds"].items():
        queries, size = result["queries"].get(name), result["bytes"].get(name)
        more = f"{len(queries):9}{size:9,}" if queries else ""
        print(f"{name:46}{spent['median']:10.2f}{spent['p95']:9.2f}{more}")
    print(f"\n{'share of bare Django':46}{'reached':>10}{'goal':>9}")
    for name, share in result["shares"].items():
        print(f"{name:46}{share:10.2f}{GOALS[name]:9.2f}  {'' if share >= GOALS[name] else 'below'}")
    for name, profile in result["profiles"].items():
        print(f"\nWhere the time of the {name} goes")
        for place, share in profile:
            if share >= 0.01:
                print(f"  {place:56}{share:10.0%}")


def main():
    set_up()
    report(measure(), show, "var/bench-pages.json")


if __name__ == "__main__":
    main()
