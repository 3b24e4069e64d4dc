"""Heads of columns in the words of their time: mức độ 3 in 2020, một phần today."""

from django.utils.translation import gettext as _

from assistance.models import ServiceLevel
from reports.models import TableColumn
from reports.periods import ReportPeriod
from reports.tables.contents import CONTENTS, TARGET, YEAR
from reports.tables.table import Head


def head_of(columns: list[TableColumn], period: ReportPeriod) -> tuple[Head, ...]:
    """The heads of these columns in a period; at most one query."""
    words = level_words(period) if any(column.content.startswith("dossiers_") for column in columns) else {}
    return tuple(_head(column, period, words) for column in columns)


def _head(column, period, words):
    content = CONTENTS[column.content]
    heading = column.heading or words.get(column.content) or str(content.heading)
    if not column.heading and column.measure == YEAR:
        heading = _("{heading}, lũy kế").format(heading=heading)
    elif not column.heading and column.measure == TARGET:
        heading = _("{heading}, so với chỉ tiêu").format(heading=heading)
    return Head(
        content=content.code,
        measure=column.measure,
        heading=heading,
        group=column.group,
        definition=str(content.definition),
        kind="percent" if column.measure == TARGET else content.kind,
        first=period.year_start if column.measure == YEAR else period.first,
        last=period.last,
        figure=content.figure,
        audience=content.audience,
    )


def level_words(period: ReportPeriod) -> dict[str, str]:
    """Figure -> the names of the service levels that counted for it in the period: "Mức độ 3", "Một phần"."""
    names = {}
    for level in ServiceLevel.objects.exclude(counts_as="").order_by("position", "code"):
        if period.meets(level):
            names.setdefault(level.counts_as, []).append(level.name)
    return {figure: ", ".join(found) for figure, found in names.items()}
