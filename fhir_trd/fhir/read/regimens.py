"""Dosages of a product, worked out as far as they go without a date. The same order for many people is worked out once."""

from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from fhir_trd.fhir.read.dosage import Doses, Sig, daily_dose, in_pieces
from fhir_trd.fhir.read.drugs import Found
from fhir_trd.fhir.read.timing import ONCE, Rate
from fhir_trd.fhir.slices import DosageSlice
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
    """One drug of a product: what the instructions mean for it, and how many pieces a day where there is one instruction."""

    part: Part
    instructions: tuple[Instruction, ...]
    pieces_a_day: Rate | None


class Regimen(Struct, frozen=True):
    """The instructions of one record for one product. ``oral`` is None where neither route nor product tell."""

    sigs: tuple[Sig, ...]
    parts: tuple[PartRegimen, ...]
    notes: tuple[str, ...]
    flaws: tuple[Flaw, ...]

    @property
    def in_addition(self) -> bool:
        """Whether the dose is said to come on top of another."""
        return any(sig.in_addition for sig in self.sigs)


class Regimens:
    """Works out regimens, each once."""

    def __init__(self, doses: Doses) -> None:
        self._doses = doses
        self.of = lru_cache(maxsize=16384)(self._of)

    def _of(self, found: Found, dosages: bytes, given: bool) -> Regimen:
        """The regimen of a product under these instructions. What is ``given`` is given once unless more is said."""
        assert found.product is not None
        slices, flaws = _decoded(dosages)
        understood = [self._doses.understood(dosage) for dosage in slices]
        sigs = tuple(dict.fromkeys(sig for sig in understood if sig.says_something))
        if given:
            sigs = tuple(replace(sig, rate=sig.rate or ONCE) for sig in sigs)
        parts = tuple(_of_part(part, sigs, alone=len(found.product.parts) == 1) for part in found.product.parts)
        return Regimen(sigs, parts, _notes(found.product, sigs), flaws)


def _decoded(dosages: bytes) -> tuple[tuple[DosageSlice, ...], tuple[Flaw, ...]]:
    """The instructions: a list of them, or a single one in an administration."""
    if dosages in ABSENT:
        return (), ()
    if dosages.startswith(b"{"):
        one, flaws = element(DosageSlice, dosages)
        return ((one,) if one else ()), flaws
    many, flaws = element(DOSAGES, dosages)
    return many or (), flaws


def _of_part(part: Part, sigs: tuple[Sig, ...], *, alone: bool) -> PartRegimen:
    instructions = tuple(Instruction(sig, daily_dose(sig, part, alone=alone)) for sig in sigs)
    return PartRegimen(part, instructions, in_pieces(sigs[0], part) if len(sigs) == 1 else None)


def _notes(product: Product, sigs: tuple[Sig, ...]) -> tuple[str, ...]:
    notes = {
        TEXT_MATCHED: product.text_matched,
        DOSE_FROM_TEXT: product.strength_from_text or any(sig.in_words for sig in sigs),
        UNIT_ASSUMED: any(sig.assumes_unit for sig in sigs),
    }
    return tuple(sorted(note for note, holds in notes.items() if holds))
