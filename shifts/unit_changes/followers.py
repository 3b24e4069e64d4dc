"""Who follows when a unit ends, and who has figures of it: a list that other apps join in `unit_followers.py`."""

from django.utils.module_loading import autodiscover_modules

_followers, _figures = [], []


class Follower:
    """What belongs to units and goes over to the main successor: subclass it under `@register`.

    `moves` (plans.Moves) says from which units to which; a preview asks before the new units are stored, so ask by
    `moves.keys` and name heirs, never their keys.
    """

    label = ""

    def preview(self, moves) -> list[str]:
        """Sentences of what will follow."""
        return []

    def decisions(self, moves) -> list[str]:
        """Sentences of what somebody has to decide; the change is made all the same."""
        return []

    def contradictions(self, moves) -> list[str]:
        """Sentences of why units cannot have ended on that date."""
        return []

    def follow(self, moves) -> None:
        """Go over: in the transaction of the change, or on its day."""


def register(follower: type[Follower]) -> type[Follower]:
    """Class decorator: one of it is asked with every change."""
    _followers.append(follower())
    return follower


def register_figures(count):
    """Join with count(units: list[int], first, last) -> {unit key: {figure: number}}; figures have .code and .name."""
    _figures.append(count)
    return count


def followers():
    autodiscover_modules("unit_followers")
    return _followers


def figure_counts():
    autodiscover_modules("unit_followers")
    return _figures
