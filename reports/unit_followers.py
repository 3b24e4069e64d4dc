"""What of ours follows a unit that ends: its targets go over to the main heir, those of several heirs become one."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reports.models import Target
from reports.targets.family import Branch
from reports.targets.services import change_target, withdraw_target
from reports.targets.words import grouped
from shifts.models import Unit
from shifts.unit_changes.followers import Follower, register


@dataclass
class Passing:
    """Targets about one question that come to one heir: those of the old units, and what the heir holds already."""

    heir: Unit
    targets: list[Target]
    held: Target | None

    @property
    def together(self):
        return [*([self.held] if self.held else []), *self.targets]

    @property
    def adds_up(self):
        return Branch(self.targets[0]).adds_up

    @property
    def numbers(self):
        """The sum of counts; of so many a month, a session or a percentage the largest."""
        taken = sum if self.adds_up else max
        return {name: taken(getattr(target, name) for target in self.together) for name in ("minimum", "stretch")}


def passings(moves) -> tuple[list[Passing], list[Target]]:
    """What goes over, and what ends because its heir stands higher and holds it within its own."""
    rows = Target.objects.current().filter(unit__in=moves.keys, last__gte=moves.date)
    found, ending = {}, []
    for target in rows.select_related("unit").order_by("-minimum", "series"):
        if moves.rises(target.unit_id):
            ending.append(target)
            continue
        heir = moves.heir(target.unit_id)
        key = (id(heir) if heir.pk is None else heir.pk, target.question)
        found.setdefault(key, Passing(heir, [], None)).targets.append(target)
    heirs = {passing.heir.pk for passing in found.values() if passing.heir.pk}
    held = Target.objects.current().filter(unit__in=heirs, last__gte=moves.date).exclude(unit__in=moves.keys)
    for target in held.select_related("unit"):
        if passing := found.get((target.unit_id, target.question)):
            passing.held = target
    return list(found.values()), ending


@register
class Targets(Follower):
    """Targets whose period is not over."""

    label = gettext_lazy("Chỉ tiêu")

    def preview(self, moves):
        passing, _ending = passings(moves)
        sentences = []
        for one in passing:
            target, numbers = one.targets[0], one.numbers
            names = ", ".join(str(each.unit) for each in one.together)
            text = _("Chỉ tiêu {figure}, {period}, của {units} sang {heir}: {minimum} – {stretch}.")
            sentences.append(text.format(
                figure=target.figure_name, period=target.period_words, units=names, heir=one.heir,
                minimum=grouped(numbers["minimum"]), stretch=grouped(numbers["stretch"]),
            ))  # fmt: skip
        return sentences

    def decisions(self, moves):
        passing, ending = passings(moves)
        sentences = [
            _("Chỉ tiêu {target} thôi theo đơn vị cũ; phần này nằm trong chỉ tiêu của {heir}, nếu có.").format(
                target=target, heir=moves.heir(target.unit_id)
            )
            for target in ending
        ]
        for one in passing:
            for target in one.targets:
                if others := moves.others_of(target.unit_id):
                    names = ", ".join(str(unit) for unit in others)
                    text = _("Chỉ tiêu {target} chuyển cả cho {heir}; {others} chưa có chỉ tiêu, hãy chia lại.")
                    sentences.append(text.format(target=target, heir=one.heir, others=names))
        return sentences

    def follow(self, moves):
        at = datetime.datetime.combine(moves.date, datetime.time(), timezone.get_current_timezone())
        passing, ending = passings(moves)
        for target in ending:
            self._end(target, moves.heir(target.unit_id), at)
        for one in passing:
            keeps, *others = one.together
            numbers = one.numbers
            for target in others:
                self._end(target, one.heir, at)
            reason = _("Theo sắp xếp đơn vị từ {date}.").format(date=f"{moves.date:%d/%m/%Y}")
            change_target(
                target=keeps, version=keeps.version, by=None, at=at, reason=reason, unit=one.heir, **numbers
            )  # fmt: skip

    @staticmethod
    def _end(target, heir, at):
        reason = _("Sáp nhập vào {unit}.").format(unit=heir)
        withdraw_target(target=target, version=target.version, by=None, reason=reason, at=at)
