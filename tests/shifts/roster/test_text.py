"""Rosters as text for a chat: what is written, and who sees which text."""

import datetime

import pytest
import time_machine
from django.urls import reverse

from shifts.models import Assignment, CalendarDay, SwapDuty, SwapRequest
from shifts.roster.changes import change_roster
from shifts.roster.facts import Duty
from shifts.roster.paper import text
from shifts.roster.paper.sheet import read_sheet
from tests.factories import publish, roster_world

pytestmark = pytest.mark.django_db
MONDAY = datetime.date(2026, 11, 2)
SUNDAY = datetime.date(2026, 11, 1)


@pytest.fixture(autouse=True)
def on_the_sunday_before():
    with time_machine.travel(datetime.datetime(2026, 11, 1, 9, 0, tzinfo=datetime.UTC), tick=False):
        yield


@pytest.fixture
def w():
    w = roster_world()
    duties = [Duty(MONDAY, session, w.t1, w.volunteer.volunteer) for session in ("sang", "chieu")]
    duties += [Duty(MONDAY, "sang", w.t2, w.mate.volunteer), Duty(MONDAY, "chieu", w.t2, w.leader.volunteer)]
    change_roster(roster=w.roster, kind="edit", by=w.leader, add=duties)
    publish(w.roster, w.leader)
    return w


def sheet(w, first, last):
    return read_sheet(w.site, first, last, drafts=True)


def get(client, user, name, *args, **query):
    client.force_login(user, backend="shifts.backends.UsernameOrPhoneBackend")
    return client.get(reverse(f"roster:{name}", args=["TTHCC", *args]), query)


def test_a_day_is_a_line_for_each_post_and_the_hours(w):
    assert text.day_text(sheet(w, MONDAY, MONDAY)).split("\n") == [
        "Lịch trực thứ Hai 02/11/2026",
        "Trung tâm",
        "Tầng 1: Thu Hà",
        "Tầng 2: Quốc Khánh (sáng), Hạnh (chiều)",
        "Tầng 3: còn thiếu 1",
        "Sáng 07:30-11:30, chiều 13:30-17:00",
    ]


def test_a_week_is_a_block_for_each_day_and_says_what_the_letters_mean(w):
    blocks = text.week_text(sheet(w, MONDAY, MONDAY + datetime.timedelta(days=6))).split("\n\n")
    assert blocks[0] == "Lịch trực tuần 02/11 đến 08/11/2026\nTrung tâm"
    assert blocks[1] == "Thứ Hai 02/11\nT1 Thu Hà\nT2 Quốc Khánh (s), Hạnh (c)\nT3 còn thiếu 1"
    assert blocks[-1].split("\n") == [
        "T1: Tầng 1, T2: Tầng 2, T3: Tầng 3",
        "(s) sáng, (c) chiều",
        "Sáng 07:30-11:30, chiều 13:30-17:00",
    ]
    assert len(blocks) == 1 + 5 + 1


def test_a_month_is_a_line_for_each_day_and_a_block_for_each_week(w):
    blocks = text.month_text(sheet(w, SUNDAY, datetime.date(2026, 11, 30))).split("\n\n")
    assert blocks[0] == "Lịch trực tháng 11/2026\nTrung tâm"
    assert blocks[1].split("\n")[0] == "Thứ Hai 02/11: T1 Thu Hà; T2 Quốc Khánh (s), Hạnh (c); T3 còn thiếu 1"
    assert [len(block.split("\n")) for block in blocks[1:-1]] == [5, 5, 5, 5, 1]


def test_no_line_carries_marks_of_a_markup(w):
    for written in (text.week_text(sheet(w, MONDAY, MONDAY)), text.day_text(sheet(w, MONDAY, MONDAY))):
        assert not set("*_#`|<>") & set(written)


def test_a_closed_day_says_why(w):
    CalendarDay.objects.create(date="2026-11-03", name="Hội nghị", is_open=False)
    tuesday = datetime.date(2026, 11, 3)
    assert text.day_text(sheet(w, tuesday, tuesday)).endswith("Điểm không mở cửa: Hội nghị.")


def test_those_to_be_reminded_are_called_by_name_with_post_and_hour(w):
    assert text.reminder_text(sheet(w, MONDAY, MONDAY), today=SUNDAY).split("\n") == [
        "Nhắc lịch trực ngày mai, thứ Hai 02/11",
        "Trung tâm",
        "",
        "Thu Hà: Tầng 1, cả ngày từ 07:30",
        "Hạnh: Tầng 2, chiều từ 13:30",
        "Quốc Khánh: Tầng 2, sáng từ 07:30",
        "",
        "Không đến được thì báo đội trưởng ngay.",
    ]


def test_nobody_is_reminded_of_a_day_without_duties(w):
    tuesday = datetime.date(2026, 11, 3)
    assert text.reminder_text(sheet(w, tuesday, tuesday), today=SUNDAY) == ""


def ask(w, asked_of, **fields):
    swap = SwapRequest.objects.create(asked_by=w.volunteer.volunteer, asked_of=asked_of.volunteer, **fields)
    for row in Assignment.objects.filter(volunteer=w.volunteer.volunteer):
        SwapDuty.objects.create(request=swap, assignment=row, side="given", waiting=swap.state == "waiting")


def test_who_owes_an_answer_is_named_once_a_day(w):
    ask(w, w.mate)
    assert text.waiting_swaps_text(w.site, SUNDAY).split("\n")[2] == "Quốc Khánh: Thu Hà nhờ trực thứ Hai 02/11"
    assert text.waiting_swaps_text(w.other_site, SUNDAY) == ""
    assert text.waiting_swaps_text(w.site, MONDAY + datetime.timedelta(days=1)) == ""


def test_swaps_are_shown_to_who_manages_the_site_only(w, client):
    ask(w, w.mate)
    assert "nhờ trực" in get(client, w.leader, "text_day", "2026-11-02").content.decode()
    assert "nhờ trực" not in get(client, w.volunteer, "text_day", "2026-11-02").content.decode()


def test_a_long_text_comes_in_messages_that_a_chat_takes():
    blocks = ["a" * 900, "b" * 900, "c" * 900]
    assert text.parts_of("\n\n".join(blocks), 2000) == ["\n\n".join(blocks[:2]), blocks[2]]
    lines = "\n".join(["x" * 90] * 30)
    assert [len(part) <= 2000 for part in text.parts_of(lines, 2000)] == [True, True]
    assert text.parts_of("short") == ["short"]


@pytest.mark.parametrize(
    ("name", "when"), [("text_day", "2026-11-02"), ("text_week", "2026-W45"), ("text_month", "2026-11")]
)
def test_the_bare_text_and_the_page_say_the_same(w, client, name, when):
    bare = get(client, w.volunteer, name, when, format="txt")
    assert bare["Content-Type"] == "text/plain; charset=utf-8"
    assert bare.content.decode().startswith("Lịch trực ")
    page = get(client, w.volunteer, name, when)
    assert page.context["parts"][0] in bare.content.decode()
    assert "Thu Hà" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "when"), [("text_day", "2026-12-01"), ("text_week", "2026-W50"), ("text_month", "2026-12")]
)
def test_a_draft_is_for_leaders_and_says_so(w, client, name, when):
    assert get(client, w.volunteer, name, when).status_code == 404
    assert get(client, w.stranger, name, when).status_code == 404
    written = get(client, w.leader, name, when, format="txt").content.decode()
    assert written.startswith("BẢN NHÁP, chưa công bố\n")


@pytest.mark.parametrize(
    ("name", "when"), [("text_day", "9999-12-31"), ("text_week", "9999-W52"), ("text_month", "9999-12")]
)
def test_a_date_beyond_the_calendar_is_not_found(w, client, name, when):
    assert get(client, w.leader, name, when).status_code == 404
