"""The figures that can be asked for, and how each can be divided."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.figures import FIGURES as TALLIED
from assistance.figures import TOTAL_COLUMNS
from reports.figures.answers import NoSuchFigure, NoSuchGrouping
from shifts.figures import DUTY_FIGURES

GROUPS = {
    "unit": gettext_lazy("đơn vị"),
    "team": gettext_lazy("đội hình"),
    "post": gettext_lazy("vị trí trực"),
    "volunteer": gettext_lazy("tình nguyện viên"),
    "department": gettext_lazy("sở, ngành"),
    "procedure": gettext_lazy("thủ tục"),
    "audience": gettext_lazy("đối tượng"),
    "outcome": gettext_lazy("kết quả hồ sơ"),
    "day": gettext_lazy("ngày"),
    "week": gettext_lazy("tuần"),
    "month": gettext_lazy("tháng"),
    "hour": gettext_lazy("giờ trong ngày"),
    "source": gettext_lazy("nguồn"),
}
TIMES = ("day", "week", "month")
SOURCES = {
    "desk": gettext_lazy("Ghi tại điểm hỗ trợ"),
    "outreach": gettext_lazy("Hoạt động lưu động"),
    "totals": gettext_lazy("Số liệu tổng hợp đơn vị gửi"),
}
# Which figures a kind of record can be divided by, and why not by the others.
DIVIDED = {
    "tally": tuple(GROUPS),
    "events": ("unit", "team", *TIMES, "source"),
    "duties": ("unit", "team", "post", "volunteer", *TIMES, "source"),
    "coverage": ("unit",),
}
UNDIVIDED = {
    "tally": gettext_lazy("{figure} không chia được theo {group}."),
    "events": gettext_lazy("{figure} đếm từng buổi của một đội hình, nên không chia được theo {group}."),
    "duties": gettext_lazy("{figure} đếm từ điểm danh của mỗi buổi trực, nên không chia được theo {group}."),
    "coverage": gettext_lazy("{figure} đếm các đơn vị vào ngày cuối kỳ, nên chỉ chia được theo đơn vị."),
}


@dataclass(frozen=True)
class CountedFigure:
    """A figure: its code, name and definition, the kind of record it counts, and the figures it is the sum of."""

    code: str
    name: str
    definition: str
    kind: str
    parts: tuple[str, ...] = ()
    in_minutes: bool = False

    @property
    def groups(self):
        return DIVIDED[self.kind]


def _figures():
    for code, figure in TALLIED.items():
        yield CountedFigure(code, figure.name, figure.definition, "tally", (code,))
        if code == "dossiers_full":
            yield CountedFigure(
                "dossiers",
                gettext_lazy("Hồ sơ trực tuyến"),
                gettext_lazy("Hồ sơ đã nộp ở mức 3, mức 4, một phần hoặc toàn trình, mỗi mã một lần."),
                "tally",
                ("dossiers_partial", "dossiers_full"),
            )
    events = TOTAL_COLUMNS["events"]
    yield CountedFigure("events", events.name, events.definition, "events", ("events",))
    for code, figure in DUTY_FIGURES.items():
        yield CountedFigure(code, figure.name, figure.definition, "duties", (code,), in_minutes=code == "hours")
    yield CountedFigure(
        "coverage",
        gettext_lazy("Đơn vị chạy mô hình"),
        gettext_lazy("Số xã, phường và huyện có đội hình vào ngày cuối kỳ: ở đây, hoặc theo số liệu đơn vị gửi."),
        "coverage",
        ("coverage",),
    )


FIGURES = {figure.code: figure for figure in _figures()}


def figure_of(code) -> CountedFigure:
    """Return the figure of that code or raise NoSuchFigure, which names those there are."""
    if isinstance(code, str) and code in FIGURES:
        return FIGURES[code]
    raise NoSuchFigure(_("Không có số liệu này. Chọn một trong: {figures}.").format(figures=", ".join(FIGURES)))


def check_group(figure: CountedFigure, group: str | None) -> None:
    """Raise NoSuchGrouping when the figure does not have this grouping; None is the whole figure."""
    if group is None or group in figure.groups:
        return
    if group not in GROUPS:
        raise NoSuchGrouping(_("Không có cách chia này. Chọn một trong: {groups}.").format(groups=", ".join(GROUPS)))
    sentence = UNDIVIDED[figure.kind]
    raise NoSuchGrouping(str(sentence).format(figure=figure.name, group=GROUPS[group]))
