"""Single duties by hand: given, moved, swapped, pinned, cleared, undone; or refused with a sentence, unchanged."""

import datetime

import pytest
from django.urls import reverse

from shifts.models import Assignment, Leave, Notice, Post, RaisedLimit, RosterChange
from shifts.roster import editing
from shifts.roster.changes import RosterRefused, change_roster
from shifts.roster.facts import Duty
from shifts.roster.spots import Spot
from tests.factories import make_user, publish, roster_world
from tests.shifts.duties.test_races import at_once, rounds

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = datetime.date(2026, 11, 2), datetime.date(2026, 11, 3)
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def w():
    return roster_world()


@pytest.fixture
def leader(w, client):
    client.force_login(w.leader, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def give(w, person, *sessions, date=MONDAY, post=None, pinned=False):
    """Store duties of one person on one day and return the spot of their chip."""
    post, sessions = post or w.t1, sessions or ("sang", "chieu")
    duties = [Duty(date, session, post, person.volunteer, pinned) for session in sessions]
    change_roster(roster=w.roster, kind="edit", by=w.leader, add=duties)
    return Spot(date, post.pk, sessions, person.volunteer.pk)


def held(w):
    rows = Assignment.objects.active().order_by("date", "post", "session", "volunteer")
    return [(f"{row.date:%d}", row.post.code, row.session, row.volunteer.user.username) for row in rows]


def spot(w, *sessions, date=MONDAY, post=None, person=None):
    return Spot(date, (post or w.t1).pk, sessions or ("sang", "chieu"), person and person.volunteer.pk)


def post(client, name, **values):
    return client.post(reverse(f"roster:{name}", args=["TTHCC"]), values, **HTMX)


# What can be done


def test_a_whole_day_is_given_as_two_sessions_and_one_change(w):
    editing.assign(site=w.site, spot=spot(w), person=w.mate.volunteer.pk, by=w.leader)
    assert held(w) == [("02", "T1", "chieu", "ban"), ("02", "T1", "sang", "ban")]
    assert RosterChange.objects.count() == 1


def test_giving_a_chip_to_somebody_else_takes_it_from_who_had_it(w):
    chip = give(w, w.volunteer)
    editing.assign(site=w.site, spot=chip, person=w.mate.volunteer.pk, by=w.leader)
    assert held(w) == [("02", "T1", "chieu", "ban"), ("02", "T1", "sang", "ban")]


def test_a_whole_day_moves_with_all_its_sessions_and_keeps_its_pin(w):
    chip = give(w, w.volunteer, pinned=True)
    goal = editing.move(site=w.site, spot=chip, to=spot(w, "chieu", date=TUESDAY, post=w.t2), by=w.leader)
    assert str(goal) == f"2026-11-03.{w.t2.pk}.sang-chieu.{w.volunteer.volunteer.pk}"
    assert held(w) == [("03", "T2", "chieu", "tnv"), ("03", "T2", "sang", "tnv")]
    assert Assignment.objects.filter(pinned=True).count() == 2


def test_half_a_day_moves_to_the_half_it_is_put_on(w):
    chip = give(w, w.volunteer, "sang")
    editing.move(site=w.site, spot=chip, to=spot(w, "chieu"), by=w.leader)
    assert held(w) == [("02", "T1", "chieu", "tnv")]


def test_a_chip_on_a_chip_changes_places_in_one_change(w):
    one, other = give(w, w.volunteer), give(w, w.mate, "sang", date=TUESDAY, post=w.t2)
    before = RosterChange.objects.count()
    editing.move(site=w.site, spot=one, to=other, by=w.leader)
    assert held(w) == [("02", "T1", "chieu", "ban"), ("02", "T1", "sang", "ban"), ("03", "T2", "sang", "tnv")]
    assert RosterChange.objects.count() == before + 1


def test_two_on_the_same_day_change_their_floors(w):
    one, other = give(w, w.volunteer, "sang"), give(w, w.mate, "sang", post=w.t2)
    editing.move(site=w.site, spot=one, to=other, by=w.leader)
    assert held(w) == [("02", "T1", "sang", "ban"), ("02", "T2", "sang", "tnv")]


def test_pin_and_pin_again(w):
    chip = give(w, w.volunteer)
    assert editing.toggle_pin(site=w.site, spot=chip, by=w.leader) is True
    assert editing.toggle_pin(site=w.site, spot=chip, by=w.leader) is False
    assert Assignment.objects.filter(pinned=True).count() == 0


def test_undo_goes_back_step_by_step_until_nothing_is_left(w):
    chip = give(w, w.volunteer)
    editing.clear(site=w.site, spot=chip, by=w.leader)
    assert held(w) == []
    editing.undo(site=w.site, month=w.roster.month, by=w.leader)
    assert held(w) == [("02", "T1", "chieu", "tnv"), ("02", "T1", "sang", "tnv")]
    editing.undo(site=w.site, month=w.roster.month, by=w.leader)
    assert held(w) == []
    with pytest.raises(RosterRefused, match="Không còn gì để hoàn tác"):
        editing.undo(site=w.site, month=w.roster.month, by=w.leader)


def limit(person, **limits):
    for name, value in limits.items():
        setattr(person.volunteer, name, value)
    person.volunteer.save()


def test_a_raised_maximum_and_its_duty_come_and_go_together(w):
    limit(w.volunteer, max_per_month=1)
    give(w, w.volunteer)
    tuesday = spot(w, date=TUESDAY)
    with pytest.raises(RosterRefused, match="đã đủ mức 1 ngày trực tháng này"):
        editing.assign(site=w.site, spot=tuesday, person=w.volunteer.volunteer.pk, by=w.leader)
    editing.assign(site=w.site, spot=tuesday, person=w.volunteer.volunteer.pk, by=w.leader, raise_limit=True)
    assert [(row.volunteer.user, row.max_per_month) for row in RaisedLimit.objects.all()] == [(w.volunteer, 2)]
    editing.undo(site=w.site, month=w.roster.month, by=w.leader)
    assert RaisedLimit.objects.count() == 0
    assert held(w) == [("02", "T1", "chieu", "tnv"), ("02", "T1", "sang", "tnv")]


def test_a_maximum_is_not_raised_for_a_duty_that_is_refused_all_the_same(w):
    limit(w.volunteer, max_per_month=1)
    give(w, w.volunteer)
    Leave.objects.create(volunteer=w.volunteer.volunteer, date_from=TUESDAY, date_to=TUESDAY)
    with pytest.raises(RosterRefused, match="báo bận"):
        editing.assign(
            site=w.site, spot=spot(w, date=TUESDAY), person=w.volunteer.volunteer.pk, by=w.leader, raise_limit=True
        )
    assert RaisedLimit.objects.count() == 0


# What is refused


def test_who_is_on_leave_is_refused_in_place_and_nothing_changes(w, leader):
    chip = give(w, w.volunteer)
    answer = post(leader, "assign", at=str(chip), volunteer=w.away.volunteer.pk)
    assert answer.status_code == 422
    assert (answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == ("#refused", "innerHTML")
    assert "Hải Yến báo bận ngày 02/11." in answer.content.decode()
    assert held(w) == [("02", "T1", "chieu", "tnv"), ("02", "T1", "sang", "tnv")]


def test_a_swap_that_breaks_a_rule_of_one_of_the_two_is_refused_whole(w, leader):
    one, other = give(w, w.specialist), give(w, w.mate, post=w.t2)
    before = held(w)
    answer = post(leader, "move", at=str(one), to=str(other))
    assert (answer.status_code, "Thùy Linh chưa nhận việc ở Tầng 2." in answer.content.decode()) == (422, True)
    assert held(w) == before


def test_a_chip_that_somebody_else_just_took_away_is_refused(w, leader):
    chip = give(w, w.volunteer)
    editing.clear(site=w.site, spot=chip, by=w.leader)
    for name in ("pin", "clear"):
        answer = post(leader, name, at=str(chip))
        assert (answer.status_code, "Ô này vừa được đổi." in answer.content.decode()) == (422, True)


def test_a_move_to_another_month_is_refused(w, leader):
    chip = give(w, w.volunteer, "sang")
    answer = post(leader, "move", at=str(chip), to=str(spot(w, "sang", date=datetime.date(2026, 12, 1))))
    assert (answer.status_code, "trong cùng một tháng" in answer.content.decode()) == (422, True)


def test_a_move_without_a_script_names_the_day_and_the_post(w, leader):
    chip = give(w, w.volunteer)
    answer = leader.post(
        reverse("roster:move", args=["TTHCC"]), {"at": str(chip), "date": "2026-11-03", "post": w.t3.pk, "session": ""}
    )
    goal = f"2026-11-03.{w.t3.pk}.sang-chieu.{w.volunteer.volunteer.pk}"
    assert (answer.status_code, answer.url) == (302, f"/roster/TTHCC/2026-11/?at={goal}")
    assert held(w) == [("03", "T3", "chieu", "tnv"), ("03", "T3", "sang", "tnv")]


def test_a_swap_without_a_script_needs_exactly_one_person_there(w, leader):
    chip = give(w, w.volunteer, "sang")
    ask = {"at": str(chip), "date": "2026-11-03", "post": w.t3.pk, "swap": "1"}
    assert "không có ai để đổi chỗ" in post(leader, "move", **ask).content.decode()
    give(w, w.mate, "sang", date=TUESDAY, post=w.t3)
    assert post(leader, "move", **ask).status_code == 200
    assert held(w) == [("02", "T1", "sang", "ban"), ("03", "T3", "sang", "tnv")]


def test_a_swap_with_the_own_spot_asks_for_another(w, leader):
    chip = give(w, w.volunteer)
    ask = {"at": str(chip), "date": "2026-11-02", "post": w.t1.pk, "swap": "1"}
    assert "đang ở chính ô này" in post(leader, "move", **ask).content.decode()


def test_undo_names_the_people_and_the_days_of_an_edit(w, leader):
    one, other = give(w, w.volunteer), give(w, w.mate, date=TUESDAY, post=w.t2)
    post(leader, "move", at=str(one), to=str(other))
    answer = leader.post(reverse("roster:undo", args=["TTHCC", w.roster.month]), {}, HTTP_HX_REQUEST="true")
    assert "Đã hoàn tác lần sửa ngày 02/11, 03/11: Thu Hà, Quốc Khánh." in answer.content.decode()


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"at": "junk", "volunteer": "1"},
        {"at": "9999-13-45.1.sang", "volunteer": "1"},
        {"at": "2026-11-02.999999999.sang", "volunteer": "1"},
        {"at": "2026-11-02.1.sang-sang", "volunteer": "1"},
        {"at": "2026-11-02.1.sang", "volunteer": "99999999999999999999"},
        {"at": "2026-11-02.1.sang", "volunteer": "Ω"},
        {"at": "2026-11-02.1.sang", "volunteer": "1", "add": "1"},
        {"at": "9999-12-31.1.sang", "volunteer": "1"},
        {"at": "0001-01-01.1.sang", "volunteer": "1", "view": "9999-W99"},
    ],
)
def test_junk_is_a_sentence_never_a_crash(w, leader, values):
    answer = post(leader, "assign", **values)
    assert (answer.status_code, 'role="alert"' in answer.content.decode()) == (422, True)
    assert held(w) == []


def test_a_volunteer_of_another_place_is_refused(w, leader):
    answer = post(leader, "assign", at=str(spot(w)), volunteer=w.stranger.volunteer.pk)
    assert (answer.status_code, "không thuộc đội trực ở đây" in answer.content.decode()) == (422, True)


def test_a_post_of_another_place_is_refused(w, leader):
    answer = post(leader, "assign", at=str(spot(w, post=w.other_post)), volunteer=w.mate.volunteer.pk)
    assert (answer.status_code, "không thuộc điểm đang xếp" in answer.content.decode()) == (422, True)


def test_a_full_post_takes_nobody_more(w, leader):
    Post.objects.update(max_people=1)
    give(w, w.volunteer)
    answer = post(leader, "assign", at=str(spot(w)), add=w.mate.volunteer.pk)
    assert (answer.status_code, "đã đủ 1 người" in answer.content.decode()) == (422, True)


# Who may


@pytest.mark.parametrize(("who", "status"), [("volunteer", 403), ("leadership", 403), ("stranger", 404)])
def test_who_may_only_look_cannot_change_and_a_stranger_learns_nothing(w, client, who, status):
    chip = give(w, w.volunteer)
    client.force_login(getattr(w, who), backend="shifts.backends.UsernameOrPhoneBackend")
    asked = [
        client.post(reverse(f"roster:{name}", args=["TTHCC"]), {"at": str(chip)})
        for name in ("assign", "move", "pin", "clear")
    ]
    asked += [
        client.post(reverse(f"roster:{name}", args=["TTHCC", w.roster.month]))
        for name in ("undo", "build", "build_stop", "save_template", "lay_template", "drop_template")
    ]
    assert [answer.status_code for answer in asked] == [status] * 10
    assert held(w) == [("02", "T1", "chieu", "tnv"), ("02", "T1", "sang", "tnv")]


def test_the_board_that_an_act_sends_back_leads_where_the_page_did(w, leader):
    chip = give(w, w.volunteer)
    page = post(leader, "pin", at=str(chip), view="2026-W45").content.decode()
    assert page.lstrip().startswith('<div id="board" class="board board-week"')
    assert 'href="/roster/TTHCC/2026-W45/" aria-current="page"' in page
    assert "/pin/?" not in page


def test_acts_are_posts(w, leader):
    asked = [leader.get(reverse(f"roster:{name}", args=["TTHCC"])) for name in ("assign", "move", "pin", "clear")]
    assert [answer.status_code for answer in asked] == [405] * 4


# After publication


def test_an_edit_after_publication_is_a_version_and_tells_those_it_touches(w, leader):
    chip = give(w, w.volunteer)
    publish(w.roster, w.leader)
    answer = post(leader, "assign", at=str(chip), volunteer=w.mate.volunteer.pk)
    assert answer.status_code == 200
    w.roster.refresh_from_db()
    assert w.roster.version == 2
    assert sorted(Notice.objects.values_list("user__username", flat=True)) == ["ban", "tnv"]


@pytest.mark.django_db(transaction=True)
def test_of_ten_people_given_the_last_place_at_once_one_gets_it(w):
    Post.objects.update(max_people=1)
    people = [make_user(f"nguoi{number}", f"Trần Văn {number}", team=w.team).volunteer.pk for number in range(10)]
    for number in rounds():
        place = spot(w, date=MONDAY + datetime.timedelta(days=7 * (number % 4)), post=[w.t1, w.t2, w.t3][number % 3])

        def give_to(person, place=place):
            return editing.assign(site=w.site, spot=place, person=person, by=w.leader)

        came, refused = at_once([lambda person=person: give_to(person) for person in people])
        assert (len(came), {refusal.reason.code for refusal in refused}) == (1, {"full"})
        assert Assignment.objects.active().count() == 2
        editing.undo(site=w.site, month=w.roster.month, by=w.leader)
