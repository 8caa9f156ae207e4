"""What the plan of one patient rests on: the trials, the deciding verdict and the flags."""

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct

from fhir_trd.model.codes import Origin
from fhir_trd.model.plans import Option
from fhir_trd.model.records import Certainty, Measurement
from fhir_trd.model.trials import History, Trial
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Flag, Severity, Verdict


class Facts(Struct, frozen=True):
    """Everything an eligibility test may look at. ``verdict`` is the primary one, ``option`` the one that is weighed."""

    history: History
    verdict: Verdict
    flags: tuple[Flag, ...]
    option: Option
    measurements: tuple[Measurement, ...] = ()

    @property
    def ongoing(self) -> tuple[Trial, ...]:
        """The trials that still go on."""
        return tuple(trial for trial in self.history.trials if trial.ongoing)

    @property
    def coded_severities(self) -> Mapping[str, Origin]:
        """The severities that confirmed diagnoses give the present depression, each with a record that says so."""
        told = (one for one in self.history.diagnoses if one.severity and one.certainty is Certainty.CONFIRMED)
        return {one.severity: one.origin for one in told if one.is_present_depression}

    def judged(self, answer: Truth) -> tuple[Trial, ...]:
        """The trials to which the primary criteria set gives this answer."""
        judged = {judgement.trial for judgement in self.verdict.judgements if judgement.answer is answer}
        return tuple(trial for trial in self.history.trials if trial.id in judged)

    def because_of(self, reason: str) -> tuple[Trial, ...]:
        """The trials whose judgement under the primary criteria set names this reason."""
        judged = {judgement.trial for judgement in self.verdict.judgements if reason in judgement.reasons}
        return tuple(trial for trial in self.history.trials if trial.id in judged)

    def recorded_since(self, day: date) -> frozenset[str]:
        """The kinds of measurements and the scales that are on record from that day up to the day of the assessment."""
        taken = [(one.kind, one.when) for one in self.measurements] + [(one.scale, one.when) for one in self.history.scores]
        return frozenset(kind for kind, when in taken if when.latest >= day and when.earliest <= self.history.as_of)

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
