"""The cast of the tests of outreach events: November 2026, looked at on its first Monday; one event on Saturday 14."""

import datetime

from django.test import Client

from shifts.models import Assignment, OutreachEvent, Role, Unit
from shifts.outreach.people import change_people
from shifts.outreach.states import move_event
from tests.factories import make_user, publish, roster_world
from tests.shifts.duties.people import moment

MONDAY = datetime.date(2026, 11, 2)
SATURDAY = datetime.date(2026, 11, 14)
NOW = moment(MONDAY)
AFTER = moment(SATURDAY, 12)


def outreach_world():
    """The roster world, published, with two communes, staff of the province, a reporter of a commune, and an event."""
    w = roster_world()
    publish(w.roster, w.leader)
    w.commune = make_commune(w.province, "06685", "Phường Hồng Gai")
    w.far = make_commune(w.district, "06700", "Xã Hòa Bình")
    w.staff = make_user("canbo", "Vũ Đình Toàn")
    Role.objects.create(user=w.staff, kind="staff", unit=w.province)
    w.reporter = make_user("donvi", "Trần Minh Nguyệt")
    Role.objects.create(user=w.reporter, kind="reporter", unit=w.commune)
    w.other_leader = make_user("doikhac", "Lê Duy Khánh", team=w.other_team)
    Role.objects.create(user=w.other_leader, kind="leader", team=w.other_team)
    w.me, w.mate_v, w.leader_v = w.volunteer.volunteer, w.mate.volunteer, w.leader.volunteer
    w.event = make_event(w)
    return w


def make_commune(parent, code, name, **days):
    days = {"valid_from": datetime.date(2020, 1, 1)} | days
    kind = name.split()[0].lower()
    return Unit.objects.create(code=code, name=name, level="commune", kind=kind, parent=parent, **days)


def make_event(w, date=SATURDAY, **values):
    """A planned morning at a school in Hồng Gai."""
    usual = {
        "team": w.team, "starts_at": datetime.time(7, 30), "ends_at": datetime.time(10, 30), "venue_kind": "school",
        "venue": "Trường THPT Hòn Gai", "host_unit": w.commune,
    }  # fmt: skip
    return OutreachEvent.objects.create(date=date, **usual | values)


def put(w, *people, event=None, at=NOW):
    """Put these volunteers on the list of the event (the usual one)."""
    return change_people(event=event or w.event, by=w.leader, add=[person.pk for person in people], at=at)


def confirm(w, event=None, at=NOW):
    return move_event(event=event or w.event, to="confirmed", by=w.leader, at=at)


def going(event):
    """Usernames and sessions of the active duties of an event."""
    rows = Assignment.objects.active().filter(event=event).order_by("volunteer__user__username", "session")
    return list(rows.values_list("volunteer__user__username", "session"))


def client_of(user):
    client = Client()
    client.force_login(user, backend="shifts.backends.UsernameOrPhoneBackend")
    return client


def told(user):
    """What a person was told, the oldest first."""
    return list(user.notices.order_by("pk").values_list("text", flat=True))


def form_of(w, **values):
    """What the form of a plan sends."""
    return {
        "date": "21/11/2026", "starts_at": "07:30", "ends_at": "10:30", "team": w.team.pk, "venue_kind": "market",
        "venue": "Chợ Hạ Long 1", "host_unit": "hong gai", "contact_name": "", "contact_phone": "", "aims": "",
        "things-TOTAL_FORMS": "1", "things-INITIAL_FORMS": "0",
        "things-0-name": "Tờ rơi", "things-0-taken_out": "300", "things-0-is_leaflet": "on",
    } | values  # fmt: skip
