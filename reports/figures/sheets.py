"""What stands in the files of a figure: its groups, and its very rows."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from reports.figures.answers import MINUTES_PER_HOUR, Answer
from reports.figures.catalogue import GROUPS
from reports.figures.records import Records
from reports.figures.spans import title_of


def shown(exact: int, in_minutes: bool) -> str:
    """A number as pages show it: 1.234; hours with their minutes, so that what is shown adds up: 7:30."""
    if not in_minutes:
        return number_format(exact, use_l10n=True, force_grouping=True)
    hours, minutes = divmod(exact, MINUTES_PER_HOUR)
    return f"{number_format(hours, use_l10n=True, force_grouping=True)}:{minutes:02d}"


def number(exact: int, in_minutes: bool) -> int | Decimal:
    """A number as files hold it; hours as a decimal number."""
    return Decimal(exact) / MINUTES_PER_HOUR if in_minutes else exact


def lines_of(answer: Answer, scope: str) -> list[str]:
    """What stands above the numbers of a file: whose, of when, what they count, until when."""
    return [
        f"{scope}, {title_of(answer.first, answer.last)}",
        answer.definition,
        _("Số liệu đến {time}").format(time=f"{answer.fresh_at.astimezone():%H:%M %d/%m/%Y}"),
    ]


def groups_sheet(answer: Answer) -> tuple[list[str], list[list]]:
    """(headers, rows) of a grouping, the total last."""
    headers = [str(GROUPS[answer.group]).capitalize(), answer.name]
    rows = [[row.label, number(row.exact, answer.in_minutes)] for row in answer.rows]
    return headers, [*rows, [_("Tổng cộng"), number(answer.exact, answer.in_minutes)]]


def record_headers(answer: Answer) -> list[str]:
    return [
        _("Ngày"), _("Giờ, buổi"), _("Loại"), _("Đơn vị"), _("Đội hình"), _("Nơi"), _("Nội dung"),
        _("Tình nguyện viên"), answer.name,
    ]  # fmt: skip


def record_rows(records: Records, in_minutes: bool):
    """Every row behind a number, as cells."""
    for row in records:
        yield [*row[:-1], number(row.n, in_minutes)]
