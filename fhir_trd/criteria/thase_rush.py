"""The stages of Thase and Rush, under the strict and the literal reading of what a further class is."""

from collections.abc import Sequence

from fhir_trd.criteria.failures import Failures
from fhir_trd.model.staging import Staging, StagingPart, ThaseRushRules
from fhir_trd.model.truth import Truth

THASE_RUSH = "thase-rush"
WORDS_OF_ECT = {
    Truth.YES: "a bilateral course failed",
    Truth.MAYBE: "ECT on record; whether a bilateral course of it failed is not",
    Truth.NO: "ECT on record, but no bilateral course that failed",
}


def thase_rush(failures: Failures, rules: ThaseRushRules) -> tuple[Staging, Staging]:
    """The stage under both readings: strict wants a tricyclic or MAO inhibitor beyond two other classes, literal does not."""
    readings = (("strict", rules.classes), ("literal", rules.literal_classes))
    strict, literal = (_staged(failures, rules, name, classes) for name, classes in readings)
    return strict, literal


def _staged(failures: Failures, rules: ThaseRushRules, reading: str, classes: Sequence[int]) -> Staging:
    least = _stage(failures.classes(surely=True), rules, classes)
    most = _stage(failures.classes(surely=False), rules, classes)
    # ECT of which nobody knows whether it was a bilateral course in vain can only raise the most.
    least += int(least == len(classes) and failures.ect.bilateral is Truth.YES)
    most += int(most == len(classes) and failures.ect.bilateral is not Truth.NO)
    return Staging(
        model=THASE_RUSH,
        title=rules.title,
        in_points=False,
        reading=reading,
        least=least,
        most=most,
        least_name=rules.stages[least],
        most_name=rules.stages[most],
        parts=_parts(failures),
    )


def _stage(failed: frozenset[str], rules: ThaseRushRules, classes: Sequence[int]) -> int:
    """How many stages stand one upon the other; each needs all below it."""
    stage = 0
    for count, needed in zip(classes, rules.needed, strict=True):
        if len(failed) < count or (needed and needed not in failed):
            break
        stage += 1
    return stage


def _parts(failures: Failures) -> tuple[StagingPart, ...]:
    sure, possible = failures.classes(surely=True), failures.classes(surely=False)
    words = ", ".join(f"{name}{'' if name in sure else ' (may be)'}" for name in sorted(possible)) or "none"
    found = StagingPart("failed classes", len(sure), len(possible), words, failures.evidence)
    ect = failures.ect
    if not ect.records:
        return (found,)
    bounds = int(ect.bilateral is Truth.YES), int(ect.bilateral is not Truth.NO)
    return found, StagingPart("bilateral ECT", *bounds, WORDS_OF_ECT[ect.bilateral], ect.evidence)
