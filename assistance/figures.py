"""The one definition of each figure of the tally, shown beside it; those of attendance are in shifts/figures.py."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from shifts.figures import DUTY_FIGURES, Figure

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


class TotalColumn(NamedTuple):
    """A number of a unit total: its code and name, what it counts, and where its logged part is found."""

    code: str
    name: str
    definition: str
    group: str
    figure: str = ""  # of the tally; "" for a number that is a state, like the teams a unit has
    audience: str = ""

    @property
    def adds_up(self):
        """Whether the numbers of several periods make a sum; teams and volunteers do not."""
        return bool(self.figure)


STRENGTH, TOLD, SENT = _("Lực lượng và hoạt động"), _("Tuyên truyền, hướng dẫn"), _("Hồ sơ trực tuyến")
TOTAL_COLUMNS = {
    column.code: column
    for column in [
        TotalColumn("reached", _("Lượt tuyên truyền"), FIGURES["reached"].definition, TOLD, "reached"),
        *(
            TotalColumn(f"guided_{audience}", name, definition, TOLD, "guided", audience)
            for audience, name, definition in [
                ("citizen", _("Hướng dẫn người dân"), _("Lượt người dân được chỉ các bước hoặc được giúp làm.")),
                ("youth", _("Hướng dẫn đoàn viên, thanh niên"), _("Như trên, với đoàn viên, thanh niên.")),
                ("enterprise", _("Hướng dẫn doanh nghiệp, tổ chức"), _("Như trên, với doanh nghiệp, tổ chức.")),
            ]
        ),
        TotalColumn("accounts", _("Tài khoản"), FIGURES["accounts"].definition, TOLD, "accounts"),
        TotalColumn(
            *("reached_with_account", FIGURES["reached_with_account"].name),
            *(FIGURES["reached_with_account"].definition, TOLD, "reached_with_account"),
        ),
        TotalColumn("leaflets", _("Tờ rơi"), _("Số tờ đã phát."), TOLD, "leaflets"),
        *(
            TotalColumn(code, FIGURES[code].name, FIGURES[code].definition, SENT, code)
            for code in ("dossiers_partial", "dossiers_full", "dossiers_resolved")
        ),
        TotalColumn("duties", DUTY_FIGURES["duties"].name, DUTY_FIGURES["duties"].definition, STRENGTH, "duties"),
        TotalColumn("events", _("Hoạt động Thứ Bảy"), _("Số buổi ra trường học, khu dân cư, chợ đã tổ chức."),
                    STRENGTH, "events"),
        TotalColumn("teams", _("Đội hình"), _("Số đội hình đang hoạt động; không cộng dồn các tuần."), STRENGTH),
        TotalColumn("volunteers", _("Tình nguyện viên"), _("Số người đang tham gia; không cộng dồn các tuần."),
                    STRENGTH),
    ]
}  # fmt: skip

# What the result of an outreach event says; the definitions are the same.
RESULT_COLUMNS = {
    code: TOTAL_COLUMNS[code]
    for code in [
        *("reached", "guided_citizen", "guided_youth", "guided_enterprise"),
        *("accounts", "reached_with_account", "leaflets", "dossiers_partial", "dossiers_full"),
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
