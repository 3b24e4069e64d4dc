"""What a unit total adds: its excess over all that is logged already, read anew whenever it is asked for.

Nothing of it is stored, so it cannot drift, whatever is saved, undone or corrected in whatever order, and no desk waits
for a total. A total is the unit's whole: a day counts max(0, total - logged); a week counts what is left above the
logged and the excess of its days.
"""

import datetime
from collections.abc import Sequence

from django.db import connection
from django.db.models import Case, CharField, Count, F, QuerySet, Sum, Value, When

from assistance.figures import TOTAL_COLUMNS
from assistance.models import DailyTally, UnitTotal
from assistance.periods import Period
from shifts.attendance import attended
from shifts.models import OutreachEvent, Unit

ADDED = {code: column for code, column in TOTAL_COLUMNS.items() if column.adds_up}
LONGEST_PERIOD = datetime.timedelta(days=6)
NAMES = ["id", "unit_id", "counted_on", "date_from", "date_to"]


def logged_rows(first: datetime.date, last: datetime.date) -> list[QuerySet]:
    """Querysets of (unit, day, column, n): all that is logged on these days, by the columns of a unit total."""
    columns = [
        When(figure=column.figure, **({"audience": column.audience} if column.audience else {}), then=Value(code))
        for code, column in ADDED.items()
    ]
    tally = DailyTally.objects.filter(date__range=(first, last), figure__in={c.figure for c in ADDED.values()})
    held = OutreachEvent.objects.filter(state=OutreachEvent.State.HELD, date__range=(first, last))
    return [
        tally.annotate(whose=F("unit_id"), day=F("date"), what=Case(*columns, output_field=CharField()))
        .values("whose", "day", "what")
        .annotate(n=Sum("value")),
        attended(first, last)
        .annotate(
            whose=F("unit_id"),
            day=F("assignment__date"),
            what=Value("duties", output_field=CharField()),
        )
        .order_by()
        .values("whose", "day", "what")
        .annotate(n=Count("pk")),
        held.annotate(whose=F("team__unit_id"), day=F("date"), what=Value("events", output_field=CharField()))
        .order_by()
        .values("whose", "day", "what")
        .annotate(n=Count("pk")),
    ]


def logged(*, unit: Unit, period: Period) -> dict[str, int]:
    """Return column -> what is logged for one unit in a period; all columns that add up."""
    return logged_by_unit(units=[unit.pk], period=period).get(unit.pk, dict.fromkeys(ADDED, 0))


def logged_by_unit(*, units, period: Period) -> dict[int, dict[str, int]]:
    """Return unit key -> column -> what is logged in the period, for the units where anything is."""
    found = {}
    for rows in logged_rows(period.first, period.last):
        for unit, _day, column, n in rows.filter(whose__in=units).values_list("whose", "day", "what", "n"):
            if column:
                found.setdefault(unit, dict.fromkeys(ADDED, 0))[column] += n
    return found


def each(template: str) -> str:
    """The template once for every column that adds up."""
    return ", ".join(template.format(c=code) for code in ADDED)


# counting: the totals asked for, and those around them whose days may fall into a week asked for.
# logged: what is logged by their units, one row a day. above: each total less what is logged in its period; may be
# negative. days: the excess of the days inside each week.
EXCESS = f"""
WITH counting AS ({{counting}}),
logged AS (
    SELECT r.whose AS unit_id, r.day AS day, {each("SUM(CASE WHEN r.what = '{c}' THEN r.n ELSE 0 END) AS {c}")}
    FROM ({{rows}}) r WHERE r.whose IN (SELECT unit_id FROM counting) GROUP BY r.whose, r.day
),
above AS (
    SELECT c.id, c.unit_id, c.counted_on, c.date_from, c.date_to,
        {each("c.{c} - COALESCE(SUM(l.{c}), 0) AS {c}")}
    FROM counting c LEFT JOIN logged l ON l.unit_id = c.unit_id AND l.day BETWEEN c.date_from AND c.date_to
    GROUP BY c.id, c.unit_id, c.counted_on, c.date_from, c.date_to, {each("c.{c}")}
),
days AS (
    SELECT w.id, {each("SUM(CASE WHEN d.{c} > 0 THEN d.{c} ELSE 0 END) AS {c}")}
    FROM above w JOIN above d ON d.unit_id = w.unit_id AND d.date_from BETWEEN w.date_from AND w.date_to
    WHERE w.date_from < w.date_to AND d.date_from = d.date_to GROUP BY w.id
)
SELECT {{by}}{each("COALESCE(SUM(CASE WHEN a.{c} - COALESCE(d.{c}, 0) > 0 THEN a.{c} - COALESCE(d.{c}, 0) END), 0)")}
FROM above a LEFT JOIN days d ON d.id = a.id WHERE a.counted_on BETWEEN %s AND %s {{group}}
"""  # noqa: S608 - every name in it is our own constant; every value is a parameter


def excess(
    *, units=None, first: datetime.date, last: datetime.date, by: Sequence[str] = ("counted_on",)
) -> list[dict[str, int]]:
    """Return what totals counted on first to last add, one row for each value of `by`, in one query.

    `by` names fields of UnitTotal among id, unit_id and counted_on; `units` is a queryset, None for all. Rows are
    dicts of those fields and of every column that adds up.
    """
    if unknown := set(by) - {"id", "unit_id", "counted_on"}:
        raise ValueError(f"cannot group by {unknown}")
    low, high = first - LONGEST_PERIOD, last + LONGEST_PERIOD
    counting = UnitTotal.objects.counting().filter(counted_on__range=(low, high)).order_by()
    if units is not None:
        counting = counting.filter(unit__in=units)
    counting, params = counting.values_list(*NAMES, *ADDED).query.sql_with_params()
    sources = [rows.query.sql_with_params() for rows in logged_rows(low - LONGEST_PERIOD, high + LONGEST_PERIOD)]
    names = ", ".join(f"a.{name}" for name in by)
    statement = EXCESS.format(
        counting=counting,
        rows=" UNION ALL ".join(sql for sql, _params in sources),
        by=f"{names}, " if names else "",
        group=f"GROUP BY {names}" if names else "",
    )
    params = [*params, *(value for _sql, values in sources for value in values), *connection_days(first, last)]
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [read_row(row, by) for row in cursor.fetchall()]


def connection_days(*days):
    """Dates as the database takes them in a plain statement."""
    return [connection.ops.adapt_datefield_value(day) for day in days]


def read_row(row, by):
    """One row as a dict; SQLite gives a date as text."""
    found = dict(zip([*by, *ADDED], row, strict=True))
    if isinstance(found.get("counted_on"), str):
        found["counted_on"] = datetime.date.fromisoformat(found["counted_on"])
    return found | {code: int(found[code]) for code in ADDED}


def added_figures(row: dict[str, int]) -> dict[str, int]:
    """The columns of one row as figures of the tally: guided is one figure of three columns."""
    found = dict.fromkeys((column.figure for column in ADDED.values()), 0)
    for code, column in ADDED.items():
        found[column.figure] += row[code]
    return found
