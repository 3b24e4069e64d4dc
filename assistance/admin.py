"""The admin of activities, procedures and lists; visits, dossiers and the tally are only looked at."""

from django.contrib import admin
from django.db import models

from assistance.imports import (
    ActivityResource,
    CounterResource,
    DepartmentResource,
    DossierCodePatternResource,
    NotSubmittedReasonResource,
    ProcedureResource,
    ServiceLevelResource,
)
from assistance.models import (
    Activity,
    Counter,
    DailyTally,
    Department,
    DeskButton,
    Dossier,
    DossierCodePattern,
    HandOverNote,
    HourlyTally,
    NotSubmittedReason,
    OutreachResult,
    OutreachResultChange,
    PeriodLock,
    Procedure,
    ServiceLevel,
    UnitTotal,
    UnitTotalChange,
    Visit,
    VisitActivity,
)
from assistance.total_imports import UnitTotalResource
from shifts.imports.pages import ReadOnlyAdmin, ReadOnlyRowsAdmin, RowsAdmin, UnitsAdmin


@admin.register(Activity)
class ActivityAdmin(RowsAdmin):
    resource_classes = [ActivityResource]
    list_display = [
        *("code", "name", "short_name", "position", "counts_reached", "counts_guided", "counts_leaflets"),
        *("opens_account", "needs_dossier", "valid_from", "valid_until"),
    ]
    list_display_links = ["code", "name"]
    list_filter = ["counts_reached", "counts_guided", "opens_account"]
    search_fields = ["code", "name"]
    names = ["code", "name", "short_name"]


@admin.register(DeskButton)
class DeskButtonAdmin(UnitsAdmin):
    unit_paths = ["site__unit"]
    list_display = ["site", "position", "activity", "in_usual"]
    list_display_links = ["position", "activity"]
    list_filter = ["site", "in_usual"]
    list_select_related = ["site", "activity"]
    autocomplete_fields = ["site", "activity"]


@admin.register(Department)
class DepartmentAdmin(RowsAdmin):
    resource_classes = [DepartmentResource]
    list_display = ["code", "name", "position"]
    list_display_links = ["code", "name"]
    search_fields = ["code", "name"]
    names = ["code", "name"]


@admin.register(Counter)
class CounterAdmin(RowsAdmin):
    unit_paths = ["site__unit"]
    resource_classes = [CounterResource]
    list_display = ["site", "code", "name", "post", "department"]
    list_display_links = ["code", "name"]
    list_filter = ["site", "department"]
    list_select_related = ["site", "post", "department"]
    search_fields = ["code", "name"]
    names = ["code", "name", "department__name", "site__name"]
    autocomplete_fields = ["site", "post", "department"]


@admin.register(ServiceLevel)
class ServiceLevelAdmin(RowsAdmin):
    resource_classes = [ServiceLevelResource]
    list_display = ["code", "name", "counts_as", "position", "valid_from", "valid_until"]
    list_display_links = ["code", "name"]
    search_fields = ["code", "name"]
    names = ["code", "name"]


@admin.register(Procedure)
class ProcedureAdmin(RowsAdmin):
    resource_classes = [ProcedureResource]
    list_display = ["code", "name", "sector", "department", "level", "level_2020", "valid_until"]
    list_display_links = ["code", "name"]
    list_filter = ["department", "level", "level_2020"]
    list_select_related = ["department", "level", "level_2020"]
    search_fields = ["code"]
    folded_fields = ["search_name"]
    autocomplete_fields = ["department"]
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


@admin.register(NotSubmittedReason)
class NotSubmittedReasonAdmin(RowsAdmin):
    resource_classes = [NotSubmittedReasonResource]
    list_display = ["code", "name", "position", "is_active"]
    list_display_links = ["code", "name"]
    list_filter = ["is_active"]
    search_fields = ["code", "name"]
    names = ["code", "name"]


@admin.register(DossierCodePattern)
class DossierCodePatternAdmin(RowsAdmin):
    resource_classes = [DossierCodePatternResource]
    list_display = ["name", "pattern", "example", "position"]
    search_fields = ["name"]
    names = ["name", "example"]


@admin.register(HandOverNote)
class HandOverNoteAdmin(ReadOnlyAdmin):
    unit_paths = ["site__unit"]
    list_display = ["date", "site", "post", "text", "written_by"]
    list_filter = ["site"]
    list_select_related = ["site", "post", "written_by"]
    date_hierarchy = "date"


class VisitActivityInline(admin.TabularInline):
    model = VisitActivity
    extra = 0
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("activity")


@admin.register(Visit)
class VisitAdmin(ReadOnlyAdmin):
    """Visits are made, changed and undone at the desk, which keeps the tally."""

    unit_paths = ["unit"]
    list_display = ["occurred_at", "site", "post", "volunteer", "audience", "procedure", "late_entry", "undone_at"]
    list_filter = ["audience", "account", "site", "off_roster", "late_entry", "amended"]
    list_select_related = ["site", "post", "volunteer", "procedure"]
    search_fields = ["procedure__code"]
    folded_fields = ["volunteer__search_name"]
    date_hierarchy = "date"
    exclude = ["fingerprint"]
    inlines = [VisitActivityInline]


@admin.register(VisitActivity)
class VisitActivityAdmin(ReadOnlyAdmin):
    unit_paths = ["visit__unit"]
    list_display = ["visit", "activity"]
    list_filter = ["activity"]
    list_select_related = ["visit", "activity"]


@admin.register(Dossier)
class DossierAdmin(ReadOnlyAdmin):
    """Without the code: it is personal data, for the eyes of the team that helped."""

    unit_paths = ["visit__unit"]
    list_display = ["pk", "outcome", "state", "level", "reason", "submitted_at", "returned_at"]
    list_filter = ["outcome", "state", "level", "reason"]
    list_select_related = ["level", "reason"]
    exclude = ["code", "code_digest"]


@admin.register(DailyTally)
class DailyTallyAdmin(ReadOnlyAdmin):
    unit_paths = ["unit"]
    list_display = ["date", "figure", "value", "audience", "unit", "team", "site", "post", "volunteer"]
    list_filter = ["figure", "audience", "site"]
    list_select_related = ["unit", "team", "site", "post", "volunteer"]
    date_hierarchy = "date"


@admin.register(HourlyTally)
class HourlyTallyAdmin(ReadOnlyAdmin):
    unit_paths = ["unit"]
    list_display = ["date", "hour", "figure", "value", "site", "department", "procedure", "outcome"]
    list_filter = ["figure", "outcome", "site"]
    list_select_related = ["site", "department", "procedure"]
    date_hierarchy = "date"


@admin.register(UnitTotal)
class UnitTotalAdmin(ReadOnlyRowsAdmin):
    """Looked at and kept as a file; sent, corrected and reviewed on the pages of units, which keep what was done."""

    unit_paths = ["unit"]
    resource_classes = [UnitTotalResource]
    list_display = ["unit", "span", "date_from", "state", "nothing", "reached", "accounts", "sent_at", "sent_by"]
    list_filter = ["state", "span", "nothing"]
    list_select_related = ["unit", "sent_by"]
    search_fields = ["unit__code"]
    folded_fields = ["unit__search_name"]
    date_hierarchy = "date_from"


@admin.register(UnitTotalChange)
class UnitTotalChangeAdmin(ReadOnlyAdmin):
    unit_paths = ["total__unit"]
    list_display = ["total", "kind", "is_adjustment", "reason", "made_by", "made_at"]
    list_filter = ["kind", "is_adjustment"]
    list_select_related = ["total__unit", "made_by"]
    date_hierarchy = "made_at"


@admin.register(PeriodLock)
class PeriodLockAdmin(ReadOnlyAdmin):
    unit_paths = ["unit"]
    list_display = ["unit", "date_from", "date_to", "locked_by", "locked_at"]
    list_select_related = ["unit", "locked_by"]
    date_hierarchy = "date_from"


@admin.register(OutreachResult)
class OutreachResultAdmin(ReadOnlyAdmin):
    """Looked at here; written on the page of the event, which keeps every change."""

    unit_paths = ["event__unit"]
    list_display = ["event", "reached", "accounts", "reached_with_account", "leaflets", "saved_at", "saved_by"]
    list_select_related = ["event", "saved_by"]
    date_hierarchy = "event__date"


@admin.register(OutreachResultChange)
class OutreachResultChangeAdmin(ReadOnlyAdmin):
    unit_paths = ["result__event__unit"]
    list_display = ["result", "is_adjustment", "reason", "made_by", "made_at"]
    list_select_related = ["result__event", "made_by"]
