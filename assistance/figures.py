"""The one definition of each figure of the tally, shown beside it; those of attendance are in shifts/figures.py."""

from django.utils.translation import gettext_lazy as _

from shifts.figures import Figure

FIGURES = {
    figure.code: figure
    for figure in [
        Figure("visits", _("Lượt hỗ trợ"), _("Mỗi người dân được giúp một lần là một lượt.")),
        Figure("reached", _("Lượt tuyên truyền"), _("Lượt được nghe giới thiệu về dịch vụ công trực tuyến.")),
        Figure(
            "guided",
            _("Lượt hướng dẫn"),
            _("Lượt được chỉ các bước hoặc được giúp làm; người mở tài khoản cũng được tính."),
        ),
        Figure("accounts", _("Tài khoản"), _("Tài khoản lập hoặc kích hoạt ngay lúc được giúp.")),
        Figure(
            "reached_with_account",
            _("Được hướng dẫn và có tài khoản"),
            _("Lượt được tuyên truyền hoặc hướng dẫn, và đã có hoặc vừa lập tài khoản. Tính theo lượt."),
        ),
        Figure("leaflets", _("Tờ rơi"), _("Số tờ đã phát; ở bàn, mỗi lượt một tờ.")),
        Figure(
            "dossiers_partial",
            _("Hồ sơ mức 3, một phần"),
            _("Hồ sơ đã nộp ở mức 3 hoặc một phần, tính vào ngày nộp, mỗi mã một lần."),
        ),
        Figure(
            "dossiers_full",
            _("Hồ sơ mức 4, toàn trình"),
            _("Hồ sơ đã nộp ở mức 4 hoặc toàn trình, tính vào ngày nộp, mỗi mã một lần."),
        ),
        Figure(
            "dossiers_resolved",
            _("Hồ sơ có kết quả"),
            _("Hồ sơ mức 3, 4, một phần, toàn trình đã trả kết quả, mỗi mã một lần."),
        ),
    ]
}


def visit_figures(*, account: str, activities) -> dict[str, int]:
    """Return what one visit counts for, apart from its dossier: figure -> value; each figure at most once."""
    reached = any(activity.counts_reached for activity in activities)
    opened = account == "opened"
    guided = opened or any(activity.counts_guided for activity in activities)
    values = {
        "visits": 1,
        "reached": reached,
        "guided": guided,
        "accounts": opened,
        "reached_with_account": (reached or guided) and account in {"had", "opened"},
        "leaflets": any(activity.counts_leaflets for activity in activities),
    }
    return {figure: 1 for figure, value in values.items() if value}
