"""Unit totals as files: the sheets of districts as they come, names that are asked about, the command."""

import datetime
import io
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from assistance.models import UnitTotal
from assistance.periods import Period
from assistance.recount import differences
from assistance.total_imports import UnitTotalResource
from assistance.totals import lock_period, save_total
from assistance.unit_names import matches
from shifts.imports.reading import FileRefused
from shifts.imports.running import run
from shifts.models import Unit

from .test_excess import TODAY, WEEK
from .test_totals_page import client_of, text_of

pytestmark = pytest.mark.django_db
PAGE = "/units/totals/file/"


def xlsx(rows, merges=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merges:
        book.active.merge_cells(cells)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def rows_of(data):
    return [list(row) for row in openpyxl.load_workbook(io.BytesIO(data)).active.iter_rows(values_only=True)]


@pytest.fixture
def w(w):
    """With a commune whose name has two tone styles, and two that only a tone tells apart."""
    start = datetime.date(2020, 1, 1)

    def commune(code, name, until=None):
        return Unit.objects.create(
            code=code, name=name, level="commune", kind=name.split()[0].lower(), parent=w.district, valid_from=start,
            valid_until=until,
        )  # fmt: skip

    w.hoa_binh = commune("07045", "Xã Hòa Bình")
    w.cong_hoa = commune("07132", "Xã Cộng Hòa")
    w.dong_hai = [commune("06970", "Xã Đông Hải"), commune("06973", "Phường Đông Hải")]
    w.ha_lau = commune("06937", "Xã Hà Lâu")
    w.gone = commune("06712", "Phường Trần Phú", datetime.date(2024, 11, 1))
    return w


def take(data, *, units=None, period=WEEK, name="so-lieu.xlsx", **options):
    resource = UnitTotalResource(units=units, period=period, **options)
    return resource, run(resource, UnitTotalResource.read(data, name), keep_good=True)


def sentences(outcome):
    return [sentence for failure in outcome.failures for sentence in failure.sentences]


def numbers():
    return {total.unit.name: total.numbers for total in UnitTotal.objects.select_related("unit").order_by("pk")}


def test_a_district_s_messy_sheet_is_understood(w):
    data = xlsx(
        [
            ["BÁO CÁO SỐ LIỆU TUẦN 48 NĂM 2026"],
            ["STT", "Đơn vị", "Tuyên truyền", "Hướng dẫn", None, None, "Hồ sơ", None, "Ghi chú"],
            [None, None, None, "Người dân", "Thanh niên", "Doanh nghiệp", "Mức 3", "Mức 4", None],
            [1, "Hồng Gai", "1.234", 37, 5, None, 4, 6, None],
            [2, "phường bãi cháy ", 20, 0, None, None, None, None, "Mạng yếu"],
            [3, "Xã Hoà Bình", 7, None, None, None, None, None, None],
            [4, "Cộng Hoà", 8, None, None, None, None, None, None],
            [5, "Xã Hà Lâu", None, None, None, None, None, None, None],
            ["Tổng cộng", None, 1269, 37, 5, None, 4, 6, None],
            [None, "Người lập biểu"],
        ],
        ["A1:I1", "A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:H2", "I2:I3"],
    )
    resource, outcome = take(data)
    assert sentences(outcome) == []
    assert numbers() == {
        "Phường Hồng Gai": {"reached": 1234, "guided_citizen": 37, "guided_youth": 5, "dossiers_partial": 4,
                            "dossiers_full": 6},
        "Phường Bãi Cháy": {"reached": 20, "guided_citizen": 0},
        "Xã Hòa Bình": {"reached": 7},
        "Xã Cộng Hòa": {"reached": 8},
    }  # fmt: skip
    assert UnitTotal.objects.get(unit=w.neighbour).remarks == "Mạng yếu"
    assert len(resource.left_out) == 2
    assert [unit.name for unit in resource.missing_from_file(WEEK)] == [
        *("Xã Đông Hải", "Phường Đông Hải", "Xã Hà Lâu", "Thành phố Hạ Long"),
    ]
    assert differences()[1] == []


def test_groups_above_the_names_are_read_too(w):
    data = xlsx([[None, "Hướng dẫn", None], ["Xã, phường", "Người dân", "Doanh nghiệp"], ["Hồng Gai", 3, 4]], ["B1:C1"])
    _resource, outcome = take(data)
    assert sentences(outcome) == []
    assert numbers() == {"Phường Hồng Gai": {"guided_citizen": 3, "guided_enterprise": 4}}


def test_merged_numbers_are_refused(w):
    with pytest.raises(FileRefused, match="Dòng 2: các ô B2:B3"):
        take(xlsx([["Đơn vị", "Tuyên truyền"], ["Hồng Gai", 3], ["Bãi Cháy", None]], ["B2:B3"]))


def test_an_ambiguous_name_is_asked_about_and_never_guessed(w):
    data = xlsx([["Đơn vị", "Tuyên truyền"], ["Đông Hải", 3], ["Xã Đông Hải", 4], ["Dong Hai", 5]])
    resource, outcome = take(data)
    assert sentences(outcome) == [
        "Dòng 2, cột đơn vị: “Đông Hải” có thể là nhiều đơn vị; có phải: Xã Đông Hải, Thành phố Hạ Long (06970);"
        " Phường Đông Hải, Thành phố Hạ Long (06973)? Hãy ghi mã.",
        "Dòng 4, cột đơn vị: “Dong Hai” có thể là nhiều đơn vị; có phải: Xã Đông Hải, Thành phố Hạ Long (06970);"
        " Phường Đông Hải, Thành phố Hạ Long (06973)? Hãy ghi mã.",
    ]  # fmt: skip
    assert numbers() == {"Xã Đông Hải": {"reached": 4}}
    assert set(resource.questions) == {2, 4}


def test_another_tone_is_another_name(w):
    resource, outcome = take(xlsx([["Đơn vị", "Tuyên truyền"], ["Xã Hà Lầu", 3]]))
    assert "không có đơn vị “Xã Hà Lầu”; có phải: Xã Hà Lâu" in sentences(outcome)[0]
    assert resource.questions[2][1] == [w.ha_lau]
    assert not UnitTotal.objects.exists()


def test_unknown_name_and_code(w):
    _resource, outcome = take(xlsx([["Đơn vị", "Tuyên truyền"], ["Atlantis", 3], ["99999", 4]]))
    assert sentences(outcome) == [
        "Dòng 2, cột đơn vị: không có đơn vị “Atlantis”",
        "Dòng 3, cột đơn vị: không có đơn vị mang mã “99999”",
    ]


def test_codes_keep_working_when_excel_took_their_zeros(w):
    _resource, outcome = take(xlsx([["Đơn vị", "Tuyên truyền"], [6691, 3], ["06673", 4]]))
    assert sentences(outcome) == []
    assert numbers() == {"Phường Hồng Gai": {"reached": 3}, "Phường Bãi Cháy": {"reached": 4}}


def test_code_and_name_that_differ_are_asked_about(w):
    _resource, outcome = take(xlsx([["Mã", "Đơn vị", "Tuyên truyền"], ["06691", "Bãi Cháy", 3]]))
    assert "mã 06691 là Phường Hồng Gai, không phải “Bãi Cháy”" in sentences(outcome)[0]


def test_unit_that_was_gone_and_unit_of_another_branch_are_refused(w):
    reach = Unit.objects.filter(pk__in=[w.commune.pk, w.gone.pk])
    rows = [["Đơn vị", "Tuyên truyền"], ["Trần Phú", 1], ["Bãi Cháy", 2], ["06673", 3]]
    _resource, outcome = take(xlsx(rows), units=reach)
    assert sentences(outcome) == [
        "Dòng 2, cột đơn vị: Phường Trần Phú không còn từ 01/11/2024.",
        "Dòng 3, cột đơn vị: đơn vị này không thuộc phần của bạn",
        "Dòng 4, cột đơn vị: đơn vị này không thuộc phần của bạn",
    ]


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        (-3, "Số không được âm."),
        (2.5, "Ghi số nguyên, không có phần lẻ"),
        ("1,234", "Ghi số nguyên, không có phần lẻ"),
        (10**12, "Nhiều nhất 1.000.000."),
        ("12 lượt", "Ghi một số nguyên"),
        (datetime.date(2026, 1, 1), "cần chữ nhưng ô chứa ngày giờ"),
        ("#REF!", "ô đang báo lỗi #REF! của Excel"),
    ],
)
def test_bad_numbers_fail_their_row_alone(w, cell, sentence):
    _resource, outcome = take(xlsx([["Đơn vị", "Tuyên truyền"], ["Hồng Gai", cell], ["Bãi Cháy", 2]]))
    [found] = sentences(outcome)
    assert found.startswith("Dòng 2, cột Lượt tuyên truyền: ")
    assert sentence in found
    assert numbers() == {"Phường Bãi Cháy": {"reached": 2}}


def test_week_and_date_of_a_row(w):
    rows = [
        ["Đơn vị", "Tuần", "Ngày", "Tờ rơi"],
        ["Hồng Gai", "2026-W47", None, 1],
        ["Hồng Gai", None, datetime.date(2026, 11, 23), 2],
        ["Hồng Gai", None, None, 3],
        ["Hồng Gai", "2026-W49", None, 4],
        ["Hồng Gai", "tuần sau", None, 5],
        ["Hồng Gai", "2026-W48", None, 6],
    ]
    _resource, outcome = take(xlsx(rows))
    assert {total.period.key: total.leaflets for total in UnitTotal.objects.all()} == {
        "2026-W47": 1, "2026-11-23": 2, "2026-W48": 3,
    }  # fmt: skip
    assert [sentence.split(":")[0] for sentence in sentences(outcome)] == [
        "Dòng 5, cột đơn vị", "Dòng 6, cột tuần", "Dòng 7, cột đơn vị",
    ]  # fmt: skip
    assert "trùng với dòng 4 của tệp" in sentences(outcome)[2]


def test_an_empty_cell_and_a_removed_column_leave_what_is_known(w):
    save_total(unit=w.commune, period=WEEK, by=w.donvi, numbers={"reached": 5, "leaflets": 9})
    _resource, outcome = take(xlsx([["Đơn vị", "Tuyên truyền", "Tài khoản"], ["Hồng Gai", None, 4]]), by=w.huyen)
    assert (outcome.changed, sentences(outcome)) == (1, [])
    total = UnitTotal.objects.get()
    assert total.numbers == {"reached": 5, "leaflets": 9, "accounts": 4}
    change = total.changes.first()
    assert (change.kind, change.made_by, change.before, change.after) == (
        "corrected", w.huyen, {"reached": 5, "leaflets": 9}, total.numbers,
    )  # fmt: skip


def test_the_same_file_again_changes_nothing(w):
    data = xlsx([["Đơn vị", "Tuyên truyền"], ["Hồng Gai", 3]])
    take(data)
    _resource, outcome = take(data)
    assert (outcome.new, outcome.changed, outcome.unchanged) == (0, 0, 1)
    assert UnitTotal.objects.get().changes.count() == 1


def test_a_file_into_a_closed_week_is_an_adjustment(w):
    lock_period(units=[w.commune.pk], period=WEEK, by=w.huyen)
    take(xlsx([["Đơn vị", "Tuyên truyền"], ["Hồng Gai", 3]]), by=w.huyen, reason="Huyện gửi bổ sung")
    change = UnitTotal.objects.get().changes.get()
    assert (change.is_adjustment, change.reason) == (True, "Huyện gửi bổ sung")


def test_a_value_that_looks_wrong_is_said_and_taken(w):
    _resource, outcome = take(xlsx([["Đơn vị", "Tuyên truyền", "Tài khoản"], ["Hồng Gai", 3, 30]]))
    assert outcome.new == 1
    assert "Phường Hồng Gai, Tài khoản: Số tài khoản nhiều hơn số lượt" in outcome.warnings[0]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Hồng Gai", "Phường Hồng Gai"), ("phường hồng gai", "Phường Hồng Gai"), ("P. Hồng Gai", "Phường Hồng Gai"),
        ("Hong Gai", "Phường Hồng Gai"), ("X. Hoà Bình", "Xã Hòa Bình"), ("  Xã   Hòa Bình", "Xã Hòa Bình"),
        ("TP Hạ Long", "Thành phố Hạ Long"), ("Cộng Hoà", "Xã Cộng Hòa"),
    ],
)  # fmt: skip
def test_names_as_people_write_them(w, written, name):
    assert [unit.name for unit in matches(Unit.objects.all(), written)] == [name]


# the command


def test_command_takes_the_columns_of_the_contract(w, tmp_path, capsys):
    path = tmp_path / "totals.csv"
    path.write_text(
        "unit,teams,volunteers,duties,reached,guided_citizen,guided_youth,guided_enterprise,accounts,"
        "reached_with_account,leaflets,dossiers_l3,dossiers_l4,dossiers_resolved,events,remarks\n"
        "06691,1,12,10,50,20,6,2,8,30,40,3,4,2,1,tốt\n",
        encoding="utf-8",
    )
    call_command("import", "unit_totals", str(path), "--week", "2026-W47", verbosity=0)
    total = UnitTotal.objects.get()
    assert (total.unit, total.period, total.state, total.remarks) == (w.commune, WEEK.moved(-1), "sent", "tốt")
    assert list(total.numbers.values()) == [50, 20, 6, 2, 8, 30, 40, 3, 4, 2, 10, 1, 1, 12]
    assert "Mới 1" in capsys.readouterr().out


def test_command_without_a_week_asks_for_one(w, tmp_path, capsys):
    path = Path(tmp_path / "totals.csv")
    path.write_text("unit,reached\n06691,5\n", encoding="utf-8")
    with pytest.raises(CommandError, match="Chưa lưu dòng nào"):
        call_command("import", "unit_totals", str(path), verbosity=0)
    assert "thiếu tuần hoặc ngày" in capsys.readouterr().out
    with pytest.raises(CommandError, match="2026-W60"):
        call_command("import", "unit_totals", str(path), "--week", "2026-W60", verbosity=0)
    with pytest.raises(CommandError, match="--week"):
        call_command("import", "units", str(path), "--week", "2026-W48", verbosity=0)
    path.write_text("reached\n5\n", encoding="utf-8")
    with pytest.raises(CommandError, match="Thiếu cột: đơn vị"):
        call_command("import", "unit_totals", str(path), "--week", "2026-W48", verbosity=0)


# the page


def upload(user, data, name="so-lieu.xlsx", period=WEEK.key):
    return client_of(user).post(PAGE, {"file": SimpleUploadedFile(name, data), "period": period})


def test_template_comes_back_filled_and_goes_in_again(w):
    save_total(unit=w.commune, period=WEEK, by=w.donvi, numbers={"reached": 5})
    answer = client_of(w.huyen).get(f"/units/totals/template/?period={WEEK.key}")
    header, *rows = rows_of(answer.content)
    assert header[:4] == ["Mã đơn vị", "Đơn vị", "Tuần", "Lượt tuyên truyền"]
    assert [row[1] for row in rows] == [
        "Thành phố Hạ Long", "Phường Bãi Cháy", "Xã Cộng Hòa", "Xã Đông Hải", "Phường Đông Hải", "Xã Hà Lâu",
        "Xã Hòa Bình", "Phường Hồng Gai",
    ]  # fmt: skip
    assert rows[-1][:4] == ["06691", "Phường Hồng Gai", "2026-W48", 5]
    _resource, outcome = take(answer.content)
    assert (sentences(outcome), outcome.unchanged) == ([], 1)


def test_staff_look_at_the_differences_answer_the_questions_and_take_it_in(w):
    save_total(unit=w.commune, period=WEEK, by=w.donvi, numbers={"reached": 5})
    data = xlsx([["Đơn vị", "Tuyên truyền"], ["Hồng Gai", 6], ["Đông Hải", 3], ["Bãi Cháy", "x"]])
    page = upload(w.huyen, data)
    text = text_of(page)
    assert "<del>5</del> <ins>6</ins>" in text
    assert "Có 1 tên chưa rõ là đơn vị nào" in text
    assert "Dòng 4, cột Lượt tuyên truyền" in text
    assert "Thành phố Hạ Long, Phường Đông Hải" not in text
    assert UnitTotal.objects.count() == 1  # only looked at
    token = page.context["kept"].initial["token"]
    client = client_of(w.huyen)
    failed = rows_of(client.get(f"/units/totals/file/failed/{page.context['failed_token']}/").content)
    assert [row[0] for row in failed] == ["Đơn vị", "Đông Hải", "Bãi Cháy"]
    chosen = {"token": token, "period": WEEK.key, "row_3": w.dong_hai[1].pk}
    text = text_of(client.post(PAGE, chosen))
    assert "chưa rõ" not in text
    assert f'name="row_3" value="{w.dong_hai[1].pk}"' in text
    answer = client.post("/units/totals/file/confirm/", chosen | {"keep_good": "on"})
    assert answer.status_code == 302
    assert numbers() == {"Phường Hồng Gai": {"reached": 6}, "Phường Đông Hải": {"reached": 3}}
    assert UnitTotal.objects.get(unit=w.commune).sent_by == w.huyen


def test_an_answer_outside_my_reach_is_refused(w):
    data = xlsx([["Đơn vị", "Tuyên truyền"], ["Atlantis", 6]])
    token = upload(w.donvi, data).context["kept"].initial["token"]
    page = client_of(w.donvi).post(PAGE, {"token": token, "period": WEEK.key, "row_2": w.neighbour.pk})
    assert "đơn vị này không thuộc phần của bạn" in text_of(page)


def test_somebody_else_s_file_and_junk_lead_nowhere(w):
    token = upload(w.huyen, xlsx([["Đơn vị", "Tuyên truyền"], ["Hồng Gai", 6]])).context["kept"].initial["token"]
    for user, sent in [(w.donvi, token), (w.huyen, "junk"), (w.huyen, "")]:
        answer = client_of(user).post("/units/totals/file/confirm/", {"token": sent, "period": WEEK.key})
        assert answer["Location"] == PAGE
    assert not UnitTotal.objects.exists()
    assert upload(w.huyen, b"hello").status_code == 422
    assert upload(w.huyen, xlsx([["A"], [1]])).status_code == 422
    assert client_of(w.huyen).post(PAGE, {"period": WEEK.key}).status_code == 422
    assert upload(w.huyen, xlsx([["Đơn vị", "Tuyên truyền"], ["Hồng Gai", 6]]), period="x").status_code == 422


def test_who_only_looks_may_not_bring_files_in(w):
    for path in (PAGE, "/units/totals/template/"):
        assert client_of(w.leadership).get(path).status_code == 403
        assert client_of(w.volunteer).get(path).status_code == 403
    assert Period.day(TODAY).key == "2026-11-24"
