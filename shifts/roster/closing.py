"""The calendar changes under a roster: duties of closed sessions end properly, reopened ones look for people."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.duties.swaps import close_waiting
from shifts.models import (
    Assignment,
    CalendarDay,
    OpenPlace,
    Roster,
    RosterChange,
    Site,
    User,
)
from shifts.notices import tell

from .calendar import open_sessions_of, sessions_begun, sessions_over
from .changes import change_roster, duty_words
from .facts import RosterFacts
from .invitations import withdraw
from .wanted import open_places


@dataclass
class Followed:
    """What following the calendar did: duties cancelled, people who lost some, places opened."""

    duties: int = 0
    people: int = 0
    places: int = 0


@transaction.atomic
def follow_calendar(dates: Iterable[datetime.date], by: User | None, *, site: Site | None = None, at=None) -> Followed:
    """Bring rosters, all or one site's, in line with the calendar of these dates; a second call does nothing.

    Duties in closed sessions are cancelled (in published rosters only those whose session is not over yet), places
    there are closed and swaps ended. In an open session of a published roster that has nobody at all, as after a
    reopening, places are opened.
    """
    at, dates, done = at or timezone.now(), sorted(set(dates)), Followed()
    if not dates:
        return done
    lock_rosters_of(dates, site)
    rosters = list(_rosters(dates, site).select_related("site"))
    held = defaultdict(list)
    rows = Assignment.objects.active().filter(roster__in=rosters, date__in=dates)
    for row in rows.select_related("post", "volunteer__user").order_by("date", "session", "post", "pk"):
        held[row.roster_id].append(row)
    calendar = open_sessions_of([roster.site for roster in rosters], dates[0], dates[-1]) if rosters else {}
    opened_at = {
        site: {(date, row.session) for date, rows in days.items() for row in rows} for site, days in calendar.items()
    }
    _close_places(rosters, dates, opened_at, at)
    losers = set()
    for roster in rosters:
        opened = opened_at[roster.site_id]
        days = [date for date in dates if date.replace(day=1) == roster.month]
        gone = _cancel(roster, held[roster.pk], opened, by, at)
        done.duties += len(gone)
        losers |= {row.volunteer_id for row in gone}
        done.places += _offer(roster, days, held[roster.pk], opened, by, at)
    done.people = len(losers)
    return done


def _rosters(dates, site):
    rosters = Roster.objects.filter(month__in={date.replace(day=1) for date in dates}).order_by("pk")
    return rosters.filter(site=site) if site else rosters


def lock_rosters_of(dates: Iterable[datetime.date], site: Site | None = None) -> None:
    """Lock the rosters of these dates before anything is written, in the order of their keys."""
    list(_rosters(dates, site).select_for_update(of=("self",)).values_list("pk", flat=True))


def _cancel(roster, rows, opened, by, at):
    """Cancel the duties that stand in closed sessions, as one change; return them."""
    over = sessions_over(roster.site, at) if roster.is_published else lambda date, session: False
    gone = [row for row in rows if (row.date, row.session) not in opened and not over(row.date, row.session)]
    if not gone:
        return []
    names = _closure_names(roster.site, {row.date for row in gone})
    change_roster(
        roster=roster,
        kind=RosterChange.Kind.CLOSE,
        by=by,
        remove=gone,
        note=", ".join(dict.fromkeys(filter(None, names.values())))[:200],
        at=at,
        quiet=True,
    )
    if roster.is_published:
        close_waiting(gone, by=by, at=at)
        _tell_cancelled(roster, gone, names, by)
    return gone


def _closure_names(site, dates):
    """Date -> what the closure is called, what is said for the site first."""
    names = {}
    rows = CalendarDay.objects.filter(date__in=dates, is_open=False)
    for row in rows.order_by("pk"):
        if row.site_id in (None, site.pk) and (row.date not in names or row.site_id):
            names[row.date] = row.name
    return names


def _tell_cancelled(roster, gone, names, by):
    lost = defaultdict(list)
    for row in gone:
        lost[row.volunteer_id].append(row)
    for _pk, rows in sorted(lost.items()):
        words = duty_words((row.date, row.post.name, row.session) for row in rows)
        reason = ", ".join(dict.fromkeys(filter(None, (names.get(row.date) for row in rows))))
        text = _("{site} đóng cửa{reason}. Ca của bạn đã hủy: {duties}.").format(
            site=roster.site.short_name, reason=f" ({reason})" if reason else "", duties=words
        )
        tell([rows[0].volunteer.user], kind="duty", text=text, url=reverse("me:duties"), by=by)


def _close_places(rosters, dates, opened_at, at):
    rows = OpenPlace.objects.waiting().filter(roster__in=rosters, date__in=dates)
    rows = rows.select_related("roster")
    withdraw([row for row in rows if (row.date, row.session) not in opened_at[row.roster.site_id]], at)


def _offer(roster, days, rows, opened, by, at):
    """Open places in open sessions of a published roster where nobody is; return how many."""
    if not roster.is_published:
        return 0
    served = {(row.date, row.session) for row in rows}
    empty = {key for key in opened if key[0] in days and key not in served}
    if empty:
        begun = sessions_begun(roster.site, at)
        empty = {key for key in empty if not begun(*key)}
    if not empty:
        return 0
    facts = RosterFacts(roster.site, min(days), max(days))
    among = lambda date, session: (date, session) in empty  # noqa: E731
    return len(open_places(roster=roster, facts=facts, by=by, at=at, among=among))
