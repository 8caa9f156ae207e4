"""Where the finding and the plan come from, as a FHIR Provenance: every input, the software and its tables."""

from datetime import date

from fhir_trd.fhir.write.identity import Refer, device_identity, identity_for, inside
from fhir_trd.fhir.write.shape import Element, concept, filled, reference_to
from fhir_trd.fhir.write.vocabulary import ASSEMBLER, CREATE, CRITERIA, IDS, REVIEW_SENTENCE
from fhir_trd.model.verdicts import Assessment


def provenance_for(assessment: Assessment, recorded: date, refer: Refer = inside) -> Element:
    """The Provenance of the Observation and the CarePlan of one patient.

    ``recorded`` is a day of the record, at midnight UTC: a clock would give the same input other bytes on every run.
    """
    return filled(
        resourceType="Provenance",
        id=identity_for("provenance", assessment),
        target=[
            refer("Observation", identity_for("observation", assessment)),
            refer("CarePlan", identity_for("careplan", assessment)),
        ],
        recorded=f"{recorded.isoformat()}T00:00:00Z",
        policy=[f"{CRITERIA}/{verdict.criteria}/{verdict.version}" for verdict in assessment.verdicts],
        reason=[concept(text=REVIEW_SENTENCE)],
        activity=concept(CREATE, text="Assessment of a record under named criteria sets"),
        agent=[{"type": concept(ASSEMBLER), "who": refer("Device", device_identity(assessment))}],
        entity=[*map(_source, map(reference_to, sorted(set(assessment.sources)))), _tables(assessment)],
    )


def _source(what: Element) -> Element:
    return {"role": "source", "what": what}


def _tables(assessment: Assessment) -> Element:
    digest = {"system": f"{IDS}/knowledge", "value": assessment.knowledge}
    return _source({"identifier": digest, "display": "knowledge tables of fhir_trd"})
