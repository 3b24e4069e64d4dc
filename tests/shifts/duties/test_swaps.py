"""Offers and exchanges between two named people: asked, answered, refused, expired, changed back."""

import datetime

import pytest
from django.db import IntegrityError

from shifts.duties import swaps
from shifts.duties.people import DutyGone, DutyOver
from shifts.duties.swaps import AlreadyOffered, SwapNotWaiting, SwapWithOneself, accept, ask, expire_swaps, swap_back
from shifts.models import Assignment, Leave, Roster, RosterChange, SwapRequest, Volunteer
from shifts.roster.changes import DutyRefused, RosterMovedOn, change_roster
from tests.factories import publish

from .people import MONDAY, NEXT_MONDAY, NOW, THURSDAY, TUESDAY, WEDNESDAY, give, held, moment, published_world, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def w():
    return published_world()


def offer(w, other=None, wanted=(), at=NOW, given=None):
    return ask(
        volunteer=w.me,
        other=(other or w.leader).volunteer,
        given=given or held(w.volunteer, TUESDAY),
        wanted=wanted,
        by=w.volunteer,
        at=at,
    )


def say_yes(w, request, person=None, at=NOW):
    person = person or w.leader
    return accept(request=request, volunteer=person.volunteer, by=person, at=at)


def who(date):
    rows = Assignment.objects.active().filter(date=date).order_by("post__position", "session")
    return [(row.post.code, row.session, row.volunteer.user.username) for row in rows]


def test_an_offer_moves_nothing_and_tells_only_the_other(w):
    request = offer(w)
    assert request.state == "waiting"
    assert len(held(w.volunteer, TUESDAY)) == 2
    assert texts(w.leader) == ["Nguyễn Thu Hà nhờ bạn nhận ca thứ Ba 03/11 (Tầng 2, sáng và chiều)."]
    assert texts(w.volunteer) == []


@pytest.mark.parametrize("answer", [swaps.accept, swaps.decline])
def test_what_was_answered_no_longer_waits_at_the_bell(w, answer):
    """Somebody else's question stays: it waits for an answer of its own."""
    request = offer(w)
    ask(volunteer=w.mate_v, other=w.leader_v, given=held(w.mate, TUESDAY)[:1], by=w.mate, at=NOW)
    answer(request=request, volunteer=w.leader_v, by=w.leader, at=NOW)
    assert [notice.text for notice in w.leader.notices.unread()] == [
        "Phạm Quốc Khánh nhờ bạn nhận ca thứ Ba 03/11 (Tầng 1, sáng)."
    ]


def test_what_was_withdrawn_no_longer_waits_at_the_bell(w):
    swaps.withdraw(request=offer(w), volunteer=w.me, by=w.volunteer, at=NOW)
    [left] = w.leader.notices.unread()
    assert left.text == "Nguyễn Thu Hà đã rút lời nhờ về ca thứ Ba 03/11 (Tầng 2, sáng và chiều)."


def test_accepting_moves_the_duties_in_one_change_and_tells_who_asked(w):
    [change] = say_yes(w, offer(w))
    assert (change.kind, change.version, change.lines.count()) == ("swap", 2, 4)
    assert who(TUESDAY) == [
        ("T1", "chieu", "ban"), ("T1", "sang", "ban"), ("T2", "chieu", "doitruong"), ("T2", "sang", "doitruong"),
    ]  # fmt: skip
    assert texts(w.volunteer) == ["Lý Thị Hạnh nhận ca thứ Ba 03/11 (Tầng 2, sáng và chiều) của Nguyễn Thu Hà."]


def test_an_exchange_gives_each_the_other_ones_duty(w):
    theirs = give(w, w.leader, THURSDAY, post=w.t3)
    changes = say_yes(w, offer(w, wanted=theirs))
    assert len(changes) == 1
    assert [row.post for row in held(w.leader, TUESDAY)] == [w.t2, w.t2]
    assert [row.post for row in held(w.volunteer, THURSDAY)] == [w.t3, w.t3]
    assert held(w.volunteer, TUESDAY) == held(w.leader, THURSDAY) == []


def test_an_exchange_on_the_same_day_is_possible(w):
    say_yes(w, offer(w, other=w.mate, wanted=held(w.mate, TUESDAY)), person=w.mate)
    assert [row.post for row in held(w.volunteer, TUESDAY)] == [w.t1, w.t1]
    assert [row.post for row in held(w.mate, TUESDAY)] == [w.t2, w.t2]


def test_with_oneself_is_refused(w):
    with pytest.raises(SwapWithOneself, match="chính mình"):
        offer(w, other=w.volunteer)
    with pytest.raises(IntegrityError):
        SwapRequest.objects.create(asked_by=w.me, asked_of=w.me)


@pytest.mark.parametrize(
    ("other", "code"),
    [("away", "leave"), ("newcomer", "not_member"), ("mate", "on_duty"), ("specialist", "not_qualified")],
)
def test_somebody_who_cannot_is_refused_with_the_reason(w, other, code):
    with pytest.raises(DutyRefused) as refusal:
        offer(w, other=getattr(w, other))
    assert refusal.value.reason.code == code
    assert SwapRequest.objects.count() == 0


def test_somebody_of_another_site_is_refused(w):
    with pytest.raises(DutyGone, match="cùng một điểm"):
        offer(w, other=w.stranger)


def test_a_person_who_left_the_team_is_refused(w):
    Volunteer.objects.filter(pk=w.leader_v.pk).update(left=MONDAY)
    w.leader_v.refresh_from_db()
    with pytest.raises(DutyRefused) as refusal:
        offer(w)
    assert refusal.value.reason.code == "not_member"


@pytest.mark.parametrize(("hour", "sentence"), [(8, "đã bắt đầu"), (18, "đã qua")])
def test_a_duty_that_began_or_is_past_is_refused(w, hour, sentence):
    with pytest.raises(DutyOver, match=sentence):
        offer(w, at=moment(TUESDAY, hour), given=held(w.volunteer, TUESDAY)[:1])


def test_a_duty_is_offered_to_one_person_at_a_time(w):
    offer(w)
    with pytest.raises(AlreadyOffered, match="đang chờ một bạn khác"):
        offer(w, other=w.mate, wanted=held(w.mate, TUESDAY))
    assert SwapRequest.objects.count() == 1


def test_accepting_twice_is_refused(w):
    request = offer(w)
    say_yes(w, request)
    with pytest.raises(SwapNotWaiting, match="đã được nhận rồi"):
        say_yes(w, request)
    assert RosterChange.objects.filter(kind="swap").count() == 1


def test_only_who_was_asked_accepts(w):
    with pytest.raises(DutyGone):
        say_yes(w, offer(w), person=w.mate)
    assert len(held(w.volunteer, TUESDAY)) == 2


def test_a_duty_changed_meanwhile_cannot_be_accepted(w):
    request = offer(w)
    change_roster(roster=w.roster, kind="edit", by=w.leader, remove=held(w.volunteer, TUESDAY))
    with pytest.raises(DutyGone, match="vừa được người khác đổi"):
        say_yes(w, request)


def test_leave_reported_after_the_offer_stands_against_accepting(w):
    request = offer(w)
    Leave.objects.create(volunteer=w.leader_v, date_from=TUESDAY, date_to=TUESDAY)
    with pytest.raises(DutyRefused, match="báo bận"):
        say_yes(w, request)


def test_a_duty_that_began_cannot_be_accepted_any_more(w):
    request = offer(w)
    with pytest.raises(DutyOver):
        say_yes(w, request, at=moment(TUESDAY, 7, 30))


def test_limits_are_counted_as_they_are_after_the_exchange(w):
    """Hạnh serves one day a week at most: as a gift a second day is too much, in exchange it is not."""
    Volunteer.objects.filter(pk=w.leader_v.pk).update(max_per_week=1)
    theirs = give(w, w.leader, THURSDAY, post=w.t3)
    with pytest.raises(DutyRefused) as refusal:
        offer(w)
    assert refusal.value.reason.code == "week_full"
    say_yes(w, offer(w, wanted=theirs))
    assert len(held(w.leader, TUESDAY)) == 2


def test_an_exchange_over_the_end_of_a_month_counts_the_same_week_once(w):
    """30/11 and 01/12 lie in one week and two rosters: with one day a week each, nobody may hold both for a moment."""
    december = Roster.objects.create(site=w.site, month=datetime.date(2026, 12, 1))
    first, last = datetime.date(2026, 12, 1), datetime.date(2026, 11, 30)
    Volunteer.objects.filter(pk__in=[w.me.pk, w.leader_v.pk]).update(max_per_week=1)
    mine = give(w, w.volunteer, last, post=w.t2)
    theirs = give(w, w.leader, first, post=w.t3, roster=december)
    publish(december, w.leader)
    request = offer(w, given=mine, wanted=theirs)
    say_yes(w, request)
    assert who(last) == [("T2", "chieu", "doitruong"), ("T2", "sang", "doitruong")]
    assert who(first) == [("T3", "chieu", "tnv"), ("T3", "sang", "tnv")]
    swap_back(request=request, volunteer=w.me, by=w.volunteer, at=NOW)
    assert who(last) == [("T2", "chieu", "tnv"), ("T2", "sang", "tnv")]


def test_a_wanted_duty_that_is_not_the_other_ones_is_refused(w):
    with pytest.raises(DutyGone, match="không còn là của"):
        offer(w, wanted=held(w.mate, TUESDAY))


def test_declining_keeps_the_duty_and_tells_who_asked(w):
    request = offer(w)
    swaps.decline(request=request, volunteer=w.leader_v, by=w.leader, at=NOW)
    assert texts(w.volunteer) == [
        "Lý Thị Hạnh không nhận được ca thứ Ba 03/11 (Tầng 2, sáng và chiều). Ca vẫn là của bạn."
    ]
    with pytest.raises(SwapNotWaiting, match="không nhận"):
        say_yes(w, request)
    offer(w)


def test_a_withdrawn_offer_cannot_be_accepted_and_frees_the_duty(w):
    request = offer(w)
    swaps.withdraw(request=request, volunteer=w.me, by=w.volunteer, at=NOW)
    with pytest.raises(SwapNotWaiting, match="đã rút"):
        say_yes(w, request)
    with pytest.raises(SwapNotWaiting):
        swaps.withdraw(request=request, volunteer=w.me, by=w.volunteer, at=NOW)
    assert texts(w.leader)[-1] == "Nguyễn Thu Hà đã rút lời nhờ về ca thứ Ba 03/11 (Tầng 2, sáng và chiều)."
    offer(w)


@pytest.mark.parametrize("person", ["volunteer", "leader"])
def test_either_changes_it_back_until_the_duty_begins_and_the_other_is_told(w, person):
    theirs = give(w, w.leader, THURSDAY, post=w.t3)
    request = offer(w, wanted=theirs)
    say_yes(w, request)
    by, other = getattr(w, person), w.leader if person == "volunteer" else w.volunteer
    swap_back(request=request, volunteer=by.volunteer, by=by, at=moment(TUESDAY, 7, 29))
    assert [row.post for row in held(w.volunteer, TUESDAY)] == [w.t2, w.t2]
    assert [row.post for row in held(w.leader, THURSDAY)] == [w.t3, w.t3]
    assert texts(other)[-1].startswith("Đã đổi lại như cũ")
    with pytest.raises(SwapNotWaiting):
        swap_back(request=request, volunteer=by.volunteer, by=by, at=NOW)


def test_a_swap_is_not_changed_back_once_the_duty_began(w):
    request = offer(w)
    say_yes(w, request)
    with pytest.raises(DutyOver):
        swap_back(request=request, volunteer=w.me, by=w.volunteer, at=moment(TUESDAY, 7, 30))


def test_a_swap_is_not_changed_back_when_the_duty_moved_on(w):
    request = offer(w)
    say_yes(w, request)
    change_roster(roster=w.roster, kind="edit", by=w.leader, remove=held(w.leader, TUESDAY)[:1])
    with pytest.raises(RosterMovedOn, match="đổi tiếp"):
        swap_back(request=request, volunteer=w.me, by=w.volunteer, at=NOW)


def test_a_stranger_to_the_swap_does_not_change_it_back(w):
    request = offer(w)
    say_yes(w, request)
    with pytest.raises(DutyGone):
        swap_back(request=request, volunteer=w.mate_v, by=w.mate, at=NOW)


def test_requests_expire_when_the_duty_begins_and_who_asked_is_told_once(w):
    request = offer(w)
    assert expire_swaps(moment(TUESDAY, 7, 29)) == 0
    assert expire_swaps(moment(TUESDAY, 7, 30)) == 1
    assert expire_swaps(moment(TUESDAY, 7, 31)) == 0
    request.refresh_from_db()
    assert request.state == "expired"
    assert texts(w.volunteer) == ["Lời nhờ Lý Thị Hạnh về ca thứ Ba 03/11 (Tầng 2, sáng và chiều) đã quá hạn."]


def test_a_request_about_a_duty_that_was_cancelled_expires_at_once(w):
    offer(w)
    change_roster(roster=w.roster, kind="edit", by=w.leader, remove=held(w.volunteer, TUESDAY), quiet=True)
    assert expire_swaps(NOW) == 1


def test_candidates_are_those_who_can_and_those_who_could_in_exchange(w):
    Volunteer.objects.filter(pk=w.leader_v.pk).update(max_per_week=1)
    give(w, w.leader, THURSDAY, post=w.t3)
    duties = held(w.volunteer, TUESDAY)
    facts = swaps.facts_around(duties, NOW)
    found = swaps.candidates_for(duties, facts)
    assert [(one.volunteer.user.username, one.days, one.only_exchange) for one in found] == [("doitruong", 1, True)]
    wanted = swaps.wanted_in_return(duties, found[0].volunteer, facts, NOW)
    assert [(stint.date, stint.title) for stint in wanted] == [(THURSDAY, "Tầng 3, cả ngày")]


def test_what_is_wanted_in_return_leaves_out_what_i_cannot_take(w):
    give(w, w.leader, WEDNESDAY, post=w.t3)
    give(w, w.leader, NEXT_MONDAY, post=w.t3)
    give(w, w.volunteer, WEDNESDAY, post=w.t2)
    Leave.objects.create(volunteer=w.leader_v, date_from=THURSDAY, date_to=THURSDAY)
    duties = held(w.volunteer, TUESDAY)
    facts = swaps.facts_around(duties, NOW)
    other = facts.people[w.leader_v.pk]
    assert [stint.date for stint in swaps.wanted_in_return(duties, other, facts, NOW)] == [NEXT_MONDAY]
