"""/units/ and /units/<code>/: who reports and who does not, accepting and giving back, closing a week."""

import datetime

import pytest
from django.utils import timezone

from assistance.models import PeriodLock, UnitTotal
from assistance.totals import lock_period, save_total
from shifts.due import jobs
from shifts.models import Notice, Role, Team, Unit
from tests.factories import make_user

from .test_excess import WEEK, ago, line, visit
from .test_totals_page import client_of, text_of

pytestmark = pytest.mark.django_db
LAST_WEEK = WEEK.moved(-1)
UNIT_PAGE_QUERIES = 42


def send(unit, by=None, period=WEEK, **numbers):
    return save_total(unit=unit, period=period, by=by, numbers=numbers or {"reached": 5})


def test_tree_says_who_runs_the_model_who_sent_and_who_is_awaited(w):
    Team.objects.create(
        code="HG", name="Đội Hồng Gai", unit=w.commune, decision_number="15-QĐ/ĐTN",
        valid_from=datetime.date(2020, 3, 26),
    )  # fmt: skip
    send(w.commune, volunteers=12, reached=3)
    page = text_of(client_of(w.huyen).get("/units/"))
    assert "1 trên 2 xã, phường, 1 trên 1 huyện, thị xã, thành phố đang chạy mô hình" in page
    assert "26/03/2020, 15-QĐ/ĐTN" in page
    assert "Nhắc và gọi 2 đơn vị" in page
    assert "Số liệu tuần 48, 23/11 – 29/11/2026: 1 trên 3 đơn vị đã gửi." in page
    assert "- Phường Bãi Cháy" in page
    assert "- Phường Hồng Gai" not in page


def test_call_list_has_the_phones_of_the_reporters_for_those_above_only(w):
    page = text_of(client_of(w.huyen).get("/units/?show=missing"))
    assert f'href="tel:{w.donvi.phone}"' in page
    assert f"tel:{w.donvi2.phone}" not in text_of(client_of(w.donvi).get("/units/?show=missing"))


def test_unit_that_logs_at_its_desk_is_not_awaited(w):
    Role.objects.create(user=w.leadership, kind="staff", unit=w.province)
    assert "Thành phố Hạ Long" in text_of(client_of(w.leadership).get("/units/?show=missing"))
    visit(w, ago(minutes=1))
    page = text_of(client_of(w.leadership).get("/units/"))
    assert "Ghi ở bàn" in page


def test_nothing_this_week_is_sent_not_missing(w):
    save_total(unit=w.commune, period=WEEK, by=w.donvi, numbers={}, nothing=True)
    page = text_of(client_of(w.huyen).get("/units/?show=missing"))
    assert ">Phường Hồng Gai</a>" not in page
    assert ">Phường Bãi Cháy</a>" in page


@pytest.mark.parametrize("count", [1, 3])
def test_units_page_takes_the_same_queries_however_many_units(w, count, django_assert_num_queries):
    Unit.objects.filter(pk=w.neighbour.pk).delete()
    for number in range(count):
        unit = Unit.objects.create(
            code=f"0700{number}", name=f"Xã {number}", level="commune", kind="xã", parent=w.district,
            valid_from=datetime.date(2020, 1, 1),
        )  # fmt: skip
        Team.objects.create(code=f"X{number}", name=f"Đội {number}", unit=unit)
        Role.objects.create(user=make_user(f"x{number}", "Lê A"), kind="reporter", unit=unit)
        send(unit)
        send(unit, period=LAST_WEEK)
    client = client_of(w.huyen)
    with django_assert_num_queries(20):
        assert client.get("/units/").status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_unit_page_takes_the_same_queries_however_many_weeks(w, count, django_assert_num_queries):
    for back in range(count):
        send(w.commune, period=WEEK.moved(-back))
    client = client_of(w.huyen)
    with django_assert_num_queries(UNIT_PAGE_QUERIES):
        assert client.get("/units/06691/").status_code == 200


def test_unit_page_shows_what_was_sent_logged_and_added(w):
    visit(w, ago(minutes=1))
    send(w.province, reached=10)
    page = text_of(client_of(w.leadership).get("/units/22/"))
    assert '<th scope="row">Lượt tuyên truyền</th><td class="number">10</td><td class="number">1</td>' in page
    assert '<td class="number">9</td>' in page


def test_rights_of_a_unit_page(w):
    assert client_of(w.donvi).get("/units/06691/").status_code == 200
    assert client_of(w.donvi).get("/units/06673/").status_code == 404
    assert client_of(w.donvi).get("/units/22/").status_code == 404
    assert client_of(w.leadership).get("/units/06673/").status_code == 200
    assert client_of(w.volunteer).get("/units/").status_code == 403
    assert client_of(w.volunteer).get("/units/06691/").status_code == 403
    assert client_of(w.huyen).get("/units/99999/").status_code == 404
    assert client_of(w.huyen).get("/units/06691@1999-01-01/").status_code == 404
    assert client_of(w.huyen).get("/units/06691@2020-02-31/").status_code == 404
    assert client_of(w.huyen).get("/units/06691/?period=9999-W60").status_code == 404


def review(user, total, verdict="accept", remark="", version=None):
    data = {"verdict": verdict, "remark": remark, "version": total.version if version is None else version}
    return client_of(user).post(f"/units/totals/{total.pk}/review/", data)


def test_the_level_above_accepts(w):
    total = send(w.commune, w.donvi)
    assert review(w.huyen, total).status_code == 302
    total.refresh_from_db()
    assert (total.state, total.reviewed_by) == ("accepted", w.huyen)
    assert [change.kind for change in total.changes.all()] == ["accepted", "sent"]


def test_who_sends_does_not_accept_and_who_looks_does_not_either(w):
    total = send(w.commune, w.donvi)
    assert review(w.donvi, total).status_code == 403
    assert review(w.leadership, total).status_code == 403
    own = send(w.district, w.huyen)
    assert review(w.huyen, own).status_code == 403
    total.refresh_from_db()
    assert total.state == "sent"


def test_a_neighbour_s_total_is_not_found(w):
    total = send(w.neighbour)
    assert review(w.donvi, total).status_code == 404


def test_given_back_with_a_remark_only_and_no_longer_counted(w):
    total = send(w.commune, w.donvi)
    assert line("reached")[2] == 5
    assert review(w.huyen, total, "return").status_code == 422
    assert review(w.huyen, total, "return", "Xem lại số lượt").status_code == 302
    assert line("reached")[2] == 0
    total.refresh_from_db()
    assert (total.state, total.review_remark) == ("returned", "Xem lại số lượt")


def test_a_verdict_on_numbers_that_changed_meanwhile_is_refused(w):
    total = send(w.commune, w.donvi)
    send(w.commune, w.donvi2, reached=9)
    answer = review(w.huyen, total)
    assert answer.status_code == 422
    assert "Lê Văn Hùng đã lưu số liệu" in text_of(answer)


def test_all_that_wait_are_accepted_in_one_step(w):
    for unit in (w.commune, w.neighbour, w.district):
        send(unit)
    client_of(w.huyen).post("/units/totals/accept/", {"period": WEEK.key})
    states = dict(UnitTotal.objects.values_list("unit__code", "state"))
    assert states == {"06691": "accepted", "06673": "accepted", "193": "sent"}  # not one's own
    assert client_of(w.donvi).post("/units/totals/accept/", {"period": WEEK.key}).status_code == 403


def test_a_week_is_closed_for_the_units_below_when_it_is_over(w):
    client = client_of(w.huyen)
    client.post("/units/lock/", {"period": WEEK.key})
    assert not PeriodLock.objects.exists()
    client.post("/units/lock/", {"period": LAST_WEEK.key})
    client.post("/units/lock/", {"period": LAST_WEEK.key})
    assert sorted(PeriodLock.objects.values_list("unit__code", flat=True)) == ["06673", "06691"]
    assert client_of(w.donvi).post("/units/lock/", {"period": LAST_WEEK.key}).status_code == 403


def test_what_came_after_the_lock_stays_visible(w):
    lock_period(units=[w.province.pk], period=WEEK, by=w.leadership)
    visit(w, ago(minutes=1))
    page = text_of(client_of(w.leadership).get("/units/22/"))
    assert "Đến sau khi khóa:" in page
    assert "Lượt tuyên truyền +1" in page
    save_total(
        unit=w.province, period=WEEK, by=w.leadership, numbers={"reached": 4}, reason="Bổ sung từ sổ giấy"
    )  # fmt: skip
    page = text_of(client_of(w.leadership).get("/units/22/"))
    assert "Lượt tuyên truyền +4" in page
    assert "Điều chỉnh sau khi khóa" in page
    assert "Bổ sung từ sổ giấy" in page


def test_menu_leads_reporters_and_staff_here(w):
    page = text_of(client_of(w.donvi).get("/units/totals/"))
    assert 'href="/units/totals/" aria-current="page"' in page
    assert 'href="/units/"' in page
    assert 'href="/units/totals/"' not in text_of(client_of(w.leadership).get("/units/"))


def test_what_the_unit_was_is_found_by_its_first_day(w):
    old = Unit.objects.create(
        code="06700", name="Phường Cũ", level="commune", kind="phường", parent=w.district,
        valid_from=datetime.date(2020, 1, 1), valid_until=datetime.date(2025, 7, 1),
    )  # fmt: skip
    Unit.objects.create(
        code="06700", name="Phường Mới", level="commune", kind="phường", parent=w.district,
        valid_from=datetime.date(2025, 7, 1),
    )  # fmt: skip
    client = client_of(w.huyen)
    assert "<h1>Phường Mới</h1>" in text_of(client.get("/units/06700/"))
    assert "<h1>Phường Cũ</h1>" in text_of(client.get(f"/units/06700@{old.valid_from}/"))
    assert "<h1>Phường Cũ</h1>" in text_of(client.get("/units/06700/?period=2020-W30"))
    assert timezone.localdate() == datetime.date(2026, 11, 24)


def notices():
    return sorted(Notice.objects.values_list("user__username", "url"))


def test_staff_remind_the_reporters_of_awaited_units_once_a_day(w):
    Role.objects.create(user=make_user("bc", "Lê Văn Chín"), kind="reporter", unit=w.neighbour)
    send(w.commune)
    for _time in range(2):
        client_of(w.huyen).post("/units/remind/", {"period": WEEK.key})
    assert notices() == [("bc", "/units/totals/?unit=06673&period=2026-W48")]
    assert client_of(w.donvi).post("/units/remind/", {"period": WEEK.key}).status_code == 403


def test_last_week_is_reminded_of_by_itself_once(w):
    save_total(unit=w.commune, period=LAST_WEEK, by=None, numbers={}, nothing=True)
    Role.objects.create(user=make_user("bc", "Lê Văn Chín"), kind="reporter", unit=w.neighbour)
    assert jobs()["remind_of_totals"].run(timezone.now()) == "Đã nhắc 1 người."
    assert jobs()["remind_of_totals"].run(timezone.now()) == "Đã nhắc 0 người."
    assert notices() == [("bc", "/units/totals/?unit=06673&period=2026-W47")]
