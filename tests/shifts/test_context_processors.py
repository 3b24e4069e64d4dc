"""The menu of each role."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.urls import resolve
from django.utils import timezone

from shifts.backends import UsernameOrPhoneBackend
from shifts.context_processors import shell
from shifts.models import Notice, Role, Site, User
from shifts.services import grant_role

from .people import make_member, make_team, make_unit, make_user

pytestmark = pytest.mark.django_db


def menu(user, path="/"):
    request = RequestFactory().get(path)
    request.user = user
    return [(url, active) for url, _label, _icon, active in shell(request)["nav"]]


@pytest.fixture
def province():
    return make_unit()


@pytest.fixture
def team(province):
    team = make_team(province)
    team.home_site = Site.objects.create(code="TTHCC", name="Trung tâm", short_name="TT", unit=province)
    team.save()
    return team


def test_a_volunteer_finds_the_desk_the_own_duties_and_today_first(team):
    person = make_member(team)
    pages = ["/desk/", "/me/", "/roster/today/", "/desk/dossiers/", "/roster/", "/outreach/"]
    assert menu(person, "/desk/") == [(url, url == "/desk/") for url in pages]
    assert menu(person, "/desk/dossiers/") == [(url, url == "/desk/dossiers/") for url in pages]
    assert menu(person, "/roster/today/12/") == [(url, url == "/roster/today/") for url in pages]
    assert menu(person, "/roster/TTHCC/2026-11/") == [(url, url == "/roster/") for url in pages]


def test_a_leader_finds_today_and_the_roster_first_and_keys_and_links_last(team):
    person = make_member(team, kind=Role.Kind.LEADER)
    pages = ["/roster/today/", "/roster/", "/desk/", "/me/", "/desk/dossiers/"]
    pages += ["/reports/table/", "/outreach/", "/desk/buttons/", "/reports/targets/", "/team/links/", "/team/import/"]
    assert [url for url, _active in menu(person)] == pages


def test_a_team_without_a_site_has_no_roster_to_show(province):
    pages = ["/desk/", "/me/", "/desk/dossiers/", "/outreach/"]
    assert [url for url, _active in menu(make_member(make_team(province)))] == pages


def test_staff_find_their_figures_the_units_the_rosters_and_the_admin(province, team):
    person = make_user()
    grant_role(user=person, kind="staff", unit=province)
    pages = ["/reports/", "/units/totals/", "/units/", "/reports/targets/"]
    pages += ["/roster/", "/roster/today/", "/reports/table/", "/outreach/", "/admin/"]
    assert menu(person, "/accounts/password/") == [(url, False) for url in pages]
    assert menu(person, "/reports/") == [(url, url == "/reports/") for url in pages]


def test_a_reporter_of_a_unit_without_a_site_finds_figures_and_units(province, team):
    person = make_user()
    commune = make_unit("06685", "Hồng Gai", "commune", province)
    grant_role(user=person, kind="reporter", unit=commune)
    assert [url for url, _active in menu(person)] == [
        "/reports/", "/units/totals/", "/units/", "/reports/targets/", "/reports/table/", "/outreach/",
    ]  # fmt: skip


def test_who_has_no_role_yet_finds_the_first_page(db):
    assert menu(make_user()) == [("/", True)]


def test_a_stranger_finds_nothing_and_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert menu(AnonymousUser()) == []


def test_a_request_refused_before_it_had_a_user_still_has_a_shell():
    assert list(shell(RequestFactory().get("/"))["nav"]) == []


def test_the_menu_costs_one_query_and_only_when_shown(team, django_assert_num_queries):
    make_member(team)
    person = User.objects.select_related("volunteer__team__unit").get()
    request = RequestFactory().get("/")
    request.user = person
    with django_assert_num_queries(0):
        shown = shell(request)
    with django_assert_num_queries(1):
        assert len(shown["nav"]) == 6
        assert shown["access"].is_member


def test_the_bell_costs_nothing_beside_a_user_of_the_session(django_assert_num_queries):
    person = make_member(make_team(make_unit()))
    Notice.objects.create(user=person, kind="duty", text="Bạn có ca.")
    Notice.objects.create(user=person, kind="duty", text="Đã đọc rồi.", read_at=timezone.now())
    request = RequestFactory().get("/me/")
    with django_assert_num_queries(1):
        request.user = UsernameOrPhoneBackend().get_user(person.pk)
    with django_assert_num_queries(0):
        assert shell(request)["unread"] == 1


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
