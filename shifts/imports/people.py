"""Logins, volunteers and roles as files."""

import re

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.widgets import ManyToManyWidget

from shifts import services
from shifts.models import Post, Role, Team, Unit, User, Volunteer
from shifts.models.people import normal_phone

from .cells import Code, Day, OneOf, Reference, Text, UnitReference, Whole, YesNo, plain, shown
from .registry import register
from .resource import Column, RowResource


class Phone(Code):
    """A phone number; Excel takes the leading zero of 0912345678 away."""

    def from_number(self, number, row):
        return str(number).zfill(10) if len(str(number)) == 9 else str(number)

    def clean(self, value, row=None, **kwargs):
        try:
            return normal_phone(super().clean(value, row, **kwargs)) or None
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error


class UserResource(RowResource):
    username = Column(attribute="username", widget=Code(), required=True)
    full_name = Column(attribute="full_name", widget=Text(), required=True, also=["họ tên", "tên"])
    phone = Column(attribute="phone", widget=Phone(), also=["số điện thoại", "sđt"])
    email = Column(attribute="email", widget=Text(), label=gettext_lazy("email"), also=["thư điện tử"])
    is_active = Column(attribute="is_active", widget=YesNo(blank=True), label=gettext_lazy("đang dùng"))

    class Meta:
        model = User
        fields = ("username", "full_name", "phone", "email", "is_active")
        import_id_fields = ("username",)

    def after_init_instance(self, instance, new, row, **kwargs):
        if new:
            instance.set_unusable_password()


class Posts(ManyToManyWidget):
    """Posts by code, separated by commas: T1, T2 of the team's site, or TTHCC/T1 of any."""

    def __init__(self):
        super().__init__(Post)

    def clean(self, value, row=None, **kwargs):
        team = (row or {}).get("_team")
        codes = [code.strip() for code in re.split(r"[,;\n]", plain(value)) if code.strip()]
        return list({post.pk: post for post in (self.find(code, team) for code in codes)}.values())

    @staticmethod
    def find(code, team):
        site, _slash, post_code = code.rpartition("/")
        posts = Post.objects.filter(code=post_code.strip())
        posts = posts.filter(site__code=site.strip()) if site else posts.filter(site=getattr(team, "home_site", None))
        found = posts.first()
        if found is None:
            raise ValueError(_("không có vị trí trực “{value}” ở điểm hỗ trợ của đội").format(value=shown(code)))
        return found


class VolunteerResource(RowResource):
    """Members of teams, and their logins: a new row makes both, a known user name updates both.

    `teams` limits whose rows may come in (keys of teams; None: any). With a limit, nobody from outside those teams can
    be touched, nor the login of anybody whose rights reach beyond them: else the file would be a way to such rights.
    """

    username = Column(
        attribute="user__username",
        widget=Code(),
        required=True,
        label=gettext_lazy("tên đăng nhập"),
        also=["tài khoản"],
    )
    full_name = Column(
        attribute="user__full_name",
        widget=Text(),
        required=True,
        label=gettext_lazy("họ và tên"),
        also=["họ tên", "tên"],
    )
    phone = Column(
        attribute="user__phone", widget=Phone(), label=gettext_lazy("điện thoại"), also=["số điện thoại", "sđt"]
    )
    email = Column(attribute="user__email", widget=Text(), label=gettext_lazy("email"), also=["thư điện tử"])
    unit = Column(widget=UnitReference(Unit, gettext_lazy("đơn vị"), day_columns=()), label=gettext_lazy("đơn vị"))
    team = Column(attribute="team", widget=Reference(Team, gettext_lazy("đội hình")), also=["đội", "mã đội"])
    posts = Column(attribute="posts", widget=Posts(), also=["vị trí", "tầng"])
    max_per_week = Column(attribute="max_per_week", widget=Whole(), also=["tối đa mỗi tuần", "tối đa/tuần"])
    max_per_month = Column(attribute="max_per_month", widget=Whole(), also=["tối đa mỗi tháng", "tối đa/tháng"])
    joined = Column(attribute="joined", widget=Day(), also=["ngày vào đội"])
    left = Column(attribute="left", widget=Day(), also=["ngày rời đội"])
    experienced = Column(attribute="experienced", widget=YesNo())

    class Meta:
        model = Volunteer
        fields = (
            *("username", "full_name", "phone", "email", "unit", "team", "posts"),
            *("max_per_week", "max_per_month", "joined", "left", "experienced"),
        )
        import_id_fields = ("username",)

    def __init__(self, *, teams=None, default_team=None, **kwargs):
        super().__init__(**kwargs)
        self.teams, self.default_team = teams, default_team

    def get_queryset(self):
        return Volunteer.objects.select_related("user", "team__unit", "team__home_site")

    def dehydrate_unit(self, volunteer):
        return self.fields["unit"].widget.render(volunteer.team.unit)

    def dehydrate_posts(self, volunteer):
        """Codes of the posts; those of another site than the team's own with the site before them."""
        home = volunteer.team.home_site_id
        posts = volunteer.posts.all() if volunteer.pk else []
        return ", ".join(post.code if post.site_id == home else f"{post.site.code}/{post.code}" for post in posts)

    def init_instance(self, row=None):
        """A volunteer for a login that exists, else with a new one that cannot be used before the first-login link."""
        known = User.objects.filter(username=self.fields["username"].clean(row)).first()
        user = known or User()
        if known is None:
            user.set_unusable_password()
        return Volunteer(user=user)

    def after_init_instance(self, instance, new, row, **kwargs):
        instance.team_before = None if new else instance.team
        instance.login_before = self.login_of(instance.user)

    @staticmethod
    def login_of(user):
        return (user.pk, user.full_name, user.phone or None, user.email)

    def import_instance(self, instance, row, **kwargs):
        errors = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if "team" not in errors:
            errors.update(self.place_in_team(instance, row))
        row["_team"] = getattr(instance, "team", None) if instance.team_id else None
        if errors:
            raise ValidationError(errors)

    def place_in_team(self, instance, row):
        """Settle the team from the columns team and unit; return the errors found."""
        try:
            unit = self.fields["unit"].clean(row) if "unit" in row else None
        except ValueError as error:
            return {"unit": ValidationError(str(error))}
        if not instance.team_id:
            instance.team = instance.team_before or self.team_of(unit) or self.default_team
        if not instance.team_id:
            return {"team": ValidationError(_("chưa có mã đội hình"))}
        if unit and instance.team.unit_id != unit.pk:
            sentence = _("đội hình “{team}” thuộc đơn vị khác: {unit}")
            return {"unit": ValidationError(sentence.format(team=instance.team.code, unit=instance.team.unit))}
        return {}

    @staticmethod
    def team_of(unit):
        """The only team of a unit, or None."""
        teams = list(Team.objects.on().filter(unit=unit)[:2]) if unit else []
        return teams[0] if len(teams) == 1 else None

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        errors = dict(import_validation_errors or {}) | self.errors_of_reach(instance)
        try:
            known = {key.removeprefix("user__") for key in errors}
            instance.user.full_clean(exclude={*known, "password"})
        except ValidationError as error:
            errors.update({f"user__{key}": ValidationError(found) for key, found in error.message_dict.items()})
        try:
            instance.full_clean(exclude={*errors, "user"})
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def errors_of_reach(self, instance):
        """Refuse what the person who imports may not change."""
        if self.teams is None:
            return {}
        user, before = instance.user, instance.team_before
        if user.pk and (before is None or before.pk not in self.teams):
            return {"user__username": ValidationError(_("tên đăng nhập này đã có người ngoài đội dùng"))}
        if instance.team_id and instance.team_id not in self.teams:
            return {"team": ValidationError(_("bạn chỉ nhập được người của đội mình phụ trách"))}
        if user.pk and self.login_of(user) != instance.login_before and self.reaches_beyond(user):
            return {"user__username": ValidationError(_("người này còn vai trò khác; chỉ quản trị sửa được thông tin"))}
        return {}

    def reaches_beyond(self, user):
        """Whether somebody other than the one who imports has rights beyond being a volunteer of these teams."""
        if self.by and user.pk == self.by.pk:
            return False
        own = {"team__in": self.teams, "kind": Role.Kind.VOLUNTEER}
        return user.is_staff or user.is_superuser or user.roles.exclude(**own).exists()

    def before_save_instance(self, instance, row, **kwargs):
        instance.user.save()
        instance.user = instance.user  # takes over the key of a login that was just made

    def after_save_instance(self, instance, row, **kwargs):
        before = instance.team_before
        if before is None or before.pk != instance.team_id:
            services.grant_role(user=instance.user, kind=Role.Kind.VOLUNTEER, team=instance.team)
        if before and before.pk != instance.team_id:
            left = instance.user.roles.on().filter(kind=Role.Kind.VOLUNTEER, team=before)
            left.update(valid_until=timezone.localdate())


class RoleResource(RowResource):
    user = Column(
        attribute="user",
        column_name="username",
        widget=Reference(User, gettext_lazy("tên đăng nhập"), field="username", name_field="full_name"),
        label=gettext_lazy("tên đăng nhập"),
        required=True,
        also=["người dùng"],
    )
    kind = Column(attribute="kind", widget=OneOf(Role.Kind.choices), required=True)
    team = Column(attribute="team", widget=Reference(Team, gettext_lazy("đội hình")))
    unit = Column(attribute="unit", widget=UnitReference(Unit, gettext_lazy("đơn vị")))
    valid_from = Column(attribute="valid_from", widget=Day())
    valid_until = Column(attribute="valid_until", widget=Day())

    class Meta:
        model = Role
        fields = ("user", "kind", "team", "unit", "valid_from", "valid_until")
        import_id_fields = ("user", "kind", "team", "unit")

    def after_save_instance(self, instance, row, **kwargs):
        services.refresh_rights(user=instance.user)


register("users", UserResource)
register("volunteers", VolunteerResource)
