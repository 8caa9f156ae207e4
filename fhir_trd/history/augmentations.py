"""Drugs added to an antidepressant to make it work: were they enough, and did they help (clinical rule 3)?"""

from collections.abc import Sequence

from fhir_trd.history.endings import stop_reason_of
from fhir_trd.history.exposures import Exposure
from fhir_trd.history.outcomes import Window, outcomes_of
from fhir_trd.history.relations import overlap
from fhir_trd.model.blocks import longest_run, shared, total
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import Days
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import Score, StopReason
from fhir_trd.model.trials import Augmentation, AugmentationAnswer, Intent, Purpose, Response
from fhir_trd.model.truth import Truth, truth_of

FAILED = (Response.NON_RESPONSE, Response.PARTIAL)
STOPPED = {StopReason.LACK_OF_EFFICACY: Truth.YES, StopReason.PARTIAL: Truth.YES, StopReason.REMISSION: Truth.NO}
ANSWERS = {
    Truth.YES: AugmentationAnswer.ADEQUATE_FAILED,
    Truth.NO: AugmentationAnswer.ADEQUATE_RESPONDED,
    Truth.MAYBE: AugmentationAnswer.UNKNOWN,
}


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
    together = _days_together(trial, added, knowledge.conventions)
    failed = _failed(added, scores, knowledge)
    return Augmentation(
        drug=added.drug,
        start=added.start,
        end=added.end,
        max_dose=max(doses, default=None),
        overlap=overlap(trial, added),
        answer=_answer(added, intent, together, failed),
        evidence=tuple(supply.origin for supply in added.supplies),
        adequate=together,
        failed=failed,
    )


def _answer(added: Exposure, intent: Intent, together: Days, failed: Truth) -> AugmentationAnswer:
    if intent.purpose is Purpose.OTHER:
        return AugmentationAnswer.OTHER_INDICATION
    if not added.possibly:
        return AugmentationAnswer.INADEQUATE_DOSE
    needed = added.drug.adequate_days or 0
    if together.most < needed:
        return AugmentationAnswer.INADEQUATE_DURATION
    # What may have been given for something else, or too shortly, is not sure to have been an adequate augmentation.
    is_open = together.least < needed or intent.purpose is Purpose.UNKNOWN
    return AugmentationAnswer.UNKNOWN if is_open else ANSWERS[failed]


def _days_together(trial: Exposure, added: Exposure, conventions: Conventions) -> Days:
    """The longest run at an adequate dose of the agent while the antidepressant was at its minimum."""
    least = longest_run(shared(trial.surely, added.surely), conventions.adequate_break)
    return Days(least, longest_run(shared(trial.possibly, added.possibly), conventions.adequate_break))


def _failed(added: Exposure, scores: Sequence[Score], knowledge: Knowledge) -> Truth:
    """Whether it did not help: by the scores, else by the reason for which it was stopped (R-254)."""
    window = Window(start=added.start, first_day=added.first_at_minimum(), end=added.end)
    outcome = outcomes_of(window, scores, knowledge.scales, knowledge.conventions)[0]
    if outcome.response is not Response.UNKNOWN:
        return truth_of(outcome.response in FAILED, outcome.response in FAILED)
    stop = stop_reason_of(added, (), knowledge.conventions)
    if outcome.unsettled or stop.possible != (stop.reason,):
        return Truth.MAYBE
    return STOPPED.get(stop.reason, Truth.MAYBE) if stop.reason is not None else Truth.MAYBE
