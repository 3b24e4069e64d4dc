"""XLSX and CSV as import-export wants them, read and written our way."""

import csv
import io

import tablib
from import_export.formats.base_formats import Format

from .reading import FORMULA_STARTS, read_table
from .sheets import workbook_of


class TableFormat(Format):
    """Reads by what the file holds, so that a CSV sent as XLSX or the other way round is taken too."""

    def __init__(self, encoding=None):
        # The reader finds the encoding out by itself.
        self.encoding = None

    def create_dataset(self, in_stream, **kwargs):
        table = read_table(in_stream, f"file.{self.get_extension()}")
        dataset = tablib.Dataset(*[[""] for _row in table.rows], headers=["-"])
        dataset.table = table
        return dataset

    def can_import(self):
        return True

    def can_export(self):
        return True

    def get_title(self):
        return self.get_extension()


class Xlsx(TableFormat):
    CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def get_extension(self):
        return "xlsx"

    def get_content_type(self):
        return self.CONTENT_TYPE

    def export_data(self, dataset, **kwargs):
        return workbook_of(dataset.headers, dataset)


class Csv(TableFormat):
    """UTF-8 with a byte order mark, without which Excel shows broken accents."""

    CONTENT_TYPE = "text/csv"

    def get_extension(self):
        return "csv"

    def get_content_type(self):
        return self.CONTENT_TYPE

    def export_data(self, dataset, **kwargs):
        written = io.StringIO()
        writer = csv.writer(written)
        writer.writerow(dataset.headers)
        writer.writerows([self.harmless(value) for value in row] for row in dataset)
        return written.getvalue().encode("utf-8-sig")

    @staticmethod
    def harmless(value):
        """Put an apostrophe before what a spreadsheet would run as a formula; our reader takes it away again."""
        text = "" if value is None else str(value)
        return f"'{text}" if text.startswith(FORMULA_STARTS) else text


FORMATS = [Xlsx, Csv]
