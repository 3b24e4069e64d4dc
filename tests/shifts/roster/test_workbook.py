"""The roster as a workbook, and read back."""

import datetime
import io

import openpyxl
import pytest
from django.urls import reverse

from shifts.models import Assignment, SiteSession
from shifts.roster.changes import change_roster
from shifts.roster.facts import Duty, volunteers_of
from shifts.roster.paper.importing import plan_import, store_import
from shifts.roster.paper.reading import read_roster_file
from shifts.roster.paper.recognition import People
from tests.factories import make_user, publish, roster_world

pytestmark = pytest.mark.django_db
MONTH = datetime.date(2026, 11, 1)
MONDAY, TUESDAY = datetime.date(2026, 11, 2), datetime.date(2026, 11, 3)


@pytest.fixture
def w():
    return roster_world()


def duty(w, person, *, date=MONDAY, session="sang", post=None):
    return Duty(date, session, post or w.t1, person.volunteer)


def whole(w, person, **where):
    return [duty(w, person, session=session, **where) for session in ("sang", "chieu")]


def fetched(client, w, who=None):
    client.force_login(who or w.leader, backend="shifts.backends.UsernameOrPhoneBackend")
    response = client.get(reverse("roster:workbook", args=["TTHCC", "2026-11"]))
    assert response.status_code == 200
    return response.content


def cells(data, sheet):
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data))[sheet].iter_rows(values_only=True)]


def held():
    rows = Assignment.objects.active().order_by("date", "session", "post", "volunteer")
    return [(row.date, row.session, row.post.code, row.volunteer.user.username) for row in rows]


def taken_in(w, data):
    """Read the file into the draft, everybody recognised."""
    people = People(volunteers_of(w.site, MONTH, w.roster.last_day))
    plan = plan_import(w.roster, read_roster_file(data, "", MONTH, [w.t1, w.t2, w.t3]), people, {})
    assert (plan.asked, plan.broken, plan.notes) == ([], [], [])
    store_import(plan=plan, by=w.leader)


def fill(w):
    """Whole days, halves, several at one post, and two people of one name."""
    twin = make_user("tnv2", "Nguyễn Thu Hà", team=w.team)
    duties = [*whole(w, w.volunteer), *whole(w, twin, post=w.t2), *whole(w, w.mate, post=w.t2)]
    duties += [duty(w, w.leader, date=TUESDAY), duty(w, w.mate, date=TUESDAY, session="chieu")]
    duties += whole(w, w.specialist, date=datetime.date(2026, 11, 30))
    change_roster(roster=w.roster, kind="edit", by=w.leader, add=duties)


@pytest.mark.parametrize("whole_days", [True, False])
def test_a_roster_comes_back_as_it_went_out(w, client, whole_days):
    w.site.whole_days = whole_days
    w.site.save()
    SiteSession.objects.filter(session="sang").update(weekdays="123456")
    fill(w)
    saturday = duty(w, w.volunteer, date=datetime.date(2026, 11, 7))
    change_roster(roster=w.roster, kind="edit", by=w.leader, add=[saturday])
    before, data = held(), fetched(client, w)
    change_roster(roster=w.roster, kind="edit", by=w.leader, remove=list(Assignment.objects.all()))
    assert held() == []
    taken_in(w, data)
    assert held() == before
    assert len(before) == 11


def test_reading_back_an_unchanged_roster_changes_nothing(w, client):
    fill(w)
    keys = set(Assignment.objects.values_list("pk", flat=True))
    changes = w.roster.changes.count()
    taken_in(w, fetched(client, w))
    assert set(Assignment.objects.values_list("pk", flat=True)) == keys
    assert w.roster.changes.count() == changes


def test_whole_days_have_a_column_for_each_post_and_halves_are_marked(w, client):
    w.site.whole_days = True
    w.site.save()
    fill(w)
    rows = cells(fetched(client, w), "Lịch trực")
    assert rows[0] == ["Ngày", "Thứ", "Tầng 1", "Tầng 2", "Tầng 3"]
    assert rows[1] == [
        datetime.datetime(2026, 11, 2), "T2", "Nguyễn Thu Hà (tnv)", "Nguyễn Thu Hà (tnv2)\nPhạm Quốc Khánh", None,
    ]  # fmt: skip
    assert rows[2][2] == "Lý Thị Hạnh (sáng)\nPhạm Quốc Khánh (chiều)"
    assert len(rows) == 1 + 21


def test_sessions_have_columns_of_their_own_where_half_days_are_served(w, client):
    fill(w)
    rows = cells(fetched(client, w), "Lịch trực")
    assert rows[0][2:5] == ["Tầng 1, sáng", "Tầng 1, chiều", "Tầng 2, sáng"]
    assert rows[2][2:4] == ["Lý Thị Hạnh", "Phạm Quốc Khánh"]


def test_the_second_sheet_counts_sessions_days_posts_and_mondays(w, client):
    fill(w)
    rows = cells(fetched(client, w), "Số ca")
    assert rows[0] == [
        "Họ và tên", "Tên đăng nhập", "Số buổi", "Số ngày", "Tầng 1", "Tầng 2", "Tầng 3", "Thứ Hai", "Thứ Bảy",
    ]  # fmt: skip
    by_login = {row[1]: row[2:] for row in rows[1:]}
    assert by_login["ban"] == [3, 2, 1, 2, 0, 1, 0]
    assert by_login["doitruong"] == [1, 1, 1, 0, 0, 0, 0]
    assert by_login["vang"] == [0, 0, 0, 0, 0, 0, 0]


def test_a_name_that_looks_like_a_formula_stays_text(w, client):
    w.volunteer.full_name = "=1+1"
    w.volunteer.save()
    fill(w)
    book = openpyxl.load_workbook(io.BytesIO(fetched(client, w)))
    assert [cell.data_type for cell in book["Lịch trực"]["C"][1:2]] == ["s"]


def test_a_month_without_open_days_is_a_header_alone(w, client):
    SiteSession.objects.all().delete()
    assert cells(fetched(client, w), "Lịch trực") == [["Ngày", "Thứ"]]


def test_a_member_gets_the_workbook_of_a_published_roster_only(w, client):
    fill(w)
    client.force_login(w.volunteer, backend="shifts.backends.UsernameOrPhoneBackend")
    address = reverse("roster:workbook", args=["TTHCC", "2026-11"])
    assert client.get(address).status_code == 404
    publish(w.roster, w.leader)
    assert client.get(address).status_code == 200
    client.force_login(w.stranger, backend="shifts.backends.UsernameOrPhoneBackend")
    assert client.get(address).status_code == 404
