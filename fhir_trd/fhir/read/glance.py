"""A first glance at records of drugs: by far the most are of other drugs, and need no second look."""

import msgspec
from msgspec import Raw as RawElement

from fhir_trd.fhir.decode import Raw
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import NO_DRUG
from fhir_trd.fhir.read.statuses import is_evidence
from fhir_trd.fhir.slices import NOTHING, Element

USES = frozenset({"MedicationStatement", "MedicationRequest", "MedicationDispense", "MedicationAdministration"})


class Whom(Element, frozen=True):
    """Whom a record is about."""

    reference: str = ""


class Glance(Element, frozen=True):
    """As much of a record as tells which drug it is about, whom, and when."""

    status: str = ""
    medication_codeable_concept: RawElement = NOTHING
    medication_reference: RawElement = NOTHING
    subject: Whom | None = None
    authored_on: str = ""


_DECODE = msgspec.json.Decoder(Glance).decode


class OtherDrugs:
    """Counts records that plainly name another drug and a person, and remembers the person and the latest day."""

    def __init__(self, desk: Desk) -> None:
        self._found_in = desk.finder.in_bytes
        self._days = desk.days
        self.counts = dict.fromkeys(sorted(USES), 0)
        self.mentions: dict[tuple[str, str], str] = {}

    def takes(self, raw: Raw) -> bool:
        """Whether this record is settled by a glance. Broken JSON raises what the decoder raises."""
        try:
            glance = _DECODE(raw.body)
        except msgspec.ValidationError:
            return False
        subject = glance.subject
        if subject is None or not subject.reference or glance.medication_reference:
            return False
        if self._found_in(bytes(glance.medication_codeable_concept)).why_not != NO_DRUG:
            return False
        self.counts[raw.resource_type] += 1
        key = (subject.reference, raw.scope)
        known = self.mentions.get(key)
        if known is None or glance.authored_on > known:
            self._remember(key, glance)
        return True

    def _remember(self, key: tuple[str, str], glance: Glance) -> None:
        known = self.mentions.setdefault(key, "")
        day = glance.authored_on
        if day > known and is_evidence(glance.status) and self._days.is_known(day):
            self.mentions[key] = day
