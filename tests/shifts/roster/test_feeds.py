"""Calendar links: what a calendar program reads, and who may read it."""

import datetime

import pytest
import time_machine
import vobject
from django.urls import reverse
from django.utils import timezone

from shifts.models import Assignment, CalendarFeed, OutreachEvent, SiteSession, Volunteer
from shifts.roster.changes import change_roster
from shifts.roster.facts import Duty
from shifts.roster.feeds import feed_for, renew_feed, revoke_feed
from tests.factories import publish, roster_world

pytestmark = pytest.mark.django_db
MONDAY = datetime.date(2026, 11, 2)
SATURDAY = datetime.date(2026, 11, 7)
NOW = datetime.datetime(2026, 11, 1, 8, 0, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def w():
    return roster_world()


def duty(w, person, *, date=MONDAY, session="sang", post=None):
    return Duty(date, session, post or w.t1, person.volunteer)


def add(w, *duties):
    return change_roster(roster=w.roster, kind="edit", by=w.leader, add=duties)


def events(client, feed):
    """(summary, starts, ends, location) of every event, as another library than the one that wrote them reads it."""
    response = client.get(feed.get_absolute_url())
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = vobject.readOne(response.content.decode())
    return [
        (each.summary.value, each.dtstart.value, each.dtend.value, each.location.value)
        for each in calendar.contents.get("vevent", [])
    ]


def at(date, hour, minute=0):
    return datetime.datetime.combine(date, datetime.time(hour, minute), timezone.get_default_timezone())


def test_a_second_library_reads_the_hours_in_the_zone_of_vietnam(w, client):
    add(w, duty(w, w.volunteer), duty(w, w.volunteer, session="chieu", post=w.t2))
    publish(w.roster, w.leader)
    place = "Trung tâm Phục vụ hành chính công tỉnh"
    found = events(client, feed_for(w.volunteer))
    assert found == [
        ("Trực Tầng 1, sáng", at(MONDAY, 7, 30), at(MONDAY, 11, 30), f"Tầng 1, {place}"),
        ("Trực Tầng 2, chiều", at(MONDAY, 13, 30), at(MONDAY, 17), f"Tầng 2, {place}"),
    ]
    assert [start.utcoffset() for _summary, start, _end, _where in found] == [datetime.timedelta(hours=7)] * 2
    body = client.get(feed_for(w.volunteer).get_absolute_url()).content.decode()
    assert "DTSTART;TZID=Asia/Ho_Chi_Minh:20261102T073000" in body
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Ho_Chi_Minh" in body


def test_a_draft_is_not_in_the_calendar_until_it_is_published(w, client):
    add(w, duty(w, w.volunteer))
    feed = feed_for(w.volunteer)
    assert events(client, feed) == []
    publish(w.roster, w.leader)
    assert [summary for summary, *_rest in events(client, feed)] == ["Trực Tầng 1, sáng"]


def test_a_cancelled_duty_disappears_and_nobody_elses_is_shown(w, client):
    add(w, duty(w, w.volunteer), duty(w, w.volunteer, session="chieu"), duty(w, w.mate, post=w.t2))
    publish(w.roster, w.leader)
    feed = feed_for(w.volunteer)
    assert len(events(client, feed)) == 2
    row = Assignment.objects.get(volunteer=w.volunteer.volunteer, session="sang")
    change_roster(roster=w.roster, kind="absence", by=w.leader, remove=[row])
    assert [summary for summary, *_rest in events(client, feed)] == ["Trực Tầng 1, chiều"]


def test_a_duty_moved_to_another_floor_keeps_its_uid(w, client):
    add(w, duty(w, w.volunteer))
    publish(w.roster, w.leader)
    feed = feed_for(w.volunteer)
    uid = vobject.readOne(client.get(feed.get_absolute_url()).content.decode()).vevent.uid.value
    row = Assignment.objects.get()
    change_roster(roster=w.roster, kind="edit", by=w.leader, remove=[row], add=[duty(w, w.volunteer, post=w.t3)])
    moved = vobject.readOne(client.get(feed.get_absolute_url()).content.decode()).vevent
    assert (moved.uid.value, moved.summary.value) == (uid, "Trực Tầng 3, sáng")


def test_the_hours_are_those_of_the_site_as_they_are_now(w, client):
    add(w, duty(w, w.volunteer))
    publish(w.roster, w.leader)
    SiteSession.objects.filter(site=w.site, session="sang").update(starts_at=datetime.time(8, 0))
    assert events(client, feed_for(w.volunteer))[0][1] == at(MONDAY, 8)


def test_an_event_is_one_entry_with_its_own_hours_and_a_cancelled_one_none(w, client):
    def held_on(date, **fields):
        event = OutreachEvent.objects.create(
            team=w.team, date=date, starts_at=datetime.time(8), ends_at=datetime.time(15), venue_kind="school",
            venue="Trường THPT Bãi Cháy", host_unit=w.district, **fields,
        )  # fmt: skip
        for session in ("sang", "chieu"):
            Assignment.objects.create(event=event, date=date, session=session, volunteer=w.volunteer.volunteer)

    held_on(SATURDAY)
    held_on(SATURDAY + datetime.timedelta(days=7), state="cancelled", cancel_reason="Mưa")
    assert events(client, feed_for(w.volunteer)) == [
        ("Thứ Bảy tình nguyện: Trường THPT Bãi Cháy", at(SATURDAY, 8), at(SATURDAY, 15), "Trường THPT Bãi Cháy")
    ]


def test_duties_older_than_sixty_days_are_left_out(w, client):
    add(w, duty(w, w.volunteer), duty(w, w.volunteer, date=datetime.date(2026, 11, 3)))
    publish(w.roster, w.leader)
    with time_machine.travel(datetime.datetime(2027, 1, 2, 3, 0, tzinfo=datetime.UTC), tick=False):
        found = events(client, feed_for(w.volunteer))
    assert [start.date() for _summary, start, *_rest in found] == [datetime.date(2026, 11, 3)]


def test_the_site_feed_names_everybody_of_a_session_in_one_entry(w, client):
    add(w, duty(w, w.volunteer), duty(w, w.mate, post=w.t2), duty(w, w.leader, session="chieu"))
    publish(w.roster, w.leader)
    feed = feed_for(w.leader, w.site)
    assert [(summary, start) for summary, start, *_rest in events(client, feed)] == [
        ("Sáng: Tầng 1: Thu Hà; Tầng 2: Quốc Khánh", at(MONDAY, 7, 30)),
        ("Chiều: Tầng 1: Hạnh", at(MONDAY, 13, 30)),
    ]
    change_roster(roster=w.roster, kind="edit", by=w.leader, remove=list(Assignment.objects.filter(session="chieu")))
    assert [summary for summary, *_rest in events(client, feed)] == ["Sáng: Tầng 1: Thu Hà; Tầng 2: Quốc Khánh"]
    assert "0912345678" not in client.get(feed.get_absolute_url()).content.decode()


def test_a_cancellation_moves_the_last_change_of_the_sites_entry(w, client):
    add(w, duty(w, w.volunteer), duty(w, w.mate, post=w.t2))
    publish(w.roster, w.leader)
    feed = feed_for(w.leader, w.site)

    def changed():
        return vobject.readOne(client.get(feed.get_absolute_url()).content.decode()).vevent.last_modified.value

    assert changed() == NOW
    later = NOW + datetime.timedelta(hours=1)
    with time_machine.travel(later, tick=False):
        row = Assignment.objects.get(volunteer=w.mate.volunteer)
        change_roster(roster=w.roster, kind="absence", by=w.leader, remove=[row])
    assert changed() == later


def test_the_same_calendar_is_sent_once(w, client):
    add(w, duty(w, w.volunteer))
    publish(w.roster, w.leader)
    feed = feed_for(w.volunteer)
    first = client.get(feed.get_absolute_url())
    with time_machine.travel(NOW + datetime.timedelta(hours=5), tick=False):
        again = client.get(feed.get_absolute_url(), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    change_roster(roster=w.roster, kind="edit", by=w.leader, remove=list(Assignment.objects.all()))
    assert client.get(feed.get_absolute_url(), headers={"If-None-Match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("of_site", [False, True])
def test_a_reading_costs_the_same_however_many_duties_there_are(w, client, django_assert_num_queries, count, of_site):
    dates = [MONDAY + datetime.timedelta(days=number) for number in range(count)]
    add(w, *[duty(w, w.volunteer, date=date) for date in dates])
    publish(w.roster, w.leader)
    feed = feed_for(w.leader, w.site) if of_site else feed_for(w.volunteer)
    client.get(feed.get_absolute_url())
    with django_assert_num_queries(5 if of_site else 4):
        assert len(events(client, feed)) == count


def test_reading_is_noted_at_most_once_an_hour(w, client):
    feed = feed_for(w.volunteer)
    client.get(feed.get_absolute_url())
    with time_machine.travel(NOW + datetime.timedelta(minutes=59), tick=False):
        client.get(feed.get_absolute_url())
    feed.refresh_from_db()
    assert feed.read_at == NOW
    with time_machine.travel(NOW + datetime.timedelta(minutes=60), tick=False):
        client.get(feed.get_absolute_url())
    feed.refresh_from_db()
    assert feed.read_at == NOW + datetime.timedelta(minutes=60)


class TestWhoReads:
    """An address that may not be read does not exist."""

    def status(self, client, feed):
        return client.get(feed.get_absolute_url()).status_code

    def test_an_unknown_secret_is_not_found(self, w, client):
        assert client.get("/calendar/abc.ics").status_code == 404
        assert client.get(f"/calendar/{'x' * 3000}.ics").status_code == 404

    def test_a_revoked_link_is_not_found(self, w, client):
        feed = feed_for(w.volunteer)
        revoke_feed(feed)
        assert self.status(client, feed) == 404

    def test_a_renewed_link_ends_the_old_one_and_opens_the_new(self, w, client):
        old = feed_for(w.volunteer)
        new = renew_feed(old)
        assert (self.status(client, old), self.status(client, new)) == (404, 200)
        assert renew_feed(old) == new
        assert feed_for(w.volunteer) == CalendarFeed.objects.get(revoked_at=None)

    def test_the_link_of_somebody_whose_login_ended_is_not_found(self, w, client):
        feed = feed_for(w.volunteer)
        w.volunteer.is_active = False
        w.volunteer.save()
        assert self.status(client, feed) == 404

    def test_the_link_of_somebody_who_left_the_team_is_not_found(self, w, client):
        feed, of_site = feed_for(w.volunteer), feed_for(w.volunteer, w.site)
        Volunteer.objects.filter(user=w.volunteer).update(left=datetime.date(2026, 11, 1))
        assert (self.status(client, feed), self.status(client, of_site)) == (404, 404)

    def test_nobody_reads_the_calendar_of_a_site_that_is_not_theirs(self, w, client):
        assert self.status(client, feed_for(w.stranger, w.site)) == 404


class TestThePageOfTheLink:
    """A leader makes, changes and ends the link of the site."""

    def test_a_leader_makes_a_link_that_is_read_without_a_login(self, w, client):
        client.force_login(w.leader, backend="shifts.backends.UsernameOrPhoneBackend")
        page = reverse("roster:site_feed", args=["TTHCC"])
        assert CalendarFeed.objects.count() == 0
        client.get(page)
        assert CalendarFeed.objects.count() == 0
        client.post(page, {"act": "make"})
        feed = CalendarFeed.objects.get()
        assert (feed.owner, feed.site) == (w.leader, w.site)
        assert f"/calendar/{feed.token}.ics" in client.get(page).content.decode()
        client.logout()
        assert client.get(feed.get_absolute_url()).status_code == 200

    def test_a_leader_renews_and_ends_it(self, w, client):
        client.force_login(w.leader, backend="shifts.backends.UsernameOrPhoneBackend")
        page, feed = reverse("roster:site_feed", args=["TTHCC"]), feed_for(w.leader, w.site)
        client.post(page, {"act": "renew"})
        current = CalendarFeed.objects.get(revoked_at=None)
        assert current.token != feed.token
        client.post(page, {"act": "nonsense"})
        client.post(page, {"act": "revoke"})
        assert CalendarFeed.objects.filter(revoked_at=None).count() == 0

    @pytest.mark.parametrize(("who", "status"), [("volunteer", 403), ("stranger", 404)])
    def test_a_member_is_refused_and_a_stranger_finds_nothing(self, w, client, who, status):
        client.force_login(getattr(w, who), backend="shifts.backends.UsernameOrPhoneBackend")
        assert client.get(reverse("roster:site_feed", args=["TTHCC"])).status_code == status
