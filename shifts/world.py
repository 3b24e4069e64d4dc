"""The world as we know it from decrees and the calendar: units, their successors, special days, sites and the team.

Loading adds what is missing and leaves every row that exists as staff have edited it.
"""

import csv
import datetime
from collections.abc import Callable
from pathlib import Path

from shifts.models import CalendarDay, Post, Site, SiteSession, Team, Unit, UnitSuccession
from shifts.text import fold

FIXTURES = Path(__file__).parent / "fixtures"
PROVINCE = "22"
CENTRE, FLOORS = "TTHCC", ["T1", "T2", "T3"]
DISTRICTS_END = datetime.date(2025, 7, 1)
HOURS = [("sang", datetime.time(7, 30), datetime.time(11, 30)), ("chieu", datetime.time(13, 30), datetime.time(17, 0))]

Report = Callable[[str, int], None]


def read_rows(path):
    """Rows of one of our CSV files."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text):
    """The date in text, or None of an empty one."""
    return datetime.date.fromisoformat(text) if text else None


def load_shifts_world(report: Report) -> None:
    """Add the missing units, successions, special days, sites and the team; call it in a transaction."""
    report("đơn vị", load_units())
    report("kế thừa đơn vị", load_successions())
    report("ngày đặc biệt", load_calendar())
    report("điểm hỗ trợ", load_sites())
    report("đội hình", load_team())


def units_by_key():
    """(code, first day) -> Unit."""
    return {(unit.code, unit.valid_from): unit for unit in Unit.objects.all()}


def load_units() -> int:
    """Add missing units, level by level, since a path begins with the parent's."""
    known, made = units_by_key(), 0
    rows = read_rows(FIXTURES / "units.csv")
    for level in Unit.Level.values:
        missing = [new_unit(row, known) for row in rows if row["level"] == level and key_of(row, "") not in known]
        Unit.objects.bulk_create(missing)
        for unit in missing:
            unit.path = f"{unit.parent.path if unit.parent else ''}{unit.pk}."
            known[unit.code, unit.valid_from] = unit
        Unit.objects.bulk_update(missing, ["path"], batch_size=100)
        made += len(missing)
    return made


def key_of(row, prefix):
    """The key of the unit that a row names under this prefix."""
    return row[f"{prefix}code"], day(row[f"{prefix}valid_from"])


def new_unit(row, known):
    """An unsaved unit from a row of units.csv."""
    return Unit(
        code=row["code"],
        name=row["name"],
        search_name=fold(row["name"]),
        level=row["level"],
        kind=row["kind"],
        parent=known[key_of(row, "parent_")] if row["parent_code"] else None,
        valid_from=day(row["valid_from"]),
        valid_until=day(row["valid_until"]),
    )


def load_successions() -> int:
    """Add the successors of units that have none yet: where staff named one, theirs stay alone."""
    known, missing = units_by_key(), []
    settled = set(UnitSuccession.objects.values_list("predecessor_id", flat=True))
    for row in read_rows(FIXTURES / "successions.csv"):
        old, new = known[key_of(row, "old_")], known[key_of(row, "new_")]
        if old.pk not in settled:
            missing.append(
                UnitSuccession(
                    predecessor=old,
                    successor=new,
                    is_main=row["main"] == "yes",
                    extent=row["extent"],
                    decision=row["decision"],
                )
            )
    return len(UnitSuccession.objects.bulk_create(missing))


def load_calendar() -> int:
    """Add holidays and make-up days that are not listed yet."""
    listed = set(CalendarDay.objects.values_list("date", flat=True))
    rows = [row for row in read_rows(FIXTURES / "calendar.csv") if day(row["date"]) not in listed]
    return len(
        CalendarDay.objects.bulk_create(
            CalendarDay(date=day(row["date"]), name=row["name"], is_open=row["open"] == "yes") for row in rows
        )
    )


def load_sites() -> int:
    """Add the provincial centre and the district centres, each with its posts and hours."""
    province = Unit.objects.filter(code=PROVINCE).latest("valid_from")
    floors = [(code, f"Tầng {number}") for number, code in enumerate(FLOORS, 1)]
    made = add_site(CENTRE, "Trung tâm Phục vụ hành chính công tỉnh Quảng Ninh", "Trung tâm HCC tỉnh", province, floors)
    if made:  # its story: at least three a day, one a floor, the whole day
        Site.objects.filter(code=CENTRE).update(min_people=3, whole_days=True)
    # A district that changed in 2024 has two rows: the last one also reads what the first one did.
    last = {unit.code: unit for unit in Unit.objects.filter(level=Unit.Level.DISTRICT).order_by("valid_from")}
    for code, unit in sorted(last.items()):
        made += add_site(
            f"H{code}",
            f"Trung tâm Hành chính công {unit.name[0].lower()}{unit.name[1:]}",
            f"HCC {unit.name.removeprefix('Thành phố ').removeprefix('Thị xã ').removeprefix('Huyện ')}",
            unit,
            [("Q1", "Quầy hướng dẫn")],
            DISTRICTS_END,
        )
    return made


def add_site(code, name, short_name, unit, posts, valid_until=None) -> int:
    """Add a site with posts and hours unless its code exists; return how many were added."""
    site, made = Site.objects.get_or_create(
        code=code, defaults={"name": name, "short_name": short_name, "unit": unit, "valid_until": valid_until}
    )
    if made:
        Post.objects.bulk_create(
            Post(site=site, code=post, name=title, position=number) for number, (post, title) in enumerate(posts, 1)
        )
        SiteSession.objects.bulk_create(
            SiteSession(site=site, session=session, starts_at=start, ends_at=end) for session, start, end in HOURS
        )
    return int(made)


def load_team() -> int:
    """Add the provincial team."""
    _team, made = Team.objects.get_or_create(
        code="TINH",
        defaults={
            "name": "Đội hình thanh niên tình nguyện hỗ trợ dịch vụ công trực tuyến tỉnh Quảng Ninh",
            "unit": Unit.objects.filter(code=PROVINCE).latest("valid_from"),
            "home_site": Site.objects.get(code=CENTRE),
            "valid_from": datetime.date(2020, 2, 24),
        },
    )
    return int(made)
