"""/units/totals/: a commune sends its numbers; who may, what is refused, what asks for a second look."""

import datetime

import pytest
from django.test import Client

from assistance.models import UnitTotal
from assistance.periods import Period
from assistance.totals import lock_period, return_total, save_total
from shifts.models import Role, Unit, UnitSuccession

from .test_excess import WEEK, ago, visit

pytestmark = pytest.mark.django_db
PAGE = "/units/totals/"


def client_of(user):
    client = Client()
    client.force_login(user, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def post(user, unit="06691", period="2026-W48", action="send", version=0, **numbers):
    data = {"action": action, "version": version, "remarks": "", **numbers}
    return client_of(user).post(f"{PAGE}?unit={unit}&period={period}", data)


def text_of(response):
    return response.content.decode()


def test_reporter_opens_the_current_week_of_the_own_unit(w):
    page = text_of(client_of(w.donvi).get(PAGE))
    assert "Phường Hồng Gai" in page
    assert "Tuần 48" in page
    assert "Chưa gửi" in page
    assert "Tuần 47 chưa gửi." in page
    assert "Tuần này không có gì" in page


def test_reporter_sends_and_the_numbers_are_stored(w):
    answer = post(w.donvi, reached="1.234", guided_citizen=" 37 ", remarks="Mạng yếu")
    assert answer.status_code == 302
    total = UnitTotal.objects.get()
    assert total.numbers == {"reached": 1234, "guided_citizen": 37}
    assert (total.unit, total.period, total.state, total.sent_by) == (w.commune, WEEK, "sent", w.donvi)
    assert total.remarks == "Mạng yếu"
    assert [(change.kind, change.after) for change in total.changes.all()] == [
        ("sent", {"reached": 1234, "guided_citizen": 37})
    ]
    assert "Chờ duyệt" in text_of(client_of(w.donvi).get(answer["Location"]))


def test_form_says_what_is_logged_at_the_desk(w):
    visit(w, ago(minutes=1))
    page = text_of(client_of(w.leadership).get(PAGE))
    assert client_of(w.leadership).get(PAGE).status_code == 403  # leadership looks and does not send
    Role.objects.filter(user=w.leadership).update(kind="staff")
    page = text_of(client_of(w.leadership).get(PAGE))
    assert 'trong đó đã ghi tại bàn: <span class="num">1</span>' in page


def test_nothing_is_an_answer(w):
    post(w.donvi, action="nothing", reached="")
    total = UnitTotal.objects.get()
    assert (total.nothing, total.state, total.numbers) == (True, "sent", {})


def test_draft_is_kept_and_does_not_count(w):
    post(w.donvi, action="draft", reached="5")
    total = UnitTotal.objects.get()
    assert (total.state, total.reached, total.changes.count()) == ("draft", 5, 0)
    post(w.donvi, version=1, reached="6")
    total.refresh_from_db()
    assert (total.state, total.reached) == ("sent", 6)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("-3", "Số không được âm."),
        ("2,5", "Ghi số nguyên, không có phần lẻ"),
        ("2.5", "Ghi số nguyên, không có phần lẻ"),
        ("1000000000000", "Nhiều nhất 1.000.000."),
        ("1" * 20, "Nhiều nhất 1.000.000."),
        ("nhiều", "Ghi một số nguyên"),
    ],
)
def test_bad_numbers_are_refused_at_their_field(w, number, sentence):
    answer = post(w.donvi, reached=number, leaflets="7")
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert 'value="7"' in text_of(answer)  # what was right stays in the form
    assert not UnitTotal.objects.exists()


def test_sending_nothing_at_all_is_refused(w):
    answer = post(w.donvi)
    assert answer.status_code == 422
    assert "Ghi ít nhất một số" in text_of(answer)


@pytest.mark.parametrize("action", ["", "delete"])
def test_unknown_action_stores_nothing(w, action):
    assert post(w.donvi, action=action, reached="5").status_code == 422
    assert not UnitTotal.objects.exists()


def test_future_week_is_refused(w):
    answer = post(w.donvi, period="2026-W49", reached="5")
    assert answer.status_code == 422
    assert "chưa đến" in text_of(answer)


@pytest.mark.parametrize("period", ["2026-W60", "9999-12-31", "0001-W01", "hôm nay", "2026-13-01"])
def test_junk_period_is_a_sentence(w, period):
    assert client_of(w.donvi).get(f"{PAGE}?period={period}").status_code == 200
    answer = post(w.donvi, period=period, reached="5")
    assert answer.status_code == 422
    assert not UnitTotal.objects.exists()


def test_unit_of_another_branch_is_not_found(w):
    assert post(w.donvi, unit="06673", reached="5").status_code == 404
    assert post(w.donvi, unit="22", reached="5").status_code == 404
    assert client_of(w.stranger).get(PAGE).status_code == 403  # no unit of their own at all
    assert not UnitTotal.objects.exists()


def test_who_only_looks_may_not_send(w):
    assert post(w.laixa, reached="5").status_code == 403
    assert not UnitTotal.objects.exists()


def test_unit_that_was_gone_by_then_is_refused_and_names_its_heir(w):
    Unit.objects.filter(pk=w.commune.pk).update(valid_until=datetime.date(2025, 7, 1))
    heir = Unit.objects.create(
        code="06685", name="Phường Hồng Gai mới", level="commune", kind="phường", valid_from=datetime.date(2025, 7, 1)
    )
    UnitSuccession.objects.create(predecessor=w.commune, successor=heir)
    answer = post(w.donvi, reached="5")
    assert answer.status_code == 422
    assert "không còn từ 01/07/2025" in text_of(answer)
    assert "Phường Hồng Gai mới" in text_of(answer)
    assert post(w.donvi, period="2025-W26", reached="5").status_code == 302


def test_the_same_week_by_two_people_is_told_to_the_second(w):
    post(w.donvi, reached="5")
    answer = post(w.donvi2, reached="9")
    assert answer.status_code == 422
    assert "Trần Thị Minh Nguyệt đã lưu số liệu của kỳ này lúc 10:00" in text_of(answer)
    assert UnitTotal.objects.get().reached == 5


def test_ten_times_the_usual_asks_for_a_second_look_and_a_tick_lets_it_pass(w):
    for back in (1, 2, 3):
        save_total(unit=w.commune, period=WEEK.moved(-back), by=None, numbers={"reached": 20})
    answer = post(w.donvi, reached="200")
    assert answer.status_code == 422
    assert "200 gấp 10 lần mức thường của đơn vị (20)" in text_of(answer)
    assert post(w.donvi, reached="300", sure_reached="200").status_code == 422  # another number asks again
    assert post(w.donvi, reached="200", sure_reached="200").status_code == 302


def test_more_accounts_than_people_asks_for_a_second_look(w):
    answer = post(w.donvi, reached="3", guided_youth="4", accounts="8")
    assert "nhiều hơn số lượt được tuyên truyền, hướng dẫn (7)" in text_of(answer)
    assert post(w.donvi, reached="3", guided_youth="4", accounts="7").status_code == 302


def test_returned_total_shows_the_remark_and_is_sent_again(w):
    post(w.donvi, reached="5")
    return_total(total=UnitTotal.objects.get(), by=w.huyen, version=1, remark="Thiếu số tờ rơi")
    page = text_of(client_of(w.donvi).get(PAGE))
    assert "Đỗ Thanh Tùng trả lại:" in page
    assert "Thiếu số tờ rơi" in page
    assert post(w.donvi, version=2, reached="5", leaflets="40").status_code == 302
    total = UnitTotal.objects.get()
    assert (total.state, total.leaflets) == ("sent", 40)
    assert [change.kind for change in total.changes.all()] == ["corrected", "returned", "sent"]


def test_closed_period_takes_a_late_total_with_a_reason(w):
    lock_period(units=[w.commune.pk], period=WEEK, by=w.huyen)
    answer = post(w.donvi, reached="5")
    assert answer.status_code == 422
    assert "Kỳ này đã khóa" in text_of(answer)
    assert not UnitTotal.objects.exists()
    assert post(w.donvi, reached="5", reason="Phường gửi muộn").status_code == 302
    change = UnitTotal.objects.get().changes.get()
    assert (change.is_adjustment, change.reason, change.made_by, change.made_at.date()) == (
        True, "Phường gửi muộn", w.donvi, datetime.date(2026, 11, 24),
    )  # fmt: skip
    assert UnitTotal.objects.get().counted_on == WEEK.first


def test_a_day_is_a_period_too(w):
    assert post(w.donvi, period="2026-11-23", reached="5").status_code == 302
    assert UnitTotal.objects.get().period == Period.day(datetime.date(2026, 11, 23))


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_however_many_totals(w, count, django_assert_num_queries):
    for week in range(count):
        save_total(unit=w.commune, period=WEEK.moved(-week - 1), by=None, numbers={"reached": 9})
    client = client_of(w.donvi)
    with django_assert_num_queries(QUERIES):
        assert client.get(PAGE).status_code == 200


QUERIES = 15


def test_a_correction_of_what_was_reviewed_meanwhile_is_told_so(w):
    post(w.donvi, reached="5")
    return_total(total=UnitTotal.objects.get(), by=w.huyen, version=1, remark="Xem lại")
    answer = post(w.donvi, version=1, reached="6")
    assert answer.status_code == 422
    assert "Đỗ Thanh Tùng vừa xem số liệu này (trả lại)" in text_of(answer)
