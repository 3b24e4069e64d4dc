"""Many people at once, each in a thread: exactly one wins, the others get a sentence, nothing is half written."""

import threading

import pytest
from django.db import connection, connections

from shifts.attendance import AttendanceRefused, mark
from shifts.duties import absences, leave, places, swaps
from shifts.models import Assignment, Attendance, Leave, OpenPlace, Roster, RosterChange, SwapRequest, User
from shifts.roster.changes import RosterRefused, change_roster
from shifts.roster.facts import Duty
from tests.factories import make_user

from .people import NOW, THURSDAY, TUESDAY, WEDNESDAY, give, held, moment, published_world

pytestmark = pytest.mark.django_db(transaction=True)
CONTENDERS = 50
ROUNDS = 20


def rounds():
    """Twenty on PostgreSQL; SQLite lets one write after the other, so a few show all there is to see."""
    return range(ROUNDS if connection.vendor == "postgresql" else 3)


def at_once(works):
    """Run each in a thread of its own, all released together; return (what came back, refusals)."""
    start = threading.Barrier(len(works))
    came, refused, faults = [], [], []

    def run(work):
        try:
            connection.ensure_connection()
            start.wait(60)
            came.append(work())
        except RosterRefused as error:
            refused.append(error)
        except Exception as error:
            faults.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    [thread.start() for thread in threads]
    [thread.join(120) for thread in threads]
    assert faults == []
    assert not any(thread.is_alive() for thread in threads)
    return came, refused


def test_of_fifty_people_one_takes_the_last_place_twenty_times():
    w = published_world()
    crowd = [make_user(f"nguoi{number}", f"Trần Văn {number}", team=w.team) for number in range(CONTENDERS)]
    crowd = list(User.objects.filter(pk__in=[user.pk for user in crowd]).select_related("volunteer__team__home_site"))
    roster, wednesday = w.roster, WEDNESDAY
    for number in rounds():
        place = OpenPlace.objects.create(roster=roster, date=wednesday, session="sang", post=w.t3, opened_by=w.leader)

        def take(user, key=place.pk):
            return places.take_places(places=[key], volunteer=user.volunteer, by=user, at=NOW)

        came, refused = at_once([lambda user=user: take(user) for user in crowd])
        assert len(came) == 1
        assert len(refused) == CONTENDERS - 1
        assert {str(error) for error in refused} == {"Chỗ này vừa có bạn khác nhận."}
        place.refresh_from_db()
        row = Assignment.objects.active().get(roster=roster, date=wednesday)
        assert (place.taken, row.volunteer.user) == (row, came[0].made_by)
        assert RosterChange.objects.filter(kind="take").count() == number + 1
        Assignment.objects.filter(pk=row.pk).update(state="cancelled", ended_at=NOW)


def test_an_offer_accepted_many_times_at_once_moves_the_duty_once_twenty_times():
    w = published_world()
    for _round in rounds():
        request = swaps.ask(volunteer=w.me, other=w.leader_v, given=held(w.volunteer, TUESDAY), by=w.volunteer, at=NOW)

        def accept(request=request):
            return swaps.accept(request=request, volunteer=w.leader_v, by=w.leader, at=NOW)

        came, refused = at_once([accept] * CONTENDERS)
        assert len(came) == 1
        assert {str(error) for error in refused} == {"Lời đổi ca này đã được nhận rồi."}
        assert len(refused) == CONTENDERS - 1
        assert len(held(w.leader, TUESDAY)) == 2
        assert held(w.volunteer, TUESDAY) == []
        swaps.swap_back(request=request, volunteer=w.me, by=w.volunteer, at=NOW)


def test_two_people_who_want_the_same_duty_in_return_do_not_both_get_it():
    """Hà and Khánh both offer their Tuesday for the Thursday of Hạnh, who accepts both at once on two devices."""
    w = published_world()
    wanted = give(w, w.leader, THURSDAY, post=w.t3)
    asked = [
        swaps.ask(volunteer=user.volunteer, other=w.leader_v, given=held(user, TUESDAY), wanted=wanted, by=user, at=NOW)
        for user in (w.volunteer, w.mate)
    ]

    def accept(request):
        return swaps.accept(request=request, volunteer=w.leader_v, by=w.leader, at=NOW)

    came, refused = at_once([lambda request=request: accept(request) for request in asked])
    assert (len(came), len(refused)) == (1, 1)
    assert sorted(SwapRequest.objects.values_list("state", flat=True)) == ["accepted", "expired"]
    assert Assignment.objects.active().filter(date=THURSDAY).count() == 2
    assert Assignment.objects.active().filter(date=TUESDAY).count() == 4


def test_accepting_and_withdrawing_at_once_ends_in_one_of_the_two():
    w = published_world()
    for _round in rounds():
        request = swaps.ask(volunteer=w.me, other=w.leader_v, given=held(w.volunteer, TUESDAY), by=w.volunteer, at=NOW)
        came, refused = at_once(
            [
                lambda request=request: swaps.accept(request=request, volunteer=w.leader_v, by=w.leader, at=NOW),
                lambda request=request: swaps.withdraw(request=request, volunteer=w.me, by=w.volunteer, at=NOW),
            ]
        )
        request.refresh_from_db()
        assert (len(came), len(refused)) == (1, 1)
        holder = {"accepted": w.leader, "withdrawn": w.volunteer}[request.state]
        assert len(held(holder, TUESDAY)) == 2
        if request.state == "accepted":
            swaps.swap_back(request=request, volunteer=w.me, by=w.volunteer, at=NOW)


def test_swaps_over_two_rosters_from_both_sides_do_not_block_each_other():
    """Each locks November and December; taken in one order, nobody waits for somebody who waits."""
    w = published_world()
    december = Roster.objects.create(
        site=w.site, month="2026-12-01", state="published", version=1, published_at=NOW, published_by=w.leader
    )
    december.refresh_from_db()
    first = december.month
    theirs = give(w, w.leader, first, post=w.t3, roster=december)
    his = give(w, w.mate, first, post=w.t1, roster=december)
    pairs = [
        (w.volunteer, w.leader, held(w.volunteer, TUESDAY), theirs),
        (w.mate, w.volunteer, his, []),
    ]

    def ask(who, other, given, wanted):
        return swaps.ask(volunteer=who.volunteer, other=other.volunteer, given=given, wanted=wanted, by=who, at=NOW)

    for _round in rounds():
        came, refused = at_once([lambda pair=pair: ask(*pair) for pair in pairs])
        assert (len(came), refused) == (2, [])
        for request in came:
            swaps.withdraw(request=request, volunteer=request.asked_by, by=request.asked_by.user, at=NOW)


def test_a_duty_given_up_and_offered_away_at_once_changes_hands_only_once():
    w = published_world()
    for _round in rounds():
        duties = held(w.volunteer, TUESDAY)
        request = swaps.ask(volunteer=w.me, other=w.leader_v, given=duties, by=w.volunteer, at=NOW)
        came, refused = at_once(
            [
                lambda request=request: swaps.accept(request=request, volunteer=w.leader_v, by=w.leader, at=NOW),
                lambda duties=duties: absences.cannot_come(volunteer=w.me, duties=duties, by=w.volunteer, at=NOW),
            ]
        )
        assert (len(came), len(refused)) == (1, 1)
        assert held(w.volunteer, TUESDAY) == []
        if held(w.leader, TUESDAY):
            assert OpenPlace.objects.waiting().count() == 0
            swaps.swap_back(request=request, volunteer=w.me, by=w.volunteer, at=NOW)
        else:
            absences.undo_absence(change=came[0][0], volunteer=w.me, by=w.volunteer, at=NOW)


def test_a_duty_given_up_while_the_leader_marks_it_is_either_given_up_or_attended():
    w = published_world()
    now = moment(TUESDAY, 7, 40)

    def come(duty):
        try:
            return mark(assignment=duty, state="present", by=w.leader, at=now)
        except AttendanceRefused as error:
            raise RosterRefused(str(error)) from error

    for number in rounds():
        duty = held(w.volunteer, TUESDAY)[0]
        came, refused = at_once(
            [
                lambda duty=duty: come(duty),
                lambda duty=duty: absences.cannot_come(volunteer=w.me, duties=[duty], by=w.volunteer, at=now),
            ]
        )
        assert (len(came), len(refused)) == (1, 1), number
        duty.refresh_from_db()
        attended = Attendance.objects.filter(assignment=duty)
        assert attended.exists() == (duty.state == "active")
        if attended:
            attended.delete()
        else:
            absences.undo_absence(change=came[0][0], volunteer=w.me, by=w.volunteer, at=now)


def test_leave_sent_twice_at_once_is_stored_once():
    w = published_world()

    def report():
        return leave.report_leave(volunteer=w.me, date_from=WEDNESDAY, date_to=THURSDAY, by=w.volunteer, at=NOW)

    came, refused = at_once([report] * 8)
    assert len(came) == 1
    assert all("trùng với lần báo bận" in str(error) for error in refused)
    assert Leave.objects.filter(volunteer=w.me).count() == 1


def test_leave_and_a_duty_given_in_the_same_moment_are_not_both_stored():
    w = published_world()
    duty = Duty(WEDNESDAY, "sang", w.t3, w.me)
    for number in rounds():
        came, refused = at_once(
            [
                lambda: change_roster(roster=w.roster, kind="edit", by=w.leader, add=[duty], quiet=True),
                lambda: leave.report_leave(
                    volunteer=w.me, date_from=WEDNESDAY, date_to=WEDNESDAY, by=w.volunteer, at=NOW
                ),
            ]
        )
        assert (len(came), len(refused)) == (1, 1), number
        Leave.objects.filter(volunteer=w.me).delete()
        Assignment.objects.filter(volunteer=w.me, date=WEDNESDAY).update(state="cancelled", ended_at=NOW)
