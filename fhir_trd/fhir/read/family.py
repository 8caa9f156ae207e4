"""What runs in the family: diagnoses of relatives, which are none of the patient's own."""

from fhir_trd.fhir.read.conditions import diagnoses_in
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.sheets import Aside, Fact, Sheet
from fhir_trd.fhir.read.statuses import ERROR
from fhir_trd.fhir.slices import ConceptSlice, Element
from fhir_trd.fhir.slices_resources import FamilyHistorySlice
from fhir_trd.model.records import IN_FAMILY, Presence


class FamilyCondition(Element, frozen=True):
    """A condition of a relative."""

    code: ConceptSlice | None = None


CONDITIONS = tuple[FamilyCondition, ...]


def read_family(sheet: Sheet, desk: Desk, margin: Margin) -> tuple[Fact, ...] | Aside:
    """The diagnoses of a relative, each under a category of its own."""
    history = sheet.slice
    assert isinstance(history, FamilyHistorySlice)
    if history.status == "entered-in-error":
        return Aside(ERROR)
    concepts = [one.code for one in margin.element(CONDITIONS, history.condition, "condition") or () if one.code]
    named = {named.meaning.category for concept in concepts for named in diagnoses_in(concept, desk)}
    facts = tuple(Presence(origin=margin.origin, category=f"{IN_FAMILY}{category}") for category in sorted(named))
    return facts or Aside("no diagnosis of interest in the family")
