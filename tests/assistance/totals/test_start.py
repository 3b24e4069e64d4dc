"""/units/start/: a commune begins with team, site, posts, people and its first roster; each step stored by itself."""

import datetime
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.http import QueryDict

from assistance.models import DeskButton
from assistance.start_forms import StartSiteForms
from assistance.starting import StartRefused, form_team, open_site
from assistance.totals import save_total
from shifts.models import Assignment, Post, Role, Roster, Site, SiteSession, Team, Unit, User, Volunteer

from .test_excess import WEEK
from .test_totals_page import client_of, text_of

pytestmark = pytest.mark.django_db
URL = "/units/start/"
TEAM = {
    "step": "team", "seen": "0", "name": "Đội hình Hồng Gai", "formed_on": "20/11/2026",
    "decision_number": "15-QĐ/ĐTN", "leads": "on",
}  # fmt: skip
SITE = {
    "step": "site", "seen": "0", "name": "Bộ phận Một cửa Hồng Gai", "address": "2 Bến Đoan", "min_people": "1",
    "sang-used": "on", "sang-starts_at": "07:30", "sang-ends_at": "11:30", "sang-weekdays": list("123456"),
    "chieu-used": "on", "chieu-starts_at": "13:30", "chieu-ends_at": "17:00", "chieu-weekdays": list("12345"),
}  # fmt: skip
POSTS = {
    "step": "posts", "new-0-name": "Bàn hỗ trợ", "new-0-min_people": "1", "new-0-max_people": "3",
    "new-1-name": "Tầng 2", "new-1-min_people": "0", "new-1-max_people": "2",
}  # fmt: skip
PEOPLE = {
    "step": "people", "myself": "on",
    "person-0-name": "Nguyễn Thu Hà", "person-0-phone": "0912 345 999", "person-1-name": "Phạm  Quốc Khánh",
}  # fmt: skip


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def post(user, data, **changes):
    return client_of(user).post(URL, {"unit": "06691"} | data | changes)


def begin(user, *steps):
    for data in steps:
        answer = post(user, data)
        assert answer.status_code in {200, 302}, text_of(answer)


def test_a_commune_begins_from_nothing_to_a_built_first_roster(w):
    assert "Phường Hồng Gai còn 5 bước" in text_of(client_of(w.donvi).get(URL))
    assert post(w.donvi, TEAM).status_code == 302
    team = Team.objects.get(unit=w.commune)
    assert (team.code, team.name, team.decision_number) == ("DH06691", "Đội hình Hồng Gai", "15-QĐ/ĐTN")
    assert team.valid_from == datetime.date(2026, 11, 20)
    assert Role.objects.filter(user=w.donvi, kind="leader", team=team).exists()
    assert post(w.donvi, SITE).status_code == 302
    team.refresh_from_db()
    site = team.home_site
    assert (site.code, site.unit, site.address, site.short_name) == (
        "HT06691", w.commune, "2 Bến Đoan", "Phường Hồng Gai"
    )  # fmt: skip
    assert {(row.session, row.weekdays) for row in site.sessions.all()} == {("sang", "123456"), ("chieu", "12345")}
    assert DeskButton.objects.filter(site=site).count() == 9
    assert post(w.donvi, POSTS).status_code == 302
    assert [(p.code, p.name, p.min_people, p.max_people) for p in site.posts.all()] == [
        ("B1", "Bàn hỗ trợ", 1, 3), ("B2", "Tầng 2", 0, 2)
    ]  # fmt: skip
    page = text_of(post(w.donvi, PEOPLE))
    assert "Đã thêm 2 người." in page
    assert page.count("/accounts/first/") == 2
    members = Volunteer.objects.filter(team=team).order_by("user__username")
    assert [m.user.username for m in members] == ["donvi", "nguyenthuha", "phamquockhanh"]
    assert User.objects.get(username="phamquockhanh").full_name == "Phạm Quốc Khánh"
    answer = post(w.donvi, {"step": "roster", "month": "2026-12"})
    assert (answer.status_code, answer.url) == (302, "/roster/HT06691/2026-12/")
    assert Assignment.objects.filter(roster=Roster.objects.get(site=site)).count() > 40
    page = text_of(client_of(w.donvi).get(URL))
    assert "Phường Hồng Gai đang chạy mô hình" in page
    assert "1 trên 2 xã, phường" in text_of(client_of(w.huyen).get("/units/"))


def test_the_desk_of_the_new_site_opens_with_its_keys(w):
    begin(w.donvi, TEAM, SITE, POSTS, PEOPLE)
    page = text_of(client_of(w.donvi).get("/desk/", follow=True))
    assert "gioi_thieu" in page


def test_it_goes_on_where_it_was_left_and_a_step_that_is_done_can_be_changed(w):
    begin(w.donvi, TEAM)
    page = text_of(client_of(w.donvi2).get(URL))
    assert "còn 4 bước" in page
    assert "Lưu điểm và giờ trực" in page
    team = Team.objects.get(unit=w.commune)
    page = text_of(client_of(w.donvi).get(f"{URL}?unit=06691&step=team"))
    assert 'value="20/11/2026"' in page
    assert post(w.donvi, TEAM, seen=team.pk, name="Đội Một", leads="").status_code == 302
    team.refresh_from_db()
    assert team.name == "Đội Một"
    assert not Role.objects.on().filter(user=w.donvi, kind="leader").exists()
    assert post(w.donvi, TEAM, seen=team.pk).status_code == 302
    assert Role.objects.on().filter(user=w.donvi, kind="leader", team=team).exists()


@pytest.mark.parametrize(
    ("steps", "data", "changes", "sentence"),
    [
        ([], TEAM, {"formed_on": "31/02/2026"}, "Ghi ngày như 24/11/2026: ngày trước, tháng sau."),
        ([], TEAM, {"formed_on": "01/01/9999"}, "Ngày này chưa đến."),
        ([], TEAM, {"formed_on": "01/01/1001"}, "Ngày thành lập từ năm 2019 trở đi."),
        ([], TEAM, {"formed_on": ""}, "Hãy điền ô này."),
        ([], TEAM, {"name": ""}, "Hãy điền ô này."),
        ([], TEAM, {"name": "x" * 161}, "Tên dài quá 160 chữ."),
        ([], TEAM, {"decision_number": "a\x00b"}, "Số quyết định"),
        ([], TEAM, {"seen": "-1"}, ""),
        ([], TEAM, {"seen": "9" * 30}, ""),
        ([TEAM], SITE, {"sang-starts_at": "12:00"}, "Giờ kết thúc phải sau giờ bắt đầu."),
        ([TEAM], SITE, {"sang-starts_at": "sáng"}, "Không đọc được giờ này."),
        ([TEAM], SITE, {"sang-used": "", "chieu-used": ""}, "Điểm cần ít nhất một buổi trực."),
        ([TEAM], SITE, {"min_people": "-1"}, "has-error"),
        ([TEAM], SITE, {"min_people": "9" * 30}, "has-error"),
        ([TEAM], SITE, {"name": "\x00"}, "has-error"),
        ([TEAM, SITE], POSTS, {"new-0-name": "", "new-1-name": ""}, "Điểm cần ít nhất một vị trí trực."),
        ([TEAM, SITE], POSTS, {"new-1-name": "ban HO tro"}, "Đã có vị trí mang tên này."),
        ([TEAM, SITE], POSTS, {"new-0-max_people": ""}, "Hãy điền ô này."),
        ([TEAM, SITE], POSTS, {"new-0-min_people": "4"}, "Số người nhiều nhất phải từ 1"),
        ([TEAM, SITE, POSTS], PEOPLE, {"person-0-phone": "12"}, "Số điện thoại có 10 chữ số"),
        ([TEAM, SITE, POSTS], PEOPLE, {"person-1-phone": "0912345678"}, "điện thoại"),
        ([TEAM, SITE, POSTS], PEOPLE, {"person-2-phone": "0912345777"}, "Ghi họ và tên của người có số điện thoại"),
        ([TEAM, SITE, POSTS], PEOPLE, {"person-1-name": "nguyễn thu hà"}, "Đội đã có nguyễn thu hà."),
        ([TEAM, SITE, POSTS, PEOPLE], {"step": "roster"}, {"month": "9999-12"}, "Hãy chọn tháng này hoặc tháng sau."),
        ([TEAM, SITE, POSTS, PEOPLE], {"step": "roster"}, {}, "Hãy chọn tháng."),
    ],
)
def test_bad_input_is_a_sentence_and_nothing_is_half_written(w, steps, data, changes, sentence):
    begin(w.donvi, *steps)

    def count():
        return [model.objects.count() for model in (Team, Site, SiteSession, Post, User, Volunteer, Roster, Role)]

    before = count()
    answer = post(w.donvi, data, **changes)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert count() == before


def test_steps_out_of_order_and_junk_steps_are_refused(w):
    assert post(w.donvi, SITE).status_code == 422
    assert post(w.donvi, {"step": "roster", "month": "2026-12"}).status_code == 422
    assert post(w.donvi, {"step": "x\x00"}).status_code == 422
    assert client_of(w.donvi).get(f"{URL}?step=roster").status_code == 200
    assert client_of(w.donvi).get(f"{URL}?unit=%00").status_code == 200
    assert not Team.objects.filter(unit=w.commune).exists()


def test_who_may_begin_which_unit(w):
    assert client_of(w.donvi).get(f"{URL}?unit=06673").status_code == 404
    assert client_of(w.donvi).get(f"{URL}?unit=22").status_code == 404
    assert post(w.donvi, TEAM, unit="06673").status_code == 404
    assert client_of(w.laixa).get(URL).status_code == 403
    assert client_of(w.volunteer).get(URL).status_code == 403
    page = text_of(client_of(w.huyen).get(URL))
    assert "Đơn vị nào bắt đầu?" in page
    assert "?unit=06673" in page and "?unit=22" not in page
    assert client_of(w.huyen).get(f"{URL}?unit=06673").status_code == 200
    assert client_of(w.huyen).get(f"{URL}?unit=22").status_code == 404
    root = User.objects.create_superuser(username="quantri", full_name="Bùi Quản Trị", password="x")
    assert client_of(root).get(f"{URL}?unit=22").status_code == 200


def test_staff_of_the_district_begins_for_a_commune_without_leading_it(w):
    page = text_of(client_of(w.huyen).get(f"{URL}?unit=06691"))
    assert 'name="leads" id="id_leads">' in page
    begin(w.huyen, TEAM | {"leads": ""}, SITE, POSTS, {**PEOPLE, "myself": ""})
    assert not Role.objects.filter(user=w.huyen, kind="leader").exists()
    assert post(w.huyen, {"step": "roster", "month": "2026-12"}).status_code == 302


def test_reporter_who_does_not_lead_does_not_build(w):
    begin(w.donvi, TEAM | {"leads": ""}, SITE, POSTS, PEOPLE)
    assert "Lịch do đội trưởng hoặc cán bộ phụ trách xếp." in text_of(client_of(w.donvi).get(URL))
    assert post(w.donvi, {"step": "roster", "month": "2026-12"}).status_code == 403
    assert not Roster.objects.exists()


def test_a_second_tap_makes_nobody_twice(w):
    begin(w.donvi, TEAM, SITE, POSTS)
    data = {"step": "people", "person-0-name": "Lê Văn Hùng"}
    assert post(w.donvi, data).status_code == 200
    assert post(w.donvi, data).status_code == 422
    assert Volunteer.objects.filter(team__unit=w.commune).count() == 1
    assert post(w.donvi, data, **{"person-0-phone": "0912000222"}).status_code == 200
    assert {m.user.username for m in Volunteer.objects.filter(team__unit=w.commune)} == {"levanhung", "levanhung2"}


def test_a_team_at_another_units_site_keeps_it(w):
    Team.objects.create(code="X", name="Đội X", unit=w.commune, home_site=w.site)
    page = text_of(client_of(w.donvi).get(f"{URL}?step=site"))
    assert "Đội trực ở Trung tâm Phục vụ hành chính công tỉnh" in page
    assert post(w.donvi, SITE, seen=w.site.pk).status_code == 422
    assert not Site.objects.filter(unit=w.commune).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_choosing_takes_the_same_queries_however_many_units(w, count, django_assert_num_queries):
    for number in range(count):
        unit = Unit.objects.create(
            code=f"0700{number}", name=f"Xã {number}", level="commune", kind="xã", parent=w.district,
            valid_from=datetime.date(2020, 1, 1),
        )  # fmt: skip
        Team.objects.create(code=f"X{number}", name=f"Đội {number}", unit=unit)
    client = client_of(w.huyen)
    with django_assert_num_queries(10):
        assert client.get(URL).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_one_team_and_one_site(w):
    start = threading.Barrier(2)

    def first_two_steps(user):
        done = []
        try:
            start.wait(10)
            try:
                form_team(unit=w.commune, by=user, name=f"Đội của {user}", formed_on=datetime.date(2026, 11, 20))
                done.append("team")
            except StartRefused:
                pass
            start.wait(30)
            data = {key: value for key, value in SITE.items() if key != "step"}
            query = QueryDict(mutable=True)
            for key, value in data.items():
                query.setlist(key, value if isinstance(value, list) else [value])
            forms = StartSiteForms(w.commune, None, query)
            assert forms.is_valid()
            start.wait(30)
            try:
                open_site(unit=w.commune, by=user, forms=forms)
                done.append("site")
            except StartRefused:
                pass
        finally:
            connections.close_all()
        return done

    with ThreadPoolExecutor(2) as pool:
        answers = [job.result(60) for job in [pool.submit(first_two_steps, user) for user in (w.donvi, w.donvi2)]]
    assert sorted(sum(answers, [])) == ["site", "team"]
    assert Team.objects.filter(unit=w.commune).count() == 1
    assert Site.objects.filter(unit=w.commune).count() == 1
    assert SiteSession.objects.filter(site__unit=w.commune).count() == 2


def test_nothing_this_week_keeps_what_the_unit_said_before(w):
    save_total(unit=w.commune, period=WEEK.moved(-1), by=None, numbers={"teams": 1, "volunteers": 12})
    save_total(unit=w.commune, period=WEEK, by=None, numbers={}, nothing=True)
    page = text_of(client_of(w.huyen).get("/units/"))
    assert '<td class="number unit-people">12</td>' in page
    assert "1 trên 2 xã, phường" in page
