"""The admin of people, places and the calendar."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shifts import services
from shifts.imports.links import links_file
from shifts.imports.pages import ReadOnlyAdmin, RowsAdmin, download
from shifts.imports.people import RoleResource, UserResource, VolunteerResource
from shifts.imports.places import (
    CalendarDayResource,
    PostResource,
    SiteResource,
    TeamResource,
    UnitResource,
    UnitSuccessionResource,
)
from shifts.models import (
    CalendarDay,
    InstallationMark,
    Post,
    Role,
    Site,
    SiteSession,
    Team,
    Unit,
    UnitSuccession,
    User,
    Volunteer,
)

admin.site.site_header = admin.site.site_title = gettext_lazy("Quản trị hỗ trợ dịch vụ công")
admin.site.index_title = gettext_lazy("Dữ liệu")


class SuccessionInline(admin.TabularInline):
    model = UnitSuccession
    fk_name = "predecessor"
    extra = 0
    autocomplete_fields = ["successor"]


@admin.register(Unit)
class UnitAdmin(RowsAdmin):
    resource_classes = [UnitResource]
    list_display = ["code", "name", "level", "kind", "parent", "valid_from", "valid_until"]
    list_display_links = ["code", "name"]
    list_filter = ["level", "valid_from", "valid_until"]
    list_select_related = ["parent"]
    search_fields = ["code"]
    folded_fields = ["search_name"]
    autocomplete_fields = ["parent"]
    inlines = [SuccessionInline]


@admin.register(UnitSuccession)
class UnitSuccessionAdmin(RowsAdmin):
    resource_classes = [UnitSuccessionResource]
    list_display = ["predecessor", "successor", "is_main", "extent", "decision"]
    list_filter = ["is_main", "extent"]
    list_select_related = ["predecessor", "successor"]
    search_fields = ["predecessor__code", "successor__code"]
    folded_fields = ["predecessor__search_name", "successor__search_name"]
    autocomplete_fields = ["predecessor", "successor"]


@admin.register(Team)
class TeamAdmin(RowsAdmin):
    resource_classes = [TeamResource]
    list_display = ["code", "name", "unit", "home_site", "valid_from", "valid_until"]
    list_display_links = ["code", "name"]
    list_filter = ["unit__level", "home_site"]
    list_select_related = ["unit", "home_site"]
    search_fields = ["code", "name"]
    names = ["code", "name", "unit__name"]
    autocomplete_fields = ["unit", "home_site"]


class PostInline(admin.TabularInline):
    model = Post
    extra = 0


class SiteSessionInline(admin.TabularInline):
    model = SiteSession
    extra = 0


@admin.register(Site)
class SiteAdmin(RowsAdmin):
    resource_classes = [SiteResource]
    list_display = ["code", "name", "short_name", "unit", "valid_from", "valid_until"]
    list_display_links = ["code", "name"]
    list_filter = ["unit__level", "valid_until"]
    list_select_related = ["unit"]
    search_fields = ["code", "name"]
    names = ["code", "name", "unit__name"]
    autocomplete_fields = ["unit"]
    inlines = [PostInline, SiteSessionInline]


@admin.register(Post)
class PostAdmin(RowsAdmin):
    resource_classes = [PostResource]
    list_display = ["site", "code", "name", "position"]
    list_display_links = ["code", "name"]
    list_filter = ["site"]
    list_select_related = ["site"]
    search_fields = ["code", "name"]
    names = ["code", "name", "site__name"]
    autocomplete_fields = ["site"]


@admin.register(SiteSession)
class SiteSessionAdmin(admin.ModelAdmin):
    list_display = ["site", "session", "starts_at", "ends_at"]
    list_display_links = ["session"]
    list_filter = ["site", "session"]
    list_select_related = ["site"]
    autocomplete_fields = ["site"]


class RoleInline(admin.StackedInline):
    model = Role
    extra = 0


@admin.register(User)
class UserAdmin(RowsAdmin, DjangoUserAdmin):
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
    resource_classes = [VolunteerResource]
    list_display = ["user", "team", "home_post", "joined", "left", "experienced"]
    list_filter = ["team", "experienced"]
    list_select_related = ["user", "team__unit", "home_post"]
    search_fields = ["user__username", "user__phone"]
    folded_fields = ["user__search_name"]
    autocomplete_fields = ["user", "team", "posts", "home_post"]

    def get_export_queryset(self, request):
        return super().get_export_queryset(request).prefetch_related("posts__site")


@admin.register(Role)
class RoleAdmin(RowsAdmin):
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


@admin.register(CalendarDay)
class CalendarDayAdmin(RowsAdmin):
    resource_classes = [CalendarDayResource]
    list_display = ["date", "weekday", "name", "is_open"]
    list_filter = ["is_open"]
    date_hierarchy = "date"
    names = ["name", "date"]
    search_fields = ["name"]

    @admin.display(description=gettext_lazy("thứ"), ordering="date")
    def weekday(self, day):
        names = [_("Thứ Hai"), _("Thứ Ba"), _("Thứ Tư"), _("Thứ Năm"), _("Thứ Sáu"), _("Thứ Bảy"), _("Chủ nhật")]
        return names[day.date.weekday()]


@admin.register(InstallationMark)
class InstallationMarkAdmin(ReadOnlyAdmin):
    list_display = ["key", "value", "made_at"]
