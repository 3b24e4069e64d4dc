"""Forms for the calendar and the settings of one site."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shifts.dates import WEEKDAYS_SHORT
from shifts.duties.forms import DayField, HourField
from shifts.models import Assignment, Post, Site, SiteSession

from .changes import FIRST_YEAR, LAST_YEAR

LONGEST_DAYS = 62
MOST_PEOPLE = 50
REQUIRED = {"required": gettext_lazy("Hãy điền ô này.")}


class YearForm(forms.Form):
    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR - 1)


class SpecialDaysForm(forms.Form):
    """A closure or extra days: from a date to another, the whole day or one session, with its reason."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Việc"),
        choices=[("close", gettext_lazy("Đóng cửa")), ("open", gettext_lazy("Mở thêm"))],
        initial="close",
        widget=forms.RadioSelect(attrs={"class": "visually-hidden"}),
        error_messages=REQUIRED,
    )
    date_from = DayField(
        label=gettext_lazy("Ngày"), help_text=gettext_lazy("Ví dụ 24/11/2026."), error_messages=REQUIRED
    )
    date_to = DayField(label=gettext_lazy("Đến hết ngày"), required=False, help_text=gettext_lazy("Trống: một ngày."))
    session = forms.ChoiceField(label=gettext_lazy("Buổi"), required=False)
    name = forms.CharField(
        label=gettext_lazy("Lý do"),
        max_length=120,
        help_text=gettext_lazy("Hiện trên lịch và trong lời báo, ví dụ: Sửa hệ thống điện."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages=REQUIRED | {"max_length": gettext_lazy("Lý do dài quá 120 chữ. Hãy rút ngắn.")},
    )
    everywhere = forms.BooleanField(label=gettext_lazy("Áp dụng cho mọi điểm trong tỉnh"), required=False)
    agreed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, sessions, may_everywhere, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["session"].choices = [
            ("", _("Cả ngày")),
            *((row.session, _("Chỉ buổi {session}").format(session=row.get_session_display())) for row in sessions),
        ]
        if not may_everywhere:
            del self.fields["everywhere"]

    def clean(self):
        data = super().clean()
        first, last = data.get("date_from"), data.get("date_to") or data.get("date_from")
        if not first or not last:
            return data
        if last < first:
            self.add_error("date_to", _("Ngày cuối không được trước ngày đầu."))
        elif (last - first).days >= LONGEST_DAYS:
            self.add_error("date_to", _("Mỗi lần đổi tối đa {days} ngày.").format(days=LONGEST_DAYS))
        if not FIRST_YEAR <= first.year <= last.year < LAST_YEAR:
            self.add_error(
                "date_from", _("Lịch có từ năm {first} đến {last}.").format(first=FIRST_YEAR, last=LAST_YEAR - 1)
            )
        return data

    def dates(self):
        """Every date from the first to the last."""
        first, last = self.cleaned_data["date_from"], self.cleaned_data["date_to"] or self.cleaned_data["date_from"]
        return [first + datetime.timedelta(days=number) for number in range((last - first).days + 1)]


class RemoveDayForm(forms.Form):
    day = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    agreed = forms.BooleanField(required=False)


class SiteForm(forms.ModelForm):
    """How many people a site needs, and whether it rosters whole days."""

    min_people = forms.IntegerField(
        label=gettext_lazy("Số người tối thiểu mỗi buổi"),
        min_value=0,
        max_value=MOST_PEOPLE,
        help_text=gettext_lazy("Số người khác nhau phải có mặt trong mọi buổi mở cửa, tính cả điểm."),
        error_messages=REQUIRED,
    )
    agreed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Site
        fields = ["min_people", "whole_days"]


class WeekdaysField(forms.TypedMultipleChoiceField):
    """Weekdays as boxes, kept as digits: 12345."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs):
        choices = [(str(number), name) for number, name in enumerate(WEEKDAYS_SHORT, 1)]
        super().__init__(choices=choices, required=False, **kwargs)

    def prepare_value(self, value):
        return list(value) if isinstance(value, str) else value

    def clean(self, value):
        return "".join(sorted(super().clean(value)))


class SessionForm(forms.Form):
    """One session of a site: whether it has it, its hours and its weekdays.

    A session that is no longer used, but once had duties, is kept without weekdays: it is never open, and the hours of
    what was served there stay known. Duties still to come are cancelled, or not, by `follow_hours`.
    """

    used = forms.BooleanField(required=False)
    starts_at = HourField(required=False)
    ends_at = HourField(required=False)
    weekdays = WeekdaysField()

    def __init__(self, *args, site, session, row, **kwargs):
        self.site, self.session, self.row = site, session, row
        initial = {"used": row is not None and row.is_used}
        if row:
            initial |= {"starts_at": row.starts_at, "ends_at": row.ends_at, "weekdays": row.weekdays}
        super().__init__(*args, prefix=session, initial=initial, **kwargs)
        label = str(SiteSession.Session(session).label)
        self.title = _("Buổi {session}").format(session=label)
        names = {"starts_at": _("Từ giờ"), "ends_at": _("Đến giờ"), "weekdays": _("Các thứ trong tuần")}
        for name, words in names.items():
            self.fields[name].label = words
            self.fields[name].error_messages["invalid"] = _("Không đọc được giờ này. Hãy ghi giờ:phút, ví dụ 07:30.")

    def hours(self):
        """The boxes of the two times."""
        return [self["starts_at"], self["ends_at"]]

    def clean(self):
        data = super().clean()
        if not data.get("used"):
            return data
        for name in ("starts_at", "ends_at"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _("Hãy điền ô này."))
        if not data.get("weekdays") and "weekdays" not in self.errors:
            self.add_error("weekdays", _("Hãy chọn ít nhất một thứ."))
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] <= data["starts_at"]:
            self.add_error("ends_at", _("Giờ kết thúc phải sau giờ bắt đầu."))
        return data

    def save(self):
        if not self.cleaned_data["used"]:
            if self.row:
                self._end()
            return
        row = self.row or SiteSession(site=self.site, session=self.session)
        row.starts_at, row.ends_at = self.cleaned_data["starts_at"], self.cleaned_data["ends_at"]
        row.weekdays = self.cleaned_data["weekdays"]
        row.save()

    def _end(self):
        if Assignment.objects.filter(roster__site=self.site, session=self.session).exists():
            self.row.weekdays = ""
            self.row.save(update_fields=["weekdays"])
        else:
            self.row.delete()


def people_field(label, least):
    return forms.IntegerField(label=label, min_value=least, max_value=MOST_PEOPLE, error_messages=REQUIRED)


class PostForm(forms.ModelForm):
    min_people = people_field(gettext_lazy("Ít nhất mỗi buổi"), 0)
    max_people = people_field(gettext_lazy("Nhiều nhất mỗi buổi"), 1)

    class Meta:
        model = Post
        fields = ["name", "min_people", "max_people"]


class SettingsForms:
    """All forms of the settings page, checked together."""

    def __init__(self, site, data=None):
        self.site = SiteForm(data, instance=site)
        known = {row.session: row for row in site.sessions.all()}
        self.sessions = [
            SessionForm(data, site=site, session=session, row=known.get(session))
            for session in SiteSession.Session.values
        ]
        posts = Post.objects.filter(site=site).order_by("position", "code")
        self.posts = [PostForm(data, instance=post, prefix=f"post-{post.pk}") for post in posts]

    def is_valid(self):
        # All of them are asked, so that every error is shown at once.
        if not all([form.is_valid() for form in (self.site, *self.sessions, *self.posts)]):  # noqa: C419
            return False
        self.check_together()
        return not self.site.errors and not any(form.errors for form in self.sessions)

    def check_together(self):
        """What no single form sees: sessions that overlap, and more people wanted than places are there."""
        self.check_hours()
        self.check_places(sum(form.cleaned_data["max_people"] for form in self.posts))

    def check_hours(self):
        used = [form for form in self.sessions if form.cleaned_data["used"]]
        used.sort(key=lambda form: form.cleaned_data["starts_at"])
        for before, after in zip(used, used[1:], strict=False):
            ends = before.cleaned_data["ends_at"]
            if after.cleaned_data["starts_at"] < ends:
                sentence = _("Trùng giờ với buổi trước, kết thúc lúc {time}.").format(time=f"{ends:%H:%M}")
                after.add_error("starts_at", sentence)
        if not used:
            self.site.add_error(None, ValidationError(_("Điểm cần ít nhất một buổi trực.")))

    def check_places(self, most):
        if self.site.cleaned_data["min_people"] > most:
            sentence = _("Các vị trí cộng lại chỉ nhận {most} người mỗi buổi.").format(most=most)
            self.site.add_error("min_people", sentence)

    def save(self):
        for form in (self.site, *self.sessions, *self.posts):
            form.save()
