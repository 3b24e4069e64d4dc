"""The page of units as files: the tree with the state of one week, and how the model spread in the year."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assistance.unit_growth import growth_of
from assistance.unit_reach import units_only
from assistance.unit_tree import tree_of
from assistance.views.units.units import period_of, rows_of_tree
from shifts.access import Access
from shifts.imports.pages import download
from shifts.imports.sheets import workbook_of


@require_safe
def units_sheet(request):
    """Every unit of this person with its team, people, last activity and the state of the week."""
    tree = tree_asked(request)
    period = tree.period
    headers = [
        *(_("Mã"), _("Đơn vị"), _("Cấp"), _("Đội hình"), _("Đang chạy mô hình"), _("Tình nguyện viên")),
        *(_("Hoạt động gần nhất"), _("Số liệu gần nhất"), period.name.capitalize(), _("Người báo cáo")),
    ]
    yes, no = _("có"), _("không")
    rows = [
        [
            line.unit.code,
            line.unit.name,
            line.unit.get_level_display(),
            "\n".join(row.teams),
            yes if line.runs else no,
            line.volunteers,
            line.last_activity,
            row.last_total,
            row.state,
            "\n".join(str(user) for user in line.reporters),
        ]
        for line, row in zip(tree.lines, rows_of_tree(tree.lines), strict=True)
    ]
    return download(workbook_of(headers, rows, title=_("Đơn vị")), f"don-vi-{period.key}.xlsx")


@require_safe
def growth_sheet(request):
    """Units that ran the model at the end of each month, by level."""
    growth = growth_of(tree_asked(request), timezone.localdate())
    headers = [_("Ngày"), *(f"{line.words}, {_('trên')} {line.total}" for line in growth.lines)]
    rows = [[day, *numbers] for day, numbers in growth.rows]
    year = growth.days[-1].year
    return download(workbook_of(headers, rows, title=_("Tăng trưởng")), f"tang-truong-{year}.xlsx")


def tree_asked(request):
    access = Access.of(request.user)
    units_only(access)
    return tree_of(units=access.units(), period=period_of(request))
