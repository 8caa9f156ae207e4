"""ECT as the staging models count it: used in the episode, a whole course of it, on both sides, and whether it helped."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import shifted
from fhir_trd.model.records import Score, Treatment
from fhir_trd.model.staging import EctRules
from fhir_trd.model.trials import History
from fhir_trd.model.truth import Truth, all_of, any_of, truth_of

ECT, BILATERAL, UNILATERAL = "ect", "bilateral", "unilateral"
OPPOSITE = {Truth.YES: Truth.NO, Truth.NO: Truth.YES, Truth.MAYBE: Truth.MAYBE}
Placed = tuple[Treatment, Truth]
"""A record of ECT, and whether it lies in the days that count."""


class Shocks(Struct, frozen=True):
    """What the records of ECT come to: ``used`` in vain, a ``course`` in vain, a ``bilateral`` course in vain."""

    records: int = 0
    used: Truth = Truth.NO
    course: Truth = Truth.NO
    bilateral: Truth = Truth.NO
    evidence: tuple[Origin, ...] = ()


def shocks_of(placed: Sequence[Placed], sessions: int, helped: Truth = Truth.NO) -> Shocks:
    """What records of ECT come to where so many sessions are a course; ``helped`` says whether remission followed."""
    held = [(one, within) for one, within in placed if within is not Truth.NO]
    in_vain = OPPOSITE[helped]
    both = [(one, within) for one, within in held if one.side != UNILATERAL]
    surely_both = [(one, within) for one, within in held if one.side == BILATERAL]
    return Shocks(
        records=len(held),
        used=all_of((in_vain, any_of(within for _, within in held))),
        course=all_of((in_vain, truth_of(_is_course(held, sessions), bool(held)))),
        bilateral=all_of((in_vain, truth_of(_is_course(surely_both, sessions), bool(both)))),
        evidence=tuple(one.origin for one, _ in held),
    )


def ect_of_episode(history: History) -> tuple[Placed, ...]:
    """Every record of ECT, and whether it lies in the current episode; one of an earlier episode counts for nothing."""
    held = [treatment for treatment in history.treatments if treatment.kind == ECT]
    return tuple((treatment, history.episode.holds(treatment.start, treatment.end)) for treatment in held)


def ect_helped(placed: Iterable[Placed], scores: Iterable[Score], rules: EctRules) -> Truth:
    """Whether a remission on any scale followed the last session; where no score tells, the episode that went on says no."""
    ends = [one.end for one, within in placed if within is not Truth.NO]
    if not ends:
        return Truth.NO
    first, last = max(end.earliest for end in ends), max(end.latest for end in ends)
    limits = dict(rules.remission)
    well = [score.when for score in scores if score.value <= limits[score.scale]]
    surely = any(when.earliest >= last and when.latest <= shifted(first, rules.remission_within) for when in well)
    possibly = any(when.latest >= first and when.earliest <= shifted(last, rules.remission_within) for when in well)
    return truth_of(surely, possibly)


def _is_course(placed: Iterable[Placed], sessions: int) -> bool:
    """Whether the records surely are a course: sessions on so many days. One record may be a course, or one session."""
    return len({one.start for one, within in placed if within is Truth.YES and one.start.is_exact}) >= sessions
