"""Forms of logging in, of passwords and of the language."""

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.contrib.auth.forms import PasswordChangeForm as DjangoPasswordChangeForm
from django.contrib.auth.forms import SetPasswordForm as DjangoSetPasswordForm
from django.utils.translation import gettext_lazy as _


class LoginForm(AuthenticationForm):
    """Username or phone, and password."""

    username = UsernameField(
        label=_("Tên đăng nhập hoặc số điện thoại"),
        max_length=150,
        widget=forms.TextInput(attrs={"autofocus": True, "autocapitalize": "none", "autocomplete": "username"}),
        error_messages={"required": _("Hãy nhập tên đăng nhập hoặc số điện thoại.")},
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Hãy nhập mật khẩu.")},
    )
    error_messages = {
        "invalid_login": _(
            "Tên đăng nhập (hoặc số điện thoại) và mật khẩu không khớp. Hãy xem lại chữ hoa, chữ thường và bộ gõ."
        ),
        "inactive": _("Tài khoản này đã ngừng dùng. Hãy liên hệ quản trị."),
    }


class SetPasswordForm(DjangoSetPasswordForm):
    """The password a person chooses at the first login."""

    error_messages = {"password_mismatch": _("Hai lần nhập mật khẩu chưa giống nhau.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_passwords(self)


class PasswordChangeForm(DjangoPasswordChangeForm):
    """The old password and a new one."""

    error_messages = {
        **SetPasswordForm.error_messages,
        "password_incorrect": _("Mật khẩu đang dùng chưa đúng."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Mật khẩu đang dùng")
        name_passwords(self)


def name_passwords(form):
    """Put our words on Django's two boxes, and say what is asked when one is left empty."""
    form.fields["new_password1"].label = _("Mật khẩu mới")
    form.fields["new_password2"].label = _("Nhập lại mật khẩu mới")
    for field in form.fields.values():
        field.error_messages["required"] = _("Hãy điền ô này.")


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)
    next = forms.CharField(required=False, max_length=2000)


class LinksForm(forms.Form):
    """Whose first-login links to make."""

    people = forms.MultipleChoiceField(
        label=_("Thành viên"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Hãy chọn ít nhất một người."),
            "invalid_choice": _("Có người đã chọn không thuộc đội của bạn. Hãy tải lại trang."),
        },
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.invitable = {str(person.pk): person for person in people}
        self.fields["people"].choices = list(self.invitable.items())
        self.fields["people"].initial = [key for key, person in self.invitable.items() if not person.first_login_done]

    def clean_people(self):
        return [self.invitable[key] for key in self.cleaned_data["people"]]
