"""What results of events and unit totals add: their excess over all that is logged, read anew whenever it is asked for.

Nothing of it is stored, so it cannot drift, whatever is saved, undone or corrected in whatever order, and no desk waits
for a total. The result of an event is its whole: it counts max(0, result - visits logged there), on the day of the
event, for the unit that organised it. A total is the unit's whole: a day counts max(0, total - logged), logged being
visits, the excess of results, duties and events; a week counts what is left above that and the excess of its days.

Everything once is therefore: the tally, and event_excess(), and excess().
"""

import datetime
from collections.abc import Sequence

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, CharField, Count, F, Q, QuerySet, Sum, Value, When

from assistance.figures import RESULT_COLUMNS, TOTAL_COLUMNS
from assistance.models import DailyTally, UnitTotal
from assistance.models.rollups import TALLIED_COLUMNS
from assistance.periods import Period
from assistance.rolled import Rolled
from shifts.attendance import attended
from shifts.models import OutreachEvent, Unit

ADDED = {code: column for code, column in TOTAL_COLUMNS.items() if column.adds_up}
NO_DAY = datetime.date(1, 1, 1)
LONGEST_PERIOD = datetime.timedelta(days=6)
NAMES = ["id", "unit_id", "counted_on", "date_from", "date_to"]


def logged_rows(first: datetime.date, last: datetime.date, tallied: Q | None = None) -> list[QuerySet]:
    """Querysets of (unit, day, column, n): what is logged on these days by the columns of a unit total, but results.

    `tallied` are the days of which the tally is read when not all of them.
    """
    columns = [
        When(figure=column.figure, **({"audience": column.audience} if column.audience else {}), then=Value(code))
        for code, column in ADDED.items()
    ]
    days = Q(date__range=(first, last)) if tallied is None else tallied
    tally = DailyTally.objects.filter(days, figure__in={c.figure for c in ADDED.values()})
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
        held.annotate(whose=F("unit_id"), day=F("date"), what=Value("events", output_field=CharField()))
        .order_by()
        .values("whose", "day", "what")
        .annotate(n=Count("pk")),
    ]


def logged(*, unit: Unit, period: Period) -> dict[str, int]:
    """Return column -> what is logged for one unit in a period; all columns that add up."""
    return logged_by_unit(units=[unit.pk], period=period).get(unit.pk, dict.fromkeys(ADDED, 0))


def logged_by_unit(*, units, period: Period) -> dict[int, dict[str, int]]:
    """Return unit key -> column -> what is logged in the period, results of events included, where anything is."""
    found = {}
    for row in event_excess(units=units, first=period.first, last=period.last):
        of_unit = found.setdefault(row["unit_id"], dict.fromkeys(ADDED, 0))
        for code in RESULT_COLUMNS:
            of_unit[code] += row[code]
    for rows in logged_rows(period.first, period.last):
        for unit, _day, column, n in rows.filter(whose__in=units).values_list("whose", "day", "what", "n"):
            if column:
                found.setdefault(unit, dict.fromkeys(ADDED, 0))[column] += n
    return found


def each(template: str, columns=ADDED) -> str:
    """The template once for every column that adds up."""
    return ", ".join(template.format(c=code) for code in columns)


def _sum_of(column) -> str:
    """The sum of the rows of the tally (t) that belong to this column."""
    of_audience = f" AND t.audience = '{column.audience}'" if column.audience else ""
    return f"SUM(CASE WHEN t.figure = '{column.figure}'{of_audience} THEN t.value ELSE 0 END) AS {column.code}"


# results: the held events that have a result, each column less what is logged at the event, on whatever day; never
# below zero. An empty number adds nothing.
RESULTS = f"""
SELECT e.id AS event_id, e.unit_id, e.team_id, e.date,
    {each("CASE WHEN r.{c} > COALESCE(o.{c}, 0) THEN r.{c} - COALESCE(o.{c}, 0) ELSE 0 END AS {c}", RESULT_COLUMNS)}
FROM shifts_outreachevent e JOIN assistance_outreachresult r ON r.event_id = e.id
LEFT JOIN (
    SELECT t.event_id, {", ".join(_sum_of(column) for column in RESULT_COLUMNS.values())}
    FROM assistance_dailytally t WHERE t.event_id IN (
        SELECT id FROM shifts_outreachevent WHERE state = 'held' AND date BETWEEN %s AND %s
    ) GROUP BY t.event_id
) o ON o.event_id = e.id
WHERE e.state = 'held' AND e.date BETWEEN %s AND %s
"""  # noqa: S608 - every name in it is our own constant; every value is a parameter


def event_excess(
    *, units=None, teams=None, events=None, first: datetime.date, last: datetime.date, by: Sequence[str] = ("unit_id",)
) -> list[dict[str, int]]:
    """Return what results of events held on first to last add to the visits logged there; one query.

    One row for each value of `by`, names among event_id, unit_id (the organising unit), team_id and date; `units`,
    `teams` and `events` are querysets or lists of keys, None for all. Rows are dicts of those names and of every column
    that adds up; columns that results do not have are 0.
    """
    if unknown := set(by) - {"event_id", "unit_id", "team_id", "date"}:
        raise ValueError(f"cannot group by {unknown}")
    params, where = connection_days(first, last, first, last), []
    for name, chosen in [("unit_id", units), ("team_id", teams), ("event_id", events)]:
        if chosen is None:
            continue
        sql, values = _keys(chosen)
        where.append(f"x.{name} IN ({sql})")
        params += values
    names = ", ".join(f"x.{name}" for name in by)
    sums = each("COALESCE(SUM(x.{c}), 0)", RESULT_COLUMNS)
    statement = f"SELECT {names + ', ' if names else ''}{sums} FROM ({RESULTS}) x"  # noqa: S608 - as above
    statement += f" WHERE {' AND '.join(where)}" if where else ""
    statement += f" GROUP BY {names}" if names else ""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [read_row(row, [*by], RESULT_COLUMNS) for row in cursor.fetchall()]


def _keys(chosen):
    """(SQL, parameters) of a list of keys: a queryset stays a question, a list becomes its parameters."""
    if isinstance(chosen, QuerySet):
        try:
            return chosen.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            return "NULL", ()
    keys = [getattr(row, "pk", row) for row in chosen]
    return (", ".join(["%s"] * len(keys)) or "NULL"), keys


# counting: the totals asked for, and those around them whose days may fall into a week asked for.
# logged: what is logged by their units each day, results of events included. above: each total less what is logged in
# its period; may be negative. days: the excess of the days inside each week.
EXCESS = f"""
WITH counting AS ({{counting}}),
logged AS (
    SELECT r.whose AS unit_id, r.day AS day, {each("SUM(CASE WHEN r.what = '{c}' THEN r.n ELSE 0 END) AS {c}")}
    FROM ({{rows}}) r WHERE r.whose IN (SELECT unit_id FROM counting) GROUP BY r.whose, r.day
    UNION ALL
    SELECT x.unit_id, x.date, {", ".join(f"x.{code}" if code in RESULT_COLUMNS else "0" for code in ADDED)}
    FROM ({RESULTS}) x WHERE x.unit_id IN (SELECT unit_id FROM counting)
    UNION ALL
    SELECT u.unit_id, u.date, {", ".join(f"u.{code}" if code in TALLIED_COLUMNS else "0" for code in ADDED)}
    FROM ({{rolled}}) u WHERE u.unit_id IN (SELECT unit_id FROM counting)
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
    """Return what totals counted on first to last add, one row for each value of `by`; two queries.

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
    around = (low - LONGEST_PERIOD, high + LONGEST_PERIOD)
    rolled = Rolled.between(*around)
    days, days_params = rolled.unit_days().values("unit_id", "date", *TALLIED_COLUMNS).query.sql_with_params()
    live = rolled.live()
    # No day to be read from the tally: one that is none, so that the statement keeps its shape.
    sources = [rows.query.sql_with_params() for rows in logged_rows(*around, Q(date=NO_DAY) if live is None else live)]
    names = ", ".join(f"a.{name}" for name in by)
    statement = EXCESS.format(
        counting=counting,
        rows=" UNION ALL ".join(sql for sql, _params in sources),
        rolled=days,
        by=f"{names}, " if names else "",
        group=f"GROUP BY {names}" if names else "",
    )
    params = [*params, *(value for _sql, values in sources for value in values)]
    params += [*connection_days(*around, *around), *days_params, *connection_days(first, last)]
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [read_row(row, by, ADDED) for row in cursor.fetchall()]


def connection_days(*days) -> list:
    """Dates as the database takes them in a plain statement."""
    return [connection.ops.adapt_datefield_value(day) for day in days]


def read_row(row, by, columns):
    """One row as a dict of every column that adds up; SQLite gives a date as text."""
    found = dict(zip([*by, *columns], row, strict=True))
    for name in {"counted_on", "date"} & found.keys():
        if isinstance(found[name], str):
            found[name] = datetime.date.fromisoformat(found[name])
    return found | {code: int(found.get(code, 0)) for code in ADDED}


def added_figures(row: dict[str, int]) -> dict[str, int]:
    """The columns of one row as figures of the tally: guided is one figure of three columns."""
    found = dict.fromkeys((column.figure for column in ADDED.values()), 0)
    for code, column in ADDED.items():
        found[column.figure] += row[code]
    return found
