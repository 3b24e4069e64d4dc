"""Statistics tables in the admin: rows, columns in their order, and a look at the table itself."""

from django import forms
from django.contrib import admin
from django.db import models
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.models import TableColumn, TableDefinition
from reports.tables.contents import why_not
from reports.tables.imports import TableColumnResource, TableDefinitionResource
from shifts.access import MANAGES_TEAMS_BELOW, Access
from shifts.imports.pages import RowsAdmin


class ColumnFormSet(forms.BaseInlineFormSet):
    """The columns of one table: at least one, and only such as its rows can have."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if not form.instance.pk:
            # A column that is added stands last until it is given another place.
            form.fields["position"].initial = self.initial_form_count() + 1

    def clean(self):
        super().clean()
        kept = [form for form in self.forms if form.has_changed() or form.instance.pk]
        kept = [form for form in kept if not self._should_delete_form(form)]
        if not kept:
            raise forms.ValidationError(_("Bảng cần ít nhất một cột: chọn nội dung cho một dòng ở đây."))
        for form in kept:
            asked = getattr(form, "cleaned_data", {})
            if asked.get("content") and self.instance.rows:
                sentence = why_not(self.instance.rows, asked["content"], asked.get("measure") or "period")
                if sentence and "content" not in form.errors:
                    form.add_error("content", sentence)


class ColumnInline(admin.TabularInline):
    model = TableColumn
    formset = ColumnFormSet
    extra = 1
    formfield_overrides = {models.CharField: {"widget": forms.TextInput(attrs={"size": 20})}}
    fields = ["position", "group", "content", "measure", "heading"]


class OfTheProvince:
    """What holds for every unit is for those to change who work for the whole province, or got the right by hand."""

    @staticmethod
    def is_theirs(request):
        access = Access.of(request.user)
        return access.manages_province or not access.roots(*MANAGES_TEAMS_BELOW)

    def has_add_permission(self, request, *args):
        return super().has_add_permission(request, *args) and self.is_theirs(request)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.is_theirs(request)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.is_theirs(request)


@admin.register(TableDefinition)
class TableDefinitionAdmin(OfTheProvince, RowsAdmin):
    resource_classes = [TableDefinitionResource]
    list_display = ["title", "slug", "rows", "level", "position", "valid_from", "valid_until", "preview"]
    list_filter = ["rows", "valid_until"]
    search_fields = ["slug", "title"]
    names = ["slug", "title"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [ColumnInline]
    fields = [
        *("title", "slug", "description", "rows", "level", "hide_empty", "note", "position"),
        *("valid_from", "valid_until"),
    ]

    @admin.display(description=gettext_lazy("xem thử"))
    def preview(self, definition):
        return format_html('<a href="{}">{}</a>', definition.get_absolute_url(), _("Xem bảng"))

    def view_on_site(self, definition):
        return definition.get_absolute_url()

    def save_related(self, request, form, formsets, change):
        """Number the columns 1, 2, 3 in their order: a file names a column by its place."""
        super().save_related(request, form, formsets, change)
        columns = list(form.instance.columns.order_by("position", "pk"))
        for place, column in enumerate(columns, 1):
            column.position = place
        TableColumn.objects.bulk_update(columns, ["position"])


@admin.register(TableColumn)
class TableColumnAdmin(OfTheProvince, RowsAdmin):
    resource_classes = [TableColumnResource]
    list_display = ["definition", "position", "group", "content", "measure", "heading"]
    list_display_links = ["content"]
    list_filter = ["definition", "measure"]
    list_select_related = ["definition"]
    search_fields = ["definition__title", "group", "heading"]
    names = ["definition__title", "definition__slug", "group", "heading"]
