"""What a target can be set for: figures that are counted, and three that are only held against targets."""

from django.utils.translation import gettext_lazy as _

from assistance.figures import FIGURES
from shifts.figures import DUTY_FIGURES, Figure

DOSSIERS, EVENTS, COVERAGE, ON_DUTY = "dossiers", "events", "coverage", "on_duty"
PARTS = {DOSSIERS: ("dossiers_partial", "dossiers_full")}  # derived figures
# Shown beside a target: people who were told and hold an account are both of these first.
BESIDE = {"reached_with_account": ("reached", "accounts")}
TARGET_FIGURES = {
    figure.code: figure
    for figure in [
        Figure(
            DOSSIERS,
            _("Hồ sơ trực tuyến"),
            _("Hồ sơ đã nộp ở mức 3, 4, một phần hoặc toàn trình, tính vào ngày nộp, mỗi mã một lần."),
        ),
        *(FIGURES[code] for code in ("reached_with_account", "reached", "guided", "accounts", "visits", "leaflets")),
        *(FIGURES[code] for code in ("dossiers_partial", "dossiers_full", "dossiers_resolved")),
        Figure(EVENTS, _("Hoạt động Thứ Bảy"), _("Số buổi ra trường học, khu dân cư, chợ đã tổ chức.")),
        DUTY_FIGURES["duties"],
        Figure(
            COVERAGE,
            _("Độ phủ"),
            _("Phần trăm số đơn vị đang chạy mô hình: có đội hình, ở đây hoặc theo báo cáo của đơn vị."),
        ),
        Figure(
            ON_DUTY,
            _("Người trực mỗi buổi"),
            _("Số người khác nhau được phân công và không vắng trong một buổi mở cửa."),
        ),
    ]
}
