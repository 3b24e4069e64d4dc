"""The language a person chose, and what who is not logged in is told."""

import pytest
from django.db import OperationalError

from shifts.models import User

from .people import PASSWORD, make_user

pytestmark = pytest.mark.django_db
EXPIRED = {"errors": {"login": ["Phiên đăng nhập đã hết. Đăng nhập lại rồi gửi tiếp, chưa mất gì."]}}


def test_a_browser_that_asks_for_english_still_opens_in_vietnamese(client):
    answer = client.get("/accounts/login/", headers={"accept-language": "en-US,en;q=0.9"})
    assert answer.headers["Content-Language"] == "vi"
    assert "Mật khẩu" in answer.content.decode()
    assert "Accept-Language" not in answer.headers.get("Vary", "")


def test_english_comes_by_choice_and_stays(client):
    answer = client.post("/accounts/language/", {"language": "en", "next": "/accounts/login/?next=/desk/"})
    assert answer.url == "/accounts/login/?next=/desk/"
    assert client.cookies["django_language"].value == "en"
    assert client.get("/accounts/login/").headers["Content-Language"] == "en"
    del client.cookies["django_language"]
    assert client.get("/accounts/login/").headers["Content-Language"] == "en"
    client.post("/accounts/language/", {"language": "vi"})
    assert client.get("/accounts/login/").headers["Content-Language"] == "vi"


@pytest.mark.parametrize("language", ["fr", "", "en\x00", "e" * 5000])
def test_a_language_we_do_not_have_changes_nothing(client, language):
    assert client.post("/accounts/language/", {"language": language}).status_code == 302
    assert client.get("/accounts/login/").headers["Content-Language"] == "vi"


def test_a_planted_cookie_changes_nothing(client):
    client.cookies["django_language"] = "../../xx"
    assert client.get("/accounts/login/").headers["Content-Language"] == "vi"


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_choosing_a_language_never_leads_away(client, address):
    assert client.post("/accounts/language/", {"language": "en", "next": address}).url == "/"


@pytest.mark.parametrize("address", ["abc", "a:b", "home", "²", "desk/\x00"])
def test_choosing_a_language_with_what_is_no_path_leads_home(client, address):
    answer = client.post("/accounts/language/", {"language": "en", "next": address})
    assert (answer.status_code, answer.url) == (302, "/")


def test_the_language_is_not_chosen_by_a_link(client):
    assert client.get("/accounts/language/?language=en").status_code == 405


def test_a_page_without_login_leads_to_the_login_and_back(client):
    answer = client.get("/team/links/")
    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/team/links/")


def test_a_program_without_login_is_told_in_json_never_redirected(client):
    answer = client.get("/desk/visits/today/", headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (401, EXPIRED)


def test_json_sent_to_the_visits_is_answered_in_json_whatever_it_accepts(client):
    answer = client.post("/desk/visits/", "{}", content_type="application/json")
    assert (answer.status_code, answer.json()) == (401, EXPIRED)


def test_htmx_without_login_gets_the_sentence_and_no_redirect(client):
    answer = client.get("/desk/", headers={"hx-request": "true"})
    assert answer.status_code == 401
    assert answer.content.decode() == EXPIRED["errors"]["login"][0]
    assert "HX-Redirect" not in answer.headers
    assert "Location" not in answer.headers


def test_a_missing_csrf_token_is_told_in_json(client):
    make_user()
    client.handler.enforce_csrf_checks = True
    client.force_login(User.objects.get(), "shifts.backends.UsernameOrPhoneBackend")
    answer = client.post("/team/links/", headers={"accept": "application/json"})
    assert answer.status_code == 403
    assert list(answer.json()["errors"]) == ["csrf"]


def test_a_missing_csrf_token_is_told_on_a_page(client):
    client.handler.enforce_csrf_checks = True
    answer = client.post("/accounts/login/", {"username": "ha", "password": PASSWORD})
    assert answer.status_code == 403
    assert "Tải lại trang" in answer.content.decode()


def test_a_page_that_is_not_there_is_told_in_json_and_on_a_page(client):
    make_user()
    client.force_login(User.objects.get(), "shifts.backends.UsernameOrPhoneBackend")
    assert client.get("/khong-co/").status_code == 404
    answer = client.get("/khong-co/", headers={"accept": "application/json"})
    assert (answer.status_code, list(answer.json()["errors"])) == (404, ["request"])


@pytest.mark.parametrize("address", ["calendar/%00.ics", "roster/%00/2026-11/", "roster/TTHCC%00/feed/"])
def test_an_address_with_a_nul_is_not_found(client, address):
    make_user()
    client.force_login(User.objects.get(), "shifts.backends.UsernameOrPhoneBackend")
    assert client.get(f"/{address}").status_code == 404


def test_a_foreign_host_is_refused_without_a_crash(client):
    assert client.get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400


def test_a_crash_is_a_page_that_asks_the_database_nothing(client, monkeypatch, django_assert_num_queries):
    client.raise_request_exception = False
    monkeypatch.setattr("shifts.views.accounts.safe_next", lambda *args: 1 / 0)
    with django_assert_num_queries(0):
        page = client.post("/accounts/language/", {"language": "en"})
        program = client.post("/accounts/language/", {"language": "en"}, headers={"accept": "application/json"})
    assert (page.status_code, page.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    assert (program.status_code, list(program.json()["errors"])) == (500, ["request"])


def test_health_is_open_to_all_and_reaches_the_database(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_health_says_when_the_database_is_away(client, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr("shifts.views.health.connection.cursor", away)
    assert client.get("/healthz").status_code == 503


def test_error_page_that_can_not_be_made_is_a_sentence(rf, monkeypatch):
    from django.template import loader

    from shifts.views.errors import server_error

    def broken(name):
        raise ValueError(f"Missing staticfiles manifest entry for {name}")

    monkeypatch.setattr(loader, "get_template", broken)
    answer = server_error(rf.get("/"))
    assert answer.status_code == 500
    assert "Hệ thống gặp lỗi" in answer.content.decode()
