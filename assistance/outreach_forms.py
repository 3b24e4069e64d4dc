"""Forms of outreach events: the plan with its material, people, states, and what was brought back."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from assistance.outreach_words import unit_label
from assistance.unit_names import matches, resembling
from shifts.duties.forms import DayField, HourField, key_field
from shifts.models import OutreachEvent, OutreachMaterial, Team
from shifts.outreach.planning import MOST_THINGS, Thing, host_units
from shifts.roster.changes import FIRST_YEAR, LAST_YEAR
from shifts.text import fold

PHONE = re.compile(r"\+?[0-9][0-9 .\-]{5,18}")
MOST_LINES, BLANK_LINES = 30, 3
LONGEST_SEARCH = 80


def text(label, name, **kwargs):
    """A line of text, as long as the model lets it be."""
    attrs = {"autocomplete": "off"}
    longest = OutreachEvent._meta.get_field(name).max_length
    return forms.CharField(label=label, max_length=longest, widget=forms.TextInput(attrs=attrs), **kwargs)


class EventForm(forms.Form):
    """Plan of one event; the host unit is typed and must hold on the date."""

    date = DayField(label=_("Ngày"), error_messages={"required": _("Hãy chọn ngày tổ chức.")})
    starts_at = HourField(label=_("Từ giờ"), error_messages={"required": _("Ghi giờ bắt đầu, ví dụ 07:30.")})
    ends_at = HourField(label=_("Đến giờ"), error_messages={"required": _("Ghi giờ kết thúc, ví dụ 10:30.")})
    team = forms.ModelChoiceField(
        label=_("Đội hình tổ chức"),
        queryset=Team.objects.none(),
        empty_label=None,
        error_messages={
            "required": _("Chọn đội hình tổ chức."),
            "invalid_choice": _("Bạn không lập hoạt động cho đội hình này. Chọn đội của mình."),
        },
    )
    venue_kind = forms.ChoiceField(
        label=_("Loại nơi"),
        choices=OutreachEvent.VenueKind.choices,
        error_messages={"required": _("Chọn loại nơi."), "invalid_choice": _("Chọn một loại nơi trong danh sách.")},
    )
    venue = text(
        _("Nơi tổ chức"), "venue", error_messages={"required": _("Ghi tên nơi tổ chức, ví dụ Trường THPT Hòn Gai.")}
    )
    host_unit = forms.CharField(
        label=_("Đơn vị sở tại"),
        max_length=160,
        help_text=_("Xã, phường nơi tổ chức. Gõ vài chữ, không cần dấu."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-host": ""}),
        error_messages={"required": _("Ghi xã, phường nơi tổ chức.")},
    )
    contact_name = text(_("Đầu mối tại nơi tổ chức"), "contact_name", required=False)
    contact_phone = text(
        _("Điện thoại đầu mối"),
        "contact_phone",
        required=False,
        help_text=_("Chỉ người lập kế hoạch và người đi thấy tên và số này."),
    )
    aims = forms.CharField(
        label=_("Mục tiêu"),
        required=False,
        max_length=OutreachEvent._meta.get_field("aims").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, teams, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams
        kinds = OutreachEvent.VenueKind
        self.fields["venue_kind"].choices = [(kind.value, str(kind.label).capitalize()) for kind in kinds]
        self.fields["contact_phone"].widget.attrs["inputmode"] = "tel"

    def clean_date(self):
        date = self.cleaned_data["date"]
        if not FIRST_YEAR <= date.year < LAST_YEAR:
            raise forms.ValidationError(
                _("Hoạt động có từ năm %(first)s đến năm %(last)s."),
                params={"first": FIRST_YEAR, "last": LAST_YEAR - 1},
            )
        return date

    def clean_contact_phone(self):
        phone = self.cleaned_data["contact_phone"].strip()
        if phone and not PHONE.fullmatch(phone):
            raise forms.ValidationError(_("Số điện thoại viết như 0912 345 678."))
        return phone

    def clean(self):
        data = super().clean()
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", _("Giờ kết thúc phải sau giờ bắt đầu."))
        if data.get("team") and data.get("date") and data.get("host_unit"):
            self._read_host(data)
        return data

    def _read_host(self, data):
        """Put the unit in place of its name, or say which ones it may be."""
        typed, date = data["host_unit"], data["date"]
        units = list(host_units(data["team"].unit, date).select_related("parent"))
        found = [unit for unit in units if fold(unit_label(unit)) == fold(typed)]
        found = found if len(found) == 1 else matches(units, typed.split(",")[0])
        if "," in typed and len(found) > 1:
            found = [unit for unit in found if fold(unit_label(unit)) == fold(typed)] or found
        if len(found) == 1:
            data["host_unit"] = found[0]
            return
        near = found or resembling(units, typed)
        names = "; ".join(unit_label(unit) for unit in near)
        day = f"{date:%d/%m/%Y}"
        if found:
            sentence = _("Có nhiều đơn vị tên này: {names}. Ghi rõ một đơn vị.")
        elif near:
            sentence = _("Ngày {day} không có đơn vị “{typed}”. Có phải: {names}?")
        else:
            sentence = _("Ngày {day} không có đơn vị “{typed}” trong tỉnh.")
        self.add_error("host_unit", str(sentence).format(names=names, day=day, typed=typed))

    @staticmethod
    def initial_of(event):
        """What the form holds before an event is changed."""
        names = ("date", "starts_at", "ends_at", "team", "venue_kind", "venue", "contact_name", "contact_phone", "aims")
        initial = {name: getattr(event, name) for name in names}
        return initial | {"date": f"{event.date:%d/%m/%Y}", "host_unit": unit_label(event.host_unit)}


class ThingForm(forms.Form):
    """One line of the list of material; a line without a name is none."""

    name = forms.CharField(
        label=_("Tên"),
        required=False,
        max_length=OutreachMaterial._meta.get_field("name").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    taken_out = forms.IntegerField(
        label=_("Mang đi"),
        required=False,
        min_value=1,
        max_value=MOST_THINGS,
        localize=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"}),
        error_messages={
            "invalid": _("Số mang đi là số nguyên."),
            "min_value": _("Số mang đi từ 1 trở lên."),
            "max_value": _("Số mang đi nhiều nhất %(limit_value)s."),
        },
    )
    is_leaflet = forms.BooleanField(label=_("Tờ rơi"), required=False)

    def clean(self):
        data = super().clean()
        if data.get("name") and data.get("taken_out") is None and "taken_out" not in self.errors:
            self.add_error("taken_out", _("Ghi số mang đi của {name}.").format(name=data["name"]))
        if data.get("taken_out") and not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Ghi tên vật mang đi."))
        return data


class ThingFormSet(forms.BaseFormSet):
    """The list of material, with some blank lines below."""

    @property
    def things(self):
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]
        return [Thing(row["name"], row["taken_out"], row["is_leaflet"]) for row in rows]


Things = forms.formset_factory(
    ThingForm, formset=ThingFormSet, extra=BLANK_LINES, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
)


def things_of(event):
    return [
        {"name": row.name, "taken_out": row.taken_out, "is_leaflet": row.is_leaflet} for row in event.materials.all()
    ]


class KeysField(forms.Field):
    """Any number of keys of rows."""

    widget = forms.SelectMultiple

    def clean(self, value):
        sentence = _("Chọn người trong danh sách.")
        one = key_field(error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), sentence))
        return [one.clean(key) for key in value or []]


class PeopleForm(forms.Form):
    """Who is put on the list of an event, and who is taken off it: keys of volunteers."""

    add = KeysField(required=False)
    remove = KeysField(required=False)


class StateForm(forms.Form):
    """The state that an event is brought into, with the reason where it is cancelled."""

    to = forms.ChoiceField(choices=OutreachEvent.State.choices)
    reason = forms.CharField(label=_("Lý do hủy"), required=False, max_length=400)


class BackForm(forms.Form):
    """How many of each thing came back: one field for each, empty while it is not known."""

    def __init__(self, *args, things, **kwargs):
        super().__init__(*args, **kwargs)
        for row in things:
            self.fields[f"back-{row.pk}"] = forms.IntegerField(
                label=row.name,
                required=False,
                initial=row.brought_back,
                min_value=0,
                max_value=row.taken_out,
                localize=False,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"}),
                error_messages={
                    "invalid": _("Số mang về là số nguyên."),
                    "min_value": _("Số mang về từ 0 trở lên."),
                    "max_value": _("Mang đi {out}, nên mang về nhiều nhất {out}.").format(out=row.taken_out),
                },
            )

    @property
    def counts(self):
        return {int(name.removeprefix("back-")): value for name, value in self.cleaned_data.items()}


class HostSearchForm(forms.Form):
    """What is typed of a host unit, and the date and team it is for."""

    q = forms.CharField(max_length=LONGEST_SEARCH)
    date = DayField(required=False)
    team = key_field(required=False)
