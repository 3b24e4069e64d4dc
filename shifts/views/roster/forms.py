"""What the builder's page sends: spots, people, weights. Junk is an error with a sentence, never a crash."""

from django import forms
from django.utils.translation import gettext_lazy as _

from shifts.models import SiteSession
from shifts.roster.changes import FIRST_YEAR, LAST_YEAR
from shifts.roster.optimiser.problem import Weights
from shifts.roster.runs import HIGHEST_WEIGHT
from shifts.roster.spots import Spot

LARGEST_KEY = 2**31 - 1


class SpotField(forms.CharField):
    """A spot as the page writes it."""

    default_error_messages = {"invalid": _("Ô này không có trong lịch. Tải lại trang rồi thử lại.")}

    def clean(self, value):
        spot = Spot.parse(super().clean(value))
        if spot is None and self.required:
            raise forms.ValidationError(self.error_messages["invalid"])
        return spot


class KeyField(forms.IntegerField):
    """The key of a row."""

    def __init__(self, **kwargs):
        super().__init__(min_value=1, max_value=LARGEST_KEY, **kwargs)


class SpotForm(forms.Form):
    at = SpotField()


class AssignForm(SpotForm):
    """`volunteer` takes the place of whoever the spot names, `add` joins them; `lift` raises a maximum first."""

    volunteer = KeyField(required=False)
    add = KeyField(required=False)
    lift = KeyField(required=False)

    def clean(self):
        given = [self.cleaned_data.get(name) for name in ("volunteer", "add", "lift")]
        if sum(value is not None for value in given) != 1:
            raise forms.ValidationError(_("Chọn một bạn để xếp."))
        return self.cleaned_data


class MoveForm(SpotForm):
    """Where to: a spot (`to`), or a date, a post and perhaps a session."""

    to = SpotField(required=False)
    date = forms.DateField(required=False, error_messages={"invalid": _("Chọn một ngày trong tháng.")})
    post = KeyField(required=False)
    session = forms.ChoiceField(required=False, choices=[("", ""), *SiteSession.Session.choices])
    swap = forms.BooleanField(required=False)

    def clean(self):
        data = self.cleaned_data
        if not data.get("to") and data.get("at") and data.get("date") and data.get("post"):
            sessions = (data["session"],) if data.get("session") else data["at"].sessions
            data["to"] = Spot(data["date"], data["post"], sessions)
        if not data.get("to"):
            raise forms.ValidationError(_("Chọn ô để chuyển đến."))
        return data


class WeightsForm(forms.Form):
    """The weights of the wishes for one run; what is left out keeps its usual weight."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for code, label, weight in Weights().labelled():
            self.fields[code] = forms.IntegerField(
                label=label, min_value=0, max_value=HIGHEST_WEIGHT, required=False, initial=weight
            )

    def weights(self):
        """Code -> weight."""
        return {
            code: weight if self.cleaned_data.get(code) is None else self.cleaned_data[code]
            for code, _label, weight in Weights().labelled()
        }


class SaveTemplateForm(forms.Form):
    week = forms.DateField(error_messages={"invalid": _("Chọn một tuần.")})
    name = forms.CharField(max_length=60, error_messages={"required": _("Ghi tên cho lịch mẫu.")})

    def clean_week(self):
        week = self.cleaned_data["week"]
        if not FIRST_YEAR <= week.year < LAST_YEAR:
            raise forms.ValidationError(_("Chọn một tuần của lịch này."))
        return week


class TemplateForm(forms.Form):
    template = KeyField(error_messages={"required": _("Chọn một lịch mẫu.")})


def first_error(form) -> str:
    """The first sentence of a form's errors."""
    return next(str(sentence) for sentences in form.errors.values() for sentence in sentences)
