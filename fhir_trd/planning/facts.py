"""What the plan of one patient rests on: the trials, the deciding verdict and the flags."""

from collections.abc import Iterable

from msgspec import Struct

from fhir_trd.model.codes import Origin
from fhir_trd.model.trials import History, Trial
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Flag, Severity, Verdict


class Facts(Struct, frozen=True):
    """Everything an eligibility test may look at. ``verdict`` is the primary one."""

    history: History
    verdict: Verdict
    flags: tuple[Flag, ...]

    @property
    def ongoing(self) -> tuple[Trial, ...]:
        """The trials that still go on."""
        return tuple(trial for trial in self.history.trials if trial.ongoing)

    def judged(self, answer: Truth) -> tuple[Trial, ...]:
        """The trials to which the primary criteria set gives this answer."""
        judged = {judgement.trial for judgement in self.verdict.judgements if judgement.answer is answer}
        return tuple(trial for trial in self.history.trials if trial.id in judged)

    def raised(self, severity: Severity) -> tuple[Flag, ...]:
        """The flags of this severity."""
        return tuple(flag for flag in self.flags if flag.severity is severity)


def evidence_of(parts: Iterable[tuple[Origin, ...]]) -> tuple[Origin, ...]:
    """All origins of several facts, each once, in a fixed order."""
    seen = {origin for part in parts for origin in part}
    return tuple(sorted(seen, key=lambda origin: (origin.resource, origin.path)))


def sources_of(trials: Iterable[Trial]) -> tuple[Origin, ...]:
    """The records behind these trials."""
    return evidence_of(trial.sources for trial in trials)


def names_of(trials: Iterable[Trial]) -> str:
    """The drugs of these trials, each once, in the order of the trials."""
    return ", ".join(dict.fromkeys(trial.drug.name for trial in trials))
