"""Two leaders at once, each in a thread: exactly one wins, the other gets a sentence, nothing is half written."""

import pytest

from shifts.duties.leave import LeaveRefused, report_leave
from shifts.models import Assignment, Leave
from shifts.outreach.people import change_people
from shifts.outreach.states import move_event
from shifts.roster.changes import RosterRefused, change_roster
from shifts.roster.facts import Duty
from tests.shifts.duties.test_races import at_once, rounds

from .people import NOW, SATURDAY, going, make_event, outreach_world, put

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_leaders_put_the_same_person_into_two_events_of_one_morning_and_one_wins():
    w = outreach_world()
    for _round in rounds():
        events = [make_event(w, venue=f"Nơi {number}") for number in range(2)]
        came, refused = at_once(
            [lambda event=event: change_people(event=event, by=w.leader, add=[w.me.pk], at=NOW) for event in events]
        )
        assert (len(came), len(refused)) == (1, 1)
        [winner] = came
        sentences = {
            f"Hà đã có hoạt động {winner.event.venue} ca sáng thứ Bảy 14/11.",
            f"Thu Hà đã có hoạt động {winner.event.venue} ca sáng thứ Bảy 14/11.",
            "Một bạn vừa nhận ca khác trong đúng buổi này. Hãy xem lại rồi làm tiếp.",
        }
        assert str(refused[0]) in sentences
        assert Assignment.objects.active().filter(volunteer=w.me, date=SATURDAY).count() == 1
        move_event(event=winner.event, to="cancelled", reason="Mưa", by=w.leader, at=NOW)


def test_a_roster_and_an_event_ask_for_the_same_morning_and_one_wins():
    w = outreach_world()
    friday = SATURDAY.replace(day=13)
    for _round in rounds():
        event = make_event(w, friday)
        duty = Duty(friday, "sang", w.t2, w.me)
        came, refused = at_once(
            [
                lambda event=event: change_people(event=event, by=w.leader, add=[w.me.pk], at=NOW),
                lambda duty=duty: change_roster(roster=w.roster, kind="edit", by=w.leader, add=[duty], quiet=True),
            ]
        )
        assert (len(came), len(refused)) == (1, 1)
        rows = Assignment.objects.active().filter(volunteer=w.me, date=friday)
        assert rows.count() == 1
        rows.update(state="cancelled", ended_at=NOW)


def test_putting_in_and_cancelling_at_once_leaves_no_duty_at_a_cancelled_event():
    w = outreach_world()
    for _round in rounds():
        event = make_event(w)
        at_once(
            [
                lambda event=event: put(w, w.me, event=event),
                lambda event=event: move_event(event=event, to="cancelled", reason="Mưa", by=w.leader, at=NOW),
            ]
        )
        assert going(event) == []


def test_leave_and_an_event_at_once_never_leave_both_unsaid():
    w = outreach_world()
    for _round in rounds():
        event = make_event(w)

        def report():
            try:
                return report_leave(volunteer=w.me, date_from=SATURDAY, date_to=SATURDAY, by=w.volunteer, at=NOW)
            except LeaveRefused as error:
                raise RosterRefused(str(error)) from error

        came, refused = at_once([lambda event=event: put(w, w.me, event=event), report])
        assert (len(came), len(refused)) == (1, 1)
        Assignment.objects.filter(event=event).update(state="cancelled", ended_at=NOW)
        Leave.objects.all().delete()
