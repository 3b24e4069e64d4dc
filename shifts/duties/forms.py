"""Forms of a volunteer's own pages."""

from django import forms
from django.utils.translation import gettext_lazy as _

from shifts.dates import WEEKDAYS
from shifts.models import Leave, Post, Preference, SiteSession

Session = SiteSession.Session
# Day first in every language of the page, also without strokes: some number pads have none.
DATE_INPUTS = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d%m%Y", "%Y-%m-%d"]
# A keyboard of digits may have no colon: 0730 and 7.30 are read too.
HOUR_INPUTS = ["%H:%M", "%Hh%M", "%H.%M", "%H,%M", "%H%M", "%Hh", "%H"]
LARGEST_KEY = 2**63 - 1


def key_field(**kwargs):
    """A key of a row; junk and numbers no database holds are refused as a field's error."""
    return forms.IntegerField(min_value=1, max_value=LARGEST_KEY, **kwargs)


class PartForm(forms.Form):
    """Which part of a day's duties: all of them, or one session."""

    ALL = "all"
    part = forms.ChoiceField(label=_("Buổi nào"), required=False)

    def __init__(self, *args, duties, **kwargs):
        super().__init__(*args, **kwargs)
        self.duties = duties
        sessions = [duty.session for duty in duties]
        both = sessions == [Session.MORNING, Session.AFTERNOON]
        every = (self.ALL, _("Cả ngày") if both else _("Tất cả"))
        each = [(session, str(Session(session).label).capitalize()) for session in sessions]
        self.fields["part"].choices = [every, *each] if len(duties) > 1 else [every]

    def clean_part(self):
        return self.cleaned_data["part"] or self.ALL

    def chosen(self):
        """The duties of the chosen part; all of them while nothing valid is chosen."""
        part = getattr(self, "cleaned_data", {}).get("part", self.ALL)
        return [duty for duty in self.duties if part in (self.ALL, duty.session)]


class AbsenceForm(PartForm):
    """“Tôi không đến được”: which part, and whether all who are free are told or one person is asked."""

    EVERYBODY, ONE = "everybody", "one"
    how = forms.ChoiceField(choices=[(EVERYBODY, ""), (ONE, "")], required=False)
    person = key_field(label=_("Chọn bạn nào"), required=False)

    def clean_how(self):
        return self.cleaned_data["how"] or self.EVERYBODY

    def clean(self):
        data = super().clean()
        if data.get("how") == self.ONE and not data.get("person") and "person" not in self.errors:
            self.add_error("person", _("Hãy chọn một bạn, hoặc báo cho tất cả bạn rảnh."))
        return data


class SwapForm(PartForm):
    """Whom to ask, and which of their duties to take in return (keys of assignments, none: just take over)."""

    person = key_field(required=False)
    want = forms.CharField(required=False, max_length=200)
    message = forms.CharField(
        label=_("Lời nhắn"),
        required=False,
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_want(self):
        keys = [key for key in self.cleaned_data["want"].split(",") if key]
        if not all(key.isascii() and key.isdigit() and int(key) <= LARGEST_KEY for key in keys):
            raise forms.ValidationError(_("Ca muốn nhận không đúng. Hãy tải lại trang."))
        return [int(key) for key in keys]


class PlacesForm(forms.Form):
    """Keys of the places to take together."""

    places = forms.CharField(max_length=200, error_messages={"required": _("Hãy chọn một chỗ.")})

    def clean_places(self):
        keys = self.cleaned_data["places"].split(",")
        if not all(key.isascii() and key.isdigit() and int(key) <= LARGEST_KEY for key in keys):
            raise forms.ValidationError(_("Chỗ này không còn nữa."))
        return [int(key) for key in keys]


class DayField(forms.DateField):
    """A day as people here write it, day first, in a plain field: a native one follows the browser's language."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 10})
    default_error_messages = {"invalid": _("Ghi ngày như 24/11/2026: ngày trước, tháng sau.")}

    def __init__(self, **kwargs):
        super().__init__(input_formats=DATE_INPUTS, **kwargs)


class HourField(forms.TimeField):
    """A time of day as people here write it, 07:30 or 7h30, in a plain field: a native one may ask for AM and PM."""

    widget = forms.TimeInput(
        format="%H:%M", attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 5, "class": "num"}
    )
    default_error_messages = {"invalid": _("Giờ viết như 07:30.")}

    def __init__(self, **kwargs):
        super().__init__(input_formats=HOUR_INPUTS, **kwargs)


class LeaveForm(forms.Form):
    """Days from one to another, both included; one day when the second is left empty."""

    date_from = DayField(
        label=_("Từ ngày"),
        help_text=_("Ví dụ 24/11/2026."),
        error_messages={"required": _("Hãy chọn ngày đầu.")},
    )
    date_to = DayField(label=_("Đến hết ngày"), required=False, help_text=_("Để trống khi chỉ bận một ngày."))
    session = forms.ChoiceField(label=_("Buổi"), required=False)
    reason = forms.CharField(
        label=_("Lý do"),
        required=False,
        max_length=120,
        help_text=Leave._meta.get_field("reason").help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    open_places = forms.BooleanField(label=_("Mở các ca đó cho bạn khác nhận"), required=False)

    def __init__(self, *args, sessions=(), **kwargs):
        super().__init__(*args, **kwargs)
        offered = [(value, str(Session(value).label).capitalize()) for value in sessions]
        self.fields["session"].choices = [("", _("Cả ngày")), *offered]

    def clean(self):
        data = super().clean()
        if data.get("date_from") and not data.get("date_to") and "date_to" not in self.errors:
            data["date_to"] = data["date_from"]
        return data


class PreferenceForm(forms.Form):
    """What a volunteer would like; nothing ticked in a row means: any."""

    sessions = forms.MultipleChoiceField(label=_("Buổi muốn trực"), required=False, widget=forms.CheckboxSelectMultiple)
    weekdays = forms.MultipleChoiceField(label=_("Thứ muốn trực"), required=False, widget=forms.CheckboxSelectMultiple)
    posts = forms.ModelMultipleChoiceField(
        label=_("Vị trí muốn trực"),
        required=False,
        queryset=Post.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, preference: Preference, sessions, weekdays, posts, **kwargs):
        self.preference = preference
        initial = {
            "sessions": [value for value in preference.sessions.split(",") if value],
            "weekdays": list(preference.weekdays),
            "posts": [post.pk for post in preference.posts.all()] if preference.pk else [],
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["sessions"].choices = [(value, str(Session(value).label).capitalize()) for value in sessions]
        self.fields["weekdays"].choices = [(day, WEEKDAYS[int(day) - 1]) for day in weekdays]
        self.fields["posts"].queryset = posts

    def save(self):
        data = self.cleaned_data
        self.preference.sessions = ",".join(data["sessions"])
        self.preference.weekdays = "".join(sorted(data["weekdays"]))
        self.preference.save()
        self.preference.posts.set(data["posts"])
        return self.preference


class YearForm(forms.Form):
    """The year of a record: one of those in which the person served."""

    year = forms.TypedChoiceField(coerce=int, required=False)

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, year) for year in years]
