"""From a verdict to proposals: every option with its standing and the reason, in the order to look at them."""

from collections.abc import Mapping
from functools import lru_cache

from fhir_trd.model.plans import Goal, Option, Plan, Standing, Step
from fhir_trd.model.records import Measurement
from fhir_trd.model.trials import History
from fhir_trd.model.verdicts import Flag, Result, Severity, Verdict
from fhir_trd.planning.eligibility import TESTS, Ground
from fhir_trd.planning.facts import Facts, evidence_of

CLINICIAN_REVIEW = "clinician-review"
"""The option that comes first in every plan: nothing here is done before a person has looked."""

FITTING_WHEN_EXCLUDED = frozenset(
    {CLINICIAN_REVIEW, "baseline-work-up", "refer", "safety-review", "verify-adequacy", "verify-diagnosis"}
)
"""What can still be put to a clinician when the criteria do not apply to a patient: looking, checking, referring."""


def plan_for(
    history: History,
    verdicts: tuple[Verdict, ...],
    flags: tuple[Flag, ...],
    options: tuple[Option, ...],
    *,
    goals: tuple[Goal, ...] = (),
    measurements: tuple[Measurement, ...] = (),
) -> Plan:
    """The plan for one patient, by the first verdict; an option that is approved under one criteria set goes by that one.

    Where the criteria do not apply, its goals are for others to set.
    """
    told = _told_by(flags)
    steps = (
        _step(option, Facts(history, _verdict_for(option, verdicts), flags, option, measurements), told)
        for option in _in_order(options)
    )
    return Plan(tuple(steps), () if verdicts[0].result is Result.EXCLUDED else goals)


Told = Mapping[tuple[Severity, str], tuple[Flag, ...]]
"""The flags by how grave they are and what they are about."""


def _told_by(flags: tuple[Flag, ...]) -> Told:
    told: dict[tuple[Severity, str], tuple[Flag, ...]] = {}
    for flag in flags:
        key = flag.severity, flag.about
        told[key] = (*told.get(key, ()), flag)
    return told


@lru_cache
def _in_order(options: tuple[Option, ...]) -> tuple[Option, ...]:
    return tuple(sorted(options, key=_place))


def _verdict_for(option: Option, verdicts: tuple[Verdict, ...]) -> Verdict:
    return next((verdict for verdict in verdicts if verdict.criteria == option.criteria), verdicts[0])


def _place(option: Option) -> tuple[bool, int, str]:
    return option.id != CLINICIAN_REVIEW, option.order, option.id


def _step(option: Option, facts: Facts, told: Told) -> Step:
    ground = _flagged(option, _suited(option, _ground(option, facts), facts), told)
    return Step(option, ground.standing, ground.because, ground.evidence)


def _ground(option: Option, facts: Facts) -> Ground:
    assert option.when in TESTS, f"option {option.id}: no eligibility test is called {option.when!r}, known: {sorted(TESTS)}"
    ground = TESTS[option.when](facts)
    return ground if facts.verdict.result is not Result.EXCLUDED else _when_excluded(option, ground, facts)


def _when_excluded(option: Option, ground: Ground, facts: Facts) -> Ground:
    excluding = facts.raised(Severity.EXCLUDE)
    because = "; ".join(dict.fromkeys(flag.because for flag in excluding)) or f"{facts.verdict.criteria} does not apply"
    evidence = evidence_of(flag.evidence for flag in excluding)
    if option.id not in FITTING_WHEN_EXCLUDED:
        return Ground(Standing.NOT_ELIGIBLE, because, evidence)
    return ground if ground.standing is Standing.SUGGESTED else Ground(Standing.SUGGESTED, because, evidence)


def _suited(option: Option, ground: Ground, facts: Facts) -> Ground:
    """An open option that is meant for another severity than the one coded asks for a closer look; no code leaves it open."""
    if not option.severities or ground.standing is Standing.NOT_ELIGIBLE:
        return ground
    coded = facts.coded_severities
    if not coded or set(coded) & set(option.severities):
        return ground
    because = f"meant for {' or '.join(option.severities)} depression, coded as {', '.join(sorted(coded))}"
    return Ground(Standing.NEEDS_REVIEW, because, evidence_of((origin,) for origin in coded.values()))


def _flagged(option: Option, ground: Ground, told: Told) -> Ground:
    """A block closes an option; a caution about an open one asks for a closer look."""
    if blocks := told.get((Severity.BLOCK, option.id)):
        return _because_of(blocks, Standing.NOT_ELIGIBLE)
    cautions = told.get((Severity.CAUTION, option.id))
    return _because_of(cautions, Standing.NEEDS_REVIEW) if cautions and ground.standing is not Standing.NOT_ELIGIBLE else ground


def _because_of(flags: tuple[Flag, ...], standing: Standing) -> Ground:
    because = "; ".join(dict.fromkeys(flag.because for flag in flags))
    return Ground(standing, because, evidence_of(flag.evidence for flag in flags))
