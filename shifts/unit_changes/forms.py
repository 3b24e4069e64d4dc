"""What staff fill in to change units: one form an act, each of which says what is wanted."""

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.validators import RegexValidator
from django.db.models import Case, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shifts.duties.forms import DayField
from shifts.models import Unit

from . import acts

PARTS_SHOWN = 5


class UnitChoice:
    """A unit by name, code and the one above: names alone meet again."""

    def label_from_instance(self, unit):
        above = f", {unit.parent.name}" if unit.parent else ""
        return f"{unit.name} ({unit.code}){above}"


class UnitField(UnitChoice, forms.ModelChoiceField):
    pass


class UnitsField(UnitChoice, forms.ModelMultipleChoiceField):
    pass


class Text(forms.CharField):
    """One line, its spaces made plain."""

    def __init__(self, *, size=40, **kwargs):
        super().__init__(widget=forms.TextInput(attrs={"size": size, "autocomplete": "off"}), **kwargs)

    def to_python(self, value):
        return " ".join(super().to_python(value).replace("\x00", " ").split())


def code_text(**kwargs):
    digits = RegexValidator(r"^[0-9]*$", gettext_lazy("Mã chỉ gồm chữ số, ví dụ 06652."))
    return Text(label=gettext_lazy("Mã"), size=10, max_length=10, validators=[digits], **kwargs)


def name_text(**kwargs):
    return Text(label=gettext_lazy("Tên"), max_length=120, **kwargs)


def kind_text(**kwargs):
    return Text(label=gettext_lazy("Loại"), size=15, max_length=20, **kwargs)


class ChangeForm(forms.Form):
    """Day and decision; `units` (a queryset) are those that may be changed.

    The form of each act has two methods: fill(units) writes what is known of the units that somebody came from,
    wanted() returns what a valid form says or raises ChangeRefused.
    """

    title = ""
    date = DayField(
        label=gettext_lazy("Từ ngày"),
        widget=AdminDateWidget(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 10}),
        help_text=gettext_lazy("Ngày đầu tiên của đơn vị mới, ví dụ 01/07/2025."),
        error_messages={"required": gettext_lazy("Ghi ngày đầu tiên của đơn vị mới.")},
    )
    decision = Text(
        label=gettext_lazy("Số nghị quyết, quyết định"), size=30, max_length=60, required=False,
    )  # fmt: skip
    field_order = ["unit", "units", "parent", "code", "name", "kind", "date", "decision"]

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("unit", "units"):
            if name in self.fields:
                self.fields[name].queryset = units
        if "units" in self.fields:
            self.fields["units"].widget.attrs["aria-label"] = self.fields["units"].label
        if "parent" in self.fields:
            self.fields["parent"].queryset = units.exclude(level=Unit.Level.COMMUNE)

    def choose(self, units):
        """Tick these, and let them stand first in the long list."""
        keys = [unit.pk for unit in units]
        self.initial["units"] = keys
        first = Case(When(pk__in=keys, then=Value(0)), default=Value(1))
        field = self.fields["units"]
        field.queryset = field.queryset.order_by(first, *field.queryset.query.order_by)

    @property
    def given(self):
        return {name: self.cleaned_data[name] for name in ("date", "decision")}


UNIT = gettext_lazy("Đơn vị")


def unit_choice(label=UNIT):
    return UnitField(
        label=label,
        queryset=Unit.objects.none(),
        error_messages={
            "required": gettext_lazy("Chọn đơn vị."),
            "invalid_choice": gettext_lazy("Đơn vị này không có, đã hết hiệu lực, hoặc ngoài phần của bạn."),
        },
    )


def units_choice():
    return UnitsField(
        label=gettext_lazy("Các đơn vị"),
        queryset=Unit.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Chọn các đơn vị."),
            "invalid_choice": gettext_lazy("Đơn vị này không có, đã hết hiệu lực, hoặc ngoài phần của bạn."),
            "invalid_pk_value": gettext_lazy("Đơn vị này không có, đã hết hiệu lực, hoặc ngoài phần của bạn."),
        },
    )


class RenameForm(ChangeForm):
    title = gettext_lazy("Đổi tên, loại hoặc mã")
    unit = unit_choice()
    code, name, kind = code_text(), name_text(), kind_text(help_text=gettext_lazy("Ví dụ: phường, xã, đặc khu."))

    def fill(self, units):
        for unit in units[:1]:
            self.initial |= {"unit": unit.pk, "code": unit.code, "name": unit.name, "kind": unit.kind}

    def wanted(self):
        data = self.cleaned_data
        return acts.rename(
            unit=data["unit"], code=data["code"], name=data["name"], kind=data["kind"], **self.given
        )  # fmt: skip


class MergeForm(ChangeForm):
    title = gettext_lazy("Sáp nhập")
    units = units_choice()
    code = code_text(help_text=gettext_lazy("Mã của đơn vị mới; có thể là mã của một đơn vị cũ."))
    name, kind = name_text(), kind_text(help_text=gettext_lazy("Ví dụ: phường, xã, đặc khu."))
    parent = unit_choice(gettext_lazy("Thuộc"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].required = False
        self.fields["parent"].help_text = _("Để trống khi các đơn vị cũ cùng một cấp trên.")
        self.order_fields(["units", "code", "name", "kind", "parent", "date", "decision"])

    def fill(self, units):
        self.choose(units)
        for unit in units[:1]:
            self.initial |= {"code": unit.code, "name": unit.name, "kind": unit.kind}

    def wanted(self):
        data = self.cleaned_data
        return acts.merge(
            units=data["units"], code=data["code"], name=data["name"], kind=data["kind"], parent=data["parent"],
            **self.given,
        )  # fmt: skip


class SplitForm(ChangeForm):
    """Parts are lines of code, name and kind; one of them is the main one."""

    title = gettext_lazy("Chia tách")
    unit = unit_choice()
    main = forms.TypedChoiceField(
        label=gettext_lazy("Kế thừa chính"), required=False, coerce=int, empty_value=None,
        choices=[(n, n) for n in range(PARTS_SHOWN)],
        error_messages={"invalid_choice": gettext_lazy("Chọn một phần có trong bảng.")},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for n in range(PARTS_SHOWN):
            self.fields[f"code_{n}"] = code_text(required=False)
            self.fields[f"name_{n}"] = name_text(required=False)
            self.fields[f"kind_{n}"] = kind_text(required=False)

    def fill(self, units):
        for unit in units[:1]:
            self.initial |= {"unit": unit.pk, "code_0": unit.code, "name_0": unit.name, "kind_0": unit.kind, "main": 0}

    @property
    def parts(self):
        """[(number, whether main, code, name, kind)] for the table."""
        main = str(self["main"].value())
        return [
            (n, main == str(n), self[f"code_{n}"], self[f"name_{n}"], self[f"kind_{n}"]) for n in range(PARTS_SHOWN)
        ]

    def clean(self):
        data = super().clean()
        for n in range(PARTS_SHOWN):
            if (data.get(f"name_{n}") or data.get(f"kind_{n}")) and not data.get(f"code_{n}"):
                self.add_error(f"code_{n}", _("Ghi mã của phần này."))
        return data

    def wanted(self):
        data = self.cleaned_data
        parts = [
            acts.Part(data[f"code_{n}"], data[f"name_{n}"], data[f"kind_{n}"], n == data["main"])
            for n in range(PARTS_SHOWN)
            if data[f"code_{n}"]
        ]
        return acts.split(unit=data["unit"], parts=parts, **self.given)


class MoveForm(ChangeForm):
    title = gettext_lazy("Chuyển cấp trên")
    units = units_choice()
    parent = unit_choice(gettext_lazy("Sang thuộc"))
    field_order = ["units", "parent", "date", "decision"]

    def fill(self, units):
        self.choose(units)

    def wanted(self):
        return acts.move(units=self.cleaned_data["units"], parent=self.cleaned_data["parent"], **self.given)


FORMS = {"rename": RenameForm, "merge": MergeForm, "split": SplitForm, "move": MoveForm}
