"""`import outreach`: results of events as a file."""

import datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from assistance.models import OutreachResult, OutreachResultChange
from assistance.periods import Period
from assistance.recount import differences
from assistance.totals import lock_period
from shifts.models import OutreachEvent, Team
from tests.shifts.test_imports import xlsx

from .people import AFTER, SATURDAY, confirm, make_event, outreach_world, put

pytestmark = pytest.mark.django_db
ENGLISH = "date,team,unit,venue_kind,venue,reached,guided_citizen,accounts,dossiers_l3,dossiers_l4,remarks"
VIETNAMESE = ["Ngày", "Đội hình", "Xã, phường", "Loại nơi", "Nơi tổ chức", "Lượt tuyên truyền", "Tờ rơi"]


@pytest.fixture(autouse=True)
def saturday_noon():
    with time_machine.travel(AFTER, tick=False):
        yield


@pytest.fixture
def w(db):
    return outreach_world()


@pytest.fixture
def run_import(tmp_path, capsys):
    def run(data, *options, name="hoat-dong.csv"):
        path = tmp_path / name
        path.write_bytes(data if isinstance(data, bytes) else "\n".join([ENGLISH, *data]).encode())
        try:
            call_command("import", "outreach", str(path), *options, verbosity=0)
        except CommandError as error:
            return f"{capsys.readouterr().out}! {error}"
        return capsys.readouterr().out

    return run


def test_a_row_becomes_a_held_event_with_its_result(w, run_import):
    row = "07/11/2026,TINH,06685,school,Trường THPT Hòn Gai,120,30,12,3,4,Mạng yếu"
    assert run_import([row]) == "Mới 1, sửa 0, giữ nguyên 0, lỗi 0.\n"
    result = OutreachResult.objects.get()
    event = result.event
    assert (event.date, event.team, event.unit, event.host_unit, event.venue_kind, event.venue, event.state) == (
        datetime.date(2026, 11, 7), w.team, w.province, w.commune, "school", "Trường THPT Hòn Gai", "held",
    )  # fmt: skip
    assert result.numbers == {
        "reached": 120, "guided_citizen": 30, "accounts": 12, "dossiers_partial": 3, "dossiers_full": 4,
    }  # fmt: skip
    assert result.remarks == "Mạng yếu"
    assert differences()[1] == []


def test_the_same_file_twice_changes_nothing_and_a_new_number_updates(w, run_import):
    row = "07/11/2026,Đội hình tỉnh,Phường Hồng Gai,trường học,Trường THPT Hòn Gai,120,,,,,"
    assert run_import([row]).startswith("Mới 1, sửa 0")
    assert run_import([row]) == "Mới 0, sửa 0, giữ nguyên 1, lỗi 0.\n"
    assert run_import([row.replace("120,", "130,7").replace("hồng", "Hồng")]).startswith("Mới 0, sửa 1")
    assert run_import([row.replace("120", "").replace("Trường THPT", "trường thpt")[:-2] + ",Ghi chú"])
    assert OutreachResult.objects.get().numbers == {"reached": 130, "guided_citizen": 7}
    assert OutreachEvent.objects.filter(date=datetime.date(2026, 11, 7)).count() == 1


def test_a_planned_event_with_people_is_known_again_and_held(w, run_import):
    put(w, w.me)
    confirm(w)
    assert run_import(["14/11/2026,TINH,06685,school,truong thpt hon gai,50,,,,,"]).startswith("Mới 1")
    w.event.refresh_from_db()
    assert (w.event.state, w.event.result.reached) == ("held", 50)


FAULTS = [
    ("07/11/2026,KHONGCO,06685,school,A,1,,,,,", "cột đội hình: không có đội hình “KHONGCO”"),
    ("07/11/2026,TINH,09999,school,A,1,,,,,", "cột đơn vị: không có đơn vị mang mã “09999”"),
    ("07/11/2026,TINH,Phường Hồng Ga,school,A,1,,,,,", "Phường Hồng Gai"),
    ("07/11/2026,TINH,06685,nhà hàng,A,1,,,,,", "không có lựa chọn “nhà hàng”"),
    ("21/11/2026,TINH,06685,school,A,1,,,,,", "cột ngày: ngày này chưa đến"),
    ("31/02/2026,TINH,06685,school,A,1,,,,,", "không đọc được ngày"),
    ("07/11/9999,TINH,06685,school,A,1,,,,,", "không đọc được ngày"),
    ("07/11/2026,TINH,06685,school,A,-1,,,,,", "Số không được âm"),
    ('07/11/2026,TINH,06685,school,A,"1,5",,,,,', "không có phần lẻ"),
    ("07/11/2026,TINH,06685,school,A,1000000000000,,,,,", "Nhiều nhất 1.000.000"),
    ("07/11/2026,TINH,06685,school,A,,,,,,", "chưa có số nào"),
    ("07/11/2026,TINH,06685,school,,1,,,,,", "cột nơi tổ chức: không được để trống"),
    (f"07/11/2026,TINH,06685,school,{'A' * 161},1,,,,,", "dài hơn 160"),
    ("07/11/2026,TINH,06685,school,A\x00,1,,,,,", "ký tự"),
]


@pytest.mark.parametrize(("row", "sentence"), FAULTS)
def test_a_faulty_row_says_why_and_nothing_is_stored(w, run_import, row, sentence):
    events = OutreachEvent.objects.count()
    printed = run_import(["07/11/2026,TINH,06685,school,Trường tốt,1,,,,,", row])
    assert sentence in printed and "Dòng 3" in printed and "Chưa lưu dòng nào" in printed
    assert not OutreachResult.objects.exists() and OutreachEvent.objects.count() == events


def test_good_rows_stay_on_request_and_the_others_land_in_a_file(w, run_import, tmp_path):
    failed = tmp_path / "loi.xlsx"
    good = "07/11/2026,TINH,06685,school,Trường tốt,1,,,,,"
    printed = run_import([good, FAULTS[0][0]], "--keep-good", "--failed", str(failed))
    assert "Mới 1, sửa 0, giữ nguyên 0, lỗi 1." in printed
    assert OutreachResult.objects.count() == 1
    cells = [cell for row in load_workbook(failed).active.iter_rows(values_only=True) for cell in row]
    assert any("KHONGCO" in str(cell) for cell in cells)


def test_the_same_event_twice_in_a_file_is_refused(w, run_import):
    row = "07/11/2026,TINH,06685,school,Trường THPT Hòn Gai,1,,,,,"
    printed = run_import([row, row.replace("Trường", "trường")])
    assert "buổi này trùng với dòng 2 của tệp" in printed
    assert not OutreachResult.objects.exists()


def test_a_cancelled_event_and_one_without_people_say_so(w, run_import):
    make_event(w, datetime.date(2026, 11, 7), state="cancelled", cancel_reason="Mưa bão")
    assert "buổi này đã hủy: Mưa bão" in run_import(["07/11/2026,TINH,06685,school,Trường THPT Hòn Gai,1,,,,,"])
    assert "chưa có ai tham gia" in run_import(["14/11/2026,TINH,06685,school,Trường THPT Hòn Gai,1,,,,,"])


def test_a_team_that_was_not_yet_there_is_refused(w, run_import):
    Team.objects.filter(pk=w.team.pk).update(valid_from=datetime.date(2026, 11, 10))
    assert "không hoạt động vào ngày này" in run_import(["07/11/2026,TINH,06685,school,A,1,,,,,"])


def test_excel_with_vietnamese_headers_comes_in(w, run_import):
    data = xlsx(VIETNAMESE, [[datetime.datetime(2026, 11, 7), "TINH", "hong gai", "chợ", "Chợ Hạ Long", "1.234", 20]])
    assert run_import(data, name="hoat-dong.xlsx").startswith("Mới 1")
    assert OutreachResult.objects.get().numbers == {"reached": 1234, "leaflets": 20}


def test_a_file_without_a_column_says_which(w, run_import):
    assert "Thiếu cột" in run_import(b"date,team\n07/11/2026,TINH")


def test_a_closed_period_takes_the_row_as_an_adjustment(w, run_import):
    lock_period(units=[w.province.pk], period=Period.week_of(SATURDAY).moved(-1), by=None)
    run_import(["07/11/2026,TINH,06685,school,A,5,,,,,"])
    change = OutreachResultChange.objects.get()
    assert (change.is_adjustment, change.reason) == (True, "Nhập từ tệp")
