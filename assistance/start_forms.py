"""The forms of the five steps by which a unit begins."""

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.starting import STEPS
from shifts.duties.forms import LARGEST_KEY, DayField
from shifts.models import Post, Site, SiteSession
from shifts.models.people import normal_phone
from shifts.roster.changes import FIRST_YEAR
from shifts.roster.site_forms import REQUIRED, PostForm, SessionForm, SettingsForms, SiteForm
from shifts.text import fold

ROWS_OF_PEOPLE = 6
SPARE_POSTS = 3
NEXT_MONTH_FROM_DAY = 20  # later than that, the first roster is better one of a whole month
HOURS = {"sang": ("07:30", "11:30"), "chieu": ("13:30", "17:00")}


class StartPlaceForm(forms.Form):
    """Which unit, which step; both may be left out."""

    unit = forms.CharField(required=False, max_length=24)
    step = forms.ChoiceField(choices=[(step, step) for step in STEPS], required=False)


def seen_field():
    """The key of the row that the person saw, 0 for none."""
    return forms.IntegerField(min_value=0, max_value=LARGEST_KEY, widget=forms.HiddenInput)


class TeamForm(forms.Form):
    """When the team was formed and by which decision, its name, and who leads it."""

    seen = seen_field()
    name = forms.CharField(
        label=gettext_lazy("Tên đội hình"),
        max_length=160,
        error_messages=REQUIRED | {"max_length": gettext_lazy("Tên dài quá 160 chữ. Hãy rút ngắn.")},
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),  # names are long, and never cut
    )
    formed_on = DayField(
        label=gettext_lazy("Ngày thành lập"), help_text=gettext_lazy("Ví dụ 24/11/2026."), error_messages=REQUIRED
    )
    decision_number = forms.CharField(
        label=gettext_lazy("Số quyết định"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Ví dụ 15-QĐ/ĐTN; chưa có thì ghi sau."),
        error_messages={"max_length": gettext_lazy("Số quyết định dài quá 60 chữ. Hãy rút ngắn.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    leads = forms.BooleanField(label=gettext_lazy("Tôi làm đội trưởng"), required=False)

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_formed_on(self):
        date = self.cleaned_data["formed_on"]
        if date > timezone.localdate():
            raise ValidationError(_("Ngày này chưa đến. Ghi ngày của quyết định, từ hôm nay về trước."))
        if date.year < FIRST_YEAR:
            raise ValidationError(_("Ngày thành lập từ năm {year} trở đi.").format(year=FIRST_YEAR))
        return date


class StartSiteForm(SiteForm):
    seen = seen_field()

    class Meta(SiteForm.Meta):
        fields = ["name", "address", "min_people", "whole_days"]
        labels = {"name": gettext_lazy("Tên điểm hỗ trợ"), "address": gettext_lazy("Địa chỉ")}
        error_messages = {
            "name": REQUIRED | {"max_length": gettext_lazy("Tên dài quá 160 chữ. Hãy rút ngắn.")},
            "address": {"max_length": gettext_lazy("Địa chỉ dài quá 200 chữ. Hãy rút ngắn.")},
        }


class StartSiteForms(SettingsForms):
    """The site of a unit and its sessions; a new one comes with the usual hours filled in."""

    def __init__(self, unit, site, data=None):
        new = site is None
        site = site or Site(unit=unit, name=_("Điểm hỗ trợ {unit}").format(unit=unit.name), short_name=unit.name[:30])
        self.site = StartSiteForm(data, instance=site, initial={"seen": site.pk or 0})
        known = {} if new else {row.session: row for row in site.sessions.all()}
        self.sessions = [
            SessionForm(data, site=site, session=session, row=known.get(session))
            for session in SiteSession.Session.values
        ]
        self.posts = []
        if new:
            for form in self.sessions:
                self._suggest(form)

    @staticmethod
    def _suggest(form):
        used = form.session in HOURS
        starts_at, ends_at = HOURS.get(form.session, ("18:00", "20:00"))
        form.initial |= {"used": used, "starts_at": starts_at, "ends_at": ends_at, "weekdays": "12345"}

    def check_together(self):
        self.check_hours()
        site = self.site.instance
        most = sum(site.posts.values_list("max_people", flat=True)) if site.pk else 0
        if most:
            self.check_places(most)

    @property
    def has_errors(self):
        return any(form.errors for form in (self.site, *self.sessions))


class NewPostForm(PostForm):
    """A post that may be left empty."""

    def __init__(self, *args, number, **kwargs):
        super().__init__(*args, prefix=f"new-{number}", **kwargs)
        for field in self.fields.values():
            field.required = False
        self.fields["name"].widget.attrs["autocomplete"] = "off"

    @property
    def is_left_out(self):
        return not self.cleaned_data.get("name")

    def clean(self):
        data = super().clean()
        if data.get("name"):
            for name in ("min_people", "max_people"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, REQUIRED["required"])
        return data


class PostForms:
    """The posts of a site and some empty rows for more, checked together."""

    def __init__(self, site, posts, data=None):
        self.minimum = site.min_people
        self.known = [PostForm(data, instance=post, prefix=f"post-{post.pk}") for post in posts]
        self.new = [NewPostForm(data, instance=Post(site=site), number=number) for number in range(SPARE_POSTS)]
        if not posts:
            least = max(1, site.min_people)
            self.new[0].initial |= {"name": _("Bàn hỗ trợ"), "min_people": least, "max_people": max(3, least)}
        self.error = ""

    @property
    def forms(self):
        return [*self.known, *self.new]

    def is_valid(self):
        if not all([form.is_valid() for form in self.forms]):  # noqa: C419 - every error is shown at once
            return False
        names = {}
        for form in self.chosen:
            name = fold(form.cleaned_data["name"])
            if name in names:
                form.add_error("name", _("Đã có vị trí mang tên này. Hãy đặt tên khác."))
            names[name] = form
        if not self.chosen:
            self.error = _("Điểm cần ít nhất một vị trí trực.")
        elif sum(form.cleaned_data.get("max_people") or 0 for form in self.chosen) < self.minimum:
            self.error = _("Điểm cần ít nhất {n} người mỗi buổi: các vị trí cộng lại phải nhận đủ chừng ấy.").format(
                n=self.minimum
            )
        return not self.error and not any(form.errors for form in self.forms)

    @property
    def chosen(self):
        return [*self.known, *(form for form in self.new if not form.is_left_out)]


class PersonForm(forms.Form):
    """One person: a name and, where it is known, a phone."""

    name = forms.CharField(
        label=gettext_lazy("Họ và tên"),
        required=False,
        max_length=120,
        error_messages={"max_length": gettext_lazy("Tên dài quá 120 chữ. Hãy rút ngắn.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Điện thoại"),
        required=False,
        max_length=30,
        error_messages={"max_length": gettext_lazy("Số điện thoại có 10 chữ số, ví dụ 0912 345 678.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )

    def __init__(self, *args, number, **kwargs):
        super().__init__(*args, prefix=f"person-{number}", **kwargs)

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_phone(self):
        return normal_phone(self.cleaned_data["phone"])

    def clean(self):
        data = super().clean()
        if data.get("phone") and not data.get("name") and "name" not in self.errors:
            self.add_error("name", _("Ghi họ và tên của người có số điện thoại này."))
        return data


class PeopleForms:
    """A small table of people; rows may stay empty."""

    def __init__(self, data=None, *, asks_myself):
        self.rows = [PersonForm(data, number=number) for number in range(ROWS_OF_PEOPLE)]
        self.myself = MyselfForm(data) if asks_myself else None
        self.error = ""

    def is_valid(self):
        valid = all([form.is_valid() for form in self.rows])  # noqa: C419 - every error is shown at once
        if self.myself:
            valid = self.myself.is_valid() and valid
        if valid and not self.chosen and not self.takes_me:
            self.error = _("Ghi ít nhất một người, hoặc nhập danh sách từ Excel.")
        return valid and not self.error

    @property
    def chosen(self):
        return [form for form in self.rows if form.cleaned_data.get("name")]

    @property
    def takes_me(self):
        return bool(self.myself and self.myself.cleaned_data["myself"])

    def refuse(self, wrong):
        """Put the sentences of rows that the service refused beside their fields."""
        chosen = self.chosen
        for place, reasons in wrong.items():
            for label, sentence in reasons:
                field = "phone" if fold(label) == fold(_("Điện thoại")) else "name"
                text = sentence[:1].upper() + sentence[1:]
                chosen[place].add_error(field, text if text.endswith(".") else f"{text}.")


class MyselfForm(forms.Form):
    myself = forms.BooleanField(label=gettext_lazy("Tôi cũng trực cùng đội"), required=False)


class FirstRosterForm(forms.Form):
    """This month or the next."""

    month = forms.ChoiceField(
        label=gettext_lazy("Tháng"),
        widget=forms.RadioSelect(attrs={"class": "visually-hidden"}),
        error_messages={
            "required": gettext_lazy("Hãy chọn tháng."),
            "invalid_choice": gettext_lazy("Hãy chọn tháng này hoặc tháng sau."),
        },
    )

    def __init__(self, *args, today, **kwargs):
        this = today.replace(day=1)
        after = (this + datetime.timedelta(days=31)).replace(day=1)
        self.months = {f"{month:%Y-%m}": month for month in (this, after)}
        suggested = after if today.day >= NEXT_MONTH_FROM_DAY else this
        super().__init__(*args, initial={"month": f"{suggested:%Y-%m}"}, **kwargs)
        self.fields["month"].choices = [
            (key, _("Tháng {month}").format(month=f"{month.month}/{month.year}")) for key, month in self.months.items()
        ]

    @property
    def chosen(self):
        return self.months[self.cleaned_data["month"]]
