"""Units, teams, and the sites with their posts and hours."""

from django.contrib import admin

from shifts.imports.pages import RowsAdmin, UnitsAdmin
from shifts.imports.places import (
    PostResource,
    SiteResource,
    SiteSessionResource,
    TeamResource,
    UnitResource,
    UnitSuccessionResource,
)
from shifts.imports.reach import OwnChoices
from shifts.models import PaperSettings, Post, Site, SiteSession, Team, Unit, UnitSuccession

from .unit_changes import ChangesUnits


class SuccessionInline(OwnChoices, admin.TabularInline):
    model = UnitSuccession
    fk_name = "predecessor"
    extra = 0
    autocomplete_fields = ["successor"]


@admin.register(Unit)
class UnitAdmin(ChangesUnits, RowsAdmin):
    unit_paths = ["pk"]
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
    unit_paths = ["predecessor", "successor"]
    resource_classes = [UnitSuccessionResource]
    list_display = ["predecessor", "successor", "is_main", "extent", "decision"]
    list_filter = ["is_main", "extent"]
    list_select_related = ["predecessor", "successor"]
    search_fields = ["predecessor__code", "successor__code"]
    folded_fields = ["predecessor__search_name", "successor__search_name"]
    autocomplete_fields = ["predecessor", "successor"]


@admin.register(Team)
class TeamAdmin(RowsAdmin):
    unit_paths = ["unit"]
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
    unit_paths = ["unit"]
    resource_classes = [SiteResource]
    list_display = ["code", "name", "short_name", "unit", "min_people", "whole_days", "valid_from", "valid_until"]
    list_display_links = ["code", "name"]
    list_filter = ["unit__level", "valid_until"]
    list_select_related = ["unit"]
    search_fields = ["code", "name"]
    names = ["code", "name", "unit__name"]
    autocomplete_fields = ["unit"]
    inlines = [PostInline, SiteSessionInline]


@admin.register(Post)
class PostAdmin(RowsAdmin):
    unit_paths = ["site__unit"]
    resource_classes = [PostResource]
    list_display = ["site", "code", "name", "position", "min_people", "max_people"]
    list_display_links = ["code", "name"]
    list_filter = ["site"]
    list_select_related = ["site"]
    search_fields = ["code", "name"]
    names = ["code", "name", "site__name"]
    autocomplete_fields = ["site"]


@admin.register(SiteSession)
class SiteSessionAdmin(RowsAdmin):
    unit_paths = ["site__unit"]
    resource_classes = [SiteSessionResource]
    list_display = ["site", "session", "starts_at", "ends_at", "weekdays"]
    list_display_links = ["session"]
    list_filter = ["session", "site"]
    list_select_related = ["site"]
    search_fields = ["site__code", "site__name"]
    autocomplete_fields = ["site"]


@admin.register(PaperSettings)
class PaperSettingsAdmin(UnitsAdmin):
    unit_paths = ["site__unit"]
    list_display = ["site", "issuer", "signer_title", "signer"]
    list_select_related = ["site"]
    autocomplete_fields = ["site"]
