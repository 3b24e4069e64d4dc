"""“Tôi không đến được”: what is cancelled, opened, told, refused and undone."""

import datetime

import pytest

from shifts.duties import absences, places, swaps
from shifts.duties.absences import AlreadyCheckedIn, PlaceAlreadyTaken, cannot_come, undo_absence
from shifts.duties.people import DutyGone, DutyOver, leaders_of
from shifts.models import Assignment, Attendance, Leave, Notice, OpenPlace, Role, RosterChange
from shifts.roster.changes import DutyRefused
from tests.factories import make_user

from .people import MONDAY, NOW, TUESDAY, event_for, give, held, moment, published_world, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def w():
    return published_world()


def give_up(w, duties=None, at=NOW):
    return cannot_come(volunteer=w.me, duties=duties or held(w.volunteer, TUESDAY), by=w.volunteer, at=at)


def test_a_day_given_up_is_cancelled_and_its_places_wait_for_somebody(w):
    [change] = give_up(w)
    assert (change.kind, change.version, change.made_by) == ("absence", 2, w.volunteer)
    assert held(w.volunteer, TUESDAY) == []
    places = OpenPlace.objects.waiting().order_by("pk")
    assert [(place.session, place.post, place.given_up.volunteer) for place in places] == [
        ("sang", w.t2, w.me),
        ("chieu", w.t2, w.me),
    ]


def test_the_leader_and_those_who_can_are_told_and_nobody_else(w):
    """Khánh serves that day, Yến is away, Long has not joined yet, Linh only serves on floor 1."""
    free = make_user("ranh", "Trần Đình Phúc", team=w.team)
    give_up(w)
    assert texts(w.leader) == ["Nguyễn Thu Hà không đến được thứ Ba 03/11 (Tầng 2, sáng và chiều). Đã báo 1 bạn rảnh."]
    assert texts(free) == ["Đang cần người: thứ Ba 03/11 (Tầng 2, sáng và chiều). Bạn nhận được không?"]
    for person in (w.volunteer, w.mate, w.away, w.newcomer, w.specialist, w.stranger):
        assert texts(person) == []


def test_only_the_chosen_session_is_given_up(w):
    give_up(w, held(w.volunteer, TUESDAY)[1:])
    assert [row.session for row in held(w.volunteer, TUESDAY)] == ["sang"]
    assert OpenPlace.objects.get().session == "chieu"


def test_a_past_duty_is_refused_and_nothing_is_written(w):
    with pytest.raises(DutyOver, match="Ca này đã qua"):
        give_up(w, at=moment(TUESDAY, 17, 0))
    assert len(held(w.volunteer, TUESDAY)) == 2
    assert OpenPlace.objects.count() == 0
    assert Notice.objects.count() == 0


def test_a_duty_under_way_may_be_given_up_and_the_leader_reads_that_it_runs(w):
    give_up(w, at=moment(TUESDAY, 8, 0))
    assert "ca đang diễn ra" in texts(w.leader)[-1]


def test_who_was_there_does_not_report_an_absence(w):
    duties = held(w.volunteer, TUESDAY)
    Attendance.objects.create(assignment=duties[0], state="present", arrived_at=moment(TUESDAY, 7, 25))
    with pytest.raises(AlreadyCheckedIn, match="đã điểm danh"):
        give_up(w, duties[:1], at=moment(TUESDAY, 9, 0))


def test_somebody_elses_duty_is_refused(w):
    with pytest.raises(DutyGone, match="không phải của bạn"):
        give_up(w, held(w.mate, TUESDAY))
    assert OpenPlace.objects.count() == 0


def test_a_duty_that_the_leader_took_away_meanwhile_is_refused(w):
    duties = held(w.volunteer, TUESDAY)
    Assignment.objects.filter(pk=duties[0].pk).update(state="cancelled", ended_at=NOW)
    with pytest.raises(DutyGone, match="vừa được người khác đổi"):
        give_up(w, duties)


def test_a_leader_who_cannot_come_tells_the_other_leaders(w):
    deputy = make_user("doipho", "Lê Thị Mai", team=w.team)
    Role.objects.create(user=deputy, kind="leader", team=w.team)
    duties = give(w, w.leader, TUESDAY, post=w.t3)
    cannot_come(volunteer=w.leader_v, duties=duties, by=w.leader, at=NOW)
    assert texts(deputy) == [
        "Lý Thị Hạnh không đến được thứ Ba 03/11 (Tầng 3, sáng và chiều). Chưa có bạn nào rảnh để thay."
    ]
    assert texts(w.leader) == []


def test_undo_gives_the_duties_back_and_closes_the_places(w):
    [change] = give_up(w)
    undo_absence(change=change, volunteer=w.me, by=w.volunteer, at=NOW)
    assert [row.session for row in held(w.volunteer, TUESDAY)] == ["sang", "chieu"]
    assert OpenPlace.objects.waiting().count() == 0
    assert texts(w.leader)[-1] == "Nguyễn Thu Hà lại đến được thứ Ba 03/11 (Tầng 2, sáng và chiều)."
    assert RosterChange.objects.get(kind="undo").undoes == change


def test_undo_takes_back_only_what_nobody_took(w):
    [change] = give_up(w)
    morning = OpenPlace.objects.get(session="sang")
    places.take_places(places=[morning.pk], volunteer=w.leader_v, by=w.leader, at=NOW)
    undo_absence(change=change, volunteer=w.me, by=w.volunteer, at=NOW)
    assert [row.session for row in held(w.volunteer, TUESDAY)] == ["chieu"]
    assert [row.session for row in held(w.leader, TUESDAY)] == ["sang"]


def test_undo_is_refused_once_everything_is_taken(w):
    [change] = give_up(w)
    keys = OpenPlace.objects.values_list("pk", flat=True)
    places.take_places(places=keys, volunteer=w.leader_v, by=w.leader, at=NOW)
    with pytest.raises(PlaceAlreadyTaken, match="bạn khác nhận"):
        undo_absence(change=change, volunteer=w.me, by=w.volunteer, at=NOW)
    assert held(w.volunteer, TUESDAY) == []


def test_undo_is_refused_when_the_day_is_over(w):
    [change] = give_up(w)
    with pytest.raises(DutyOver):
        undo_absence(change=change, volunteer=w.me, by=w.volunteer, at=moment(TUESDAY, 18, 0))


def test_undo_is_refused_by_leave_reported_since(w):
    [change] = give_up(w)
    Leave.objects.create(volunteer=w.me, date_from=TUESDAY, date_to=TUESDAY)
    with pytest.raises(DutyRefused, match="báo bận"):
        undo_absence(change=change, volunteer=w.me, by=w.volunteer, at=NOW)


def test_a_duty_given_up_again_after_undo_opens_its_place_again(w):
    [change] = give_up(w)
    undo_absence(change=change, volunteer=w.me, by=w.volunteer, at=NOW)
    give_up(w, at=NOW + datetime.timedelta(minutes=1))
    assert OpenPlace.objects.waiting().count() == 2
    assert OpenPlace.objects.count() == 4


def test_an_offer_that_waits_ends_with_the_absence_and_the_other_is_told(w):
    duties = held(w.volunteer, TUESDAY)
    swaps.ask(volunteer=w.me, other=w.leader_v, given=duties, by=w.volunteer, at=NOW)
    give_up(w)
    request = w.me.swaps_asked.get()
    assert request.state == "expired"
    assert request.duties.filter(waiting=True).count() == 0
    assert any("không còn hiệu lực" in text for text in texts(w.leader))


def test_an_event_absence_tells_its_leaders_once_and_cancels_nothing(w):
    duty = event_for(w, w.volunteer, MONDAY + datetime.timedelta(days=5))
    for told in (1, 0):
        assert absences.report_event_absence(volunteer=w.me, duty=duty, by=w.volunteer) == told
    assert texts(w.leader) == ["Nguyễn Thu Hà không đến được hoạt động Trường THPT Hòn Gai ngày 07/11."]
    duty.refresh_from_db()
    assert duty.state == "active"


def test_leaders_of_a_team_are_those_of_that_day(w):
    Role.objects.create(user=w.mate, kind="leader", team=w.team, valid_from=datetime.date(2027, 1, 1))
    Role.objects.create(user=w.stranger, kind="leader", team=w.other_team)
    assert leaders_of(w.team, MONDAY) == [w.leader]
