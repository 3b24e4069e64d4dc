"""A leader brings the team in from one file."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from shifts.imports import kept
from shifts.models import Role, User, Volunteer
from tests.shifts.test_imports import PEOPLE_HEADERS, rows_of, twenty_five, xlsx


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def leader(world, client):
    client.force_login(world.leader)
    return client


def people():
    """25 rows whose phones nobody in the small world has."""
    return [[row[0], row[1], row[2] + 5000, *row[3:]] for row in twenty_five()]


def upload(client, team, data, name="doi.xlsx"):
    return client.post(reverse("team_import"), {"file": SimpleUploadedFile(name, data), "team": team.pk})


def confirm(client, page, **more):
    form = page.context["confirm"].initial
    return client.post(
        reverse("team_import_confirm"), {"token": form["token"], "team": form["team"].pk, **more}, follow=True
    )


def test_a_leader_brings_25_people_in_and_gets_their_links(leader, world, client):
    page = upload(leader, world.team, xlsx(PEOPLE_HEADERS, people()))
    assert (page.status_code, page.context["outcome"].new) == (200, 25)
    assert "Nhập 25 người" in page.text
    assert not User.objects.filter(username="tnv01").exists()
    done = confirm(leader, page)
    assert "mới 25, sửa 0" in done.text
    assert (
        Volunteer.objects.filter(team=world.team, user__username__startswith="tnv", joined="2020-02-24").count() >= 25
    )
    assert len(done.context["links"]) == 25
    file = leader.get(reverse("team_import_file", args=["links", done.context["links_token"]]))
    rows = rows_of(file.content)
    assert rows[1][:2] == ["Nguyễn Thị An", "tnv01"]
    client.logout()
    assert client.get(rows[1][3], follow=True).status_code == 200


def test_faulty_rows_are_told_and_can_be_downloaded_and_nothing_is_stored(leader, world):
    rows = people()
    rows[2][2], rows[7][5] = "12", "T9"
    page = upload(leader, world.team, xlsx(PEOPLE_HEADERS, rows))
    assert "Dòng 4, cột điện thoại: Số điện thoại có 10 chữ số" in page.text
    assert "Dòng 9, cột vị trí trực được: không có vị trí trực “T9”" in page.text
    failed = rows_of(leader.get(reverse("team_import_file", args=["failed", page.context["failed_token"]])).content)
    assert [row[-2] for row in failed[1:]] == [4, 9]
    assert not User.objects.filter(username__startswith="tnv0").exists()
    assert "chưa nhập ai" in confirm(leader, page).text
    assert not User.objects.filter(username__startswith="tnv0").exists()
    assert "mới 23" in confirm(leader, page, keep_good="on").text
    assert User.objects.filter(username__regex=r"^tnv\d\d$").count() == 23


def test_the_same_confirmation_twice_stores_once(leader, world):
    page = upload(leader, world.team, xlsx(PEOPLE_HEADERS, people()))
    confirm(leader, page)
    assert "Tệp này đã được nhập" in confirm(leader, page).text


def test_the_files_of_one_are_not_for_another(leader, world, client):
    page = upload(leader, world.team, xlsx(PEOPLE_HEADERS, people()))
    Role.objects.create(user=world.mate, kind="leader", team=world.team)
    client.force_login(world.mate)
    assert "Tệp này đã được nhập" in confirm(client, page).text
    for kind in ("file", "failed", "links", "lạ"):
        token = page.context["confirm"].initial["token"]
        assert client.get(reverse("team_import_file", args=[kind, token])).status_code == 404


def test_a_row_without_a_team_comes_into_the_chosen_one(leader, world):
    page = upload(leader, world.team, xlsx(["username", "full_name"], [["moi1", "Nguyễn Mới"]]))
    confirm(leader, page)
    assert Volunteer.objects.get(user__username="moi1").team == world.team


@pytest.mark.parametrize(
    ("username", "team", "sentence"),
    [
        ("moi1", "HL", "bạn chỉ nhập được người của đội mình phụ trách"),
        ("nguoila", "TINH", "tên đăng nhập này đã có người ngoài đội dùng"),
        ("lanhdao", "TINH", "tên đăng nhập này đã có người ngoài đội dùng"),
    ],
)
def test_a_leader_reaches_nobody_outside_the_team(leader, world, username, team, sentence):
    page = upload(leader, world.team, xlsx(["username", "full_name", "team"], [[username, "Tên Khác", team]]))
    assert sentence in page.text
    confirm(leader, page, keep_good="on")
    assert not User.objects.filter(full_name="Tên Khác").exists()


def test_a_leader_cannot_change_the_login_of_a_member_with_other_rights(leader, world):
    Role.objects.create(user=world.mate, kind="staff", unit=world.province)
    page = upload(leader, world.team, xlsx(["username", "full_name"], [["ban", "Tên Khác"]]))
    assert "người này còn vai trò khác" in page.text


def test_no_link_is_made_for_a_member_with_other_rights(leader, world):
    world.mate.set_unusable_password()
    world.mate.first_login_done = False
    world.mate.save()
    Role.objects.create(user=world.mate, kind="staff", unit=world.province)
    row = ["ban", "Phạm Quốc Khánh", 5]
    done = confirm(leader, upload(leader, world.team, xlsx(["username", "full_name", "max_per_week"], [row])))
    assert world.mate.volunteer.__class__.objects.get(user=world.mate).max_per_week == 5
    assert done.context["links"] == []


@pytest.mark.parametrize("who", ["volunteer", "stranger", "leadership"])
def test_only_leaders_and_administrators_come_in(world, client, who):
    client.force_login(getattr(world, who))
    for name in ("team_import", "team_import_sample"):
        assert client.get(reverse(name)).status_code == 403
    assert client.post(reverse("team_import_confirm")).status_code == 403


def test_an_administrator_brings_people_into_any_team(world, client):
    administrator = User.objects.create_superuser(username="quantri", full_name="Quản Trị", password="x")
    client.force_login(administrator)
    page = upload(client, world.team, xlsx(["username", "full_name", "team"], [["moi1", "Nguyễn Mới", "HL"]]))
    done = confirm(client, page)
    assert Volunteer.objects.get(user__username="moi1").team == world.other_team
    assert len(done.context["links"]) == 1


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "doi.xlsx", "Tệp rỗng"),
        (b"PK\x03\x04", "doi.xlsx", "Tệp bị hỏng"),
        (b"x" * (5 * 1024 * 1024 + 1), "doi.csv", "Tệp lớn hơn 5 MB"),
        (xlsx(["Gì"], [["x"]]), "doi.xlsx", "Thiếu cột: tên đăng nhập (username), họ và tên (full_name)"),
        (
            xlsx(PEOPLE_HEADERS, [["a"]], lambda s: s.merge_cells("A1:C1")),
            "doi.xlsx",
            "Dòng 1: các ô A1:C1 đang bị gộp",
        ),
        (b"\x00\x01\x02" * 100, "doi.csv", "không phải văn bản CSV"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_on_the_page(leader, world, data, name, sentence):
    page = upload(leader, world.team, data, name)
    assert page.status_code == 422
    assert sentence in page.text


def test_without_a_file_or_with_a_foreign_team_the_form_says_so(leader, world):
    page = leader.post(reverse("team_import"), {"team": world.other_team.pk})
    assert page.status_code == 422
    assert "Hãy chọn tệp." in page.text
    assert "Bạn không phụ trách đội hình này." in page.text


def test_the_sample_can_be_sent_back(leader, world):
    sample = leader.get(reverse("team_import_sample")).content
    page = upload(leader, world.team, sample)
    # The phone of the sample is that of a volunteer in our world.
    assert [reason for failure in page.context["outcome"].failures for reason in failure.reasons][0][0] == "điện thoại"


def test_files_older_than_an_hour_are_gone(settings, monkeypatch):
    token = kept.keep(b"x", owner="a")
    assert kept.fetch(token, owner="a") == b"x"
    assert kept.fetch(token, owner="b") is None
    later = kept.time.time() + 3601
    monkeypatch.setattr(kept.time, "time", lambda: later)
    assert kept.fetch(token, owner="a") is None
    kept.keep(b"y", owner="a")
    assert len(list(kept.folder().iterdir())) == 1


def test_staff_bring_people_into_teams_of_their_units_only(world, client):
    person = User.objects.create_user(username="canbo", full_name="Vũ Đình Toàn", password="x")
    Role.objects.create(user=person, kind="staff", unit=world.district)
    client.force_login(person)
    page = client.get(reverse("team_import"))
    assert list(page.context["form"].fields["team"].queryset) == [world.other_team]
