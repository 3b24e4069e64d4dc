"""Where the marks of a bullet chart stand, as SVG writes lengths."""

from dataclasses import dataclass

from reports.targets.standing import Standing
from reports.targets.verdicts import Verdict
from reports.targets.words import grouped

ROOM = 1.1  # beyond the last mark, where nothing else ends the scale


@dataclass(frozen=True)
class Bullet:
    """Done as a bar, today's pace as a triangle, the minimum as a stroke, minimum to stretch as a band."""

    standing: Standing
    verdict: Verdict

    @property
    def scale(self):
        """What the whole width stands for."""
        ends = [self.standing.stretch, self.standing.done]
        ends += [self.standing.forecast.high] if self.standing.forecast else []
        with_band = self.standing.stretch > self.standing.minimum and max(ends) == self.standing.stretch
        return max(ends) * (1 if with_band else ROOM) or 1

    def _at(self, value) -> str:
        return f"{100 * max(0, value) / self.scale:.2f}%"

    def _wide(self, first, last) -> str:
        return f"{100 * max(0, last - first) / self.scale:.2f}%"

    @property
    def done(self):
        return self._at(self.standing.done)

    @property
    def minimum(self):
        return self._at(self.standing.minimum)

    @property
    def band(self):
        """Where the band begins and how wide it is; None without a stretch of its own."""
        low, high = self.standing.minimum, self.standing.stretch
        return (self._at(low), self._wide(low, high)) if high > low else None

    @property
    def pace(self):
        """Where the triangle stands; None when there is no pace, or no longer."""
        running = self.standing.begun and not self.standing.over and self.standing.open_days
        return self._at(min(self.standing.expected, self.scale)) if running else None

    @property
    def forecast(self):
        """Where the line begins and how long it is; a sure forecast is still to be seen."""
        found = self.standing.forecast
        if not found:
            return None
        width = max(found.high - found.low, self.scale * 0.012)
        return self._at(min(found.low, self.scale - width)), f"{100 * width / self.scale:.2f}%"

    @property
    def words(self):
        """The chart as a sentence, for who cannot see it."""
        return f"{grouped(self.standing.done)} / {grouped(self.standing.minimum)}. {self.verdict.sentence}"
