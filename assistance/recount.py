"""Counts the figures again from the records, by the database's own grouping.

It shares no code with the tally's writer: what it finds is compared with what the tally says.
"""

from collections import Counter

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, Sum
from django.db.models.functions import ExtractHour, TruncDate

from assistance.excess import event_excess, excess
from assistance.models import DailyTally, Dossier, HourlyTally, OutreachResult, UnitTotal, Visit, VisitActivity
from shifts.models import Attendance, OutreachEvent

DAILY = ["volunteer", "audience", "post", "site", "team", "unit", "event"]
HOURLY = ["volunteer", "site", "team", "unit", "department", "procedure"]


def _with(**flags):
    return Exists(VisitActivity.objects.filter(visit=OuterRef("pk"), **{f"activity__{k}": v for k, v in flags.items()}))


def _visits():
    opened = Q(account="opened")
    told = Q(told=True)
    shown = Q(shown=True) | opened
    everyone = Visit.objects.filter(undone_at=None).annotate(
        told=_with(counts_reached=True), shown=_with(counts_guided=True), leaflet=_with(counts_leaflets=True)
    )
    yield "visits", everyone
    yield "reached", everyone.filter(told)
    yield "guided", everyone.filter(shown)
    yield "accounts", everyone.filter(opened)
    yield "reached_with_account", everyone.filter(told | shown, account__in=["had", "opened"])
    yield "leaflets", everyone.filter(leaflet=True)


def _first_of_each_code(dossiers, moment):
    """Dossiers without a code, and of each code the earliest."""
    earlier = dossiers.filter(code_digest=OuterRef("code_digest")).filter(
        Q(**{f"{moment}__lt": OuterRef(moment)}) | Q(**{moment: OuterRef(moment)}, pk__lt=OuterRef("pk"))
    )
    return dossiers.filter(Q(code_digest="") | ~Exists(earlier))


def _dossiers():
    sent = Dossier.objects.filter(visit__undone_at=None, submitted_at__isnull=False).exclude(level__counts_as="")
    first = _first_of_each_code(sent, "submitted_at")
    yield "dossiers_partial", first.filter(level__counts_as="dossiers_partial"), "submitted_at"
    yield "dossiers_full", first.filter(level__counts_as="dossiers_full"), "submitted_at"
    yield "dossiers_resolved", _first_of_each_code(sent.filter(state="returned"), "returned_at"), "returned_at"


def recount():
    """Return (daily, hourly): Counters from (figure, date, *DAILY) and (figure, date, hour, outcome, *HOURLY)."""
    daily, hourly = Counter(), Counter()
    for figure, visits in _visits():
        for *key, times in visits.order_by().values_list("date", *DAILY).annotate(n=Count("pk")):
            daily[(figure, *key)] += times
        rows = visits.order_by().values_list("date", "hour", "dossier__outcome", *HOURLY).annotate(n=Count("pk"))
        for date, hour, outcome, *key, times in rows:
            hourly[(figure, date, hour, outcome or "", *key)] += times
    for figure, dossiers, moment in _dossiers():
        at = dossiers.order_by().annotate(day=TruncDate(moment), at_hour=ExtractHour(moment))
        for *key, times in at.values_list("day", *[f"visit__{name}" for name in DAILY]).annotate(n=Count("pk")):
            daily[(figure, *key)] += times
        rows = at.values_list("day", "at_hour", "outcome", *[f"visit__{name}" for name in HOURLY])
        for *key, times in rows.annotate(n=Count("pk")):
            hourly[(figure, *key)] += times
    return daily, hourly


def stored():
    """Return what the tally says, in the same shape as recount()."""
    daily, hourly = Counter(), Counter()
    for *key, value in DailyTally.objects.values_list("figure", "date", *DAILY).annotate(n=Sum("value")):
        daily[tuple(key)] += value
    rows = HourlyTally.objects.values_list("figure", "date", "hour", "outcome", *HOURLY).annotate(n=Sum("value"))
    for *key, value in rows:
        hourly[tuple(key)] += value
    return daily, hourly


def _records_of_units(daily, results):
    """(unit, date, figure, audience) -> n of all records: visits and dossiers as recounted, results, duties, events."""
    found = Counter()
    for (figure, date, _volunteer, audience, _post, _site, _team, unit, _event), value in daily.items():
        found[(unit, date, figure, audience if figure == "guided" else "")] += value
    for duty in Attendance.objects.filter(
        state__in=["present", "late", "left"], assignment__state="active"
    ).select_related("assignment"):
        found[(duty.unit_id, duty.assignment.date, "duties", "")] += 1
    for event in OutreachEvent.objects.filter(state="held"):
        found[(event.unit_id, event.date, "events", "")] += 1
    for (_event, unit, date, column), value in results.items():
        found[(unit, date, *TOTALS[column])] += value
    return found


TOTALS = {
    **{f"guided_{audience}": ("guided", audience) for audience in ["citizen", "youth", "enterprise"]},
    **{
        name: (name, "")
        for name in [
            *("reached", "accounts", "reached_with_account", "leaflets", "dossiers_partial", "dossiers_full"),
            *("dossiers_resolved", "duties", "events"),
        ]
    },
}


RESULTS = [
    *("reached", "guided_citizen", "guided_youth", "guided_enterprise", "accounts", "reached_with_account"),
    *("leaflets", "dossiers_partial", "dossiers_full"),
]


def recount_results(daily):
    """What the result of each held event adds to its own visits, in plain steps: (event, unit, date, column) -> n."""
    at_events, found = Counter(), Counter()
    for (figure, _date, _volunteer, audience, *_place, event), value in daily.items():
        at_events[(event, figure, audience if figure == "guided" else "")] += value
    for result in OutreachResult.objects.filter(event__state="held").select_related("event"):
        for column in RESULTS:
            extra = (getattr(result, column) or 0) - at_events[(result.event_id, *TOTALS[column])]
            found[(result.event_id, result.event.unit_id, result.event.date, column)] = max(0, extra)
    return +found


def read_results():
    """What the reports take from results of events, in the same shape as recount_results()."""
    dates = OutreachResult.objects.aggregate(first=Min("event__date"), last=Max("event__date"))
    if dates["first"] is None:
        return Counter()
    keys = ("event_id", "unit_id", "date")
    rows = event_excess(**dates, by=keys)
    return +Counter({(*(row[key] for key in keys), column): row[column] for row in rows for column in RESULTS})


def recount_totals(daily, results):
    """What each unit total adds, day by day and in plain steps: (unit, counted_on, column) -> n."""
    records, found = _records_of_units(daily, results), Counter()
    by_unit = {}
    for (unit, date, figure, audience), value in records.items():
        by_unit.setdefault((unit, figure, audience), {})[date] = value
    extra_of_days = {}
    for total in UnitTotal.objects.filter(state__in=["sent", "accepted"]).order_by("span", "pk"):  # days, then weeks
        for column, (figure, audience) in TOTALS.items():
            whole = getattr(total, column)
            if whole is None:
                continue
            known = [by_unit.get((total.unit_id, figure, audience), {})]
            own_days = extra_of_days.setdefault((total.unit_id, column), {})
            if total.span == "week":
                known.append(own_days)
            inside = sum(n for part in known for date, n in part.items() if total.date_from <= date <= total.date_to)
            extra = max(0, whole - inside)
            if total.span == "day":
                own_days[total.date_from] = extra
            found[(total.unit_id, total.counted_on, column)] += extra
    return +found


def read_totals():
    """What the reports take from unit totals, in the same shape as recount_totals()."""
    dates = UnitTotal.objects.aggregate(first=Min("counted_on"), last=Max("counted_on"))
    if dates["first"] is None:
        return Counter()
    rows = excess(first=dates["first"], last=dates["last"], by=("unit_id", "counted_on"))
    return +Counter({(row["unit_id"], row["counted_on"], column): row[column] for row in rows for column in TOTALS})


def differences():
    """Return (rows compared, [(table, key, recounted, stored)]) over both tables and what results and totals add."""
    compared, found = 0, []
    daily, hourly = recount()
    results = recount_results(daily)
    pairs = zip(
        ("daily", "hourly", "results", "totals"),
        (daily, hourly, results, recount_totals(daily, results)),
        (*stored(), read_results(), read_totals()),
        strict=True,
    )
    for table, counted, kept in pairs:
        keys = set(+counted) | set(+kept)
        compared += len(keys)
        found += [(table, key, counted[key], kept[key]) for key in keys if counted[key] != kept[key]]
    return compared, sorted(found, key=str)
