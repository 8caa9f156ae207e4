"""The current episode of depression: when it began (clinical rule 6.2, R20) and where a trial lies with respect to it (R13)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from fhir_trd.history.exposures import Exposure
from fhir_trd.history.remission import RemissionBlock, last_remission_block
from fhir_trd.model.blocks import Blocks, before, since, total
from fhir_trd.model.codes import Origin
from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import When, shifted
from fhir_trd.model.records import Course, Diagnosis, Score
from fhir_trd.model.scales import Scale
from fhir_trd.model.trials import Episode, Place
from fhir_trd.model.truth import Truth, at_least

UNKNOWN_EPISODE = Episode(None, "unknown", "no diagnosis, score or antidepressant tells when the episode began")


class Clues(Struct, frozen=True):
    """What tells when an episode began: depression diagnoses, scores, and exposures meant for depression."""

    diagnoses: tuple[Diagnosis, ...]
    scores: tuple[Score, ...]
    treated: tuple[Exposure, ...]
    as_of: date


class Sign(Struct, frozen=True):
    """Something that shows illness or its treatment: when it begins, until when it lasts, and where it is recorded."""

    begins: When
    lasts: date
    origin: Origin


def current_episode(clues: Clues, scales: Mapping[str, Scale], conventions: Conventions) -> Episode:
    """The start of the current episode: documented, else rebuilt from scores, else inferred from first records, else unknown."""
    treated = [exposure.start.earliest for exposure in clues.treated if not exposure.is_undated]
    block = last_remission_block(clues.diagnoses, clues.scores, treated, scales, conventions)
    documented = _documented(clues, conventions)
    if documented is not None and not _is_stale(documented, clues, block, conventions):
        return documented
    return _after_remission(clues, scales, block, documented) or documented or _inferred(clues, conventions) or UNKNOWN_EPISODE


def place_of(exposure: Exposure, episode: Episode, conventions: Conventions) -> Place:
    """Where an exposure lies with respect to the current episode."""
    if episode.start is None:
        return Place.UNKNOWN
    if exposure.start.earliest >= shifted(episode.start.latest, -conventions.episode_lead):
        return Place.CURRENT
    begins_too_early = exposure.start.latest < shifted(episode.start.earliest, -conventions.episode_lead)
    return Place.PREVIOUS if begins_too_early and exposure.end.latest < episode.start.earliest else Place.STRADDLES


def is_breakthrough(exposure: Exposure, episode: Episode, conventions: Conventions) -> Truth:
    """Whether the person fell ill while on the drug: long enough at the minimum dose before the episode began (R13)."""
    if episode.start is None:
        return Truth.NO
    least = total(before(exposure.surely, episode.start.earliest.toordinal()))
    most = total(before(exposure.possibly, episode.start.latest.toordinal()))
    return at_least(conventions.breakthrough, least, most)


def days_inside(
    exposure: Exposure, days: tuple[Blocks, Blocks], place: Place, episode: Episode, conventions: Conventions
) -> tuple[Blocks, Blocks]:
    """Of the days given, those that surely, and those that possibly, lie in the current episode."""
    surely, possibly = days
    if place is Place.CURRENT or episode.start is None:
        return surely, possibly
    if place is Place.PREVIOUS:
        return (), ()
    may_be_current = exposure.start.latest >= shifted(episode.start.earliest, -conventions.episode_lead)
    widest = possibly if may_be_current else since(possibly, episode.start.earliest.toordinal())
    return since(surely, episode.start.latest.toordinal()), widest


def optimised_days(exposure: Exposure, episode: Episode) -> Blocks:
    """The days of a breakthrough drug on which its dose was higher than when the episode began."""
    assert episode.start is not None, "a breakthrough needs an episode"
    began = episode.start.earliest.toordinal()
    doses = [piece.dose.most for piece in exposure.pieces if piece.dose is not None and piece.block.first <= began]
    highest = max(doses, default=None)
    if highest is None:
        return ()
    raised = tuple(piece.block for piece in exposure.pieces if piece.dose is not None and piece.dose.least > highest)
    return since(raised, episode.start.latest.toordinal())


def _documented(clues: Clues, conventions: Conventions) -> Episode | None:
    """The onset of an active diagnosis; of several, the latest that is not after the first drug of the current phase (R20)."""
    active = [diagnosis for diagnosis in clues.diagnoses if diagnosis.course is Course.ACTIVE and diagnosis.remission != "full"]
    dated = sorted(
        ((diagnosis.onset, diagnosis) for diagnosis in active if diagnosis.onset),
        key=lambda pair: (pair[0].earliest, pair[0].latest),
    )
    if not dated:
        return None
    first_drug = _first_of_phase(clues, conventions)
    fitting = [pair for pair in dated if first_drug is None or pair[0].earliest <= first_drug]
    onset, diagnosis = fitting[-1] if fitting else dated[0]
    return Episode(onset, "documented", "onset of the active diagnosis", (diagnosis.origin,))


def _first_of_phase(clues: Clues, conventions: Conventions) -> date | None:
    """The start of the first of the drugs that follow one another up to now without a long pause."""
    first: date | None = None
    for exposure in sorted(clues.treated, key=lambda exposure: exposure.start.earliest, reverse=True):
        if first is not None and (first - exposure.end.latest).days > conventions.quiet_before_episode:
            break
        first = exposure.start.earliest if first is None else min(first, exposure.start.earliest)
    return first


def _is_stale(documented: Episode, clues: Clues, block: RemissionBlock | None, conventions: Conventions) -> bool:
    """Whether the onset is that of an earlier episode: years before the treatment, with a remission in between."""
    first_drug = _first_of_phase(clues, conventions)
    if first_drug is None or block is None or documented.start is None:
        return False
    is_old = (first_drug - documented.start.latest).days > conventions.stale_onset
    return is_old and documented.start.latest < block.first and block.last <= first_drug


def _after_remission(
    clues: Clues, scales: Mapping[str, Scale], block: RemissionBlock | None, documented: Episode | None
) -> Episode | None:
    """The first sign of illness after the last remission: a score above mild, or an antidepressant."""
    if block is None:
        return None
    ill = [Sign(score.when, score.when.latest, score.origin) for score in clues.scores if _is_ill(score, scales)]
    signs = [sign for sign in _in_order([*ill, *_treatments(clues)]) if sign.begins.earliest > block.last]
    if not signs:
        return None
    because = f"first sign of illness after the remission of {block.first} to {block.last}"
    if documented is not None and documented.start is not None:
        because += f"; the recorded onset of {documented.start.earliest} belongs to an earlier episode"
    return Episode(signs[0].begins, "scores", because, (signs[0].origin, *block.origins))


def _is_ill(score: Score, scales: Mapping[str, Scale]) -> bool:
    return score.value > scales[score.scale].mild_at_most


def _inferred(clues: Clues, conventions: Conventions) -> Episode | None:
    """The last first record (a diagnosis or an antidepressant) that a long quiet time precedes."""
    covered_to: date | None = None
    start: Episode | None = None
    for sign in _in_order([*_records(clues.diagnoses), *_treatments(clues)]):
        if covered_to is None or (sign.begins.earliest - covered_to).days > conventions.quiet_before_episode:
            start = Episode(sign.begins, "inferred", "first diagnosis or antidepressant after a long quiet time", (sign.origin,))
        covered_to = sign.lasts if covered_to is None else max(covered_to, sign.lasts)
    return start


def _records(diagnoses: Sequence[Diagnosis]) -> Iterable[Sign]:
    """The diagnoses, each on its onset or else on the day it was recorded."""
    dated = ((diagnosis.onset or diagnosis.recorded, diagnosis.origin) for diagnosis in diagnoses)
    return (Sign(when, when.latest, origin) for when, origin in dated if when is not None)


def _treatments(clues: Clues) -> Iterable[Sign]:
    """The exposures meant for depression, from their start until their end."""
    dated = (exposure for exposure in clues.treated if not exposure.is_undated)
    return (Sign(exposure.start, exposure.end.latest, exposure.supplies[0].origin) for exposure in dated)


def _in_order(signs: Iterable[Sign]) -> list[Sign]:
    return sorted(signs, key=lambda sign: (sign.begins.earliest, sign.begins.latest, sign.lasts, sign.origin.resource))
