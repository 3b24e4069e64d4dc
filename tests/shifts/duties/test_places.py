"""Open places: who sees them, who gets them."""

import datetime

import pytest

from shifts.attendance import mark
from shifts.duties.absences import cannot_come, undo_absence
from shifts.duties.people import DutyOver
from shifts.duties.places import PlaceTaken, TooLateToUndo, places_for, take_places, undo_take
from shifts.models import Leave, OpenPlace, Volunteer
from shifts.roster.changes import DutyRefused
from tests.factories import make_user

from .people import NOW, TUESDAY, give, held, moment, published_world, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def w():
    """Hà gave up her Tuesday on floor 2."""
    w = published_world()
    cannot_come(volunteer=w.me, duties=held(w.volunteer, TUESDAY), by=w.volunteer, at=NOW)
    return w


def keys():
    return list(OpenPlace.objects.order_by("pk").values_list("pk", flat=True))


def seen(person, at=NOW):
    return [(stint.date, stint.title, stint.left) for stint in places_for(person, at)]


def test_a_day_is_offered_as_one_to_those_who_can_take_it(w):
    assert seen(w.leader_v) == [(TUESDAY, "Tầng 2, cả ngày", 1)]


def test_who_cannot_take_a_place_does_not_see_it(w):
    for person in (w.mate, w.away, w.newcomer, w.specialist, w.stranger):
        assert seen(person.volunteer) == []


def test_who_gave_a_place_up_takes_it_back_by_undo_and_does_not_see_it_as_open(w):
    assert seen(w.me) == []


def test_only_the_free_session_is_offered(w):
    give(w, w.leader, TUESDAY, "sang", post=w.t3)
    assert seen(w.leader_v) == [(TUESDAY, "Tầng 2, ca chiều", 1)]


def test_a_place_is_offered_until_its_session_ends(w):
    assert seen(w.leader_v, moment(TUESDAY, 11, 30)) == [(TUESDAY, "Tầng 2, ca chiều", 1)]
    assert seen(w.leader_v, moment(TUESDAY, 17, 0)) == []


def test_a_full_floor_is_not_offered(w):
    w.t2.max_people = 1
    w.t2.save()
    give(w, w.leader, TUESDAY, "sang", post=w.t2)
    OpenPlace.objects.filter(session="sang").update(closed_at=None, taken=None)
    assert [stint.title for stint in places_for(w.mate_v, NOW)] == []


def test_taking_a_day_gives_both_duties_in_one_change(w):
    change = take_places(places=keys(), volunteer=w.leader_v, by=w.leader, at=NOW)
    assert (change.kind, change.lines.count()) == ("take", 2)
    assert [row.session for row in held(w.leader, TUESDAY)] == ["sang", "chieu"]
    assert OpenPlace.objects.waiting().count() == 0
    assert texts(w.volunteer) == ["Lý Thị Hạnh nhận thứ Ba 03/11 (Tầng 2, sáng và chiều)."]


def asked(user):
    return user.notices.unread().filter(kind="open_place").count()


def test_nobody_is_asked_for_a_place_that_was_taken_until_it_is_given_back():
    w = published_world()
    free, other = [make_user(name, f"Trần Đình {name}", team=w.team) for name in ("phuc", "quan")]
    cannot_come(volunteer=w.me, duties=held(w.volunteer, TUESDAY), by=w.volunteer, at=NOW)
    assert (asked(free), asked(other)) == (1, 1)
    morning, afternoon = keys()
    take_places(places=[morning], volunteer=free.volunteer, by=free, at=NOW)
    assert asked(other) == 1  # the afternoon still waits
    change = take_places(places=[afternoon], volunteer=other.volunteer, by=other, at=NOW)
    assert (asked(free), asked(other)) == (0, 0)
    undo_take(change=change, volunteer=other.volunteer, by=other, at=NOW)
    assert (asked(free), asked(other)) == (1, 1)


def test_nobody_is_asked_for_a_place_whose_person_comes_after_all():
    w = published_world()
    free = make_user("phuc", "Trần Đình Phúc", team=w.team)
    [change] = cannot_come(volunteer=w.me, duties=held(w.volunteer, TUESDAY), by=w.volunteer, at=NOW)
    undo_absence(change=change, volunteer=w.me, by=w.volunteer, at=NOW)
    assert asked(free) == 0
    later = NOW + datetime.timedelta(minutes=1)
    cannot_come(volunteer=w.me, duties=held(w.volunteer, TUESDAY), by=w.volunteer, at=later)
    assert asked(free) == 1


def test_the_leader_is_told_who_took_a_place(w):
    Volunteer.objects.filter(pk=w.specialist.volunteer.pk).first().posts.add(w.t2)
    take_places(places=keys(), volunteer=w.specialist.volunteer, by=w.specialist, at=NOW)
    assert texts(w.leader)[-1] == "Đỗ Thùy Linh nhận thứ Ba 03/11 (Tầng 2, sáng và chiều)."


def test_the_second_gets_a_sentence_and_nothing_is_written(w):
    take_places(places=keys(), volunteer=w.leader_v, by=w.leader, at=NOW)
    with pytest.raises(PlaceTaken, match="Chỗ này vừa có bạn khác nhận."):
        take_places(places=keys(), volunteer=w.mate_v, by=w.mate, at=NOW)
    assert len(held(w.mate, TUESDAY)) == 2


@pytest.mark.parametrize("wrong", [[], [10**9]])
def test_places_that_do_not_exist_are_refused(w, wrong):
    with pytest.raises(PlaceTaken):
        take_places(places=wrong, volunteer=w.leader_v, by=w.leader, at=NOW)


def test_a_past_place_is_refused(w):
    with pytest.raises(DutyOver):
        take_places(places=keys(), volunteer=w.leader_v, by=w.leader, at=moment(TUESDAY, 17, 0))


def test_who_reported_leave_is_refused_by_name(w):
    Leave.objects.create(volunteer=w.leader_v, date_from=TUESDAY, date_to=TUESDAY)
    with pytest.raises(DutyRefused, match="Hạnh báo bận"):
        take_places(places=keys(), volunteer=w.leader_v, by=w.leader, at=NOW)


def test_a_place_taken_by_mistake_is_given_back_within_minutes(w):
    change = take_places(places=keys(), volunteer=w.leader_v, by=w.leader, at=NOW)
    undo_take(change=change, volunteer=w.leader_v, by=w.leader, at=NOW + datetime.timedelta(minutes=10))
    assert held(w.leader, TUESDAY) == []
    assert OpenPlace.objects.waiting().count() == 2


def test_later_it_is_a_promise(w):
    change = take_places(places=keys(), volunteer=w.leader_v, by=w.leader, at=NOW)
    with pytest.raises(TooLateToUndo, match="Tôi không đến được"):
        undo_take(change=change, volunteer=w.leader_v, by=w.leader, at=NOW + datetime.timedelta(minutes=11))


def test_a_place_is_not_given_back_by_who_was_there_already(w):
    at = moment(TUESDAY, 7, 30)
    change = take_places(places=keys(), volunteer=w.leader_v, by=w.leader, at=at)
    mark(assignment=held(w.leader, TUESDAY)[0], state="present", by=w.leader, at=at)
    with pytest.raises(DutyOver, match="đã điểm danh"):
        undo_take(change=change, volunteer=w.leader_v, by=w.leader, at=at + datetime.timedelta(minutes=5))
    assert len(held(w.leader, TUESDAY)) == 2


def test_a_place_is_not_given_back_once_its_session_is_over(w):
    at = moment(TUESDAY, 11, 25)
    change = take_places(places=keys()[:1], volunteer=w.leader_v, by=w.leader, at=at)
    with pytest.raises(DutyOver):
        undo_take(change=change, volunteer=w.leader_v, by=w.leader, at=at + datetime.timedelta(minutes=6))
    assert [duty.session for duty in held(w.leader, TUESDAY)] == ["sang"]


def test_a_person_of_another_site_does_not_take_a_place_here(w):
    with pytest.raises(PlaceTaken):
        take_places(places=keys(), volunteer=w.stranger.volunteer, by=w.stranger, at=NOW)
    assert OpenPlace.objects.waiting().count() == 2


def test_a_place_opened_for_me_by_somebody_else_can_be_taken_back_as_any_other(w):
    OpenPlace.objects.update(opened_by=w.leader)
    assert seen(w.me) == [(TUESDAY, "Tầng 2, cả ngày", 1)]
