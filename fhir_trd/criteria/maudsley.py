"""The Maudsley Staging Method: points for duration, severity, failed antidepressants, augmentation and ECT."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from fhir_trd.criteria.added import used_in_vain
from fhir_trd.criteria.failures import Failures, augmentations_in
from fhir_trd.criteria.severity import severity_part
from fhir_trd.model.staging import MaudsleyRules, Staging, StagingPart
from fhir_trd.model.trials import AugmentationAnswer, History
from fhir_trd.model.truth import Truth, all_of, any_of

MAUDSLEY = "maudsley"
DATED_BY_RECORDS = "inferred"
WORDS_OF_ECT = {Truth.YES: "used in this episode", Truth.MAYBE: "perhaps used in vain", Truth.NO: "used, and remission followed"}
ONSETS = {"inferred": "not recorded: the latest that the records allow", "scores": "by the scores"}


def maudsley(failures: Failures, rules: MaudsleyRules, cutoffs: Mapping[str, Sequence[int]]) -> Staging:
    """The points of the Maudsley Staging Method; none where nothing failed, because its scale begins at one failed drug."""
    sure, possible = len(failures.drugs(surely=True)), len(failures.drugs(surely=False))
    if not possible:
        return Staging(model=MAUDSLEY, title=rules.title, least=None, most=None)
    history = failures.history
    parts = (
        _duration(history, rules),
        severity_part(history, rules, cutoffs),
        _failed(failures, sure, possible, rules),
        _augmentation(history),
        _ect(failures),
    )
    least = sum(part.least for part in parts) if sure else None
    most = sum(part.most for part in parts)
    return Staging(
        model=MAUDSLEY,
        title=rules.title,
        least=least,
        most=most,
        least_name=_band(least, rules),
        most_name=_band(most, rules),
        parts=parts,
    )


def _band(points: float | None, rules: MaudsleyRules) -> str:
    return "" if points is None else rules.bands[bisect_right(rules.band_from, points)]


def _duration(history: History, rules: MaudsleyRules) -> StagingPart:
    """The length of the episode. An onset that is only inferred from when records begin is the latest it can be (R-101)."""
    onset = history.episode.start
    longest = 1 + len(rules.months_up_to)
    if onset is None:
        return StagingPart("duration", 1, longest, "nobody recorded when the episode began")
    months = [(history.as_of - day).days / rules.month for day in (onset.latest, onset.earliest)]
    least, most = (1 + sum(length > limit for limit in rules.months_up_to) for length in months)
    if history.episode.evidence == DATED_BY_RECORDS:
        most = longest
    because = f"onset {ONSETS.get(history.episode.evidence, history.episode.evidence)}"
    return StagingPart("duration", least, most, because, history.episode.origins)


def _failed(failures: Failures, sure: int, possible: int, rules: MaudsleyRules) -> StagingPart:
    least, most = (1 + bisect_right(rules.failed_from, count) for count in (sure, possible))
    number = str(sure) if sure == possible else f"{sure} to {possible}"
    return StagingPart("failed antidepressants", least, most, f"{number} failed", failures.evidence)


def _augmentation(history: History) -> StagingPart:
    """One point for an augmentation in vain. One of which only the use is known counts too, and is said to (7.1)."""
    found = [
        (all_of((within, any_of((used_in_vain(added.answer), _only_used(added.answer))))), added)
        for _, added, within in augmentations_in(history)
    ]
    counted = [(answer, added) for answer, added in found if answer is not Truth.NO]
    truth = any_of(answer for answer, _ in counted)
    names = sorted({added.drug.name for _, added in counted})
    unknown = any(added.answer is AugmentationAnswer.UNKNOWN for _, added in counted)
    because = f"{', '.join(names) or 'none used'}{'; whether adequate is not known' if unknown else ''}"
    evidence = tuple(origin for _, added in counted for origin in added.evidence)
    return StagingPart("augmentation", int(truth is Truth.YES), int(truth is not Truth.NO), because, evidence)


def _only_used(answer: AugmentationAnswer) -> Truth:
    return Truth.YES if answer is AugmentationAnswer.UNKNOWN else Truth.NO


def _ect(failures: Failures) -> StagingPart:
    """One point for ECT in this episode, unless remission followed it."""
    ect = failures.ect
    because = WORDS_OF_ECT[ect.used] if ect.records else "none in this episode"
    return StagingPart("ECT", int(ect.used is Truth.YES), int(ect.used is not Truth.NO), because, ect.evidence)
