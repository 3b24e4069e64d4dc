"""Leave (báo bận): days on which somebody cannot serve, said ahead, and what it does to duties given already."""

import datetime
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from shifts.dates import day_name
from shifts.models import Assignment, Leave, OutreachEvent, Roster, SiteSession, User, Volunteer
from shifts.notices import tell
from shifts.outreach.absences import note_absence
from shifts.roster.changes import RosterRefused
from shifts.roster.facts import RosterFacts

from .absences import cannot_come
from .hours import SessionHours
from .people import leaders_of, lock_rosters, words_of

LONGEST_DAYS = 366
AHEAD_DAYS = 731
NAMED_SHORT_DAYS = 3


class LeaveRefused(RosterRefused):
    """Days that cannot be reported; `field` names the part of the form that is wrong."""

    def __init__(self, sentence, field="date_from"):
        super().__init__(sentence)
        self.field = field


class LeaveOverlaps(LeaveRefused):
    """The same days are reported already."""


class LeaveTouchesDuties(LeaveRefused):
    """Duties lie in these days; `duties` are those whose places open, `events` those an organiser decides on."""

    def __init__(self, duties, events):
        super().__init__(
            _("Bạn đã có ca trong những ngày này. Hãy đồng ý mở các ca đó cho bạn khác, hoặc chọn ngày khác."),
            field="open_places",
        )
        self.duties, self.events = duties, events


def leave_words(leave: Leave) -> str:
    """ "thứ Năm 26/11", "26/11 đến 30/11", each with its session when it is not the whole day."""
    if leave.date_from == leave.date_to:
        days = day_name(leave.date_from)
    else:
        first = f"{leave.date_from:%d/%m}" if leave.date_from.year == leave.date_to.year else _day(leave.date_from)
        days = _("{first} đến {last}").format(first=first, last=_day(leave.date_to))
    return _("{days}, buổi {session}").format(days=days, session=leave.get_session_display()) if leave.session else days


def _day(date):
    return date_format(date, "d/m/Y")


def duties_in(volunteer: Volunteer, date_from, date_to, session="", at: datetime.datetime | None = None):
    """Announced duties of this person in these days that are not over; a list in order of time."""
    at = at or timezone.now()
    rows = Assignment.objects.announced().between(date_from, date_to).filter(volunteer=volunteer)
    rows = rows.exclude(event__state=OutreachEvent.State.CANCELLED)
    if session:
        rows = rows.filter(session=session)
    rows = list(
        rows.select_related("post__site", "roster__site", "event__team", "volunteer__user").order_by("date", "pk")
    )
    hours = SessionHours.of(rows)
    return [row for row in rows if hours.ends(row) > at]


@transaction.atomic
def report_leave(
    *,
    volunteer: Volunteer,
    date_from: datetime.date,
    date_to: datetime.date,
    session: str = "",
    reason: str = "",
    open_places: bool = False,
    by: User,
    at: datetime.datetime | None = None,
) -> Leave:
    """Store leave; duties within are given up and their places opened, when that was agreed to.

    Raises LeaveRefused (past, too long, too far ahead), LeaveOverlaps, LeaveTouchesDuties when duties lie in these days
    and `open_places` is false, or what giving up a duty refuses. The leaders are told of days that get short.
    """
    at = at or timezone.now()
    _check_days(date_from, date_to, timezone.localdate(at))
    _lock_rosters_of(volunteer, date_from, date_to)
    # One report of a person at a time: two at once would both find the days free.
    Volunteer.objects.select_for_update(no_key=True).get(pk=volunteer.pk)
    duties = duties_in(volunteer, date_from, date_to, session, at)
    _check_overlap(volunteer, date_from, date_to, session)
    at_posts = [row for row in duties if row.roster_id]
    events = [row for row in duties if row.event_id]
    if duties and not open_places:
        raise LeaveTouchesDuties(at_posts, events)
    if at_posts:
        cannot_come(volunteer=volunteer, duties=at_posts, by=by, at=at)
    leave = _stored(volunteer, date_from, date_to, session, reason, by)
    note_absence(events, by=by, at=at)
    _tell_of_events(volunteer, events, by)
    _tell_of_short_days(leave, by, at)
    return leave


def _lock_rosters_of(volunteer, date_from, date_to):
    """Lock every roster in which this person may have a duty then: nobody gives one while the leave is being stored."""
    months = Roster.objects.filter(month__range=(date_from.replace(day=1), date_to))
    own = Q(assignments__volunteer=volunteer, assignments__state=Assignment.State.ACTIVE)
    lock_rosters(months.filter(Q(site=volunteer.team.home_site_id) | own).values_list("pk", flat=True))


def _check_days(date_from, date_to, today):
    if date_to < date_from:
        raise LeaveRefused(_("Ngày cuối không được trước ngày đầu."), field="date_to")
    if date_from < today:
        raise LeaveRefused(_("Chỉ báo bận từ hôm nay trở đi. Ngày {date} đã qua.").format(date=_day(date_from)))
    if (date_to - date_from).days >= LONGEST_DAYS:
        raise LeaveRefused(_("Một lần báo bận dài nhất là một năm."), field="date_to")
    if (date_to - today).days > AHEAD_DAYS:
        raise LeaveRefused(_("Chỉ báo bận trước tối đa hai năm."), field="date_to")


def _check_overlap(volunteer, date_from, date_to, session):
    rows = Leave.objects.touching(date_from, date_to).filter(volunteer=volunteer)
    if session:
        rows = rows.filter(Q(session="") | Q(session=session))
    other = rows.order_by("date_from").first()
    if other is not None:
        raise LeaveOverlaps(
            _("Những ngày này trùng với lần báo bận {other}. Hãy rút lần đó hoặc chọn ngày khác.").format(
                other=leave_words(other)
            )
        )


def _stored(volunteer, date_from, date_to, session, reason, by):
    leave = Leave(volunteer=volunteer, date_from=date_from, date_to=date_to, session=session, reason=reason, made_by=by)
    try:
        with transaction.atomic():
            leave.save()
    except IntegrityError as error:
        raise LeaveOverlaps(_("Đã có báo bận đúng những ngày này.")) from error
    return leave


def _tell_of_events(volunteer, events: Iterable[Assignment], by):
    for row in events:
        text = _("{name} báo bận, không đến được hoạt động {venue} ngày {date}.").format(
            name=volunteer.user.full_name, venue=row.event.venue, date=f"{row.date:%d/%m}"
        )
        tell(leaders_of(row.event.team), kind="absence", text=text, url=row.event.get_absolute_url(), by=by)


def _tell_of_short_days(leave, by, at):
    """Tell the leaders on which open days this leave leaves fewer people free than the site needs."""
    short, needed = short_days(leave, at)
    if not short:
        return
    first = ", ".join(f"{date:%d/%m} ({free})" for date, free in short[:NAMED_SHORT_DAYS])
    more = len(short) - NAMED_SHORT_DAYS
    days = _("{days} và {count} ngày nữa").format(days=first, count=more) if more > 0 else first
    text = _("{name} báo bận {leave}. Mỗi buổi cần {needed} người; số bạn còn rảnh: {days}.").format(
        name=leave.volunteer.user.full_name, leave=leave_words(leave), needed=needed, days=days
    )
    url = reverse("roster:month", args=[leave.volunteer.team.home_site.code, f"{short[0][0]:%Y-%m}"])
    tell(leaders_of(leave.volunteer.team), kind="leave", text=text, url=url, by=by)


def short_days(leave: Leave, at: datetime.datetime | None = None) -> tuple[list[tuple[datetime.date, int]], int]:
    """Open days of this leave with fewer people not away than one session needs, and how many it needs.

    For each day the session with the fewest. Counted are the members of the teams at home at the site.
    """
    site = leave.volunteer.team.home_site
    if site is None:
        return [], 0
    first = max(leave.date_from, timezone.localdate(at))
    facts = RosterFacts(site, first, leave.date_to)
    needed = max(site.min_people, sum(post.min_people for post in facts.posts))
    short = []
    for date, sessions in sorted(facts.sessions.items()):
        free = [_not_away(facts, date, row) for row in sessions if leave.covers(date, row.session)]
        if free and min(free) < needed:
            short.append((date, min(free)))
    return short, needed


def _not_away(facts, date, row: SiteSession):
    return sum(
        person.serves_on(date) and not any(one.covers(date, row.session) for one in facts.leaves.get(pk, ()))
        for pk, person in facts.people.items()
    )


@transaction.atomic
def withdraw_leave(*, leave: Leave, by: User, at: datetime.datetime | None = None) -> Leave:
    """Take leave back; of one that has begun the days that passed stay. Raises LeaveRefused when it is over."""
    today = timezone.localdate(at)
    leave = Leave.objects.select_for_update(of=("self",)).get(pk=leave.pk)
    if leave.withdrawn_at:
        raise LeaveRefused(_("Lần báo bận này đã được rút rồi."))
    if leave.date_to < today:
        raise LeaveRefused(_("Lần báo bận này đã qua, không rút được nữa."))
    if leave.date_from < today:
        leave.date_to = today - datetime.timedelta(days=1)
        leave.save(update_fields=["date_to"])
    else:
        leave.withdrawn_at = at or timezone.now()
        leave.save(update_fields=["withdrawn_at"])
    return leave


def duties_words(duties: Iterable[Assignment]) -> str:
    """Duties in words, outreach events by their venue."""
    at_posts = [row for row in duties if row.post_id]
    events = [f"{day_name(row.date)} ({row.event.venue})" for row in duties if row.event_id]
    return ", ".join(([words_of(at_posts)] if at_posts else []) + events)
