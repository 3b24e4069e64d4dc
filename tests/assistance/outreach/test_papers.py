"""Events to take away: a sheet, a PDF of one page, texts for a chat, a workbook."""

import io

import openpyxl
import pytest
import time_machine
from pypdf import PdfReader

from shifts.models import OutreachEvent, OutreachMaterial
from shifts.outreach.states import move_event
from tests.factories import make_user

from .people import AFTER, NOW, client_of, confirm, make_event, outreach_world, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(db):
    w = outreach_world()
    values = {"contact_name": "Cô Mẫu", "contact_phone": "0900 000 001", "aims": "Giúp học sinh lớp 12."}
    OutreachEvent.objects.filter(pk=w.event.pk).update(**values)
    OutreachMaterial.objects.create(event=w.event, name="Tờ rơi", taken_out=300, is_leaflet=True)
    put(w, w.me, w.mate_v)
    w.event.refresh_from_db()
    return w


@pytest.fixture
def leader(w):
    with time_machine.travel(NOW, tick=False):
        yield client_of(w.leader)


def text(answer):
    return answer.content.decode()


def test_the_sheet_has_who_when_where_and_room_to_count(w, leader):
    page = text(leader.get(f"/outreach/{w.event.pk}/print/"))
    for words in (
        "KẾ HOẠCH HOẠT ĐỘNG THỨ BẢY TÌNH NGUYỆN", "DỰ KIẾN", "Thứ Bảy 14/11/2026, 07:30 đến 10:30",
        "Trường THPT Hòn Gai (trường học), Phường Hồng Gai", "Cô Mẫu, 0900 000 001", "Giúp học sinh lớp 12.",
        "Nguyễn Thu Hà, 0912345678", "Mang về", "Doanh nghiệp, tổ chức", "Hồ sơ toàn trình",
    ):  # fmt: skip
        assert words in page


def test_the_pdf_of_a_full_event_is_one_page(w, leader):
    OutreachEvent.objects.filter(pk=w.event.pk).update(aims="Giúp học sinh lớp 12 nộp hồ sơ trực tuyến. " * 20)
    for number in range(18):
        put(
            w,
            make_user(
                f"nguoi{number}", f"Trần Thị Phương Thảo {number}", team=w.team, phone=f"09120000{number}"
            ).volunteer,
        )
    for number in range(8):
        OutreachMaterial.objects.create(event=w.event, name=f"Vật dụng {number}", taken_out=number + 1)
    answer = leader.get(f"/outreach/{w.event.pk}/print/?format=pdf")
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 1
    assert "Trần Thị Phương Thảo 17" in pages[0].extract_text()


def test_one_event_as_text_for_a_chat(w, leader):
    answer = leader.get(f"/outreach/{w.event.pk}/text/?format=txt")
    assert text(answer) == (
        "Thứ Bảy 14/11/2026 (dự kiến)\n"
        "07:30 đến 10:30, Trường THPT Hòn Gai\n"
        "Địa bàn: Phường Hồng Gai\n"
        "Người đi (2): Thu Hà, Quốc Khánh\n"
        "Đầu mối: Cô Mẫu, 0900 000 001\n"
        "Mục tiêu: Giúp học sinh lớp 12.\n"
        "Mang theo: Tờ rơi (300)\n"
    )


def test_the_month_as_text_leaves_cancelled_events_and_contacts_out(w, leader):
    confirm(w)
    move_event(event=make_event(w, venue="Chợ"), to="cancelled", reason="Mưa", by=w.leader, at=NOW)
    assert text(leader.get("/outreach/text/?format=txt&month=2026-11")) == (
        "Hoạt động Thứ Bảy tình nguyện tháng 11/2026\n\n"
        "Thứ Bảy 14/11, 07:30 đến 10:30\n"
        "Trường THPT Hòn Gai (Phường Hồng Gai); Đội hình tỉnh\n"
        "Người đi: Thu Hà, Quốc Khánh\n"
    )
    assert text(leader.get("/outreach/text/?format=txt&month=2026-12")).endswith("Chưa có hoạt động nào.\n")


def test_the_workbook_has_a_row_for_each_event(w, leader):
    confirm(w)
    move_event(event=w.event, to="held", by=w.leader, at=AFTER)
    OutreachMaterial.objects.update(brought_back=40)
    OutreachEvent.objects.filter(pk=w.event.pk).update(venue="=1+1")
    answer = leader.get("/outreach/outreach.xlsx?month=2026-11")
    [head, row] = openpyxl.load_workbook(io.BytesIO(answer.content)).active.values
    found = dict(zip(head, row, strict=True))
    assert found["Nơi tổ chức"] == "=1+1"
    assert (found["Trạng thái"], found["Số người"], found["Tờ rơi đã phát"]) == ("đã tổ chức", 2, 260)
    assert found["Người đi"] == "Nguyễn Thu Hà, Phạm Quốc Khánh"
    assert "0900" not in str(row)


def test_papers_of_others_are_not_found(w, leader):
    stranger = client_of(w.stranger)
    for page in ("print/", "text/"):
        assert stranger.get(f"/outreach/{w.event.pk}/{page}").status_code == 404
