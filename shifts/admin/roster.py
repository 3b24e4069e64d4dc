"""Rosters and attendance: only looked at, since duties, changes and notices agree when the services write them."""

from django.contrib import admin

from shifts.imports.pages import ReadOnlyAdmin, ReadOnlyRowsAdmin
from shifts.imports.roster import AssignmentResource, AttendanceResource
from shifts.models import (
    Assignment,
    Attendance,
    AttendanceMark,
    OpenPlace,
    RaisedLimit,
    Roster,
    RosterChange,
    RosterChangeLine,
    RosterRun,
    RosterShare,
    RosterTemplate,
    RosterTemplateLine,
)


@admin.register(Roster)
class RosterAdmin(ReadOnlyAdmin):
    unit_paths = ["site__unit"]
    list_display = ["site", "month", "state", "version", "published_at", "published_by"]
    list_display_links = ["month"]
    list_filter = ["state", "site"]
    list_select_related = ["site", "published_by"]
    date_hierarchy = "month"
    search_fields = ["site__code", "site__name"]


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyRowsAdmin):
    unit_paths = ["volunteer__team__unit", "roster__site__unit"]
    resource_classes = [AssignmentResource]
    list_display = ["date", "session", "post", "event", "volunteer", "state", "pinned"]
    list_display_links = ["date"]
    list_filter = ["state", "session", "post", "roster__state"]
    list_select_related = ["post", "event", "volunteer__user"]
    date_hierarchy = "date"
    search_fields = ["volunteer__user__username"]
    folded_fields = ["volunteer__user__search_name"]


class LineInline(admin.TabularInline):
    model = RosterChangeLine
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("post", "volunteer__user")


@admin.register(RosterChange)
class RosterChangeAdmin(ReadOnlyAdmin):
    unit_paths = ["roster__site__unit"]
    list_display = ["made_at", "roster", "kind", "version", "made_by", "note"]
    list_display_links = ["made_at", "kind"]
    list_filter = ["kind", "roster"]
    list_select_related = ["roster__site", "made_by"]
    date_hierarchy = "made_at"
    search_fields = ["note", "made_by__username"]
    inlines = [LineInline]


@admin.register(RosterChangeLine)
class RosterChangeLineAdmin(ReadOnlyAdmin):
    unit_paths = ["change__roster__site__unit"]
    list_display = ["date", "session", "act", "post", "volunteer", "change"]
    list_display_links = ["date"]
    list_filter = ["act", "session"]
    list_select_related = ["post", "volunteer__user", "change__roster__site"]
    date_hierarchy = "date"
    search_fields = ["volunteer__user__username"]
    folded_fields = ["volunteer__user__search_name"]


@admin.register(RosterShare)
class RosterShareAdmin(ReadOnlyAdmin):
    unit_paths = ["roster__site__unit"]
    list_display = ["roster", "volunteer", "fair_share"]
    list_filter = ["roster"]
    list_select_related = ["roster__site", "volunteer__user"]
    search_fields = ["volunteer__user__username"]
    folded_fields = ["volunteer__user__search_name"]


@admin.register(RaisedLimit)
class RaisedLimitAdmin(ReadOnlyAdmin):
    unit_paths = ["roster__site__unit"]
    list_display = ["roster", "volunteer", "max_per_week", "max_per_month"]
    list_select_related = ["roster__site", "volunteer__user"]
    search_fields = ["volunteer__user__username"]
    folded_fields = ["volunteer__user__search_name"]


@admin.register(RosterRun)
class RosterRunAdmin(ReadOnlyAdmin):
    unit_paths = ["roster__site__unit"]
    list_display = ["requested_at", "roster", "state", "progress", "requested_by", "finished_at"]
    list_display_links = ["requested_at"]
    list_filter = ["state"]
    list_select_related = ["roster__site", "requested_by"]
    search_fields = ["roster__site__code", "error"]


@admin.register(OpenPlace)
class OpenPlaceAdmin(ReadOnlyAdmin):
    unit_paths = ["roster__site__unit"]
    list_display = ["date", "session", "post", "roster", "opened_by", "opened_at", "closed_at"]
    list_display_links = ["date"]
    list_filter = ["session", "post"]
    list_select_related = ["post", "roster__site", "opened_by"]
    date_hierarchy = "date"
    search_fields = ["post__code", "roster__site__code"]


@admin.register(RosterTemplate)
class RosterTemplateAdmin(ReadOnlyAdmin):
    unit_paths = ["site__unit"]
    list_display = ["site", "name"]
    list_display_links = ["name"]
    list_filter = ["site"]
    list_select_related = ["site"]
    search_fields = ["name"]
    names = ["name", "site__name"]


@admin.register(RosterTemplateLine)
class RosterTemplateLineAdmin(ReadOnlyAdmin):
    unit_paths = ["template__site__unit"]
    list_display = ["template", "weekday", "session", "post", "volunteer"]
    list_display_links = ["weekday"]
    list_filter = ["template"]
    list_select_related = ["template", "post", "volunteer__user"]
    search_fields = ["volunteer__user__username"]
    folded_fields = ["volunteer__user__search_name"]


@admin.register(Attendance)
class AttendanceAdmin(ReadOnlyRowsAdmin):
    unit_paths = ["assignment__volunteer__team__unit", "assignment__roster__site__unit"]
    resource_classes = [AttendanceResource]
    list_display = ["assignment", "state", "arrived_at", "left_at", "minutes", "note"]
    list_filter = ["state"]
    list_select_related = ["assignment__volunteer__user"]
    date_hierarchy = "assignment__date"
    search_fields = ["assignment__volunteer__user__username"]
    folded_fields = ["assignment__volunteer__user__search_name"]


@admin.register(AttendanceMark)
class AttendanceMarkAdmin(ReadOnlyAdmin):
    unit_paths = ["attendance__assignment__volunteer__team__unit", "attendance__assignment__roster__site__unit"]
    list_display = ["made_at", "attendance", "state", "made_by", "undone_at"]
    list_display_links = ["made_at"]
    list_filter = ["state"]
    list_select_related = ["attendance__assignment__volunteer__user", "made_by"]
    search_fields = ["made_by__username"]
