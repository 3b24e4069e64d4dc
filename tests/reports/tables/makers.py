"""What the tests of tables are made of: a tree of units with numbers, totals and duties, and definitions by a line."""

import datetime

from django.test import Client
from django.utils import timezone

from assistance.models import DailyTally, HourlyTally, UnitTotal
from reports.models import TableColumn, TableDefinition
from shifts.models import Unit

START = datetime.date(2020, 1, 1)
OCTOBER = datetime.date(2026, 10, 1)


def client_of(user):
    client = Client()
    client.force_login(user, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def definition_of(*columns, slug="thu", rows="unit", level="below", **fields):
    """A definition; a column is "content", "content/measure" or (that, group, heading)."""
    made = TableDefinition.objects.create(slug=slug, title="Bảng thử", rows=rows, level=level, **fields)
    for position, column in enumerate(columns, 1):
        what, group, heading = column if isinstance(column, tuple) else (column, "", "")
        content, _sign, measure = what.partition("/")
        TableColumn.objects.create(
            definition=made,
            position=position,
            content=content,
            measure=measure or "period",
            group=group,
            heading=heading,
        )
    return made


def commune(world, code, name, parent=None, start=START, **fields):
    return Unit.objects.create(
        code=code, name=name, level="commune", kind=name.split()[0].lower(), parent=parent or world.district,
        valid_from=start, **fields,
    )  # fmt: skip


def counted(world, value, figure="visits", date=OCTOBER, unit=None, audience="citizen", team=None, matter=None):
    """What a desk logged, in both tables of the tally; `matter` is a procedure."""
    whose = {"date": date, "unit": unit or world.province, "team": team or world.team, "site": world.site,
             "volunteer": world.volunteer, "figure": figure, "value": value}  # fmt: skip
    DailyTally.objects.create(**whose, post=world.t1, audience=audience)
    known = {"procedure": matter, "department": matter and matter.department, "hour": 8}
    hourly, made = HourlyTally.objects.get_or_create(
        **{name: whose[name] for name in ("date", "unit", "team", "site", "volunteer", "figure")}, **known,
        defaults={"value": value},
    )  # fmt: skip
    if not made:
        HourlyTally.objects.filter(pk=hourly.pk).update(value=hourly.value + value)


def told(world, unit, day=datetime.date(2026, 10, 5), **numbers):
    """A week's total that was accepted."""
    remarks = numbers.pop("remarks", "")
    return UnitTotal.objects.create(
        unit=unit, span="week", date_from=day, date_to=day + datetime.timedelta(days=6), counted_on=day,
        state="accepted", sent_at=timezone.now(), reviewed_at=timezone.now(), remarks=remarks, **numbers,
    )  # fmt: skip


def lines(table):
    """The table as plain values: label and numbers of each row, and the sums."""
    rows = {row.label: [cell.value for cell in row.cells] for row in table.rows}
    return rows, [cell.value for cell in table.sums]
