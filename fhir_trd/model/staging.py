"""How far resistance has gone, by published staging models: points or stages with bounds, part by part."""

from msgspec import Struct

from fhir_trd.model.codes import Origin


class StagingPart(Struct, frozen=True):
    """One line of a staging: what it adds at least and at most, and why."""

    name: str
    least: float
    most: float
    because: str
    evidence: tuple[Origin, ...] = ()


class Staging(Struct, frozen=True, kw_only=True):
    """What one staging model says.

    ``least`` and ``most`` are points, or the number of the stage; None where the model does not apply (no failed trial on the
    Maudsley scale). ``least_name`` and ``most_name`` are what the model calls them: a band ("moderate") or a stage ("II").
    ``reading`` tells two readings of one model apart ("strict", "literal"). ``in_points`` is False for models that name stages.
    """

    model: str
    title: str
    reading: str = ""
    in_points: bool = True
    least: float | None
    most: float | None
    least_name: str = ""
    most_name: str = ""
    parts: tuple[StagingPart, ...] = ()

    @property
    def name(self) -> str:
        """The title, with the reading where there are several."""
        return f"{self.title} ({self.reading})" if self.reading else self.title

    @property
    def answer(self) -> str:
        """The points or the stage in words, with both bounds where they differ."""
        if self.most is None:
            return "does not apply"
        names = " to ".join(dict.fromkeys(name for name in (self.least_name, self.most_name) if name))
        return f"{self._points} {names}".strip() if self.in_points else names

    @property
    def _points(self) -> str:
        if self.least is None:
            return f"none, or up to {self.most:g}"
        return f"{self.most:g}" if self.is_settled else f"{self.least:g} to {self.most:g}"

    @property
    def is_settled(self) -> bool:
        """Whether least and most are one."""
        return self.least == self.most


class MaudsleyRules(Struct, frozen=True, kw_only=True):
    """The numbers of the Maudsley Staging Method. Each ``*_from`` list holds the least value of every step but the first."""

    title: str
    month: float
    months_up_to: tuple[int, ...]
    failed_from: tuple[int, ...]
    severities: tuple[str, ...]
    psychotic: str
    unrecorded_up_to: str
    scales: tuple[str, ...]
    bands: tuple[str, ...]
    band_from: tuple[int, ...]


class ThaseRushRules(Struct, frozen=True, kw_only=True):
    """The stages of Thase and Rush: how many classes each asks for, and which class must be among them ("": any)."""

    title: str
    stages: tuple[str, ...]
    classes: tuple[int, ...]
    needed: tuple[str, ...]
    literal_classes: tuple[int, ...]


class MghRules(Struct, frozen=True, kw_only=True):
    """The points of the Massachusetts General Hospital staging."""

    title: str
    trial: float
    optimised: float
    augmentation: float
    ect: float
    raised_days: int
    long_days: int
    ect_sessions: int


class EuropeanRules(Struct, frozen=True, kw_only=True):
    """The stages of the European staging method: names, weeks from which each holds, and when it is called chronic."""

    title: str
    week: int
    classes: int
    none: str
    non_responder: str
    stages: tuple[str, ...]
    weeks_from: tuple[int, ...]
    chronic: str
    chronic_months: float
    month: float


class EctRules(Struct, frozen=True, kw_only=True):
    """When ECT counts as having helped: the totals of a remission, by scale, and how soon after the last session."""

    remission_within: int
    remission: tuple[tuple[str, float], ...]


class StagingRules(Struct, frozen=True, kw_only=True):
    """All staging models. ``failed_by`` is the criteria set by whose terms a trial counts as failed and adequate."""

    failed_by: str
    maudsley: MaudsleyRules
    thase_rush: ThaseRushRules
    mgh: MghRules
    european: EuropeanRules
    ect: EctRules
    severity_scores: tuple[tuple[str, tuple[int, ...]], ...]
    refused: tuple[tuple[str, str], ...]
