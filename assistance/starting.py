"""A unit begins: its team, its site with hours and posts, its people and its first roster, each step stored by itself.

What is done is what the database holds, so a unit that stopped halfway goes on where it was. Every write locks the
unit first: two people who begin the same unit at once make one team and one site.
"""

import datetime
from dataclasses import dataclass, field
from functools import cached_property

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assistance.models import Activity, DeskButton
from assistance.reference import forget
from assistance.world import KEYS_OF_CENTRE, USUAL
from shifts import services
from shifts.imports.people import VolunteerResource
from shifts.imports.reading import Table
from shifts.imports.running import run
from shifts.models import Assignment, Post, Role, Roster, Site, Team, Unit, User, Volunteer
from shifts.roster.special_days import follow_hours
from shifts.text import fold

TEAM, SITE, POSTS, PEOPLE, ROSTER = STEPS = ("team", "site", "posts", "people", "roster")
MOST_KEYS = 9


class StartRefused(Exception):
    """A step was refused; the text is the sentence for the user."""


class RowsRefused(StartRefused):
    """Some people cannot be taken; `rows` has the place of each row with its (column, sentence)."""

    def __init__(self, rows):
        super().__init__()
        self.rows = rows


@dataclass
class Beginning:
    """How far a unit is."""

    unit: Unit
    team: Team | None = None
    site: Site | None = None
    members: list[Volunteer] = field(default_factory=list)
    roster: Roster | None = None

    @cached_property
    def posts(self):
        return list(self.site.posts.order_by("position", "code")) if self.site else []

    @cached_property
    def sessions(self):
        return list(self.site.sessions.order_by("starts_at")) if self.site else []

    @property
    def has_own_site(self):
        """Whether the site is this unit's: a team may also serve at that of another."""
        return self.site is not None and self.site.unit_id == self.unit.pk

    def is_done(self, step):
        return {
            TEAM: self.team is not None,
            SITE: bool(self.sessions),
            POSTS: bool(self.posts),
            PEOPLE: bool(self.members),
            ROSTER: self.roster is not None,
        }[step]

    def is_open(self, step):
        """Whether a step can be taken: the one before is done."""
        at = STEPS.index(step)
        return at == 0 or all(self.is_done(before) for before in STEPS[:at])

    @property
    def next_step(self):
        return next((step for step in STEPS if not self.is_done(step)), "")


def beginning_of(unit: Unit, today: datetime.date | None = None) -> Beginning:
    """Return how far a unit is; six queries at most."""
    today = today or timezone.localdate()
    found = Beginning(unit, _team_of(unit, today))
    if found.team:
        found.site = _site_of(unit, found.team, today)
        members = Volunteer.objects.filter(team=found.team).select_related("user").order_by("user__sort_name")
        found.members = [member for member in members if member.serves_on(today)]
    if found.site:
        begun = Roster.objects.filter(site=found.site, pk__in=Assignment.objects.active().values("roster"))
        found.roster = begun.order_by("-month").first()
    return found


def begun_units(units: list[Unit]) -> tuple[set[int], set[int]]:
    """Keys of the units with duties on a roster of their team's site, and of those with a team; two queries."""
    teams = Team.objects.on(timezone.localdate()).filter(unit__in=units)
    formed = dict(teams.order_by().values_list("unit", "home_site"))
    planned = set(
        Assignment.objects.active()
        .filter(roster__site__in={site for site in formed.values() if site})
        .order_by()
        .values_list("roster__site", flat=True)
        .distinct()
    )
    return {unit for unit, site in formed.items() if site in planned}, set(formed)


def _team_of(unit, today):
    return Team.objects.on(today).filter(unit=unit).select_related("home_site").order_by("pk").first()


def _site_of(unit, team, today):
    home = team.home_site
    if home and home.holds_on(today):
        return home
    return Site.objects.on(today).filter(unit=unit).order_by("pk").first()


def _lock(unit):
    # Without the key: a desk that saves a visit of this unit looks only at its key, and must not wait.
    return Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)


def free_code(model, code):
    """The code, or with the first number behind it that no row has."""
    taken = set(model.objects.filter(code__startswith=code).values_list("code", flat=True))
    return next(each for each in [code, *(f"{code}-{n}" for n in range(2, len(taken) + 3))] if each not in taken)


@transaction.atomic
def form_team(
    *,
    unit: Unit,
    by: User,
    name: str,
    formed_on: datetime.date,
    decision_number: str = "",
    leads: bool = False,
    seen: int = 0,
) -> Team:
    """Store the team of a unit, a new one or the one that was `seen` (its key), and whether `by` leads it."""
    _lock(unit)
    team = _team_of(unit, timezone.localdate())
    if (team.pk if team else 0) != seen:
        raise StartRefused(_("Có người vừa lập đội hình của đơn vị này. Xem lại bên dưới, cần thì sửa rồi lưu."))
    team = team or Team(unit=unit, code=free_code(Team, f"DH{unit.code}"))
    team.name, team.valid_from, team.decision_number = name, formed_on, decision_number
    team.full_clean(exclude=["unit", "home_site"])
    team.save()
    _lead(team, by, leads)
    return team


def _lead(team, user, leads):
    if leads:
        services.grant_role(user=user, kind=Role.Kind.LEADER, team=team)
    elif held := user.roles.on().filter(kind=Role.Kind.LEADER, team=team).first():
        held.valid_from, held.valid_until = None, timezone.localdate()
        held.save(update_fields=["valid_from", "valid_until"])
        services.refresh_rights(user=user)


@transaction.atomic
def open_site(*, unit: Unit, by: User, forms, seen: int = 0, agreed: bool = False) -> Site:
    """Store the site of a unit's team with its hours, from forms that are valid; a new one gets keys for its desk.

    Raises Touches (shifts.roster.special_days) where changed hours end duties and nobody agreed to that.
    """
    _lock(unit)
    start = beginning_of(unit)
    if start.team is None:
        raise StartRefused(_("Lập đội hình trước, rồi mở điểm hỗ trợ."))
    if (start.site.pk if start.site else 0) != seen:
        raise StartRefused(_("Có người vừa mở điểm hỗ trợ của đơn vị này. Xem lại bên dưới, cần thì sửa rồi lưu."))
    if start.site and not start.has_own_site:
        raise StartRefused(_("Đội trực ở điểm của đơn vị khác; giờ trực do đơn vị đó đặt."))
    site = forms.site.instance
    if site.pk is None:
        site.unit, site.code, site.valid_from = unit, free_code(Site, f"HT{unit.code}"), None
    forms.save()
    if start.site is None:
        _give_keys(site)
    if start.team.home_site_id != site.pk:
        start.team.home_site = site
        start.team.save(update_fields=["home_site"])
    follow_hours(site=site, by=by, agreed=agreed)
    return site


def _give_keys(site):
    """The keys of the desk that the centres have; where the list of activities knows none of them, its first ones."""
    today = timezone.localdate()
    activities = [row for row in Activity.objects.order_by("position", "code") if row.holds_on(today)]
    known = {row.code: row for row in activities}
    chosen = [known[code] for code in KEYS_OF_CENTRE if code in known] or activities[:MOST_KEYS]
    DeskButton.objects.bulk_create(
        DeskButton(site=site, activity=row, position=place, in_usual=row.code in USUAL)
        for place, row in enumerate(chosen, 1)
    )
    forget()  # bulk_create sends no signal


@transaction.atomic
def place_posts(*, unit: Unit, forms) -> list[Post]:
    """Store the posts of a unit's site from forms that are valid; a new one gets a code and stands behind the others.

    A name that somebody else added meanwhile is not added again.
    """
    _lock(unit)
    start = beginning_of(unit)
    if not start.has_own_site:
        raise StartRefused(_("Mở điểm hỗ trợ trước, rồi đặt vị trí trực."))
    held = {fold(post.name) for post in start.posts}
    codes = {post.code for post in start.posts}
    last = max((post.position for post in start.posts), default=0)
    for form in forms:
        post = form.instance
        if post.pk is None:
            if fold(post.name) in held:
                continue
            last += 1
            post.site, post.position = start.site, last
            post.code = next(code for code in (f"B{n}" for n in range(1, len(codes) + 2)) if code not in codes)
            codes.add(post.code)
        post.save()
    return list(start.site.posts.order_by("position", "code"))


@transaction.atomic
def add_people(*, unit: Unit, by: User, rows: list[tuple[str, str]], myself: bool = False) -> list[User]:
    """Take people (name, phone) into the unit's team by the rules of its import, and return their new logins.

    All or none: raises RowsRefused with what is wrong in each row.
    """
    _lock(unit)
    team = beginning_of(unit).team
    if team is None:
        raise StartRefused(_("Lập đội hình trước, rồi ghi người."))
    _refuse_namesakes(team, rows)
    today = timezone.localdate()
    if myself and not Volunteer.objects.filter(user=by).exists():
        Volunteer.objects.create(user=by, team=team, joined=today)
        services.grant_role(user=by, kind=Role.Kind.VOLUNTEER, team=team)
    if not rows:
        return []
    names = free_usernames([name for name, _phone in rows])
    headers = ["username", "full_name", "phone", "team", "joined"]
    cells = [
        [username, name, phone, team.code, f"{today:%d/%m/%Y}"]
        for username, (name, phone) in zip(names, rows, strict=True)
    ]
    resource = VolunteerResource(by=by, teams={team.pk}, default_team=team)
    outcome = run(resource, Table(headers, list(enumerate(cells))))
    if outcome.failures:
        raise RowsRefused({failure.number: failure.reasons for failure in outcome.failures})
    return [row.instance.user for row in outcome.rows]


def _refuse_namesakes(team, rows):
    """A name that the team has already wants a phone, or a second tap would make everybody twice."""
    known = {
        fold(name) for name in Volunteer.objects.filter(team=team, left=None).values_list("user__full_name", flat=True)
    }
    wrong = {}
    for place, (name, phone) in enumerate(rows):
        if fold(name) in known and not phone:
            sentence = _("Đội đã có {name}. Nếu là người khác trùng tên thì ghi thêm số điện thoại.")
            wrong[place] = [("", sentence.format(name=name))]
        known.add(fold(name))
    if wrong:
        raise RowsRefused(wrong)


def free_usernames(full_names: list[str]) -> list[str]:
    """A login for each name that nobody has yet: Nguyễn Thu Hà becomes nguyenthuha, the next one nguyenthuha2."""
    found, taken = [], set()
    wishes = ["".join(char for char in fold(name) if char.isascii() and char.isalnum())[:30] for name in full_names]
    wishes = [wish or "tnv" for wish in wishes]
    for wish in set(wishes):
        known = User.objects.filter(username__istartswith=wish).values_list("username", flat=True)
        taken |= {name.lower() for name in known}
    for wish in wishes:
        name = next(each for each in [wish, *(f"{wish}{n}" for n in range(2, len(taken) + 3))] if each not in taken)
        taken.add(name)
        found.append(name)
    return found
