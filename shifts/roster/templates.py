"""A week of duties kept to be repeated: saved from a week of the roster, laid over the weeks of a month."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shifts.models import Assignment, RosterChange, RosterTemplate, RosterTemplateLine, Site, User

from .changes import RosterRefused, change_roster, lock_roster, roster_of
from .facts import Duty, RosterFacts, week_of


@dataclass
class Laid:
    """What became of a template: duties given, and a sentence for each that could not be."""

    given: int = 0
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def save_template(*, site: Site, monday: datetime.date, name: str) -> RosterTemplate:
    """Keep the site's duties of that week under a name; one of the same name is replaced."""
    name = " ".join(name.split())
    if not name:
        raise RosterRefused(_("Ghi tên cho lịch mẫu, ví dụ “Tuần thường”."))
    if len(name) > RosterTemplate._meta.get_field("name").max_length:
        raise RosterRefused(_("Tên lịch mẫu dài quá 60 chữ."))
    first, last = week_of(monday)
    rows = Assignment.objects.active().filter(roster__site=site, date__range=(first, last)).order_by("date", "pk")
    duties = list(rows.values_list("date", "session", "post_id", "volunteer_id"))
    if not duties:
        raise RosterRefused(_("Tuần này chưa có ca nào để giữ làm mẫu."))
    RosterTemplate.objects.filter(site=site, name=name).delete()
    try:
        template = RosterTemplate.objects.create(site=site, name=name)
    except IntegrityError as error:
        raise RosterRefused(_("Điểm này đã có lịch mẫu mang tên đó.")) from error
    RosterTemplateLine.objects.bulk_create(
        RosterTemplateLine(
            template=template, weekday=date.isoweekday(), session=session, post_id=post, volunteer_id=volunteer
        )
        for date, session, post, volunteer in duties
    )
    return template


@transaction.atomic
def lay_template(*, template: RosterTemplate, month: datetime.date, by: User) -> Laid:
    """Give the duties of the template on every open day of the month, where places are free; one change in all.

    A place is free while fewer people are there than the template has, so what was arranged by hand stays.
    """
    roster = lock_roster(roster_of(template.site, month))
    facts, laid = RosterFacts.of_roster(roster), Laid()
    lines = defaultdict(list)
    for line in template.lines.select_related("post", "volunteer__user", "volunteer__team"):
        lines[line.weekday].append(line)
    wanted = Counter((line.weekday, line.session, line.post_id) for rows in lines.values() for line in rows)
    given = []
    for date, sessions in sorted(facts.sessions.items()):
        opened = {row.session for row in sessions}
        for line in lines[date.isoweekday()]:
            if line.session in opened:
                room = wanted[line.weekday, line.session, line.post_id]
                _lay(facts, Duty(date, line.session, line.post, line.volunteer), room, given, laid)
    if given:
        change_roster(roster=roster, kind=RosterChange.Kind.TEMPLATE, by=by, add=given, note=template.name)
    laid.given = len(given)
    return laid


def _lay(facts, duty, room, given, laid):
    """Count the duty as given, or note why not; a place that is taken needs no word."""
    held = facts.held.get((duty.volunteer.pk, duty.date, duty.session))
    if held is not None and held.post is not None and held.post.pk == duty.post.pk:
        return
    if facts.at_post[duty.date, duty.session, duty.post.pk] >= min(room, duty.post.max_people):
        return
    reason = facts.why_not(duty.volunteer, duty.date, duty.session, duty.post)
    if reason is None:
        facts.give(duty)
        given.append(duty)
    elif reason.sentence not in laid.refused:
        laid.refused.append(reason.sentence)


def templates_of(site: Site) -> list[tuple[int, str]]:
    """(key, name) of the site's templates, by name."""
    return list(RosterTemplate.objects.filter(site=site).order_by("name").values_list("pk", "name"))
