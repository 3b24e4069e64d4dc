"""Refusals: a page for people, a sentence for htmx, JSON for programs; each says what to do."""

from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from shifts.answers import json_refusal, text_refusal, wants_fragment, wants_json


def refuse(request, status, field, sentence, template):
    """Answer in the form the sender reads."""
    if wants_json(request):
        return json_refusal(status, field, sentence)
    if wants_fragment(request):
        return text_refusal(status, sentence)
    return render(request, template, {"sentence": sentence, "status": status}, status=status)


def csrf_failure(request, reason=""):
    """The page is older than the login, or cookies are off."""
    sentence = _("Trang này đã mở từ trước lần đăng nhập mới nhất. Tải lại trang rồi gửi tiếp.")
    return refuse(request, 403, "csrf", sentence, "403_csrf.html")


@requires_csrf_token
def bad_request(request, exception=None):
    return refuse(request, 400, "request", _("Yêu cầu không đọc được. Quay lại trang trước rồi thử lại."), "400.html")


@requires_csrf_token
def forbidden(request, exception=None):
    sentence = str(exception or "") or _("Tài khoản của bạn không mở được phần này. Cần dùng thì nhờ đội trưởng.")
    return refuse(request, 403, "request", sentence, "403.html")


@requires_csrf_token
def not_found(request, exception=None):
    return refuse(request, 404, "request", _("Không có trang này, hoặc nó không thuộc phần của bạn."), "404.html")


@requires_csrf_token
def server_error(request):
    """Asks the database nothing: it may be what failed."""
    sentence = _("Hệ thống gặp lỗi và chưa lưu được. Đợi một phút rồi thử lại.")
    if wants_json(request):
        return json_refusal(500, "request", sentence)
    if wants_fragment(request):
        return text_refusal(500, sentence)
    try:
        page = loader.get_template("500.html").render({"sentence": sentence, "status": 500})
    except Exception:  # whatever broke the page may break this one too (say, static files just being replaced)
        return HttpResponseServerError(sentence, content_type="text/plain; charset=utf-8")
    return HttpResponseServerError(page)
