"""The people around a duty: who leads, who is free, and what they are told."""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.utils.translation import gettext as _

from shifts.models import Assignment, Role, Roster, Team, User, Volunteer
from shifts.roster.changes import RosterRefused, duty_words, lock_roster
from shifts.roster.facts import RosterFacts

NAMED_DAYS = 3


class DutyGone(RosterRefused):
    """A duty is no longer this person's, or never was."""


class DutyOver(RosterRefused):
    """A duty is past, or has begun where that matters."""


def leaders_of(team: Team, date: datetime.date | None = None) -> list[User]:
    """Leaders and deputies of the team on that date (default: today), by given name."""
    roles = Role.objects.on(date).filter(team=team, kind=Role.Kind.LEADER, user__is_active=True)
    return [role.user for role in roles.select_related("user").order_by("user__sort_name", "user")]


def lock_rosters(keys: Iterable[int]) -> list[Roster]:
    """Lock these rosters, always in the order of their keys: two people at once wait instead of blocking each other."""
    return [lock_roster(Roster(pk=pk)) for pk in sorted(set(keys))]


def locked_duties(duties: Iterable[Assignment]) -> list[Assignment]:
    """Lock the rosters of these duties, then the duties, and return these as they are now, or raise DutyGone.

    Active duties of published rosters only: a draft is not known to anybody yet, an event has an organiser of its own.
    """
    keys = {duty.pk for duty in duties}
    lock_rosters(duty.roster_id for duty in duties if duty.roster_id)
    rows = Assignment.objects.announced().filter(pk__in=keys, roster__isnull=False)
    rows = rows.select_related("post__site", "roster__site", "volunteer__user", "volunteer__team")
    # The duties too: a mark of attendance locks its duty alone, and decides whether it may be given up.
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not keys or len(found) < len(keys):
        raise DutyGone(_("Ca này vừa được người khác đổi. Hãy xem lại lịch của bạn."))
    return sorted(found, key=lambda duty: (duty.date, duty.pk))


def words_of(duties: Iterable[Assignment]) -> str:
    """Duties in words; more than three days are counted instead of named."""
    duties = list(duties)
    days = sorted({duty.date for duty in duties})
    if len(days) > NAMED_DAYS:
        return _("{count} ngày, từ {first} đến {last}").format(
            count=len(days), first=f"{days[0]:%d/%m}", last=f"{days[-1]:%d/%m}"
        )
    return duty_words((duty.date, duty.post.name, duty.session) for duty in duties)


def free_for(duties: Iterable[Assignment]) -> dict[int, list[Volunteer]]:
    """Key of duty -> who could take it over, the holder left out, those with the fewest days first.

    Duties of one site are asked about together, so the number of queries does not grow with them.
    """
    by_site = defaultdict(list)
    for duty in duties:
        by_site[duty.post.site].append(duty)
    found = {}
    for site, rows in by_site.items():
        facts = RosterFacts(site, min(row.date for row in rows), max(row.date for row in rows))
        facts.assume(without={row.pk for row in rows})
        for row in rows:
            able = facts.who_can(row.date, row.session, row.post)
            found[row.pk] = [person for person in able if person.pk != row.volunteer_id]
    return found
