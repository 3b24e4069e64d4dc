"""The admin's pages for import and export: preview, the rows that failed as a file, then all or nothing."""

import functools

from django.contrib import admin, messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ImportExportModelAdmin
from import_export.forms import ExportForm, ImportForm
from import_export.results import RowResult
from import_export.tmp_storages import BaseStorage

from shifts.import_forms import small_enough
from shifts.text import fold

from . import kept
from .formats import FORMATS, Xlsx
from .reach import OfTheirUnits
from .reading import FileRefused
from .sheets import failed_rows

PREVIEW_ROWS = 200
WARNINGS_SHOWN = 20


class KeptStorage(BaseStorage):
    """The uploaded file between preview and confirmation."""

    OWNER = "admin"

    def save(self, data):
        self.name = kept.keep(data, owner=self.OWNER)

    def read(self):
        data = kept.fetch(self.name, owner=self.OWNER)
        if data is None:
            raise FileRefused(_("Bản xem trước đã quá một giờ hoặc đã được nhập. Hãy tải tệp lên lại."))
        return data

    def remove(self):
        kept.forget(self.name, owner=self.OWNER)


class RowsImportForm(ImportForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["import_file"].label = gettext_lazy("Tệp")
        self.fields["import_file"].widget.attrs["accept"] = ".xlsx,.csv"
        self.fields["format"].label = gettext_lazy("Định dạng")

    def clean_import_file(self):
        return small_enough(self.cleaned_data["import_file"])


class RowsExportForm(ExportForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["format"].label = gettext_lazy("Định dạng")


class SearchWithoutAccents:
    """Finds "Hòa Bình" by "hoa binh": in `folded_fields` by the database, in `names` of short tables here."""

    folded_fields = ()
    names = ()

    def lookup_allowed(self, lookup, value, request):
        # PostgreSQL cannot be asked about a NUL: such a filter is refused like any that is not offered.
        return "\x00" not in str(value) and super().lookup_allowed(lookup, value, request)

    def get_search_results(self, request, queryset, search_term):
        words = fold(search_term[:100]).split()
        if not words or not (self.folded_fields or self.names):
            return super().get_search_results(request, queryset, search_term[:100].replace("\x00", ""))
        if self.names:
            rows = queryset.values_list("pk", *self.names)
            return queryset.filter(pk__in=[pk for pk, *texts in rows if all_in(words, texts)]), False
        for word in words:
            found = Q()
            for name in (*self.folded_fields, *self.search_fields):
                found |= Q(**{f"{name.lstrip('=^@')}__icontains": word.replace("\x00", "")})
            queryset = queryset.filter(found)
        return queryset, False


def all_in(words, texts):
    """Whether every word is somewhere in the texts, accents ignored."""
    text = fold(" ".join(str(part or "") for part in texts))
    return all(word in text for word in words)


class RowsAdmin(SearchWithoutAccents, OfTheirUnits, ImportExportModelAdmin):
    """A model that staff may also keep as a file."""

    import_form_class = RowsImportForm
    export_form_class = RowsExportForm
    tmp_storage_class = KeptStorage
    import_template_name = "admin/import_rows.html"
    export_template_name = "admin/export_rows.html"
    import_export_change_list_template = "admin/change_list_rows.html"

    def get_import_formats(self):
        return FORMATS

    def get_export_formats(self):
        return FORMATS

    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request):
        return self.has_view_permission(request)

    def get_import_resource_kwargs(self, request, **kwargs):
        if not self.is_limited(request):
            return {"by": request.user}
        return {"by": request.user, "may_import": functools.partial(self.may_import, request)}

    def get_import_data_kwargs(self, **kwargs):
        # Also at the confirmation: what became faulty since the preview must not be left out in silence.
        return super().get_import_data_kwargs(**kwargs) | {"rollback_on_validation_errors": True}

    def get_urls(self):
        name = "{}_{}_import_failed".format(*self.get_model_info())
        failed = path("import/failed/<str:token>/", self.admin_site.admin_view(self.import_failed), name=name)
        return [failed, *super().get_urls()]

    def add_data_read_fail_error_to_form(self, form, e):
        known = isinstance(e, FileRefused)
        form.add_error("import_file", str(e) if known else _("Không đọc được tệp. Hãy chọn tệp XLSX hoặc CSV."))

    def import_action(self, request, **kwargs):
        response = super().import_action(request, **kwargs)
        response.context_data["columns"] = [label for _name, label in self.columns(request)]
        if (result := getattr(response, "context_data", {}).get("result")) is not None:
            response.context_data.update(self.context_of(result, request))
        return response

    def columns(self, request):
        """Names and labels of the columns a file may have."""
        resource = self.get_import_resource_classes(request)[0]()
        return [(name, resource.label_of(column)) for name, column in resource.ordered_columns()]

    def context_of(self, result, request):
        """What the preview shows besides import-export's own context."""
        failed_url = ""
        if result.failures:
            token = kept.keep(failed_rows(result.table_headers, result.failures), owner=f"failed-{request.user.pk}")
            failed_url = reverse("admin:{}_{}_import_failed".format(*self.get_model_info()), args=[token])
        valid = [row for row in result.rows if row.is_valid()]
        return {
            "title": _("Nhập từ tệp"),
            "failed_url": failed_url,
            "preview": valid[:PREVIEW_ROWS],
            "hidden_rows": max(0, len(valid) - PREVIEW_ROWS),
            "counts": counts_of(result),
            "warnings": result.warnings[:PREVIEW_ROWS],
        }

    def import_failed(self, request, token):
        """Hand out the file of the rows that failed, to the one who sent it."""
        data = kept.fetch(token, owner=f"failed-{request.user.pk}")
        if data is None or not self.has_import_permission(request):
            raise Http404
        return download(data, "dong-loi.xlsx")

    def process_import(self, request, **kwargs):
        try:
            return super().process_import(request, **kwargs)
        except FileRefused as error:
            messages.error(request, str(error))
        except (ValueError, IndexError):  # a confirmation form that was not ours
            messages.error(request, _("Không rõ tệp cần nhập. Hãy tải tệp lên lại."))
        return HttpResponseRedirect(self.import_url())

    def process_result(self, result, request):
        if result.has_errors() or result.has_validation_errors():
            messages.error(
                request, _("Dữ liệu đã đổi từ lúc xem trước nên chưa nhập dòng nào. Hãy tải tệp lên lại để xem lỗi.")
            )
            return HttpResponseRedirect(self.import_url())
        return super().process_result(result, request)

    def import_url(self):
        return reverse("admin:{}_{}_import".format(*self.get_model_info()))

    def add_success_message(self, result, request):
        for warning in result.warnings[:WARNINGS_SHOWN]:
            messages.warning(request, warning)
        counts = counts_of(result)
        sentence = _("Đã nhập: mới {new}, sửa {changed}, giữ nguyên {unchanged}.").format(**counts)
        messages.success(request, sentence)


def counts_of(result):
    """How many rows are new, changed, unchanged and faulty."""
    totals = result.totals
    return {
        "new": totals[RowResult.IMPORT_TYPE_NEW],
        "changed": totals[RowResult.IMPORT_TYPE_UPDATE],
        "unchanged": totals[RowResult.IMPORT_TYPE_SKIP],
        "failed": len(result.failures),
    }


def download(data, name):
    """Answer with an XLSX to keep."""
    response = HttpResponse(data, content_type=Xlsx.CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


class UnitsAdmin(SearchWithoutAccents, OfTheirUnits, admin.ModelAdmin):
    """A model whose rows belong to units, found without accents."""


class ReadOnlyAdmin(UnitsAdmin):
    """Rows that only the program writes: they agree with one another as long as nobody edits one of them."""

    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnlyRowsAdmin(ReadOnlyAdmin, RowsAdmin):
    """Rows that only the program writes, to be kept as a file too."""
