"""What surrounds a trial in time: later antidepressants that close its endpoint window, other treatments that confound it."""

from collections.abc import Iterable, Sequence
from datetime import date

from fhir_trd.history.exposures import Exposure
from fhir_trd.history.outcomes import Window
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import When, days_between
from fhir_trd.model.records import Treatment
from fhir_trd.model.trials import Augmentation, AugmentationAnswer


def window_of(exposure: Exposure, others: Iterable[Exposure], confounders: Sequence[When], conventions: Conventions) -> Window:
    """The frame in which the scores of one exposure are judged."""
    return Window(
        start=exposure.start,
        first_day=exposure.first_at_minimum(),
        end=exposure.end,
        next_starts=tuple(_closing(exposure, other, conventions) for other in others if _may_close(exposure, other, conventions)),
        confounders=tuple(confounders),
    )


def confounders_of(exposure: Exposure, treatments: Sequence[When], augmentations: Sequence[Augmentation]) -> tuple[When, ...]:
    """The starts of other treatments that may lie in an exposure; what began before it or with it is part of its background.

    One that may have begun before, or not until after it, is at the latest never.
    """
    added = (one.start for one in augmentations if one.answer is not AugmentationAnswer.OTHER_INDICATION)
    may_lie = [
        start
        for start in (*treatments, *added)
        if exposure.start.earliest < start.latest and start.earliest <= exposure.end.latest
    ]
    return tuple(start if _surely_lies(start, exposure) else When(start.earliest, date.max) for start in may_lie)


def _surely_lies(start: When, exposure: Exposure) -> bool:
    return exposure.start.latest < start.earliest and start.latest <= exposure.end.latest


def course_starts(treatments: Sequence[Treatment], longest_gap: int) -> tuple[When, ...]:
    """The starts of courses: a session that no session of the same kind shortly precedes."""
    return tuple(one.start for one in treatments if not any(_continues(one, other, longest_gap) for other in treatments))


def _continues(session: Treatment, other: Treatment, longest_gap: int) -> bool:
    if other.kind != session.kind or other.start.earliest >= session.start.earliest:
        return False
    return days_between(other.end.latest, session.start.earliest) - 1 <= longest_gap


def _may_close(exposure: Exposure, other: Exposure, conventions: Conventions) -> bool:
    """Whether another antidepressant may end the window: a later one, at its minimum, that lasts long enough (R12)."""
    if other.start.latest <= exposure.start.earliest or other.drug.ingredient == exposure.drug.ingredient:
        return False
    lasts = days_between(other.start.earliest, other.end.latest) >= conventions.next_trial_at_least
    return lasts and other.reaches_minimum and not other.is_undated


def _closing(exposure: Exposure, other: Exposure, conventions: Conventions) -> When:
    """When it closes the window; never, at the latest, if it is not sure to be a later trial that lasts long enough."""
    surely_lasts = days_between(other.start.latest, other.end.earliest) >= conventions.next_trial_at_least
    is_later = other.start.earliest > exposure.start.latest
    return other.start if other.surely and surely_lasts and is_later else When(other.start.earliest, date.max)
