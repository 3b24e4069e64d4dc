"""/reports/table/ and /reports/table/<slug>/: who may see what, bad addresses, and every format."""

import csv
import datetime
import io
import re

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from reports.models import TableColumn, TableDefinition
from shifts.models import Role

from .makers import OCTOBER, client_of, commune, counted, definition_of, told

pytestmark = pytest.mark.django_db
ADDRESS = "/reports/table/thu/"
MONTH = {"period": "2026-10"}


def get(user, address=ADDRESS, **query):
    return client_of(user).get(address, query)


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def filled(world):
    """Two communes with numbers, a total and a definition of many kinds of columns."""
    world.hong_gai = commune(world, "06691", "Phường Hồng Gai")
    world.hoa_binh = commune(world, "07045", "Xã Hòa Bình")
    counted(world, 1234, "reached")
    counted(world, 21, "guided", unit=world.hong_gai)
    counted(world, 7, "guided", unit=world.hoa_binh, audience="youth")
    counted(world, 40, "dossiers_full", unit=world.hoa_binh)
    counted(world, 100, "dossiers_full", unit=world.hoa_binh, date=datetime.date(2026, 2, 3))
    told(world, world.hong_gai, guided_citizen=100, leaflets=500, remarks="=1+1 mạng yếu")
    definition_of(
        ("teams", "Lực lượng", ""), ("volunteers", "Lực lượng", ""), "reached", ("guided_citizen", "Hướng dẫn", ""),
        ("guided_youth", "Hướng dẫn", ""), ("dossiers", "Hồ sơ", "Kỳ này"), ("dossiers/year", "Hồ sơ", "Lũy kế"),
        ("dossiers/target", "Hồ sơ", "Chỉ tiêu"), "leaflets", "hours", "remarks", level="commune",
    )  # fmt: skip
    return world


def test_table_answers_first_and_shows_every_row_and_the_sums(filled):
    response = get(filled.leadership, **MONTH)
    text = text_of(response)
    assert response.status_code == 200
    assert "Tháng 10/2026: 1.234 lượt tuyên truyền, 128 lượt hướng dẫn, 40 hồ sơ" in text
    assert [row.label for row in response.context["table"].rows] == [
        "Tỉnh Quảng Ninh (cấp tỉnh)", "Thành phố Hạ Long (cấp huyện)", "Xã Hòa Bình", "Phường Hồng Gai",
    ]  # fmt: skip
    assert [cell.value for cell in response.context["table"].sums[2:9]] == [1234, 121, 7, 40, 140, None, 500]


def test_screen_workbook_csv_and_paper_say_the_same(filled):
    table = get(filled.leadership, **MONTH).context["table"]
    values = [[cell.value for cell in row.cells] for row in table.rows]
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(get(filled.leadership, **MONTH, format="xlsx").content)
    ).get_sheet_by_index(0).to_python()  # fmt: skip
    at = next(number for number, row in enumerate(sheet) if row[1] == table.rows[0].label)
    in_book = [[None if cell == "" else cell for cell in row[2:]] for row in sheet[at : at + 4]]
    assert in_book == [[None if value in (None, "") else value for value in row] for row in values]
    rows = list(csv.reader(io.StringIO(get(filled.leadership, **MONTH, format="csv").content.decode("utf-8-sig"))))
    assert rows[0][:5] == ["STT", "Đơn vị", "Lực lượng: Số đội", "Lực lượng: Số TNV", "Lượt tuyên truyền"]
    assert rows[1][:5] == ["1", "Tỉnh Quảng Ninh (cấp tỉnh)", "1", "3", "1234"]
    assert rows[4][-1] == "'=1+1 mạng yếu"
    assert rows[5][:11] == ["", "Tổng cộng", "2", "4", "1234", "121", "7", "40", "140", "", "500"]
    pdf = pypdf.PdfReader(io.BytesIO(get(filled.leadership, **MONTH, format="pdf").content))
    printed = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert "Tổng cộng 2 4 1.234 121 7 40 140 500 0" in printed
    assert "ĐOÀN TNCS HỒ CHÍ MINH" in printed and "TỈNH ĐOÀN QUẢNG NINH" in printed


def test_workbook_reckons_to_what_it_shows(filled):
    """Read by another library than the one that wrote it: each SUM, added up again, is the value beside it."""
    import openpyxl

    data = get(filled.leadership, **MONTH, format="xlsx").content
    formulas = openpyxl.load_workbook(io.BytesIO(data)).active
    values = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    found = {}
    for row in formulas.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and (sums := re.fullmatch(r"=SUM\(([A-Z]+)(\d+):\1(\d+)\)", cell.value)):
                first, last, column = int(sums[2]), int(sums[3]), cell.column - 1
                reckoned = sum(values[at - 1][column] or 0 for at in range(first, last + 1))
                found[cell.coordinate] = (reckoned, values[cell.row - 1][column])
    assert len(found) == 9
    assert all(reckoned == shown for reckoned, shown in found.values()), found
    assert formulas.freeze_panes == "C9"
    remark = next(cell for row in formulas.iter_rows() for cell in row if "mạng yếu" in str(cell.value))
    assert remark.data_type == "s"  # typed by somebody, not a formula


def test_text_for_the_chat_is_short(filled):
    text = get(filled.leadership, **MONTH, format="txt").content.decode()
    assert text.startswith("BẢNG THỬ\nTỉnh Quảng Ninh: Tháng 10/2026: 1.234 lượt tuyên truyền")
    assert "- Hướng dẫn: Người dân: 121\n" in text and "Phường Hồng Gai" not in text
    assert "Bảng đầy đủ: http://testserver/reports/table/thu/?period=2026-10" in text


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [("period=2026-11-24", "2026-11-24", "2026-11-24"), ("period=2026-W47", "2026-11-16", "2026-11-22"),
     ("period=2026-11", "2026-11-01", "2026-11-30"), ("period=2026-Q4", "2026-10-01", "2026-12-31"),
     ("period=2026-H2", "2026-07-01", "2026-12-31"), ("period=2026", "2026-01-01", "2026-12-31"),
     ("from=2026-02-03&to=2026-05-06", "2026-02-03", "2026-05-06"), ("from=03/02/2026&to=06/05/2026", "2026-02-03",
      "2026-05-06"), ("from=2026-02-01&to=2026-02-28", "2026-02-01", "2026-02-28")],
)  # fmt: skip
def test_period_is_read_from_the_address(world, query, first, last):
    definition_of("visits")
    response = client_of(world.leadership).get(f"{ADDRESS}?{query}")
    assert response.status_code == 200
    assert [f"{day}" for day in response.context["table"].period[:2]] == [first, last]


@pytest.mark.parametrize(
    ("query", "said"),
    [("from=2026-05-01&to=2026-02-01", "đứng trước ngày đầu kỳ"), ("from=1026-01-01&to=2026-01-01", "Năm phải từ 2000"),
     ("from=2001-01-01&to=2099-01-01", "nhiều nhất 11 năm"), ("period=9999", "các năm 2000 đến 2100"),
     ("period=2026-13", "Không đọc được kỳ"), ("period=2026-W54", "Không đọc được kỳ"),
     ("period=0000-01", "các năm 2000 đến 2100"),
     ("period=%00", "không đọc được"), ("from=31/02/2026", "Không đọc được ngày"), ("to=9999-12-31", "Năm phải từ"),
     ("unit=99999", "Không có đơn vị này"), ("unit=%00", "không đọc được"), ("unit=22@x", "Không có đơn vị này"),
     ("format=docx", "Chọn một trong"), ("as=later", "Chọn một trong"), ("team=XX", "Không có đội hình này"),
     (f"period={'9' * 300}", "Dài quá"), (f"unit={'9' * 300}", "Dài quá")],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["", "&format=pdf"])
def test_what_cannot_be_is_refused_with_a_sentence(world, query, said, ending):
    definition_of("visits")
    if "format" in query and ending:
        return
    response = client_of(world.leadership).get(f"{ADDRESS}?{query}{ending}")
    assert response.status_code == 422
    assert said in text_of(response)


def test_unknown_table_is_not_found_and_one_without_columns_is_refused(world):
    assert get(world.leadership, "/reports/table/khong-co/").status_code == 404
    assert get(world.leadership, "/reports/table/%00/").status_code == 404
    definition_of()
    for format in ("html", "xlsx", "csv", "pdf", "txt", "print"):
        response = get(world.leadership, format=format)
        assert response.status_code == 422
        assert "chưa có cột nào" in text_of(response)


def test_definition_of_other_days_or_of_columns_that_cannot_be_is_refused(world):
    definition_of("visits", valid_from=datetime.date(2026, 11, 1))
    response = get(world.leadership, **MONTH)
    assert response.status_code == 422 and "chỉ dùng từ 01/11/2026" in text_of(response)
    TableDefinition.objects.update(valid_from=None, rows="department")
    TableColumn.objects.update(content="guided_citizen")
    response = get(world.leadership, **MONTH)
    assert response.status_code == 422 and "Hãy bỏ cột" in text_of(response)


def test_table_without_numbers_keeps_its_rows_and_says_so(world):
    commune(world, "06691", "Phường Hồng Gai")
    definition_of("visits")
    response = get(world.leadership, **MONTH)
    assert [(row.label, row.cells[0].value) for row in response.context["table"].rows] == [("Thành phố Hạ Long", 0)]
    assert "Chưa có số liệu trong kỳ này" in text_of(response)
    assert "Kỳ này không có ngày mở cửa nào" in text_of(
        get(world.leadership, **{"from": "03/10/2026", "to": "04/10/2026"})
    )
    assert "Kỳ này chưa bắt đầu" in text_of(get(world.leadership, period="2099"))
    for format in ("xlsx", "csv", "pdf", "txt"):
        assert get(world.leadership, **MONTH, format=format).status_code == 200


def test_each_sees_the_subtree_of_their_unit_and_nothing_beside_it(filled):
    Role.objects.filter(user=filled.leadership).update(unit=filled.hong_gai, kind="reporter")
    table = get(filled.leadership, **MONTH).context["table"]
    assert [(row.label, row.cells[3].value) for row in table.rows] == [("Phường Hồng Gai", 121)]
    for unit in ("22", "193", "07045"):
        response = get(filled.leadership, **MONTH, unit=unit)
        assert response.status_code == 422 and "Không có đơn vị này" in text_of(response)
    assert get(filled.leadership, **MONTH, team="TINH").status_code == 422


def test_leader_sees_the_team_and_no_unit(filled):
    counted(filled, 900, "reached", unit=filled.district, team=filled.other_team)
    table = get(filled.leader, **MONTH).context["table"]
    assert table.sums[2].value == 1234
    assert [row.label for row in table.rows] == ["Tỉnh Quảng Ninh (cấp tỉnh)", "Xã Hòa Bình", "Phường Hồng Gai"]
    assert get(filled.leader, **MONTH, unit="22").status_code == 422
    assert get(filled.leader, **MONTH, team="HL").status_code == 422


def test_volunteers_may_not_and_nobody_gets_in_without_login(world, client):
    definition_of("visits")
    for address in (ADDRESS, "/reports/table/"):
        response = get(world.volunteer, address)
        assert response.status_code == 403 and "đội trưởng" in text_of(response)
        assert client.get(address).status_code == 302


def test_list_of_tables_names_those_in_use_first(world):
    TableDefinition.objects.all().delete()
    assert "Chưa có mẫu bảng nào" in text_of(get(world.leadership, "/reports/table/"))
    definition_of("visits", slug="cu", valid_until=datetime.date(2022, 9, 1))
    definition_of("visits")
    page = get(world.leadership, "/reports/table/")
    assert [table.slug for table in page.context["tables"]] == ["thu"]
    assert [table.slug for table, _month in page.context["others"]] == ["cu"]
    assert 'href="/reports/table/cu/?period=2022-08"' in page.content.decode()
    assert get(world.leadership, "/reports/table/cu/", period="2022-08").status_code == 200


def test_page_takes_the_same_queries_however_many_units(world):
    definition_of("teams", "visits", "guided", "visits/year", "remarks", level="commune")
    client, taken = client_of(world.leadership), []
    for number in range(3):
        unit = commune(world, f"0669{number}", f"Phường {number}")
        counted(world, 5, unit=unit)
        told(world, unit, guided_citizen=10, remarks=f"Lời {number}")
        with CaptureQueriesContext(connection) as queries:
            assert client.get(ADDRESS, {**MONTH, "unit": "22"}).status_code == 200
        taken.append(len(queries))
    assert taken[0] == taken[2] < 45


def test_number_of_the_first_day_stands_in_the_table_of_that_day(world):
    definition_of("visits")
    counted(world, 5, date=OCTOBER)
    assert get(world.leadership, period="2026-10-01").context["table"].sums[0].value == 5
    assert get(world.leadership, period="2026-09").context["table"].sums[0].value == 0
