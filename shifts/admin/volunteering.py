"""What volunteers say and ask: leave, wishes, swaps, feeds; and the regulations they read."""

from django.contrib import admin, messages
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shifts.duties import regulations
from shifts.imports.leave import LeaveResource
from shifts.imports.pages import ReadOnlyAdmin, ReadOnlyRowsAdmin
from shifts.imports.roster import RegulationResource
from shifts.models import (
    CalendarFeed,
    Leave,
    Preference,
    Regulation,
    RegulationAcknowledgement,
    SwapDuty,
    SwapRequest,
)


@admin.register(Leave)
class LeaveAdmin(ReadOnlyRowsAdmin):
    """Looked at and taken from a file; taking leave back is done on the person's own page, which frees their duties."""

    unit_paths = ["volunteer__team__unit"]
    resource_classes = [LeaveResource]
    list_display = ["volunteer", "date_from", "date_to", "session", "made_at", "withdrawn_at"]
    list_filter = ["session", "volunteer__team"]
    list_select_related = ["volunteer__user"]
    date_hierarchy = "date_from"
    search_fields = ["volunteer__user__username"]
    folded_fields = ["volunteer__user__search_name"]

    def has_import_permission(self, request):
        return request.user.has_perm("shifts.add_leave")

    def has_export_permission(self, request):
        # The file has the reasons, which are not for everybody who may look at the list.
        return self.has_import_permission(request)

    def get_exclude(self, request, obj=None):
        return [] if self.has_import_permission(request) else ["reason"]


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    unit_paths = ["volunteer__team__unit"]
    list_display = ["volunteer", "sessions", "weekdays", "changed_at"]
    list_select_related = ["volunteer__user"]
    search_fields = ["volunteer__user__username"]
    folded_fields = ["volunteer__user__search_name"]


@admin.register(SwapRequest)
class SwapRequestAdmin(ReadOnlyAdmin):
    unit_paths = ["asked_by__team__unit"]
    list_display = ["asked_at", "asked_by", "asked_of", "state", "answered_at"]
    list_display_links = ["asked_at"]
    list_filter = ["state"]
    list_select_related = ["asked_by__user", "asked_of__user"]
    date_hierarchy = "asked_at"
    search_fields = ["asked_by__user__username", "asked_of__user__username"]
    folded_fields = ["asked_by__user__search_name", "asked_of__user__search_name"]


@admin.register(SwapDuty)
class SwapDutyAdmin(ReadOnlyAdmin):
    unit_paths = ["request__asked_by__team__unit"]
    list_display = ["request", "side", "assignment", "waiting"]
    list_display_links = ["assignment"]
    list_filter = ["side", "waiting"]
    list_select_related = ["request__asked_by__user", "request__asked_of__user", "assignment__volunteer__user"]
    search_fields = ["assignment__volunteer__user__username"]
    folded_fields = ["assignment__volunteer__user__search_name"]


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnlyAdmin):
    unit_paths = ["owner__volunteer__team__unit"]
    list_display = ["owner", "site", "made_at", "read_at", "revoked_at"]
    list_select_related = ["owner", "site"]
    search_fields = ["owner__username"]
    folded_fields = ["owner__search_name"]
    exclude = ["token"]  # whoever knows it reads the duties


@admin.register(Regulation)
class RegulationAdmin(ReadOnlyRowsAdmin):
    """Written as a draft, then published; what people have read is never changed: a new version follows it."""

    unit_paths = ["team__unit"]
    resource_classes = [RegulationResource]
    list_display = ["team", "version", "title", "published_at"]
    list_display_links = ["version", "title"]
    list_filter = ["team"]
    list_select_related = ["team"]
    search_fields = ["title", "text"]
    fields = ["team", "version", "title", "text", "published_at"]
    readonly_fields = ["published_at"]
    autocomplete_fields = ["team"]
    actions = ["publish", "write_next"]

    def has_import_permission(self, request):
        return False

    def has_add_permission(self, request):
        return request.user.has_perm("shifts.add_regulation")

    def has_change_permission(self, request, obj=None):
        drafted = obj is None or obj.published_at is None
        return drafted and request.user.has_perm("shifts.change_regulation")

    def has_delete_permission(self, request, obj=None):
        drafted = obj is not None and obj.published_at is None
        return drafted and request.user.has_perm("shifts.delete_regulation")

    def get_changeform_initial_data(self, request):
        return {"version": (Regulation.objects.aggregate(last=Max("version"))["last"] or 0) + 1}

    @admin.action(description=gettext_lazy("Ban hành và báo cho cả đội"), permissions=["change"])
    def publish(self, request, queryset):
        drafts = list(queryset.filter(published_at=None).select_related("team"))
        told = sum(regulations.publish(regulation=draft, by=request.user) for draft in drafts)
        messages.success(
            request, _("Đã ban hành {count} bản, báo cho {told} người.").format(count=len(drafts), told=told)
        )

    @admin.action(description=gettext_lazy("Soạn bản tiếp theo"), permissions=["add"])
    def write_next(self, request, queryset):
        for regulation in queryset.select_related("team"):
            draft = regulations.write_next(regulation=regulation)
            messages.success(request, _("Đã có bản nháp: {regulation}.").format(regulation=draft))


@admin.register(RegulationAcknowledgement)
class RegulationAcknowledgementAdmin(ReadOnlyAdmin):
    unit_paths = ["regulation__team__unit"]
    list_display = ["user", "regulation", "made_at"]
    list_filter = ["regulation"]
    list_select_related = ["user", "regulation"]
    search_fields = ["user__username"]
    folded_fields = ["user__search_name"]
