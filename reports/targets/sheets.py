"""Targets and weights as files of a spreadsheet."""

import datetime

from django.utils.translation import gettext as _

from shifts.imports.sheets import workbook_of


def targets_sheet(cards, on: datetime.date) -> bytes:
    """One row for each target: numbers as numbers."""
    headers = [
        *(_("Số liệu"), _("Mã"), _("Đơn vị, đội hình"), _("Từ ngày"), _("Đến hết ngày"), _("Tính theo")),
        *(_("Đã đạt"), _("Tối thiểu"), _("Phấn đấu"), _("% tối thiểu"), _("% phấn đấu"), _("Cần mỗi ngày mở cửa")),
        *(_("Dự báo thấp"), _("Dự báo giữa"), _("Dự báo cao"), _("Nhận xét")),
    ]
    rows = []
    for card in cards:
        target, standing, forecast = card.target, card.standing, card.standing.forecast
        rows.append([
            target.figure_name, target.scope.code, str(target.scope), target.first, target.last,
            target.get_rhythm_display(), standing.done, standing.minimum, standing.stretch,
            standing.share_of_minimum, standing.share_of_stretch, standing.needed,
            *((forecast.low, forecast.mid, forecast.high) if forecast else (None, None, None)),
            f"{card.verdict.badge}. {card.verdict.sentence}",
        ])  # fmt: skip
    return workbook_of(headers, rows, title=f"{on:%d-%m-%Y}")


def weights_sheet(units, weights) -> bytes:
    """A file to fill: every unit with a weight to change."""
    rows = [[unit.code, unit.name, weights.get(unit.pk, 1)] for unit in units]
    return workbook_of([_("Mã"), _("Đơn vị"), _("Trọng số")], rows, title=_("Trọng số"))
