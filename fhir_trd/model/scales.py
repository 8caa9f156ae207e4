"""Rating scales: what a total may be, and what it means."""

from msgspec import Struct

MILD = "mild"
"""The name every scale gives to its mild band."""


class Band(Struct, frozen=True):
    """A named range of totals, both ends inclusive."""

    name: str
    least: float
    most: float


class Scale(Struct, frozen=True, kw_only=True):
    """A rating scale. ``remission_at_most`` and ``floor`` (the least baseline that a percentage can start from) are totals.

    ``priority`` orders the scales where several could judge one trial: the lowest number is asked first.
    ``percent`` is False for scales on which a percentage change has no meaning. ``alarm_item`` is the item that asks about
    suicidal thoughts, where there is one, and ``alarm_from`` the answer from which a person must look, and
    ``emergency_from`` the one from which it is an emergency.
    """

    id: str
    name: str
    lowest: float
    highest: float
    remission_at_most: float
    floor: float
    bands: tuple[Band, ...]
    priority: int
    percent: bool = True
    alarm_item: str = ""
    alarm_from: int = 0
    emergency_from: int | None = None
    may_miss: int = 0

    @property
    def mild_at_most(self) -> float:
        """The highest total that is still mild; anything above is illness."""
        return next((band.most for band in self.bands if band.name == MILD), self.remission_at_most)

    def band(self, value: float) -> str:
        """The name of the range in which this total lies, or an empty string."""
        return next((band.name for band in self.bands if band.least <= value <= band.most), "")


def improvement_percent(baseline: float, endpoint: float) -> float:
    """The change from baseline in percent; negative if the person got worse."""
    return (baseline - endpoint) * 100 / baseline


def total_at_improvement(baseline: float, percent: float) -> float:
    """The highest total that still is an improvement of so many percent."""
    return baseline - baseline * percent / 100
