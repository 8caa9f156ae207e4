"""How much of a drug was handed out or may be, and for how many days."""

from functools import lru_cache

from msgspec import Struct

from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.timing import whole_days
from fhir_trd.fhir.slices import DispenseRequest, Quantity
from fhir_trd.fhir.slices_repair import ABSENT, Flaw, element


class Allowance(Struct, frozen=True):
    """Days and pieces, all fills together; ``one_fill`` are the days of one. ``impossible`` are paths of amounts of zero or
    less, taken as unknown.
    """

    days: int | None = None
    pieces: float | None = None
    impossible: tuple[str, ...] = ()
    flaws: tuple[tuple[str, Flaw], ...] = ()
    one_fill: int | None = None

    def covers(self, longest: int, path: str, margin: Margin) -> int | None:
        """The days it lasts; unknown, with a note, where one fill would last longer than any does."""
        if self.one_fill is None or self.one_fill <= longest:
            return self.days
        margin.note("absurd-supply", path, "more days than one supply can last", "days taken as unknown")
        return None

    def note_in(self, margin: Margin) -> None:
        """Note what could not be taken as it stands."""
        for path in self.impossible:
            margin.note("impossible-quantity", path, "a quantity of zero or less", "quantity taken as unknown")
        for path, flaw in self.flaws:
            margin.flaws(path, (flaw,))


NOTHING_SAID = Allowance()


@lru_cache(maxsize=8192)
def allowance_of(dispense_request: bytes) -> Allowance:
    """What a prescription allows, with its repeats."""
    if dispense_request in ABSENT:
        return NOTHING_SAID
    allowed, flaws = element(DispenseRequest, dispense_request)
    if allowed is None:
        return Allowance(flaws=tuple(("dispenseRequest", flaw) for flaw in flaws))
    fills = 1 + max(0, int(allowed.number_of_repeats_allowed or 0))
    duration = _positive(allowed.expected_supply_duration)
    quantity = _positive(allowed.quantity)
    days = whole_days(duration)
    return Allowance(
        days * fills if days else None,
        quantity.value * fills if quantity and quantity.value else None,
        _impossible(
            ("dispenseRequest.expectedSupplyDuration", allowed.expected_supply_duration),
            ("dispenseRequest.quantity", allowed.quantity),
        ),
        tuple(("dispenseRequest", flaw) for flaw in flaws),
        days,
    )


@lru_cache(maxsize=8192)
def amount_of(days_supply: bytes, quantity: bytes) -> Allowance:
    """What was handed over."""
    days, day_flaws = element(Quantity, days_supply) if days_supply not in ABSENT else (None, ())
    pieces, piece_flaws = element(Quantity, quantity) if quantity not in ABSENT else (None, ())
    counted, lasts = _positive(pieces), whole_days(_positive(days))
    return Allowance(
        lasts,
        counted.value if counted else None,
        _impossible(("daysSupply", days), ("quantity", pieces)),
        (*(("daysSupply", flaw) for flaw in day_flaws), *(("quantity", flaw) for flaw in piece_flaws)),
        lasts,
    )


def _positive(quantity: Quantity | None) -> Quantity | None:
    return quantity if quantity and quantity.value is not None and quantity.value > 0 else None


def _impossible(*quantities: tuple[str, Quantity | None]) -> tuple[str, ...]:
    return tuple(path for path, quantity in quantities if quantity and quantity.value is not None and quantity.value <= 0)
