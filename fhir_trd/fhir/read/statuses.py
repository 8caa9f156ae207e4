"""What the status of a record says: taken, paused, not taken, not known, or no evidence at all."""

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from fhir_trd.fhir.read.margin import Margin
from fhir_trd.fhir.read.sheets import Aside
from fhir_trd.fhir.slices import ConceptSlice
from fhir_trd.fhir.slices_repair import ABSENT, element
from fhir_trd.model.records import Taking

ERROR = "entered in error"
STATEMENT: Mapping[str, Taking] = {
    "active": Taking.TAKEN, "completed": Taking.TAKEN, "stopped": Taking.TAKEN, "recorded": Taking.UNKNOWN,
    "on-hold": Taking.PAUSED, "not-taken": Taking.NOT_TAKEN, "unknown": Taking.UNKNOWN, "": Taking.UNKNOWN,
}  # fmt: skip
REQUEST: Mapping[str, Taking] = {
    "active": Taking.TAKEN, "completed": Taking.TAKEN, "stopped": Taking.TAKEN, "ended": Taking.TAKEN,
    "on-hold": Taking.UNKNOWN, "unknown": Taking.UNKNOWN, "": Taking.UNKNOWN,
}  # fmt: skip
DISPENSE: Mapping[str, Taking] = {"completed": Taking.TAKEN}
ADMINISTRATION: Mapping[str, Taking] = {"completed": Taking.TAKEN}
PLANNED = frozenset({"draft", "intended", "preparation", "in-progress", "registered", "planned"})
ORDERING = frozenset({"order", "original-order", "reflex-order", "filler-order", "instance-order", "instance", ""})
STU3_TAKEN: Mapping[str, Taking] = {"n": Taking.NOT_TAKEN, "unk": Taking.UNKNOWN, "na": Taking.UNKNOWN}


def taking_of(status: str, meanings: Mapping[str, Taking]) -> Taking | Aside:
    """Whether the drug was taken, by the status; or why the record is no evidence."""
    plain = status if status in meanings else status.strip().lower()
    if plain == "entered-in-error":
        return Aside(ERROR)
    if plain in meanings:
        return meanings[plain]
    if plain in PLANNED:
        return Aside(f"planned, not taken: status {plain}")
    return Aside(f"no evidence of use: status {plain if plain in KNOWN else 'not known to FHIR' if plain else 'missing'}")


KNOWN = frozenset(
    {"cancelled", "declined", "stopped", "on-hold", "unknown", "not-done", "completed", "active", "aborted", "suspended"}
)


def ordered(intent: str, *, forbidden: bool) -> Aside | None:
    """Why an order is none: it forbids, or only plans or proposes."""
    if forbidden:
        return Aside("an order not to give it")
    if intent.strip().lower() not in ORDERING:
        return Aside(f"planned, not taken: intent {intent if intent in ('proposal', 'plan', 'option') else 'not known to FHIR'}")
    return None


def is_evidence(status: str) -> bool:
    """Whether a record of this status says that anything happened."""
    return status not in ("entered-in-error", "draft", "cancelled", "intended")


SUSPECTED = frozenset({"provisional", "differential", "unconfirmed"})
UNESTABLISHED = SUSPECTED | {"refuted", "entered-in-error"}


def status_code(raw: msgspec.Raw, path: str, margin: Margin) -> str:
    """A status that is a code in older versions of FHIR and a concept in newer ones."""
    body = bytes(raw)
    if body in ABSENT:
        return ""
    code, is_plain = _code_in(body)
    if not is_plain:
        margin.element(str if body.startswith(b'"') else ConceptSlice, raw, path)
    return code


@lru_cache(maxsize=4096)
def _code_in(body: bytes) -> tuple[str, bool]:
    """The code of a status, and whether nothing about it is worth a note."""
    if body.startswith(b'"'):
        word, flaws = element(str, body)
        return (word or "").strip().lower(), word is not None and not flaws
    concept, flaws = element(ConceptSlice, body)
    if concept is None:
        return "", False
    return next((coding.code for coding in concept.coding if coding.code), concept.text).strip().lower(), not flaws
