"""The very rows behind a number: visits, dossiers, events, duties, and what results and unit totals add.

Every row says how much of the number it is, so that the rows add up to it. Of a citizen nothing is shown: no code, no
number in the queue. Who served is shown to the leaders of the team alone.
"""

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from assistance.excess import event_excess, excess
from assistance.figures import TOTAL_COLUMNS
from assistance.models import DailyTally, Dossier, UnitTotal, Visit, VisitActivity
from reports.figures.catalogue import CountedFigure
from reports.figures.coverage import running
from reports.figures.labels import unit_label
from reports.figures.questions import RESULTS, TOTALS, Question
from reports.figures.sources import BY_AUDIENCE, added, attended_rows, held, held_rows
from reports.figures.tallied import tallied
from shifts.dates import Session
from shifts.models import OutreachEvent, Unit

COLUMNS = ("date", "time", "kind", "unit", "team", "place", "what", "who", "n")
DOSSIERS = {"dossiers_partial", "dossiers_full", "dossiers_resolved"}
CHUNK = 2000


class Record(NamedTuple):
    """One row behind a number."""

    date: datetime.date | None
    time: str
    kind: str
    unit: str
    team: str
    place: str
    what: str
    who: str
    n: int


@dataclass
class Part:
    """Rows of one kind: how many there are, what they come to, and how to read some of them."""

    count: int
    exact: int
    read: Callable[[int, int], list[Record]]


@dataclass
class Records:
    """All rows behind a number, part after part."""

    parts: list[Part]

    @property
    def count(self):
        return sum(part.count for part in self.parts)

    @property
    def exact(self):
        return sum(part.exact for part in self.parts)

    def slice(self, offset: int, limit: int) -> list[Record]:
        """The rows from offset on; a few queries whatever the offset."""
        found = []
        for part in self.parts:
            if offset < part.count and len(found) < limit:
                found += part.read(offset, min(limit - len(found), part.count - offset))
            offset = max(0, offset - part.count)
        return found

    def __iter__(self) -> Iterator[Record]:
        """All rows, read in pieces, so that memory stays flat."""
        for part in self.parts:
            for offset in range(0, part.count, CHUNK):
                yield from part.read(offset, min(CHUNK, part.count - offset))


def records(figure: CountedFigure, question: Question, *, user, with_names: bool = False) -> Records:
    """Return the rows behind a figure of a question that is settled and not divided."""
    today = timezone.localdate()
    parts = []
    if figure.kind == "tally":
        for code in figure.parts:
            parts.append(_logged(code, question, user, with_names, today))
    if figure.kind == "events":
        parts.append(_events(question, today))
    if figure.kind == "duties":
        parts.append(_duties(figure, question, with_names, today))
    if figure.kind == "coverage":
        return Records([_units(question, today)])
    parts += [_results(figure, question, today), _totals(figure, question, today)]
    return Records([part for part in parts if part.count])


def _listed(rows: list[Record]) -> Part:
    return Part(len(rows), sum(row.n for row in rows), lambda offset, limit: rows[offset : offset + limit])


# Visits and dossiers


def _with(**flags):
    return Exists(VisitActivity.objects.filter(visit=OuterRef("pk"), **{f"activity__{k}": v for k, v in flags.items()}))


def _visits_of(figure):
    told, shown = Q(_with(counts_reached=True)), Q(_with(counts_guided=True)) | Q(account="opened")
    return Visit.objects.surviving().filter(
        {
            "visits": Q(),
            "reached": told,
            "guided": shown,
            "accounts": Q(account="opened"),
            "reached_with_account": (told | shown) & Q(account__in=["had", "opened"]),
            "leaflets": Q(_with(counts_leaflets=True)),
        }[figure]
    )


VISIT_FIELDS = {
    name: f"{name}_id" for name in ("team", "post", "volunteer", "department", "procedure")
} | {"audience": "audience", "outcome": "dossier__outcome"}  # fmt: skip


def _narrowed_visits(question, rows, prefix=""):
    if question.units is not None:
        rows = rows.filter(**{f"{prefix}unit__in": question.units})
    for name, path in VISIT_FIELDS.items():
        keys = question.only(name)
        if keys is None:
            continue
        path = "outcome" if prefix and name == "outcome" else f"{prefix}{path}"
        wanted = Q(**{f"{path}__in": keys - {None}})
        if None in keys or (name == "outcome" and "" in keys):
            wanted |= Q(**{f"{path}__isnull": True})
        rows = rows.filter(wanted)
    if (sources := question.only("source")) is not None:
        found = Q(pk=None)
        for source in sources & {"desk", "outreach"}:
            found |= Q(**{f"{prefix}event__isnull": source == "desk"})
        rows = rows.filter(found)
    return rows


def _logged(figure, question, user, with_names, today):
    """Visits, or dossiers as visits, of the days that the tally names: no scan, whatever the offset."""
    by_day = replace(question, group="day")
    days = {}
    for _figure, day, n in tallied(by_day, [figure]):
        days[day] = days.get(day, 0) + n
    days = sorted(days.items(), reverse=True)

    def read(offset, limit):
        skipped, chosen, have = 0, [], 0
        for day, n in days:
            if not chosen and skipped + n <= offset:
                skipped += n
                continue
            chosen.append(day)
            have += n
            if have - (offset - skipped) >= limit:
                break
        if not chosen:
            return []
        start = offset - skipped
        rows = (_dossiers if figure in DOSSIERS else _visits)(figure, question, user, chosen)
        return [_of_visit(*row, with_names, today) for row in rows[start : start + limit]]

    total = sum(n for _day, n in days)
    return Part(total, total, read)


SHOWN_OF_VISIT = ("unit", "team", "site", "post", "procedure", "department", "volunteer")


def _visits(figure, question, user, days):
    first, last = min(days), max(days)
    # By sites, since visits are indexed by site and day.
    sites = DailyTally.objects.filter(date__range=(first, last)).order_by().values_list("site", flat=True).distinct()
    rows = _narrowed_visits(question, _visits_of(figure)).filter(date__range=(first, last), site__in=list(sites))
    if (hours := question.only("hour")) is not None:
        rows = rows.filter(hour__in=hours)
    rows = rows.filter(pk__in=Visit.objects.visible_to(user).values("pk")).select_related(*SHOWN_OF_VISIT)
    rows = rows.order_by("-date", "-occurred_at", "pk")
    return _Rows(rows, lambda visit: (visit, timezone.localtime(visit.occurred_at), None))


def _dossiers(figure, question, user, days):
    moment = "returned_at" if figure == "dossiers_resolved" else "submitted_at"
    counted = Q(counts_result=True) if moment == "returned_at" else Q(counts_submission=True, level__counts_as=figure)
    zone = timezone.get_current_timezone()
    first = datetime.datetime.combine(min(days), datetime.time.min, zone)
    end = datetime.datetime.combine(max(days) + datetime.timedelta(days=1), datetime.time.min, zone)
    rows = Dossier.objects.filter(counted, **{f"{moment}__gte": first, f"{moment}__lt": end})
    rows = _narrowed_visits(question, rows, "visit__")
    rows = rows.filter(visit__in=Visit.objects.visible_to(user))
    if (hours := question.only("hour")) is not None:
        rows = rows.filter(**{f"{moment}__hour__in": hours})
    rows = rows.select_related("level", *(f"visit__{name}" for name in SHOWN_OF_VISIT))
    rows = rows.order_by(f"-{moment}", "pk")
    return _Rows(rows, lambda row: (row.visit, timezone.localtime(getattr(row, moment)), row))


class _Rows:
    """A queryset of which slices are made into something."""

    def __init__(self, rows, make):
        self.rows, self.make = rows, make

    def __getitem__(self, part):
        return [self.make(row) for row in self.rows[part]]


def _of_visit(visit, at, dossier, with_names, today):
    matter = visit.procedure or visit.department
    what = [visit.get_audience_display(), *([str(matter)] if matter else [])]
    return Record(
        date=at.date(),
        time=f"{at:%H:%M}",
        kind=_("Hồ sơ {level}").format(level=dossier.level.name.lower()) if dossier else _("Lượt hỗ trợ"),
        unit=unit_label(visit.unit, today),
        team=visit.team.name,
        place=f"{visit.post}, {visit.site.short_name}",
        what=", ".join(map(str, what)),
        who=str(visit.volunteer) if with_names else "",
        n=1,
    )


# Events and duties


def _events(question, today):
    total = sum(n for _figure, _key, n in held(question, {"events"}))
    rows = held_rows(question).select_related("unit", "team").order_by("-date", "-starts_at", "pk") if total else []

    def read(offset, limit):
        return [_of_event(event, _("Hoạt động lưu động"), 1, today) for event in rows[offset : offset + limit]]

    return Part(total, total, read)


def _of_event(event, kind, n, today, what=""):
    return Record(
        event.date, f"{event.starts_at:%H:%M}", kind, unit_label(event.unit, today), event.team.name, event.venue,
        what, "", n,
    )  # fmt: skip


def _duties(figure, question, with_names, today):
    if not question.admits("duties", {"unit", "team", "post", "volunteer", "source", "day", "week", "month"}):
        return Part(0, 0, lambda offset, limit: [])
    shown = ("unit", "team", "assignment__post__site", "assignment__event", "assignment__volunteer__user")
    rows = attended_rows(question).select_related(*shown).order_by("-assignment__date", "assignment__session", "pk")
    minutes = figure.in_minutes
    if minutes:
        rows = rows.filter(minutes__gt=0)

    def read(offset, limit):
        return [_of_duty(row, minutes, with_names, today) for row in rows[offset : offset + limit]]

    numbers = list(attended_rows(question).values_list("minutes", flat=True))
    numbers = [n for n in numbers if n] if minutes else [1] * len(numbers)
    return Part(len(numbers), sum(numbers), read)


def _of_duty(row, minutes, with_names, today):
    duty = row.assignment
    place = f"{duty.post}, {duty.post.site.short_name}" if duty.post_id else str(duty.event.venue if duty.event else "")
    return Record(
        date=duty.date,
        time=str(Session(duty.session).label),
        kind=_("Buổi trực"),
        unit=unit_label(row.unit, today),
        team=row.team.name,
        place=place,
        what=row.get_state_display(),
        who=str(duty.volunteer) if with_names else "",
        n=row.minutes if minutes else 1,
    )


def _units(question, today):
    found = running(question)
    units = Unit.objects.in_bulk(found)
    rows = [
        Record(
            question.last, "", unit.get_level_display(), unit_label(unit, today), "", "",
            _("đang chạy mô hình") if found[pk] else _("chưa có đội hình"), "", found[pk],
        )
        for pk, unit in units.items()
    ]  # fmt: skip
    return _listed(sorted(rows, key=lambda row: (-row.n, row.unit)))


# What results of events and unit totals add


def _numbers(figure, question, row):
    """What one row of an excess adds to the figure, and the columns of which it is."""
    audiences = question.only("audience")
    n, columns = 0, []
    for code, column in TOTAL_COLUMNS.items():
        if column.figure not in figure.parts or code not in row:
            continue
        if audiences is not None and column.figure == "guided" and BY_AUDIENCE.get(code) not in audiences:
            continue
        n += row[code]
        columns.append(code)
    return n, columns


def _adds(figure, question, part):
    """Whether rows of this excess are behind the number: as ask() judges it."""
    source = {RESULTS: "outreach", TOTALS: "totals"}[part]
    facts = added(replace(question, group="source"), set(figure.parts))
    return any(key == source for _figure, key, _n in facts)


def _results(figure, question, today):
    if figure.kind != "tally" or not _adds(figure, question, RESULTS):
        return _listed([])
    asked = {"units": question.units, "teams": question.only("team"), "first": question.first, "last": question.last}
    rows = event_excess(**asked, by=["event_id"])
    events = OutreachEvent.objects.select_related("unit", "team", "result").in_bulk([row["event_id"] for row in rows])
    found = []
    for row in rows:
        n, columns = _numbers(figure, question, row)
        if n:
            event = events[row["event_id"]]
            said = sum(getattr(event.result, code) or 0 for code in columns)
            what = _("kết quả ghi {said}, đã ghi từng lượt {logged}").format(said=said, logged=said - n)
            found.append(_of_event(event, _("Kết quả hoạt động"), n, today, what))
    return _listed(sorted(found, key=lambda row: row.date, reverse=True))


def _totals(figure, question, today):
    if figure.code == "hours" or not _adds(figure, question, TOTALS):
        return _listed([])
    rows = excess(units=question.units, first=question.first, last=question.last, by=["id"])
    rows = [(row["id"], *_numbers(figure, question, row)) for row in rows]
    rows = [row for row in rows if row[1]]
    totals = UnitTotal.objects.select_related("unit").in_bulk([pk for pk, _n, _columns in rows])
    found = []
    for pk, n, columns in rows:
        total = totals[pk]
        said = sum(getattr(total, code) or 0 for code in columns)
        what = _("{period}: đơn vị báo {said}, đã ghi {logged}").format(
            period=total.period.title, said=said, logged=said - n
        )
        unit = unit_label(total.unit, today)
        found.append(Record(total.counted_on, "", _("Số liệu tổng hợp"), unit, "", "", what, "", n))
    return _listed(sorted(found, key=lambda row: (row.date, row.unit), reverse=True))
