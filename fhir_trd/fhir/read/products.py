"""The product a resource is about: inline, contained, referred to, or in words only."""

import msgspec
from msgspec import Raw
from msgspec.structs import replace

from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import NO_DRUG, NO_MEDICATION, Found
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.sheets import Sheet
from fhir_trd.fhir.read.strengths import PER_ML, PLAIN
from fhir_trd.fhir.references import CONTAINED, target_of
from fhir_trd.fhir.slices import CodeableReference, ConceptSlice, Element, Quantity, Ratio, Reference
from fhir_trd.fhir.slices_repair import fitted
from fhir_trd.fhir.slices_resources import MedicationSlice, MedicationUse
from fhir_trd.model.drugs import Part, Product

UNRESOLVED = "its medication reference points to nothing that was read"
_MEDICATION = msgspec.json.Decoder(MedicationSlice)


class Ingredient(Element, frozen=True):
    """One ingredient of a product, with how much of it one unit holds."""

    item_codeable_concept: ConceptSlice | None = None
    item_reference: Reference | None = None
    item: CodeableReference | None = None
    strength: Ratio | None = None
    strength_ratio: Ratio | None = None
    strength_quantity: Quantity | None = None
    amount: Ratio | None = None


def product_in(use: MedicationUse, sheet: Sheet, desk: Desk, margin: Margin) -> Found:
    """The product a statement, order, dispensing or administration is about."""
    found = desk.finder.in_bytes(bytes(use.medication_codeable_concept))
    reference = use.medication_reference
    if found.why_not == NO_MEDICATION and use.medication:
        pair = margin.element(CodeableReference, use.medication, "medication") or CodeableReference()
        found = desk.finder.in_concept(pair.concept) if pair.concept else found
        reference = use.medication_reference or pair.reference
    if found.product is None and reference is not None:
        found = _behind(reference, use, sheet, desk, margin)
    return _noted(found, margin)


def _noted(found: Found, margin: Margin) -> Found:
    if found.flaws:
        margin.flaws("medicationCodeableConcept", found.flaws)
    if found.disagreeing:
        margin.note("codes-disagree", "medication", "codes of different drugs", "the first code is taken")
    return found


def _behind(reference: Reference, use: MedicationUse, sheet: Sheet, desk: Desk, margin: Margin) -> Found:
    """The product behind a reference; where it leads nowhere, the words on the reference itself."""
    medication = _contained(reference, use, margin) or _read_elsewhere(reference, sheet, desk, margin)
    if medication is not None:
        found = product_of_medication(medication, sheet.scope, desk, margin)
        if found.product or not reference.display:
            return found
    words = desk.finder.in_text(reference.display) if reference.display else Found(None, UNRESOLVED)
    if words.product and medication is None:
        margin.note(
            "unresolved-reference", "medicationReference", "a reference to nothing that was read", "drug taken from its display"
        )
    return words


def _contained(reference: Reference, use: MedicationUse, margin: Margin) -> MedicationSlice | None:
    target = target_of(reference.reference)
    if target is None or target.resource_type != CONTAINED:
        return None
    for body in margin.element(list[Raw], use.contained, "contained") or []:
        inner, _ = fitted(_MEDICATION, body)
        if inner is not None and inner.id == target.id:
            return inner
    return None


def _read_elsewhere(reference: Reference, sheet: Sheet, desk: Desk, margin: Margin) -> MedicationSlice | None:
    found = desk.resource(reference, sheet.scope)
    if found is None or not isinstance(found.slice, MedicationSlice):
        return None
    margin.consulted.append(found)
    return found.slice


def product_of_medication(medication: MedicationSlice, scope: str, desk: Desk, margin: Margin) -> Found:
    """The product of a Medication resource: by its code, else by its ingredients."""
    code = margin.element(ConceptSlice, medication.code, "Medication.code")
    found = desk.finder.in_concept(code) if code else Found(None, NO_DRUG)
    ingredients = margin.element(tuple[Ingredient, ...], medication.ingredient, "Medication.ingredient") or ()
    if found.product is None:
        found = _of_ingredients(ingredients, scope, desk, margin) or found
    if found.product and found.product.oral is None:
        return replace(found, product=replace(found.product, oral=_is_oral(medication, desk, margin)))
    return found


def _of_ingredients(ingredients: tuple[Ingredient, ...], scope: str, desk: Desk, margin: Margin) -> Found | None:
    parts: list[Part] = []
    products: list[Product] = []
    for ingredient in ingredients:
        concept = _concept_of(ingredient, scope, desk, margin)
        found = desk.finder.in_concept(concept) if concept else None
        if found and found.product:
            products.append(found.product)
            parts.extend(_with_strength(part, ingredient, desk) for part in found.product.parts)
    return Found(replace(products[0], parts=tuple(parts))) if products else None


def _concept_of(ingredient: Ingredient, scope: str, desk: Desk, margin: Margin) -> ConceptSlice | None:
    pair = ingredient.item
    concept = ingredient.item_codeable_concept or (pair.concept if pair else None)
    reference = ingredient.item_reference or (pair.reference if pair else None)
    if concept or reference is None:
        return concept
    sheet = desk.resource(reference, scope)
    if sheet and isinstance(sheet.slice, MedicationSlice):
        return margin.element(ConceptSlice, sheet.slice.code, "Medication.code")
    return ConceptSlice(text=reference.display) if reference.display else None


def _with_strength(part: Part, ingredient: Ingredient, desk: Desk) -> Part:
    """The part with the strength its ingredient states, in mg a piece or mg a millilitre."""
    ratio = ingredient.strength or ingredient.strength_ratio or ingredient.amount
    over = desk.doses.quantity(ratio.numerator) if ratio else desk.doses.quantity(ingredient.strength_quantity)
    under = desk.doses.quantity(ratio.denominator) if ratio else None
    if over is None or over.unit != PLAIN:
        return part
    amount = float(over.most / under.most) if under and under.most else float(over.most)
    return replace(part, strength=amount, unit=PER_ML if under and under.unit == PER_ML.removeprefix("mg/") else PLAIN)


def _is_oral(medication: MedicationSlice, desk: Desk, margin: Margin) -> bool | None:
    form = margin.element(ConceptSlice, medication.form or medication.dose_form, "Medication.form")
    return desk.vocabulary.is_oral(form)
