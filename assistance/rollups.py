"""Rolls the tally up by month, for days that are over, and says which of these days still hold.

A visit of today costs nothing: today is read from the tally itself. A change of an earlier day leaves a row of
TallyChange in its transaction; that day is then read from the tally too, until its month is made again. The job takes
the changes it knows of before it reads the tally and removes only those: one that comes meanwhile stands.
"""

import datetime
from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from assistance.models import (
    DailyTally,
    HourlyTally,
    HourMonth,
    MatterMonth,
    PersonMonth,
    PlaceMonth,
    RolledUp,
    TallyChange,
    UnitDay,
)
from assistance.models.rollups import DAYS, TALLIED_COLUMNS

# A visit that began to be written before midnight has no mark: by this hour it is in the database.
DAY_IS_OVER_AT_HOUR = 1
ONLY_ROW = 1
DIFFERENCES_SHOWN = 20
UNIT_DAY = ", ".join(TALLIED_COLUMNS)
TABLES = (PlaceMonth, PersonMonth, MatterMonth, HourMonth)
ROLLED_UP = (*TABLES, UnitDay)
# Each table: the tally it is made from, and its columns as that says them. None: for all units together.
PLACE = {"unit_id": "unit_id", "team_id": "team_id", "audience": "audience", "outreach": "event_id IS NOT NULL"}
PERSON = {name: name for name in ("unit_id", "team_id", "post_id", "volunteer_id")}
MATTER = {name: name for name in ("unit_id", "team_id", "department_id", "procedure_id", "outcome")}
HOUR = {name: name for name in ("unit_id", "team_id", "hour")}
WHOLE = {"unit_id": None, "team_id": None}
MADE_FROM = [
    (PlaceMonth, DailyTally, PLACE),
    (PersonMonth, DailyTally, PERSON),
    (MatterMonth, HourlyTally, MATTER),
    (MatterMonth, HourlyTally, MATTER | WHOLE),
    (HourMonth, HourlyTally, HOUR),
    (HourMonth, HourlyTally, HOUR | WHOLE),
]


def mark_changed(days: Iterable[datetime.date], today: datetime.date | None = None) -> None:
    """Leave a mark for each of these days before today. Call it in the transaction that changes their tally."""
    today = today or timezone.localdate()
    if earlier := {day for day in days if day < today}:
        TallyChange.objects.bulk_create(TallyChange(date=day) for day in sorted(earlier))


def forget_rollups() -> None:
    """Roll everything up anew when next it is done; until then the tally itself is read."""
    RolledUp.objects.all().delete()
    TallyChange.objects.all().delete()


def month_of(day):
    return day.replace(day=1)


def end_of_month(month):
    return month_of(month + datetime.timedelta(days=31)) - datetime.timedelta(days=1)


def months_between(first, last):
    """First days of the months that have a day from first to last."""
    month = month_of(first)
    while month <= last:
        yield month
        month = end_of_month(month) + datetime.timedelta(days=1)


def last_day_over(at: datetime.datetime) -> datetime.date:
    """The last day whose visits of its own day are all written."""
    return (timezone.localtime(at) - datetime.timedelta(days=1, hours=DAY_IS_OVER_AT_HOUR)).date()


def roll_up(at: datetime.datetime | None = None) -> int:
    """Roll up what is over and what was changed since; return how many months were made. Safe to do twice."""
    target, made = last_day_over(at or timezone.now()), 0
    while month := _next_month(target):
        with transaction.atomic():
            rolled = RolledUp.objects.select_for_update().filter(pk=ONLY_ROW).first()
            changes = list(TallyChange.objects.filter(date__range=(month, end_of_month(month))).values_list("pk"))
            until = min(end_of_month(month), target)
            if rolled and rolled.until > until:
                until = min(rolled.until, end_of_month(month))
            _make(month, until)
            TallyChange.objects.filter(pk__in=[pk for (pk,) in changes]).delete()
            if rolled is None or rolled.until < until:
                RolledUp.objects.update_or_create(pk=ONLY_ROW, defaults={"until": until})
        made += 1
    return made


def _next_month(target):
    """The next month to make: the one after what is rolled up, else the earliest that was changed; None when done."""
    rolled = RolledUp.objects.filter(pk=ONLY_ROW).first()
    if rolled is None:
        days = [model.objects.aggregate(day=Min("date"))["day"] for model in (DailyTally, HourlyTally)]
        first = min((day for day in days if day), default=None)
        return month_of(first) if first and first <= target else None
    if rolled.until < target:
        return month_of(rolled.until + datetime.timedelta(days=1))
    changed = TallyChange.objects.filter(date__lte=rolled.until).aggregate(day=Min("date"))["day"]
    return month_of(changed) if changed else None


def _make(month, until):
    for model in TABLES:
        model.objects.filter(month=month).delete()
    for model, tally, columns in MADE_FROM:
        days = [month + datetime.timedelta(days=n) for n in range((until - month).days + 1)]
        select, params = _months(tally, columns, month, days)
        with connection.cursor() as cursor:
            cursor.execute(
                # S608: table and column names are our own constants; every value is a parameter.
                f"INSERT INTO {model._meta.db_table} (figure, {', '.join(columns)}, month, value, {', '.join(DAYS)})"  # noqa: S608
                f" SELECT figure, {', '.join(columns)}, month, value, {', '.join(DAYS)} FROM ({select}) made",
                params,
            )
    UnitDay.objects.filter(date__range=(month, end_of_month(month))).delete()
    select, params = _unit_days(month, until)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {UnitDay._meta.db_table} (unit_id, date, {UNIT_DAY}) {select}", params)


def _unit_days(first, last):
    """A statement that reads the tally as days of units, by the columns of a unit total, and its parameters."""
    sums = ", ".join(
        f"SUM(CASE WHEN figure = '{column.figure}'"
        + (f" AND audience = '{column.audience}'" if column.audience else "")
        + f" THEN value ELSE 0 END) AS {code}"
        for code, column in TALLIED_COLUMNS.items()
    )
    adapt = connection.ops.adapt_datefield_value
    statement = (
        f"SELECT unit_id, date, {sums} FROM {DailyTally._meta.db_table}"  # noqa: S608 - as above
        " WHERE date BETWEEN %s AND %s AND value > 0 GROUP BY unit_id, date"
    )
    return statement, [adapt(first), adapt(last)]


def _months(tally, columns, month, days):
    """A statement that reads the tally as rows of a month, with these days of it, and its parameters."""
    adapt = connection.ops.adapt_datefield_value
    sums, params = [], []
    for number in range(1, len(DAYS) + 1):
        day = next((day for day in days if day.day == number), None)
        if day is None:
            sums.append(f"0 AS d{number:02d}")
        else:
            sums.append(f"SUM(CASE WHEN date = %s THEN value ELSE 0 END) AS d{number:02d}")
            params.append(adapt(day))
    kept = {name: said for name, said in columns.items() if said is not None}
    said = [f"CAST(NULL AS bigint) AS {name}" if say is None else f"{say} AS {name}" for name, say in columns.items()]
    group = ", ".join(["figure", *kept.values()])
    statement = (
        f"SELECT figure, {', '.join(said)}, {_date('%s')} AS month, SUM(value) AS value, {', '.join(sums)}"  # noqa: S608
        f" FROM {tally._meta.db_table} WHERE date BETWEEN %s AND %s AND value > 0 GROUP BY {group}"
    )
    bounds = (days[0], days[-1]) if days else (month, month - datetime.timedelta(days=1))
    return statement, [adapt(month), *params, *map(adapt, bounds)]


def _date(place):
    return f"CAST({place} AS date)" if connection.vendor == "postgresql" else place


def differences() -> list[tuple[str, str]]:
    """[(table, row)] where what is rolled up of days that hold is not what the tally says, either way round."""
    rolled = RolledUp.objects.filter(pk=ONLY_ROW).first()
    found = []
    if rolled is None:
        return found
    changed = set(TallyChange.objects.values_list("date", flat=True))
    first = min(filter(None, (model.objects.aggregate(m=Min("month"))["m"] for model in TABLES)), default=None)
    for month in months_between(first, rolled.until) if first else ():
        until = min(end_of_month(month), rolled.until)
        days = [month + datetime.timedelta(days=n) for n in range((until - month).days + 1)]
        days = [day for day in days if day not in changed]
        for model, tally, columns in MADE_FROM:
            if days:
                found += [(model._meta.model_name, str(row)) for row in _differing(model, tally, columns, month, days)]
        found += [("unitday", str(row)) for row in _differing_days(month, until) if row[1] not in changed]
    return found


def _differing_days(month, until):
    """Days of units that one of the two has and the other has not; dates as dates."""
    made, params = _unit_days(month, until)
    names = f"unit_id, date, {UNIT_DAY}"
    made = f"SELECT {names} FROM ({made}) made WHERE {' + '.join(TALLIED_COLUMNS)} > 0"  # noqa: S608 - as above
    kept = (
        f"SELECT {names} FROM {UnitDay._meta.db_table}"  # noqa: S608
        f" WHERE date BETWEEN %s AND %s AND {' + '.join(TALLIED_COLUMNS)} > 0"
    )
    with connection.cursor() as cursor:
        for one, other in [(made, kept), (kept, made)]:
            cursor.execute(f"{one} EXCEPT {other}", [*params, *params])
            for unit, day, *numbers in cursor.fetchall():
                yield unit, datetime.date.fromisoformat(day) if isinstance(day, str) else day, *numbers


def _differing(model, tally, columns, month, days):
    """Rows that one of the two has and the other has not, of these days; some of them."""
    made, params = _months(tally, columns, month, days)
    adapt, shown = connection.ops.adapt_datefield_value, [f"d{day.day:02d}" for day in days]
    names = ", ".join(["figure", *columns, *shown])
    whole = columns.get("unit_id") is None
    of_all = f" AND unit_id IS {'' if whole else 'NOT '}NULL"
    any_day = " OR ".join(f"{name} > 0" for name in shown)
    made = f"SELECT {names} FROM ({made}) made WHERE {any_day}"  # noqa: S608 - as above
    kept = f"SELECT {names} FROM {model._meta.db_table} WHERE month = %s AND ({any_day}){of_all}"  # noqa: S608
    with connection.cursor() as cursor:
        for one, other, values in [
            (made, kept, [*params, adapt(month)]),
            (kept, made, [adapt(month), *params]),
        ]:
            cursor.execute(f"SELECT * FROM ({one} EXCEPT {other}) differing LIMIT {DIFFERENCES_SHOWN}", values)  # noqa: S608
            yield from cursor.fetchall()
