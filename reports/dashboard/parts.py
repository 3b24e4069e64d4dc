"""The cards below the first screen. Each is read by itself, by the name in its address."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from reports.dashboard.bars import Bars
from reports.dashboard.duty import duty_facts
from reports.dashboard.filters import Filters
from reports.dashboard.heat import Heat
from reports.dashboard.reasons import Reasons


@dataclass(frozen=True)
class Part:
    """One card: its name in addresses, its heading, what it reads, and who has it."""

    code: str
    title: str
    template: str
    read: Callable[[Filters], dict]
    is_for: Callable = lambda access: True


def posts(filters):
    """Visits by floor."""
    return {"bars": Bars(filters, "visits", "post")}


def people(filters):
    """Visits by person, by name and never by rank: for leaders, of the teams they lead."""
    led = filters.access.led_team_ids
    chosen = filters.asked["narrow"].get("team")
    teams = led & chosen if isinstance(chosen, frozenset) else led
    narrow = {**filters.asked["narrow"], "team": frozenset(teams)}
    return {"bars": Bars(filters, "visits", "volunteer", longest=40, units=None, narrow=narrow)}


def departments(filters):
    """Visits by department."""
    return {"bars": Bars(filters, "visits", "department")}


def procedures(filters):
    """Visits by procedure."""
    return {"bars": Bars(filters, "visits", "procedure")}


def audience(filters):
    """People guided, by audience."""
    return {"bars": Bars(filters, "guided", "audience")}


def outcomes(filters):
    """Why dossiers were not submitted."""
    asked = {name: value for name, value in filters.asked.items() if name != "last"}
    return {"reasons": Reasons(**asked, last=filters.on)}


def sources(filters):
    """Desk against outreach against totals, for the two figures that all three bring."""
    return {"both": [Bars(filters, "guided", "source"), Bars(filters, "dossiers", "source")]}


def hours(filters):
    """The heat of hours and weekdays."""
    return {"heat": Heat(filters)}


def duty(filters):
    """Roster coverage and attendance."""
    return {"duty": duty_facts(filters)}


PARTS = {
    part.code: part
    for part in [
        Part("hours", _("Giờ đông"), "dashboard/_hours.html", hours),
        Part("posts", _("Theo tầng, vị trí"), "dashboard/_bars.html", posts),
        Part("duty", _("Lịch trực và điểm danh"), "dashboard/_duty.html", duty, lambda access: access.sees_rosters),
        Part("people", _("Theo tình nguyện viên của đội"), "dashboard/_bars.html", people,
             lambda access: bool(access.led_team_ids)),
        Part("departments", _("Theo sở, ngành"), "dashboard/_bars.html", departments),
        Part("procedures", _("Theo thủ tục"), "dashboard/_bars.html", procedures),
        Part("audience", _("Theo đối tượng"), "dashboard/_bars.html", audience),
        Part("reasons", _("Vì sao chưa nộp được"), "dashboard/_reasons.html", outcomes),
        Part("sources", _("Tại bàn, lưu động, số liệu đơn vị gửi"), "dashboard/_sources.html", sources),
    ]
}  # fmt: skip


def parts_for(access) -> list[Part]:
    """The cards that a person has, in their order."""
    return [part for part in PARTS.values() if part.is_for(access)]
