"""Numbers of a unit total or a result that look wrong and ask for a second look; none of them is refused."""

from statistics import median

from django.utils.translation import gettext as _

from assistance.counts import dotted
from assistance.figures import RESULT_COLUMNS, TOTAL_COLUMNS
from assistance.models import OutreachResult, UnitTotal
from assistance.periods import Period
from shifts.models import OutreachEvent

TIMES_THE_USUAL = 10
USUAL_NEEDS_TOTALS = 3
USUAL_LOOKS_BACK = 26


def usual_numbers(*, units, period: Period) -> dict[int, dict[str, float]]:
    """Unit key -> column -> the median of its latest totals of the same kind before this period; one query."""
    earliest = period.moved(-USUAL_LOOKS_BACK).first
    totals = UnitTotal.objects.counting().filter(
        unit__in=units, span=period.span, date_from__gte=earliest, date_from__lt=period.first
    )
    seen = {}
    for unit, *numbers in totals.values_list("unit_id", *TOTAL_COLUMNS):
        for code, number in zip(TOTAL_COLUMNS, numbers, strict=True):
            if number is not None:
                seen.setdefault(unit, {}).setdefault(code, []).append(number)
    return {
        unit: {code: median(found) for code, found in columns.items() if len(found) >= USUAL_NEEDS_TOTALS}
        for unit, columns in seen.items()
    }


def usual_results(event: OutreachEvent) -> dict[str, float]:
    """Column -> the median of the latest results of the same team before this event; one query."""
    rows = OutreachResult.objects.filter(event__team=event.team_id, event__date__lt=event.date).order_by("-event__date")
    seen = {}
    for numbers in rows.values_list(*RESULT_COLUMNS)[:USUAL_LOOKS_BACK]:
        for code, number in zip(RESULT_COLUMNS, numbers, strict=True):
            if number is not None:
                seen.setdefault(code, []).append(number)
    return {code: median(found) for code, found in seen.items() if len(found) >= USUAL_NEEDS_TOTALS}


def second_looks(
    numbers: dict[str, int | None], *, usual: dict[str, float], whose: str | None = None
) -> dict[str, str]:
    """Column -> the sentence that asks for a second look; `whose` usual numbers they are, the unit's by default."""
    whose = whose or _("đơn vị")
    said = {code: number for code, number in numbers.items() if number is not None}
    looks = {}
    for code, number in said.items():
        if usual.get(code) and number >= TIMES_THE_USUAL * usual[code]:
            looks[code] = _("{number} gấp {times} lần mức thường của {whose} ({usual}).").format(
                number=dotted(number),
                times=dotted(round(number / usual[code])),
                whose=whose,
                usual=dotted(round(usual[code])),
            )
    guided = sum(said.get(code, 0) for code, column in TOTAL_COLUMNS.items() if column.figure == "guided")
    people = said.get("reached", 0) + guided
    if said.get("accounts", 0) > people:
        looks["accounts"] = _("Số tài khoản nhiều hơn số lượt được tuyên truyền, hướng dẫn ({people}).").format(
            people=dotted(people)
        )
    if said.get("reached_with_account", 0) > people:
        looks["reached_with_account"] = _("Nhiều hơn tổng lượt được tuyên truyền, hướng dẫn ({people}).").format(
            people=dotted(people)
        )
    return looks
