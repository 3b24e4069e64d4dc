"""Giving a target to the units below: who they are, with what weight, and what each gets."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assistance.unit_names import matches, resembling, sort_key
from reports.figures import ask
from reports.models import Target
from reports.targets.kinds import COVERAGE, ON_DUTY
from reports.targets.scopes import UnitMap
from reports.targets.services import Part, TargetRefused, children_in_place
from reports.targets.shares import apportioned_pairs
from reports.targets.words import grouped
from shifts.imports.cells import UnitReference, plain, shown
from shifts.imports.reading import FileRefused, Table, is_blank
from shifts.imports.resource import header_key
from shifts.models import Unit

NEXT, COMMUNES = "next", "communes"
NAMES = {"don vi", "ten don vi", "unit", "xa phuong", "ten xa phuong"}
CODES = {"ma don vi", "ma", "unit code", "code"}
WEIGHTS = {"trong so", "weight", "ty trong", "he so"}
LARGEST_WEIGHT = 1_000_000_000
NAMED = 5


def can_be_split(target: Target) -> bool:
    """Whether parts of a target make a sum: not so many a month each, not a percentage, not a team's."""
    counts = target.figure not in (COVERAGE, ON_DUTY)
    return bool(target.unit_id) and target.rhythm == Target.Rhythm.PERIOD and counts


def units_below(target: Target, depth: str = NEXT) -> list[Unit]:
    """The units that a target can be given to, valid at the end of its period, by name."""
    units = Unit.objects.on(target.last).select_related("parent")
    if depth == COMMUNES:
        units = units.filter(path__startswith=target.unit.path, level=Unit.Level.COMMUNE).exclude(pk=target.unit_id)
    else:
        units = units.filter(parent=target.unit)
    return sorted(units, key=sort_key)


def depths_of(target: Target) -> list[tuple[str, str]]:
    """[(depth, words)] of the ways down: the units right below, and the communes where those are not the same."""
    near, far = units_below(target), units_below(target, COMMUNES)
    found = []
    if near:
        levels = " / ".join(dict.fromkeys(str(unit.get_level_display()) for unit in near))
        found.append((NEXT, _("{n} đơn vị ngay bên dưới ({levels})").format(n=len(near), levels=levels)))
    if far and {unit.pk for unit in far} != {unit.pk for unit in near}:
        found.append((COMMUNES, _("{n} xã, phường").format(n=len(far))))
    return found


def held_by_teams(target: Target) -> tuple[int, int]:
    """What teams of the very unit hold of its target, and so is not left for the units below."""
    same = {name: getattr(target, name) for name in ("figure", "level", "first", "last", "rhythm")}
    held = Target.objects.current().filter(team__unit=target.unit_id, **same).values_list("minimum", "stretch")
    return sum(low for low, _high in held), sum(high for _low, high in held)


def last_year_weights(target: Target, units: list[Unit]) -> dict[int, int]:
    """Unit -> what it counted over the same days a year before, its predecessors' part in it; one question."""
    first, last = a_year_before(target.first), a_year_before(target.last)
    tree = UnitMap()
    sources = {unit.pk: tree.within(unit.pk, target.last) for unit in units}
    keys = set().union(*sources.values()) if sources else set()
    answer = ask(target.figure, units=keys, first=first, last=last, group="unit")
    counted = {row.key: row.value for row in answer.rows}
    return {unit: int(sum(counted.get(key, 0) for key in mine)) for unit, mine in sources.items()}


def a_year_before(day):
    """The same day of the year before; 28 February for the 29th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


@dataclass
class WeightFile:
    """The weights that a file says, and what has to be asked about it before they can be used."""

    weights: dict[int, Decimal] = field(default_factory=dict)
    questions: dict[int, tuple[str, list[Unit]]] = field(default_factory=dict)  # row -> name as written, candidates
    faults: list[str] = field(default_factory=list)


def read_weights(table: Table, units: list[Unit], answers: dict[int, int] | None = None) -> WeightFile:
    """Read the rows of a file against these units; `answers` say which unit a row was found to mean.

    Raises FileRefused when the columns are not there. A name that is not plain is asked about, never guessed.
    """
    headers = [header_key(header) for header in table.headers]
    name_at, code_at, weight_at = (
        next((at for at, header in enumerate(headers) if header in known), None) for known in (NAMES, CODES, WEIGHTS)
    )
    if weight_at is None or (name_at is None and code_at is None):
        raise FileRefused(_("Dòng đầu của tệp cần có hai cột: “đơn vị” (hoặc “mã”) và “trọng số”."))
    found, seen, by_key = WeightFile(), defaultdict(list), {unit.pk: unit for unit in units}
    for number, cells in table.rows:
        name, code, weight = (_cell(cells, at) for at in (name_at, code_at, weight_at))
        if is_blank(name) and is_blank(code) and is_blank(weight):
            continue
        try:
            value = read_weight(weight)
            unit = by_key.get((answers or {}).get(number)) or _unit_of(plain(code), plain(name), units)
        except ValueError as error:
            found.faults.append(_("Dòng {row}: {reason}").format(row=number, reason=error))
            continue
        if isinstance(unit, Unit):
            seen[unit.pk].append(number)
            found.weights[unit.pk] = value
        else:
            found.questions[number] = (shown(plain(name) or plain(code)), unit)
    for key, rows in seen.items():
        if len(rows) > 1:
            sentence = _("{unit} có ở nhiều dòng: {rows}. Giữ một dòng.")
            found.faults.append(sentence.format(unit=by_key[key], rows=", ".join(map(str, rows))))
    absent = [unit for unit in units if unit.pk not in seen]
    if absent and not found.questions:
        names = ", ".join(str(unit) for unit in absent[:NAMED]) + ("…" if len(absent) > NAMED else "")
        sentence = ngettext(
            "Tệp thiếu {n} đơn vị: {names}. Thêm dòng cho đơn vị đó; không giao thì ghi trọng số 0.",
            "Tệp thiếu {n} đơn vị: {names}. Thêm dòng cho mỗi đơn vị; không giao thì ghi trọng số 0.",
            len(absent),
        )
        found.faults.append(sentence.format(n=len(absent), names=names))
    if not found.faults and not found.questions and not any(found.weights.values()):
        found.faults.append(_("Mọi trọng số đều là 0: ghi ít nhất một trọng số lớn hơn 0."))
    return found


def _cell(cells, at):
    return cells[at] if at is not None and at < len(cells) else None


def read_weight(value) -> Decimal:
    """3, 3.5 or 3,5; raise ValueError with a sentence for anything else."""
    if is_blank(value):
        raise ValueError(_("thiếu trọng số; không giao thì ghi 0"))
    text = plain(value).replace(",", ".").replace("%", "").strip()
    try:
        weight = Decimal(text)
    except InvalidOperation as error:
        sentence = _("trọng số “{value}” không phải một số; ghi như 3 hoặc 3,5")
        raise ValueError(sentence.format(value=shown(plain(value)))) from error
    if not weight.is_finite() or not 0 <= weight <= LARGEST_WEIGHT:
        raise ValueError(_("trọng số “{value}” phải từ 0 trở lên").format(value=shown(plain(value))))
    return weight


def _unit_of(code, name, units):
    """The unit that a row means, or the list of those it may mean."""
    if code:
        spellings = UnitReference.spellings(code.partition("@")[0].strip())
        return next((unit for unit in units if unit.code in spellings), [])
    found = matches(units, name)
    if len(found) == 1:
        return found[0]
    return found or resembling(units, name)


def parts_of(target: Target, units: list[Unit], weights: dict, *, zero_gets_none: bool = False) -> list[Part]:
    """What each unit gets: together with what teams of the very unit hold exactly the target."""
    if zero_gets_none:
        units = [unit for unit in units if weights.get(unit.pk, 0) > 0]
    if not units:
        raise TargetRefused(_("Không có đơn vị nào bên dưới để chia vào kỳ này."))
    held_low, held_high = held_by_teams(target)
    low, high = target.minimum - held_low, target.stretch - held_high
    if low < len(units) or high < low:
        sentence = _("Còn {low} để chia cho {n} đơn vị, không đủ mỗi đơn vị 1. Hãy tăng chỉ tiêu này.")
        raise TargetRefused(sentence.format(low=grouped(max(0, low)), n=len(units)))
    pairs = apportioned_pairs(low, high, [weights.get(unit.pk, 0) for unit in units])
    return [Part(unit, *pair) for unit, pair in zip(units, pairs, strict=True)]


def preview(target: Target, parts: list[Part]) -> list[tuple[Part, Target | None]]:
    """Each part beside the target that its unit has already."""
    have = {child.unit_id: child for child in children_in_place(target)}
    return [(part, have.get(part.unit.pk)) for part in parts]
