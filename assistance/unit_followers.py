"""What of ours speaks up when a unit ends: visits and totals stay with it; their figures are shown before and after."""

from django.db.models import Max, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assistance.excess import added_figures, excess
from assistance.figures import FIGURES, TOTAL_COLUMNS
from assistance.models import DailyTally, UnitTotal, Visit
from shifts.figures import DUTY_FIGURES
from shifts.models import OutreachEvent
from shifts.unit_changes.followers import Follower, register, register_figures
from shifts.unit_followers import sentence_of_later

EVENTS = TOTAL_COLUMNS["events"]
COUNTED = {**FIGURES, "duties": DUTY_FIGURES["duties"], "events": EVENTS}


@register
class Records(Follower):
    """Visits and totals are stamped with their unit, so they stay; none may lie after its end."""

    label = gettext_lazy("Số liệu")

    def decisions(self, moves):
        waiting = UnitTotal.objects.filter(unit__in=moves.keys).exclude(state=UnitTotal.State.ACCEPTED)
        waiting = waiting.filter(date_from__lt=moves.date).select_related("unit").order_by("unit", "date_from")
        return [
            _("Số liệu {total} {state}: gửi và duyệt cho xong với đơn vị cũ.").format(
                total=total, state=total.get_state_display()
            )
            for total in waiting
        ]

    def contradictions(self, moves):
        visits = Visit.objects.filter(unit__in=moves.keys, date__gte=moves.date, undone_at=None)
        totals = UnitTotal.objects.filter(unit__in=moves.keys, counted_on__gte=moves.date)
        return [
            sentence_of_later(moves.old(unit), last, what)
            for rows, path, what in [
                (visits, "date", _("lượt hỗ trợ")),
                (totals, "counted_on", _("số liệu tổng hợp")),
            ]
            for unit, last in rows.order_by().values_list("unit").annotate(last=Max(path))
        ]


@register_figures
def counted(units, first, last):
    """What the tally keeps, events, and what unit totals add to all of these."""
    found = {}

    def add(unit, code, n):
        numbers = found.setdefault(unit, {})
        numbers[COUNTED[code]] = numbers.get(COUNTED[code], 0) + n

    rows = DailyTally.objects.filter(unit__in=units, date__range=(first, last), figure__in=FIGURES)
    for unit, figure, n in rows.order_by().values_list("unit", "figure").annotate(n=Sum("value")):
        add(unit, figure, n)
    for unit in OutreachEvent.objects.held().between(first, last).filter(unit__in=units).values_list("unit", flat=True):
        add(unit, "events", 1)
    for row in excess(units=units, first=first, last=last, by=("unit_id",)):
        for code, n in added_figures(row).items():
            if n and code in COUNTED:
                add(row["unit_id"], code, n)
    return found
