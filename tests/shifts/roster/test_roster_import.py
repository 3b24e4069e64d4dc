"""Rosters kept in Excel: which layouts are read, who is recognised, and what a confirmed file does to the draft."""

import datetime
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from shifts.imports.reading import FileRefused
from shifts.models import Assignment, Roster, RosterChange
from shifts.roster.changes import change_roster, last_undoable, undo_change
from shifts.roster.facts import Duty
from shifts.roster.paper.reading import read_roster_file
from shifts.roster.paper.recognition import People
from tests.factories import make_user, publish, roster_world

pytestmark = pytest.mark.django_db
MONTH = datetime.date(2026, 11, 1)
MONDAY = datetime.date(2026, 11, 2)


@pytest.fixture
def w():
    return roster_world()


def book(rows, merged=()):
    """An XLSX of these rows."""
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    for cells in merged:
        workbook.active.merge_cells(cells)
    written = io.BytesIO()
    workbook.save(written)
    return written.getvalue()


def text(rows):
    return "\n".join(",".join(row) for row in rows).encode()


def seen(w, data, name=""):
    """(day, session letters, post, name) of everything that was read."""
    file = read_roster_file(data, name, MONTH, [w.t1, w.t2, w.t3])
    letters = {"sang": "s", "chieu": "c", "toi": "t"}
    return [
        (each.date.day, "".join(letters[code] for code in each.sessions), each.post.code, each.name)
        for each in sorted(file.seen, key=lambda each: (each.date, each.post.code, each.sessions))
    ]


class TestLayouts:
    """Where names stand in the file."""

    WEEK = [(2, "", "T1", "Thu Hà"), (2, "", "T2", "Khánh"), (3, "", "T1", "Hạnh"), (3, "", "T3", "Linh")]

    def test_dates_down_with_floors_across(self, w):
        rows = [
            ["Ngày", "Tầng 1", "Tầng 2", "Tầng 3"],
            ["02/11", "Thu Hà", "Khánh", None],
            ["3/11/2026", "Hạnh", None, "Linh"],
        ]
        assert seen(w, book(rows)) == self.WEEK

    def test_a_title_weekdays_numbers_and_notes_around_the_table(self, w):
        rows = [
            ["LỊCH TRỰC TẦNG 1, 2, 3 THÁNG 11/2026"],
            ["STT", "Thứ", "Ngày", "T1", "T2", "T3", "Ghi chú"],
            [1, "T2", datetime.date(2026, 11, 2), "Thu Hà", "Khánh", None, "họp đội"],
            [2, "T3", datetime.date(2026, 11, 3), "Hạnh", None, "Linh", None],
            [None, None, "Người lập", "Lê Văn A", None, None, None],
        ]
        assert seen(w, book(rows, merged=["A1:G1"])) == self.WEEK

    def test_the_weekday_in_the_cell_of_the_date(self, w):
        rows = [
            ["", "Tầng 1", "Tầng 2", "Tầng 3"],
            ["T2 02/11", "Thu Hà", "Khánh", ""],
            ["Thứ Ba, 3/11", "Hạnh", "", "Linh"],
        ]
        assert seen(w, book(rows)) == self.WEEK

    def test_bare_days_below_the_word_day(self, w):
        rows = [
            ["Ngày", "Tầng 1", "Tầng 2", "Tầng 3"],
            [2, "Thu Hà", "Khánh", None],
            [3, "Hạnh", None, "Linh"],
            [31, "Mai", None, None],
        ]
        assert seen(w, book(rows)) == self.WEEK

    def test_serial_numbers_of_dates(self, w):
        rows = [["Ngày", "Tầng 1", "Tầng 2", "Tầng 3"], [46328, "Thu Hà", "Khánh", None], [46329, "Hạnh", None, "Linh"]]
        assert seen(w, book(rows)) == self.WEEK

    def test_floors_merged_over_morning_and_afternoon(self, w):
        rows = [
            ["Ngày", "Tầng 1", None, "Tầng 2", None],
            [None, "Sáng", "Chiều", "Sáng", "Chiều"],
            ["02/11", "Thu Hà", "Khánh", "Linh", None],
        ]
        data = book(rows, merged=["A1:A2", "B1:C1", "D1:E1"])
        assert seen(w, data) == [(2, "c", "T1", "Khánh"), (2, "s", "T1", "Thu Hà"), (2, "s", "T2", "Linh")]

    def test_morning_and_afternoon_as_rows_of_a_merged_date(self, w):
        rows = [
            ["Ngày", "Buổi", "Tầng 1", "Tầng 2"],
            ["02/11", "Sáng", "Thu Hà", "Khánh"],
            [None, "Chiều", "Hạnh", None],
            ["03/11", "Cả ngày", "Linh", None],
        ]
        found = [(2, "c", "T1", "Hạnh"), (2, "s", "T1", "Thu Hà"), (2, "s", "T2", "Khánh"), (3, "", "T1", "Linh")]
        assert seen(w, book(rows, merged=["A2:A3"])) == found
        assert seen(w, book(rows)) == found

    def test_a_row_for_each_person(self, w):
        rows = [
            ["Ngày", "Vị trí", "Họ và tên"],
            ["02/11", "Tầng 1", "Thu Hà"],
            [None, "Tầng 2", "Khánh"],
            ["03/11", "Tầng 1", "Hạnh"],
            [None, "Tầng 3", "Linh"],
        ]
        assert seen(w, book(rows)) == self.WEEK

    def test_weeks_below_each_other_with_dates_across(self, w):
        rows = [
            ["", "Thứ Hai", "Thứ Ba"],
            ["", "02/11", "03/11"],
            ["Tầng 1", "Thu Hà", "Hạnh"],
            ["Tầng 2", "Khánh", ""],
            ["Tầng 3", "", "Linh"],
            ["", "09/11", "10/11"],
            ["Tầng 1", "Mai", ""],
        ]
        assert seen(w, book(rows)) == [*self.WEEK, (9, "", "T1", "Mai")]

    def test_the_printed_month_with_everything_in_the_cell_of_the_day(self, w):
        rows = [
            ["Tuần", "Thứ Hai", "Thứ Ba"],
            [45, "02/11\nT1 Thu Hà\nT2 Khánh", "03/11\nT1 Hạnh\nT2 còn thiếu\nT3 Linh s, Mai c"],
        ]
        assert seen(w, book(rows)) == [
            (2, "", "T1", "Thu Hà"), (2, "", "T2", "Khánh"), (3, "", "T1", "Hạnh"),
            (3, "c", "T3", "Mai"), (3, "s", "T3", "Linh"),
        ]  # fmt: skip

    def test_csv_with_semicolons(self, w):
        rows = "Ngày;Tầng 1;Tầng 2;Tầng 3\n02/11/2026;Thu Hà;Khánh;\n03/11/2026;Hạnh;;Linh\n"
        assert seen(w, rows.encode("utf-8-sig"), "lich.csv") == self.WEEK

    def test_the_sheet_of_the_month_is_found_among_others(self, w):
        workbook = Workbook()
        workbook.active.append(["Ngày", "Tầng 1"])
        workbook.active.append(["05/10/2026", "Mai"])
        page = workbook.create_sheet("T11")
        for row in [["Ngày", "Tầng 1"], ["02/11/2026", "Thu Hà"]]:
            page.append(row)
        written = io.BytesIO()
        workbook.save(written)
        assert seen(w, written.getvalue()) == [(2, "", "T1", "Thu Hà")]

    @pytest.mark.parametrize(
        ("cell", "names"),
        [
            ("Thu Hà, Khánh", ["Thu Hà", "Khánh"]),
            ("Thu Hà\nKhánh", ["Thu Hà", "Khánh"]),
            ("Thu Hà / Khánh; Mai + Linh", ["Thu Hà", "Khánh", "Mai", "Linh"]),
            ("1. Thu Hà\n2. Khánh", ["Thu Hà", "Khánh"]),
            ("đ/c Thu Hà và bạn Khánh", ["Thu Hà", "Khánh"]),
            ("- Thu Hà", ["Thu Hà"]),
            ("x", []),
            ("còn thiếu 2", []),
            ("nghỉ lễ", []),
        ],
    )
    def test_several_names_in_one_cell(self, w, cell, names):
        rows = [["Ngày", "Tầng 1"], ["02/11", cell], ["03/11", "Thu Hà"]]
        assert [name for day, _session, _post, name in seen(w, book(rows)) if day == 2] == names

    @pytest.mark.parametrize(
        ("cell", "sessions"),
        [
            ("Mai (sáng)", "s"),
            ("Mai (c)", "c"),
            ("Mai - chiều", "c"),
            ("Mai s", "s"),
            ("Mai (sáng, chiều)", "sc"),
            ("Mai", ""),
        ],
    )
    def test_part_of_the_day_behind_a_name(self, w, cell, sessions):
        assert seen(w, book([["Ngày", "Tầng 1"], ["02/11", cell]])) == [(2, sessions, "T1", "Mai")]

    def test_a_column_that_is_not_understood_is_said(self, w):
        rows = [["Ngày", "Tầng 1", "Sân sau"], ["02/11", "Thu Hà", "Khánh"]]
        file = read_roster_file(book(rows), "", MONTH, [w.t1, w.t2, w.t3])
        assert [each.name for each in file.seen] == ["Thu Hà"]
        assert file.notes == ["Không hiểu cột “Sân sau” nên không đọc cột này."]


class TestRecognition:
    """Who is meant by a name."""

    def found(self, w, name):
        members = [user.volunteer for user in (w.volunteer, w.mate, w.leader, w.away, w.newcomer, w.specialist)]
        return [person.user.username for person in People(members).recognise(name).people]

    @pytest.mark.parametrize(
        "name", ["Nguyễn Thu Hà", "Thu Hà", "Hà", "thu ha", "HÀ", "NGUYEN THU HA", "Nguyễn Hà", "tnv", "Bạn Hà (tnv)"]
    )
    def test_one_person_by_many_spellings(self, w, name):
        assert self.found(w, name) == ["tnv"]

    @pytest.mark.parametrize("name", ["Thuỳ Linh", "Thùy Linh", "Đỗ Thuỳ Linh", "Do Thuy Linh"])
    def test_either_tone_style(self, w, name):
        assert self.found(w, name) == ["tang1"]

    def test_a_name_without_thi_is_recognised(self, w):
        assert self.found(w, "Lý Hạnh") == ["doitruong"]

    @pytest.mark.parametrize("name", ["Ng. Thu Hà", "Ng.Thu Hà", "Ng. Hà", "ng. thu ha"])
    def test_a_family_name_cut_short_with_a_point(self, w, name):
        assert self.found(w, name) == ["tnv"]

    def test_accents_tell_people_apart_where_they_are_written(self, w):
        w.mate.full_name = "Phạm Quốc Hạ"
        w.mate.save()
        assert self.found(w, "Hà") == ["tnv"]
        assert self.found(w, "Hạ") == ["ban"]
        assert self.found(w, "Ha") == ["tnv", "ban"]

    def test_two_of_one_name_are_both_possible_until_more_is_written(self, w):
        w.mate.full_name = "Trần Minh Hà"
        w.mate.save()
        assert self.found(w, "Hà") == ["tnv", "ban"]
        assert self.found(w, "Minh Hà") == ["ban"]

    def test_a_username_that_is_somebody_elses_given_name_is_asked_about(self, w):
        w.mate.username = "ha"
        w.mate.save()
        assert self.found(w, "ha") == ["ha", "tnv"]

    @pytest.mark.parametrize("name", ["Tuấn", "N.T.Hà", "Thu", "Hà Nguyễn", "Trần Thu Hà", ""])
    def test_nobody_is_guessed(self, w, name):
        assert self.found(w, name) == []


class TestPage:
    """From the file to the draft."""

    @pytest.fixture
    def page(self, w, client):
        client.force_login(w.leader, backend="shifts.backends.UsernameOrPhoneBackend")
        return reverse("roster:roster_import", args=["TTHCC", "2026-11"])

    def upload(self, client, page, data, name="lich.xlsx"):
        return client.post(page, {"file": SimpleUploadedFile(name, data)})

    def confirm(self, client, page, shown, **answers):
        token = shown.context["names"]["token"].value()
        return client.post(page, {"token": token, "act": "confirm", **answers})

    def held(self):
        rows = Assignment.objects.active().order_by("date", "session", "post", "volunteer")
        return [(row.date.day, row.session, row.post.code, row.volunteer.user.username) for row in rows]

    def test_a_file_is_looked_at_and_then_confirmed_as_one_undoable_change(self, w, client, page):
        shown = self.upload(client, page, book([["Ngày", "Tầng 1", "Tầng 2"], ["02/11", "Hà", "Quốc Khánh (sáng)"]]))
        assert shown.status_code == 200
        assert [(found.name, found.person.user) for found in shown.context["recognised"]] == [
            ("Hà", w.volunteer), ("Quốc Khánh", w.mate),
        ]  # fmt: skip
        assert self.held() == []
        assert RosterChange.objects.count() == 0
        done = self.confirm(client, page, shown)
        assert done.url == "/roster/TTHCC/2026-11/"
        assert self.held() == [(2, "chieu", "T1", "tnv"), (2, "sang", "T1", "tnv"), (2, "sang", "T2", "ban")]
        change = RosterChange.objects.get()
        assert (change.kind, change.made_by, change.lines.count()) == ("import", w.leader, 3)
        undo_change(change=last_undoable(w.roster), by=w.leader)
        assert self.held() == []

    def test_only_the_dates_of_the_file_are_replaced_and_what_is_in_both_stays(self, w, client, page):
        duties = [
            Duty(MONDAY, "sang", w.t1, w.volunteer.volunteer, pinned=True),
            Duty(MONDAY, "sang", w.t2, w.leader.volunteer),
            Duty(datetime.date(2026, 11, 3), "sang", w.t1, w.mate.volunteer),
        ]
        change_roster(roster=w.roster, kind="edit", by=w.leader, add=duties)
        rows = [["Ngày", "Tầng 1", "Tầng 2"], ["02/11", "Hà (sáng)", "Quốc Khánh (sáng)"]]
        shown = self.upload(client, page, book(rows))
        plan = shown.context["plan"]
        assert (len(plan.add), len(plan.remove), plan.kept) == (1, 1, 1)
        self.confirm(client, page, shown)
        assert self.held() == [(2, "sang", "T1", "tnv"), (2, "sang", "T2", "ban"), (3, "sang", "T1", "ban")]
        assert Assignment.objects.get(volunteer__user=w.volunteer).pinned is True

    def test_unknown_and_ambiguous_names_are_asked_about_and_nothing_is_written_before(self, w, client, page):
        twin = make_user("ha2", "Trần Minh Hà", team=w.team)
        rows = [["Ngày", "Tầng 1", "Tầng 2", "Tầng 3"], ["02/11", "Hà", "Tuấn", "Hạnh"]]
        shown = self.upload(client, page, book(rows))
        form = shown.context["names"]
        assert [field.label for field in form.questions] == ["Hà", "Tuấn"]
        assert [value for value, _label in form.fields["name_0"].choices] == [
            "", str(w.volunteer.volunteer.pk), str(twin.volunteer.pk), "-",
        ]  # fmt: skip
        refused = self.confirm(client, page, shown, name_0=str(twin.volunteer.pk))
        assert refused.status_code == 422
        assert "Hãy chọn tên này là ai" in refused.content.decode()
        assert self.held() == []
        done = self.confirm(client, page, shown, name_0=str(twin.volunteer.pk), name_1="-")
        assert done.status_code == 302
        assert self.held() == [
            (2, "chieu", "T1", "ha2"), (2, "chieu", "T3", "doitruong"),
            (2, "sang", "T1", "ha2"), (2, "sang", "T3", "doitruong"),
        ]  # fmt: skip

    def test_a_person_from_elsewhere_is_no_answer(self, w, client, page):
        shown = self.upload(client, page, book([["Ngày", "Tầng 1"], ["02/11", "Tuấn"]]))
        refused = self.confirm(client, page, shown, name_0=str(w.stranger.volunteer.pk))
        assert refused.status_code == 422
        assert "Người này không thuộc đội của điểm." in refused.content.decode()

    def test_answers_can_be_looked_at_before_confirming(self, w, client, page):
        shown = self.upload(client, page, book([["Ngày", "Tầng 1"], ["02/11", "Tuấn"]]))
        token = shown.context["names"]["token"].value()
        again = client.post(page, {"token": token, "act": "look", "name_0": str(w.mate.volunteer.pk)})
        assert again.status_code == 200
        assert len(again.context["plan"].add) == 2
        assert self.held() == []

    def test_places_that_break_a_rule_are_said_and_left_out_only_when_that_is_confirmed(self, w, client, page):
        rows = [
            ["Ngày", "Tầng 1", "Tầng 2"],
            ["02/11", "Hải Yến", "Thùy Linh"],
            ["08/11", "Hà", ""],
            ["03/11", "Hà", ""],
        ]
        shown = self.upload(client, page, book(rows))
        assert shown.context["broken"] == [
            "Ô B3: điểm không mở cửa ngày 08/11, nên không nhận Hà.",
            "Hải Yến báo bận ngày 02/11.",
            "Thùy Linh chưa nhận việc ở Tầng 2.",
        ]
        assert self.confirm(client, page, shown).status_code == 422
        assert self.held() == []
        assert self.confirm(client, page, shown, keep_good="on").status_code == 302
        assert self.held() == [(3, "chieu", "T1", "tnv"), (3, "sang", "T1", "tnv")]

    def test_a_person_twice_in_one_session_is_a_broken_rule(self, w, client, page):
        shown = self.upload(client, page, book([["Ngày", "Tầng 1", "Tầng 2"], ["02/11", "Hà", "Hà (sáng)"]]))
        assert shown.context["broken"] == ["Thu Hà đã trực Tầng 1 buổi này ngày 02/11."]

    def test_a_published_roster_takes_no_file(self, w, client, page):
        publish(w.roster, w.leader)
        assert "Tệp chỉ nhập được vào bản nháp" in client.get(page).content.decode()
        refused = self.upload(client, page, book([["Ngày", "Tầng 1"], ["02/11", "Hà"]]))
        assert refused.status_code == 422
        assert self.held() == []

    def test_a_roster_published_after_the_preview_takes_nothing(self, w, client, page):
        shown = self.upload(client, page, book([["Ngày", "Tầng 1"], ["02/11", "Hà"]]))
        publish(w.roster, w.leader)
        assert self.confirm(client, page, shown).status_code == 422
        assert self.held() == []

    def test_a_file_is_imported_once_and_only_by_who_sent_it(self, w, client, page):
        shown = self.upload(client, page, book([["Ngày", "Tầng 1"], ["02/11", "Hà"]]))
        self.confirm(client, page, shown)
        again = client.post(page, {"token": shown.context["names"]["token"].value(), "act": "confirm"}, follow=True)
        assert "Hãy tải tệp lên lại" in again.content.decode()

    @pytest.mark.parametrize("token", ["", "x", "../../etc/passwd", "0" * 32])
    def test_a_made_up_token_leads_nowhere(self, w, client, page, token):
        assert client.post(page, {"token": token, "act": "confirm"}).url == page

    @pytest.mark.parametrize(
        ("data", "name", "sentence"),
        [
            (b"", "lich.xlsx", "Tệp rỗng"),
            (b"   ", "lich.csv", "Tệp rỗng"),
            (b"hello", "lich.xlsx", "không phải tệp Excel"),
            (b"\x00\x01\x02\x03\x04\x05\x06\x07" * 9, "lich.csv", "không phải văn bản CSV"),
            (b"\xd0\xcf\x11\xe0" + bytes(600), "lich.xls", "kiểu cũ"),
            (b"PK\x03\x04 broken", "lich.xlsx", "Tệp bị hỏng"),
            (text([["Ngày", "Tầng 1"], ["05/10/2026", "Hà"]]), "lich.csv", "lịch của tháng 10/2026"),
            (text([["Họ tên"], ["Thu Hà"]]), "lich.csv", "Không thấy ngày nào của tháng 11/2026"),
            (text([["Ngày", "Sân"], ["02/11", "Thu Hà"]]), "lich.csv", "Không hiểu cột “Sân”"),
            (text([["a"]] * 1001), "lich.csv", "hơn 1000 dòng"),
        ],
    )
    def test_a_file_that_is_no_roster_is_refused_with_a_sentence(self, w, client, page, data, name, sentence):
        refused = self.upload(client, page, data, name)
        assert refused.status_code == 422
        assert sentence in refused.content.decode()

    def test_a_hundred_thousand_rows_are_refused_soon(self, w, client, page):
        workbook = Workbook(write_only=True)
        sheet = workbook.create_sheet()
        for _number in range(100_000):
            sheet.append(["02/11"])
        written = io.BytesIO()
        workbook.save(written)
        refused = self.upload(client, page, written.getvalue())
        assert refused.status_code == 422
        assert "hơn 1000 dòng" in refused.content.decode()

    def test_what_unpacks_to_gigabytes_is_refused(self, w, client, page):
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "")
            archive.writestr("xl/worksheets/sheet1.xml", bytes(200_000_000))
        refused = self.upload(client, page, written.getvalue())
        assert refused.status_code == 422
        assert "giải nén ra quá lớn" in refused.content.decode()

    @pytest.mark.parametrize(("who", "status"), [("volunteer", 403), ("stranger", 404)])
    def test_a_member_is_refused_and_a_stranger_finds_nothing(self, w, client, page, who, status):
        client.force_login(getattr(w, who), backend="shifts.backends.UsernameOrPhoneBackend")
        assert client.get(page).status_code == status
        assert self.upload(client, page, book([["Ngày", "Tầng 1"], ["02/11", "Hà"]])).status_code == status

    def test_a_month_beyond_the_calendar_is_not_found(self, w, client, page):
        assert client.get("/roster/TTHCC/9999-12/import/").status_code == 404
        assert "/roster/TTHCC/0001-01/" in client.get("/roster/TTHCC/0001-01/import/").content.decode()
        assert Roster.objects.count() == 1


def test_a_file_of_an_empty_sheet_is_refused(w):
    with pytest.raises(FileRefused, match="không có ô nào có chữ"):
        read_roster_file(book([]), "", MONTH, [w.t1])
