"""Dosages of a product, worked out as far as they go without a date. The same order for many people is worked out once."""

from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from fhir_trd.fhir.read.codes import Vocabulary
from fhir_trd.fhir.read.dosage import Doses, Sig, daily_dose, in_pieces
from fhir_trd.fhir.read.drugs import Found
from fhir_trd.fhir.read.timing import ONCE, Rate
from fhir_trd.fhir.slices import DosageSlice, Period
from fhir_trd.fhir.slices_repair import ABSENT, Flaw, element
from fhir_trd.model.drugs import Part, Product
from fhir_trd.model.records import Dose

TEXT_MATCHED, DOSE_FROM_TEXT, UNIT_ASSUMED = "text_matched", "dose_from_text", "unit_assumed"
DOSAGES = tuple[DosageSlice, ...]


class Instruction(Struct, frozen=True):
    """One instruction, and the daily dose of one drug under it."""

    sig: Sig
    dose: Dose | None


class PartRegimen(Struct, frozen=True):
    """One drug of a product: what the instructions mean for it, how many pieces a day if there is one, and if it is by mouth."""

    part: Part
    instructions: tuple[Instruction, ...]
    pieces_a_day: Rate | None
    oral: bool


class Regimen(Struct, frozen=True, kw_only=True):
    """The instructions of one record for one product; ``impossible`` if one of them holds an amount that cannot be."""

    parts: tuple[PartRegimen, ...]
    periods: tuple[Period, ...]
    in_addition: bool
    notes: tuple[str, ...]
    flaws: tuple[Flaw, ...]
    impossible: bool = False


class Regimens:
    """Works out regimens, each once."""

    def __init__(self, doses: Doses, vocabulary: Vocabulary) -> None:
        self._doses = doses
        self._vocabulary = vocabulary
        self.of = lru_cache(maxsize=16384)(self._of)

    def _of(self, found: Found, dosages: bytes, given: bool) -> Regimen:
        """The regimen of a product under these instructions. What is ``given`` is given once unless more is said."""
        product = found.product
        assert product is not None
        slices, flaws = _decoded(dosages)
        # The same instruction twice is one; two that only say the same dose (at morning, at bedtime) are two.
        understood = tuple(self._doses.understood(dosage) for dosage in dict.fromkeys(slices))
        sigs = tuple(replace(sig, rate=sig.rate or ONCE) if given else sig for sig in understood if sig.says_something)
        told = self._told_oral(product, understood)
        return Regimen(
            parts=tuple(_of_part(part, sigs, told, alone=len(product.parts) == 1) for part in product.parts),
            periods=tuple(sig.period for sig in sigs if sig.period),
            in_addition=any(sig.in_addition for sig in understood),
            notes=_notes(product, sigs),
            flaws=flaws,
            impossible=any(sig.impossible for sig in understood),
        )

    def _told_oral(self, product: Product, sigs: tuple[Sig, ...]) -> bool | None:
        """By mouth or not, as far as the route or the product tell."""
        routes = [self._vocabulary.is_oral(sig.route) for sig in sigs if sig.route]
        return next((route for route in routes if route is not None), product.oral)


def _decoded(dosages: bytes) -> tuple[tuple[DosageSlice, ...], tuple[Flaw, ...]]:
    """The instructions: a list of them, or a single one in an administration."""
    if dosages in ABSENT:
        return (), ()
    if dosages.startswith(b"{"):
        one, flaws = element(DosageSlice, dosages)
        return ((one,) if one else ()), flaws
    many, flaws = element(DOSAGES, dosages)
    return many or (), flaws


def _of_part(part: Part, sigs: tuple[Sig, ...], told_oral: bool | None, *, alone: bool) -> PartRegimen:
    instructions = tuple(Instruction(sig, daily_dose(sig, part, alone=alone)) for sig in sigs)
    oral = part.drug.oral if told_oral is None else told_oral
    return PartRegimen(part, instructions, in_pieces(sigs[0], part) if len(sigs) == 1 else None, oral)


def _notes(product: Product, sigs: tuple[Sig, ...]) -> tuple[str, ...]:
    notes = {
        TEXT_MATCHED: product.text_matched,
        DOSE_FROM_TEXT: product.strength_from_text or any(sig.in_words for sig in sigs),
        UNIT_ASSUMED: any(sig.assumes_unit for sig in sigs),
    }
    return tuple(sorted(note for note, holds in notes.items() if holds))
