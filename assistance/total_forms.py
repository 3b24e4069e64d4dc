"""The form of a unit total: one field a figure, a tick for each number that looks wrong."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.counts import read_count
from assistance.figures import TOTAL_COLUMNS
from assistance.models import UnitTotal
from assistance.periods import Period
from assistance.second_look import second_looks


class CountField(forms.CharField):
    """A whole number as people write it."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 20})

    def clean(self, value):
        try:
            return read_count(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class PeriodField(forms.CharField):
    """2026-W48 or 2026-11-24."""

    def clean(self, value):
        try:
            return Period.read(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(str(error).capitalize()) from error


class PlaceForm(forms.Form):
    """Which unit, which period, which part of the units; all may be left out."""

    show = forms.CharField(required=False, max_length=12)
    unit = forms.CharField(required=False, max_length=24)
    period = forms.CharField(required=False, max_length=12)


class CountsForm(forms.Form):
    """One field for each of COLUMNS, a tick for each number that looks wrong, and what is said beside them."""

    COLUMNS = TOTAL_COLUMNS
    ASK = gettext_lazy("{look} Đúng thì đánh dấu bên dưới rồi gửi lại.")

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    remarks = forms.CharField(
        label=gettext_lazy("Khó khăn, ghi chú"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Lý do điều chỉnh"), required=False, max_length=500,
        help_text=gettext_lazy("Kỳ này đã khóa: số mới được nhận như một lần điều chỉnh, kèm lý do và tên bạn."),
    )  # fmt: skip

    def __init__(self, *args, stored, locked, **kwargs):
        start = {code: getattr(stored, code) for code in self.COLUMNS}
        initial = start | {"remarks": stored.remarks, "version": stored.version if stored.pk else 0}
        super().__init__(*args, initial=initial, **kwargs)
        self.looks, self.locked = {}, locked
        for code, column in self.COLUMNS.items():
            field = CountField(label=column.name, required=False, help_text=column.definition)
            field.widget.attrs["aria-describedby"] = f"about_{code}"
            self.fields[code] = field
            self.fields[f"sure_{code}"] = CountField(required=False)

    def look_twice(self, looks: dict[str, str]) -> None:
        """Ask about these columns, unless the number that is there was confirmed."""
        numbers = self.numbers
        # The tick is for the number that was looked at: another one asks again.
        self.looks = {code: sentence for code, sentence in looks.items() if code not in self.errors}
        unsure = [code for code in self.looks if self.cleaned_data.get(f"sure_{code}") != numbers[code]]
        for code in unsure:
            self.add_error(code, str(self.ASK).format(look=self.looks[code]))

    @property
    def numbers(self):
        """Column -> number, of the fields that could be read."""
        return {code: self.cleaned_data.get(code) for code in self.COLUMNS}

    @property
    def sure(self):
        """Columns whose number was confirmed, and still stands."""
        return {code for code in self.looks if code not in self.errors}

    def row(self, code: str, **more) -> dict:
        """What the template shows of one number: its field, the tick for a second look, and `more`."""
        look = self.looks.get(code) if self.is_bound else None
        number = getattr(self, "cleaned_data", {}).get(code)
        if look and code in self.errors:  # add_error took the number, which could be read, out of cleaned_data
            number = self.fields[code].clean(self.data.get(code))
        return {"field": self[code], "column": self.COLUMNS[code], "look": look, "number": number,
                "sure": bool(look) and code in self.sure, **more}  # fmt: skip


class TotalForm(CountsForm):
    """The numbers of one unit for one period."""

    SEND, DRAFT, NOTHING = "send", "draft", "nothing"

    action = forms.ChoiceField(choices=[(SEND, SEND), (DRAFT, DRAFT), (NOTHING, NOTHING)])

    def __init__(self, *args, total: UnitTotal, usual, **kwargs):
        super().__init__(*args, stored=total, **kwargs)
        self.usual = usual

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("action") == self.SEND:
            self.look_twice(second_looks(self.numbers, usual=self.usual))
        return cleaned


class ReviewForm(forms.Form):
    """Accept what was sent, or give it back with a remark."""

    ACCEPT, RETURN = "accept", "return"

    verdict = forms.ChoiceField(choices=[(ACCEPT, ACCEPT), (RETURN, RETURN)])
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1)
    remark = forms.CharField(
        label=gettext_lazy("Lời nhắn cho đơn vị"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("verdict") == self.RETURN and not cleaned.get("remark") and "remark" not in self.errors:
            self.add_error("remark", _("Ghi lời nhắn để đơn vị biết cần sửa gì."))
        return cleaned
