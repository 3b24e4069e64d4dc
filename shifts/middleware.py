"""The language a person chose, the login every page needs, and addresses no database can be asked about."""

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _

from shifts.answers import json_refusal, text_refusal, wants_fragment, wants_json

LANGUAGE_SESSION_KEY = "language"


def chosen_language(request):
    """The language this person chose here. Never Accept-Language: an English Windows is no choice."""
    offered = dict(settings.LANGUAGES)
    # The cookie first: it costs no query, so that /healthz can answer when the sessions cannot be read.
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) or request.session.get(LANGUAGE_SESSION_KEY)
    return chosen if chosen in offered else settings.LANGUAGE_CODE


class ChosenLanguageMiddleware:
    """Answer in the language the person chose, Vietnamese until then."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with translation.override(chosen_language(request)):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        return response


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Every page needs a login; who cannot follow a redirect is told so in place, and keeps what was typed."""

    def handle_no_permission(self, request, view_func):
        sentence = _("Phiên đăng nhập đã hết. Đăng nhập lại rồi gửi tiếp, chưa mất gì.")
        if wants_json(request):
            return json_refusal(401, "login", sentence)
        if wants_fragment(request):
            return text_refusal(401, sentence)
        return super().handle_no_permission(request, view_func)


class AddressWithoutNulMiddleware:
    """A code or a secret with a NUL in it names nothing: PostgreSQL cannot even be asked for it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    @staticmethod
    def process_view(request, view, args, kwargs):
        if "\x00" in request.path_info:
            raise Http404
