"""The resource that all imports share: headers in two languages, one reason per faulty cell, nothing half stored."""

import logging
import re
from dataclasses import dataclass

import tablib
from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.resources import ModelResource
from import_export.results import Error, RowResult

from shifts.text import fold

from .cells import Day
from .reading import FileRefused, Table, is_blank

logger = logging.getLogger(__name__)


class Column(Field):
    """A column of the file: its English name, its Vietnamese label, and whether the file must have it."""

    def __init__(self, *, label=None, required=False, also=(), **kwargs):
        super().__init__(**kwargs)
        self.label, self.required, self.also = label, required, also

    def clean(self, row, **kwargs):
        try:
            if self.required and is_blank(row.get(self.column_name)):
                raise ValueError(_("không được để trống"))
            return super().clean(row, **kwargs)
        except ValueError as error:
            # Said where it happened, for the steps of import-export that do not catch it by column.
            error.column = self.column_name
            raise


@dataclass
class Failure:
    """A row that was not taken: its number and cells in the file, and (column label, sentence) for each reason."""

    number: int
    cells: list
    reasons: list

    @property
    def sentences(self):
        """The reasons as they are printed: “Dòng 7, cột mã: …”."""
        for label, sentence in self.reasons:
            if label:
                yield _("Dòng {row}, cột {column}: {reason}").format(row=self.number, column=label, reason=sentence)
            else:
                yield _("Dòng {row}: {reason}").format(row=self.number, reason=sentence)

    @property
    def summary(self):
        """All reasons in one text, for the file of the rows that failed."""
        return "\n".join(f"{capfirst(label)}: {sentence}" if label else sentence for label, sentence in self.reasons)


def header_key(text):
    """Return a header as it is compared: no accents, case, signs, or words in brackets."""
    return " ".join(re.sub(r"[^a-z0-9]+", " ", fold(re.sub(r"\(.*?\)", "", str(text)))).split())


class RowResource(ModelResource):
    """Takes rows from a Table (reading.py) and says for each that failed where and why."""

    class Meta:
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = True
        use_transactions = True
        skip_html_diff = True  # its HTML has inline styles, which our pages do not allow

    def __init__(self, *, by=None, progress=None, may_import=None, **kwargs):
        """`may_import` says of a stored row whether the person may change it; None: any."""
        super().__init__(**kwargs)
        self.by, self.progress, self.may_import = by, progress, may_import
        self.lines, self.failures, self.warnings, self.keys_seen, self.unused_headers = [], [], [], {}, []

    # headers

    def ordered_columns(self):
        """Names and columns as the resource lists them."""
        return [(name, self.fields[name]) for name in self.get_import_order()]

    def label_of(self, column):
        """The Vietnamese label of a column: its own, else the model field's."""
        if getattr(column, "label", None):
            return str(column.label)
        try:
            return str(self._meta.model._meta.get_field(column.attribute).verbose_name)
        except FieldDoesNotExist:
            return column.column_name

    def label_for(self, key):
        """The label for a key of a ValidationError: a column, its attribute, or "" for the row as a whole."""
        for name, column in self.fields.items():
            if key in {name, column.column_name, column.attribute}:
                return self.label_of(column)
        return ""

    def recognised(self, table: Table):
        """Return the rows as a dataset with our column names; refuse a header that lacks or repeats a column."""
        places = self.places_of(table.headers)
        missing = [column for name, column in self.ordered_columns() if column.required and name not in places]
        if missing:
            raise FileRefused(self.refusal_of_headers(missing))
        keys = [name for name in self.get_import_id_fields() if name not in places]
        headers = [self.fields[name].column_name for name in places] + keys
        dataset = tablib.Dataset(headers=headers)
        for _number, cells in table.rows:
            dataset.append([cells[at] if at < len(cells) else None for at in places.values()] + [None] * len(keys))
        return dataset

    def places_of(self, headers):
        """Map the names of our columns to where they stand in the file."""
        known, places, self.unused_headers = self.known_headers(), {}, []
        for at, header in enumerate(headers):
            name = known.get(header_key(header))
            if name in places:
                raise FileRefused(
                    _("Cột “{column}” có hai lần trong dòng tên cột. Hãy xóa một cột.").format(column=header)
                )
            if name:
                places[name] = at
            elif header:
                self.unused_headers.append(header)
        return places

    def known_headers(self):
        """Map every accepted spelling of a header to the name of its column."""
        spellings = {}
        for name, column in self.fields.items():
            for text in [name, column.column_name, self.label_of(column), *getattr(column, "also", ())]:
                spellings.setdefault(header_key(text), name)
        return spellings

    def refusal_of_headers(self, missing):
        named = ", ".join(f"{self.label_of(column)} ({column.column_name})" for column in missing)
        everything = ", ".join(self.label_of(column) for _name, column in self.ordered_columns())
        return _("Thiếu cột: {missing}. Dòng đầu của tệp phải là tên cột. Các cột nhận được: {known}.").format(
            missing=named, known=everything
        )

    def get_export_headers(self, selected_fields=None):
        return [capfirst(self.label_of(column)) for column in self.get_export_fields(selected_fields)]

    # rows

    def import_data(self, dataset, dry_run=False, raise_errors=False, **kwargs):
        table = getattr(dataset, "table", None) or Table(dataset.headers or [], list(enumerate(dataset, 2)))
        self.table, self.failures, self.warnings, self.keys_seen = table, [], [], {}
        try:
            recognised = self.recognised(table)
        except FileRefused as error:
            result = self.get_result_class()()
            result.append_base_error(Error(error))
            result.failures, result.warnings, result.unused_headers = [], [], []
            return result
        for column in self.fields.values():
            if isinstance(column.widget, Day):
                column.widget.epoch = table.epoch
        # The preview and the log want the rows themselves.
        kwargs["retain_instance_in_row_result"] = True
        result = super().import_data(recognised, dry_run, raise_errors, **kwargs)
        result.diff_headers = [capfirst(self.label_of(column)) for column in self.get_import_fields()]
        result.failures, result.unused_headers = self.failures, self.unused_headers
        result.warnings = self.warnings
        result.table_headers = table.headers
        return result

    def import_row(self, row, instance_loader, **kwargs):
        number, cells = self.table.rows[kwargs["row_number"] - 1]
        result = super().import_row(row, instance_loader, **kwargs)
        reasons = self.reasons_of(result)
        if reasons:
            self.failures.append(Failure(number, cells, reasons))
            self.mark_invalid(result, reasons)
            if kwargs.get("using_transactions"):
                # Back to before this row: what it had stored before it failed must not stay.
                transaction.set_rollback(True)
        else:
            self.warnings += [
                _("Dòng {row}: {warning}").format(row=number, warning=warning)
                for warning in self.warnings_of(result.instance)
            ]
            if kwargs.get("dry_run"):
                result.preview = self.preview_of(result)
        if self.progress:
            self.progress()
        return result

    def warnings_of(self, instance):
        """Sentences about a row that is right and yet wants to be looked at; none unless a resource has some."""
        return []

    def preview_of(self, result):
        """Return (before, after) of each column as text; before is None where nothing changes."""
        after = self.export_resource(result.instance)
        if result.original is None:
            return [(None, text) for text in after]
        before = self.export_resource(result.original)
        return [(old if old != new else None, new) for old, new in zip(before, after, strict=True)]

    def before_import_row(self, row, row_number=None, **kwargs):
        number, cells = self.table.rows[row_number - 1]
        if any(not is_blank(cell) for cell in cells[len(self.table.headers) :]):
            raise ValidationError(_("có nhiều ô hơn số cột của dòng tên cột"))
        try:
            key = tuple(self.fields[name].clean(row) for name in self.get_import_id_fields())
        except ValueError:
            return  # the row will fail for that cell
        earlier = self.keys_seen.setdefault(key, number)
        if earlier != number:
            name = self.get_import_id_fields()[0]
            raise ValidationError({name: _("trùng với dòng {row} của tệp").format(row=earlier)})

    def save_instance(self, instance, is_create, row, **kwargs):
        # A savepoint of its own, so that a refusal by the database does not spoil PostgreSQL's transaction.
        with transaction.atomic():
            if not is_create:
                self.refuse_others(instance)
            super().save_instance(instance, is_create, row, **kwargs)
            self.refuse_others(instance)

    def refuse_others(self, instance):
        """Refuse a row that is, or has just become, one of another unit."""
        if self.may_import and not self.may_import(instance):
            raise ValidationError(_("dòng này thuộc đơn vị khác; bạn chỉ nhập được của đơn vị mình"))

    def save_m2m(self, instance, row, **kwargs):
        with transaction.atomic():
            super().save_m2m(instance, row, **kwargs)

    # reasons

    def reasons_of(self, result):
        """Return [(column label, sentence)] of a row that failed, or []."""
        if result.validation_error is not None:
            return self.reasons_of_validation(result.validation_error)
        return [self.reason_of(error.error) for error in result.errors]

    def reasons_of_validation(self, error):
        if not hasattr(error, "error_dict"):
            return [("", sentence) for sentence in error.messages]
        return [
            ("" if key == NON_FIELD_ERRORS else self.label_for(key), sentence)
            for key, sentences in error.message_dict.items()
            for sentence in sentences
        ]

    def reason_of(self, error):
        if isinstance(error, ValueError) and hasattr(error, "column"):
            return self.label_for(error.column), str(error)
        logger.warning("A row could not be imported", exc_info=error)
        if isinstance(error, IntegrityError):
            return "", _("trùng với một dòng đã có trong hệ thống, hoặc trái một quy định của bảng này")
        return "", _("không ghi được dòng này; hãy kiểm tra lại từng ô")

    @staticmethod
    def mark_invalid(result, reasons):
        result.errors = []
        result.import_type = RowResult.IMPORT_TYPE_INVALID
        result.validation_error = ValidationError([f"{label}: {text}" if label else text for label, text in reasons])
