"""What a figure is, and the one definition of those counted from attendance, shown beside them wherever they stand."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _


class Figure(NamedTuple):
    """A figure: its code, its name and what it counts."""

    code: str
    name: str
    definition: str


# Counted by `shifts.attendance.served`.
DUTY_FIGURES = {
    figure.code: figure
    for figure in [
        Figure(
            "duties",
            _("Buổi trực"),
            _("Buổi đã đến trực: có mặt, đến muộn, hoặc đã về; hai buổi một ngày là hai. Vắng không tính."),
        ),
        Figure("hours", _("Giờ trực"), _("Từ lúc đến đến lúc về, trong giờ của buổi trực; cộng theo phút.")),
    ]
}
