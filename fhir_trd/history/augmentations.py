"""Drugs added to an antidepressant to make it work: were they enough, and did they help (clinical rule 3)?"""

from collections.abc import Sequence

from fhir_trd.history.exposures import Exposure
from fhir_trd.history.outcomes import Window, outcomes_of
from fhir_trd.history.relations import overlap
from fhir_trd.model.blocks import longest_run, shared, total
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import Days
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import Score
from fhir_trd.model.trials import Augmentation, AugmentationAnswer, Intent, Outcome, Purpose, Response

FAILED = (Response.NON_RESPONSE, Response.PARTIAL)


def augmentations_of(
    trial: Exposure, added: Sequence[tuple[Exposure, Intent]], scores: Sequence[Score], knowledge: Knowledge
) -> tuple[Augmentation, ...]:
    """The augmentations of one trial: agents that ran beside it, at its minimum dose, for long enough."""
    near = [(exposure, intent) for exposure, intent in added if _runs_beside(trial, exposure, knowledge.conventions)]
    return tuple(_augmentation(trial, exposure, intent, scores, knowledge) for exposure, intent in near)


def _runs_beside(trial: Exposure, added: Exposure, conventions: Conventions) -> bool:
    return total(shared(trial.possibly, added.taken_possibly)) >= conventions.augmentation_overlap


def _augmentation(
    trial: Exposure, added: Exposure, intent: Intent, scores: Sequence[Score], knowledge: Knowledge
) -> Augmentation:
    doses = [piece.dose.most for piece in added.pieces if piece.dose is not None]
    return Augmentation(
        drug=added.drug,
        start=added.start,
        end=added.end,
        max_dose=max(doses, default=None),
        overlap=overlap(trial, added),
        answer=_answer(trial, added, intent, scores, knowledge),
        evidence=tuple(supply.origin for supply in added.supplies),
    )


def _answer(
    trial: Exposure, added: Exposure, intent: Intent, scores: Sequence[Score], knowledge: Knowledge
) -> AugmentationAnswer:
    if intent.purpose is Purpose.OTHER:
        return AugmentationAnswer.OTHER_INDICATION
    if not added.possibly:
        return AugmentationAnswer.INADEQUATE_DOSE
    needed = added.drug.adequate_days or 0
    run = _days_together(trial, added, knowledge.conventions)
    if run.most < needed:
        return AugmentationAnswer.INADEQUATE_DURATION
    return _by_outcome(_outcome(added, scores, knowledge)) if run.least >= needed else AugmentationAnswer.UNKNOWN


def _days_together(trial: Exposure, added: Exposure, conventions: Conventions) -> Days:
    """The longest run at an adequate dose of the agent while the antidepressant was at its minimum."""
    least = longest_run(shared(trial.surely, added.surely), conventions.adequate_break)
    return Days(least, longest_run(shared(trial.possibly, added.possibly), conventions.adequate_break))


def _outcome(added: Exposure, scores: Sequence[Score], knowledge: Knowledge) -> Outcome:
    window = Window(start=added.start, first_day=added.first_at_minimum(), end=added.end)
    return outcomes_of(window, scores, knowledge.scales, knowledge.conventions)[0]


def _by_outcome(outcome: Outcome) -> AugmentationAnswer:
    if outcome.response in FAILED:
        return AugmentationAnswer.ADEQUATE_FAILED
    return AugmentationAnswer.UNKNOWN if outcome.response is Response.UNKNOWN else AugmentationAnswer.ADEQUATE_RESPONDED
