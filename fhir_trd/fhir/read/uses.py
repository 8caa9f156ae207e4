"""What all records of a drug in use may tell: for what it was given, why it was stopped, how reliably it is taken."""

from collections.abc import Iterator, Mapping

from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.sheets import Sheet
from fhir_trd.fhir.slices import CodeableReference, ConceptSlice, Element, Extension, Reference
from fhir_trd.fhir.slices_resources import MedicationDispense, MedicationStatement, MedicationUse
from fhir_trd.model.records import Adherence, StopReason, Taking

REFERENCES, PAIRS, EXTENSIONS = tuple[Reference, ...], tuple[CodeableReference, ...], tuple[Extension, ...]
Said = tuple[Taking | None, Adherence]
NOTHING_SAID: Said = (None, Adherence.UNKNOWN)
_ADHERENCE_EXTENSION = b"medication-adherence"
# What an adherence word of the tables says about taking and about how reliably.
_ADHERENCE: Mapping[str, Said] = {
    "good": (Taking.TAKEN, Adherence.GOOD),
    "poor": (Taking.TAKEN, Adherence.POOR),
    "paused": (Taking.PAUSED, Adherence.UNKNOWN),
    "stopped": (Taking.TAKEN, Adherence.UNKNOWN),
    "not-taken": (Taking.NOT_TAKEN, Adherence.POOR),
    "unknown": (Taking.UNKNOWN, Adherence.UNKNOWN),
}


class AdherenceSlice(Element, frozen=True):
    """How a drug is taken, by R5."""

    code: ConceptSlice | None = None


def purposes_of(use: MedicationUse, sheet: Sheet, desk: Desk, margin: Margin) -> tuple[str, ...]:
    """The recorded reasons for giving the drug."""
    if not (use.reason_code or use.reason_reference or use.reason or isinstance(use, MedicationStatement)):
        return ()
    return desk.reasons.purposes(_reasons(use, sheet, desk, margin))


def _reasons(use: MedicationUse, sheet: Sheet, desk: Desk, margin: Margin) -> Iterator[ConceptSlice]:
    yield from margin.one_or_many(ConceptSlice, use.reason_code, "reasonCode")
    if isinstance(use, MedicationStatement):
        yield from margin.one_or_many(ConceptSlice, use.reason_for_use_codeable_concept, "reasonForUseCodeableConcept")
    references = margin.element(REFERENCES, use.reason_reference, "reasonReference") or ()
    yield from desk.concepts_behind(iter(references), sheet.scope, margin)
    yield from desk.concepts_of(margin.element(PAIRS, use.reason, "reason") or (), sheet.scope, margin)


def stop_reason_of(use: MedicationUse, desk: Desk, margin: Margin) -> StopReason | None:
    """Why the drug was stopped."""
    if not (use.status_reason or isinstance(use, MedicationStatement | MedicationDispense)):
        return None
    return desk.reasons.stop_reason(_status_reasons(use, margin))


def _status_reasons(use: MedicationUse, margin: Margin) -> Iterator[ConceptSlice]:
    yield from margin.one_or_many(ConceptSlice, use.status_reason, "statusReason")
    if isinstance(use, MedicationStatement):
        yield from margin.one_or_many(ConceptSlice, use.reason_not_taken, "reasonNotTaken")
    if isinstance(use, MedicationDispense):
        yield from margin.one_or_many(ConceptSlice, use.status_reason_codeable_concept, "statusReasonCodeableConcept")


def adherence_of(use: MedicationUse, desk: Desk, margin: Margin) -> Said:
    """Whether and how reliably the drug is taken, where that is recorded apart from the status."""
    if not use.extension and not isinstance(use, MedicationStatement):
        return NOTHING_SAID
    adherence = margin.element(AdherenceSlice, use.adherence, "adherence") if isinstance(use, MedicationStatement) else None
    concepts = [adherence.code] if adherence and adherence.code else []
    if _ADHERENCE_EXTENSION in bytes(use.extension):
        concepts.extend(_in_extensions(margin.element(EXTENSIONS, use.extension, "extension") or ()))
    words = desk.knowledge.terms.adherence
    codings = [coding for concept in concepts for coding in desk.vocabulary.codings(concept)]
    said = [_ADHERENCE.get(words.get((coding.system, coding.code), ""), NOTHING_SAID) for coding in codings]
    return next((one for one in said if one != NOTHING_SAID), NOTHING_SAID)


def _in_extensions(extensions: tuple[Extension, ...]) -> Iterator[ConceptSlice]:
    for extension in extensions:
        if extension.value_codeable_concept:
            yield extension.value_codeable_concept
        yield from _in_extensions(extension.extension)
