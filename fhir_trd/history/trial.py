"""One exposure of an antidepressant, put into its context: the trial."""

from collections.abc import Sequence
from datetime import date
from math import inf

from msgspec import Struct, structs

from fhir_trd.history.augmentations import augmentations_of
from fhir_trd.history.endings import adherence_of, stop_reason_of
from fhir_trd.history.episodes import days_inside, is_breakthrough, optimised_days, place_of
from fhir_trd.history.exposures import Exposure, exposed_days, run_in
from fhir_trd.history.outcomes import Window, loses_response, outcomes_of
from fhir_trd.history.raised import raised_days
from fhir_trd.history.relations import Joint, alone, joint_periods, relation_of
from fhir_trd.history.surroundings import confounders_of, window_of
from fhir_trd.history.timeline import ANY_DOSE, STRENGTH, Yardstick
from fhir_trd.model.blocks import Blocks, shared, total
from fhir_trd.model.codes import Origin
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import Days, When, on
from fhir_trd.model.drugs import Role
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import Reaction, Score, StopReason
from fhir_trd.model.trials import Augmentation, Episode, Intent, Outcome, Place, Purpose, Response, Segment, Trial
from fhir_trd.model.truth import Truth


class Meant(Struct, frozen=True):
    """An exposure, and what it was meant for."""

    exposure: Exposure
    intent: Intent

    @property
    def is_oral(self) -> bool:
        """Whether every record of it is of an oral form."""
        return all(supply.oral for supply in self.exposure.supplies)

    @property
    def is_candidate(self) -> bool:
        """Whether it is an oral antidepressant that is not for another purpose, so that it stands in relation to others."""
        drug = self.exposure.drug
        return drug.role is Role.ANTIDEPRESSANT and self.is_oral and drug.can_count and self.intent.purpose is not Purpose.OTHER


class Context(Struct, frozen=True):
    """What all trials of a patient share: other exposures, agents added, the episode, scores, starts of other treatments."""

    candidates: tuple[Exposure, ...]
    added: tuple[tuple[Exposure, Intent], ...]
    episode: Episode
    scores: tuple[Score, ...]
    other_treatments: tuple[When, ...]
    reactions: tuple[Reaction, ...]
    knowledge: Knowledge
    yardstick: Yardstick


class Count(Struct, frozen=True):
    """The days of one exposure, and where they lie."""

    adequate: Days
    countable: Days
    inside: Days
    place: Place
    breakthrough: Truth


def trial_of(one: Meant, context: Context) -> Trial:
    """The trial that an exposure is, with everything a criteria set may ask of it."""
    exposure, conventions = one.exposure, context.knowledge.conventions
    joints = joint_periods(exposure, context.candidates, conventions) if one.is_candidate else ()
    count = _count(exposure, joints, context)
    stop = stop_reason_of(exposure, context.reactions, conventions)
    augmentations = augmentations_of(exposure, context.added, context.scores, context.knowledge)
    outcomes, lost = _outcomes(exposure, _window(exposure, augmentations, count, context), stop.reason, context)
    return Trial(
        id=exposure.id,
        drug=exposure.drug,
        start=exposure.start,
        end=exposure.end,
        ongoing=exposure.ongoing,
        segments=_segments(exposure),
        max_dose=_max_dose(exposure),
        exposed=exposed_days(exposure),
        at_minimum=Days(total(exposure.surely), total(exposure.possibly)),
        adequate=count.adequate,
        countable=count.countable,
        inside=count.inside,
        first_at_minimum=exposure.first_at_minimum() if exposure.reaches_minimum else None,
        oral=one.is_oral,
        intent=one.intent,
        strongest=min((supply.kind for supply in exposure.supplies), key=lambda kind: STRENGTH[kind]),
        adherence=adherence_of(exposure, conventions),
        relation=relation_of(exposure, context.candidates, joints, conventions),
        place=count.place,
        breakthrough=count.breakthrough,
        outcomes=outcomes,
        augmentations=augmentations,
        stop_reason=stop.reason,
        possible_stops=stop.possible,
        loss_of_response=lost,
        doubts=_doubts(exposure, joints),
        notes=_notes(exposure),
        sources=_sources(exposure, stop.evidence),
        surely_one=exposure.surely_one,
        raised=raised_days(exposure, context.yardstick),
    )


def _count(exposure: Exposure, joints: Sequence[Joint], context: Context) -> Count:
    """The days of an exposure: at the minimum dose, without combinations, and of these the ones in the current episode."""
    conventions = context.knowledge.conventions
    days = alone(exposure, joints)
    adequate = exposure.adequate_run(conventions.adequate_break)
    countable = run_in(*days, conventions.adequate_break) if joints else adequate
    place = place_of(exposure, context.episode, conventions)
    breakthrough = is_breakthrough(exposure, context.episode, conventions)
    is_whole = place in (Place.CURRENT, Place.UNKNOWN)
    inside = countable if is_whole else _inside(exposure, days, place, breakthrough, context)
    return Count(adequate, countable, inside, place, breakthrough)


def _inside(exposure: Exposure, days: tuple[Blocks, Blocks], place: Place, breakthrough: Truth, context: Context) -> Days:
    """The countable days of the current episode; of a breakthrough drug only those after it was raised (R13)."""
    surely, possibly = days_inside(exposure, days, place, context.episode, context.knowledge.conventions)
    if breakthrough is not Truth.NO:
        raised = optimised_days(exposure, context.episode)
        # Where both dates are vague, any trial may be a breakthrough: that alone is no proof.
        is_proven = breakthrough is Truth.YES or _is_exact(context.episode) or exposure.start.is_exact
        surely = shared(surely, raised) if is_proven else surely
        possibly = shared(possibly, raised) if breakthrough is Truth.YES else possibly
    return run_in(surely, possibly, context.knowledge.conventions.adequate_break)


def _is_exact(episode: Episode) -> bool:
    return episode.start is not None and episode.start.is_exact


def _window(exposure: Exposure, augmentations: Sequence[Augmentation], count: Count, context: Context) -> Window:
    """The days that frame the scores of a trial; of a breakthrough drug those since it was raised in the episode (R13)."""
    confounders = confounders_of(exposure, context.other_treatments, augmentations)
    window = window_of(exposure, context.candidates, confounders, context.knowledge.conventions)
    raised = optimised_days(exposure, context.episode) if count.breakthrough is Truth.YES else ()
    if not raised:
        return window
    first = on(date.fromordinal(raised[0].first))
    return structs.replace(window, start=first, first_day=first)


def _outcomes(
    exposure: Exposure, window: Window, stop_reason: StopReason | None, context: Context
) -> tuple[tuple[Outcome, ...], bool]:
    """The outcomes of a trial, and whether a response was lost. What may be two courses has none: each has its own scores."""
    conventions = context.knowledge.conventions
    scores = context.scores if exposure.surely_one else ()
    found = outcomes_of(window, scores, context.knowledge.scales, conventions)
    outcomes = tuple(_unless_in_conflict(outcome, stop_reason, conventions) for outcome in found)
    return outcomes, any(loses_response(outcome, window, context.scores, conventions) for outcome in outcomes)


def _unless_in_conflict(outcome: Outcome, stop_reason: StopReason | None, conventions: Conventions) -> Outcome:
    """The outcome, or an unknown one where the scores and the stated reason lie too far apart (5.5). Remission stands."""
    if outcome.improvement is None or outcome.response in (Response.REMISSION, Response.UNKNOWN):
        return outcome
    too_good = outcome.improvement >= conventions.response_percent + conventions.conflict_percent
    not_partial = too_good or outcome.improvement <= conventions.partial_percent - conventions.conflict_percent
    not_well = outcome.improvement <= conventions.response_percent - conventions.conflict_percent
    in_conflict = {StopReason.LACK_OF_EFFICACY: too_good, StopReason.PARTIAL: not_partial, StopReason.REMISSION: not_well}
    if stop_reason is not None and in_conflict.get(stop_reason, False):
        return structs.replace(outcome, response=Response.UNKNOWN, because="outcome_conflict", unsettled=True)
    return outcome


def _segments(exposure: Exposure) -> tuple[Segment, ...]:
    rows = {Segment(stretch.start, stretch.end, stretch.dose) for stretch in exposure.stretches}
    return tuple(sorted(rows, key=_segment_order))


def _segment_order(row: Segment) -> tuple[date, date, date, date, float, float]:
    dose = row.dose or ANY_DOSE
    return (row.start.earliest, row.start.latest, row.end.earliest, row.end.latest, dose.least, dose.most)


def _max_dose(exposure: Exposure) -> float | None:
    doses = [piece.dose.most for piece in exposure.pieces if piece.dose is not None and piece.dose.most < inf]
    return max(doses, default=None)


def _doubts(exposure: Exposure, joints: Sequence[Joint]) -> tuple[str, ...]:
    found = {doubt for piece in exposure.pieces if piece.at_minimum is Truth.MAYBE for doubt in piece.doubts}
    if any(joint.possibly != joint.surely for joint in joints):
        found.add("combination")
    return tuple(sorted(found))


def _notes(exposure: Exposure) -> tuple[str, ...]:
    notes = {note for supply in exposure.supplies for note in supply.notes}
    return tuple(sorted(notes | set(exposure.drug.notes)))


def _sources(exposure: Exposure, stop_evidence: Sequence[Origin]) -> tuple[Origin, ...]:
    return tuple(dict.fromkeys((*(supply.origin for supply in exposure.supplies), *stop_evidence)))
