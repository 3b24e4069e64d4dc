"""Publishing a month: who is told, what is refused, and one winner of many."""

import datetime
import threading
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from shifts.models import Assignment, CalendarDay, Leave, Notice, OpenPlace, Roster, RosterChange, RosterRun, User
from shifts.roster.changes import change_roster
from shifts.roster.facts import Duty
from shifts.roster.publishing import AlreadyPublished, NotReady, look_ahead, publish
from tests.factories import publish as publish_quietly
from tests.factories import roster_world
from tests.shifts.test_due import run_together

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY, TUESDAY = datetime.date(2026, 11, 2), datetime.date(2026, 11, 3)
BEFORE = datetime.datetime(2026, 10, 28, 9, 0, tzinfo=HANOI)
PATH = "/roster/TTHCC/2026-11/publish/"


def give(w, *duties):
    """Give (date, session, post, user) to the draft."""
    add = [Duty(date, session, post, user.volunteer) for date, session, post, user in duties]
    change_roster(roster=w.roster, kind="edit", by=w.leader, add=add)


def only(w, *dates):
    """Close every day of the month but these."""
    for day in range(1, 31):
        date = datetime.date(2026, 11, day)
        if date not in dates:
            CalendarDay.objects.create(date=date, name="Nghỉ", is_open=False)


@pytest.fixture
def w(db):
    """Monday only: T1 and T2 held, T3 empty in the afternoon."""
    w = roster_world()
    only(w, MONDAY)
    give(
        w,
        (MONDAY, "sang", w.t1, w.volunteer),
        (MONDAY, "chieu", w.t1, w.volunteer),
        (MONDAY, "sang", w.t2, w.leader),
        (MONDAY, "chieu", w.t2, w.leader),
        (MONDAY, "sang", w.t3, w.mate),
    )
    return w


def test_publishing_announces_the_duties_as_version_one(w):
    change = publish(roster=w.roster, by=w.leader, at=BEFORE)
    roster = Roster.objects.get()
    assert (roster.state, roster.version, roster.published_by, roster.published_at) == (
        "published", 1, w.leader, BEFORE,
    )  # fmt: skip
    assert (change.kind, change.version, change.made_by) == ("publish", 1, w.leader)
    assert Assignment.objects.announced().count() == 5


def test_each_person_with_a_duty_is_told_theirs_and_the_one_who_publishes_is_not(w):
    publish(roster=w.roster, by=w.leader, at=BEFORE)
    rows = Notice.objects.filter(kind="publish").order_by("user__username").values_list("user__username", "text", "url")
    start = "Lịch trực tháng 11/2026 đã công bố. Bạn trực 1 ngày: thứ Hai 02/11 "
    assert list(rows) == [
        ("ban", start + "(Tầng 3, sáng).", "/me/"),
        ("tnv", start + "(Tầng 1, sáng và chiều).", "/me/"),
    ]


def test_what_is_missing_becomes_an_open_place_and_those_who_can_are_told(w):
    publish(roster=w.roster, by=w.leader, at=BEFORE)
    place = OpenPlace.objects.get()
    assert (place.date, place.session, place.post, place.closed_at) == (MONDAY, "chieu", w.t3, None)
    # Hà and the leader stand elsewhere, one is away, one not here yet, one only knows the first floor.
    assert list(Notice.objects.filter(kind="open_place").values_list("user__username", "text")) == [
        ("ban", "Đang cần người: thứ Hai 02/11 (Tầng 3, chiều). Bạn nhận được không?")
    ]


def test_no_place_is_opened_in_a_session_that_has_begun(w):
    publish(roster=w.roster, by=w.leader, at=datetime.datetime(2026, 11, 2, 13, 30, tzinfo=HANOI))
    assert OpenPlace.objects.count() == 0


def test_a_month_full_of_duties_fits_into_one_notice(db):
    w = roster_world()
    days = [datetime.date(2026, 11, day) for day in range(2, 28) if datetime.date(2026, 11, day).weekday() < 5]
    give(w, *[(day, session, w.t1, w.volunteer) for day in days for session in ("sang", "chieu")])
    publish(roster=w.roster, by=w.leader, at=BEFORE)
    text = Notice.objects.get(kind="publish").text
    assert text.startswith("Lịch trực tháng 11/2026 đã công bố. Bạn trực 20 ngày: thứ Hai 02/11 (Tầng 1, sáng và ")
    assert text.endswith(" ngày khác.")
    assert len(text) <= 300


def test_a_published_roster_is_not_published_again(w):
    publish(roster=w.roster, by=w.leader, at=BEFORE)
    with pytest.raises(AlreadyPublished, match="Lịch tháng 11/2026 đã được Lý Thị Hạnh công bố lúc 09:00 28/10/2026."):
        publish(roster=w.roster, by=w.mate)
    assert RosterChange.objects.filter(kind="publish").count() == 1


def test_an_empty_draft_is_refused(db):
    w = roster_world()
    with pytest.raises(NotReady, match="chưa có ca nào"):
        publish(roster=w.roster, by=w.leader)
    assert Notice.objects.count() == 0


@pytest.mark.parametrize(("state", "refused"), [("queued", True), ("running", True), ("done", False)])
def test_a_draft_being_built_is_refused(w, state, refused):
    RosterRun.objects.create(roster=w.roster, state=state)
    if refused:
        with pytest.raises(NotReady, match="đang được xếp"):
            publish(roster=w.roster, by=w.leader)
    else:
        publish(roster=w.roster, by=w.leader)


def test_a_duty_of_somebody_who_is_away_by_now_is_refused_by_name(w):
    Leave.objects.create(volunteer=w.mate.volunteer, date_from=MONDAY, date_to=MONDAY)
    with pytest.raises(NotReady, match="Quốc Khánh báo bận ngày 02/11."):
        publish(roster=w.roster, by=w.leader)
    assert Roster.objects.get().state == "draft"


def test_a_duty_over_a_maximum_or_a_full_post_is_refused(w):
    w.t1.max_people = 1
    w.t1.save()
    Assignment.objects.create(roster=w.roster, date=MONDAY, session="sang", post=w.t1, volunteer=w.specialist.volunteer)
    assert look_ahead(w.roster).broken == ["Tầng 1 ngày 02/11 có nhiều hơn 1 người."]
    w.volunteer.volunteer.max_per_week = 0
    w.volunteer.volunteer.save()
    assert "Thu Hà đã đủ mức 0 ngày trực tuần này." in look_ahead(w.roster).broken


def test_duties_at_their_maximum_are_fine(w):
    w.volunteer.volunteer.max_per_week = w.volunteer.volunteer.max_per_month = 1
    w.volunteer.volunteer.save()
    assert look_ahead(w.roster).broken == []


def test_looking_ahead_names_people_days_and_what_is_missing(w):
    shown = look_ahead(w.roster)
    assert [person.user.username for person in shown.people] == ["tnv", "doitruong", "ban"]
    assert (shown.days, shown.missing_people, shown.refusal) == (1, 1, "")
    assert shown.missing == ["Thứ Hai 02/11, Tầng 3, chiều: thiếu 1 người; có thể nhờ Quốc Khánh."]


def test_what_is_missing_all_day_is_one_sentence(w):
    Assignment.objects.filter(volunteer__user__in=[w.mate, w.leader]).delete()
    assert look_ahead(w.roster).missing == [
        "Thứ Hai 02/11, Tầng 2, sáng và chiều: thiếu 1 người; có thể nhờ Hạnh, Quốc Khánh.",
        "Thứ Hai 02/11, Tầng 3, sáng và chiều: thiếu 1 người; có thể nhờ Hạnh, Quốc Khánh.",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_looking_ahead_takes_the_same_queries_however_many_duties(w, count, django_assert_num_queries):
    if count == 3:
        give(w, (MONDAY, "chieu", w.t3, w.mate), (MONDAY, "sang", w.t1, w.specialist))
    roster = Roster.objects.select_related("site").get()
    with django_assert_num_queries(10):
        look_ahead(roster)


class TestPage:
    """roster:publish"""

    def test_the_leader_sees_who_will_be_told_and_publishes_by_a_button_that_says_so(self, w, client):
        client.force_login(w.leader)
        page = client.get(PATH).content.decode()
        assert "2 bạn sẽ được báo" in page
        assert "trong đó có ca của bạn" in page  # the third of those below
        assert "Thứ Hai 02/11, Tầng 3, chiều: thiếu 1 người; có thể nhờ Quốc Khánh." in page
        assert "Công bố cho 3 bạn" in page
        assert Roster.objects.get().state == "draft"
        answer = client.post(PATH)
        assert answer.url == "/roster/TTHCC/2026-11/"
        assert Roster.objects.get().state == "published"

    def test_a_published_month_leads_back_and_a_second_post_is_told(self, w, client):
        publish(roster=w.roster, by=w.mate, at=BEFORE)
        client.force_login(w.leader)
        assert client.get(PATH).url == "/roster/TTHCC/2026-11/"
        answer = client.post(PATH)
        assert answer.status_code == 422
        assert "đã được Phạm Quốc Khánh công bố" in answer.content.decode()

    def test_what_stands_against_it_is_said_instead_of_a_button(self, w, client):
        Assignment.objects.all().delete()
        client.force_login(w.leader)
        page = client.get(PATH).content.decode()
        assert "Lịch chưa có ca nào" in page
        assert "Công bố cho" not in page

    def test_a_month_without_a_roster_says_so_and_makes_none(self, w, client):
        client.force_login(w.leader)
        for path in [f"/roster/TTHCC/{month}/publish/" for month in ("2026-12", "9999-12", "0001-01")]:
            for answer in (client.get(path), client.post(path)):
                assert answer.status_code == 422
                assert "Tháng này chưa có lịch" in answer.content.decode()
        assert Roster.objects.count() == 1

    def test_a_volunteer_may_not_and_a_stranger_does_not_know_of_it(self, w, client):
        for user, status in [(w.volunteer, 403), (w.leadership, 403), (w.stranger, 404)]:
            client.force_login(user)
            assert client.get(PATH).status_code == status
            assert client.post(PATH).status_code == status
        assert Roster.objects.get().state == "draft"

    @pytest.mark.parametrize("count", [1, 3])
    def test_the_page_takes_the_same_queries_however_many_people(self, w, client, count, django_assert_num_queries):
        if count == 1:
            Assignment.objects.exclude(volunteer__user=w.volunteer).delete()
        client.force_login(w.leader)
        with django_assert_num_queries(15):
            client.get(PATH)


@pytest.mark.django_db(transaction=True)
def test_of_fifty_who_publish_at_once_exactly_one_does():
    """Twenty rounds on PostgreSQL; the fifty keep their connections, only the roster begins anew."""
    w = roster_world()
    only(w, MONDAY)
    give(w, (MONDAY, "sang", w.t1, w.volunteer))
    rounds = 20 if connection.vendor == "postgresql" else 2
    together, answers = threading.Barrier(51), []

    def contend():
        by = User.objects.get(pk=w.leader.pk)
        for _number in range(rounds):
            together.wait(60)
            try:
                answers.append(publish(roster=Roster.objects.get(), by=by, at=BEFORE).version)
            except AlreadyPublished as refusal:
                answers.append(str(refusal))
            together.wait(60)

    def begin_anew():
        for _number in range(rounds):
            together.wait(60)
            together.wait(60)
            assert [answer for answer in answers if answer == 1] == [1]
            assert len(answers) == 50
            assert RosterChange.objects.filter(kind="publish").count() == 1
            assert Notice.objects.filter(kind="publish").count() == 1
            assert OpenPlace.objects.count() == 5
            answers.clear()
            for rows in (OpenPlace, RosterChange, Notice):
                rows.objects.all().delete()
            Roster.objects.update(state="draft", version=0, published_at=None, published_by=None)

    assert run_together(*[contend] * 50, begin_anew) == []


def test_a_roster_published_by_hand_counts_as_published(w):
    publish_quietly(w.roster, w.leader)
    with pytest.raises(AlreadyPublished):
        publish(roster=w.roster, by=w.leader)
