"""Reading files, and importing units, users and volunteers."""

import csv
import datetime
import io
import unicodedata
import zipfile

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from shifts.imports import known
from shifts.imports.reading import FileRefused, read_table
from shifts.models import Assignment, Leave, Post, Role, Roster, Site, Team, Unit, User, Volunteer

START = datetime.date(2020, 1, 1)
UNIT_HEADERS = ["Mã", "Tên", "Cấp", "Loại", "Thuộc", "Có hiệu lực từ", "Hết hiệu lực từ"]


def xlsx(headers, rows, change=None):
    """Return an XLSX of these rows; `change` may touch the sheet before it is written."""
    book = openpyxl.Workbook()
    book.active.append(headers)
    for row in rows:
        book.active.append(row)
    if change:
        change(book.active)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def rows_of(data):
    """Return the cells of an XLSX as lists."""
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)]


@pytest.fixture
def province(db):
    return Unit.objects.create(code="22", name="Tỉnh Quảng Ninh", level="province", kind="tỉnh", valid_from=START)


@pytest.fixture
def team(province):
    site = Site.objects.create(code="TTHCC", name="Trung tâm", short_name="TTHCC", unit=province)
    for floor in (1, 2, 3):
        Post.objects.create(site=site, code=f"T{floor}", name=f"Tầng {floor}", position=floor)
    return Team.objects.create(code="TINH", name="Đội hình cấp tỉnh", unit=province, home_site=site)


@pytest.fixture
def run_import(tmp_path, capsys):
    """Import bytes by the command and return what it printed; a refusal is the last line."""

    def run(resource, data, *options, name="file.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        out = io.StringIO()
        try:
            call_command("import", resource, str(path), *options, stdout=out, verbosity=0)
        except CommandError as error:
            out.write(f"! {error}")
        return out.getvalue()

    return run


# reading


def test_a_renamed_zip_is_refused_with_a_sentence():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("danh-sach.txt", "hello")
    with pytest.raises(FileRefused, match="tệp nén ZIP"):
        read_table(written.getvalue(), "danh-sach.xlsx")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Tệp rỗng"),
        (b"PK\x03\x04 broken", "Tệp bị hỏng"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "có mật khẩu"),
        (b"\xd0\xcf\x11\xe0 Workbook", "kiểu cũ"),
        (b"just text", "không phải tệp Excel"),
        (b"x" * (5 * 1024 * 1024 + 1), "lớn hơn 5 MB"),
    ],
)
def test_what_is_no_workbook_is_refused_with_a_sentence(data, sentence):
    with pytest.raises(FileRefused, match=sentence):
        read_table(data, "file.xlsx")


def test_a_zip_with_the_names_of_a_workbook_but_nothing_in_it_is_refused():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(FileRefused, match="Không đọc được tệp Excel"):
        read_table(written.getvalue(), "file.xlsx")


def test_a_workbook_that_unpacks_to_a_flood_is_refused():
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 200_000_000)
    with pytest.raises(FileRefused, match="giải nén ra quá lớn"):
        read_table(written.getvalue(), "file.xlsx")


def test_the_command_takes_larger_files_than_a_page(db, run_import):
    lines = "".join(f"u{at},Tên {at},{'x' * 100_000}\n" for at in range(60))
    data = f"username,full_name,ghi chú\n{lines}".encode()
    assert len(data) > 5 * 1024 * 1024
    assert "Mới 60" in run_import("users", data, name="users.csv")


def test_merged_cells_are_refused_naming_the_row():
    data = xlsx(["Mã", "Tên"], [["01", "A"], ["02", None]], lambda sheet: sheet.merge_cells("A3:B3"))
    with pytest.raises(FileRefused, match="Dòng 3: các ô A3:B3 đang bị gộp"):
        read_table(data)


def test_a_hundred_thousand_empty_rows_do_not_matter():
    def stretch(sheet):
        for row in range(3, 100_003):
            sheet.cell(row, 1).number_format = "@"

    table = read_table(xlsx(["Mã", "Tên"], [["01", "A"]], stretch))
    assert table.rows == [(2, ["01", "A"])]


def test_rows_keep_the_number_they_have_in_the_file():
    table = read_table(xlsx(["Mã"], [["01"], [None], [" "], ["02"]]))
    assert table.rows == [(2, ["01"]), (5, ["02"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1258"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_is_read_whatever_its_encoding_and_separator(encoding, separator):
    text = f"mã{separator}tên\r\n06652{separator}Phường Hà Tu, Hòa Bình; Đông Triều\r\n".replace(
        "Phường Hà Tu, Hòa Bình; Đông Triều", '"Phường Hà Tu, Hòa Bình; Đông Triều"'
    )
    data = as_1258(text) if encoding == "cp1258" else text.encode(encoding)
    table = read_table(data, "units.csv")
    assert table.headers == ["mã", "tên"]
    assert table.rows == [(2, ["06652", "Phường Hà Tu, Hòa Bình; Đông Triều"])]


def as_1258(text):
    """Encode as Windows does: letters with hat or horn as one, most tones as marks that follow."""
    written = b""
    for char in text:
        try:
            written += char.encode("cp1258")
        except UnicodeEncodeError:
            parts = unicodedata.normalize("NFD", char)
            tones = [part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323"]
            base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
            written += (base + "".join(tones)).encode("cp1258")
    return written


def test_an_open_quote_is_refused_naming_the_row():
    with pytest.raises(FileRefused, match="dấu nháy kép"):
        read_table(b'code,name\n01,"A\n02,B\n', "units.csv")


def test_a_file_with_headers_only_is_refused():
    with pytest.raises(FileRefused, match="chưa có dòng dữ liệu"):
        read_table(xlsx(["Mã", "Tên"], []))


# units


def test_each_app_registers_its_own():
    assert list(known()) == ["leave", "outreach", "procedures", "unit_totals", "units", "users", "volunteers"]


def test_an_unknown_resource_lists_the_known(run_import, db):
    assert "leave, outreach, procedures, unit_totals, units, users, volunteers" in run_import("cats", b"x")


def test_units_come_with_parents_of_the_same_file_and_codes_keep_their_zeros(province, run_import):
    rows = [
        ["193", "Thành phố Hạ Long", "cấp huyện", "thành phố", 22, datetime.date(2020, 1, 1), "01/07/2025"],
        [6652, "Phường Hà Phong", "xã", "phường", "193", "01/01/2020", 45839],
    ]
    printed = run_import("units", xlsx(UNIT_HEADERS, rows))
    assert printed == "Mới 2, sửa 0, giữ nguyên 0, lỗi 0.\n"
    ward = Unit.objects.get(code="06652")
    assert (ward.parent.code, ward.valid_from, ward.valid_until) == ("193", START, datetime.date(2025, 7, 1))
    assert ward.path == f"{province.pk}.{ward.parent.pk}.{ward.pk}."


def test_the_same_file_again_changes_nothing(province, run_import):
    data = xlsx(UNIT_HEADERS, [["193", "Hạ Long", "district", "thành phố", "22", "24/02/2020", None]])
    run_import("units", data)
    assert run_import("units", data) == "Mới 0, sửa 0, giữ nguyên 1, lỗi 0.\n"


def test_an_english_header_is_taken_as_well(province, run_import):
    data = b"code;name;level;kind;parent_code;valid_from\n193;H\xe1\xba\xa1 Long;district;city;22;2020-02-24\n"
    assert "Mới 1" in run_import("units", data, name="units.csv")
    assert Unit.objects.get(code="193").valid_from == datetime.date(2020, 2, 24)


def test_wrong_headers_are_refused_naming_the_missing_columns(province, run_import):
    printed = run_import("units", xlsx(["Ký hiệu", "Tên"], [["193", "Hạ Long"]]))
    assert printed.startswith("! Thiếu cột: mã (code), cấp (level), loại (kind), có hiệu lực từ (valid_from).")


def test_a_column_that_comes_twice_is_refused(province, run_import):
    assert "có hai lần" in run_import("units", xlsx([*UNIT_HEADERS, "TÊN"], [["193"]]))


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (["194", "x" * 5000, "huyện", "huyện", "22", "24/02/2020"], "Dòng 2, cột tên: "),
        (["194", "A", "làng", "huyện", "22", "24/02/2020"], "Dòng 2, cột cấp: không có lựa chọn “làng”"),
        (["194", "A", "huyện", "huyện", "99", "24/02/2020"], "Dòng 2, cột thuộc (mã): không có đơn vị cấp trên “99”"),
        (["194", "A", "tỉnh", "tỉnh", "22", "24/02/2020"], "không phải đơn vị cấp trên"),
        (["194", "A", "huyện", "huyện", "22", "31/02/2020"], "không đọc được ngày “31/02/2020”"),
        (["194", "A", "huyện", "huyện", "22", "02/24/2020"], "không đọc được ngày “02/24/2020”"),
        (["194", "A", "huyện", "huyện", "22", -5], "không đọc được ngày “-5”"),
        (["194", "A", "huyện", "huyện", "22", 10**12], "không đọc được ngày"),
        (["194", "A", "huyện", "huyện", "22", None], "Dòng 2, cột có hiệu lực từ: không được để trống"),
        ([19.5, "A", "huyện", "huyện", "22", "24/02/2020"], "Dòng 2, cột mã: mã phải là chữ"),
        (["194", datetime.date(2020, 1, 1), "huyện", "huyện", "22", "24/02/2020"], "ô chứa ngày giờ"),
        (["194", "#N/A", "huyện", "huyện", "22", "24/02/2020"], "#N/A"),
        (["194", "A", "huyện", "huyện", "22", "24/02/2020", "23/02/2020"], "Ngày hết hiệu lực phải sau"),
        (["194", "A", "huyện", "huyện", "22", "24/02/2020", None, "thừa"], "nhiều ô hơn số cột"),
        (["", "A", "huyện", "huyện", "22", "24/02/2020"], "Dòng 2, cột mã: "),
        (["1" * 11, "A", "huyện", "huyện", "22", "24/02/2020"], "Dòng 2, cột mã: "),
    ],
)
def test_a_faulty_cell_is_told_by_row_and_column_and_nothing_is_stored(province, run_import, row, sentence):
    good = ["193", "Hạ Long", "huyện", "thành phố", "22", "24/02/2020"]
    printed = run_import("units", xlsx(UNIT_HEADERS, [row, good]))
    assert sentence in printed
    assert "lỗi 1" in printed
    assert "Chưa lưu dòng nào" in printed
    assert list(Unit.objects.all()) == [province]


def test_a_null_byte_is_told_by_row_and_column(province, run_import):
    data = b"code,name,level,kind,parent_code,valid_from\n193,H\x00L,district,x,22,2020-02-24\n"
    assert "Dòng 2, cột tên: có ký tự điều khiển" in run_import("units", data, name="units.csv")


def test_two_rows_with_one_key_are_refused(province, run_import):
    row = ["193", "Hạ Long", "huyện", "thành phố", "22", "24/02/2020"]
    assert "Dòng 3, cột mã: trùng với dòng 2" in run_import("units", xlsx(UNIT_HEADERS, [row, row]))


# users and volunteers

PEOPLE_HEADERS = ["Tên đăng nhập", "Họ và tên", "Điện thoại", "Email", "Đội hình", "Vị trí trực được", "Vào đội"]
GIVEN_NAMES = (
    "An Bình Châu Dũng Đạt Giang Hà Hải Hạnh Hòa Hùng Khánh Lan "
    "Linh Long Mai Minh Nam Ngọc Oanh Phúc Quân Sơn Thảo Uyên"
)


def twenty_five():
    return [
        [f"tnv{at:02d}", f"Nguyễn Thị {name}", 912345600 + at, f"tnv{at}@example.vn", "TINH", "T1, T2", "24/02/2020"]
        for at, name in enumerate(GIVEN_NAMES.split(), 1)
    ]


def test_25_volunteers_come_in_from_one_file_with_their_logins_and_links(team, run_import, tmp_path, client):
    links = tmp_path / "links.xlsx"
    printed = run_import("volunteers", xlsx(PEOPLE_HEADERS, twenty_five()), "--links", str(links))
    assert printed.startswith("Mới 25, sửa 0, giữ nguyên 0, lỗi 0.\n")
    assert Volunteer.objects.filter(team=team).count() == 25
    first = User.objects.get(username="tnv01")
    assert (first.full_name, first.phone, first.first_login_done) == ("Nguyễn Thị An", "0912345601", False)
    assert not first.has_usable_password()
    assert [post.code for post in first.volunteer.posts.all()] == ["T1", "T2"]
    assert first.volunteer.joined == datetime.date(2020, 2, 24)
    assert [(role.kind, role.team) for role in first.roles.all()] == [("volunteer", team)]
    handed_out = rows_of(links.read_bytes())
    assert len(handed_out) == 26
    assert handed_out[1][:3] == ["Nguyễn Thị An", "tnv01", "0912345601"]
    assert handed_out[1][3].startswith("http://127.0.0.1:8000/accounts/first/")
    assert len({row[3] for row in handed_out}) == 26


def test_a_second_file_updates_the_known(team, run_import):
    run_import("volunteers", xlsx(PEOPLE_HEADERS, twenty_five()))
    rows = twenty_five()
    rows[3][1], rows[4][5] = "Trần Văn Dũng", "T3"
    printed = run_import("volunteers", xlsx(PEOPLE_HEADERS, rows))
    assert printed == "Mới 0, sửa 2, giữ nguyên 23, lỗi 0.\n"
    assert User.objects.get(username="tnv04").full_name == "Trần Văn Dũng"
    assert [post.code for post in Volunteer.objects.get(user__username="tnv05").posts.all()] == ["T3"]


@pytest.mark.parametrize(
    ("at", "value", "sentence"),
    [
        (0, "tnv 05!", "cột tên đăng nhập: "),
        (0, "", "cột tên đăng nhập: "),
        (0, "tnv01", "cột tên đăng nhập: trùng với dòng 2"),
        (1, "", "cột họ và tên: "),
        (2, "12345", "cột điện thoại: Số điện thoại có 10 chữ số"),
        (2, "0912345601", "cột điện thoại: "),
        (3, "không phải thư", "cột email: "),
        (4, "LẠ", "cột đội hình: không có đội hình “LẠ”"),
        (4, "", "cột đội hình: chưa có mã đội hình"),
        (5, "T9", "cột vị trí trực được: không có vị trí trực “T9”"),
        (6, "hôm qua", "cột vào đội: không đọc được ngày “hôm qua”"),
    ],
)
def test_a_faulty_volunteer_leaves_no_login_behind_even_when_the_good_are_kept(team, run_import, at, value, sentence):
    rows = twenty_five()[:5]
    rows[4][at] = value
    printed = run_import("volunteers", xlsx(PEOPLE_HEADERS, rows), "--keep-good")
    assert f"Dòng 6, {sentence}" in printed
    assert "Đã lưu các dòng đúng; 1 dòng lỗi chưa được lưu." in printed
    assert User.objects.count() == Volunteer.objects.count() == 4
    assert Role.objects.count() == 4


def test_a_volunteer_of_another_unit_is_refused(team, run_import):
    Unit.objects.create(code="193", name="Hạ Long", level="district", kind="huyện", valid_from=START)
    row = ["tnv01", "Nguyễn An", "TINH", "193"]
    printed = run_import("volunteers", xlsx(["username", "full_name", "team", "unit"], [row]))
    assert "Dòng 2, cột đơn vị: đội hình “TINH” thuộc đơn vị khác" in printed


def test_moving_to_another_team_ends_the_role_in_the_old(team, province, run_import):
    other = Team.objects.create(code="HL", name="Đội Hạ Long", unit=province)
    run_import("volunteers", xlsx(["username", "full_name", "team"], [["tnv01", "Nguyễn An", "TINH"]]))
    run_import("volunteers", xlsx(["username", "full_name", "team"], [["tnv01", "Nguyễn An", "HL"]]))
    assert [role.team for role in Role.objects.on()] == [other]


def test_users_come_in_without_a_volunteer_and_without_a_password(db, run_import):
    written = io.StringIO()
    csv.writer(written, delimiter=";").writerows(
        [["username", "full_name", "phone", "is_active"], ["canbo1", "Lê Thị Hoà", "+84 912 345 678", ""]]
    )
    assert "Mới 1" in run_import("users", written.getvalue().encode(), name="users.csv")
    user = User.objects.get()
    assert (user.phone, user.is_active, user.is_staff, user.has_usable_password()) == ("0912345678", True, False, False)


def test_volunteers_come_in_with_every_column_of_the_list(team, run_import):
    headers = ["username", "full_name", "phone", "email", "unit", "team", "posts"]
    headers += ["max_per_week", "max_per_month", "joined", "left", "experienced"]
    row = ["tnv01", "Nguyễn An", "0912 345 678", "an@example.vn", "22", "TINH", "T1,T3", 2, 8]
    row += ["01/03/2026", "01/03/2027", "có"]
    assert run_import("volunteers", xlsx(headers, [row])) == "Mới 1, sửa 0, giữ nguyên 0, lỗi 0.\n"
    person = Volunteer.objects.get()
    assert [post.code for post in person.posts.all()] == ["T1", "T3"]
    assert (person.max_per_week, person.max_per_month, person.experienced) == (2, 8, True)
    assert (person.joined, person.left) == (datetime.date(2026, 3, 1), datetime.date(2027, 3, 1))
    assert run_import("volunteers", xlsx(headers, [row])) == "Mới 0, sửa 0, giữ nguyên 1, lỗi 0.\n"


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("max_per_week", -1, "cột tối đa ngày trực mỗi tuần: cần một số nguyên không âm"),
        ("max_per_month", "nhiều", "cột tối đa ngày trực mỗi tháng: cần một số nguyên không âm"),
        ("left", "24/02/2020", "Ngày rời đội phải sau ngày vào đội."),
        ("experienced", "tạm", "cột đã quen việc: không hiểu “tạm”"),
    ],
)
def test_a_faulty_limit_or_date_of_a_volunteer_is_named(team, run_import, column, value, sentence):
    headers = ["username", "full_name", "team", "joined", column]
    printed = run_import("volunteers", xlsx(headers, [["tnv01", "Nguyễn An", "TINH", "24/02/2020", value]]))
    assert sentence in printed
    assert not Volunteer.objects.exists()


# leave

LEAVE_HEADERS = ["username", "date_from", "date_to", "session", "reason"]


@pytest.fixture
def an(team):
    user = User.objects.create(username="an", full_name="Nguyễn Văn An")
    return Volunteer.objects.create(user=user, team=team)


def test_leave_comes_in_for_days_and_for_one_session(an, run_import):
    rows = [["an", "01/12/2026", "03/12/2026", "", "Thi học kỳ"], ["an", "2026-12-07", "2026-12-07", "sang", ""]]
    assert run_import("leave", xlsx(LEAVE_HEADERS, rows)) == "Mới 2, sửa 0, giữ nguyên 0, lỗi 0.\n"
    stored = Leave.objects.values_list("volunteer", "date_from", "date_to", "session", "reason")
    assert list(stored) == [
        (an.pk, datetime.date(2026, 12, 1), datetime.date(2026, 12, 3), "", "Thi học kỳ"),
        (an.pk, datetime.date(2026, 12, 7), datetime.date(2026, 12, 7), "sang", ""),
    ]
    assert run_import("leave", xlsx(LEAVE_HEADERS, rows)) == "Mới 0, sửa 0, giữ nguyên 2, lỗi 0.\n"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (["la", "01/12/2026", "01/12/2026"], "Dòng 2, cột tên đăng nhập: không có tình nguyện viên “la”"),
        (["", "01/12/2026", "01/12/2026"], "Dòng 2, cột tên đăng nhập: không được để trống"),
        (["an", "03/12/2026", "01/12/2026"], "Dòng 2, cột đến hết ngày: ngày cuối không được trước ngày đầu"),
        (["an", "01/12/2026", "01/12/2062"], "Dòng 2, cột đến hết ngày: báo bận dài nhất 366 ngày"),
        (["an", "01/12/2026", "01/12/2026", "đêm"], "Dòng 2, cột buổi: không có lựa chọn “đêm”; các lựa chọn: sáng"),
        (["an", "32/12/2026", "01/12/2026"], "Dòng 2, cột từ ngày: không đọc được ngày “32/12/2026”"),
        (["an", "10/12/2026", "10/12/2026"], "chồng lên báo bận đã có của bạn này: 09/12/2026 – 11/12/2026 (cả ngày)"),
        (["an", "21/12/2026", "22/12/2026"], "chồng lên báo bận đã có của bạn này: 21/12/2026 (sáng)"),
        (["an", "21/12/2026", "21/12/2026", "sang", "x" * 121], "Dòng 2, cột lý do: "),
    ],
)
def test_a_faulty_leave_is_told_and_nothing_is_stored(an, run_import, row, sentence):
    Leave.objects.create(volunteer=an, date_from="2026-12-09", date_to="2026-12-11")
    Leave.objects.create(volunteer=an, date_from="2026-12-21", date_to="2026-12-21", session="sang")
    printed = run_import("leave", xlsx(LEAVE_HEADERS, [row, ["an", "01/11/2026", "01/11/2026"]]))
    assert sentence in printed
    assert Leave.objects.count() == 2


def test_leave_that_was_taken_back_or_is_of_the_other_session_is_not_in_the_way(an, run_import):
    Leave.objects.create(volunteer=an, date_from="2026-12-01", date_to="2026-12-09", withdrawn_at="2026-11-01T00:00Z")
    Leave.objects.create(volunteer=an, date_from="2026-12-02", date_to="2026-12-02", session="sang")
    assert "Mới 1" in run_import("leave", xlsx(LEAVE_HEADERS, [["an", "01/12/2026", "03/12/2026", "chiều"]]))


def test_two_rows_of_one_file_that_overlap_are_told(an, run_import):
    rows = [["an", "01/12/2026", "03/12/2026"], ["an", "03/12/2026", "04/12/2026"]]
    printed = run_import("leave", xlsx(LEAVE_HEADERS, rows))
    assert "Dòng 3, cột từ ngày: chồng lên báo bận đã có của bạn này: 01/12/2026 – 03/12/2026 (cả ngày)" in printed
    assert not Leave.objects.exists()


def test_leave_over_published_duties_comes_in_and_names_them(an, run_import):
    site = Site.objects.get()
    published = {"state": "published", "version": 1, "published_at": "2099-01-20T00:00Z"}
    for month, fields in [("2099-02-01", published), ("2099-03-01", {})]:
        roster = Roster.objects.create(site=site, month=month, **fields)
        for session in ("sang", "chieu"):
            Assignment.objects.create(roster=roster, date=month, session=session, post=site.posts.first(), volunteer=an)
    printed = run_import("leave", xlsx(LEAVE_HEADERS, [["an", "01/02/2099", "31/03/2099"]]))
    assert printed == (
        "Lưu ý. Dòng 2: Nguyễn Văn An vẫn có ca đã công bố: Chủ nhật 01/02 (Tầng 1, sáng và chiều)\n"
        "Mới 1, sửa 0, giữ nguyên 0, lỗi 0.\n"
    )
