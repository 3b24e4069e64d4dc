"""Which targets are parts of which: the same figure and period, further down the tree."""

from collections import defaultdict
from dataclasses import dataclass, field

from reports.models import Target
from reports.targets.kinds import COVERAGE, ON_DUTY


@dataclass
class Branch:
    """A target and its parts."""

    target: Target
    parts: list[Target] = field(default_factory=list)

    @property
    def adds_up(self):
        """Whether parts of such a target are meant to make a sum: not so many a month each, nor a percentage."""
        rhythm = self.target.rhythm == Target.Rhythm.PERIOD
        return rhythm and self.target.figure not in (COVERAGE, ON_DUTY)

    @property
    def minimum(self):
        return sum(part.minimum for part in self.parts)

    @property
    def stretch(self):
        return sum(part.stretch for part in self.parts)

    @property
    def minimum_gap(self):
        """How much the parts are above the target; below zero when they do not reach it."""
        return self.minimum - self.target.minimum if self.parts and self.adds_up else 0

    @property
    def stretch_gap(self):
        return self.stretch - self.target.stretch if self.parts and self.adds_up else 0

    @property
    def has_gap(self):
        return bool(self.minimum_gap or self.stretch_gap)


def branches(targets) -> dict[int, Branch]:
    """Key of each target -> its branch; a part hangs on the nearest target above it. Asks nothing."""
    targets = list(targets)
    found = {target.pk: Branch(target) for target in targets}
    for target, parent in parents(targets).items():
        if parent is not None:
            found[parent].parts.append(found[target].target)
    return found


def parents(targets) -> dict[int, int | None]:
    """Key of each target -> key of the target it is a part of, or None."""
    by_question = defaultdict(dict)
    for target in targets:
        if target.unit_id:
            by_question[target.question][target.unit.path] = target.pk
    found = {}
    for target in targets:
        above = by_question[target.question]
        path = target.unit.path if target.unit_id else target.team.unit.path
        # A team stands inside its unit's target; a unit only inside those above it.
        if target.unit_id:
            path = up(path)
        while path and path not in above:
            path = up(path)
        found[target.pk] = above.get(path)
    return found


def up(path: str) -> str:
    """1.2.3. -> 1.2. -> 1. -> "" """
    head = path.rstrip(".").rpartition(".")[0]
    return f"{head}." if head else ""
