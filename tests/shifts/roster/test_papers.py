"""Rosters on paper: one A4 sheet each, what stands on it, and who may print it."""

import datetime
import io
import sys

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from shifts.models import Assignment, CalendarDay, PaperSettings, Post, Roster, SiteSession
from shifts.roster.calendar import open_sessions
from shifts.roster.paper import papers
from shifts.roster.paper.fitting import SPARE, lines_of, width_of
from shifts.roster.paper.sheet import read_sheet
from tests.factories import make_user, publish, roster_world

pytestmark = pytest.mark.django_db
MONTH = datetime.date(2026, 11, 1)
MONDAY = datetime.date(2026, 11, 2)
LANDSCAPE, PORTRAIT = (842, 595), (595, 842)
FAMILY = ["Nguyễn", "Trần", "Phạm", "Hoàng", "Đỗ"]
MIDDLE = ["Quốc", "Thanh", "Phương", "Khánh", "Xuân", "Hồng", "Minh", "Ngọc", "Thùy", "Đức"]
GIVEN = ["Trường", "Thảo", "Hạnh", "Quỳnh", "Nguyệt", "Khánh", "Linh", "Nam", "Hằng", "Ánh"]


@pytest.fixture
def w():
    w = roster_world()
    w.site.whole_days = True
    w.site.save()
    return w


def crowd(w, count):
    """People with names as long as names are."""
    names = [f"{FAMILY[n % 5]} {MIDDLE[n % 10]} {GIVEN[(n // 10 + n) % 10]}" for n in range(count)]
    return [make_user(f"nguoi{n}", name, team=w.team) for n, name in enumerate(names)]


def fill(w, people, *, month=MONTH, at_each_post=1, halves=()):
    """Everybody in turn, so many at each post each day; on the days of `halves` the afternoon is another's."""
    roster, _made = Roster.objects.get_or_create(site=w.site, month=month)
    rows, turn = [], 0
    for date, sessions in open_sessions(w.site, month, roster.last_day).items():
        for post in w.site.posts.all():
            for _each in range(at_each_post):
                for number, row in enumerate(sessions):
                    who = people[(turn + (number if date.day in halves else 0) * 7) % len(people)]
                    rows.append(
                        Assignment(roster=roster, date=date, session=row.session, post=post, volunteer=who.volunteer)
                    )
                turn += 1
    Assignment.objects.bulk_create(rows, ignore_conflicts=True)
    return roster


def log_in(client, user):
    client.force_login(user, backend="shifts.backends.UsernameOrPhoneBackend")


def pdf(client, name, *args):
    """The pages of the PDF, as (size in points, text)."""
    response = client.get(reverse(f"roster:{name}", args=["TTHCC", *args]), {"format": "pdf"})
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    pages = PdfReader(io.BytesIO(response.content)).pages
    return [((round(page.mediabox.width), round(page.mediabox.height)), page.extract_text()) for page in pages]


def month_sheet(w, month=MONTH):
    last = (month + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1)
    return read_sheet(w.site, month, last, drafts=True)


class TestOneSheet:
    """However much there is to say, it is said on one page, in letters that can be read."""

    @pytest.fixture(autouse=True)
    def leader(self, w, client):
        log_in(client, w.leader)

    def test_the_month_lies_on_its_side_with_marks_stacked_as_they_are_written(self, w, client):
        publish(fill(w, crowd(w, 25), halves=[3, 17]), w.leader)
        [(size, text)] = pdf(client, "print_month", "2026-11")
        assert size == LANDSCAPE
        for words in ("LỊCH TRỰC THÁNG 11 NĂM 2026", "ĐOÀN TNCS HỒ CHÍ MINH", "Thứ Hai", "02/11", "Phương Nguyệt"):
            assert words in text.replace("\u00a0", " ")

    @pytest.mark.parametrize(
        ("month", "people", "at_each_post", "saturdays"),
        [
            ("2026-11", 25, 1, False),
            ("2026-08", 25, 1, True),  # begins on a Saturday, ends on a Monday: six weeks
            ("2026-08", 100, 2, True),
            ("2026-11", 100, 3, False),
            ("2026-02", 100, 1, False),
            ("2026-05", 25, 2, False),
        ],
    )
    def test_a_month_is_one_page(self, w, client, month, people, at_each_post, saturdays):
        if saturdays:
            SiteSession.objects.filter(session="sang").update(weekdays="123456")
        first = datetime.date.fromisoformat(f"{month}-01")
        fill(w, crowd(w, people), month=first, at_each_post=at_each_post, halves=[3, 21])
        [(size, text)] = pdf(client, "print_month", month)
        assert size in (LANDSCAPE, PORTRAIT)
        assert "BẢN NHÁP" in text
        assert papers.month_paper(month_sheet(w, first)).fit.points >= 9

    def test_what_cannot_be_read_on_one_sheet_takes_more_and_says_so(self, w, client):
        for number in (4, 5, 6):
            Post.objects.create(site=w.site, code=f"T{number}", name=f"Tầng {number}", position=number)
        fill(w, crowd(w, 100), at_each_post=3)
        assert len(pdf(client, "print_month", "2026-11")) > 1
        assert "không đủ chỗ trên một tờ A4" in client.get("/roster/TTHCC/2026-11/print/").content.decode()

    def test_a_month_with_nobody_yet_is_one_page_of_holes(self, w, client):
        [(size, text)] = pdf(client, "print_month", "2026-11")
        assert size == LANDSCAPE
        assert text.replace("\u00a0", " ").count("còn thiếu") == 3 * 21

    @pytest.mark.parametrize(("people", "at_each_post"), [(25, 1), (60, 3), (100, 6)])
    def test_a_week_is_one_page(self, w, client, people, at_each_post):
        Post.objects.update(max_people=9)
        fill(w, crowd(w, people), at_each_post=at_each_post, halves=[4])
        [(size, _text)] = pdf(client, "print_week", "2026-W45")
        assert size == LANDSCAPE

    @pytest.mark.parametrize(("people", "at_each_post"), [(25, 1), (100, 8), (100, 20)])
    def test_a_day_is_one_page_with_room_to_sign(self, w, client, people, at_each_post):
        fill(w, crowd(w, people), at_each_post=at_each_post, halves=[2] if at_each_post == 8 else [])
        [(size, text)] = pdf(client, "print_day", "2026-11-02")
        assert size == PORTRAIT
        assert all(words in text for words in ("Giờ đến", "Giờ về", "Ký"))
        assert text.count("Tầng 1") + text.count("T1") >= at_each_post


class TestWhatStandsOnIt:
    """Head, grid, legend and version."""

    def test_a_day_shows_whole_days_plain_halves_marked_and_holes_named(self, w):
        fill(w, [w.volunteer, w.mate, w.leader, w.away], halves=[3])
        Assignment.objects.filter(date=MONDAY, post=w.t3, session="chieu").delete()
        paper = papers.month_paper(month_sheet(w))
        cell = paper.rows[0][1][0]
        assert cell.label == "02/11"
        said = [(code, [(name.text, name.letters, name.is_hole) for name in names]) for code, names in cell.lines]
        assert said == [
            ("T1", [("Thu Hà", "", False)]),
            ("T2", [("Quốc Khánh", "", False)]),
            ("T3", [("Hạnh", "s", False), ("còn thiếu", "c", True)]),
        ]

    def test_weeks_are_rows_and_days_of_other_months_are_not_there(self, w):
        paper = papers.month_paper(month_sheet(w))
        assert paper.head == ["Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu"]
        assert [week for week, _cells in paper.rows] == [45, 46, 47, 48, 49]
        assert [cell.outside for cell in paper.rows[-1][1]] == [False, True, True, True, True]

    def test_a_week_without_an_open_weekday_is_no_row(self, w):
        august = datetime.date(2026, 8, 1)  # a Saturday, on which the site is closed
        Roster.objects.create(site=w.site, month=august)
        assert [week for week, _cells in papers.month_paper(month_sheet(w, august)).rows] == [32, 33, 34, 35, 36]

    def test_a_holiday_says_its_name_and_a_saturday_morning_that_it_is_one(self, w):
        SiteSession.objects.filter(session="sang").update(weekdays="123456")
        CalendarDay.objects.create(date="2026-11-03", name="Hội nghị", is_open=False)
        paper = papers.month_paper(month_sheet(w))
        cells = {cell.label: cell for _week, row in paper.rows for cell in row}
        assert cells["03/11"].closed_as == "Hội nghị"
        assert "07/11 sáng" in cells
        assert paper.head[-1] == "Thứ Bảy"

    def test_the_legend_explains_letters_and_posts_and_says_the_version(self, w):
        at = datetime.datetime(2026, 10, 25, 9, 0, tzinfo=datetime.UTC)
        publish(fill(w, [w.volunteer, w.mate, w.leader]), w.leader, at=at)
        paper = papers.month_paper(month_sheet(w))
        assert paper.legend == [
            "Không ghi gì là trực cả ngày; s: sáng 07 giờ 30 đến 11 giờ 30, c: chiều 13 giờ 30 đến 17 giờ.",
            "T1, T2, T3: tầng 1, 2, 3.",
            "Không đến được: báo đội trưởng Lý Thị Hạnh.",
            "Bản 1, công bố ngày 25/10/2026.",
        ]
        assert paper.dated == "Quảng Ninh, ngày 25 tháng 10 năm 2026"
        assert paper.is_draft is False

    def test_a_draft_says_so_and_carries_the_date_of_today(self, w):
        with time_machine.travel(datetime.datetime(2026, 10, 20, 3, 0, tzinfo=datetime.UTC)):
            paper = papers.month_paper(month_sheet(w))
        assert (paper.is_draft, paper.legend[-1]) == (True, "Bản nháp, chưa công bố.")
        assert paper.dated == "Quảng Ninh, ngày 20 tháng 10 năm 2026"

    def test_the_head_and_the_signer_are_those_of_the_site(self, w, client):
        PaperSettings.objects.create(
            site=w.site, issuer="BCH TỈNH QUẢNG NINH\nBAN PHONG TRÀO", number="Số: 24-LT/TĐTN", place="Hạ Long",
            team_name="Đội hình xanh", signed_for="TM. BAN THƯỜNG VỤ TỈNH ĐOÀN", signer_title="PHÓ BÍ THƯ",
            signer="Phạm Hồng Sơn", note="Không đến được: gọi 0900 000 000.",
        )  # fmt: skip
        publish(fill(w, [w.volunteer, w.mate, w.leader]), w.leader)
        log_in(client, w.volunteer)
        page = client.get("/roster/TTHCC/2026-11/print/").content.decode()
        for words in (
            "BCH TỈNH QUẢNG NINH", "BAN PHONG TRÀO", "***", "Số: 24-LT/TĐTN", "Hạ Long, ngày", "Đội hình xanh",
            "PHÓ BÍ THƯ", "Phạm Hồng Sơn", "Không đến được: gọi 0900 000 000.",
        ):  # fmt: skip
            assert words in page

    def test_without_settings_the_head_is_that_of_the_unit(self, w):
        assert papers.settings_of(w.site).issuer == "TỈNH ĐOÀN QUẢNG NINH"
        assert papers.settings_of(w.other_site).issuer == "ĐOÀN HẠ LONG"

    def test_a_month_without_open_days_says_so(self, w, client):
        SiteSession.objects.all().delete()
        log_in(client, w.leader)
        for address in ("2026-11", "2026-W45", "2026-11-02"):
            page = client.get(f"/roster/TTHCC/{address}/print/")
            assert page.status_code == 200
            assert "điểm không mở cửa" in page.content.decode()

    def test_two_people_of_one_short_name_are_written_in_full(self, w):
        twin = make_user("ha2", "Trần Thu Hà", team=w.team)
        third = make_user("ha3", "Trần Thu Hà", team=w.team)
        names = month_sheet(w).short_names()
        assert [names[user.pk] for user in (w.volunteer, twin, third, w.mate)] == [
            "Nguyễn Thu Hà", "Trần Thu Hà (ha2)", "Trần Thu Hà (ha3)", "Quốc Khánh",
        ]  # fmt: skip

    def test_a_week_over_two_months_says_of_each_how_it_stands(self, w, client):
        publish(fill(w, [w.volunteer, w.mate, w.leader]), w.leader)
        log_in(client, w.leader)
        page = client.get("/roster/TTHCC/2026-W49/print/").content.decode()
        assert f"Tháng 11/2026: bản 1, công bố ngày {timezone.localdate():%d/%m/%Y}" in page
        assert "tháng 12/2026: bản nháp, chưa công bố." in page

    def test_the_paper_is_vietnamese_for_an_english_reader_too(self, w, client):
        log_in(client, w.leader)
        client.post(reverse("set_language"), {"language": "en"})
        page = client.get("/roster/TTHCC/2026-11/print/").content.decode()
        assert "Thứ Hai" in page
        assert "chiều 13 giờ 30 đến 17 giờ" in page


class TestWhoPrints:
    """A draft is for those who make it; what is published is for the team."""

    ADDRESSES = ["2026-11/print/", "2026-W45/print/", "2026-11-02/print/"]

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_a_member_prints_only_what_is_published(self, w, client, address):
        log_in(client, w.volunteer)
        assert client.get(f"/roster/TTHCC/{address}").status_code == 404
        publish(w.roster, w.leader)
        assert client.get(f"/roster/TTHCC/{address}").status_code == 200

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_a_leader_prints_drafts_and_a_stranger_nothing(self, w, client, address):
        log_in(client, w.leader)
        assert client.get(f"/roster/TTHCC/{address}").status_code == 200
        publish(w.roster, w.leader)
        log_in(client, w.stranger)
        assert client.get(f"/roster/TTHCC/{address}").status_code == 404

    def test_a_member_does_not_see_the_days_of_the_month_that_is_a_draft(self, w, client):
        publish(fill(w, [w.volunteer, w.mate, w.leader]), w.leader)
        fill(w, [w.away], month=datetime.date(2026, 12, 1))
        log_in(client, w.volunteer)
        page = client.get("/roster/TTHCC/2026-W49/print/").content.decode()
        assert "Nguyễn Thu Hà" in page or "Phạm Quốc Khánh" in page
        assert "Đặng Hải Yến" not in page
        assert "BẢN NHÁP" not in page

    @pytest.mark.parametrize(
        "address", ["9999-12/print/", "9999-W52/print/", "9999-12-31/print/", "2026-02-30/print/", "0000-01/print/",
                    "2018-01/print/", "2026-W54/print/"],
    )  # fmt: skip
    def test_a_date_beyond_the_calendar_is_not_found(self, w, client, address):
        log_in(client, w.leader)
        assert client.get(f"/roster/TTHCC/{address}").status_code == 404

    def test_a_machine_without_pango_says_what_to_do_instead(self, w, client, monkeypatch):
        monkeypatch.setitem(sys.modules, "shifts.roster.paper.typesetting", None)
        log_in(client, w.leader)
        answer = client.get("/roster/TTHCC/2026-11/print/?format=pdf")
        assert answer.status_code == 503
        assert "Lưu thành PDF" in answer.content.decode()
        assert client.get("/roster/TTHCC/2026-11/print/").status_code == 200

    def test_an_unknown_format_is_the_page(self, w, client):
        log_in(client, w.leader)
        answer = client.get("/roster/TTHCC/2026-11/print/?format=docx")
        assert answer["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("count", [1, 3])
def test_a_sheet_costs_the_same_however_many_people_there_are(w, django_assert_num_queries, count):
    publish(fill(w, crowd(w, count)), w.leader)
    with django_assert_num_queries(7):
        sheet = month_sheet(w)
    with django_assert_num_queries(2):
        papers.month_paper(sheet)


def test_text_is_measured_by_its_letters_and_broken_between_names():
    assert width_of("") == 0
    assert width_of("ơ") > width_of("o") == width_of("ộ")
    assert lines_of("Thu Hà", 100, 10) == 1
    narrow = width_of("Quốc Khánh,") * 10 / 100 * 25.4 / 72 / SPARE + 0.1
    assert lines_of("Quốc\u00a0Khánh, Thu\u00a0Hà", narrow, 10) == 2
    assert lines_of("Hạnhhhhhhhhhhhhhhhhhhhhh", 10, 10) > 1
