"""Columns of numbers in files: what totals of units and results of events both send, and the names people give them."""

import datetime

from django.utils.translation import gettext_lazy

from assistance.counts import read_count
from assistance.figures import TOTAL_COLUMNS
from shifts.imports.cells import Text, plain
from shifts.imports.resource import Column, RowResource

ALSO = {
    "reached": ["tuyên truyền", "số lượt tuyên truyền", "lượt người được tuyên truyền"],
    "guided_citizen": ["người dân", "hướng dẫn dân"],
    "guided_youth": ["thanh niên", "đoàn viên", "đoàn viên, thanh niên", "hướng dẫn thanh niên", "hướng dẫn đoàn viên"],
    "guided_enterprise": ["doanh nghiệp", "doanh nghiệp, tổ chức", "hướng dẫn doanh nghiệp"],
    "accounts": ["số tài khoản", "tài khoản lập mới", "lập tài khoản"],
    "reached_with_account": ["có tài khoản", "đã có tài khoản"],
    "leaflets": ["số tờ rơi", "tờ rơi đã phát"],
    "dossiers_partial": ["dossiers_l3", "hồ sơ mức 3", "mức 3", "một phần", "hồ sơ một phần"],
    "dossiers_full": ["dossiers_l4", "hồ sơ mức 4", "mức 4", "toàn trình", "hồ sơ toàn trình"],
    "dossiers_resolved": ["có kết quả", "hồ sơ đã có kết quả", "hồ sơ đã giải quyết", "đã giải quyết"],
    "duties": ["ca trực", "số buổi trực"],
    "events": ["hoạt động", "số hoạt động", "ngày thứ bảy tình nguyện"],
    "teams": ["số đội hình"],
    "volunteers": ["tnv", "số tnv", "số tình nguyện viên"],
}


class CountCell(Text):
    """A whole number, also as the text "1.234"."""

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, datetime.date | datetime.time):
            return super().clean(value, row, **kwargs)  # refused with the sentence about dates
        plain(value)  # refuses the errors of a spreadsheet
        return read_count(value)


class NoDiff:
    """Takes the place of import-export's list of differences, which writes out every row twice."""

    def __init__(self, *args):
        pass

    def compare_with(self, *args):
        """Compare nothing."""


def count_column(code):
    """The column of a number of a unit total; an empty cell changes nothing."""
    return Column(
        attribute=code, widget=CountCell(), also=ALSO[code], label=TOTAL_COLUMNS[code].name, saves_null_values=False
    )


class CountsResource(RowResource):
    """Rows of numbers with remarks."""

    reached = count_column("reached")
    guided_citizen = count_column("guided_citizen")
    guided_youth = count_column("guided_youth")
    guided_enterprise = count_column("guided_enterprise")
    accounts = count_column("accounts")
    reached_with_account = count_column("reached_with_account")
    leaflets = count_column("leaflets")
    dossiers_partial = count_column("dossiers_partial")
    dossiers_full = count_column("dossiers_full")
    remarks = Column(
        attribute="remarks", widget=Text(), label=gettext_lazy("khó khăn, ghi chú"), saves_null_values=False,
        also=["ghi chú", "khó khăn", "khó khăn, vướng mắc"],
    )  # fmt: skip

    def get_diff_class(self):
        """Nobody reads the differences of import-export: the preview makes its own."""
        return NoDiff
