"""A file of changes of the tree, XLSX or CSV, one row for each pair of an old unit and its heir.

Columns, in any order; what is not named here is left unused:

- `old_code`, `new_code`: codes as text; needed. The old unit is the one of that code on the day before the change.
- `new_name`, `new_type` (or `new_kind`): of the new unit; needed unless the heir goes on as it is.
- `old_name`: if given it has to be a name that the old unit bears or bore, so that a code used again is noticed.
- `is_default` (or `main`): "yes" for the main heir; not needed where a unit has one heir.
- `extent`: `whole` or `partial`; `decision`; `effective`: has to be the date of the change.
- `old_valid_from`, `new_valid_from`: of the units, to tell rows of one code apart. A new unit has the date of the
  change; an earlier one says that the heir goes on.
- `new_parent_code`: the unit above the new one. Without that column the new unit stays where its main predecessor was.
- `old_district_code` without `new_parent_code`: the level between goes away. New communes lie directly below the unit
  above their district, and a district that keeps no commune ends and is taken over by that unit.

A row whose old unit ended before, and whose successor is in the file with the same heirs, says nothing new.
"""

import datetime
from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from shifts.imports.reading import FileRefused, read_table
from shifts.models import Unit, UnitChange
from shifts.succession import hold, main_successors
from shifts.text import fold

from .plans import RANK, ChangeRefused, Extent, Heir, Wanted, called, day, new_unit

COLUMNS = {
    "old_code": ["old_code", "mã cũ"],
    "old_name": ["old_name", "tên cũ"],
    "old_valid_from": ["old_valid_from"],
    "old_district_code": ["old_district_code"],
    "new_code": ["new_code", "mã mới"],
    "new_name": ["new_name", "tên mới"],
    "new_kind": ["new_type", "new_kind", "loại mới"],
    "new_valid_from": ["new_valid_from"],
    "new_parent_code": ["new_parent_code", "mã cấp trên mới"],
    "main": ["is_default", "main", "kế thừa chính"],
    "extent": ["extent", "phần"],
    "decision": ["decision", "nghị quyết"],
    "effective": ["effective", "từ ngày"],
}
YES, NO = {"yes", "y", "1", "true", "co", "x"}, {"no", "n", "0", "false", "khong", ""}
MAX_LETTERS = {"old_code": 10, "new_code": 10, "new_name": 120, "new_kind": 20, "decision": 60}


@dataclass
class Reader:
    """Reads the rows against the tree of the day before."""

    date: datetime.date
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.eve = self.date - datetime.timedelta(days=1)
        self.units = {unit.pk: unit for unit in Unit.objects.select_related("parent__parent").order_by("valid_from")}
        self.by_code = {}
        for unit in self.units.values():
            self.by_code.setdefault(unit.code, []).append(unit)
        days = {key: (unit.valid_from, unit.valid_until) for key, unit in self.units.items()}
        self.main = main_successors()
        self.holders = hold(days, self.main, self.eve)

    def there(self, code):
        """The unit of a code on the day before."""
        return next((unit for unit in self.by_code.get(code, []) if unit.holds_on(self.eve)), None)

    def names_of(self, unit):
        """Folded names that the unit bears, or that those bore whose place it holds."""
        line = [other for key, other in self.units.items() if self.holders[key] == unit.pk]
        return {plain(other.name) for other in [unit, *line]}


def plain(text):
    """A name to compare: without accents and tone style, since files differ in them."""
    return " ".join(fold(text).split())


def read_changes(
    data: bytes, name: str, date: datetime.date, *, decision: str = "", max_bytes: int | None = None
) -> tuple[Wanted, list[str]]:
    """Return what a file wants and notes on rows that say nothing new; raise FileRefused or ChangeRefused."""
    table = read_table(data, name, **({"max_bytes": max_bytes} if max_bytes else {}))
    headers = columns_of(table.headers)
    reader = Reader(date)
    rows = [row_of(number, cells, headers) for number, cells in table.rows]
    pairs = [pair for row in rows if (pair := read_row(row, reader))]
    skip_settled(pairs, reader)
    wanted = wanted_of([pair for pair in pairs if pair["old"]], reader, headers)
    if reader.faults:
        raise ChangeRefused(*reader.faults)
    named = Counter(row["decision"] for row in rows if row["decision"])
    wanted.decision = decision or (named.most_common(1)[0][0].removeprefix("NQ ") if named else "")
    return wanted, reader.notes


def columns_of(headers):
    """Column -> place; FileRefused without the codes."""
    places = {" ".join(str(header).lower().split()): place for place, header in enumerate(headers)}
    found = {}
    for column, names in COLUMNS.items():
        for known in names:
            if known in places:
                found[column] = places[known]
                break
    missing = [column for column in ("old_code", "new_code") if column not in found]
    if missing:
        raise FileRefused(_("Tệp thiếu cột {columns}. Dòng đầu phải là tên cột.").format(columns=", ".join(missing)))
    return found


def row_of(number, cells, headers):
    row = {"number": number}
    for column in COLUMNS:
        place = headers.get(column)
        cell = cells[place] if place is not None and place < len(cells) else ""
        if isinstance(cell, datetime.datetime):
            cell = cell.date()
        text = cell.isoformat() if isinstance(cell, datetime.date) else str("" if cell is None else cell)
        row[column] = " ".join(text.replace("\x00", " ").split())
    return row


def read_row(row, reader):
    """One row as a pair {old, row}, or None with a fault; `old` is None while it has to be looked for."""
    number = row["number"]

    def fault(sentence, **words):
        reader.faults.append(_("Dòng {row}: {sentence}").format(row=number, sentence=sentence.format(**words)))

    for column, most in MAX_LETTERS.items():
        if len(row[column]) > most:
            return fault(_("{column} dài quá {most} chữ."), column=column, most=most)
    if not row["old_code"] or not row["new_code"]:
        return fault(_("thiếu mã cũ hoặc mã mới."))
    if fold(row["main"]) not in YES | NO:
        return fault(_("cột kế thừa chính ghi “{value}”: chỉ ghi yes hoặc no."), value=row["main"][:20])
    if fold(row["extent"]) not in {"", *Extent.values}:
        return fault(_("cột extent ghi “{value}”: chỉ ghi whole hoặc partial."), value=row["extent"][:20])
    for column in ("effective", "old_valid_from", "new_valid_from"):
        try:
            row[column] = read_day(row[column])
        except ValueError:
            return fault(_("không đọc được ngày “{value}”."), value=row[column][:20])
    if row["effective"] and row["effective"] != reader.date:
        return fault(_("ghi ngày {date}, khác ngày đổi {other}."), date=day(row["effective"]), other=day(reader.date))
    rows = reader.by_code.get(row["old_code"], [])
    if row["old_valid_from"]:
        rows = [unit for unit in rows if unit.valid_from == row["old_valid_from"]]
    known = [unit for unit in rows if unit.valid_from < reader.date]
    if not known:
        return fault(
            _("không có đơn vị mang mã {code} trước ngày {date}."), code=row["old_code"], date=day(reader.date)
        )
    old = next((unit for unit in known if unit.holds_on(reader.eve)), known[-1])
    if row["old_name"] and plain(row["old_name"]) not in reader.names_of(old):
        return fault(_("mã {code} là {unit}, không phải “{name}”."), code=old.code, unit=old.name,
                     name=row["old_name"][:60])  # fmt: skip
    return {"old": old, "row": row}


def read_day(text):
    if not text:
        return None
    if "/" in text:
        return datetime.datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a day has no zone
    return datetime.date.fromisoformat(text)


def skip_settled(pairs, reader):
    """Leave out rows of units that ended before, when those that took them over have the same heirs in the file."""
    heirs = {}
    for pair in pairs:
        heirs.setdefault(pair["old"], set()).add(pair["row"]["new_code"])
    for pair in pairs:
        old, row = pair["old"], pair["row"]
        if old.holds_on(reader.eve):
            continue
        holder = reader.units[reader.holders[old.pk]]
        if holder != old and row["new_code"] in heirs.get(holder, ()):
            reader.notes.append(_("Dòng {row}: {unit} đã do {heir} kế thừa từ {date}; theo đơn vị đó.").format(
                row=row["number"], unit=called(old), heir=called(holder), date=day(old.valid_until)))  # fmt: skip
            pair["old"] = None
            continue
        if holder == old:
            sentence = _("Dòng {row}: {unit} đã hết hiệu lực từ {date}.")
        else:
            sentence = _("Dòng {row}: {unit} đã hết hiệu lực từ {date}; ghi dòng của {heir}, đơn vị kế thừa.")
        reader.faults.append(sentence.format(
            row=row["number"], unit=called(old), date=day(old.valid_until), heir=called(holder)))  # fmt: skip


def wanted_of(pairs, reader, headers):
    wanted, new = Wanted(UnitChange.Kind.FILE, reader.date), {}
    by_old = {}
    for pair in pairs:
        by_old.setdefault(pair["old"], []).append(pair["row"])
    for old, rows in by_old.items():
        wanted.heirs[old] = [
            Heir(
                heir_of(old, row, new, reader),
                len(rows) == 1 or fold(row["main"]) in YES - {""},
                fold(row["extent"]) or (Extent.WHOLE if len(rows) == 1 else Extent.PARTIAL),
            )
            for row in rows
        ]
    settle_places(wanted, by_old, new, reader, headers)
    return wanted


def heir_of(old, row, new, reader):
    """The new unit of a row, made once a code; or the unit that goes on, when the row says so."""
    code = row["new_code"]
    going_on = reader.there(code)
    if going_on and (going_on.level != old.level or (row["new_valid_from"] or reader.date) < reader.date):
        return going_on
    if row["new_valid_from"] and row["new_valid_from"] != reader.date:
        reader.faults.append(_("Dòng {row}: không có đơn vị {code} bắt đầu từ {date}.").format(
            row=row["number"], code=code, date=day(row["new_valid_from"])))  # fmt: skip
    if code not in new:
        new[code] = new_unit(
            code=code, name=row["new_name"], kind=row["new_kind"], level=old.level, parent=None, date=reader.date
        )
    unit = new[code]
    if not row["new_name"] or not row["new_kind"]:
        reader.faults.append(_("Dòng {row}: thiếu tên mới hoặc loại mới của {code}.").format(
            row=row["number"], code=code))  # fmt: skip
    elif (unit.name, unit.kind) != (row["new_name"], row["new_kind"]):
        reader.faults.append(_("Dòng {row}: mã mới {code} mang hai tên: {first}, {second}.").format(
            row=row["number"], code=code, first=unit.name, second=row["new_name"]))  # fmt: skip
    return unit


def settle_places(wanted, by_old, new, reader, headers):
    """Put each new unit below its parent; where the level between goes away, end the districts that keep nobody."""
    rises = "old_district_code" in headers and "new_parent_code" not in headers
    for old, rows in sorted(by_old.items(), key=lambda item: item[0].code != item[1][0]["new_code"]):
        for row, heir in zip(rows, wanted.heirs[old], strict=True):
            unit = heir.unit
            if unit.pk is not None or unit.parent is not None or unit.level == Unit.Level.PROVINCE:
                continue
            if row["new_parent_code"]:
                unit.parent = new.get(row["new_parent_code"]) or reader.there(row["new_parent_code"])
            elif rises and unit.level == Unit.Level.COMMUNE and old.parent and old.parent.parent:
                unit.parent = old.parent.parent
            elif heir.is_main:
                unit.parent = old.parent
    if rises:
        end_empty_districts(wanted, reader)


def end_empty_districts(wanted, reader):
    """A district all of whose communes end here, and to which none comes, is taken over by the unit above it."""
    districts = {old.parent for old in wanted.heirs if old.parent and old.parent.parent}
    for district in sorted(districts, key=lambda unit: unit.code):
        staying = [
            unit for unit in reader.units.values()
            if unit.parent_id == district.pk and unit.holds_on(reader.eve) and unit not in wanted.heirs
        ]  # fmt: skip
        if not staying and district not in wanted.heirs and RANK[district.level] > 0:
            wanted.heirs[district] = [Heir(district.parent)]
