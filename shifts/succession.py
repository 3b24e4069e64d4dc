"""Who holds the place of a unit on a date: the reading "as it is now" of everything that is stamped with a unit."""

import datetime

from shifts.models import Team, TeamUnit, Unit, UnitSuccession


def current_units(on: datetime.date) -> dict[int, int]:
    """Return the key of every unit -> the key of the unit that holds its place on that date. Two queries.

    A unit that holds on that date stands for itself. One that ended is followed through its main successors, in any
    number of steps, to the first that holds. Every unit has an entry, so that a sum over units is the same before and
    after: one whose line ends (or goes round in a circle) before that date stands for the last of its line, and one
    that has not begun yet for itself.
    """
    days = {
        pk: (first, end) for pk, first, end in Unit.objects.order_by().values_list("pk", "valid_from", "valid_until")
    }
    return hold(days, main_successors(), on)


def main_successors() -> dict[int, int]:
    """Return the key of every unit that was taken over -> the key of its main successor."""
    rows = UnitSuccession.objects.filter(is_main=True)
    return dict(rows.order_by().values_list("predecessor_id", "successor_id"))


def team_stays() -> list[tuple[int, int, datetime.date | None, datetime.date | None]]:
    """Return (team, unit, first day, first day no more) of every unit that a team belongs or belonged to. Two queries.

    Half-open as everywhere, and within the days of the team itself.
    """
    former = {}
    rows = TeamUnit.objects.order_by("valid_until").values_list("team_id", "unit_id", "valid_from", "valid_until")
    for team, *stay in rows:
        former.setdefault(team, []).append(stay)
    found = []
    for team, unit, first, end in Team.objects.order_by().values_list("pk", "unit_id", "valid_from", "valid_until"):
        for old, begun, left in former.get(team, []):
            found.append((team, old, begun or first, left))
            first = left
        found.append((team, unit, first, end))
    return found


def hold(days: dict, main: dict[int, int], on: datetime.date) -> dict[int, int]:
    """As current_units, of rows that are at hand: key -> (first day, first day no more), key -> main successor."""
    found: dict[int, int] = {}
    for start in days:
        line, key = [start], start
        while key not in found and _ended(days[key], on):
            following = main.get(key)
            if following is None or following in line or not _begun(days[following], on):
                break
            key = following
            line.append(key)
        holder = found.get(key, key)
        found.update(dict.fromkeys(line, holder))
    return found


def _begun(days, on):
    return days[0] <= on


def _ended(days, on):
    return days[1] is not None and days[1] <= on
