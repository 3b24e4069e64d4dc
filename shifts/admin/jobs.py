"""Work that happens by itself, and what this database is."""

from django.contrib import admin

from shifts.imports.pages import ReadOnlyAdmin
from shifts.models import DueRun, InstallationMark, Notice


@admin.register(DueRun)
class DueRunAdmin(ReadOnlyAdmin):
    list_display = ["job", "period", "state", "tries", "started_at", "finished_at", "outcome"]
    list_display_links = ["job", "period"]
    list_filter = ["state", "job"]
    search_fields = ["job", "period", "outcome", "error"]


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    unit_paths = ["user__volunteer__team__unit"]
    list_display = ["made_at", "user", "kind", "text", "read_at", "mailed_at"]
    list_display_links = ["text"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    date_hierarchy = "made_at"
    search_fields = ["user__username", "text"]


@admin.register(InstallationMark)
class InstallationMarkAdmin(ReadOnlyAdmin):
    list_display = ["key", "value", "made_at"]
