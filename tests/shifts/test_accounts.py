"""Coming in: login, throttle, first-login links, passwords, home."""

import re

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import get_hasher
from django.utils import timezone

from shifts.hashers import TunedArgon2PasswordHasher
from shifts.models import Role, User
from shifts.services import first_login_path, grant_role, invite

from .people import PASSWORD, make_member, make_team, make_unit, make_user

pytestmark = pytest.mark.django_db
NEW = "hoa-phuong-do-2020"


@pytest.fixture
def team():
    return make_team(make_unit())


def try_login(client, username, password=PASSWORD, **extra):
    return client.post("/accounts/login/", {"username": username, "password": password}, **extra)


def who(client):
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()


def choose(client, path, password=NEW, again=None):
    return client.post(path, {"new_password1": password, "new_password2": again or password})


@pytest.mark.parametrize("typed", ["ha", "Ha", " ha ", "0912345678", "0912 345 678", "+84 912 345 678"])
def test_login_by_username_or_phone(client, typed):
    person = make_user(phone="0912345678")
    answer = try_login(client, typed)
    assert (answer.status_code, answer.url) == (302, "/")
    assert who(client) == person


@pytest.mark.parametrize("typed", ["ha", "không ai", "...", "0999 999 999", "h\x00a", "😀", "a" * 5000, ""])
def test_wrong_login_is_refused_with_a_sentence(client, typed):
    make_user()
    make_user("khac", password="mot-mat-khau-khac")
    answer = try_login(client, typed, "sai")
    assert answer.status_code == 200
    assert who(client) is None
    assert answer.context["form"].errors


def test_a_phone_typed_as_another_persons_username_opens_only_what_its_password_opens(client):
    make_user("0912345678", "Trần Văn Nam", password="mat-khau-cua-nam")
    owner = make_user(phone="0912345678")
    try_login(client, "0912345678")
    assert who(client) == owner


def test_who_was_closed_cannot_come_in(client):
    make_user(is_active=False)
    try_login(client, "ha")
    assert who(client) is None


def test_six_wrong_passwords_lock_the_account_at_this_address_by_either_name(client):
    make_user(phone="0912345678")
    for typed in ["ha", "0912345678", "HA", "+84912345678", "ha"]:
        assert try_login(client, typed, "sai").status_code == 200
    answer = try_login(client, "0912 345 678", "sai")
    assert answer.status_code == 429
    assert "Nhập sai quá nhiều lần" in answer.content.decode()
    assert answer.headers["Retry-After"] == "900"
    assert try_login(client, "ha").status_code == 429
    assert who(client) is None


def test_the_lock_is_told_in_json_to_who_reads_json(client):
    make_user()
    for _attempt in range(6):
        answer = try_login(client, "ha", "sai", headers={"accept": "application/json"})
    assert (answer.status_code, list(answer.json()["errors"])) == (429, ["login"])


def test_the_lock_leaves_colleagues_in_the_same_hall_and_other_addresses_alone(client):
    make_user()
    colleague = make_user("nam", "Trần Văn Nam")
    for _attempt in range(6):
        try_login(client, "ha", "sai")
    try_login(client, "nam")
    assert who(client) == colleague
    client.logout()
    assert try_login(client, "ha", REMOTE_ADDR="10.0.0.9").status_code == 302


def test_the_lock_opens_after_its_time(client):
    make_user()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _attempt in range(6):
            try_login(client, "ha", "sai")
        clock.shift(16 * 60)
        assert try_login(client, "ha").status_code == 302


def test_login_leads_back_to_where_one_was_but_never_away(client):
    make_user()
    answer = client.post("/accounts/login/?next=/team/links/", {"username": "ha", "password": PASSWORD})
    assert answer.url == "/team/links/"
    client.logout()
    answer = client.post("/accounts/login/?next=https://evil.example/", {"username": "ha", "password": PASSWORD})
    assert answer.url == "/"


def test_logout_is_a_post(client):
    client.force_login(make_user(), "shifts.backends.UsernameOrPhoneBackend")
    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/").url == "/accounts/login/"
    assert who(client) is None


def test_passwords_are_kept_with_argon2():
    hasher = TunedArgon2PasswordHasher()
    assert get_hasher("argon2").__class__ is TunedArgon2PasswordHasher
    kept = hasher.encode(PASSWORD, "muoi-muoi-muoi")
    assert kept.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert hasher.verify(PASSWORD, kept)


@pytest.mark.parametrize(
    ("kind", "home"),
    [("volunteer", "/desk/"), ("leader", "/desk/"), ("administrator", "/admin/")],
)
def test_each_role_lands_on_its_own_page(client, team, kind, home):
    if kind == "administrator":
        grant_role(user=make_user(), kind=kind, unit=team.unit)
    else:
        make_member(team, kind=kind)
    try_login(client, "ha")
    assert client.get("/").url == home


@pytest.mark.parametrize("kind", ["reporter", "staff", "leadership"])
def test_people_of_a_unit_land_at_their_figures(client, team, kind):
    person = make_user()
    Role.objects.create(user=person, kind=kind, unit=team.unit)
    try_login(client, "ha")
    assert client.get("/").url == "/reports/"


def test_the_admin_sends_to_the_one_login_page_and_refuses_who_may_not_enter(client):
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"
    make_user()
    try_login(client, "ha")
    assert client.get("/admin/", follow=True).status_code == 403


def test_the_user_comes_with_the_team_in_one_query(team, django_assert_num_queries):
    from shifts.backends import UsernameOrPhoneBackend

    member, loner = make_member(team), make_user("nam")
    with django_assert_num_queries(2):
        person = UsernameOrPhoneBackend().get_user(member.pk)
        assert person.volunteer.team == team
        assert not hasattr(UsernameOrPhoneBackend().get_user(loner.pk), "volunteer")


def test_a_first_login_link_sets_the_password_logs_in_and_works_once(client):
    person = make_user(password=None)
    path = first_login_path(person)
    assert re.fullmatch(r"/accounts/first/[\w-]+/", path)
    page = client.get(path)
    assert (page.status_code, page.context["person"]) == (200, person)
    assert choose(client, path).url == "/"
    assert who(client) == person
    person.refresh_from_db()
    assert person.first_login_done
    assert person.check_password(NEW)
    assert client.get(path).status_code == 410
    assert choose(client, path, "mot-mat-khau-khac-nua").status_code == 410
    person.refresh_from_db()
    assert person.check_password(NEW)


@pytest.mark.parametrize(("password", "again"), [("123", "123"), (NEW, NEW + "x"), ("matkhau1", "matkhau2")])
def test_a_poor_first_password_is_refused_and_the_link_still_holds(client, password, again):
    path = first_login_path(make_user(password=None))
    answer = choose(client, path, password, again)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert client.get(path).status_code == 200


def test_a_first_login_link_ends_after_seven_days(client):
    person = make_user(password=None)
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        (invitation,) = invite(users=[person], by=None)
        assert (invitation.expires_at - now).days == 7
        clock.shift(7 * 24 * 3600 - 5)
        assert client.get(invitation.path).status_code == 200
        clock.shift(10)
        assert client.get(invitation.path).status_code == 410


@pytest.mark.parametrize("change", [{"is_active": False}, {"first_login_done": True}, {"password": "khac"}])
def test_a_first_login_link_ends_with_what_it_was_made_for(client, change):
    person = make_user(password=None)
    path = first_login_path(person)
    User.objects.update(**change)
    assert client.get(path).status_code == 410


@pytest.mark.parametrize(
    "token", ["x", "MQ-abc-def", "-", "😀-1", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5-a-b", "a" * 3000, "-1-2"]
)
def test_a_made_up_link_is_refused(client, token):
    make_user()
    assert client.get(f"/accounts/first/{token}/").status_code == 410


def test_a_link_of_one_person_does_not_open_another(client):
    ha, nam = make_user(), make_user("nam")
    of_ha, of_nam = (first_login_path(person).split("/")[3].split("-", 1) for person in (ha, nam))
    assert client.get(f"/accounts/first/{of_ha[0]}-{of_nam[1]}/").status_code == 410


def test_changing_the_password_keeps_the_session_and_says_so(client):
    person = make_user()
    try_login(client, "ha")
    answer = client.post(
        "/accounts/password/", {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}, follow=True
    )
    assert answer.status_code == 200
    assert who(client) == person
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert person.first_login_done


def test_a_wrong_old_password_changes_nothing(client):
    person = make_user()
    try_login(client, "ha")
    answer = client.post("/accounts/password/", {"old_password": "sai", "new_password1": NEW, "new_password2": NEW})
    assert answer.context["form"].errors == {"old_password": ["Mật khẩu đang dùng chưa đúng."]}
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_leader_makes_links_for_members_who_work(client, team):
    make_member(team, "truong", Role.Kind.LEADER)
    member = make_member(team, "nam", password=None)
    try_login(client, "truong")
    answer = client.post("/team/links/", {"people": [member.pk]})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    (link,) = re.findall(r"http://testserver(/accounts/first/[\w-]+/)", answer.content.decode())[:1]
    client.logout()
    choose(client, link)
    assert who(client) == member
    assert LogEntry.objects.get().object_id == str(member.pk)
    assert link not in LogEntry.objects.get().change_message


def test_a_leader_sees_the_own_team_only(client, team):
    make_member(team, "truong", Role.Kind.LEADER, full_name="Vũ Minh Trưởng")
    make_member(team, "nam", full_name="Trần Văn Nam")
    make_member(make_team(team.unit, "KHAC"), "la", full_name="Lê Người Lạ")
    try_login(client, "truong")
    answer = client.get("/team/links/")
    assert sorted(person.username for person in answer.context["members"]) == ["nam", "truong"]
    assert "Lê Người Lạ" not in answer.content.decode()


@pytest.mark.parametrize("reach", ["another team", "leader", "staff", "staff flag", "closed", "self"])
def test_a_leader_makes_no_link_that_opens_more_than_the_own_team(client, team, reach):
    leader = make_member(team, "truong", Role.Kind.LEADER)
    other = make_team(team.unit, "KHAC")
    person = leader if reach == "self" else make_member(other if reach == "another team" else team, "nam")
    if reach == "leader":
        Role.objects.create(user=person, kind="leader", team=team)
    elif reach == "staff":
        Role.objects.create(user=person, kind="staff", unit=team.unit)
    User.objects.filter(pk=person.pk).update(is_staff=reach == "staff flag", is_active=reach != "closed")
    try_login(client, "truong")
    answer = client.post("/team/links/", {"people": [person.pk]})
    assert answer.status_code == 422
    assert answer.context["links"] == []


@pytest.mark.parametrize("data", [{}, {"people": ["x"]}, {"people": ["99999999999999999999"]}, {"people": ["1\x00"]}])
def test_bad_choices_of_people_are_refused_with_a_sentence(client, team, data):
    make_member(team, "truong", Role.Kind.LEADER)
    try_login(client, "truong")
    answer = client.post("/team/links/", data)
    assert answer.status_code == 422
    assert answer.context["form"].errors["people"]


def test_a_volunteer_does_not_make_links(client, team):
    make_member(team)
    try_login(client, "ha")
    assert client.get("/team/links/").status_code == 403
