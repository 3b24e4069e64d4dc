"""Outreach events of the demo world: two Saturdays a month of the provincial team, this half-year and in 2020.

Venues, contacts and counts are made up.
"""

import datetime
from itertools import cycle

from django.utils import timezone

from assistance.outreach_words import unit_label
from assistance.unit_names import bare
from shifts.models import Assignment, OutreachEvent, OutreachMaterial, Team, Unit
from shifts.world import PROVINCE

FORTNIGHT = datetime.timedelta(days=14)
MONTHS_BACK = 6
PEOPLE_OF_ONE = 4
# Of the last event and of the coming one, which the story of the rosters counts on.
EVENT_PEOPLE = [["chi.le", "long.nguyen", "ngan.pham", "son.doan"], ["tnv", "giang.dang", "linh.vu", "nam.luong"]]
VENUES = [
    ("school", "Trường THCS {name}"),
    ("residential", "Nhà văn hóa khu 3, {name}"),
    ("market", "Chợ {name}"),
    ("school", "Trường THPT {name}"),
    ("office", "Trụ sở Ủy ban nhân dân {name}"),
    ("residential", "Nhà sinh hoạt cộng đồng {name}"),
]
AIMS = [
    "Giới thiệu dịch vụ công trực tuyến cho học sinh cuối cấp và phụ huynh; giúp kích hoạt tài khoản tại chỗ.",
    "Đến tận khu dân cư, giúp người lớn tuổi tra cứu và nộp hồ sơ bằng điện thoại của gia đình.",
    "Phát tờ rơi, hướng dẫn tiểu thương nộp hồ sơ đăng ký kinh doanh trên mạng.",
]
CONTACTS = [("Người Mẫu A", "0900 000 001"), ("Người Mẫu B", "0900 000 002"), ("Người Mẫu C", "0900 000 003")]
THINGS = [("Tờ rơi hướng dẫn nộp hồ sơ", 320, True), ("Máy tính xách tay", 3, False), ("Bàn gấp", 4, False)]
FIRST_2020, LAST_2020 = datetime.date(2020, 2, 24), datetime.date(2020, 12, 31)
DISTANCED = {datetime.date(2020, 4, 11): "Giãn cách xã hội, không tập trung đông người."}
IN_2020 = datetime.date(2020, 2, 24)  # when those who serve since the first year joined


def coming_saturday(today):
    """The next Saturday, not today."""
    return today + datetime.timedelta(days=(5 - today.weekday()) % 7 or 7)


def saturdays_around(today, last):
    """Every second Saturday through the coming one, at most two a month, from half a year back to the last day."""
    anchor = coming_saturday(today)
    first = (today.replace(day=1) - datetime.timedelta(days=30 * MONTHS_BACK)).replace(day=1)
    date, found = anchor, []
    while date - FORTNIGHT >= first:
        date -= FORTNIGHT
    while date <= last:
        of_month = [other for other in found if (other.year, other.month) == (date.year, date.month)]
        if len(of_month) < 2 or date == anchor:
            found.append(date)
        date += FORTNIGHT
    return found


def saturdays_of_2020():
    """The second and the fourth Saturday of each month of the campaign of 2020."""
    days = [FIRST_2020 + datetime.timedelta(days=number) for number in range((LAST_2020 - FIRST_2020).days + 1)]
    return [day for day in days if day.weekday() == 5 and (day.day - 1) // 7 in (1, 3)]


def add_events(story, last):
    """The events of this half-year up to the last day: past ones held, the coming one confirmed, later ones planned."""
    team, today = story.leader.volunteer.team, story.today
    anchor = coming_saturday(today)
    named = {anchor - FORTNIGHT: EVENT_PEOPLE[0], anchor: EVENT_PEOPLE[1]}
    queue = cycle(sorted(story.book.people))
    makes = _Maker(team, story.leader)
    for date in saturdays_around(today, last):
        names = named.get(date) or [next(queue) for _place in range(2 * PEOPLE_OF_ONE)]
        people = [story.book.people[name] for name in names]
        people = [person for person in people if story.book.free(person, date)][:PEOPLE_OF_ONE]
        state = "held" if date < today else "confirmed" if date == anchor else "planned"
        if date > anchor:
            people = []
        makes.event(date, people, state if people or date > anchor else "planned")
        for person in people:
            story.book.days[person.pk].add(date)


def add_events_of_2020(people, leader):
    """The events of 2020 on the tree of that year, by those who were in the team then."""
    able = cycle([person for person in people if person.joined == IN_2020])
    makes = _Maker(Team.objects.get(code="TINH"), leader)
    for date in saturdays_of_2020():
        reason = DISTANCED.get(date, "")
        going = [] if reason else [next(able) for _place in range(PEOPLE_OF_ONE)]
        makes.event(date, going, "cancelled" if reason else "held", reason)
    return makes.count


class _Maker:
    """Stores events one after the other, each somewhere else."""

    def __init__(self, team, leader):
        self.team, self.leader, self.count = team, leader, 0

    def event(self, date, people, state, reason=""):
        kind, venue = VENUES[self.count % len(VENUES)]
        host = self._host(date)
        contact, phone = CONTACTS[self.count % len(CONTACTS)]
        made_at = _moment(date - datetime.timedelta(days=12), 9)
        event = OutreachEvent.objects.create(
            team=self.team,
            date=date,
            starts_at=datetime.time(7, 30),
            ends_at=datetime.time(10, 30),
            venue_kind=kind,
            venue=venue.format(name=bare(unit_label(host).split(",")[0])),
            host_unit=host,
            state=state,
            cancel_reason=reason,
            cancelled_at=made_at if reason else None,
            contact_name=contact,
            contact_phone=phone,
            aims=AIMS[self.count % len(AIMS)],
            made_by=self.leader,
            made_at=min(made_at, timezone.now()),
        )
        self._add_things(event)
        Assignment.objects.bulk_create(
            Assignment(event=event, date=date, session="sang", volunteer=person, made_at=event.made_at)
            for person in people
        )
        self.count += 1
        return event

    def _host(self, date):
        """A commune that holds on the date, far from the one before."""
        communes = Unit.objects.on(date).filter(level=Unit.Level.COMMUNE, path__startswith=_root(date)).order_by("code")
        return communes[(self.count * 23 + 5) % communes.count()]

    def _add_things(self, event):
        for place, (name, out, is_leaflet) in enumerate(THINGS):
            back = None
            if event.is_held:
                back = (self.count * 17) % 60 if is_leaflet else out
            OutreachMaterial.objects.create(
                event=event, name=name, taken_out=out + (20 * (self.count % 4) if place == 0 else 0),
                brought_back=back, is_leaflet=is_leaflet,
            )  # fmt: skip


def _root(date):
    return Unit.objects.on(date).get(code=PROVINCE).path


def _moment(date, hour):
    return datetime.datetime.combine(date, datetime.time(hour), timezone.get_current_timezone())
