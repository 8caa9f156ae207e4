"""That a finding was taken back, and by what, as a FHIR Provenance."""

from collections.abc import Iterable
from datetime import UTC, datetime

from fhir_trd.fhir.exchange.findings import Written
from fhir_trd.fhir.write.identity import identity
from fhir_trd.fhir.write.shape import concept, filled
from fhir_trd.fhir.write.vocabulary import ASSEMBLER, NULLIFY, RETRACTION_SENTENCE


def retraction_of(key: str, targets: Iterable[str], device: str, recorded: datetime) -> Written:
    """The Provenance of a retraction. It depends on the finding alone where it stands, so a second one takes its place.

    ``targets`` and ``device`` are addresses on the server; ``recorded`` is the time, for this is an act and no reading.
    """
    resource_id = identity("retraction", key)
    body = filled(
        resourceType="Provenance",
        id=resource_id,
        target=[{"reference": target} for target in targets],
        recorded=f"{recorded.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        reason=[concept(text=RETRACTION_SENTENCE)],
        activity=concept(NULLIFY, text="Retraction of a finding"),
        agent=[{"type": concept(ASSEMBLER), "who": {"reference": device}}],
    )
    return Written("Provenance", resource_id, body)
