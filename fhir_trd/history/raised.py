"""The days on which a dose was well above the minimum, or as high as is recommended: whether a trial was optimised."""

from collections.abc import Iterable

from fhir_trd.history.exposures import Exposure
from fhir_trd.history.timeline import ANY_DOSE, Piece, Yardstick
from fhir_trd.model.dates import NO_DAYS, Days
from fhir_trd.model.truth import Truth


def raised_days(exposure: Exposure, yardstick: Yardstick) -> Days:
    """How many days of an exposure lay at such a dose; an unknown dose may have been one."""
    floor = _floor(exposure, yardstick)
    if floor is None:
        return NO_DAYS
    surely = (piece for piece in exposure.pieces if piece.at_minimum is Truth.YES and (piece.dose or ANY_DOSE).least >= floor)
    possibly = (piece for piece in exposure.pieces if piece.at_minimum is not Truth.NO and (piece.dose or ANY_DOSE).most >= floor)
    return Days(_length(surely), _length(possibly))


def _floor(exposure: Exposure, yardstick: Yardstick) -> float | None:
    """From which daily dose on a trial counts as raised: so much above the minimum, or the highest recommended dose if lower."""
    minimum = exposure.drug.minimum.get(yardstick.table)
    if minimum is None or not exposure.possibly:
        return None
    highest = exposure.drug.highest_dose_at(yardstick.age_on(exposure.start.earliest))
    raised = minimum * yardstick.raised_share
    return raised if highest is None else min(raised, highest)


def _length(pieces: Iterable[Piece]) -> int:
    return sum(piece.block.last - piece.block.first + 1 for piece in pieces)
