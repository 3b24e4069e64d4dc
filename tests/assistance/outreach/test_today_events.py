"""Events of the day beside the floors: who should be there, marked by the same tap."""

import pytest
import time_machine

from shifts.models import Assignment, Attendance
from tests.factories import make_user
from tests.shifts.duties.people import moment

from .people import SATURDAY, client_of, confirm, make_event, outreach_world, put

pytestmark = pytest.mark.django_db
MORNING = moment(SATURDAY, 7, 25)


@pytest.fixture
def w(db):
    w = outreach_world()
    put(w, w.me, w.mate_v)
    confirm(w)
    with time_machine.travel(MORNING, tick=False):
        yield w


def text(answer):
    return answer.content.decode()


def duty_of(w, user):
    return Assignment.objects.active().get(event=w.event, volunteer__user=user)


def test_the_event_of_the_day_is_a_card_with_its_people(w):
    page = text(client_of(w.leader).get("/roster/today/"))
    assert "Trường THPT Hòn Gai" in page
    assert "Đã đến 0 / 2" in page
    assert f"/roster/today/{duty_of(w, w.volunteer).pk}/mark/" in page
    assert "/mark/" not in text(client_of(w.mate).get("/roster/today/"))


def test_the_leader_marks_and_takes_it_back(w):
    client, duty = client_of(w.leader), duty_of(w, w.volunteer)
    answer = client.post(f"/roster/today/{duty.pk}/mark/", {"state": "present"}, follow=True)
    assert "Đã đến 1 / 2" in text(answer)
    assert "Đến 07:25" in text(answer)
    assert "chưa ghi lượt" not in text(answer)
    mark = duty.attendance.marks.get()
    client.post(f"/roster/today/{duty.pk}/undo/", {"mark": mark.pk})
    duty.attendance.refresh_from_db()
    assert duty.attendance.state == "expected"
    assert client.get(f"/roster/today/{duty.pk}/").status_code == 200


def test_a_person_checks_in_at_the_event(w):
    client = client_of(w.volunteer)
    assert "Bạn đi Trường THPT Hòn Gai từ 07:30." in text(client.get("/roster/today/"))
    answer = client.post("/roster/today/check-in/", follow=True)
    assert "Bạn có mặt ở Trường THPT Hòn Gai từ 07:25." in text(answer)
    assert Attendance.objects.get().state == "present"


@pytest.mark.parametrize(
    ("name", "status"), [("mate", 403), ("reporter", 403), ("stranger", 404), ("other_leader", 404)]
)
def test_others_do_not_mark_at_an_event(w, name, status):
    client, duty = client_of(getattr(w, name)), duty_of(w, w.volunteer)
    assert client.get(f"/roster/today/{duty.pk}/").status_code == status
    assert client.post(f"/roster/today/{duty.pk}/mark/", {"state": "present"}).status_code == status


def test_the_leader_of_a_team_without_a_site_marks_and_comes_back_to_the_event(w):
    w.other_team.home_site = None
    w.other_team.save()
    event = make_event(w, team=w.other_team, host_unit=w.far)
    put(w, w.stranger.volunteer, event=event)
    duty = Assignment.objects.get(event=event)
    client = client_of(w.other_leader)
    for state in ("present", "junk"):
        answer = client.post(f"/roster/today/{duty.pk}/mark/", {"state": state})
        assert (answer.status_code, answer.url) == (302, f"/outreach/{event.pk}/")
    assert Attendance.objects.get(assignment=duty).state == "present"


@pytest.mark.parametrize("count", [1, 3])
def test_the_day_takes_the_same_queries_however_many_go_to_its_events(w, count, django_assert_num_queries):
    for number in range(count):
        put(w, make_user(f"them{number}", f"Thêm {number}", team=w.team).volunteer)
    client = client_of(w.volunteer)
    client.get("/roster/today/")
    with django_assert_num_queries(9):
        assert client.get("/roster/today/").status_code == 200
