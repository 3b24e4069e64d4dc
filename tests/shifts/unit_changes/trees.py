"""The real tree of 2020 and the real changes, as files of the columns that people send."""

import csv
import datetime
import io

from shifts.models import Unit
from shifts.world import FIXTURES, new_unit, read_rows

IN_2024, IN_2025 = datetime.date(2024, 11, 1), datetime.date(2025, 7, 1)
FIRST = "2020-01-01"
UNIT_COLUMNS = ["code", "name", "level", "kind", "parent_code", "parent_valid_from", "valid_from", "valid_until"]


def plant_2020():
    """The units of 2020 alone, none of which has ended."""
    known = {}
    for level in Unit.Level.values:
        for row in read_rows(FIXTURES / "units.csv"):
            if row["valid_from"] == FIRST and row["level"] == level:
                unit = new_unit(row | {"valid_until": ""}, known)
                unit.save()
                known[unit.code, unit.valid_from] = unit


def fixture_units():
    return {(row["code"], row["valid_from"]): row for row in read_rows(FIXTURES / "units.csv")}


def stored_units():
    return {
        (
            *(unit.code, unit.name, unit.level, unit.kind, unit.parent.code if unit.parent else ""),
            str(unit.parent.valid_from) if unit.parent else "",
            *(str(unit.valid_from), str(unit.valid_until or "")),
        )
        for unit in Unit.objects.select_related("parent")
    }


def as_csv(rows):
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def changes_of_2024():
    """Old unit -> new unit of those that really changed: what only follows its district is not in such a file."""
    units, rows = fixture_units(), []
    for row in read_rows(FIXTURES / "successions.csv"):
        old, new = units[row["old_code"], row["old_valid_from"]], units[row["new_code"], row["new_valid_from"]]
        same = (old["code"], old["name"], old["kind"]) == (new["code"], new["name"], new["kind"])
        merged = new["code"] in {"07084", "07093", "06685", "06712"}
        if old["valid_until"] == str(IN_2024) and (merged or not same):
            rows.append({
                "effective": str(IN_2024), "decision": f"NQ {row['decision']}", "kind": "",
                "old_code": old["code"], "old_name": old["name"], "old_type": old["kind"],
                "new_code": new["code"], "new_name": new["name"], "new_type": new["kind"],
            })  # fmt: skip
    return as_csv(rows)


def changes_of_2020_to_2025():
    """Each commune of 2020 -> communes of 2025, through what happened between; with the district it had."""
    units, after = fixture_units(), {}
    for row in read_rows(FIXTURES / "successions.csv"):
        after.setdefault((row["old_code"], row["old_valid_from"]), []).append(row)
    rows = []
    for key, old in units.items():
        if key[1] != FIRST or old["level"] != "commune":
            continue
        last = key
        while units[last]["valid_until"] == str(IN_2024):
            last = (after[last][0]["new_code"], after[last][0]["new_valid_from"])
        for row in after[last]:
            new = units[row["new_code"], row["new_valid_from"]]
            rows.append({
                "old_code": old["code"], "old_name": old["name"], "old_type": old["kind"],
                "old_district_code": old["parent_code"], "new_code": new["code"], "new_name": new["name"],
                "new_type": new["kind"], "is_default": row["main"], "extent": row["extent"], "note": "",
            })  # fmt: skip
    return as_csv(rows)
