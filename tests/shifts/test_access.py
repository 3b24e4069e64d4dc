"""What each person reaches."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from shifts.access import Access
from shifts.models import Role, Site, Unit, UnitSuccession, User, Volunteer
from shifts.services import grant_role, refresh_rights

from .people import make_member, make_team, make_unit, make_user

pytestmark = pytest.mark.django_db
PAST = timezone.localdate() - datetime.timedelta(days=2)


@pytest.fixture
def province():
    return make_unit()


@pytest.fixture
def district(province):
    return make_unit("193", "Hạ Long", "district", province)


@pytest.fixture
def team(province):
    return make_team(province)


def test_a_volunteer_reaches_the_own_team_and_lands_at_the_desk(team):
    access = Access.of(make_member(team))
    assert (access.team_ids, access.led_team_ids) == ({team.pk}, set())
    assert (access.home_name, access.is_leader, access.sees_everything) == ("desk:desk", False, False)


def test_being_in_the_provincial_team_does_not_open_the_province(team, district):
    access = Access.of(make_member(team))
    assert list(access.units()) == []
    assert not access.has_unit_role
    assert not access.may_manage_team(team.pk)


def test_a_leader_lands_on_today_where_the_team_has_a_site(province, team):
    person = make_member(team, kind=Role.Kind.LEADER)
    assert Access.of(person).home_name == "desk:desk"
    team.home_site = Site.objects.create(code="TTHCC", name="Trung tâm", short_name="TT", unit=province)
    team.save()
    assert Access.of(User.objects.get(pk=person.pk)).home_name == "today:today"


def test_only_who_works_for_the_whole_province_changes_the_calendar_of_every_site(province, district):
    site = Site.objects.create(code="H193", name="Hạ Long", short_name="HL", unit=district)
    top, local = make_user("tinh"), make_user("huyen")
    Role.objects.create(user=top, kind="staff", unit=province)
    Role.objects.create(user=local, kind="staff", unit=district)
    assert [Access.of(top).may_change_calendar(place) for place in (None, site)] == [True, True]
    assert [Access.of(local).may_change_calendar(place) for place in (None, site)] == [False, True]


def test_a_leader_manages_the_own_team_and_no_other(team, district):
    access = Access.of(make_member(team, kind=Role.Kind.LEADER))
    assert access.is_leader
    assert access.may_manage_team(team.pk)
    assert not access.may_manage_team(make_team(district, "HL").pk)


@pytest.mark.parametrize("kind", ["reporter", "staff", "leadership"])
def test_people_of_a_unit_reach_its_subtree_and_land_at_their_figures(province, district, kind):
    commune = make_unit("06652", "Hồng Hà", "commune", district)
    make_unit("195", "Cẩm Phả", "district", province)
    person = make_user()
    Role.objects.create(user=person, kind=kind, unit=district)
    access = Access.of(person)
    assert set(access.units()) == {district, commune}
    assert (access.home_name, access.has_unit_role) == ("reports:dashboard", True)


def test_a_successor_unit_reads_what_it_took_over(province, district):
    start = datetime.date(2025, 7, 1)
    ward = make_unit("06652", "Hồng Gai", "commune", province, start)
    old = make_unit("06655", "Hồng Hải", "commune", district, valid_until=start)
    UnitSuccession.objects.create(predecessor=old, successor=ward)
    person = make_user()
    Role.objects.create(user=person, kind="reporter", unit=ward)
    assert set(Access.of(person).units()) == {ward, old}


def test_staff_of_a_unit_manage_the_teams_below_it_and_reporters_do_not(province, district):
    below, elsewhere = make_team(district, "HL"), make_team(province)
    staff, reporter = make_user("canbo"), make_user("baocao")
    Role.objects.create(user=staff, kind="staff", unit=district)
    Role.objects.create(user=reporter, kind="reporter", unit=district)
    assert Access.of(staff).may_manage_team(below.pk)
    assert not Access.of(staff).may_manage_team(elsewhere.pk)
    assert not Access.of(reporter).may_manage_team(below.pk)


def test_a_role_at_one_unit_does_not_lend_its_reach_to_a_role_at_another(province, district):
    other = make_unit("195", "Cẩm Phả", "district", province)
    person = make_user()
    Role.objects.create(user=person, kind="reporter", unit=province)
    Role.objects.create(user=person, kind="staff", unit=other)
    assert not Access.of(person).may_manage_team(make_team(district, "HL").pk)
    assert Access.of(person).may_manage_team(make_team(other, "CP").pk)


def test_an_ended_role_opens_nothing(team, province):
    person = make_user()
    Role.objects.create(user=person, kind="leader", team=team, valid_until=PAST)
    Role.objects.create(user=person, kind="administrator", unit=province, valid_until=PAST)
    access = Access.of(person)
    assert (access.roles, access.team_ids, access.sees_everything) == ([], set(), False)


def test_a_volunteer_who_left_is_no_member(team):
    person = make_user()
    Volunteer.objects.create(user=person, team=team, left=PAST)
    assert Access.of(person).team_ids == set()


def test_an_administrator_of_the_province_sees_everything_and_one_of_a_district_its_subtree(province, district):
    top, local = make_user("top"), make_user("local")
    Role.objects.create(user=top, kind="administrator", unit=province)
    Role.objects.create(user=local, kind="administrator", unit=district)
    assert set(Access.of(top).units()) == set(Unit.objects.all())
    assert list(Access.of(local).units()) == [district]


def test_a_stranger_reaches_nothing():
    access = Access.of(AnonymousUser())
    assert (access.team_ids, access.sees_everything, list(access.units())) == (set(), False, [])


@pytest.mark.parametrize("roles", [1, 3])
def test_the_roles_cost_one_query(team, province, district, roles, django_assert_num_queries):
    person = make_member(team)
    for kind in ["staff", "reporter"][: roles - 1]:
        Role.objects.create(user=person, kind=kind, unit=district)
    person = User.objects.select_related("volunteer__team__unit").get(pk=person.pk)
    with django_assert_num_queries(1):
        access = Access.of(person)
        assert len(access.roles) == roles
        assert access.team_ids == {team.pk}
        assert Access.of(person).roots() == [district] * (roles - 1)


def test_granting_staff_opens_the_admin_but_not_people_roles_or_records(district):
    person = make_user()
    grant_role(user=person, kind="staff", unit=district)
    person = User.objects.get(pk=person.pk)
    assert (person.is_staff, person.is_superuser) == (True, False)
    assert person.has_perm("shifts.change_team")
    assert person.has_perm("shifts.view_user")
    refused = ["shifts.change_user", "shifts.add_role", "shifts.change_role", "shifts.delete_team"]
    assert [right for right in refused if person.has_perm(right)] == []
    assert not Group.objects.get(name="Cán bộ").permissions.filter(codename="change_visit").exists()


@pytest.mark.parametrize(("level", "superuser"), [("province", True), ("district", False)])
def test_only_an_administrator_of_the_province_becomes_superuser(province, district, level, superuser):
    person = make_user()
    grant_role(user=person, kind="administrator", unit={"province": province, "district": district}[level])
    person.refresh_from_db()
    assert (person.is_staff, person.is_superuser) == (True, superuser)


def test_an_administrator_lands_in_the_admin_once_it_lets_them_in(province):
    person = make_user()
    Role.objects.create(user=person, kind="administrator", unit=province)
    assert Access.of(person).home_name == "reports:dashboard"
    grant_role(user=person, kind="administrator", unit=province)
    assert Access.of(person).home_name == "admin:index"


def test_granting_twice_keeps_one_role_and_reopens_an_ended_one(team):
    person = make_user()
    role = grant_role(user=person, kind="leader", team=team)
    Role.objects.update(valid_until=PAST)
    Access.forget(person)
    assert not Access.of(person).is_leader
    assert grant_role(user=person, kind="leader", team=team) == role
    assert Access.of(person).is_leader
    assert Role.objects.get().valid_until is None


def test_granting_volunteer_gives_no_admin(team):
    person = make_user()
    grant_role(user=person, kind="volunteer", team=team)
    person.refresh_from_db()
    assert not person.is_staff


@pytest.mark.parametrize("kind", ["volunteer", "staff"])
def test_the_database_refuses_a_role_at_nothing(kind):
    person = make_user()
    with pytest.raises(IntegrityError), transaction.atomic():
        Role.objects.create(user=person, kind=kind)


@pytest.mark.parametrize("kind", ["staff", "administrator"])
def test_rights_in_the_admin_end_with_the_role(province, kind):
    person = make_user()
    grant_role(user=person, kind=kind, unit=province)
    assert (person.is_staff, person.is_superuser) == (True, kind == "administrator")
    Role.objects.filter(user=person).update(valid_until=timezone.localdate())
    call_command("refresh_rights")
    person = User.objects.get(pk=person.pk)
    assert (person.is_staff, person.is_superuser, person.groups.count()) == (False, False, 0)


def test_role_that_begins_later_gives_no_rights_yet(province):
    person = make_user()
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    Role.objects.create(user=person, kind="administrator", unit=province, valid_from=tomorrow)
    refresh_rights(user=person)
    assert (person.is_staff, person.is_superuser) == (False, False)


def test_superuser_made_by_hand_keeps_the_rights(province):
    person = make_user()
    person.is_staff = person.is_superuser = True
    person.save()
    refresh_rights(user=person)
    assert (person.is_staff, person.is_superuser) == (True, True)


def test_who_left_the_team_keeps_nothing_of_it_though_the_roles_stand(team):
    person = make_member(team)
    grant_role(user=person, kind="volunteer", team=team)
    grant_role(user=person, kind="leader", team=team)
    assert Access.of(User.objects.get(pk=person.pk)).team_ids == {team.pk}
    Volunteer.objects.filter(user=person).update(left=timezone.localdate())
    access = Access.of(User.objects.get(pk=person.pk))
    assert (access.team_ids, access.led_team_ids, access.sees_rosters) == (frozenset(), frozenset(), False)
    assert list(access.rostered_sites()) == []
