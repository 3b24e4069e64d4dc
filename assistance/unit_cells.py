"""Units in the rows of files: by code or by the name people write, in force at the time of the row."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from assistance.unit_names import matches, resembling
from shifts.imports.cells import Code, Day, UnitReference, shown
from shifts.models import Unit

CHOICES_NAMED = 5


class NamesUnits:
    """For a resource with a column `unit`, and perhaps `unit_code`; what is not plain is asked about, never guessed.

    `answers` are units chosen by hand: number of the row in the file -> key.
    """

    answers = {}

    def know_units(self, units=None):
        """Read all units; those of the queryset `units` are the sender's own, None for all."""
        self.everywhere = list(Unit.objects.select_related("parent").order_by("code", "valid_from"))
        mine = None if units is None else set(units.values_list("pk", flat=True))
        self.mine = [unit for unit in self.everywhere if mine is None or unit.pk in mine]
        self.by_code = defaultdict(list)
        for unit in self.everywhere:
            self.by_code[unit.code].append(unit)
        self.my_keys = {unit.pk for unit in self.mine}
        self.forget_names()

    def forget_names(self):
        self.questions, self.named = {}, {}

    def unit_of(self, row, number, period):
        """The unit of a row: chosen by hand, else by code, else by name; asked about when it is not plain."""
        if number in self.answers:
            chosen = next((unit for unit in self.mine if unit.pk == self.answers[number]), None)
            if chosen is None:
                raise ValidationError({"unit": _("đơn vị này không thuộc phần của bạn")})
            return chosen
        try:
            code = self.fields["unit_code"].clean(row) if "unit_code" in row else ""
            name = self.fields["unit"].clean(row) if "unit" in row else ""
            if not code and isinstance(row.get("unit"), int | float):
                code, name = Code().clean(row["unit"]), ""
        except ValueError as error:
            raise ValidationError({"unit": str(error)}) from error
        if not code and name and name.partition("@")[0].strip().isdigit():
            code, name = name, ""
        if not code and not name:
            raise ValidationError({"unit": _("không được để trống")})
        key = code, name, period
        if key not in self.named:
            self.named[key] = self.by_given_code(code, name, period) if code else self.by_name(name, period)
        found = self.named[key]
        if isinstance(found, Unit):
            return found
        sentence, candidates = found
        if candidates:
            self.questions[number] = (name or code, candidates)
        raise ValidationError({"unit": sentence})

    def by_given_code(self, code, name, period):
        code, _sign, start = code.partition("@")
        units = [unit for spelling in UnitReference.spellings(code.strip()) for unit in self.by_code[spelling]]
        if start:
            try:
                first = Day().clean(start)
            except ValueError as error:
                return str(error), []
            units = [unit for unit in units if unit.valid_from == first]
        if not units:
            return _("không có đơn vị mang mã “{code}”").format(code=shown(code)), []
        holding = [unit for unit in units if period.meets(unit)] or units[-1:]
        if len(holding) > 1:
            return self.question(_("mã “{code}” chỉ nhiều đơn vị").format(code=shown(code)), holding)
        if name and holding[0] not in matches(holding, name):
            sentence = _("mã {code} là {unit}, không phải “{name}”").format(
                code=code, unit=holding[0], name=shown(name)
            )
            return self.question(sentence, [*holding, *self.standing(matches(self.mine, name), period)])
        return self.if_mine(holding[0])

    def by_name(self, name, period):
        found = self.standing(matches(self.mine, name), period)
        if len(found) == 1:
            return found[0]
        if found:
            return self.question(_("“{name}” có thể là nhiều đơn vị").format(name=shown(name)), found)
        if gone := matches(self.mine, name):
            return gone[0] if len(gone) == 1 else self.question(_("“{name}” không còn").format(name=shown(name)), gone)
        if matches(self.everywhere, name):
            return _("đơn vị này không thuộc phần của bạn"), []
        near = resembling(self.standing(self.mine, period), name)
        return self.question(_("không có đơn vị “{name}”").format(name=shown(name)), near)

    @staticmethod
    def standing(units, period):
        return [unit for unit in units if period.meets(unit)]

    def question(self, sentence, candidates):
        """A sentence that names whom it could be; nothing is taken unasked."""
        candidates = [unit for unit in dict.fromkeys(candidates) if unit.pk in self.my_keys]
        if candidates:
            names = "; ".join(self.called(unit) for unit in candidates[:CHOICES_NAMED])
            sentence = _("{sentence}; có phải: {units}? Hãy ghi mã.").format(sentence=sentence, units=names)
        return sentence, candidates

    @staticmethod
    def called(unit):
        """A unit so that it is not taken for another: "Xã Hòa Bình, Thành phố Hạ Long (07045)"."""
        return f"{unit}, {unit.parent} ({unit.code})" if unit.parent else f"{unit} ({unit.code})"

    def if_mine(self, unit):
        return unit if unit.pk in self.my_keys else (_("đơn vị này không thuộc phần của bạn"), [])
