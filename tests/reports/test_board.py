"""/board/<token>/: the screen in the hall, its secret link, and who makes and ends it."""

import datetime
import threading

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from reports.board import make_board, revoke_board
from reports.models import LobbyBoard
from shifts.models import Attendance, OutreachEvent, Role, Site
from tests.assistance.test_today import TUESDAY, at, client_of, logged, on_duty
from tests.factories import make_user, publish, roster_world

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def w(db):
    with time_machine.travel(at(8, 30), tick=False):
        w = roster_world()
        w.on_t1, w.on_t2 = on_duty(w, w.volunteer, w.t1), on_duty(w, w.mate, w.t2)
        publish(w.roster, w.leader)
        w.board = make_board(site=w.site, by=w.leader)
        w.url = f"/board/{w.board.token}/"
        yield w


def screen(w, **headers):
    return Client().get(w.url, headers=headers)


def test_board_shows_who_is_on_duty_per_floor_without_login(w):
    page = screen(w)
    floors = {
        floor.post.name: [p.user.full_name for p in floor.people] for floor in page.context["facts"].session.floors
    }
    assert floors[w.t1.name] == [w.volunteer.full_name]
    assert floors[w.t2.name] == [w.mate.full_name]
    assert w.volunteer.full_name in page.content.decode()


def test_board_counts_the_visits_of_today_at_its_site(w):
    logged(w, w.volunteer, 1_203)
    logged(w, w.mate, 31)
    assert screen(w).context["facts"].helped == 1_234
    assert "1.234" in screen(w).content.decode()


def test_board_names_nobody_who_is_away(w):
    Attendance.objects.create(assignment=w.on_t1, state="absent")
    assert w.volunteer.full_name not in screen(w).content.decode()


def test_board_shows_no_phone_and_no_draft(w):
    type(w.volunteer).objects.filter(pk=w.volunteer.pk).update(phone="0912345678")
    assert "0912345678" not in screen(w).content.decode()
    w.roster.state = "draft"
    type(w.roster).objects.filter(pk=w.roster.pk).update(state="draft", published_at=None, published_by=None, version=0)
    assert w.volunteer.full_name not in screen(w).content.decode()


def test_board_shows_the_next_event_of_the_team_of_its_site(w):
    facts = {"team": w.team, "unit": w.province, "host_unit": w.province, "venue_kind": "market",
             "starts_at": datetime.time(8), "ends_at": datetime.time(11)}  # fmt: skip
    saturday = TUESDAY + datetime.timedelta(days=4)
    OutreachEvent.objects.create(date=saturday + datetime.timedelta(days=7), venue="Chợ sau", **facts)
    OutreachEvent.objects.create(date=saturday, venue="Chợ hủy", state="cancelled", cancel_reason="Mưa", **facts)
    OutreachEvent.objects.create(date=saturday, venue="Chợ Hạ Long 1", **facts)
    page = screen(w).content.decode()
    assert "Chợ Hạ Long 1" in page
    assert "Thứ Bảy tới" in page
    assert "Chợ sau" not in page
    assert "Chợ hủy" not in page


def test_refresh_is_only_the_fragment(w):
    fragment = screen(w, **HTMX).content.decode()
    assert fragment.lstrip().startswith('<div id="board"')
    assert "<html" not in fragment


def test_board_on_a_closed_day_and_after_hours_says_so(w):
    with time_machine.travel(at(20, 0), tick=False):
        assert "Hôm nay đã hết giờ hỗ trợ" in screen(w).content.decode()
    with time_machine.travel(at(9, 0, date=TUESDAY + datetime.timedelta(days=5)), tick=False):
        assert "Hôm nay nghỉ" in screen(w).content.decode()


@pytest.mark.parametrize("token", ["x", "a" * 400, "%00", "../../healthz", "'--"])
def test_unknown_links_do_not_exist(w, token):
    assert Client().get(f"/board/{token}/").status_code == 404


def test_a_revoked_link_does_not_exist_and_a_new_one_does(w):
    client = client_of(w.leader)
    assert client.post(f"/reports/boards/{w.site.code}/link/", {"act": "renew"}).status_code == 302
    new = LobbyBoard.objects.live().get(site=w.site)
    assert new.token != w.board.token
    assert screen(w).status_code == 404
    assert Client().get(f"/board/{new.token}/").status_code == 200
    client.post(f"/reports/boards/{w.site.code}/link/", {"act": "revoke"})
    assert Client().get(f"/board/{new.token}/").status_code == 404
    assert not LobbyBoard.objects.live().exists()


def test_leader_finds_the_link_of_their_site_only(w):
    Site.objects.create(code="KHAC", name="Điểm khác", short_name="Khác", unit=w.province)
    page = client_of(w.leader).get("/reports/boards/").content.decode()
    assert w.url in page
    assert "Điểm khác" not in page
    assert client_of(w.leader).post("/reports/boards/KHAC/link/", {"act": "make"}).status_code == 404


def test_volunteer_and_stranger_make_no_board(w):
    stranger = make_user("stranger", "Người Lạ")
    assert client_of(w.volunteer).get("/reports/boards/").status_code == 403
    assert client_of(stranger).get("/reports/boards/").status_code == 403
    assert client_of(w.volunteer).post(f"/reports/boards/{w.site.code}/link/", {"act": "revoke"}).status_code == 403
    assert client_of(stranger).post(f"/reports/boards/{w.site.code}/link/", {"act": "revoke"}).status_code == 404
    assert Client().post(f"/reports/boards/{w.site.code}/link/", {"act": "revoke"}).status_code == 302  # to the login
    assert LobbyBoard.objects.live().count() == 1


def test_an_act_that_is_none_changes_nothing(w):
    client_of(w.leader).post(f"/reports/boards/{w.site.code}/link/", {"act": "burn"})
    assert list(LobbyBoard.objects.live()) == [w.board]


@pytest.mark.parametrize("count", [1, 3])
def test_board_takes_the_same_queries_however_many_people(w, count, django_assert_num_queries):
    for number in range(count):
        on_duty(w, make_user(f"them{number}", f"Thêm {number}", team=w.team), w.t1)
    screen(w)
    with django_assert_num_queries(10):
        screen(w)


@pytest.mark.parametrize("count", [1, 3])
def test_links_take_the_same_queries_however_many_sites(w, count, django_assert_num_queries):
    Role.objects.create(user=w.leader, kind="staff", unit=w.province)
    for number in range(count):
        site = Site.objects.create(code=f"S{number}", name=f"Điểm {number}", short_name=f"Đ{number}", unit=w.province)
        make_board(site=site, by=w.leader)
    client = client_of(w.leader)
    client.get("/reports/boards/")
    with django_assert_num_queries(7):
        client.get("/reports/boards/")


def test_a_site_has_one_live_board(w):
    with pytest.raises(IntegrityError), transaction.atomic():
        LobbyBoard.objects.create(site=w.site)
    with pytest.raises(IntegrityError), transaction.atomic():
        LobbyBoard.objects.filter(pk=w.board.pk).update(revoked_at=w.board.made_at - datetime.timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_leaders_who_ask_at_once_get_one_link():
    w = roster_world()
    barrier, found = threading.Barrier(4), []

    def ask():
        try:
            barrier.wait()
            found.append(make_board(site=w.site, by=w.leader).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert set(found) == {LobbyBoard.objects.live().get(site=w.site).pk}


def test_revoking_twice_keeps_the_first_moment(w):
    revoke_board(w.board)
    first = LobbyBoard.objects.get(pk=w.board.pk).revoked_at
    with time_machine.travel(at(12), tick=False):
        revoke_board(w.board)
    assert LobbyBoard.objects.get(pk=w.board.pk).revoked_at == first


def test_screen_is_noted_at_most_once_in_ten_minutes(w):
    screen(w)
    first = LobbyBoard.objects.get(pk=w.board.pk).seen_at
    assert first == timezone.now()
    with time_machine.travel(at(8, 39), tick=False):
        screen(w)
    assert LobbyBoard.objects.get(pk=w.board.pk).seen_at == first
    with time_machine.travel(at(8, 41), tick=False):
        screen(w)
    assert LobbyBoard.objects.get(pk=w.board.pk).seen_at == at(8, 41)
