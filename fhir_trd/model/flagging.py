"""Flags as the table describes them, and what a code of a measurement tells."""

from msgspec import Struct

from fhir_trd.model.criteria import Mark
from fhir_trd.model.verdicts import Severity

PSYCHOTIC_FEATURES = "psychotic-features"
"""The category that a diagnosis with psychotic features adds to its own."""


class MeasureCode(Struct, frozen=True):
    """What a code of a measurement tells: the kind, and the spellings of the unit, the first being ours."""

    kind: str
    units: tuple[str, ...] = ()


class Limit(Struct, frozen=True):
    """A value in a unit; values in other units are not compared with it."""

    value: float
    unit: str


class EarlyEpisodes(Struct, frozen=True):
    """So many depressions that began so many days apart, the first of them before this age."""

    number: int
    before: int
    apart: int


class FlagRule(Struct, frozen=True, kw_only=True):
    """A flag and what raises it: everything asked for must be recorded.

    ``findings`` are categories of conditions, of which one is enough; ``ever`` lets a resolved one count. ``drugs`` and
    ``classes`` are met by ``at_least`` different drugs taken in the last ``within`` days. ``within`` also bounds the age of a
    measurement and of a dated finding. Of ``measures`` one is enough: the latest is ``beyond`` as the laboratory calls it,
    ``above`` or ``below`` a limit, ``reaches`` it, ``rises`` by so much over any earlier one, or finds nothing at all.

    ``others`` are groups of other drugs, counted by name beside ``drugs`` and ``classes``. ``silent`` names conditions and
    measurements of which none may be recorded. ``on_treatment`` asks that the finding began while an antidepressant was
    taken, ``before_episode`` that it began in so many days before the episode. ``beside`` and ``beside_drugs`` are a second
    finding and a second drug.
    """

    id: str
    severity: Severity
    about: tuple[str, ...]
    because: str
    source: str
    place: str
    mark: Mark
    findings: tuple[str, ...] = ()
    ever: bool = False
    measures: tuple[str, ...] = ()
    beyond: str = ""
    above: Limit | None = None
    below: Limit | None = None
    reaches: Limit | None = None
    rises: Limit | None = None
    undetected: bool = False
    drugs: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    at_least: int = 1
    dose_above: float | None = None
    older_than: int | None = None
    younger_than: int | None = None
    poor_adherence: bool = False
    sex: str = ""
    silent: tuple[str, ...] = ()
    allergies: tuple[str, ...] = ()
    on_treatment: bool = False
    before_episode: int | None = None
    beside: tuple[str, ...] = ()
    beside_drugs: tuple[str, ...] = ()
    episodes: EarlyEpisodes | None = None
    within: int | None = None

    @property
    def names(self) -> frozenset[str]:
        """Conditions, measurements, drugs or classes of which one must be recorded; empty if it may do without any."""
        drugs = (*self.drugs, *self.classes, *self.others) if self.drugs or self.classes else ()
        asked = (self.findings, self.measures, drugs, self.allergies, self.beside, self.beside_drugs)
        return frozenset(next(filter(None, asked), ()))

    def __hash__(self) -> int:
        """Equal rules share their id, which is all a hash needs."""
        return hash(self.id)
