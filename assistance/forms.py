"""The small forms round the desk."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assistance.models import DeskButton
from assistance.reference import reference

KEYS = [("", "–")] + [(str(digit), str(digit)) for digit in range(1, 10)]


class PlaceForm(forms.Form):
    """Site and post by code, within the team's sites."""

    site = forms.CharField(label=_("Điểm hỗ trợ"), max_length=20)
    post = forms.CharField(label=_("Vị trí trực"), max_length=10)

    def __init__(self, *args, team, **kwargs):
        super().__init__(*args, **kwargs)
        self.team = team

    def clean_site(self):
        site = reference().sites.get(self.cleaned_data["site"])
        if site is None or not self.team.may_log_at(site):
            raise forms.ValidationError(gettext("Điểm này không thuộc đội của bạn."))
        return site

    def clean_post(self):
        site = self.cleaned_data.get("site")
        posts = reference().posts.get(site.pk, []) if site else []
        post = next((row for row in posts if row.code == self.cleaned_data["post"]), None)
        if site and post is None:
            raise forms.ValidationError(gettext("Vị trí này không có ở điểm đã chọn."))
        return post


class HandOverNoteForm(forms.Form):
    """A note of at most 200 letters."""

    text = forms.CharField(
        label=_("Lời nhắn"),
        max_length=200,
        required=False,
        error_messages={"max_length": _("Lời nhắn dài %(show_value)s ký tự, nhiều nhất %(limit_value)s.")},
    )


class ButtonsForm(forms.Form):
    """A key (or none) for each activity of today, and whether the usual combination has it."""

    def __init__(self, *args, site, **kwargs):
        super().__init__(*args, **kwargs)
        self.site, today = site, timezone.localdate()
        now = {row.activity_id: row for row in reference().buttons.get(site.pk, [])}
        self.choices = [row for row in reference().activities.values() if row.holds_on(today)]
        for activity in self.choices:
            button = now.get(activity.pk)
            self.fields[f"key_{activity.code}"] = forms.ChoiceField(
                label=activity.name,
                choices=KEYS,
                required=False,
                initial=str(button.position) if button else "",
                widget=forms.Select(attrs={"class": "control"}),
            )
            self.fields[f"usual_{activity.code}"] = forms.BooleanField(
                label=_("Trong bộ thường dùng"), required=False, initial=bool(button and button.in_usual)
            )

    def lines(self):
        """(activity, key field, usual field) for the page."""
        return [(row, self[f"key_{row.code}"], self[f"usual_{row.code}"]) for row in self.choices]

    def clean(self):
        cleaned = super().clean()
        taken = {}
        for activity in self.choices:
            key = cleaned.get(f"key_{activity.code}")
            if key and key in taken:
                self.add_error(
                    f"key_{activity.code}",
                    gettext("Phím {key} đã dành cho “{name}”.").format(key=key, name=taken[key]),
                )
            elif key:
                taken[key] = activity.name
            elif cleaned.get(f"usual_{activity.code}"):
                self.add_error(f"key_{activity.code}", gettext("Việc trong bộ thường dùng cần một phím."))
        if not taken and not self.errors:
            self.add_error(None, gettext("Cần ít nhất một việc có phím."))
        return cleaned

    def rows(self):
        """The DeskButton rows to store."""
        return [
            DeskButton(
                site=self.site,
                activity=activity,
                position=int(self.cleaned_data[f"key_{activity.code}"]),
                in_usual=self.cleaned_data[f"usual_{activity.code}"],
            )
            for activity in self.choices
            if self.cleaned_data[f"key_{activity.code}"]
        ]
