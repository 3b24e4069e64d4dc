"""Takes a roster file into a draft: what would change, which places break a rule, and the one change that does it."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from shifts.models import Assignment, Roster, RosterChange, User, Volunteer
from shifts.roster.calendar import open_sessions
from shifts.roster.changes import RosterRefused, change_roster
from shifts.roster.facts import Duty, RosterFacts

from .reading import RosterFile
from .recognition import People, Recognised

SKIP = "-"


@dataclass
class Plan:
    """What importing a file would do to a draft."""

    roster: Roster
    names: list[Recognised]  # every name of the file, once
    asked: list[Recognised]  # those that mean nobody or several, and were not answered
    add: list[Duty] = field(default_factory=list)
    remove: list[Assignment] = field(default_factory=list)
    kept: int = 0
    broken: list[str] = field(default_factory=list)  # sentences of the duties that break a hard rule
    notes: list[str] = field(default_factory=list)


def plan_import(roster: Roster, file: RosterFile, people: People, answers: dict[str, str]) -> Plan:
    """Return what the file would change; `answers` says who is meant by a name: the key of a volunteer, or SKIP.

    Only the dates that the file has are touched, and on these a duty that is in both stays as it is, pinned or not.
    """
    names = {seen.name: None for seen in file.seen}
    names = {name: people.recognise(name) for name in names}
    known = {str(person.pk): person for person in people.people}
    chosen = {name: found.person or known.get(answers.get(name, "")) for name, found in names.items()}
    plan = Plan(
        roster,
        names=list(names.values()),
        asked=[found for name, found in names.items() if chosen[name] is None and answers.get(name) != SKIP],
        notes=list(file.notes),
    )
    wanted = _wanted(roster, file, chosen, plan)
    stored = Assignment.objects.active().filter(roster=roster, date__in=file.dates)
    current = {
        (row.date, row.session, row.post_id, row.volunteer_id): row
        for row in stored.select_related("post", "volunteer__user")
    }
    plan.remove = [row for key, row in current.items() if key not in wanted]
    plan.kept = len(current) - len(plan.remove)
    _check(plan, [duty for key, duty in wanted.items() if key not in current])
    # A whole day says the same of each of its sessions.
    plan.broken = list(dict.fromkeys(plan.broken))
    return plan


def _wanted(roster, file, chosen: dict[str, Volunteer], plan):
    """Key -> duty, in the order of the file; a person whom it has twice in one session is kept once."""
    opened = open_sessions(roster.site, roster.month, roster.last_day)
    wanted = {}
    for seen in file.seen:
        person = chosen[seen.name]
        if person is None:
            continue
        sessions = seen.sessions or [row.session for row in opened.get(seen.date, [])]
        if not sessions:
            plan.broken.append(_closed(seen))
        for session in sessions:
            duty = Duty(seen.date, session, seen.post, person)
            wanted[duty.key] = duty
    return wanted


def _closed(seen):
    return _("Ô {place}: điểm không mở cửa ngày {date}, nên không nhận {name}.").format(
        place=seen.place, date=f"{seen.date:%d/%m}", name=seen.name
    )


def _check(plan, duties):
    """Part the duties into those that may be given and those that break a rule, one after the other."""
    facts = RosterFacts.of_roster(plan.roster).assume(without={row.pk for row in plan.remove})
    for duty in sorted(duties, key=lambda duty: (duty.date, duty.post.position)):
        reason = facts.why_not(duty.volunteer, duty.date, duty.session, duty.post)
        sentence = reason.sentence if reason else ""
        if not sentence and facts.at_post[duty.date, duty.session, duty.post.pk] >= duty.post.max_people:
            sentence = _("{post} ngày {date} đã đủ {count} người, không nhận thêm {name}.").format(
                post=duty.post.name,
                date=f"{duty.date:%d/%m}",
                count=duty.post.max_people,
                name=duty.volunteer.user.get_short_name(),
            )
        if sentence:
            plan.broken.append(sentence)
        else:
            facts.give(duty)
            plan.add.append(duty)


def store_import(*, plan: Plan, by: User) -> RosterChange | None:
    """Write the plan as one change of the draft; None when it changes nothing.

    Raises RosterRefused when the roster is published, a name is not answered, or somebody changed the roster since.
    """
    if plan.asked:
        raise RosterRefused(_("Còn tên chưa rõ là ai, nên chưa nhập."))
    if Roster.objects.filter(pk=plan.roster.pk).published().exists():
        raise RosterRefused(_("Lịch này đã công bố. Tệp chỉ nhập được vào bản nháp."))
    if not plan.add and not plan.remove:
        return None
    return change_roster(
        roster=plan.roster,
        kind=RosterChange.Kind.IMPORT,
        by=by,
        remove=plan.remove,
        add=plan.add,
        note=_("{added} ca mới, bỏ {removed}").format(added=len(plan.add), removed=len(plan.remove)),
    )
