"""Staff of a district in the admin: lists, pages, choices and files hold the rows of their own units only."""

import datetime

import pytest
from django.urls import reverse

from assistance.models import DailyTally, DeskButton, UnitTotal
from shifts.models import (
    OutreachEvent,
    PaperSettings,
    Post,
    Regulation,
    Role,
    Site,
    SiteSession,
    Team,
    Unit,
    User,
    Volunteer,
)
from shifts.services import grant_role
from tests.shifts.test_admin import address, send
from tests.shifts.test_imports import xlsx

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def staff(world, client):
    """Staff of the district, for whom the provincial centre is another's."""
    person = User.objects.create_user(username="canbo", full_name="Vũ Đình Toàn", password="x")
    grant_role(user=person, kind="staff", unit=world.district)
    client.force_login(person)
    return client


def pairs(w):
    """Model -> (a row of the district, a row of the province)."""
    date = datetime.date(2099, 3, 7)
    event = {
        "date": date,
        "starts_at": "08:00",
        "ends_at": "11:00",
        "venue": "Trường",
        "venue_kind": "school",
        "host_unit": w.district,
    }
    paper = {"issuer": "BCH", "place": "Quảng Ninh", "team_name": "Đội"}
    rule = {"version": 1, "title": "Quy chế", "text": "Điều 1"}
    hours = {"session": "toi", "starts_at": "18:00", "ends_at": "20:00"}
    return {
        Unit: (w.district, w.province),
        Team: (w.other_team, w.team),
        Site: (w.other_site, w.site),
        Post: (w.other_post, w.t1),
        SiteSession: tuple(SiteSession.objects.create(site=site, **hours) for site in (w.other_site, w.site)),
        Volunteer: (w.stranger.volunteer, w.mate.volunteer),
        User: (w.stranger, w.mate),
        Role: (
            Role.objects.create(user=w.stranger, kind="leader", team=w.other_team),
            Role.objects.get(user=w.leader),
        ),
        PaperSettings: tuple(PaperSettings.objects.create(site=site, **paper) for site in (w.other_site, w.site)),
        Regulation: tuple(Regulation.objects.create(team=team, **rule) for team in (w.other_team, w.team)),
        OutreachEvent: tuple(OutreachEvent.objects.create(team=team, **event) for team in (w.other_team, w.team)),
        DeskButton: (
            DeskButton.objects.create(site=w.other_site, activity=DeskButton.objects.first().activity, position=1),
            DeskButton.objects.filter(site=w.site).first(),
        ),
        UnitTotal: tuple(
            UnitTotal.objects.create(unit=unit, span="day", date_from=date, date_to=date, counted_on=date)
            for unit in (w.district, w.province)
        ),
    }  # fmt: skip


def test_lists_and_pages_hold_the_rows_of_the_district_only(staff, world):
    for model, (own, foreign) in pairs(world).items():
        shown = staff.get(address(model, "changelist"))
        assert shown.status_code == 200, model
        keys = [row.pk for row in shown.context["cl"].queryset]
        assert own.pk in keys, model
        assert foreign.pk not in keys, model
        assert len(keys) == len(set(keys)), model
        assert staff.get(address(model, "change", own.pk)).status_code == 200, model
        for page in ("change", "history", "delete"):
            assert staff.get(address(model, page, foreign.pk)).status_code in {403, 404}, (model, page)
        assert staff.get(address(model, "change", foreign.pk)).status_code == 404, model
        assert staff.get(address(model, "change", "x")).status_code == 404, model


def test_staff_of_the_province_and_administrators_see_all(staff, world, client):
    person = User.objects.create_user(username="canbotinh", full_name="Lê Tỉnh", password="x")
    grant_role(user=person, kind="staff", unit=world.province)
    rows = pairs(world)
    client.force_login(person)
    for model, (own, foreign) in rows.items():
        keys = [row.pk for row in client.get(address(model, "changelist")).context["cl"].queryset]
        assert {own.pk, foreign.pk} <= set(keys), model


@pytest.mark.parametrize(
    ("model", "data", "field"),
    [
        (Team, {"code": "M", "name": "Đội mới"}, "unit"),
        (Team, {"code": "M", "name": "Đội mới"}, "home_site"),
        (Post, {"code": "M", "name": "Bàn", "position": 1, "min_people": 1, "max_people": 3}, "site"),
        (SiteSession, {"session": "sang", "starts_at": "08:00", "ends_at": "11:00", "weekdays": "12345"}, "site"),
        (PaperSettings, {"issuer": "BCH", "place": "QN", "team_name": "Đội"}, "site"),
        (Regulation, {"version": 9, "title": "Quy chế", "text": "Điều 1"}, "team"),
        (DeskButton, {"position": 3}, "site"),
        (Volunteer, {}, "team"),
    ],
    ids=lambda each: getattr(each, "__name__", None),
)
def test_choices_outside_the_district_are_refused(staff, world, model, data, field):
    foreign = {"unit": world.province.pk, "home_site": world.site.pk, "site": world.site.pk, "team": world.team.pk}
    before = model.objects.count()
    answer = staff.post(address(model, "add"), data | {field: foreign[field]})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors[field]
    assert model.objects.count() == before


def test_what_stands_in_a_field_may_stay(staff, world):
    data = {"code": "HL", "name": "Đội Hạ Long", "unit": world.district.pk, "home_site": world.site.pk}
    Team.objects.filter(pk=world.other_team.pk).update(home_site=world.site)
    assert staff.post(address(Team, "change", world.other_team.pk), data).status_code == 302
    assert Team.objects.get(pk=world.other_team.pk).name == "Đội Hạ Long"
    assert (
        staff.post(address(Team, "change", world.other_team.pk), data | {"unit": world.province.pk}).status_code == 200
    )
    assert Team.objects.get(pk=world.other_team.pk).unit == world.district


def test_the_lists_behind_fields_and_filters_name_the_own_rows_only(staff, world):
    url = reverse("admin:autocomplete")
    query = {"app_label": "shifts", "model_name": "team", "field_name": "home_site", "term": ""}
    assert [row["text"] for row in staff.get(url, query).json()["results"]] == ["Trung tâm Hạ Long"]
    page = staff.get(address(Post, "changelist")).text
    assert "Trung tâm Phục vụ hành chính công tỉnh" not in page


def test_rows_of_others_do_not_come_in_from_a_file(staff, world):
    rows = [["TINH", "Đội bị đổi tên", "22"], ["MOI", "Đội mới", "22"], ["HL", "Đội Hạ Long", "193"]]
    preview = send(staff, Team, xlsx(["mã", "tên", "đơn vị"], rows))
    assert preview.text.count("dòng này thuộc đơn vị khác") == 2
    assert preview.context["counts"]["changed"] == 1
    rows = [["HL", "Đội Hạ Long", "22"]]
    assert "dòng này thuộc đơn vị khác" in send(staff, Team, xlsx(["mã", "tên", "đơn vị"], rows)).text
    assert Team.objects.get(code="HL").unit == world.district


def test_a_file_of_people_does_not_reach_logins_of_others(staff, world):
    headers = ["tên đăng nhập", "họ và tên", "đội"]
    rows = [["lanhdao", "Tên Khác", "HL"], ["ban", "Phạm Quốc Khánh", "HL"], ["moi1", "Lê Mới", "HL"]]
    preview = send(staff, Volunteer, xlsx(headers, rows))
    assert preview.text.count("tên đăng nhập này đã có người ngoài đội dùng") == 2
    assert preview.context["counts"]["new"] == 1
    assert User.objects.get(username="lanhdao").full_name == "Phạm Hồng Sơn"


@pytest.mark.parametrize("path", ["shifts/papersettings/?site__code", "assistance/deskbutton/?site__id__exact"])
def test_a_filter_with_a_nul_is_refused(staff, path):
    assert staff.get(f"/admin/{path}=%00").status_code == 400


def test_figures_of_others_are_not_shown(staff, world):
    assert list(staff.get(address(DailyTally, "changelist")).context["cl"].queryset) == []
