"""Writes of several steps around people: roles, and the links for the first login."""

import datetime
from dataclasses import dataclass

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import base36_to_int, urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _

from shifts.access import Access
from shifts.models import Role, Team, Unit, User

STAFF_GROUP = "Cán bộ"
# Staff look at these but do not change them in the admin: people and roles would let them raise their own rights;
# visits, dossiers and the tally, duties, their changes and attendance only agree when they are written by the services.
STAFF_MAY_ONLY_VIEW = {
    *("user", "role", "visit", "visitactivity", "dossier", "dailytally", "hourlytally", "installationmark"),
    *("roster", "assignment", "rosterchange", "rosterchangeline", "rostershare", "raisedlimit", "rosterrun"),
    *("openplace", "rostertemplate", "rostertemplateline", "attendance", "attendancemark", "swaprequest", "swapduty"),
    *("preference", "calendarfeed", "notice", "duerun", "regulationacknowledgement"),
    *("unittotal", "unittotalchange", "periodlock", "unitchange", "teamunit"),
    *("outreachresult", "outreachresultchange", "eventabsence", "outreachmaterial", "lobbyboard"),
}
FIRST_LOGIN_DAYS = 7
OPENS_THE_ADMIN = (Role.Kind.STAFF, Role.Kind.ADMINISTRATOR)


class FirstLoginRefused(Exception):
    """The link was used, is too old, or is not one of ours."""


class FirstLoginTokens(PasswordResetTokenGenerator):
    """Links that hold for some days and end with the password they set, or with any other login."""

    key_salt = "shifts.services.FirstLoginTokens"

    def _make_hash_value(self, user, timestamp):
        return f"{super()._make_hash_value(user, timestamp)}{user.first_login_done}"

    def check_token(self, user, token):
        """Whether the token is this person's and not too old; Django's own deadline is a setting of other links."""
        try:
            made = base36_to_int(token.split("-")[0])
        except ValueError:
            return False
        age = self._num_seconds(self._now()) - made
        return age <= FIRST_LOGIN_DAYS * 24 * 3600 and constant_time_compare(
            self._make_token_with_timestamp(user, made, self.secret), token
        )


first_login_tokens = FirstLoginTokens()


@dataclass(frozen=True)
class Invitation:
    """A first-login link to hand out: the path on this site, and until when it holds."""

    user: User
    path: str
    expires_at: datetime.datetime


def invite(*, users, by: User | None) -> list[Invitation]:
    """Make one single-use link per person; `by` is noted in the log, never the link itself."""
    expires_at = timezone.now() + datetime.timedelta(days=FIRST_LOGIN_DAYS)
    users = list(users)
    if by and users:
        LogEntry.objects.log_actions(
            user_id=by.pk, queryset=users, action_flag=CHANGE, change_message=_("Cấp liên kết đăng nhập lần đầu.")
        )
    return [Invitation(user, first_login_path(user), expires_at) for user in users]


def first_login_path(user) -> str:
    """Path of a fresh link for this person."""
    key = urlsafe_base64_encode(str(user.pk).encode())
    return reverse("first_login", args=[f"{key}-{first_login_tokens.make_token(user)}"])


def invited_person(token: str, people=None) -> User | None:
    """The person whose link this is, or None if it no longer holds."""
    key, _dash, rest = token.partition("-")
    try:
        pk = int(urlsafe_base64_decode(key))
    except ValueError:
        return None
    people = User.objects.all() if people is None else people
    person = people.filter(pk=pk, is_active=True).first() if 0 < pk < 2**63 else None
    return person if person and first_login_tokens.check_token(person, rest) else None


@transaction.atomic
def finish_first_login(*, token: str, password: str) -> User:
    """Set the password the person chose, or raise FirstLoginRefused."""
    # Locked, so that two people with the same link cannot both use it.
    person = invited_person(token, User.objects.select_for_update())
    if person is None:
        raise FirstLoginRefused(
            _("Liên kết này đã được dùng hoặc đã quá hạn. Hãy nhờ đội trưởng hoặc quản trị cấp liên kết mới.")
        )
    person.set_password(password)
    person.first_login_done = True
    person.save(update_fields=["password", "first_login_done"])
    return person


@transaction.atomic
def grant_role(*, user: User, kind: str, team: Team | None = None, unit: Unit | None = None) -> Role:
    """Give a role from now on, with the rights in the admin that go with it; giving it twice changes nothing."""
    role, created = Role.objects.get_or_create(user=user, kind=kind, team=team, unit=unit)
    if not created and role.valid_until is not None:
        role.valid_until = None
        role.save(update_fields=["valid_until"])
    refresh_rights(user=user)
    return role


@transaction.atomic
def refresh_rights(*, user: User) -> None:
    """Make the rights in the admin those of the roles held today: called when a role changes and at each login.

    A person who never held such a role keeps what `createsuperuser` or another administrator gave by hand.
    """
    ever = Role.objects.filter(user=user, kind__in=OPENS_THE_ADMIN)
    now = list(ever.on().select_related("unit"))
    if now:
        user.groups.add(staff_group())
    elif user.groups.filter(name=STAFF_GROUP).exists() or ever.exists():
        user.groups.remove(*Group.objects.filter(name=STAFF_GROUP))
    else:
        Access.forget(user)
        return
    administers = [role.unit.level for role in now if role.kind == Role.Kind.ADMINISTRATOR]
    by_hand = user.is_superuser and not ever.filter(kind=Role.Kind.ADMINISTRATOR).exists()
    user.is_superuser = by_hand or Unit.Level.PROVINCE in administers
    user.is_staff = user.is_superuser or bool(now)
    user.save(update_fields=["is_staff", "is_superuser"])
    Access.forget(user)


def refresh_everybodys_rights() -> int:
    """Refresh the rights of all who ever held a role that opens the admin; return of how many."""
    people = User.objects.filter(pk__in=Role.objects.filter(kind__in=OPENS_THE_ADMIN).values("user"))
    for person in people:
        refresh_rights(user=person)
    return len(people)


def staff_group() -> Group:
    """The group of Youth Union staff, with its permissions as the models are today."""
    group, _created = Group.objects.get_or_create(name=STAFF_GROUP)
    ours = Permission.objects.filter(content_type__app_label__in=["shifts", "assistance", "reports"])
    views = ours.filter(codename__startswith="view_")
    changes = ours.exclude(content_type__model__in=STAFF_MAY_ONLY_VIEW).exclude(codename__startswith="delete_")
    group.permissions.add(*(views | changes))
    return group
