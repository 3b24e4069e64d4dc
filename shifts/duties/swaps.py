"""A duty offered to, or exchanged with, a named person, who must accept; either may change it back until it begins."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.models import Assignment, Notice, RosterChange, SwapDuty, SwapRequest, User, Volunteer
from shifts.notices import mark_read, tell
from shifts.roster.changes import DutyRefused, Kind, RosterMovedOn, RosterRefused, change_roster
from shifts.roster.facts import Duty, Reason, RosterFacts

from .hours import SessionHours, Stint, stints_of
from .people import DutyGone, DutyOver, leaders_of, lock_rosters, locked_duties, words_of

State, Side = SwapRequest.State, SwapDuty.Side
OFFERED_DAYS_AHEAD = 62


class SwapWithOneself(RosterRefused):
    """The other person is the one who asks."""


class AlreadyOffered(RosterRefused):
    """The duty waits for somebody's answer already."""


class SwapNotWaiting(RosterRefused):
    """The request was answered, withdrawn or is too old."""


@dataclass(frozen=True)
class Candidate:
    """A person who can take a duty, or why only an exchange is possible."""

    volunteer: Volunteer
    days: int
    only_exchange: bool = False


def facts_around(duties: Iterable[Assignment], at: datetime.datetime | None = None) -> RosterFacts:
    """Facts of the site of these duties, from the first of them as far as duties are exchanged."""
    first = min(timezone.localdate(at), min(duty.date for duty in duties))
    last = max(first + datetime.timedelta(days=OFFERED_DAYS_AHEAD), max(duty.date for duty in duties))
    return RosterFacts(duties[0].post.site, first, last)


def candidates_for(duties: list[Assignment], facts: RosterFacts) -> list[Candidate]:
    """People who could take all these duties of one site; those with a full week or month only in exchange."""
    facts.assume(without={duty.pk for duty in duties})
    found = []
    for person in facts.people.values():
        if person.pk == duties[0].volunteer_id:
            continue
        reasons = [facts.why_not(person, duty.date, duty.session, duty.post) for duty in duties]
        codes = {reason.code for reason in reasons if reason}
        if codes <= {"week_full", "month_full"}:
            found.append(Candidate(person, facts.days_in_month(person, duties[0].date), only_exchange=bool(codes)))
    return sorted(found, key=lambda one: (one.only_exchange, one.days, one.volunteer.user.sort_name, one.volunteer.pk))


def wanted_in_return(
    duties: list[Assignment], other: Volunteer, facts: RosterFacts, at: datetime.datetime | None = None
) -> list[Stint]:
    """The other person's later duties at the same site that could be taken in exchange for these."""
    at = at or timezone.now()
    theirs = [row for row in facts.assignments if row.volunteer_id == other.pk and _exchangeable(row, facts)]
    hours = SessionHours({facts.site.pk})
    able = []
    for stint in stints_of([row for row in theirs if hours.begins(row) > at], hours):
        if why_no_exchange(facts, given=duties, wanted=stint.duties, other=other) is None:
            able.append(stint)
    return able


def _exchangeable(row, facts):
    if row.post_id is None or row.roster.site_id != facts.site.pk or not row.roster.is_published:
        return False
    return facts.first <= row.date <= facts.last


def why_no_exchange(facts: RosterFacts, *, given, wanted, other: Volunteer) -> Reason | None:
    """Return what stands against the exchange, looked at as if both had already changed hands; None: nothing."""
    facts.assume(without={row.pk for row in [*given, *wanted]})
    me = given[0].volunteer
    moves = [Duty(row.date, row.session, row.post, other) for row in given]
    moves += [Duty(row.date, row.session, row.post, facts.people.get(me.pk, me)) for row in wanted]
    for duty in moves:
        reason = facts.why_not(duty.volunteer, duty.date, duty.session, duty.post)
        if reason is not None:
            return reason
        facts.give(duty)
    return None


@transaction.atomic
def ask(
    *,
    volunteer: Volunteer,
    other: Volunteer,
    given: Iterable[Assignment],
    wanted: Iterable[Assignment] = (),
    message: str = "",
    by: User,
    at: datetime.datetime | None = None,
) -> SwapRequest:
    """Ask another person to take these duties, for nothing or for some of theirs; nothing moves until they accept.

    Raises SwapWithOneself, DutyGone, DutyOver, AlreadyOffered, or DutyRefused with the rule that stands against it.
    """
    at, given, wanted = at or timezone.now(), list(given), list(wanted)
    if other.pk == volunteer.pk:
        raise SwapWithOneself(_("Bạn không thể đổi ca với chính mình."))
    rows = {row.pk: row for row in locked_duties([*given, *wanted])}
    given, wanted = [rows[row.pk] for row in given], [rows[row.pk] for row in wanted]
    _check_holders(given, volunteer, wanted, other)
    _refuse_begun([*given, *wanted], at)
    _check_rules(given, wanted, other, at)
    request = SwapRequest.objects.create(asked_by=volunteer, asked_of=other, message=message, asked_at=at)
    sides = [(row, Side.GIVEN) for row in given] + [(row, Side.WANTED) for row in wanted]
    try:
        with transaction.atomic():
            SwapDuty.objects.bulk_create(SwapDuty(request=request, assignment=row, side=side) for row, side in sides)
    except IntegrityError as error:
        raise AlreadyOffered(
            _("Ca này đang chờ một bạn khác nhận. Hãy rút lời nhờ đó trước rồi nhờ bạn khác.")
        ) from error
    words = {"name": volunteer.user.full_name, "given": words_of(given), "wanted": words_of(wanted) if wanted else ""}
    if wanted:
        text = _("{name} muốn đổi ca {given} lấy ca {wanted} của bạn.").format(**words)
    else:
        text = _("{name} nhờ bạn nhận ca {given}.").format(**words)
    tell([other.user], kind="swap", text=text, url=reverse("me:duties"), key=asked_key(request), by=by)
    return request


def asked_key(request: SwapRequest) -> str:
    """Under this key the other person is asked; once the request ended, nobody needs to read it any more."""
    return f"swap-{request.pk}"


def _check_holders(given, volunteer, wanted, other):
    if any(row.volunteer_id != volunteer.pk for row in given) or not given:
        raise DutyGone(_("Ca này không phải của bạn."))
    if any(row.volunteer_id != other.pk for row in wanted):
        raise DutyGone(_("Ca bạn muốn nhận không còn là của {name}.").format(name=other.user.get_short_name()))
    sites = {row.roster.site_id for row in [*given, *wanted]}
    if len(sites) > 1 or other.team.home_site_id not in sites:
        raise DutyGone(_("Chỉ đổi ca với bạn ở cùng một điểm hỗ trợ."))


def _refuse_begun(duties, at):
    hours = SessionHours.of(duties)
    for duty in duties:
        if hours.ends(duty) <= at:
            raise DutyOver(_("Ca này đã qua, không đổi được nữa."))
        if hours.begins(duty) <= at:
            raise DutyOver(_("Ca này đã bắt đầu, không đổi được nữa."))


def _check_rules(given, wanted, other, at):
    facts = facts_around([*given, *wanted], at)
    person = facts.people.get(other.pk, other)
    reason = why_no_exchange(facts, given=given, wanted=wanted, other=person)
    if reason is not None:
        raise DutyRefused(Duty(given[0].date, given[0].session, given[0].post, other), reason)


def _locked(request):
    """Lock the rosters of the request, then the request; return it as it is now, with its duties by side."""
    duties = list(SwapDuty.objects.filter(request=request).select_related("assignment"))
    lock_rosters(duty.assignment.roster_id for duty in duties)
    people = SwapRequest.objects.select_related("asked_by__user", "asked_by__team", "asked_of__user", "asked_of__team")
    return people.select_for_update(of=("self",)).get(pk=request.pk)


def _refuse_answered(request):
    if request.state == State.WAITING:
        return
    raise SwapNotWaiting(
        {
            State.ACCEPTED: _("Lời đổi ca này đã được nhận rồi."),
            State.DECLINED: _("Bạn đã trả lời là không nhận ca này."),
            State.WITHDRAWN: _("{name} đã rút lời nhờ này.").format(name=request.asked_by.user.get_short_name()),
            State.EXPIRED: _("Lời đổi ca này đã quá hạn."),
            State.UNDONE: _("Lần đổi ca này đã được đổi lại."),
        }[request.state]
    )


def _duties(request):
    """Given and wanted duties of a request, as they are now."""
    rows = SwapDuty.objects.filter(request=request).select_related(
        "assignment__post__site", "assignment__roster__site", "assignment__volunteer__user"
    )
    found = {Side.GIVEN: [], Side.WANTED: []}
    for row in rows.order_by("assignment__date", "assignment"):
        found[row.side].append(row.assignment)
    return found[Side.GIVEN], found[Side.WANTED]


def _answer(request, state, at):
    request.state, request.answered_at = state, at
    request.save(update_fields=["state", "answered_at"])
    SwapDuty.objects.filter(request=request).update(waiting=False)
    mark_read(Notice.objects.filter(key=asked_key(request)), at)


@transaction.atomic
def accept(
    *, request: SwapRequest, volunteer: Volunteer, by: User, at: datetime.datetime | None = None
) -> list[RosterChange]:
    """Accept what one was asked: the duties change hands, and those touched are told.

    Raises SwapNotWaiting (accepted twice, withdrawn), DutyGone (a duty was changed meanwhile), DutyOver, DutyRefused.
    """
    at = at or timezone.now()
    request = _locked(request)
    if request.asked_of_id != volunteer.pk:
        raise DutyGone(_("Lời nhờ này không gửi cho bạn."))
    _refuse_answered(request)
    given, wanted = _duties(request)
    if any(not row.state == Assignment.State.ACTIVE for row in [*given, *wanted]):
        raise DutyGone(_("Ca trong lời nhờ vừa được người khác đổi, nên không nhận được nữa."))
    _check_holders(given, request.asked_by, wanted, request.asked_of)
    _refuse_begun([*given, *wanted], at)
    moves = [(row, request.asked_of) for row in given] + [(row, request.asked_by) for row in wanted]
    changes = _move(moves, by=by, at=at)
    _answer(request, State.ACCEPTED, at)
    close_waiting([*given, *wanted], by=by, at=at)
    _tell_of(request, given, wanted, by=by, back=False)
    return changes


def _move(moves, *, by, at, note=""):
    """Give each duty (an active assignment) to a person: one change, or with rosters of two months a few."""
    by_roster = defaultdict(list)
    for row, person in moves:
        by_roster[row.roster_id].append((row, person))
    *earlier, last = [rows for _pk, rows in sorted(by_roster.items())]
    same = {"kind": Kind.SWAP, "by": by, "at": at, "note": note, "quiet": True}

    def added(rows):
        return [Duty(row.date, row.session, row.post, person) for row, person in rows]

    # Everything is taken away before anything is given, so that a week's maximum counts what the exchange leaves.
    changes = [change_roster(roster=rows[0][0].roster, remove=[row for row, _to in rows], **same) for rows in earlier]
    changes.append(change_roster(roster=last[0][0].roster, remove=[row for row, _to in last], add=added(last), **same))
    return changes + [change_roster(roster=rows[0][0].roster, add=added(rows), **same) for rows in earlier]


def _tell_of(request, given, wanted, *, by, back):
    words = {
        "asker": request.asked_by.user.full_name,
        "other": request.asked_of.user.full_name,
        "given": words_of(given),
        "wanted": words_of(wanted) if wanted else "",
    }
    if back:
        text = _("Đã đổi lại như cũ: {asker} trực {given}.").format(**words)
    elif wanted:
        text = _("{asker} và {other} đã đổi ca: {given} lấy {wanted}.").format(**words)
    else:
        text = _("{other} nhận ca {given} của {asker}.").format(**words)
    both = [request.asked_by.user, request.asked_of.user]
    leaders = [user for user in leaders_of(request.asked_by.team) if user not in both]
    tell(both, kind="swap", text=text, url=reverse("me:duties"), by=by)
    tell(leaders, kind="swap", text=text, url=given[0].roster.get_absolute_url(), by=by)


@transaction.atomic
def decline(*, request: SwapRequest, volunteer: Volunteer, by: User, at: datetime.datetime | None = None) -> None:
    """Say no; the one who asked keeps the duty and is told."""
    request = _locked(request)
    if request.asked_of_id != volunteer.pk:
        raise DutyGone(_("Lời nhờ này không gửi cho bạn."))
    _refuse_answered(request)
    _answer(request, State.DECLINED, at or timezone.now())
    given, _wanted = _duties(request)
    text = _("{name} không nhận được ca {duties}. Ca vẫn là của bạn.").format(
        name=request.asked_of.user.full_name, duties=words_of(given)
    )
    tell([request.asked_by.user], kind="swap", text=text, url=reverse("me:duties"), by=by)


@transaction.atomic
def withdraw(*, request: SwapRequest, volunteer: Volunteer, by: User, at: datetime.datetime | None = None) -> None:
    """Take back what one asked; raises SwapNotWaiting when the other was faster."""
    request = _locked(request)
    if request.asked_by_id != volunteer.pk:
        raise DutyGone(_("Lời nhờ này không phải của bạn."))
    _refuse_answered(request)
    _answer(request, State.WITHDRAWN, at or timezone.now())
    _tell_withdrawn(request, by)


def _tell_withdrawn(request, by):
    given, _wanted = _duties(request)
    text = _("{name} đã rút lời nhờ về ca {duties}.").format(
        name=request.asked_by.user.full_name, duties=words_of(given)
    )
    tell([request.asked_of.user], kind="swap", text=text, url=reverse("me:duties"), by=by)


def close_waiting(duties: Iterable[Assignment], *, by: User | None, at: datetime.datetime) -> int:
    """End the requests that wait about these duties, which have changed hands; call with their rosters locked."""
    rows = SwapRequest.objects.waiting().filter(duties__assignment__in=[duty.pk for duty in duties]).distinct()
    requests = list(rows.select_related("asked_by__user", "asked_of__user").order_by("pk"))
    for request in requests:
        _answer(request, State.EXPIRED, at)
        given, _wanted = _duties(request)
        text = _("Lời đổi ca {duties} không còn hiệu lực: ca đã được đổi.").format(duties=words_of(given))
        tell([request.asked_by.user, request.asked_of.user], kind="swap", text=text, url=reverse("me:duties"), by=by)
    return len(requests)


@transaction.atomic
def swap_back(
    *, request: SwapRequest, volunteer: Volunteer, by: User, at: datetime.datetime | None = None
) -> list[RosterChange]:
    """Undo an accepted swap, by either of the two, until its first duty begins; the other and the leaders are told."""
    at = at or timezone.now()
    request = _locked(request)
    if volunteer.pk not in (request.asked_by_id, request.asked_of_id):
        raise DutyGone(_("Lần đổi ca này không phải của bạn."))
    if request.state != State.ACCEPTED:
        raise SwapNotWaiting(_("Lần đổi ca này đã được đổi lại hoặc chưa được nhận."))
    given, wanted = _duties(request)
    _refuse_begun([*given, *wanted], at)
    moves = [(_held_now(row, request.asked_of), request.asked_by) for row in given]
    moves += [(_held_now(row, request.asked_by), request.asked_of) for row in wanted]
    changes = _move(moves, by=by, at=at, note=_("Đổi lại"))
    _answer(request, State.UNDONE, at)
    close_waiting([row for row, _to in moves], by=by, at=at)
    _tell_of(request, given, wanted, by=by, back=True)
    return changes


def _held_now(row, volunteer):
    """The duty that came of this one when it changed hands, or RosterMovedOn."""
    found = Assignment.objects.active().filter(
        roster=row.roster_id, date=row.date, session=row.session, post=row.post_id, volunteer=volunteer
    )
    moved = found.select_related("post__site", "roster__site", "volunteer__user").first()
    if moved is None:
        raise RosterMovedOn(_("Ca này đã được đổi tiếp, nên không đổi lại được nữa."))
    return moved


def expire_swaps(at: datetime.datetime | None = None) -> int:
    """End requests whose duty has begun, or was changed by somebody else, and tell who asked; return how many."""
    at = at or timezone.now()
    late = Q(duties__assignment__date__lte=timezone.localdate(at))
    gone = Q(duties__assignment__state=Assignment.State.CANCELLED)
    rows = SwapRequest.objects.waiting().filter(late | gone).distinct().order_by("pk")
    return sum(_expire(request, at) for request in rows)


@transaction.atomic
def _expire(request, at):
    request = _locked(request)
    given, wanted = _duties(request)
    hours = SessionHours.of([*given, *wanted])
    ended = any(row.state != Assignment.State.ACTIVE or hours.begins(row) <= at for row in [*given, *wanted])
    if request.state != State.WAITING or not ended:
        return 0
    _answer(request, State.EXPIRED, at)
    text = _("Lời nhờ {name} về ca {duties} đã quá hạn.").format(
        name=request.asked_of.user.full_name, duties=words_of(given)
    )
    tell([request.asked_by.user], kind="swap", text=text, url=reverse("me:duties"))
    return 1
