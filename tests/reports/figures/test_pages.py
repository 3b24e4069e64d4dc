"""/reports/figures/: a number opens to its groups and to its very rows, on screen and in files alike."""

import csv
import io
import re

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assistance.models import OutreachResult
from reports.figures import FIGURES
from shifts.models import Role
from tests.reports.figures.records import MONDAY, duty, event, log, sent, total

pytestmark = pytest.mark.django_db
WEEK = {"from": "2026-02-09", "to": "2026-02-15"}


def client_of(user):
    client = Client()
    client.force_login(user, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def look(user, path, status=200, **asked):
    answer = client_of(user).get(f"/reports/figures/{path}/", {**WEEK, **asked})
    assert answer.status_code == status
    return answer


@pytest.fixture
def busy(world):
    log(world, activities=["gioi_thieu", "to_roi"], procedure=world.procedure, dossier=sent(), queue_number="A083")
    log(world, post=world.t2, by=world.mate, hour=14, activities=["vneid"], account="opened", audience="youth")
    log(world, by=world.stranger, post=world.other_post, activities=["gioi_thieu"], audience="enterprise")
    total(world.province, reached=5, guided_citizen=4, duties=3, events=3)
    OutreachResult.objects.create(event=event(world, date=MONDAY), reached=2, leaflets=30)
    duty(world)
    return world


def test_figure_says_what_it_comes_to_what_it_counts_and_how_it_divides(busy):
    html = look(busy.leadership, "visits").content.decode()
    assert re.search(r'<span class="num">3</span> lượt hỗ trợ', html)
    assert "Mỗi người dân được giúp một lần là một lượt." in html
    assert "Tỉnh Quảng Ninh, từ 09/02/2026 đến 15/02/2026" in html
    assert "unit=193%402020-01-01&amp;only=1" in html
    assert "tình nguyện viên" not in re.search(r'aria-label="Chia theo".*?</nav>', html, re.S)[0]


def test_every_row_of_a_group_opens_to_its_number(busy):
    html = look(busy.leadership, "reached", group="source").content.decode()
    links = re.findall(r'<th scope="row"><a href="([^"]+)">([^<]+)</a>.*?<td class="number">([^<]+)</td>', html)
    assert [(label, number) for _url, label, number in links] == [
        ("Ghi tại điểm hỗ trợ", "2"),
        ("Hoạt động lưu động", "2"),
        ("Số liệu tổng hợp đơn vị gửi", "2"),
    ]
    for url, _label, number in links:
        opened = client_of(busy.leadership).get(url.replace("&amp;", "&")).content.decode()
        assert f'<span class="num">{number}</span>' in opened


def test_rows_say_what_is_behind_a_number_and_nothing_of_a_citizen(busy):
    html = look(busy.leadership, "reached/rows").content.decode()
    assert html.count("<td>Lượt hỗ trợ") == 2
    assert "kết quả ghi 2, đã ghi từng lượt 0" in html
    assert "tuần 7, 09/02 – 15/02/2026: đơn vị báo 5, đã ghi 3" in html
    assert "Dòng 1–4 trên 4; cộng lại đúng bằng số ở trên." in html
    assert "A083" not in html
    assert "Nguyễn Thu Hà" not in html


def test_leader_sees_who_and_only_of_their_team(busy):
    html = look(busy.leader, "visits/rows").content.decode()
    assert "Nguyễn Thu Hà" in html and "Phạm Quốc Khánh" in html and "Vũ Ngọc Ánh" not in html
    assert "tình nguyện viên" in look(busy.leader, "visits").content.decode()
    Role.objects.create(user=busy.leader, kind="staff", unit=busy.province)
    assert "Nguyễn Thu Hà" not in look(busy.leader, "visits/rows").content.decode()
    assert "Nguyễn Thu Hà" in look(busy.leader, "visits/rows", team="TINH").content.decode()


def sheet_of(answer):
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


@pytest.mark.parametrize("figure", FIGURES)
def test_screen_rows_and_files_come_to_the_same(busy, figure):
    html = look(busy.leadership, f"{figure}/rows").content.decode()
    shown = re.search(r'<span class="num">([^<]+)</span>', html)[1]
    hours = ":" in shown
    whole = sum(int(part) / (60**at) for at, part in enumerate(shown.split(":")))
    rows = sheet_of(look(busy.leadership, f"{figure}/rows", format="xlsx"))
    head = next(at for at, row in enumerate(rows) if row[0] == "Ngày")
    assert sum(row[-1] for row in rows[head + 1 :]) == pytest.approx(whole)
    text = b"".join(look(busy.leadership, f"{figure}/rows", format="csv").streaming_content).decode("utf-8-sig")
    assert sum(float(row[-1]) for row in list(csv.reader(io.StringIO(text)))[1:]) == pytest.approx(whole)
    groups = sheet_of(look(busy.leadership, figure, format="xlsx"))
    assert groups[-1] == ["Tổng cộng", pytest.approx(whole) if hours else whole]
    assert sum(row[1] for row in groups[5:-1]) == pytest.approx(whole)


def test_strangers_and_unknown_figures(busy):
    assert look(busy.volunteer, "visits", 403)
    assert look(busy.leadership, "dogs", 404)
    assert "Không có đơn vị này" in look(busy.leadership, "visits", 422, unit="999").content.decode()
    assert "Không có đơn vị này" in look(busy.leader, "visits/rows", 422, unit="22").content.decode()
    for junk in ({"page": "9" * 39}, {"page": "\x00"}, {"page": "-1"}, {"format": "\x00"}, {"group": "\x00"}):
        assert client_of(busy.leadership).get("/reports/figures/visits/rows/", junk).status_code in (200, 422)


def test_pages_take_the_same_queries_with_one_row_and_with_three(world):
    client = client_of(world.leadership)

    def queries(path):
        with CaptureQueriesContext(connection) as heard:
            assert client.get(f"/reports/figures/{path}/", WEEK).status_code == 200
        return len(heard)

    def add(number):
        held = event(world, date=MONDAY)
        OutreachResult.objects.create(event=held, reached=9)
        log(world, hour=8 + number, procedure=world.procedure)
        duty(world, session=["sang", "chieu"][number % 2], user=[world.volunteer, world.mate, world.leader][number])

    paths = ["reached", "reached/rows", "dossiers/rows", "duties/rows", "events/rows"]
    add(0)
    total(world.province, reached=90)
    one = [queries(path) for path in paths]
    add(1)
    add(2)
    assert [queries(path) for path in paths] == one
