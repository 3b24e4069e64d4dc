"""The numbers and sentences of a table, as people read them."""

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from reports.tables.table import Cell, Head, Table

LEADING = ["reached", "guided", "accounts", "dossiers", "visits", "duties", "events"]


def written(head: Head, cell: Cell) -> str:
    """1234 as 1.234, hours to one place, 0.153 as 15,3 %; nothing where there is nothing to say."""
    value = cell.value
    if value is None or isinstance(value, str):
        return value or ""
    if head.kind == "percent":
        return f"{number_format(value * 100, 1, use_l10n=True)} %"
    if head.kind == "hours":
        value = round(value, 1)
        whole = value == int(value)
        return number_format(value, 0 if whole else 1, force_grouping=True)
    return number_format(value, force_grouping=True)


def answer(table: Table) -> str:
    """ "Tháng 10/2026: 1.234 lượt tuyên truyền, 340 hồ sơ" """
    period = table.period.name[:1].upper() + table.period.name[1:]
    if table.is_empty:
        return _("{period}: chưa có số liệu").format(period=period)
    return _("{period}: {figures}").format(period=period, figures=", ".join(leading(table)[:3]))


def leading(table: Table) -> list[str]:
    """The sums that say most, each in words: "1.234 lượt tuyên truyền"."""
    found = {}
    for head, cell in zip(table.head, table.sums, strict=True):
        if head.measure == "period" and head.adds_up and cell.value:
            code = "dossiers" if head.figure in ("dossiers_partial", "dossiers_full") else head.figure
            if code in LEADING:
                found.setdefault(code, []).append((head, cell))
    sentences = []
    for code in LEADING:
        if code in found:
            total = sum(cell.value for _head, cell in found[code])
            words = {
                "reached": _("{n} lượt tuyên truyền"), "guided": _("{n} lượt hướng dẫn"),
                "accounts": _("{n} tài khoản"), "dossiers": _("{n} hồ sơ"), "visits": _("{n} lượt hỗ trợ"),
                "duties": _("{n} ca trực"), "events": _("{n} buổi lưu động"),
            }[code]  # fmt: skip
            sentences.append(words.format(n=number_format(total, force_grouping=True)))
    return sentences


def notes_of(table: Table, *, today, has_open_days: bool = True) -> list[str]:
    """What a reader should know of the table as a whole."""
    notes = []
    if table.period.first > today:
        notes.append(_("Kỳ này chưa bắt đầu."))
    elif table.is_empty and not has_open_days:
        notes.append(_("Kỳ này không có ngày mở cửa nào, nên chưa có số liệu."))
    elif table.is_empty:
        notes.append(_("Chưa có số liệu trong kỳ này: mọi ô là 0 cho đến khi đội hình ghi lượt hoặc đơn vị gửi số."))
    elif table.period.last >= today:
        notes.append(_("Kỳ chưa kết thúc, số còn tăng."))
    if not table.rows:
        notes.append(_("Bảng chưa có dòng nào."))
    if any(head.measure == "year" for head in table.head):
        notes.append(_("Lũy kế tính từ {first} đến {last}.").format(
            first=f"{table.period.year_start:%d/%m/%Y}", last=f"{table.period.last:%d/%m/%Y}"
        ))  # fmt: skip
    return notes
