"""Who reports and who does not: the units of a person with all that their page says of them."""

import datetime
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from assistance.models import DailyTally, PeriodLock, UnitTotal
from assistance.periods import Period
from assistance.unit_names import sort_key
from shifts.models import Role, Team, TeamUnit, Unit, User, Volunteer

ACTIVITY_LOOKS_BACK = datetime.timedelta(days=120)
Level = Unit.Level
# What the page reads: a whole row of either is a third of its time.
UNIT_FIELDS = ["code", "name", "level", "parent_id", "valid_from", "valid_until"]
TOTAL_FIELDS = ["unit_id", "date_from", "date_to", "counted_on", "state", "nothing", "teams", "volunteers"]


@dataclass
class UnitLine:
    """One unit on the page of units."""

    unit: Unit
    depth: int = 0
    teams: list[Team] = field(default_factory=list)
    members: int = 0
    last_activity: datetime.date | None = None
    last_total: UnitTotal | None = None
    total: UnitTotal | None = None
    reporters: list[User] = field(default_factory=list)
    locked: bool = False
    logs_at_desk: bool = False
    # The last word that said a number: a week without anything does not take people and teams away.
    said_teams: int | None = None
    said_volunteers: int | None = None

    @property
    def volunteers(self):
        """Members of its teams; where none are kept here, what the unit said last."""
        return self.members or self.said_volunteers

    @property
    def runs(self):
        """Whether the unit runs the model: it has a team, here or by its own word."""
        return bool(self.teams or self.said_teams)

    @property
    def sent(self):
        return self.total is not None and self.total.counts

    @property
    def is_expected(self):
        """Whether a total is awaited: from every commune and district that does not log at its own desk."""
        return self.unit.level != Level.PROVINCE and not self.logs_at_desk

    @property
    def is_missing(self):
        return self.is_expected and not self.sent

    @property
    def is_waiting(self):
        return self.total is not None and self.total.state == UnitTotal.State.SENT


@dataclass
class Tree:
    """All lines in the order of the tree, and what they come to."""

    period: Period
    lines: list[UnitLine]

    @cached_property
    def missing(self):
        return [line for line in self.lines if line.is_missing]

    @cached_property
    def waiting(self):
        return [line for line in self.lines if line.is_waiting]

    @cached_property
    def sent(self):
        return [line for line in self.lines if line.sent]

    @property
    def awaited(self):
        """How many have sent or should."""
        return len(self.sent) + len(self.missing)

    def of_level(self, level):
        return [line for line in self.lines if line.unit.level == level]

    @cached_property
    def coverage(self):
        """[(running, all, words)] per level that has units; the province's own team is a word of its own."""
        parts = []
        for level, words in [(Level.COMMUNE, _("xã, phường")), (Level.DISTRICT, _("huyện, thị xã, thành phố"))]:
            if lines := self.of_level(level):
                parts.append((sum(line.runs for line in lines), len(lines), words))
        return parts

    @property
    def headline(self):
        """ "12 trên 54 xã, phường và trung tâm tỉnh đã có đội hình"."""
        parts = [
            _("{n} trên {total} {units}").format(n=n, total=total, units=words) for n, total, words in self.coverage
        ]
        if any(line.runs for line in self.of_level(Level.PROVINCE)):
            parts.append(_("đội hình tỉnh"))
        if not parts:
            return _("Chưa có đơn vị nào")
        return _("{units} đang chạy mô hình").format(units=", ".join(parts))


def tree_of(*, units, period: Period) -> Tree:
    """Return the units (a queryset) that hold at the end of the period, with their facts; queries do not grow."""
    lines = in_order(list(units.on(period.last).only(*UNIT_FIELDS)))
    by_unit = {line.unit.pk: line for line in lines}
    # A team that moved on since belongs here where it was then.
    elsewhere = dict(TeamUnit.objects.on(period.last).values_list("team_id", "unit_id"))
    here = Team.objects.on(period.last).filter(Q(unit__in=by_unit) | Q(pk__in=elsewhere)).order_by("valid_from", "code")
    for team in here:
        if line := by_unit.get(elsewhere.get(team.pk, team.unit_id)):
            line.teams.append(team)
    serving = Volunteer.objects.filter(
        Q(joined=None) | Q(joined__lte=period.last), Q(left=None) | Q(left__gt=period.last)
    )
    serving = serving.filter(Q(team__unit__in=by_unit) | Q(team__in=elsewhere)).order_by()
    for team, unit, count in serving.values_list("team", "team__unit").annotate(n=Count("pk")):
        if line := by_unit.get(elsewhere.get(team, unit)):
            line.members += count
    _add_activity(by_unit, period)
    _add_totals(by_unit, period)
    for unit in PeriodLock.objects.touching(period).filter(unit__in=by_unit).values_list("unit_id", flat=True):
        by_unit[unit].locked = True
    reporting = Role.objects.on().filter(kind=Role.Kind.REPORTER, unit__in=by_unit, user__is_active=True)
    for role in reporting.select_related("user").order_by("user__sort_name"):
        by_unit[role.unit_id].reporters.append(role.user)
    return Tree(period, lines)


def in_order(units):
    """Lines from the top down, units of one parent by name; whose parent is not here stands at the top."""
    here = {unit.pk for unit in units}
    below = {}
    for unit in sorted(units, key=sort_key):
        below.setdefault(unit.parent_id if unit.parent_id in here else None, []).append(unit)
    lines = []

    def add(parent, depth):
        for unit in below.get(parent, []):
            lines.append(UnitLine(unit, depth))
            add(unit.pk, depth + 1)

    add(None, 0)
    return lines


def _add_activity(by_unit, period):
    since = period.last - ACTIVITY_LOOKS_BACK
    rows = DailyTally.objects.filter(unit__in=by_unit, date__range=(since, period.last), value__gt=0)
    for unit, last in rows.order_by().values_list("unit").annotate(last=Max("date")):
        by_unit[unit].last_activity = last
        by_unit[unit].logs_at_desk = last >= period.first


def _add_totals(by_unit, period):
    sent = UnitTotal.objects.counting().filter(unit__in=by_unit, date_from__lte=period.last, span=period.span)
    newest = (
        sent.order_by()
        .values_list("unit")
        .annotate(
            last=Max("date_from"),
            teams=Max("date_from", filter=Q(teams__isnull=False, nothing=False)),
            volunteers=Max("date_from", filter=Q(volunteers__isnull=False, nothing=False)),
        )
    )
    latest, with_teams, with_volunteers = {}, {}, {}
    for unit, last, teams, volunteers in newest:
        latest[unit], with_teams[unit], with_volunteers[unit] = last, teams, volunteers
    days = {*latest.values(), *with_teams.values(), *with_volunteers.values()} - {None}
    wanted = Q(date_from=period.first) | Q(date_from__in=days)
    for total in UnitTotal.objects.filter(wanted, unit__in=by_unit, span=period.span).only(*TOTAL_FIELDS):
        line = by_unit[total.unit_id]
        if total.date_from == period.first:
            line.total = total
        if not total.counts:
            continue
        if total.date_from == with_teams.get(total.unit_id):
            line.said_teams = total.teams
        if total.date_from == with_volunteers.get(total.unit_id):
            line.said_volunteers = total.volunteers
        if total.date_from == latest.get(total.unit_id):
            line.last_total = total
            if not total.nothing and (line.last_activity is None or total.counted_on > line.last_activity):
                line.last_activity = total.counted_on


def reminder(tree: Tree, address: str) -> str:
    """The text for the chat: how many have sent, and who is awaited, by name."""
    lines = [
        _("Số liệu {period}: {n} trên {total} đơn vị đã gửi.").format(
            period=tree.period.title, n=len(tree.sent), total=tree.awaited
        )
    ]
    if tree.missing:
        lines.append(_("Còn chờ {n} đơn vị:").format(n=len(tree.missing)))
        for line in tree.missing:
            names = ", ".join(str(user) for user in line.reporters)
            lines.append(f"- {line.unit}{f' ({names})' if names else ''}")
        lines.append(_("Gửi tại {address}; tuần không có gì cũng báo một chạm.").format(address=address))
    return "\n".join(lines)
