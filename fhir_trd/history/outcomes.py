"""What the scores say about a trial: baseline, endpoint window, best sustained result (clinical rules 5.2–5.5, R14–R16)."""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct, structs

from fhir_trd.model.conventions import Conventions
from fhir_trd.model.dates import When, shifted
from fhir_trd.model.records import Score
from fhir_trd.model.scales import Scale, improvement_percent, total_at_improvement
from fhir_trd.model.trials import Outcome, Response

KNOWN = (Response.REMISSION, Response.RESPONSE, Response.PARTIAL, Response.NON_RESPONSE)


class Window(Struct, frozen=True, kw_only=True):
    """The days that frame a trial: its start, day 1 at the minimum dose, its end, and what else began meanwhile.

    ``next_starts`` are the starts of later antidepressant trials, ``confounders`` those of other treatments during it.
    """

    start: When
    first_day: When
    end: When
    next_starts: tuple[When, ...] = ()
    confounders: tuple[When, ...] = ()


class Rated(Struct, frozen=True):
    """The scores on one scale, the one a trial began with, and whether that is the same for every possible start."""

    scale: Scale
    scores: Sequence[Score]
    baseline: Score | None
    is_clear: bool


def outcomes_of(
    window: Window, scores: Sequence[Score], scales: Mapping[str, Scale], conventions: Conventions
) -> tuple[Outcome, ...]:
    """The outcome of a trial for each day on which an endpoint window opens, earliest opening first."""
    ranked = sorted({score.scale for score in scores}, key=lambda scale: (scales[scale].priority, scale))
    by_scale = [_rated(window, scales[scale], [one for one in scores if one.scale == scale], conventions) for scale in ranked]
    return tuple(_outcome(opens_on, window, by_scale, conventions) for opens_on in conventions.endpoint_opens)


def loses_response(outcome: Outcome, window: Window, scores: Sequence[Score], conventions: Conventions) -> bool:
    """Whether a response was lost again while still on the drug (5.3: late loss)."""
    if outcome.response not in (Response.RESPONSE, Response.REMISSION) or outcome.baseline is None or outcome.endpoint is None:
        return False
    limit = shifted(window.first_day.latest, conventions.endpoint_last_day - 1)
    gain = outcome.baseline.value - outcome.endpoint.value
    late = [
        score for score in scores if score.scale == outcome.baseline.scale and limit < score.when.earliest <= window.end.earliest
    ]
    return any(score.value - outcome.endpoint.value >= conventions.lost_share * gain for score in late)


def _rated(window: Window, scale: Scale, scores: Sequence[Score], conventions: Conventions) -> Rated:
    return Rated(scale, scores, *_baseline(window, scores, conventions))


def _outcome(opens_on: int, window: Window, by_scale: Sequence[Rated], conventions: Conventions) -> Outcome:
    """The first scale, in order of priority, that knows; else the most telling reason why none does."""
    outcomes = [_on_scale(opens_on, window, rated, conventions) for rated in by_scale]
    known = [outcome for outcome in outcomes if outcome.response in KNOWN]
    telling = [outcome for outcome in outcomes if outcome.because != "outcome_unknown"]
    nothing = Outcome(opens_on=opens_on, response=Response.UNKNOWN, because="outcome_unknown")
    return (known or telling or outcomes or [nothing])[0]


def _on_scale(opens_on: int, window: Window, rated: Rated, conventions: Conventions) -> Outcome:
    unknown = Outcome(opens_on=opens_on, response=Response.UNKNOWN, because="outcome_unknown")
    baseline = rated.baseline
    endpoints, endpoints_are_clear = _endpoints(opens_on, window, rated.scores, conventions)
    if not endpoints_are_clear or not rated.is_clear:
        return structs.replace(unknown, unsettled=True, baseline=baseline)
    before = _before_confounders(endpoints, window, conventions, latest=False)
    if before != _before_confounders(endpoints, window, conventions, latest=True):
        return structs.replace(unknown, because="outcome_confounded", unsettled=True, baseline=baseline)
    if endpoints and not before:
        return structs.replace(unknown, because="outcome_confounded", unsettled=True, baseline=baseline, endpoint=endpoints[-1])
    if not before:
        return structs.replace(unknown, baseline=baseline)
    return _best_sustained(unknown, rated.scale, baseline, before, conventions)


def _best_sustained(
    unknown: Outcome, scale: Scale, baseline: Score | None, endpoints: Sequence[Score], conventions: Conventions
) -> Outcome:
    """Remission, else response, if no later score soon contradicts it; else what the last score shows."""
    judged = structs.replace(unknown, because="", baseline=baseline)
    has_percent = baseline is not None and scale.percent and baseline.value >= scale.floor and baseline.value > 0
    remitted = [score for score in endpoints if score.value <= scale.remission_at_most]
    for score in _uncontradicted(remitted, endpoints, scale.remission_at_most, conventions):
        percent = improvement_percent(baseline.value, score.value) if baseline and has_percent else None
        return structs.replace(judged, response=Response.REMISSION, endpoint=score, improvement=percent)
    if baseline is None or not has_percent:
        because = "low_baseline" if baseline is not None and scale.percent else "outcome_unknown"
        return structs.replace(unknown, because=because, baseline=baseline, endpoint=endpoints[-1])
    enough = total_at_improvement(baseline.value, conventions.response_percent)
    responded = [score for score in endpoints if score.value <= enough]
    best = _uncontradicted(responded, endpoints, enough, conventions)
    chosen = best[0] if best else endpoints[-1]
    percent = improvement_percent(baseline.value, chosen.value)
    return structs.replace(judged, response=_named(percent, bool(best), conventions), endpoint=chosen, improvement=percent)


def _named(percent: float, is_sustained: bool, conventions: Conventions) -> Response:
    if is_sustained:
        return Response.RESPONSE
    return Response.PARTIAL if percent >= conventions.partial_percent else Response.NON_RESPONSE


def _uncontradicted(reached: Sequence[Score], window: Sequence[Score], limit: float, conventions: Conventions) -> list[Score]:
    """The scores that no score within the next days of the same window contradicts (R16)."""
    return [score for score in reached if not any(_contradicts(later, score, limit, conventions) for later in window)]


def _contradicts(later: Score, score: Score, limit: float, conventions: Conventions) -> bool:
    soon = score.when.latest < later.when.earliest <= shifted(score.when.latest, conventions.contradicted_within)
    return soon and later.value > limit


def _baseline(window: Window, scores: Sequence[Score], conventions: Conventions) -> tuple[Score | None, bool]:
    """The score nearest to the start, the earlier on a tie; and whether it is the same for every possible start."""
    before, after = conventions.baseline_before, conventions.baseline_after
    sure = (shifted(window.start.latest, -before), shifted(window.start.earliest, after))
    wide = (shifted(window.start.earliest, -before), shifted(window.start.latest, after))
    inside = [score for score in scores if _surely_in(score, *sure)]
    possible = [score for score in scores if _possibly_in(score, *wide)]
    nearest = [min(inside, key=lambda score: _distance(score, day), default=None) for day in _extremes(window.start)]
    is_clear = len(inside) == len(possible) and _can_be_ordered(possible) and nearest[0] is nearest[-1]
    return nearest[0], is_clear


def _endpoints(opens_on: int, window: Window, scores: Sequence[Score], conventions: Conventions) -> tuple[list[Score], bool]:
    """The scores in the endpoint window, in order; and whether they are the same for every possible start and end (R16)."""
    sure = (shifted(window.first_day.latest, conventions.endpoint_opens[0] - 1), _closes(window, conventions, latest=False))
    wide = (shifted(window.first_day.earliest, conventions.endpoint_opens[0] - 1), _closes(window, conventions, latest=True))
    inside = sorted((score for score in scores if _surely_in(score, *sure)), key=_order)
    possible = [score for score in scores if _possibly_in(score, *wide)]
    later = [score for score in inside if score.when.earliest >= shifted(window.first_day.latest, opens_on - 1)]
    perhaps = [score for score in inside if score.when.latest >= shifted(window.first_day.earliest, opens_on - 1)]
    is_clear = len(inside) == len(possible) and len(later) == len(perhaps) and _can_be_ordered(inside)
    return later or inside, is_clear


def _can_be_ordered(scores: Sequence[Score]) -> bool:
    """Whether it is known which score came before which: a vague date leaves that open, and so do two totals of one day."""
    days = {score.when for score in scores}
    return len(scores) <= 1 or (len(days) == len(scores) and all(day.is_exact for day in days))


def _extremes(when: When) -> tuple[date, date]:
    return (when.earliest, when.latest)


def _closes(window: Window, conventions: Conventions, latest: bool) -> date:
    """The last day of the endpoint window, for the latest or the earliest of all possible dates."""
    ends = [
        shifted(_one_end(window.end, latest), conventions.endpoint_after_end),
        shifted(_one_end(window.first_day, latest), conventions.endpoint_last_day - 1),
        *(shifted(_one_end(start, latest), conventions.endpoint_after_end) for start in window.next_starts),
    ]
    return min(ends)


def _one_end(when: When, latest: bool) -> date:
    return when.latest if latest else when.earliest


def _before_confounders(endpoints: Sequence[Score], window: Window, conventions: Conventions, *, latest: bool) -> list[Score]:
    """The endpoints that no second treatment can explain: taken before it began or within the days of grace (5.3)."""
    if not window.confounders:
        return list(endpoints)
    limit = shifted(min(_one_end(start, latest) for start in window.confounders), conventions.confounder_grace)
    return [score for score in endpoints if _one_end(score.when, not latest) <= limit]


def _surely_in(score: Score, first: date, last: date) -> bool:
    return first <= score.when.earliest and score.when.latest <= last


def _possibly_in(score: Score, first: date, last: date) -> bool:
    return score.when.latest >= first and score.when.earliest <= last


def _distance(score: Score, start: date) -> tuple[int, date, str]:
    return (abs((score.when.earliest - start).days), score.when.earliest, score.origin.resource)


def _order(score: Score) -> tuple[date, str]:
    return (score.when.earliest, score.origin.resource)
