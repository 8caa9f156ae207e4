"""What the tables say of drugs that must be kept apart."""

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
