"""What check_roster finds in a stored roster: every kind of breach is made, and found."""

import datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from shifts.models import Assignment, CalendarDay, Leave, OutreachEvent, RaisedLimit, Roster, Volunteer
from shifts.roster.rules import breaches, examine
from tests.factories import make_world

pytestmark = pytest.mark.django_db
JUNE = datetime.date(2026, 6, 1)


def june(day):
    return datetime.date(2026, 6, day)


@pytest.fixture
def w():
    """One floor, open in the morning of 1 and 2 June only; the volunteer serves on both."""
    w = make_world()
    w.t2.delete()
    w.t3.delete()
    w.site.sessions.filter(session="chieu").delete()
    for day in range(3, 31):
        CalendarDay.objects.create(date=june(day), name="Nghỉ", is_open=False)
    w.roster = Roster.objects.create(site=w.site, month=JUNE)
    for day in (1, 2):
        give(w, w.volunteer, june(day))
    return w


def give(w, user, date, session="sang", *, roster=None, post=None):
    return Assignment.objects.create(
        roster=roster or w.roster, date=date, session=session, post=post or w.t1, volunteer=user.volunteer
    )


def change(user, **values):
    Volunteer.objects.filter(user=user).update(**values)


def test_a_good_roster_has_no_findings(w):
    assert breaches(w.site, JUNE) == []
    assert examine(w.site, JUNE).missing == []


def test_duties_outside_membership(w):
    change(w.volunteer, joined=june(2))
    assert breaches(w.site, JUNE) == ["Nguyễn Thu Hà: trực ngày 01/06/2026 khi chưa vào đội."]
    change(w.volunteer, joined=None, left=june(2))
    assert breaches(w.site, JUNE) == ["Nguyễn Thu Hà: trực ngày 02/06/2026 khi đã rời đội."]


def test_duties_on_leave(w):
    Leave.objects.create(volunteer=w.volunteer.volunteer, date_from=june(1), date_to=june(1), session="chieu")
    assert breaches(w.site, JUNE) == []
    Leave.objects.create(volunteer=w.volunteer.volunteer, date_from=june(1), date_to=june(1))
    assert breaches(w.site, JUNE) == ["Nguyễn Thu Hà: trực buổi sáng ngày 01/06/2026 dù đã báo bận."]


def test_duties_at_a_post_the_person_does_not_hold_or_of_another_site(w):
    w.volunteer.volunteer.posts.set([w.other_post])
    assert len(breaches(w.site, JUNE)) == 2
    assert "dù chưa nhận việc ở đó" in breaches(w.site, JUNE)[0]
    w.volunteer.volunteer.posts.clear()
    give(w, w.mate, june(2), post=w.other_post)
    assert breaches(w.site, JUNE) == [
        "Phạm Quốc Khánh: ca ngày 02/06/2026 ở Quầy hướng dẫn, một vị trí của điểm khác."
    ]


def test_duties_when_the_site_is_closed_or_in_another_month(w):
    give(w, w.mate, june(3))
    give(w, w.mate, datetime.date(2026, 7, 1))
    assert breaches(w.site, JUNE) == [
        "Phạm Quốc Khánh: trực buổi sáng ngày 03/06/2026, khi điểm không mở cửa.",
        "Phạm Quốc Khánh: ca ngày 01/07/2026 không thuộc tháng của lịch này.",
    ]


def test_a_post_with_too_many_people(w):
    w.t1.max_people = 1
    w.t1.save()
    give(w, w.mate, june(1))
    assert breaches(w.site, JUNE) == ["Tầng 1: 2 người buổi sáng ngày 01/06/2026, nhiều nhất là 1."]


def test_weekly_and_monthly_maxima_count_days_wherever_they_are_spent(w):
    change(w.volunteer, max_per_week=2, max_per_month=2)
    assert breaches(w.site, JUNE) == []
    event = OutreachEvent.objects.create(
        team=w.team, date=june(6), starts_at=datetime.time(8), ends_at=datetime.time(11),
        venue_kind="school", venue="Trường", host_unit=w.district,
    )  # fmt: skip
    Assignment.objects.create(event=event, date=june(6), session="sang", volunteer=w.volunteer.volunteer)
    assert breaches(w.site, JUNE) == [
        "Nguyễn Thu Hà: 3 ngày trực trong tuần 23/2026, nhiều nhất là 2.",
        "Nguyễn Thu Hà: 3 ngày trực trong tháng, nhiều nhất là 2.",
    ]
    RaisedLimit.objects.create(roster=w.roster, volunteer=w.volunteer.volunteer, max_per_week=3, max_per_month=3)
    assert breaches(w.site, JUNE) == []


def test_a_week_runs_over_the_end_of_the_month(w):
    july = Roster.objects.create(site=w.site, month=datetime.date(2026, 7, 1))
    CalendarDay.objects.filter(date=june(30)).delete()
    give(w, w.mate, june(30))
    give(w, w.mate, datetime.date(2026, 7, 1), roster=july)
    change(w.mate, max_per_week=1)
    assert breaches(w.site, JUNE) == ["Phạm Quốc Khánh: 2 ngày trực trong tuần 27/2026, nhiều nhất là 1."]


def test_cancelled_duties_neither_break_rules_nor_fill_places(w):
    Assignment.objects.filter(date=june(2)).update(
        state="cancelled", ended_at=datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
    )
    change(w.volunteer, left=june(2))
    assert examine(w.site, JUNE).breaches == []
    assert examine(w.site, JUNE).missing == [
        "Tầng 1: thiếu 1 người buổi sáng ngày 02/06/2026.",
        "Cả điểm chỉ có 0 người buổi sáng ngày 02/06/2026, ít nhất là 1.",
    ]


def test_the_sites_minimum_of_different_people(w):
    w.site.min_people = 2
    w.site.save()
    give(w, w.mate, june(1))
    assert examine(w.site, JUNE).missing == ["Cả điểm chỉ có 1 người buổi sáng ngày 02/06/2026, ít nhất là 2."]


def check(month="2026-06", site="TTHCC"):
    out = StringIO()
    call_command("check_roster", "--site", site, "--month", month, stdout=out)
    return out.getvalue().splitlines()


def test_check_roster_ends_well_for_a_good_roster(w):
    assert check() == ["Lịch giữ đúng mọi quy tắc."]


def test_check_roster_names_breaches_and_missing_people_apart_and_fails(w):
    change(w.volunteer, left=june(2))
    Assignment.objects.filter(date=june(1)).delete()
    out = StringIO()
    with pytest.raises(CommandError, match="1 chỗ sai quy tắc, 2 chỗ thiếu người."):
        call_command("check_roster", "--site", "TTHCC", "--month", "2026-06", stdout=out)
    assert out.getvalue().splitlines() == [
        "Sai quy tắc: Nguyễn Thu Hà: trực ngày 02/06/2026 khi đã rời đội.",
        "Thiếu người: Tầng 1: thiếu 1 người buổi sáng ngày 01/06/2026.",
        "Thiếu người: Cả điểm chỉ có 0 người buổi sáng ngày 01/06/2026, ít nhất là 1.",
    ]


@pytest.mark.parametrize(
    ("month", "site", "sentence"),
    [
        ("2026-07", "TTHCC", "Trung tâm chưa có lịch trực tháng 07/2026."),
        ("9999-12", "TTHCC", "Lịch trực có từ năm 2019 đến năm 2099."),
        ("tháng 6", "TTHCC", "không phải là một tháng"),
        ("2026-06", "KHONG", "Không có điểm hỗ trợ mang mã “KHONG”."),
    ],
)
def test_check_roster_answers_bad_input_with_a_sentence(w, month, site, sentence):
    with pytest.raises(CommandError, match=sentence):
        check(month, site)
