"""Forms of targets: which day, what is set, how it is split."""

import datetime

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.counts import read_count
from assistance.unit_tree import in_order
from reports.models import Target
from reports.models.targets import EARLIEST, LARGEST_TARGET, LATEST, LONGEST_DAYS, figure_choices
from reports.targets.kinds import COVERAGE, ON_DUTY
from reports.targets.reach import sets_for, teams_to_set_for
from reports.targets.words import grouped
from shifts.duties.forms import DATE_INPUTS
from shifts.import_forms import small_enough

BAD_DAY = gettext_lazy("Ghi ngày/tháng/năm, ví dụ 31/12/2026.")


class DayField(forms.DateField):
    """A day, typed day first; one of our calendar."""

    widget = forms.DateInput(format="%d/%m/%Y", attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 10})

    def __init__(self, **kwargs):
        errors = {"invalid": BAD_DAY, "required": BAD_DAY}
        super().__init__(input_formats=DATE_INPUTS, error_messages=errors, **kwargs)

    def to_python(self, value):
        day = super().to_python(value)
        if day and not EARLIEST <= day <= LATEST:
            raise ValidationError(_("Năm nằm trong khoảng 2000 đến 2100: xem lại năm."))
        return day


class OnForm(forms.Form):
    """The date on which targets are looked at; today when none is named."""

    on = DayField(label=gettext_lazy("Xem vào ngày"), required=False)

    def clean_on(self):
        return self.cleaned_data["on"] or timezone.localdate()


class GoalField(forms.CharField):
    """A whole number above zero, as people write it."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 20})

    def clean(self, value):
        text = super().clean(value)
        try:
            number = read_count(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if number is None:
            return None
        if number < 1:
            raise ValidationError(_("Chỉ tiêu phải từ 1: chỉ tiêu bằng 0 thì không cần đặt."))
        return min(number, LARGEST_TARGET)


class GoalsForm(forms.Form):
    """What may change of a target that is there: the period, the rhythm, the numbers."""

    first = DayField(label=gettext_lazy("Từ ngày"))
    last = DayField(label=gettext_lazy("Đến hết ngày"))
    rhythm = forms.ChoiceField(label=gettext_lazy("Tính theo"), choices=Target.Rhythm, initial=Target.Rhythm.PERIOD)
    minimum = GoalField(
        label=gettext_lazy("Tối thiểu"), error_messages={"required": gettext_lazy("Ghi số tối thiểu, từ 1.")}
    )
    stretch = GoalField(
        label=gettext_lazy("Phấn đấu"), required=False, help_text=gettext_lazy("Để trống thì bằng số tối thiểu.")
    )
    reason = forms.CharField(
        label=gettext_lazy("Căn cứ, lý do"), required=False, max_length=300,
        help_text=gettext_lazy("Ví dụ: Kế hoạch số 45-KH/TĐTN. Giữ trong lịch sử cùng tên bạn."),
    )  # fmt: skip
    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput)

    def figure(self):
        return self.initial.get("figure", "")

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            sentence = _("Ngày cuối phải vào hoặc sau ngày đầu ({first}).")
            self.add_error("last", sentence.format(first=f"{first:%d/%m/%Y}"))
        elif first and last and (last - first).days >= LONGEST_DAYS:
            self.add_error("last", _("Kỳ dài nhất là năm năm. Chọn hai ngày gần nhau hơn."))
        minimum, stretch = cleaned.get("minimum"), cleaned.get("stretch")
        if minimum and "stretch" not in self.errors:
            cleaned["stretch"] = stretch or minimum
            if stretch and stretch < minimum:
                sentence = _("Phấn đấu không được nhỏ hơn tối thiểu ({minimum}).")
                self.add_error("stretch", sentence.format(minimum=grouped(minimum)))
        figure = self.figure()
        if figure == COVERAGE:
            for name in ("minimum", "stretch"):
                if (cleaned.get(name) or 0) > 100:
                    self.add_error(name, _("Độ phủ ghi bằng phần trăm số đơn vị, từ 1 đến 100."))
        cleaned["rhythm"] = self._rhythm(figure, cleaned.get("rhythm"))
        return cleaned

    @staticmethod
    def _rhythm(figure, rhythm):
        """Duty is held against sessions and coverage against the period, whatever was left in the field."""
        if figure == ON_DUTY:
            return Target.Rhythm.SESSION
        if figure == COVERAGE or rhythm in ("", None, Target.Rhythm.SESSION):
            return Target.Rhythm.PERIOD
        return rhythm

    @property
    def decision(self):
        """What the services take."""
        names = ["first", "last", "rhythm", "minimum", "stretch"]
        return {name: self.cleaned_data[name] for name in names}

    def take_refusal(self, error: ValidationError):
        """Put the sentences of a decision that cannot be where their fields are."""
        for name, sentences in error.message_dict.items():
            known = name if name in self.fields else {"unit": "scope", "team": "scope"}.get(name)
            for sentence in sentences:
                self.add_error(known if known in self.fields and name != NON_FIELD_ERRORS else None, sentence)


class NewTargetForm(GoalsForm):
    """A target that is not there yet: also what is counted, and whose."""

    figure_code = forms.ChoiceField(
        label=gettext_lazy("Số liệu"), choices=figure_choices,
        error_messages={"invalid_choice": gettext_lazy("Không có số liệu này. Chọn một số liệu trong danh sách.")},
    )  # fmt: skip
    level = forms.ChoiceField(
        label=gettext_lazy("Đếm các"), required=False, choices=Target.Level,
        help_text=gettext_lazy("Chỉ dùng cho độ phủ."),
    )  # fmt: skip
    scope = forms.ChoiceField(
        label=gettext_lazy("Của đơn vị hoặc đội hình"),
        error_messages={
            "required": gettext_lazy("Chọn đơn vị hoặc đội hình."),
            "invalid_choice": gettext_lazy("Đơn vị hoặc đội hình này không thuộc phần của bạn. Chọn trong danh sách."),
        },
    )
    field_order = ["figure_code", "level", "scope", "first", "last", "rhythm", "minimum", "stretch", "reason"]

    def __init__(self, *args, access, on: datetime.date, **kwargs):
        super().__init__(*args, **kwargs)
        lines = in_order(list(sets_for(access).on(on).select_related("parent")))
        self.units = {line.unit.pk: line.unit for line in lines}
        self.teams = {team.pk: team for team in teams_to_set_for(access).on(on)}
        units = [(f"u{line.unit.pk}", "\u2003" * line.depth + line.unit.name) for line in lines]
        teams = [(f"t{team.pk}", str(team)) for team in self.teams.values()]
        groups = [(_("Đơn vị và mọi đơn vị bên dưới"), units), (_("Riêng một đội hình"), teams)]
        self.fields["scope"].choices = [(name, rows) for name, rows in groups if rows]

    def figure(self):
        return self.cleaned_data.get("figure_code", "")

    def clean_scope(self):
        value = self.cleaned_data["scope"]
        kind, key = value[:1], int(value[1:])
        return {"unit": self.units[key], "team": None} if kind == "u" else {"unit": None, "team": self.teams[key]}

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("figure_code") == COVERAGE:
            if cleaned.get("scope") and cleaned["scope"]["team"]:
                self.add_error("scope", _("Độ phủ đếm các đơn vị, nên chọn một đơn vị."))
            cleaned["level"] = cleaned.get("level") or Target.Level.COMMUNE
        else:
            cleaned["level"] = ""
        holder = (cleaned.get("scope") or {}).get("team") or (cleaned.get("scope") or {}).get("unit")
        if holder and cleaned.get("last") and not self.errors:
            self._meets(holder, cleaned["first"], cleaned["last"])
        return cleaned

    def _meets(self, holder, first, last):
        if holder.valid_from and holder.valid_from > last:
            sentence = _("{who} có từ {date}, sau kỳ này. Chọn kỳ khác hoặc đơn vị khác.")
            self.add_error("scope", sentence.format(who=holder, date=f"{holder.valid_from:%d/%m/%Y}"))
        elif holder.valid_until and holder.valid_until <= first:
            sentence = _("{who} không còn từ {date}, trước kỳ này. Chọn kỳ khác hoặc đơn vị khác.")
            self.add_error("scope", sentence.format(who=holder, date=f"{holder.valid_until:%d/%m/%Y}"))

    @property
    def decision(self):
        picked = {"figure": self.cleaned_data["figure_code"], "level": self.cleaned_data["level"]}
        return super().decision | picked | self.cleaned_data["scope"]


class WithdrawForm(forms.Form):
    """Why a target is no longer held."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Lý do thôi chỉ tiêu này"), max_length=300,
        error_messages={"required": gettext_lazy("Ghi lý do thôi chỉ tiêu này.")},
    )  # fmt: skip


class SplitForm(forms.Form):
    """How a target is given to the units below."""

    EQUAL, LAST_YEAR, WEIGHTS = "equal", "last_year", "weights"
    WAYS = [
        (EQUAL, gettext_lazy("Chia đều")),
        (LAST_YEAR, gettext_lazy("Theo kết quả năm trước")),
        (WEIGHTS, gettext_lazy("Theo trọng số trong tệp Excel")),
    ]

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    way = forms.ChoiceField(label=gettext_lazy("Cách chia"), choices=WAYS, widget=forms.RadioSelect, initial=EQUAL)
    depth = forms.ChoiceField(label=gettext_lazy("Chia cho"))
    file = forms.FileField(
        label=gettext_lazy("Tệp trọng số (XLSX hoặc CSV)"), required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=gettext_lazy("Hai cột: đơn vị, trọng số. Trọng số 0 là không giao."),
        error_messages={"empty": gettext_lazy("Tệp rỗng. Hãy chọn tệp có hai cột: đơn vị, trọng số.")},
    )  # fmt: skip
    token = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    reason = forms.CharField(label=gettext_lazy("Căn cứ, lý do"), required=False, max_length=300)

    def __init__(self, *args, depths, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["depth"].choices = depths

    def clean_file(self):
        file = self.cleaned_data["file"]
        return small_enough(file) if file else None

    def clean(self):
        cleaned = super().clean()
        weights = cleaned.get("way") == self.WEIGHTS
        if weights and not (cleaned.get("file") or cleaned.get("token")) and "file" not in self.errors:
            self.add_error("file", _("Chọn tệp có hai cột: đơn vị, trọng số."))
        return cleaned


class ConfirmForm(forms.Form):
    """The parts as they were looked at, signed."""

    parts = forms.CharField(max_length=60_000, widget=forms.HiddenInput)
    reason = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
