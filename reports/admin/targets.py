"""Targets as rows of the admin: an edit there is a new version, as on their page."""

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.models import Target
from reports.targets.imports import TargetResource
from reports.targets.services import DECISION, TargetRefused, change_target, set_target
from shifts.imports.pages import RowsAdmin
from shifts.imports.reach import staffed_units


class CurrentFilter(admin.SimpleListFilter):
    """The versions that hold, unless all are asked for."""

    title = gettext_lazy("lần đặt")
    parameter_name = "versions"

    def lookups(self, request, model_admin):
        return [("all", _("mọi lần, cả đã thay"))]

    def choices(self, changelist):
        now = {"selected": self.value() is None, "query_string": changelist.get_query_string(remove=["versions"])}
        yield now | {"display": _("đang giữ")}
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request, queryset):
        return queryset if self.value() == "all" else queryset.current()


class TargetAdminForm(forms.ModelForm):
    """The version that was looked at goes with the form, so that of two who edit at once the second is told."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Target
        fields = [*DECISION, "reason"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["seen"].initial = self.instance.version if self.instance.pk else None
        if self.instance.pk:
            self.initial["reason"] = ""  # of this change, not of the last one

    def _get_validation_exclusions(self):
        # "Once at a time" is about versions that were not ended; without that field its check would be left out.
        return super()._get_validation_exclusions() - {"ended_at"}

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and not Target.objects.current().filter(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Có người vừa đổi chỉ tiêu này. Mở lại từ danh sách để xem bản mới."))
        return cleaned


@admin.register(Target)
class TargetAdmin(RowsAdmin):
    resource_classes = [TargetResource]
    form = TargetAdminForm
    list_display = ["figure", "level", "unit", "team", "first", "last", "rhythm", "minimum", "stretch", "version"]
    list_display_links = ["figure"]
    list_filter = [CurrentFilter, "figure", "rhythm"]
    list_select_related = ["unit", "team"]
    search_fields = ["unit__code", "team__code"]
    folded_fields = ["unit__search_name"]
    autocomplete_fields = ["unit", "team"]
    fields = [*DECISION, "reason", "seen", "version", "made_by", "began_at", "ended_at", "ended_by", "end_reason"]
    readonly_fields = ["version", "made_by", "began_at", "ended_at", "ended_by", "end_reason"]

    def get_queryset(self, request):
        rows, units = super().get_queryset(request), staffed_units(request.user)
        return rows if units is None else rows.within(units)

    def has_change_permission(self, request, obj=None):
        # What was is looked at; only the version that holds is changed.
        return super().has_change_permission(request, obj) and (obj is None or obj.is_current)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_export_queryset(self, request):
        return super().get_export_queryset(request).current()

    def get_import_resource_kwargs(self, request, **kwargs):
        return {"by": request.user, "units": staffed_units(request.user)}

    def save_model(self, request, obj, form, change):
        """Write through the services, and let the row that Django goes on with be the new version."""
        units = staffed_units(request.user)
        if units is not None and not units.filter(pk=obj.home_unit.pk).exists():
            raise PermissionDenied(_("Đơn vị này không thuộc phần của bạn."))
        decision = {name: getattr(obj, name) for name in DECISION}
        if not change:
            made = set_target(by=request.user, reason=obj.reason, **decision)
        else:
            seen = form.cleaned_data.get("seen") or obj.version
            try:
                made = change_target(target=obj, version=seen, by=request.user, reason=obj.reason, **decision)
            except TargetRefused as error:
                raise PermissionDenied(str(error)) from error
        obj.__dict__.update(made.__dict__)
