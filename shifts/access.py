"""What a person reaches, from the roles they hold today: one object, asked for once per request."""

from functools import cached_property

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q
from django.utils import timezone

from shifts.models import Role, Site, Team, Unit

Kind = Role.Kind
MANAGES_TEAMS_BELOW = (Kind.STAFF, Kind.ADMINISTRATOR)


class Access:
    """The reach of one person: own teams, led teams, and the subtrees of their units."""

    def __init__(self, user, roles):
        self.user = user
        self.roles = roles

    @classmethod
    def of(cls, user):
        """Return this person's access, read in one query and kept on the user."""
        if not user.is_authenticated:
            return cls(user, [])
        # getattr, not __dict__: request.user is a lazy wrapper whose own __dict__ never holds what is set on it.
        if getattr(user, "_access", None) is None:
            roles = Role.objects.on().filter(user=user).order_by("pk").select_related("team__unit", "unit")
            user._access = cls(user, list(roles))
        return user._access

    @staticmethod
    def forget(user):
        """Read the roles again when next asked; call after changing them."""
        user._access = None

    def roots(self, *kinds):
        """Units at which the person holds one of these kinds (none named: any kind)."""
        return [role.unit for role in self.roles if role.unit_id and (not kinds or role.kind in kinds)]

    @cached_property
    def _volunteer(self):
        try:
            return self.user.volunteer
        except (AttributeError, ObjectDoesNotExist):  # AttributeError: the anonymous user
            return None

    @cached_property
    def member_team(self):
        """The team where this person serves today, or None."""
        member = self._volunteer
        return member.team if member and member.serves_on(timezone.localdate()) else None

    @cached_property
    def team_roles(self):
        """Roles at teams; those at the home team end with the membership, whoever forgot to end the role."""
        member = self._volunteer
        has_left = member and member.left and member.left <= timezone.localdate()
        left = member.team_id if has_left else None
        return [role for role in self.roles if role.team_id and role.team_id != left]

    @cached_property
    def teams(self):
        """Teams this person belongs to, where they serve first."""
        found = [self.member_team, *(role.team for role in self.team_roles)]
        return list({team.pk: team for team in found if team}.values())

    @cached_property
    def team_ids(self):
        """Keys of the teams this person belongs to."""
        return frozenset(team.pk for team in self.teams)

    @cached_property
    def led_team_ids(self):
        return frozenset(role.team_id for role in self.team_roles if role.kind == Kind.LEADER)

    @cached_property
    def sees_everything(self):
        """Whether nothing is hidden: a superuser, or an administrator of the whole province."""
        return self.user.is_superuser or any(
            unit.level == Unit.Level.PROVINCE for unit in self.roots(Kind.ADMINISTRATOR)
        )

    @property
    def has_unit_role(self):
        return bool(self.roots())

    @property
    def is_leader(self):
        return bool(self.led_team_ids)

    @property
    def is_member(self):
        """Whether this person serves in a team today, and so may open the desk."""
        return self.member_team is not None

    @property
    def is_administrator(self):
        return self.sees_everything or bool(self.roots(Kind.ADMINISTRATOR))

    @property
    def home_name(self):
        """Name of the page this person lands on."""
        if self.is_administrator and self.user.is_staff:
            return "admin:index"
        if self.is_leader and self.sees_rosters:
            return "today:today"
        if self.is_member:
            return "desk:desk"
        return "reports:dashboard" if self.has_unit_role else "home"

    @cached_property
    def sees_rosters(self):
        """Whether the menu leads to rosters: at most one query, none for a team's people and those of the province."""
        if self.sees_everything or any(team.home_site_id for team in self.teams):
            return True
        below = Q()
        for unit in self.roots():
            if unit.level == Unit.Level.PROVINCE:
                return True
            below |= Q(unit__path__startswith=unit.path)
        return bool(below) and Site.objects.on().filter(below).exists()

    def units(self, *kinds):
        """Units within reach through these kinds of role (none named: any), their predecessors included."""
        if self.sees_everything:
            return Unit.objects.all()
        reached = Unit.objects.none()
        for unit in self.roots(*kinds):
            reached = reached | Unit.objects.within(unit)
        return reached

    def may_manage_team(self, team_id):
        """Whether this person leads the team, or works for a unit above it."""
        if self.sees_everything or team_id in self.led_team_ids:
            return True
        if not self.roots(*MANAGES_TEAMS_BELOW):
            return False
        return Team.objects.filter(pk=team_id, unit__in=self.units(*MANAGES_TEAMS_BELOW)).exists()

    def rostered_sites(self):
        """Sites whose roster this person may see: of their teams, and of the units they work for; a queryset."""
        if self.sees_everything:
            return Site.objects.all()
        reached = Site.objects.filter(home_teams__in=self.team_ids)
        if self.has_unit_role:
            reached = reached | Site.objects.filter(unit__in=self.units())
        return reached.distinct()

    def managed_sites(self):
        """Sites whose roster this person may change (see may_manage_site); a queryset."""
        if self.sees_everything:
            return Site.objects.all()
        led = [role.team.home_site_id for role in self.roles if role.kind == Kind.LEADER]
        managed = Site.objects.filter(pk__in=[key for key in led if key])
        if self.roots(*MANAGES_TEAMS_BELOW):
            managed = managed | Site.objects.filter(unit__in=self.units(*MANAGES_TEAMS_BELOW))
        return managed.distinct()

    @property
    def manages_province(self):
        """Whether this person's work covers every site: what holds for all of them is theirs to change."""
        return self.sees_everything or any(
            unit.level == Unit.Level.PROVINCE for unit in self.roots(*MANAGES_TEAMS_BELOW)
        )

    def may_change_calendar(self, site):
        """Whether this person may open and close days of a site; None stands for the days of every site."""
        return self.may_manage_site(site) if site else self.manages_province

    def may_manage_site(self, site):
        """Whether this person may change the roster of a site: leads a team at home there, or works above its unit."""
        if self.sees_everything:
            return True
        if any(role.kind == Kind.LEADER and role.team.home_site_id == site.pk for role in self.roles):
            return True
        if not self.roots(*MANAGES_TEAMS_BELOW):
            return False
        return self.units(*MANAGES_TEAMS_BELOW).filter(pk=site.unit_id).exists()
