"""Publishing a draft: from then on its duties are announced, and every change is told to those it touches."""

import datetime
from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from shifts.dates import day_name, sessions_joined
from shifts.models import Assignment, Roster, RosterChange, RosterRun, User, Volunteer
from shifts.notices import tell

from .calendar import sessions_begun
from .changes import RosterRefused, lock_roster
from .facts import RosterFacts
from .wanted import open_places, shortened

NAMED_WHO_CAN = 3


class AlreadyPublished(RosterRefused):
    """Somebody published this roster before."""


class NotReady(RosterRefused):
    """The draft cannot be published as it is."""


@dataclass
class Publication:
    """What publishing a draft would do: who gets duties, what is missing, and why it cannot be done, if so."""

    people: list[Volunteer]
    days: int
    missing: list[str]
    missing_people: int
    broken: list[str]
    refusal: str = ""


def look_ahead(roster: Roster) -> Publication:
    """Return what publishing would do now. A constant number of queries."""
    facts = RosterFacts.of_roster(roster)
    rows = _duties(roster)
    people = {row.volunteer_id: row.volunteer for row in rows}
    shortfalls = facts.shortfalls()
    found = Publication(
        people=sorted(people.values(), key=lambda person: (person.user.sort_name, person.pk)),
        days=len({row.date for row in rows}),
        missing=_missing_sentences(shortfalls, facts),
        missing_people=sum(lacking for *_slot, lacking in shortfalls),
        broken=broken_rules(rows, facts),
    )
    try:
        _check(roster, rows, found.broken)
    except RosterRefused as refusal:
        found.refusal = str(refusal)
    return found


@transaction.atomic
def publish(*, roster: Roster, by: User, at: datetime.datetime | None = None) -> RosterChange:
    """Make the draft the published roster, version 1; return the change.

    Everybody with a duty is told theirs, `by` excepted. Where people are missing from today on, places are opened and
    those who could take them told. Raises AlreadyPublished, also for the slower of two who publish at once, or NotReady
    when there are no duties, when the optimiser is at work, or when a duty breaks a hard rule by now.
    """
    roster, at = lock_roster(roster), at or timezone.now()
    facts, rows = RosterFacts.of_roster(roster), _duties(roster)
    _check(roster, rows, broken_rules(rows, facts))
    roster.state, roster.version = Roster.State.PUBLISHED, 1
    roster.published_at, roster.published_by = at, by
    roster.save(update_fields=["state", "version", "published_at", "published_by"])
    change = RosterChange.objects.create(
        roster=roster, kind=RosterChange.Kind.PUBLISH, version=1, made_by=by, made_at=at
    )
    _tell_duties(roster, rows, by)
    begun = sessions_begun(roster.site, at)
    open_places(roster=roster, facts=facts, by=by, at=at, among=lambda date, session: not begun(date, session))
    return change


def _duties(roster):
    rows = Assignment.objects.active().filter(roster=roster)
    return list(rows.select_related("post__site", "volunteer__user").order_by("date", "session", "post", "pk"))


def _check(roster, rows, broken):
    if roster.is_published:
        when = timezone.localtime(roster.published_at)
        raise AlreadyPublished(
            _("Lịch tháng {month} đã được {name} công bố lúc {when}.").format(
                month=f"{roster.month:%m/%Y}", name=roster.published_by, when=f"{when:%H:%M %d/%m/%Y}"
            )
        )
    if RosterRun.objects.filter(roster=roster, state__in=RosterRun.UNDER_WAY).exists():
        raise NotReady(_("Lịch đang được xếp. Đợi xếp xong, hoặc dừng lại, rồi công bố."))
    if not rows:
        raise NotReady(_("Lịch chưa có ca nào. Xếp lịch trước rồi công bố."))
    if broken:
        raise NotReady(_("Có ca không còn đúng quy định: {sentence} Sửa xong rồi công bố.").format(sentence=broken[0]))


def broken_rules(rows: list[Assignment], facts: RosterFacts) -> list[str]:
    """Sentences about stored duties that break a hard rule by now: leave since, a day closed, a person gone."""
    sentences = {}
    at_post = Counter((row.date, row.session, row.post_id) for row in rows)
    for row in rows:
        reason = _without(facts, row, lambda row=row: facts.why_not(row.volunteer, row.date, row.session, row.post))
        if reason is not None:
            sentences.setdefault(reason.sentence)
        if at_post[row.date, row.session, row.post_id] > row.post.max_people:
            sentence = _("{post} ngày {date} có nhiều hơn {count} người.")
            sentences.setdefault(
                sentence.format(post=row.post.name, date=f"{row.date:%d/%m}", count=row.post.max_people)
            )
    return list(sentences)


def _without(facts, row, question):
    """Ask a question of the facts as if this duty were not there, nor this day among those that the maxima count."""
    key = (row.volunteer_id, row.date, row.session)
    held = facts.held.pop(key, None)
    facts.days[row.volunteer_id].discard(row.date)
    try:
        return question()
    finally:
        if held is not None:
            facts.held[key] = held
            facts.days[row.volunteer_id].add(row.date)


def _missing_sentences(shortfalls, facts):
    """Thứ Tư 15/07, Tầng 3, sáng và chiều: thiếu 1 người; có thể nhờ Hà, Khánh."""
    together, able = defaultdict(list), {}
    for date, session, post, lacking in shortfalls:
        together[date, post.pk, lacking].append(session)
        names = [person.user.get_short_name() for person in facts.who_can(date, session, post)]
        known = able.setdefault((date, post.pk, lacking), names)
        able[date, post.pk, lacking] = [name for name in known if name in names]
    posts = {post.pk: post.name for post in facts.posts}
    sentences = []
    for (date, post, lacking), sessions in together.items():
        words = _("{day}, {post}, {sessions}: thiếu {count} người").format(
            day=capfirst(day_name(date)),
            post=posts[post],
            sessions=sessions_joined(sessions),
            count=lacking,
        )
        names = able[date, post, lacking][:NAMED_WHO_CAN]
        tail = _("; có thể nhờ {names}.").format(names=", ".join(names)) if names else _("; không còn ai nhận được.")
        sentences.append(words + tail)
    return sentences


def _tell_duties(roster, rows, by):
    """Tell each person all their duties of the month, in one notice."""
    duties, users = defaultdict(set), {}
    for row in rows:
        users[row.volunteer_id] = row.volunteer.user
        duties[row.volunteer_id].add((row.date, row.post.name, row.session))
    for pk in sorted(duties):
        days = len({date for date, *_rest in duties[pk]})
        start = _("Lịch trực tháng {month} đã công bố. Bạn trực {count} ngày: ").format(
            month=f"{roster.month:%m/%Y}", count=days
        )
        text = shortened(start.replace("{", "").replace("}", "") + "{duties}.", duties[pk])
        tell([users[pk]], kind="publish", text=text, url=reverse("me:duties"), by=by)
