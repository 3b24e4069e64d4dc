"""Logging in and out, passwords, and the language."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from shifts import services
from shifts.access import Access
from shifts.answers import json_refusal, wants_json
from shifts.forms import LanguageForm, LinksForm, LoginForm, PasswordChangeForm, SetPasswordForm
from shifts.middleware import LANGUAGE_SESSION_KEY
from shifts.models import Role, Team, User

LOGIN_TEMPLATE = "accounts/login.html"
BACKEND = "shifts.backends.UsernameOrPhoneBackend"
LANGUAGE_COOKIE_DAYS = 400


class Login(LoginView):
    template_name = LOGIN_TEMPLATE
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form):
        """Begin with the rights of today: a role may have begun or ended since the last login."""
        services.refresh_rights(user=form.get_user())
        return super().form_valid(form)


login = login_not_required(Login.as_view())
logout = LogoutView.as_view()


@login_not_required
@never_cache
def admin_login(request):
    """There is one login page; who is logged in and sent here may not enter the admin."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect(f"{reverse('login')}?{urlencode({'next': request.GET.get('next') or reverse('admin:index')})}")


def locked_out(request, credentials, *args):
    """Called by axes after too many wrong passwords for this account from this address."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    sentence = _(
        "Nhập sai quá nhiều lần. Tài khoản này tạm khóa ở máy này trong %(minutes)d phút; "
        "cần ngay thì nhờ đội trưởng hoặc quản trị."
    ) % {"minutes": minutes}
    if wants_json(request):
        response = json_refusal(429, "login", sentence)
    else:
        form = LoginForm(request, initial={"username": request.POST.get("username", "")[:150]})
        context = {"form": form, "locked_out": sentence, "next": request.POST.get("next", "")}
        messages.error(request, sentence)
        response = render(request, LOGIN_TEMPLATE, context, status=429)
    response.headers["Retry-After"] = str(minutes * 60)
    return response


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def first_login(request, token):
    """Choose a password with the link that was handed out, and come in."""
    person = services.invited_person(token)
    form = SetPasswordForm(person, posted(request)) if person else None
    if form and form.is_valid():
        try:
            person = services.finish_first_login(token=token, password=form.cleaned_data["new_password1"])
        except services.FirstLoginRefused:
            person = form = None
        else:
            start_session(request, person, backend=BACKEND)
            messages.success(request, _("Đã đặt mật khẩu. Chào %(name)s!") % {"name": person.get_short_name()})
            return redirect("home")
    if person is None:
        return render(request, "accounts/first_login.html", {"form": None, "person": None}, status=410)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/first_login.html", {"form": form, "person": person}, status=status)


class PasswordChange(PasswordChangeView):
    template_name = "accounts/password_change.html"
    form_class = PasswordChangeForm
    success_url = reverse_lazy("home")
    success_message = gettext_lazy("Đã đổi mật khẩu.")

    def form_valid(self, form):
        # Also ends any first-login link that is still about.
        form.user.first_login_done = True
        response = super().form_valid(form)
        messages.success(self.request, self.success_message)
        return response


password_change = method_decorator(never_cache, name="dispatch")(PasswordChange).as_view()


@login_not_required
@require_POST
def set_language(request):
    """Keep the language this person chose, and go back to where they were."""
    form = LanguageForm(request.POST)
    answer = redirect(safe_next(request, form.data.get("next", "")))
    if form.is_valid():
        language = form.cleaned_data["language"]
        request.session[LANGUAGE_SESSION_KEY] = language
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=LANGUAGE_COOKIE_DAYS * 24 * 3600,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return answer


def posted(request):
    """What was sent, empty or not; None when the page is only opened."""
    return request.POST if request.method == "POST" else None


def safe_next(request, address):
    """The address if it is a path of ours, else the home page."""
    ours = address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else reverse("home")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def team_links(request):
    """A leader makes first-login links for members of the team, to print or send."""
    access = Access.of(request.user)
    if not access.is_leader:
        raise PermissionDenied
    members = User.objects.filter(is_active=True, volunteer__team__in=access.led_team_ids)
    form = LinksForm(posted(request), people=may_be_invited(members, access))
    invitations = []
    if form.is_valid():
        invitations = services.invite(users=form.cleaned_data["people"], by=request.user)
    links = [(invitation, request.build_absolute_uri(invitation.path)) for invitation in invitations]
    context = {
        "form": form,
        "teams": Team.objects.filter(pk__in=access.led_team_ids),
        "members": members,
        "invitable": {person.pk for person in form.invitable.values()},
        "links": links,
        "days": services.FIRST_LOGIN_DAYS,
    }
    return render(request, "shifts/team_links.html", context, status=422 if form.errors else 200)


def may_be_invited(members, access):
    """Members whose login a leader may hand out: nobody whose rights reach beyond the leader's own teams."""
    beyond = Role.objects.exclude(team__in=access.led_team_ids, kind=Role.Kind.VOLUNTEER)
    return (
        members.exclude(pk=access.user.pk)
        .exclude(is_staff=True)
        .exclude(is_superuser=True)
        .exclude(pk__in=beyond.values("user"))
    )
