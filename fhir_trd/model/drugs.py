"""Medicines as the rules see them: the ingredient, its class, and how much of it is an adequate dose."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Role(StrEnum):
    """What a drug can be in a treatment of depression."""

    ANTIDEPRESSANT = "antidepressant"
    AUGMENTATION = "augmentation"


class AgeCeiling(Struct, frozen=True):
    """A highest recommended daily dose that holds above an age (in full years)."""

    above_age: int
    mg: float


class Drug(Struct, frozen=True):
    """One ingredient, in one form where forms differ in dose (``variant``: controlled-release, hydrobromide, patch).

    ``minimum`` is the least adequate daily dose in mg under each dose table ("mgh-atrq", "label"); a table that says
    nothing about the drug is absent. ``counts_as`` is the ingredient and ``counts_as_class`` the class under which a trial
    is told apart from others: dextromethorphan-bupropion counts as bupropion, a reversible MAO inhibitor as an MAOI.
    """

    ingredient: str
    name: str
    role: Role
    drug_class: str
    variant: str = ""
    rxcui: str = ""
    atc: str = ""
    minimum: Mapping[str, float] = {}
    usual_maximum: float | None = None
    adequate_days: int | None = None
    age_ceilings: tuple[AgeCeiling, ...] = ()
    oral: bool = True
    can_count: bool = True
    counts_as: str = ""
    counts_as_class: str = ""
    notes: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """Equal drugs share ingredient and variant, which is all a hash needs."""
        return hash((self.ingredient, self.variant))

    @property
    def distinct_name(self) -> str:
        """The name under which a trial of it is told apart from trials of other drugs."""
        return self.counts_as or self.ingredient

    @property
    def distinct_class(self) -> str:
        """The class under which a trial of it is told apart from trials of other classes."""
        return self.counts_as_class or self.drug_class

    def highest_dose_at(self, age: int | None) -> float | None:
        """The highest recommended daily dose in mg for a person of that age, or None if no table gives one."""
        limits = [ceiling.mg for ceiling in self.age_ceilings if age is not None and age > ceiling.above_age]
        return min(limits) if limits else self.usual_maximum


class Part(Struct, frozen=True):
    """A drug in a product, and how much of it one unit holds. ``unit``: "mg", "mg/mL" or "mg/24h"; strength None if not known."""

    drug: Drug
    strength: float | None = None
    unit: str = "mg"


class Product(Struct, frozen=True):
    """What a code or a name stands for: one drug, or several in a fixed combination.

    ``purpose`` is set where the product itself tells what it is for (a smoking-cessation or a PMDD brand).
    ``oral`` is None where neither the code nor the name tells the form.
    """

    parts: tuple[Part, ...]
    oral: bool | None = None
    purpose: str = ""
    text_matched: bool = False
    strength_from_text: bool = False


class Formulary(Struct, frozen=True):
    """Every drug the rules know, by ingredient, by code and by name.

    ``drugs`` is keyed by (ingredient, variant). ``by_code`` is keyed by (system key, code). ``names`` maps lower-case
    ingredient names, salts, synonyms and brands to (ingredient, variant, purpose).
    """

    drugs: Mapping[tuple[str, str], Drug]
    by_code: Mapping[tuple[str, str], Product]
    names: Mapping[str, Product]
