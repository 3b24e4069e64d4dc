"""Records for the tests of figures: visits of the desk, unit totals, events and duties of the small world."""

import datetime
import uuid

from django.utils import timezone

from assistance.models import Activity, ServiceLevel, UnitTotal
from assistance.services import record_visit
from assistance.visit_entry import DossierEntry, VisitEntry
from shifts.attendance import mark
from shifts.models import Assignment, OutreachEvent, Roster, User
from tests.factories import publish

MONDAY = datetime.date(2026, 2, 9)


def log(world, *, date=MONDAY, hour=9, by=None, post=None, activities=("gioi_thieu",), procedure=None, dossier=None,
        **fields):
    """Log one visit of the desk at an hour of a day, and return it."""
    entry = VisitEntry(
        id=uuid.uuid4(),
        occurred_at=timezone.make_aware(datetime.datetime.combine(date, datetime.time(hour, 15))),
        audience=fields.pop("audience", "citizen"),
        activities=list(Activity.objects.filter(code__in=activities)),
        site=(post or world.t1).site,
        post=post or world.t1,
        procedure=procedure,
        department=procedure.department if procedure else None,
        dossier=dossier,
        **fields,
    )
    person = User.objects.select_related("volunteer__team").get(pk=(by or world.volunteer).pk)
    return record_visit(person=person, entry=entry, fingerprint=str(entry.id))[0]


def sent(level="full", outcome="submitted", **fields):
    """The dossier of a visit."""
    fields.setdefault("guided", True)
    fields.setdefault("complete", True)
    return DossierEntry(outcome=outcome, level=ServiceLevel.objects.get(code=level), **fields)


def total(unit, *, first=MONDAY, days=7, **numbers):
    """A unit total that was sent: of the week of `first`, or of that day alone."""
    return UnitTotal.objects.create(
        unit=unit,
        span="week" if days > 1 else "day",
        date_from=first,
        date_to=first + datetime.timedelta(days=days - 1),
        counted_on=first,
        state="sent",
        sent_at=timezone.now(),
        **numbers,
    )


def event(world, *, date, team=None, state="held"):
    """An outreach event of a team."""
    team = team or world.team
    return OutreachEvent.objects.create(
        team=team, unit=team.unit, date=date, starts_at=datetime.time(7, 30), ends_at=datetime.time(10),
        venue_kind="school", venue="Trường THPT Hòn Gai", host_unit=world.district, state=state,
    )  # fmt: skip


def duty(world, *, date=MONDAY, session="sang", post=None, user=None, state="present"):
    """A duty of a published roster, and how it was attended."""
    roster, new = Roster.objects.get_or_create(site=world.site, month=date.replace(day=1))
    if new:
        publish(roster, world.leader)
    assignment = Assignment.objects.create(
        roster=roster, date=date, session=session, post=post or world.t1, volunteer=(user or world.volunteer).volunteer
    )
    evening = timezone.make_aware(datetime.datetime.combine(date, datetime.time(20)))
    return mark(assignment=assignment, state=state, by=world.leader, at=evening)
