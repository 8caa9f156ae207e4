"""What the tables say of drugs that must be kept apart, of blood levels that tell more than a dose, and of organs
that make a low dose enough.
"""

from msgspec import Struct

from fhir_trd.model.drugs import Drug


class Washout(Struct, frozen=True, kw_only=True):
    """The days that must be free of one drug before another may begin. ``before`` and ``after`` name ingredients or classes."""

    id: str
    before: frozenset[str]
    after: frozenset[str]
    days: int
    source: str
    place: str

    def asks(self, first: Drug, then: Drug) -> bool:
        """Whether it holds for these two drugs in this order."""
        return _is_named(first, self.before) and _is_named(then, self.after)


def _is_named(drug: Drug, names: frozenset[str]) -> bool:
    return drug.ingredient in names or drug.drug_class in names


class BloodLevel(Struct, frozen=True, kw_only=True):
    """The level at which a dose of a drug is adequate. ``measures`` are kinds of measurements whose values add up.

    Below ``least`` it is not, from ``surely`` on it is, between the two it may be. ``older`` takes the place of ``least`` in
    older people.
    """

    ingredient: str
    measures: tuple[str, ...]
    unit: str
    least: float
    surely: float
    older: float | None = None


class Impairment(Struct, frozen=True, kw_only=True):
    """What shows that an organ clears drugs so poorly that less than the adult minimum may be enough: a condition or a value."""

    id: str
    findings: frozenset[str] = frozenset()
    measure: str = ""
    below: float | None = None
    unit: str = ""
