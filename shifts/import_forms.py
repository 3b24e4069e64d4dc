"""Forms of the page that brings a team in from a file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from shifts.imports.reading import FileRefused, refuse_large
from shifts.models import Team


class UploadForm(forms.Form):
    """The file, and the team of rows that name none."""

    file = forms.FileField(
        label=_("Danh sách đội (XLSX hoặc CSV)"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={
            "required": _("Hãy chọn tệp."),
            "invalid": _("Hãy chọn tệp."),
            "empty": _("Tệp rỗng. Hãy chọn tệp XLSX hoặc CSV có dòng đầu là tên cột."),
        },
    )
    team = forms.ModelChoiceField(
        label=_("Đội hình"),
        queryset=Team.objects.none(),
        help_text=_("Dùng cho dòng không ghi mã đội hình."),
        error_messages={
            "required": _("Hãy chọn đội hình."),
            "invalid_choice": _("Bạn không phụ trách đội hình này."),
        },
    )

    def __init__(self, *args, teams, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams
        self.fields["team"].empty_label = None

    def clean_file(self):
        return small_enough(self.cleaned_data["file"])


def small_enough(file):
    """Return an uploaded file, or raise ValidationError before a large one is read into memory."""
    try:
        refuse_large(file.size)
    except FileRefused as error:
        raise forms.ValidationError(str(error)) from error
    return file


class ConfirmForm(forms.Form):
    """The file that was looked at, and whether its faulty rows may be left out."""

    token = forms.CharField(widget=forms.HiddenInput, max_length=40)
    team = forms.ModelChoiceField(queryset=Team.objects.none(), widget=forms.HiddenInput)
    keep_good = forms.BooleanField(required=False, label=_("Bỏ qua các dòng lỗi, nhập các dòng còn lại"))

    def __init__(self, *args, teams, **kwargs):
        super().__init__(*args, auto_id="confirm_%s", **kwargs)
        self.fields["team"].queryset = teams or Team.objects.none()
