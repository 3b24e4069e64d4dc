"""What is said of outreach events in whole sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shifts.outreach.rule import AIM_A_MONTH, TeamMonth


def rule_words(month, rows: list[TeamMonth]) -> str:
    """Whether the rule of the month is met, as one sentence."""
    name = _("Tháng {month}").format(month=f"{month:%m/%Y}")
    if not rows:
        return _("{month}: chưa có đội hình nào tổ chức hoạt động.").format(month=name)
    if len(rows) > 1:
        words = {"month": name, "met": sum(row.is_met for row in rows), "all": len(rows)}
        aim = sum(row.reaches_aim for row in rows)
        return _("{month}: {met} trên {all} đội hình có ít nhất một hoạt động, {aim} đội đạt mục tiêu hai.").format(
            aim=aim, **words
        )
    [row] = rows
    return _("{month}: {team} {what}").format(month=name, team=row.team, what=_what(row))


def _what(row):
    if not row.counted:
        if row.is_over:
            return _("không tổ chức hoạt động nào; mỗi tháng cần ít nhất một.")
        return _("chưa có hoạt động nào; mỗi tháng cần ít nhất một, nên có hai.")
    held = ngettext("đã tổ chức %(n)d hoạt động", "đã tổ chức %(n)d hoạt động", row.held) % {"n": row.held}
    coming = ngettext("sắp tới có %(n)d hoạt động", "sắp tới có %(n)d hoạt động", row.coming) % {"n": row.coming}
    done = ", ".join([held] * bool(row.held) + [coming] * bool(row.coming and not row.is_over))
    if row.counted >= AIM_A_MONTH:
        return _("{done}: đạt mục tiêu hai hoạt động.").format(done=done)
    if row.is_over:
        return _("{done}: đủ mức một mỗi tháng, chưa đến mục tiêu hai.").format(done=done)
    return _("{done}: đủ mức một mỗi tháng, thêm một là đạt mục tiêu.").format(done=done)


def unit_label(unit) -> str:
    """A unit as it is suggested: a commune with its district where there are districts."""
    parent = unit.parent
    return f"{unit.name}, {parent.name}" if parent is not None and parent.level == "district" else unit.name
