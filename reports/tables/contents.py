"""What a column of a statistics table can show, and which rows have it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.figures import TOTAL_COLUMNS
from reports.figures.answers import NoSuchGrouping
from reports.figures.catalogue import FIGURES, GROUPS, TIMES, check_group
from reports.figures.questions import BY_MATTER
from reports.targets.kinds import TARGET_FIGURES

PERIOD, YEAR, TARGET = "period", "year", "target"
BY_AUDIENCE = {
    "citizen": gettext_lazy("Người dân"),
    "youth": gettext_lazy("Đoàn viên, thanh niên"),
    "enterprise": gettext_lazy("Doanh nghiệp, tổ chức"),
}
# Where the name of a figure is longer than the head of a column should be.
HEADINGS = {
    "reached_with_account": gettext_lazy("Được hướng dẫn, có tài khoản"),
    "dossiers": gettext_lazy("Hồ sơ trực tuyến"),
    "events": gettext_lazy("Buổi lưu động"),
    "duties": gettext_lazy("Ca trực"),
    "hours": gettext_lazy("Giờ trực"),
    "coverage": gettext_lazy("Đơn vị chạy mô hình"),
}
# A state of the last day, not something that happened: it has no sum since the beginning of the year.
STATES = {"teams", "volunteers", "remarks", "coverage"}


@dataclass(frozen=True)
class Content:
    """What stands in a column: a figure, whole or of one audience; how many teams or volunteers; or words."""

    code: str
    name: str
    heading: str
    definition: str
    kind: str = "count"  # or hours, text
    figure: str = ""
    audience: str = ""


def _contents():
    for code, figure in FIGURES.items():
        heading = HEADINGS.get(code, figure.name)
        yield Content(code, figure.name, heading, figure.definition, "hours" if figure.in_minutes else "count", code)
        if code == "guided":
            for audience, words in BY_AUDIENCE.items():
                column = TOTAL_COLUMNS[f"guided_{audience}"]
                yield Content(column.code, column.name, words, column.definition, figure=code, audience=audience)
    yield Content(
        "teams",
        gettext_lazy("Số đội"),
        gettext_lazy("Số đội"),
        gettext_lazy("Số đội hình đang hoạt động vào ngày cuối kỳ: ở đây, hoặc theo số liệu đơn vị gửi."),
    )
    yield Content(
        "volunteers",
        gettext_lazy("Số tình nguyện viên"),
        gettext_lazy("Số TNV"),
        gettext_lazy("Số người trong các đội hình vào ngày cuối kỳ, hoặc theo số liệu đơn vị gửi."),
    )
    yield Content(
        "remarks",
        gettext_lazy("Khó khăn, kiến nghị"),
        gettext_lazy("Khó khăn, kiến nghị"),
        gettext_lazy("Lời của các đơn vị trong số liệu tổng hợp của kỳ."),
        "text",
    )


CONTENTS = {content.code: content for content in _contents()}


def content_choices():
    return [(code, content.name) for code, content in CONTENTS.items()]


def why_not(rows: str, code: str, measure: str) -> str:
    """Return why rows of this kind cannot have such a column, in a sentence; "" when they can."""
    content = CONTENTS.get(code)
    if content is None:
        return _("Không có nội dung “{code}”. Hãy chọn lại cột này.").format(code=code)
    words = {"column": str(content.name), "rows": str(GROUPS[rows])}
    if measure != PERIOD and code in STATES:
        return _("{column} là của ngày cuối kỳ nên không có lũy kế hay so với chỉ tiêu.").format(**words)
    if measure != PERIOD and rows in TIMES:
        return _("Bảng có dòng theo {rows} không có cột lũy kế hay so với chỉ tiêu.").format(**words)
    if measure == TARGET and rows not in ("unit", "team"):
        return _("Chỉ tiêu là của đơn vị và đội hình, bảng theo {rows} không so được.").format(**words)
    if measure == TARGET and (content.audience or code not in TARGET_FIGURES):
        return _("{column} không đặt được chỉ tiêu. Hãy chọn một số liệu khác.").format(**words)
    if not content.figure:
        having = ("unit", "team") if code == "volunteers" else ("unit",)
        return "" if rows in having else _("{column} không có theo {rows}.").format(**words)
    try:
        check_group(FIGURES[content.figure], rows)
    except NoSuchGrouping as error:
        return str(error)
    if content.audience and rows in BY_MATTER:
        return _("Không có số chia theo cả đối tượng và {rows}. Hãy bỏ cột “{column}”.").format(**words)
    return ""
