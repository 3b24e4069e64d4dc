"""The menu of each role."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import resolve

from shifts.context_processors import shell
from shifts.models import Notice, Role, User
from shifts.services import grant_role

from .people import make_member, make_team, make_unit, make_user

pytestmark = pytest.mark.django_db


def menu(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return [(url, active) for url, _label, _icon, active in shell(request)["nav"]]


def test_a_volunteer_finds_the_desk_and_the_dossiers():
    person = make_member(make_team(make_unit()))
    assert menu(person, "/desk/") == [("/desk/", True), ("/desk/dossiers/", False)]
    assert menu(person, "/desk/dossiers/") == [("/desk/", False), ("/desk/dossiers/", True)]


def test_a_leader_also_finds_keys_and_links():
    person = make_member(make_team(make_unit()), kind=Role.Kind.LEADER)
    pages = ["/desk/", "/desk/dossiers/", "/desk/buttons/", "/team/links/", "/team/import/"]
    assert [url for url, _active in menu(person)] == pages


def test_staff_find_their_figures_and_the_admin():
    person = make_user()
    grant_role(user=person, kind="staff", unit=make_unit())
    assert menu(person, "/accounts/password/") == [("/reports/", False), ("/admin/", False)]
    assert menu(person, "/reports/") == [("/reports/", True), ("/admin/", False)]


def test_a_stranger_finds_nothing_and_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert menu(AnonymousUser()) == []


def test_a_request_refused_before_it_had_a_user_still_has_a_shell():
    assert list(shell(RequestFactory().get("/"))["nav"]) == []


def test_the_menu_costs_one_query_and_only_when_shown(django_assert_num_queries):
    make_member(make_team(make_unit()))
    person = User.objects.select_related("volunteer__team__unit").get()
    request = RequestFactory().get("/")
    request.user = person
    with django_assert_num_queries(0):
        shown = shell(request)
    with django_assert_num_queries(1):
        assert len(shown["nav"]) == 2
        assert shown["access"].is_member


def test_the_bell_costs_one_query_when_shown_and_none_at_the_desk(django_assert_num_queries):
    person = make_member(make_team(make_unit()))
    Notice.objects.create(user=person, kind="duty", text="Bạn có ca.")
    request = RequestFactory().get("/me/")
    request.user = person
    with django_assert_num_queries(0):
        shown = shell(request)
    with django_assert_num_queries(1):
        assert shown["unread"] == 1
    request.resolver_match = resolve("/desk/")
    with django_assert_num_queries(0):
        assert shell(request)["unread"] == 0
