"""What is counted over a population: who is left after each step, which share meets a definition, and what others published."""

from msgspec import Struct

from fhir_trd.model.criteria import Parameter


class Step(Struct, frozen=True, kw_only=True):
    """One step of the way from everyone to whoever meets a criteria set.

    ``surely`` and ``possibly`` are the people who are left; ``removed`` those who surely are not any more. ``rule`` is empty
    where the step is none of the set's own rules. Where a step asks something of one trial, ``enough_surely`` and
    ``enough_possibly`` are those of whom as many distinct trials get this far as the set wants to fail. The last step counts
    whoever meets the set without having come this way.
    """

    criteria: str
    step: int
    stage: str
    rule: str
    says: str
    surely: int
    possibly: int
    removed: int
    enough_surely: int | None = None
    enough_possibly: int | None = None

    @property
    def in_doubt(self) -> int:
        """Of how many nobody can tell."""
        return self.possibly - self.surely


class Share(Struct, frozen=True, kw_only=True):
    """How many of some people meet a criteria set, and how many may. Those it excludes are not among the people."""

    criteria: str
    among: str
    people: int
    excluded: int
    met: int
    indeterminate: int

    @property
    def least(self) -> float | None:
        """The share that surely meets it, in percent; nothing where there is nobody."""
        return _percent(self.met, self.people)

    @property
    def most(self) -> float | None:
        """The share that meets it or may, in percent."""
        return _percent(self.met + self.indeterminate, self.people)


class Published(Struct, frozen=True, kw_only=True):
    """A share that a paper gives: where, among whom, and the set that reads its definition, if one does.

    ``least`` and ``most`` are percent, one alone where the paper gives one number; ``or_more``: it is a lower bound.
    """

    name: str
    where: str
    among: str
    least: Parameter
    most: Parameter | None = None
    criteria: str = ""
    or_more: bool = False

    @property
    def lowest(self) -> float:
        """The lower of its numbers."""
        assert isinstance(self.least.value, float), "a share is a number"
        return self.least.value

    @property
    def highest(self) -> float | None:
        """The higher of its numbers; nothing where it is only a lower bound."""
        if self.or_more:
            return None
        found = self.least if self.most is None else self.most
        assert isinstance(found.value, float), "a share is a number"
        return found.value


class Prevalence(Struct, frozen=True, kw_only=True):
    """Published shares, and the range outside which a share on real records asks for a look at the records."""

    shares: tuple[Published, ...]
    plausible_least: float
    plausible_most: float


NO_PREVALENCE = Prevalence(shares=(), plausible_least=0, plausible_most=0)


class CellCount(Struct, frozen=True, kw_only=True):
    """What a criteria set says of everyone with the numbers of one cell of the sensitivity grid."""

    criteria: str
    adequate_days: int
    dose_table: str
    improvement_below: float
    exposure_gap: int
    own: bool
    people: int
    met: int
    not_met: int
    indeterminate: int
    excluded: int


class Study(Struct, frozen=True, kw_only=True):
    """All that was counted over one population. ``cells`` is empty where no grid was asked for."""

    people: int
    as_of: str
    steps: tuple[Step, ...]
    shares: tuple[Share, ...]
    prevalence: Prevalence
    cells: tuple[CellCount, ...] = ()


def _percent(part: int, whole: int) -> float | None:
    return round(part / whole * 100, 1) if whole else None
