"""Importing procedures, from the command and in the admin."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from assistance.models import DossierCodePattern, Procedure
from tests.shifts.test_imports import rows_of, xlsx

HEADERS = ["Mã", "Tên", "Lĩnh vực", "Sở, ngành", "Mức hiện nay", "Trang chính thức", "Có hiệu lực từ"]
# Row of the file: (column, faulty value, what the reason says).
FAULTS = {
    7: ("Tên", "x" * 5000, "500"),
    30: ("Sở, ngành", "KHONGCO", "không có sở, ngành “KHONGCO”"),
    77: ("Mức hiện nay", "mức 9", "không có mức dịch vụ “mức 9”"),
    120: ("Trang chính thức", "không phải địa chỉ", "URL"),
    169: ("Có hiệu lực từ", "31/02/2024", "không đọc được ngày “31/02/2024”"),
}


def procedures(faults=()):
    """168 rows, those of `faults` (by row of the file) with one cell spoiled."""
    rows = []
    for at in range(168):
        url = f"https://dichvucong.gov.vn/thu-tuc/{at}"
        row = [f"3.{at:06d}", f"Cấp giấy phép số {at}", "Hộ tịch", "STP", "toàn trình", url, "01/06/2024"]
        if at + 2 in faults:
            column, value, _reason = FAULTS[at + 2]
            row[HEADERS.index(column)] = value
        rows.append(row)
    return rows


@pytest.fixture
def run_import(tmp_path, capsys):
    def run(data, *options, name="thu-tuc.xlsx"):
        path = tmp_path / name
        path.write_bytes(data)
        try:
            call_command("import", "procedures", str(path), *options, verbosity=0)
        except CommandError as error:
            return f"{capsys.readouterr().out}! {error}"
        return capsys.readouterr().out

    return run


def test_168_procedures_come_in_from_one_file(world, run_import):
    before = Procedure.objects.count()
    assert run_import(xlsx(HEADERS, procedures())) == "Mới 168, sửa 0, giữ nguyên 0, lỗi 0.\n"
    assert Procedure.objects.count() == before + 168
    procedure = Procedure.objects.get(code="3.000005")
    assert (procedure.department.code, procedure.level.code) == ("STP", "full")
    assert Procedure.objects.search("cap giay phep so 5").first() == procedure


def test_with_five_planted_faults_none_of_168_is_stored_and_each_fault_is_told(world, run_import):
    before = list(Procedure.objects.all())
    printed = run_import(xlsx(HEADERS, procedures(FAULTS)))
    assert "Mới 163, sửa 0, giữ nguyên 0, lỗi 5." in printed
    for row, (column, _value, reason) in FAULTS.items():
        [line] = [line for line in printed.splitlines() if line.startswith(f"Dòng {row}, cột {column.lower()}: ")]
        assert reason in line
    assert list(Procedure.objects.all()) == before


def test_keep_good_stores_163_and_the_failed_file_holds_the_other_five(world, run_import, tmp_path):
    before, failed = Procedure.objects.count(), tmp_path / "loi.xlsx"
    run_import(xlsx(HEADERS, procedures(FAULTS)), "--keep-good", "--failed", str(failed))
    assert Procedure.objects.count() == before + 163
    header, *rows = rows_of(failed.read_bytes())
    assert header == [*HEADERS, "Dòng trong tệp", "Lý do"]
    assert [row[7] for row in rows] == list(FAULTS)
    for row, (column, value, reason) in zip(rows, FAULTS.values(), strict=True):
        assert row[HEADERS.index(column)] == value
        assert row[8].startswith(column) and reason in row[8]


def test_the_failed_file_is_taken_again_once_mended(world, run_import, tmp_path):
    failed = tmp_path / "loi.xlsx"
    run_import(xlsx(HEADERS, procedures(FAULTS)), "--keep-good", "--failed", str(failed))
    header, *rows = rows_of(failed.read_bytes())
    mended = {row[0]: row for row in procedures()}
    again = xlsx(header, [mended[row[0]] + row[7:] for row in rows])
    printed = run_import(again)
    assert printed == "Mới 5, sửa 0, giữ nguyên 0, lỗi 0.\nKhông dùng các cột: Dòng trong tệp, Lý do.\n"


@pytest.mark.parametrize(
    ("cell", "code"), [(2.00161, "2.001610"), (2001610, "2.001610"), ("1.010123.000.00.H49", "1.010123.000.00.H49")]
)
def test_a_code_that_excel_made_a_number_gets_its_zeros_back(world, run_import, cell, code):
    assert "Mới 1" in run_import(xlsx(["code", "name"], [[cell, "Cấp hộ chiếu"]]))
    assert Procedure.objects.get(name="Cấp hộ chiếu").code == code


@pytest.mark.parametrize("cell", [2, 12.5, 123, True])
def test_a_code_of_which_too_much_is_lost_is_refused(world, run_import, cell):
    assert "Dòng 2, cột mã: mã phải là chữ" in run_import(xlsx(["code", "name"], [[cell, "Cấp hộ chiếu"]]))


def test_emoji_and_formulas_are_kept_as_the_text_they_are(world, run_import, tmp_path):
    row = ["3.000001", "Thủ tục 😀", "=1+1"]
    assert "Mới 1" in run_import("code;name;bring\n3.000001;Thủ tục 😀;'=1+1\n".encode(), name="a.csv")
    assert list(Procedure.objects.filter(code="3.000001").values_list("code", "name", "bring")) == [tuple(row)]


@pytest.mark.parametrize("pattern", ["(", "a{9999999999}", "*"])
def test_code_pattern_that_does_not_work_is_refused_in_the_admin(world, pattern):
    with pytest.raises(ValidationError) as refused:
        DossierCodePattern(name="Mẫu lạ", pattern=pattern, example="0001").full_clean()
    assert list(refused.value.message_dict) == ["pattern"]
