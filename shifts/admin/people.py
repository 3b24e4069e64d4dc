"""Logins, members of teams, and roles."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils.translation import gettext_lazy

from shifts import services
from shifts.imports.links import links_file
from shifts.imports.pages import RowsAdmin, download
from shifts.imports.people import RoleResource, UserResource, VolunteerResource
from shifts.imports.reach import OwnChoices, staffed_units
from shifts.models import Role, Team, User, Volunteer


class RoleInline(OwnChoices, admin.StackedInline):
    model = Role
    extra = 0


@admin.register(User)
class UserAdmin(RowsAdmin, DjangoUserAdmin):
    unit_paths = ["volunteer__team__unit", "roles__unit", "roles__team__unit"]
    unit_paths_meet_twice = True
    resource_classes = [UserResource]
    list_display = ["username", "full_name", "phone", "first_login_done", "is_active", "is_staff"]
    list_display_links = ["username", "full_name"]
    list_filter = ["is_active", "first_login_done", "is_staff", "is_superuser", "roles__kind"]
    search_fields = ["username", "phone"]
    folded_fields = ["search_name"]
    ordering = ["sort_name", "username"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (gettext_lazy("Người"), {"fields": ["full_name", "phone", "email", "first_login_done"]}),
        (
            gettext_lazy("Quyền trong trang quản trị"),
            {
                "fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"],
                "classes": ["collapse"],
            },
        ),
        (gettext_lazy("Thời gian"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": ["username", "full_name", "phone", "email", "usable_password", "password1", "password2"],
            },
        )
    ]
    readonly_fields = ["last_login", "date_joined"]
    inlines = [RoleInline]
    actions = ["make_links"]

    @admin.action(description=gettext_lazy("Cấp liên kết đăng nhập lần đầu (XLSX)"), permissions=["change"])
    def make_links(self, request, queryset):
        invitations = services.invite(users=queryset.filter(is_active=True), by=request.user)
        return download(links_file(invitations, request.build_absolute_uri), "lien-ket-dang-nhap.xlsx")

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        if formset.model is Role:
            services.refresh_rights(user=form.instance)


@admin.register(Volunteer)
class VolunteerAdmin(RowsAdmin):
    unit_paths = ["team__unit"]
    resource_classes = [VolunteerResource]
    list_display = ["user", "team", "home_post", "joined", "left", "experienced"]
    list_filter = ["team", "experienced"]
    list_select_related = ["user", "team__unit", "home_post"]
    search_fields = ["user__username", "user__phone"]
    folded_fields = ["user__search_name"]
    autocomplete_fields = ["user", "team", "posts", "home_post"]

    def get_export_queryset(self, request):
        return super().get_export_queryset(request).prefetch_related("posts__site")

    def get_import_resource_kwargs(self, request, **kwargs):
        found = super().get_import_resource_kwargs(request, **kwargs)
        if self.is_limited(request):
            # A row also writes the login: without this a file would reach those of anybody who is in no team.
            teams = Team.objects.filter(unit__in=staffed_units(request.user))
            found["teams"] = set(teams.values_list("pk", flat=True))
        return found


@admin.register(Role)
class RoleAdmin(RowsAdmin):
    unit_paths = ["unit", "team__unit"]
    resource_classes = [RoleResource]
    list_display = ["user", "kind", "team", "unit", "valid_from", "valid_until"]
    list_filter = ["kind"]
    list_select_related = ["user", "team", "unit"]
    search_fields = ["user__username"]
    folded_fields = ["user__search_name"]
    autocomplete_fields = ["user", "team", "unit"]

    def save_model(self, request, obj, form, change):
        before = Role.objects.filter(pk=obj.pk).select_related("user").first()
        super().save_model(request, obj, form, change)
        for person in {before.user if before else obj.user, obj.user}:
            services.refresh_rights(user=person)

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        services.refresh_rights(user=obj.user)

    def delete_queryset(self, request, queryset):
        people = [role.user for role in queryset.select_related("user")]
        super().delete_queryset(request, queryset)
        for person in people:
            services.refresh_rights(user=person)
