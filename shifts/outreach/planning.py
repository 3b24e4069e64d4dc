"""Plans events and changes plans: with people on the list every rule is asked again before anything is written."""

import datetime
from collections.abc import Iterable
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from shifts.dates import day_name
from shifts.models import Assignment, Attendance, OutreachEvent, OutreachMaterial, Team, Unit, User
from shifts.notices import tell
from shifts.roster.changes import FIRST_YEAR, LAST_YEAR
from shifts.text import fold

from .events import OutreachRefused, event_words, is_over, lock_event, lock_people, may_change
from .people import end_duties, give_duties, refuse_broken
from .sessions import sessions_of

FIELDS = (
    "team", "date", "starts_at", "ends_at", "venue_kind", "venue", "host_unit", "contact_name", "contact_phone", "aims",
)  # fmt: skip
WHEN = ("date", "starts_at", "ends_at")
MOST_THINGS = 1_000_000


class Thing(NamedTuple):
    """One line of the list of material."""

    name: str
    taken_out: int
    is_leaflet: bool = False


def next_free_saturday(team: Team | None, today: datetime.date) -> datetime.date:
    """The next Saturday from tomorrow on for which the team has no event yet."""
    saturday = today + datetime.timedelta(days=(5 - today.weekday()) % 7 or 7)
    rows = OutreachEvent.objects.standing().filter(team=team, date__gte=saturday)
    taken = set(rows.values_list("date", flat=True))
    while saturday in taken:
        saturday += datetime.timedelta(days=7)
    return saturday


def host_units(team_unit: Unit, date: datetime.date):
    """Units of the province of that unit which hold on the date; a queryset."""
    root = team_unit.path.split(".")[0]
    return Unit.objects.on(date).filter(path__startswith=f"{root}.")


@transaction.atomic
def plan_event(*, values: dict, things: Iterable[Thing] | None = None, by: User | None) -> OutreachEvent:
    """Store a new event of the values of FIELDS and its material; raises OutreachRefused."""
    event = OutreachEvent(**{name: values[name] for name in FIELDS}, made_by=by, unit=values["team"].unit)
    _check(event)
    event.save()
    _write_things(event, things)
    return event


@transaction.atomic
def change_event(
    *,
    event: OutreachEvent,
    values: dict,
    things: Iterable[Thing] | None = None,
    by: User | None,
    at: datetime.datetime | None = None,
) -> OutreachEvent:
    """Change an event and its material; its people keep their place if every rule lets them, and are told.

    Raises OutreachRefused with the names of those who cannot come at the new time; then nothing is written.
    """
    at = at or timezone.now()
    event = lock_event(event)
    may_change(event)
    before = {name: getattr(event, name) for name in FIELDS}
    for name in FIELDS:
        setattr(event, name, values[name])
    moved = any(before[name] != values[name] for name in WHEN)
    duties = list(Assignment.objects.active().filter(event=event).order_by("pk"))
    if event.is_held and (moved or before["team"] != event.team):
        raise OutreachRefused(_("Hoạt động đã tổ chức thì không đổi ngày, giờ hay đội."), field="date")
    if before["team"] != event.team:
        _change_team(event, duties)
    _check(event)
    if moved and duties:
        _move_people(event, before, duties, at)
    event.save()
    _write_things(event, things)
    if event.is_announced and not is_over(event, at) and (moved or before["venue"] != event.venue):
        _tell_moved(event, before, duties, by)
    return event


def _check(event):
    if not FIRST_YEAR <= event.date.year < LAST_YEAR:
        raise OutreachRefused(
            _("Hoạt động có từ năm {first} đến năm {last}.").format(first=FIRST_YEAR, last=LAST_YEAR - 1), field="date"
        )
    if event.ends_at <= event.starts_at:
        raise OutreachRefused(_("Giờ kết thúc phải sau giờ bắt đầu."), field="ends_at")
    if not event.team.holds_on(event.date):
        raise OutreachRefused(_("{team} không hoạt động vào ngày này.").format(team=event.team), field="team")
    if not host_units(event.unit, event.date).filter(pk=event.host_unit.pk).exists():
        raise OutreachRefused(
            _("{unit} không thuộc tỉnh, hoặc ngày {date} không còn (chưa có).").format(
                unit=event.host_unit, date=f"{event.date:%d/%m/%Y}"
            ),
            field="host_unit",
        )
    try:
        event.clean_fields(exclude=["team", "unit", "host_unit", "made_by"])
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        raise OutreachRefused(" ".join(sentences), field=field) from error


def _change_team(event, duties):
    if duties:
        raise OutreachRefused(_("Bỏ hết người tham gia ra rồi mới đổi đội hình."), field="team")
    event.unit = event.team.unit


def _move_people(event, before, duties, at):
    """Let everybody come at the new time instead of the old one, or refuse with the names of who cannot."""
    names = {row.volunteer_id for row in duties}
    people = lock_people(names)
    if Attendance.objects.filter(assignment__in=duties, state__in=Attendance.CAME).exists():
        raise OutreachRefused(_("Đã có người được điểm danh, nên không đổi ngày, giờ nữa."), field="date")
    refuse_broken(event, people, without={row.pk for row in duties})
    same = event.date == before["date"] and sessions_of(event.starts_at, event.ends_at) == sessions_of(
        before["starts_at"], before["ends_at"]
    )
    if not same:
        end_duties(duties, at)
        give_duties(event, people, at)


def _tell_moved(event, before, duties, by):
    people = User.objects.filter(volunteer__in={row.volunteer_id for row in duties})
    text = _("Hoạt động {day}, {venue} đổi thành: {event}.").format(
        day=day_name(before["date"]), venue=before["venue"], event=event_words(event)
    )
    tell(people, kind="duty", text=text, url=reverse("me:duties"), by=by)


def _write_things(event, things):
    """Make the list of material what it should be (None: as it is); what was brought back stays with its name."""
    if things is None:
        return
    kept = {row.folded_name: row for row in event.materials.all()}
    seen = set()
    for thing in things:
        key = fold(thing.name)
        if key in seen:
            raise OutreachRefused(_("“{name}” có hai lần trong danh sách mang đi.").format(name=thing.name))
        seen.add(key)
        row = kept.get(key) or OutreachMaterial(event=event)
        if row.brought_back is not None and row.brought_back > thing.taken_out:
            raise OutreachRefused(
                _("{name}: đã mang về {back}, nên số mang đi không được nhỏ hơn.").format(
                    name=thing.name, back=row.brought_back
                )
            )
        row.name, row.taken_out, row.is_leaflet = thing.name, thing.taken_out, thing.is_leaflet
        row.save()
    event.materials.exclude(folded_name__in=seen).delete()


@transaction.atomic
def count_back(*, event: OutreachEvent, counts: dict[int, int | None]) -> OutreachEvent:
    """Write how many of each thing (key) were brought back; None: not known yet. Raises OutreachRefused."""
    event = lock_event(event)
    may_change(event)
    rows = {row.pk: row for row in event.materials.all()}
    for pk, back in counts.items():
        row = rows.get(pk)
        if row is None:
            continue
        if back is not None and not 0 <= back <= row.taken_out:
            raise OutreachRefused(
                _("{name}: mang về từ 0 đến {out}, vì mang đi {out}.").format(name=row.name, out=row.taken_out),
                field=f"back-{pk}",
            )
        row.brought_back = back
        row.save(update_fields=["brought_back"])
    return event
