"""Side effects and allergies that are blamed on a drug."""

from collections.abc import Iterator

from msgspec.structs import replace

from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import NO_DRUG
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.products import product_in, product_of_medication
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.statuses import ERROR, status_code
from fhir_trd.fhir.slices import ConceptSlice, Element, Reference
from fhir_trd.fhir.slices_resources import AdverseEventSlice, AllergySlice, MedicationSlice, MedicationUse
from fhir_trd.model.dates import When
from fhir_trd.model.records import Reaction

DENIED = frozenset({"refuted", "entered-in-error"})


class Suspect(Element, frozen=True):
    """What is blamed for harm: a reference (R4) or a concept (R5)."""

    instance: Reference | None = None
    instance_reference: Reference | None = None
    instance_codeable_concept: ConceptSlice | None = None


class Manifestation(Element, frozen=True):
    """One reaction of an allergy."""

    substance: ConceptSlice | None = None
    onset: str = ""


SUSPECTS, MANIFESTATIONS = tuple[Suspect, ...], tuple[Manifestation, ...]


def read_adverse_event(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """Harm, and the drugs blamed for it."""
    event = sheet.slice
    assert isinstance(event, AdverseEventSlice)
    if event.status == "entered-in-error":
        return Aside(ERROR)
    if event.actuality == "potential":
        return Aside("harm that might have been")
    written = event.date or event.occurrence_date_time or event.detected or event.recorded_date
    when = desk.days.day(written, "date", margin)
    margin.happened(when)
    suspects = margin.element(SUSPECTS, event.suspect_entity, "suspectEntity") or ()
    blamed = [one for suspect in suspects for one in _blamed(suspect, when, sheet, desk, margin)]
    return tuple(blamed) or Aside(NO_DRUG)


def _blamed(suspect: Suspect, when: When | None, sheet: Sheet, desk: Desk, margin: Margin) -> Iterator[Reaction]:
    if suspect.instance_codeable_concept:
        yield from _to(suspect.instance_codeable_concept, when, desk, margin)
    reference = suspect.instance or suspect.instance_reference
    target = desk.resource(reference, sheet.scope)
    if target is None:
        words = ConceptSlice(text=reference.display) if reference else ConceptSlice()
        yield from _to(words, when, desk, margin)
    elif isinstance(target.slice, MedicationUse):
        found = product_in(target.slice, target, desk, margin)
        for part in found.product.parts if found.product else ():
            yield Reaction(origin=margin.origin, ingredient=part.drug.ingredient, supply=target.name, when=when)
    elif isinstance(target.slice, MedicationSlice):
        found = product_of_medication(target.slice, target.scope, desk, margin)
        for part in found.product.parts if found.product else ():
            yield Reaction(origin=margin.origin, ingredient=part.drug.ingredient, when=when)


def _to(concept: ConceptSlice, when: When | None, desk: Desk, margin: Margin) -> Iterator[Reaction]:
    found = desk.finder.in_concept(concept)
    for part in found.product.parts if found.product else ():
        yield Reaction(origin=margin.origin, ingredient=part.drug.ingredient, when=when)


def read_allergy(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """An allergy or intolerance to a drug."""
    allergy = sheet.slice
    assert isinstance(allergy, AllergySlice)
    if status_code(allergy.verification_status, "verificationStatus", margin) in DENIED or allergy.status == "entered-in-error":
        return Aside("an allergy that was ruled out or entered in error")
    manifestations = margin.element(MANIFESTATIONS, allergy.reaction, "reaction") or ()
    written = [allergy.onset_date_time, *(one.onset for one in manifestations), allergy.recorded_date, allergy.asserted_date]
    when = desk.days.day(next(filter(None, written), ""), "onset", margin)
    margin.happened(when)
    concepts = [margin.element(ConceptSlice, raw, "code") for raw in (allergy.code, allergy.substance)]
    named = [*filter(None, concepts), *(one.substance for one in manifestations if one.substance)]
    blamed = (reaction for concept in named for reaction in _to(concept, when, desk, margin))
    reactions = {reaction.ingredient: replace(reaction, allergy=True) for reaction in blamed}
    return tuple(reactions[ingredient] for ingredient in sorted(reactions)) or Aside(NO_DRUG)
