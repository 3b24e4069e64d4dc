"""What a target means, in a sentence: who, how much of what, until when, and what that is for each open day."""

from django.utils.translation import gettext as _

from reports.models import Target
from reports.targets.kinds import COVERAGE, ON_DUTY
from reports.targets.pace import needed_per_day
from reports.targets.scopes import UnitMap, WorkDays
from reports.targets.words import grouped


def open_days_of(target: Target) -> int:
    """How many open days the people of a target have in its period; it need not be stored yet."""
    return len(WorkDays([target], UnitMap()).of(target).days)


def needs_open_days(target: Target) -> bool:
    """Whether such a target makes no sense in a period without open days; events are held on Saturdays."""
    return target.figure != COVERAGE and target.rhythm != Target.Rhythm.MONTH and target.figure != "events"


def meaning_of(target: Target, open_days: int) -> str:
    """The sentence under the form and on the page of a target."""
    who = target.team.name if target.team_id else _("{unit} và mọi đơn vị bên dưới").format(unit=target.unit)
    words = {
        "who": who,
        "first": f"{target.first:%d/%m/%Y}",
        "last": f"{target.last:%d/%m/%Y}",
        "minimum": grouped(target.minimum),
        "stretch": grouped(target.stretch),
        "figure": target.figure_name[:1].lower() + target.figure_name[1:],
        "units": target.get_level_display(),
        "days": grouped(open_days),
    }
    has_stretch = target.stretch > target.minimum
    if target.figure == ON_DUTY:
        text = _("Từ {first} đến {last}, mỗi buổi mở cửa ở các điểm của {who} có ít nhất {minimum} người trực.")
    elif target.figure == COVERAGE:
        text = _("Đến {last}, ít nhất {minimum} % số {units} của {who} có đội hình.")
    elif target.rhythm == Target.Rhythm.MONTH:
        text = _("Từ {first} đến {last}, mỗi tháng {who} đạt ít nhất {minimum}: {figure}.")
    else:
        text = _("Từ {first} đến {last}, {who} cùng đạt ít nhất {minimum}: {figure}.")
    if has_stretch:
        text += " " + _("Phấn đấu {stretch}.")
    sentence = text.format(**words)
    if not needs_open_days(target) or target.figure == ON_DUTY:
        return sentence
    if not open_days:
        return f"{sentence} {_('Kỳ này không có ngày mở cửa nào.')}"
    low, high = (grouped(needed_per_day(goal, open_days)) for goal in (target.minimum, target.stretch))
    each = _("Tức là {low} mỗi ngày mở cửa, phấn đấu {high} ({days} ngày).") if has_stretch else _(
        "Tức là {low} mỗi ngày mở cửa ({days} ngày)."
    )  # fmt: skip
    return f"{sentence} {each.format(low=low, high=high, days=words['days'])}"
