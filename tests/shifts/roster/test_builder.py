"""The builder's page: what it shows to whom, in how many queries, and what it says where there is nothing to show."""

import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shifts.models import CalendarDay, Leave, Post, Roster, RosterShare, Site, SiteSession, Team, Volunteer
from shifts.roster.board import Board
from shifts.roster.changes import change_roster
from shifts.roster.facts import Duty
from shifts.roster.weeks import weeks_of
from tests.factories import make_user, publish, roster_world

pytestmark = pytest.mark.django_db
MONDAY = datetime.date(2026, 11, 2)
MONTH = "/roster/TTHCC/2026-11/"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def w():
    return roster_world()


def enter(client, person):
    client.force_login(person, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def give(w, person, *sessions, date=MONDAY, post=None, pinned=False):
    duties = [Duty(date, session, post or w.t1, person.volunteer, pinned) for session in sessions or ("sang", "chieu")]
    change_roster(roster=w.roster, kind="edit", by=w.leader, add=duties)


def text_of(answer):
    """The words of the page, tags left out, spaces made single."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def board(w):
    return Board(w.site, w.roster.month, w.roster.last_day)


def cells(w, day):
    """Post -> (classes, words) of what stands there on that day."""
    for _css, date, _number, _weekday, found, _away in board(w).days:
        if date == f"2026-11-{day:02d}":
            return {post: [(css, re.sub(r"<.*", "", words)) for css, _spot, words in spots] for post, spots in found}
    return None


# The weeks


def weeks(w, focus=None):
    return [(f"{week.monday:%d/%m}", week.people, week.is_folded) for week in weeks_of(board(w), focus)]


def fill(w, *days):
    for day in days:
        for post, person in ((w.t1, w.volunteer), (w.t2, w.mate), (w.t3, w.leader)):
            give(w, person, date=datetime.date(2026, 11, day), post=post)


@time_machine.travel("2026-11-10T09:00:00+07:00")
def test_open_are_the_present_week_and_the_next_in_which_somebody_is_missing(w):
    fill(w, 9, 10, 11, 12, 13, *range(16, 21))
    assert weeks(w) == [
        ("02/11", 30, True), ("09/11", 0, False), ("16/11", 0, True), ("23/11", 30, False), ("30/11", 6, True),
    ]  # fmt: skip
    assert [week.title for week in weeks_of(board(w))][:2] == ["Tuần 02/11 – 08/11", "Tuần này, 09/11 – 15/11"]
    assert weeks_of(board(w))[3].missing == "thiếu 30 buổi"


@time_machine.travel("2026-11-10T09:00:00+07:00")
def test_the_week_that_was_looked_at_is_open_too(w):
    assert weeks(w, datetime.date(2026, 11, 30))[-1] == ("30/11", 6, False)


@time_machine.travel("2027-01-10T09:00:00+07:00")
def test_of_a_month_that_is_over_the_first_week_is_open(w):
    assert [folded for _monday, _people, folded in weeks(w)] == [False, True, True, True, True]


@time_machine.travel("2026-11-10T09:00:00+07:00")
def test_each_week_of_a_month_has_a_line_that_leads_to_it_and_a_single_week_none(w, client):
    page = enter(client, w.leader).get(MONTH).content.decode()
    assert page.count('class="week-head"') == 5
    assert '<a href="/roster/TTHCC/2026-W47/" data-week><strong>Tuần 16/11 – 22/11</strong>' in page
    assert 'href="#week-2026-11-09">Tuần này</a>' in page
    assert 'class="week-head"' not in client.get("/roster/TTHCC/2026-W47/").content.decode()


# The grid


def test_a_whole_day_spans_both_halves_and_a_half_day_one(w):
    give(w, w.volunteer, pinned=True)
    give(w, w.mate, "chieu", post=w.t2)
    assert cells(w, 2) == {
        "Tầng 1": [("c s12 p", "Thu Hà")],
        "Tầng 2": [("c s21", "Quốc Khánh"), ("c s11 h", "Thiếu 1 người")],
        "Tầng 3": [("c s12 h", "Thiếu 1 người")],
    }


def test_several_people_stand_below_each_other_and_a_free_place_is_offered_where_none_is_missing(w):
    Post.objects.filter(pk=w.t2.pk).update(min_people=0)
    give(w, w.volunteer)
    give(w, w.mate, "sang")
    assert cells(w, 2)["Tầng 1"] == [("c s12", "Thu Hà"), ("c s11", "Quốc Khánh")]
    assert cells(w, 2)["Tầng 2"] == [("c s12 e", "trống")]


def test_a_different_shortage_in_each_half_is_two_holes(w):
    Post.objects.filter(pk=w.t1.pk).update(min_people=2)
    give(w, w.volunteer, "sang")
    assert cells(w, 2)["Tầng 1"] == [("c s11", "Thu Hà"), ("c s11 h", "Thiếu 1 người"), ("c s21 h", "Thiếu 2 người")]


def test_the_sites_minimum_counts_beside_the_posts(w):
    Site.objects.filter(pk=w.site.pk).update(min_people=4)
    w.site.refresh_from_db()
    assert board(w).needed == 21 * 2 * 4
    assert board(w).missing == 21 * 2 * 4
    assert cells(w, 2)["Tầng 1"] == [("c s12 h", "Thiếu 2 người")]


def test_a_saturday_with_one_session_shows_the_other_as_closed(w):
    SiteSession.objects.filter(session="sang", site=w.site).update(weekdays="123456")
    assert cells(w, 7)["Tầng 1"] == [("c s11 h", "Thiếu 1 người"), ("x s21", "")]


def test_a_site_with_an_evening_has_three_parts(w):
    SiteSession.objects.create(site=w.site, session="toi", starts_at="18:00", ends_at="20:00")
    give(w, w.volunteer, "chieu", "toi")
    assert cells(w, 2)["Tầng 1"] == [("c s22", "Thu Hà"), ("c s11 h", "Thiếu 1 người")]
    assert board(w).counts_days is False


def test_a_site_with_one_session_counts_it_as_a_day(w):
    SiteSession.objects.filter(site=w.site, session="chieu").delete()
    give(w, w.volunteer, "sang")
    assert cells(w, 2)["Tầng 1"] == [("c s11", "Thu Hà")]
    assert (board(w).counts_days, board(w).filled_words, board(w).needed_words) == (True, "1", "63")


def test_a_duty_on_a_day_that_was_closed_since_stays_in_sight(w):
    give(w, w.volunteer)
    CalendarDay.objects.create(date=MONDAY, name="Mất điện", is_open=False, site=w.site)
    assert cells(w, 2)["Tầng 1"] == [("c s12 stray", "Thu Hà")]


def test_two_people_called_alike_stand_with_their_full_names(w):
    twin = make_user("ha2", "Trần Thu Hà", team=w.team)
    give(w, w.volunteer)
    give(w, twin, post=w.t2)
    assert cells(w, 2)["Tầng 1"] == [("c s12", "Nguyễn Thu Hà")]
    assert cells(w, 2)["Tầng 2"] == [("c s12", "Trần Thu Hà")]


def test_a_name_is_never_markup(w, client):
    odd = make_user("odd", "Lê Hoa <b>&</b>", team=w.team)
    give(w, odd)
    page = enter(client, w.leader).get(MONTH).content.decode()
    assert "Hoa &lt;b&gt;&amp;&lt;/b&gt;" in page
    assert "<b>&" not in page


def test_leave_is_named_for_two_and_counted_from_three(w):
    away = board(w).away
    assert away[MONDAY] == "Yến"
    for user in (w.volunteer, w.mate):
        Leave.objects.create(volunteer=user.volunteer, date_from=MONDAY, date_to=MONDAY, session="chieu", reason="thi")
    assert board(w).away[MONDAY] == "3 người"
    tuesday = MONDAY + datetime.timedelta(days=14)
    Leave.objects.create(volunteer=w.mate.volunteer, date_from=tuesday, date_to=tuesday, session="chieu")
    assert board(w).away[tuesday] == "Khánh (chiều)"


def test_the_sums_are_in_days_and_the_bars_beside_the_fair_share(w, client):
    give(w, w.volunteer)
    give(w, w.mate, "sang", post=w.t2)
    RosterShare.objects.create(roster=w.roster, volunteer=w.volunteer.volunteer, fair_share="1.50")
    RosterShare.objects.create(roster=w.roster, volunteer=w.mate.volunteer, fair_share="1.50")
    found = [(bar.name, bar.count, bar.share) for bar in board(w).bars][:3]
    assert found == [("Thu Hà", "1", "0,8"), ("Quốc Khánh", "0,5", "0,8"), ("Hạnh", "0", "")]
    page = text_of(enter(client, w.leader).get(MONTH))
    assert "1,5 / 63 ngày trực đã có người thiếu 123 buổi" in page
    assert "Lệch nhau nhiều nhất 0,5 ngày so với mức công bằng của từng bạn" in page


# The panel


def panel(client, spot):
    return text_of(client.get(MONTH, {"at": spot}, **HTMX))


def test_the_panel_of_a_chip_says_why_this_person_and_who_else(w, client):
    give(w, w.volunteer)
    give(w, w.mate, post=w.t2)
    RosterShare.objects.create(roster=w.roster, volunteer=w.volunteer.volunteer, fair_share="2.00")
    said = panel(enter(client, w.leader), f"2026-11-02.{w.t1.pk}.sang-chieu.{w.volunteer.volunteer.pk}")
    assert "02/11, Tầng 1, cả ngày" in said
    assert "1 ngày trực tháng này, mức công bằng 1." in said
    assert "Nhận việc ở mọi vị trí." in said
    others = re.findall(r"(?:Hạnh|Quốc Khánh|Thùy Linh|Hải Yến|Đức Long) chưa có ca, 0 ngày", said)
    assert others == ["Hạnh chưa có ca, 0 ngày", "Thùy Linh chưa có ca, 0 ngày"]


def test_the_panel_of_a_hole_sums_up_to_the_team_and_says_who_could_be_asked(w, client):
    Volunteer.objects.filter(user__in=[w.volunteer, w.leader]).update(max_per_month=1)
    give(w, w.volunteer, date=datetime.date(2026, 11, 9))
    give(w, w.leader, date=datetime.date(2026, 11, 10))
    give(w, w.mate)
    said = panel(enter(client, w.leader), f"2026-11-02.{w.t2.pk}.sang-chieu")
    assert "02/11, Tầng 2, cả ngày: thiếu 1 người" in said
    assert re.findall(r"\d bạn [^0-9]+", said)[:3] == [
        "1 bạn đang trực Tầng ", "1 bạn báo bận ", "1 bạn chưa nhận việc Tầng "
    ]  # fmt: skip
    assert "2 bạn đã đủ mức 1 ngày trực tháng này" in said
    assert "1 bạn chưa vào đội, hoặc đã rời đội, ngày này cộng lại là cả đội 6 bạn" in said
    assert "Có thể nhờ, nếu nâng mức lên 2" in said


def test_a_day_opens_its_leave_by_name(w, client):
    Leave.objects.filter(volunteer__user=w.away).update(reason="thi học kỳ")
    said = text_of(enter(client, w.leader).get(MONTH, {"at": "2026-11-02"}, **HTMX))
    assert "Thứ Hai 02/11" in said
    assert "1 bạn báo bận Đặng Hải Yến , thi học kỳ" in said


@pytest.mark.parametrize("spot", ["junk", "2026-13-01", "9999-12-31.1.sang", "2026-11-02.99999.sang", "%00", "Ω" * 500])
def test_junk_for_a_spot_shows_the_page_without_one(w, client, spot):
    answer = enter(client, w.leader).get(MONTH, {"at": spot})
    assert (answer.status_code, "panel-open" in answer.content.decode()) == (200, False)


def test_the_panel_asks_the_same_number_of_queries_for_one_and_for_three_people(w, client):
    enter(client, w.leader)
    give(w, w.volunteer)
    spot = {"at": f"2026-11-02.{w.t2.pk}.sang-chieu"}
    client.get(MONTH, spot, **HTMX)
    with CaptureQueriesContext(connection) as one:
        client.get(MONTH, spot, **HTMX)
    give(w, w.mate, post=w.t2, date=datetime.date(2026, 11, 3))
    give(w, w.leader, post=w.t3, date=datetime.date(2026, 11, 4))
    with CaptureQueriesContext(connection) as three:
        client.get(MONTH, spot, **HTMX)
    assert len(three) == len(one)


# Who sees what


def test_a_draft_is_for_leaders_a_volunteer_is_told_that_it_is_not_out_yet(w, client):
    give(w, w.volunteer)
    for person in (w.volunteer, w.leadership):
        page = text_of(enter(client, person).get(MONTH))
        assert "Lịch này chưa công bố" in page
        assert "Thu Hà </" not in page and "Tầng 1" not in page


def test_a_volunteer_reads_the_published_month_with_their_own_duties_marked(w, client):
    give(w, w.volunteer)
    give(w, w.mate, post=w.t2, pinned=True)
    publish(w.roster, w.leader)
    page = enter(client, w.volunteer).get(MONTH).content.decode()
    assert '<span class="c s12 me">Thu Hà</span>' in page
    assert '<span class="c s12">Quốc Khánh</span>' in page
    assert "<form" not in page.split('<main')[1].split("</main")[0]
    assert "Báo bận" not in page


def test_a_stranger_learns_nothing(w, client):
    assert enter(client, w.stranger).get(MONTH).status_code == 404
    assert client.get("/roster/KHONGCO/2026-11/").status_code == 404


def test_a_published_month_says_its_version_and_cannot_be_built_anew(w, client):
    give(w, w.volunteer)
    publish(w.roster, w.leader, at=datetime.datetime(2026, 10, 25, 3, tzinfo=datetime.UTC))
    page = text_of(enter(client, w.leader).get(MONTH))
    assert "Bản 1 Đã công bố ngày 25/10/2026, Hạnh" in page
    assert "Xếp lại quanh ghim" not in page


def test_looking_makes_no_roster(w, client):
    enter(client, w.leader).get("/roster/TTHCC/2027-02/")
    assert Roster.objects.count() == 1


# The list and the ways between months


@time_machine.travel("2026-11-20 08:00 +0700")
def test_one_site_leads_straight_to_this_month(w, client):
    answer = enter(client, w.volunteer).get("/roster/")
    assert (answer.status_code, answer.url) == (302, MONTH)


@time_machine.travel("2026-11-20 08:00 +0700")
def test_several_sites_are_listed_with_the_state_of_this_month_and_the_next(w, client):
    page = text_of(enter(client, w.leadership).get("/roster/"))
    assert "Trung tâm Hạ Long Thành phố Hạ Long Tháng 11/2026 chưa xếp Tháng 12/2026 chưa xếp" in page
    assert "Tháng 11/2026 bản nháp Tháng 12/2026 chưa xếp" in page


def test_the_list_asks_the_same_number_of_queries_for_two_and_for_four_sites(w, client):
    enter(client, w.leadership).get("/roster/")
    with CaptureQueriesContext(connection) as two:
        client.get("/roster/")
    for code in ("A", "B"):
        Site.objects.create(code=code, name=code, short_name=code, unit=w.district)
    with CaptureQueriesContext(connection) as four:
        client.get("/roster/")
    assert len(four) == len(two)


def test_months_end_with_the_years_of_the_roster(w, client):
    enter(client, w.leader)
    first, last = client.get("/roster/TTHCC/2019-01/"), client.get("/roster/TTHCC/2099-12/")
    assert ("Tháng trước" in text_of(first), "Tháng sau" in text_of(first)) == (False, True)
    assert ("Tháng trước" in text_of(last), "Tháng sau" in text_of(last)) == (True, False)


@pytest.mark.parametrize("when", ["9999-12", "9999-W52", "2100-01", "2018-12", "0001-01", "2018-W01"])
def test_a_month_beyond_them_is_a_clear_answer(w, client, when):
    answer = enter(client, w.leader).get(f"/roster/TTHCC/{when}/")
    assert (answer.status_code, "Lịch trực có từ năm 2019 đến năm 2099." in text_of(answer)) == (404, True)


@pytest.mark.parametrize("when", ["2026-13", "2026-00", "0000-01", "2026-W54", "2027-W53", "26-1"])
def test_what_is_no_month_is_not_found(w, client, when):
    assert enter(client, w.leader).get(f"/roster/TTHCC/{when}/").status_code == 404


def test_a_week_shows_its_days_with_hours_and_crosses_the_month(w, client):
    give(w, w.volunteer)
    page = text_of(enter(client, w.leader).get("/roster/TTHCC/2026-W45/"))
    assert "Tuần 02/11 – 08/11/2026" in page
    assert "Sáng 07:30–11:30" in page
    assert "5 ngày mở cửa" in page
    assert "Thu Hà" in page
    other = text_of(client.get("/roster/TTHCC/2026-W49/"))
    assert "30 T2" in other and "04 T6" in other


def test_a_week_over_two_months_shows_a_volunteer_only_the_published_one_and_undoes_the_latest(w, client):
    december = Roster.objects.create(site=w.site, month=datetime.date(2026, 12, 1))
    give(w, w.volunteer, date=datetime.date(2026, 11, 30))
    duty = Duty(datetime.date(2026, 12, 1), "sang", w.t1, w.mate.volunteer)
    change_roster(roster=december, kind="edit", by=w.leader, add=[duty])
    give(w, w.mate, date=datetime.date(2026, 11, 30), post=w.t2)
    page = enter(client, w.leader).get("/roster/TTHCC/2026-W49/").content.decode()
    assert 'data-undo="/roster/TTHCC/2026-11/undo/"' in page
    publish(w.roster, w.leader)
    page = text_of(enter(client, w.volunteer).get("/roster/TTHCC/2026-W49/"))
    assert ("30 T2" in page, "Thu Hà" in page, "01 T3" in page) == (True, True, False)


# Nothing to show


def test_a_month_without_open_days_says_so(w, client):
    SiteSession.objects.filter(site=w.site).delete()
    page = text_of(enter(client, w.leader).get(MONTH))
    assert "Không có ngày mở cửa" in page
    assert "Xếp lịch" not in page


def test_a_site_without_people_leads_to_the_import(w, client):
    place = Site.objects.create(code="MOI", name="Điểm mới", short_name="Mới", unit=w.province)
    Post.objects.create(site=place, code="Q", name="Quầy")
    SiteSession.objects.create(site=place, session="sang", starts_at="07:30", ends_at="11:30")
    Team.objects.filter(pk=w.team.pk).update(home_site=place)
    Volunteer.objects.filter(user=w.leader).update(team=w.other_team)
    Volunteer.objects.filter(team=w.team).update(joined=None, left=datetime.date(2026, 10, 1))
    answer = enter(client, w.leader).get("/roster/MOI/2026-11/")
    assert "Đội chưa có ai" in text_of(answer)
    assert reverse("team_import") in answer.content.decode()


def test_a_site_without_posts_says_so(w, client):
    Site.objects.create(code="TRONG", name="Điểm trống", short_name="Trống", unit=w.province)
    w.leader.is_superuser = True
    w.leader.save()
    assert "chưa có vị trí trực" in text_of(enter(client, w.leader).get("/roster/TRONG/2026-11/"))


# How many queries


def test_the_month_asks_the_same_number_of_queries_for_one_and_for_three_people(w, client):
    enter(client, w.leader)
    give(w, w.volunteer)
    client.get(MONTH)
    with CaptureQueriesContext(connection) as one:
        client.get(MONTH)
    give(w, w.mate, post=w.t2, pinned=True)
    give(w, w.leader, "sang", post=w.t3)
    give(w, w.leader, date=datetime.date(2026, 11, 20), post=w.t3)
    with CaptureQueriesContext(connection) as three:
        client.get(MONTH)
    assert len(three) == len(one)
    assert len(one) <= 21
