"""What staff want of one or a few units: rename, merge, split, move."""

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _

from shifts.models import Unit, UnitChange

from .plans import ChangeRefused, Extent, Heir, Wanted, called, new_unit, renewed

Kind = UnitChange.Kind


@dataclass(frozen=True)
class Part:
    """A part of a unit that is split: a new unit or, by its code alone, one that is there and takes it in."""

    code: str
    name: str = ""
    kind: str = ""
    is_main: bool = False


def rename(*, unit: Unit, code: str, name: str, kind: str, date: datetime.date, decision: str = "") -> Wanted:
    """Another name, kind or code."""
    if (unit.code, unit.name, unit.kind) == (code, name, kind):
        raise ChangeRefused(_("Tên, loại và mã đều như cũ: ghi điều thay đổi."))
    new = new_unit(code=code, name=name, kind=kind, level=unit.level, parent=unit.parent, date=date)
    return Wanted(Kind.RENAME, date, decision, {unit: [Heir(new)]})


def merge(
    *, units, code: str, name: str, kind: str, date: datetime.date, parent: Unit | None = None, decision: str = ""
) -> Wanted:
    """Several units of one level become one."""
    units = list(dict.fromkeys(units))
    if len(units) < 2:
        raise ChangeRefused(_("Sáp nhập cần ít nhất hai đơn vị."))
    if len({unit.level for unit in units}) > 1:
        raise ChangeRefused(_("Chỉ sáp nhập các đơn vị cùng cấp."))
    parents = {unit.parent for unit in units}
    if parent is None and len(parents) > 1:
        raise ChangeRefused(_("Các đơn vị thuộc những cấp trên khác nhau: chọn đơn vị cấp trên của đơn vị mới."))
    new = new_unit(code=code, name=name, kind=kind, level=units[0].level, parent=parent or parents.pop(), date=date)
    return Wanted(Kind.MERGE, date, decision, {unit: [Heir(new)] for unit in units})


def split(*, unit: Unit, parts: list[Part], date: datetime.date, decision: str = "") -> Wanted:
    """A unit is divided; its history reads on with the main part."""
    if len(parts) < 2:
        raise ChangeRefused(_("Chia tách cần ít nhất hai đơn vị kế thừa."))
    wanted = Wanted(Kind.SPLIT, date, decision, {unit: []})
    for part in parts:
        there = Unit.objects.on(date).filter(code=part.code, level=unit.level, valid_from__lt=date).exclude(pk=unit.pk)
        taker = there.select_related("parent").first()
        name = part.name or (unit.name if part.code == unit.code else "")
        if taker and part.name and part.name != taker.name:
            raise ChangeRefused(
                _(
                    "Mã {code} đang là {unit}: để trống tên nếu phần này nhập vào đó, nếu không thì chọn mã khác."
                ).format(code=part.code, unit=taker.name)
            )
        if not taker and not name:
            raise ChangeRefused(_("Không có đơn vị nào mang mã {code}: ghi tên của đơn vị mới.").format(code=part.code))
        if taker:
            # What takes in a part changes its territory: a new row of its own.
            new = renewed(taker, taker.parent, date)
            wanted.heirs[taker] = [Heir(new)]
        else:
            new = new_unit(
                code=part.code, name=name, kind=part.kind or unit.kind, level=unit.level, parent=unit.parent,
                date=date,
            )  # fmt: skip
        wanted.heirs[unit].append(Heir(new, part.is_main, Extent.PARTIAL))
    return wanted


def move(*, units, parent: Unit, date: datetime.date, decision: str = "") -> Wanted:
    """Units come under another parent, with all below them."""
    units = list(dict.fromkeys(units))
    for unit in units:
        if unit.parent == parent:
            raise ChangeRefused(_("{unit} đã thuộc {parent}.").format(unit=called(unit), parent=parent.name))
    return Wanted(Kind.MOVE, date, decision, {unit: [Heir(renewed(unit, parent, date))] for unit in units})
