"""Remissions: low scores, or a diagnosis in remission, for long enough to end an episode (clinical rule 6.2, step 3)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from fhir_trd.model.codes import Origin
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import days_between, shifted
from fhir_trd.model.records import Course, Diagnosis, Score
from fhir_trd.model.scales import Scale


class RemissionBlock(Struct, frozen=True):
    """A time without illness, long enough to separate two episodes."""

    first: date
    last: date
    origins: tuple[Origin, ...]


def last_remission_block(
    diagnoses: Sequence[Diagnosis],
    scores: Sequence[Score],
    treated: Sequence[date],
    scales: Mapping[str, Scale],
    conventions: Conventions,
) -> RemissionBlock | None:
    """The latest remission that the scores or the diagnoses show, or None; ``treated`` are the starts of antidepressants."""
    ill = sorted([*_signs_of_illness(diagnoses, scores, scales), *treated])
    blocks = [*_in_scores(scores, scales, conventions), *_in_diagnoses(diagnoses, ill, conventions)]
    return max(blocks, key=lambda block: (block.last, block.first), default=None)


def _in_scores(scores: Sequence[Score], scales: Mapping[str, Scale], conventions: Conventions) -> Iterable[RemissionBlock]:
    """Runs of scores that stay within the mild band, with enough of them in the remission range over enough days."""
    for run in _quiet_runs(sorted(scores, key=lambda score: (score.when.earliest, score.origin.resource)), scales):
        well = [score for score in run if score.value <= scales[score.scale].remission_at_most]
        if len(well) >= conventions.remission_scores and _long_enough(well[0].when.latest, well[-1].when.earliest, conventions):
            yield RemissionBlock(well[0].when.latest, well[-1].when.earliest, tuple(score.origin for score in well))


def _quiet_runs(scores: Sequence[Score], scales: Mapping[str, Scale]) -> list[list[Score]]:
    runs: list[list[Score]] = [[]]
    for score in scores:
        if score.value > scales[score.scale].mild_at_most:
            runs.append([])
        else:
            runs[-1].append(score)
    return runs


def _in_diagnoses(diagnoses: Sequence[Diagnosis], ill: Sequence[date], conventions: Conventions) -> Iterable[RemissionBlock]:
    """Diagnoses that are resolved or in full remission, up to the next sign of illness or treatment."""
    for diagnosis in diagnoses:
        began = _remitted_on(diagnosis)
        until = next((day for day in ill if began is not None and day > began), None)
        if began is not None and until is not None and _long_enough(began, until, conventions):
            yield RemissionBlock(began, shifted(until, -1), (diagnosis.origin,))


def _remitted_on(diagnosis: Diagnosis) -> date | None:
    if diagnosis.course in (Course.REMISSION, Course.RESOLVED) and diagnosis.abated:
        return diagnosis.abated.latest
    if diagnosis.remission == "full":
        recorded = diagnosis.recorded or diagnosis.onset
        return recorded.latest if recorded else None
    return None


def _signs_of_illness(diagnoses: Sequence[Diagnosis], scores: Sequence[Score], scales: Mapping[str, Scale]) -> Iterable[date]:
    yield from (score.when.earliest for score in scores if score.value > scales[score.scale].mild_at_most)
    yield from (diagnosis.onset.earliest for diagnosis in diagnoses if diagnosis.onset and diagnosis.remission != "full")


def _long_enough(first: date, last: date, conventions: Conventions) -> bool:
    return days_between(first, last) - 1 >= conventions.remission_block
