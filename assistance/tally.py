"""Keeps the tally: what a visit and its dossier contribute, and how a change of it is written."""

from collections import Counter
from itertools import groupby

from django.db import connection, transaction
from django.utils import timezone

from assistance.election import elect_everywhere
from assistance.figures import visit_figures
from assistance.models import DailyTally, Dossier, HourlyTally, Visit
from assistance.rollups import forget_rollups, mark_changed

CONFLICT = {
    # The same expressions as in the unique constraints: a missing event or department is one value, not many.
    DailyTally: "date, volunteer_id, figure, audience, post_id, site_id, team_id, unit_id, COALESCE(event_id, 0)",
    HourlyTally: "date, hour, volunteer_id, figure, outcome, site_id, team_id, unit_id,"
    " COALESCE(department_id, 0), COALESCE(procedure_id, 0)",
}
ROWS_A_STATEMENT = 500


class Contribution:
    """What adds up in the two tally tables: key -> value, one Counter per table."""

    def __init__(self):
        self.daily, self.hourly = Counter(), Counter()

    def add_visit(self, visit, activities, outcome=""):
        """Add the figures of the visit itself, at the time it happened."""
        for figure, value in visit_figures(account=visit.account, activities=activities).items():
            self._add(visit, visit.date, visit.hour, figure, outcome, value)

    def add_dossier(self, visit, dossier):
        """Add the figures of the dossier: its submission and its result, each at its own time."""
        if dossier.counts_submission:
            at = timezone.localtime(dossier.submitted_at)
            self._add(visit, at.date(), at.hour, dossier.level.counts_as, dossier.outcome, 1)
        if dossier.counts_result:
            at = timezone.localtime(dossier.returned_at)
            self._add(visit, at.date(), at.hour, "dossiers_resolved", dossier.outcome, 1)

    def _add(self, visit, date, hour, figure, outcome, value):
        person = visit.volunteer_id
        place = (visit.post_id, visit.site_id, visit.team_id, visit.unit_id, visit.event_id)
        self.daily[(date, person, figure, visit.audience, *place)] += value
        matter = (visit.site_id, visit.team_id, visit.unit_id, visit.department_id, visit.procedure_id)
        self.hourly[(date, hour, person, figure, outcome, *matter)] += value

    def write(self, minus=None):
        """Write this contribution, less what was there before. Call it inside the visit's transaction."""
        mark_changed(key[0] for part in (self, minus) if part for key in part.daily)
        for model, now, before in [
            (DailyTally, self.daily, minus.daily if minus else {}),
            (HourlyTally, self.hourly, minus.hourly if minus else {}),
        ]:
            change = Counter(now)
            change.subtract(before)
            # Sorted, so that two transactions that touch the same rows lock them in the same order; raising all
            # before lowering any would break it: one edit raises what another lowers.
            rows = sorted(((key, value) for key, value in change.items() if value), key=lambda row: _sortable(row[0]))
            for rises, part in groupby(rows, key=lambda row: row[1] > 0):
                if rises:
                    _raise(list(part), model)
                else:
                    for key, value in part:
                        _lower(key, -value, model)


def _sortable(key):
    return tuple((part is not None, part) for part in key)


def _raise(rows, model):
    """Add values to tally rows, making those that are missing: one statement for up to ROWS_A_STATEMENT rows."""
    table, width = model._meta.db_table, len(model.KEY) + 1
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        part = rows[start : start + ROWS_A_STATEMENT]
        places = ", ".join(["(" + ", ".join(["%s"] * width) + ")"] * len(part))
        with connection.cursor() as cursor:
            cursor.execute(
                # S608: table and column names are our own constants; every value is a parameter.
                f"INSERT INTO {table} ({', '.join(model.KEY)}, value) VALUES {places}"  # noqa: S608
                f" ON CONFLICT ({CONFLICT[model]}) DO UPDATE SET value = {table}.value + EXCLUDED.value",
                [item for key, value in part for item in (*key, value)],
            )


def _lower(key, value, model):
    """Take a value off one tally row; a row that would fall below zero breaks its constraint."""
    names = zip(model.KEY, key, strict=True)
    where = " AND ".join(f"{name} IS NULL" if part is None else f"{name} = %s" for name, part in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {model._meta.db_table} SET value = value - %s WHERE {where}",  # noqa: S608  as above
            [value, *[part for part in key if part is not None]],
        )


def rebuild() -> int:
    """Recount everything from the records, in one transaction; return how many visits were read.

    Elects the counted dossier of each code first, then writes both tables anew. Desks that save meanwhile wait.
    """
    with transaction.atomic():
        _hold_off_writers()
        DailyTally.objects.all().delete()
        HourlyTally.objects.all().delete()
        elect_everywhere()
        total, read = Contribution(), 0
        visits = Visit.objects.surviving().select_related("dossier__level").prefetch_related("activities")
        for visit in visits.order_by("pk").iterator(chunk_size=2000):
            dossier = visit.dossier_or_none
            total.add_visit(visit, visit.activities.all(), dossier.outcome if dossier else "")
            if dossier:
                total.add_dossier(visit, dossier)
            read += 1
        total.write()
        forget_rollups()
    return read


def _hold_off_writers():
    """Let no visit be written until the transaction ends: it would be added to the new tally and be recounted too."""
    if connection.vendor != "postgresql":
        return  # SQLite has one writer at a time anyway
    # In the order in which every write takes its locks, so that those under way finish first.
    tables = [model._meta.db_table for model in (Visit, Dossier, DailyTally, HourlyTally)]
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN EXCLUSIVE MODE")
