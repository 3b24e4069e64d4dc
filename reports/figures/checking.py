"""Compares what a figure comes to on the screen, in its files, and in the rows behind it, over every grouping."""

import csv
import datetime
import io
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import openpyxl
from django.utils import timezone

from reports.figures import FIGURES, ask
from reports.figures.files import csv_lines, write_workbook
from reports.figures.questions import READINGS, Question
from reports.figures.records import records
from reports.figures.sheets import groups_sheet, number, record_headers, record_rows

CLOSE_ENOUGH = Decimal("0.01")  # hours are written with a comma: a file cannot hold a third of an hour


class Difference(NamedTuple):
    """A figure, where it differs, what the screen says of the whole, and what is found there."""

    figure: str
    where: str
    screen: object
    found: object


def differences(first: datetime.date, last: datetime.date, user) -> tuple[int, list[Difference]]:
    """Return (numbers compared, differences). What changed while it was counted looks like one, but not twice."""
    compared, found = 0, []
    for code in FIGURES:
        checked = list(_check(code, first, last, user))
        wrong = [row for row in checked if not _same(row)]
        if wrong:
            again = {row.where for row in _check(code, first, last, user) if not _same(row)}
            wrong = [row for row in wrong if row.where in again]
        compared += len(checked)
        found += wrong
    return compared, found


def _same(row):
    return abs(Decimal(row.screen) - Decimal(row.found)) < CLOSE_ENOUGH


def _check(code, first, last, user) -> Iterator[Difference]:
    figure = FIGURES[code]
    asked = {"units": None, "first": first, "last": last}
    whole = ask(code, **asked)
    total = number(whole.exact, figure.in_minutes)
    for group in figure.groups:
        for reading in READINGS:
            answer = ask(code, group=group, reading=reading, **asked)
            rows = sum(row.exact for row in answer.rows)
            yield Difference(code, f"{group}, {reading}", whole.exact, rows)
        headers, cells = groups_sheet(answer)
        for kind, found in _read_back(headers, cells):
            yield Difference(code, f"{group}, {kind}", total, sum(row[-1] for row in found[:-1]))
            yield Difference(code, f"{group}, {kind}, tổng", total, found[-1][-1])
    behind = records(figure, Question(**asked).settled(), user=user)
    yield Difference(code, "số dòng", whole.exact, behind.exact)
    for kind, found in _read_back(record_headers(whole), record_rows(behind, figure.in_minutes)):
        yield Difference(code, f"từng dòng, {kind}", total, sum((row[-1] for row in found), Decimal(0)))


def _read_back(headers, cells) -> Iterator[tuple[str, list]]:
    """The rows of both files, as another program reads them: the last cell as a number."""
    cells = list(cells)
    with tempfile.TemporaryFile() as file:
        write_workbook(file, title=str(timezone.localdate()), headers=headers, rows=cells)
        file.seek(0)
        book = openpyxl.load_workbook(file, read_only=True)
        rows = [row for sheet in book.worksheets for row in sheet.iter_rows(min_row=3, values_only=True)]
        yield "XLSX", [(row[0], Decimal(str(row[-1]))) for row in rows]
    text = "".join(csv_lines(headers, cells)).removeprefix("\ufeff")
    yield "CSV", [(row[0], Decimal(row[-1])) for row in list(csv.reader(io.StringIO(text)))[1:]]
