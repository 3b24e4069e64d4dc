"""What a change of the tree comes to: what ends, what begins, who takes over; or the sentences why it cannot be."""

import datetime
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from shifts.models import Unit, UnitChange, UnitSuccession
from shifts.succession import main_successors

Extent = UnitSuccession.Extent
RANK = {level: rank for rank, level in enumerate(Unit.Level.values)}
EARLIEST, LATEST = datetime.date(1945, 9, 2), datetime.date(2100, 12, 31)


class ChangeRefused(Exception):
    """A change that cannot be made; `sentences` say why and what to do, one each."""

    def __init__(self, *sentences):
        self.sentences = list(sentences)
        super().__init__(" ".join(self.sentences))


@dataclass(eq=False)
class Heir:
    """A unit that takes over the whole or a part of an old one: a new row (not stored yet), or one that goes on."""

    unit: Unit
    is_main: bool = True
    extent: str = Extent.WHOLE


@dataclass
class Wanted:
    """What somebody wants from a date on: old unit -> its heirs. Parents of new units may be units that end here."""

    kind: str
    date: datetime.date
    decision: str = ""
    heirs: dict[Unit, list[Heir]] = field(default_factory=dict)


@dataclass
class Plan:
    """A change that can be made, with the units below that get a new row because their parent does."""

    kind: str
    date: datetime.date
    decision: str
    heirs: dict[Unit, list[Heir]]
    below: list[Unit]

    @property
    def ended(self):
        """Units that end, from the top down."""
        return sorted(self.heirs, key=lambda unit: (RANK[unit.level], unit.code))

    @property
    def begun(self):
        """New rows, parents before children."""
        new = {id(heir.unit): heir.unit for heirs in self.heirs.values() for heir in heirs if heir.unit.pk is None}
        return sorted(new.values(), key=lambda unit: (RANK[unit.level], unit.code))

    @property
    def moves(self):
        return Moves(
            {old: next(heir.unit for heir in heirs if heir.is_main) for old, heirs in self.heirs.items()},
            {old: [heir.unit for heir in heirs if not heir.is_main] for old, heirs in self.heirs.items()},
            self.date,
        )

    @property
    def rows(self):
        """[(old, its heirs, whether it only follows its parent)] for the eye."""
        return [(old, self.heirs[old], old in self.below) for old in self.ended]


class Moves:
    """Old unit -> main heir (and the other heirs), from a date on, as those who follow ask for it."""

    def __init__(self, main, others, date):
        self.main, self.others, self.date = main, others, date
        self._by_key = {old.pk: old for old in main}

    @classmethod
    def of(cls, change: UnitChange):
        """Those of a change that is stored."""
        main, others = {}, {}
        for row in change.successions.select_related("predecessor", "successor"):
            if row.is_main:
                main[row.predecessor] = row.successor
            else:
                others.setdefault(row.predecessor, []).append(row.successor)
        return cls(main, {old: others.get(old, []) for old in main}, change.date)

    @property
    def keys(self):
        return list(self._by_key)

    def old(self, key):
        return self._by_key[key]

    def heir(self, key):
        return self.main[self._by_key[key]]

    def others_of(self, key):
        return self.others[self._by_key[key]]

    def rises(self, key):
        """Whether the heir stands higher: a district that was dissolved into its province."""
        return RANK[self.heir(key).level] < RANK[self.old(key).level]


def new_unit(*, code, name, kind, level, parent, date) -> Unit:
    return Unit(code=code, name=name, kind=kind, level=level, parent=parent, valid_from=date)


def renewed(unit: Unit, parent: Unit, date) -> Unit:
    """The same unit under another parent, as a new row."""
    return new_unit(code=unit.code, name=unit.name, kind=unit.kind, level=unit.level, parent=parent, date=date)


def plan(wanted: Wanted) -> Plan:
    """Reckon what comes of it, or raise ChangeRefused with every reason there is. Queries do not grow."""
    date = wanted.date
    if not EARLIEST <= date <= LATEST:
        raise ChangeRefused(_("Ngày đổi phải từ năm 1945 đến năm 2100."))
    if not wanted.heirs:
        raise ChangeRefused(_("Chưa chọn đơn vị nào để đổi."))
    tree = Tree(date)
    freshened(wanted, tree)
    faults = faults_of_old(wanted, tree) + faults_of_heirs(wanted)
    if faults:
        raise ChangeRefused(*faults)
    heirs, below = with_those_below(wanted, tree)
    settle_parents(heirs, tree)
    made = Plan(wanted.kind, date, wanted.decision, heirs, below)
    if faults := faults_of_new(made, tree) + faults_of_lines(made):
        raise ChangeRefused(*faults)
    return made


class Tree:
    """All units, read once."""

    def __init__(self, date):
        self.date = date
        self.units = list(Unit.objects.select_related("parent").order_by("code", "valid_from"))
        self.by_key = {unit.pk: unit for unit in self.units}
        self.by_code, self.children = {}, {}
        for unit in self.units:
            self.by_code.setdefault(unit.code, []).append(unit)
            self.children.setdefault(unit.parent_id, []).append(unit)

    def lasting(self, parent):
        """Units below that hold on the day before and are there on the day."""
        return [
            unit for unit in self.children.get(parent.pk, [])
            if unit.valid_from < self.date and (unit.valid_until is None or unit.valid_until > self.date)
        ]  # fmt: skip

    def later(self, parent):
        return [unit for unit in self.children.get(parent.pk, []) if unit.valid_from >= self.date]


def day(date):
    return f"{date:%d/%m/%Y}"


def called(unit):
    """A unit as a sentence names it: "Xã Việt Dân (07084)"."""
    return f"{unit.name} ({unit.code})"


def faults_of_old(wanted, tree):
    faults = []
    for old in wanted.heirs:
        if old.valid_until is not None and old.valid_until <= wanted.date:
            faults.append(_("{unit} đã hết hiệu lực từ {date}: chọn đơn vị kế thừa.").format(
                unit=called(old), date=day(old.valid_until)))  # fmt: skip
        elif old.valid_until is not None:
            faults.append(_("{unit} đã có quyết định hết hiệu lực từ {date}: không đổi thêm trước ngày đó.").format(
                unit=called(old), date=day(old.valid_until)))  # fmt: skip
        elif old.valid_from >= wanted.date:
            faults.append(_("{unit} có từ {date}: ngày đổi phải sau ngày đó.").format(
                unit=called(old), date=day(old.valid_from)))  # fmt: skip
        faults += faults_below(old, wanted, tree)
    settled = UnitSuccession.objects.filter(
        predecessor__in=[old.pk for old in wanted.heirs], predecessor__valid_until=None
    )
    for row in settled.select_related("predecessor", "successor"):
        faults.append(_("{unit} đã ghi {heir} kế thừa: xóa dòng kế thừa đó trước.").format(
            unit=called(row.predecessor), heir=called(row.successor)))  # fmt: skip
    return faults


def faults_below(old, wanted, tree):
    """What stands against a new row of each unit below."""
    faults = []
    for unit in tree.later(old):
        faults.append(_("{unit} thuộc {parent} bắt đầu từ {date}: chọn ngày đổi sau ngày đó.").format(
            unit=called(unit), parent=old.name, date=day(unit.valid_from)))  # fmt: skip
    for unit in tree.lasting(old):
        if unit.valid_until is not None:
            faults.append(_("{unit} thuộc {parent} sẽ hết hiệu lực từ {date}: chọn ngày đổi từ ngày đó.").format(
                unit=called(unit), parent=old.name, date=day(unit.valid_until)))  # fmt: skip
    return faults


def faults_of_heirs(wanted):
    faults = []
    for old, heirs in wanted.heirs.items():
        mains = [heir for heir in heirs if heir.is_main]
        if not heirs:
            faults.append(_("{unit} chưa có đơn vị kế thừa.").format(unit=called(old)))
        elif not mains:
            faults.append(
                _("{unit} được chia mà chưa có đơn vị kế thừa chính: chọn đúng một.").format(unit=called(old))
            )
        elif len(mains) > 1:
            faults.append(_("{unit} có {n} đơn vị kế thừa chính: chọn đúng một.").format(
                unit=called(old), n=len(mains)))  # fmt: skip
        if len({id(heir.unit) for heir in heirs}) < len(heirs):
            faults.append(_("{unit} có một đơn vị kế thừa ghi hai lần.").format(unit=called(old)))
        for heir in heirs:
            if RANK[heir.unit.level] > RANK[old.level]:
                faults.append(_("{unit} là {level}, không thể do {heir} là {lower} kế thừa.").format(
                    unit=called(old), level=old.get_level_display(), heir=called(heir.unit),
                    lower=heir.unit.get_level_display()))  # fmt: skip
    return faults


def with_those_below(wanted, tree):
    """All heirs, with a new row for each unit whose parent ends; and which those are."""
    heirs, below = dict(wanted.heirs), []
    waiting = list(wanted.heirs)
    while waiting:
        old = waiting.pop(0)
        parent = next(heir.unit for heir in heirs[old] if heir.is_main)
        for child in tree.lasting(old):
            if child not in heirs:
                heirs[child] = [Heir(renewed(child, parent, wanted.date))]
                below.append(child)
                waiting.append(child)
    return heirs, below


def settle_parents(heirs, tree):
    """A new unit below one that ends lies below the main heir of that one; the parent that was asked for is kept."""
    for row in heirs.values():
        for heir in row:
            if heir.unit.pk is not None:
                continue
            if not hasattr(heir.unit, "asked_parent"):
                heir.unit.asked_parent = heir.unit.parent
            parent = heir.unit.asked_parent
            if parent is None or parent.pk is None:
                continue
            parent = tree.by_key[parent.pk]
            ending = heirs.get(parent)
            heir.unit.parent = next(other.unit for other in ending if other.is_main) if ending else parent


def freshened(wanted, tree):
    """The same, with the rows that are stored as the tree has them now."""
    for heirs in wanted.heirs.values():
        for heir in heirs:
            if heir.unit.pk is not None:
                heir.unit = tree.by_key[heir.unit.pk]
    wanted.heirs = {tree.by_key[old.pk]: heirs for old, heirs in wanted.heirs.items()}


def faults_of_new(made, tree):
    faults, seen = [], {}
    for unit in made.begun:
        faults += faults_of_place(unit, made)
        if not unit.code or not unit.name or not unit.kind:
            faults.append(_("Đơn vị mới cần mã, tên và loại."))
        if unit.code in seen:
            faults.append(_("Mã {code} ghi cho hai đơn vị mới: {first} và {second}.").format(
                code=unit.code, first=seen[unit.code].name, second=unit.name))  # fmt: skip
        seen[unit.code] = unit
        for other in tree.by_code.get(unit.code, []):
            if other in made.heirs or (other.valid_until is not None and other.valid_until <= made.date):
                continue
            faults.append(sentence_of_overlap(unit, other, made.date))
    for old, heirs in made.heirs.items():
        for heir in heirs:
            if heir.unit.pk is not None and (heir.unit in made.heirs or not heir.unit.holds_on(made.date)):
                faults.append(_("{heir} kế thừa {unit} nhưng không còn hiệu lực vào {date}.").format(
                    heir=called(heir.unit), unit=called(old), date=day(made.date)))  # fmt: skip
    return faults


def sentence_of_overlap(unit, other, date):
    if other.valid_from == date:
        return _("Mã {code} đã có {unit} bắt đầu đúng ngày {date}.").format(
            code=unit.code, unit=other.name, date=day(date))  # fmt: skip
    if other.valid_from > date:
        return _("Mã {code} đã dùng cho {unit} từ {date}: chọn mã khác.").format(
            code=unit.code, unit=other.name, date=day(other.valid_from))  # fmt: skip
    return _("Mã {code} đang là {unit}: nếu đơn vị đó cũng đổi thì chọn cả nó, nếu không thì chọn mã khác.").format(
        code=unit.code, unit=other.name)  # fmt: skip


def faults_of_place(unit, made):
    parent = unit.parent
    if parent is None:
        if unit.level == Unit.Level.PROVINCE:
            return []
        return [_("{unit} cần một đơn vị cấp trên.").format(unit=called(unit))]
    if RANK[parent.level] >= RANK[unit.level]:
        return [_("{unit} là {level}, không thể thuộc {parent} là {above}.").format(
            unit=called(unit), level=unit.get_level_display(), parent=called(parent),
            above=parent.get_level_display())]  # fmt: skip
    if not parent.holds_on(made.date):
        return [_("{parent} không có hiệu lực vào {date}: chọn đơn vị cấp trên khác.").format(
            parent=called(parent), date=day(made.date))]  # fmt: skip
    if parent.valid_until is not None:
        return [_("{parent} sẽ hết hiệu lực từ {date}: chọn ngày đổi từ ngày đó, hoặc đơn vị cấp trên khác.").format(
            parent=called(parent), date=day(parent.valid_until))]  # fmt: skip
    return []


def faults_of_lines(made):
    """Refuse a line of successors that would come back to where it began."""
    main, faults = main_successors(), []
    keys = {old.pk: old for old in made.heirs}
    for heirs in made.heirs.values():
        for heir in heirs:
            key, seen = heir.unit.pk, set()
            while key is not None and key not in seen:
                if key in keys:
                    faults.append(_("{heir} rồi lại do {unit} kế thừa: vòng tròn, không ghi được.").format(
                        heir=called(heir.unit), unit=called(keys[key])))  # fmt: skip
                    break
                seen.add(key)
                key = main.get(key)
    return faults
