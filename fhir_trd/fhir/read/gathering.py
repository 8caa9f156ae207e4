"""The first pass: every resource is decoded, what can be settled at once is settled, and the shelf of references is filled."""

from collections import Counter
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from fhir_trd.fhir.decode import Fault, Raw, fault_of
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import NO_DRUG
from fhir_trd.fhir.read.sheets import Sheet, sheet_of
from fhir_trd.fhir.read.statuses import is_evidence
from fhir_trd.fhir.slices import Head
from fhir_trd.fhir.slices_repair import fitted
from fhir_trd.fhir.slices_resources import SHAPES, MedicationRequest, MedicationUse
from fhir_trd.model.issues import Entry, Fate, Ledger, joined

_USES = ("MedicationStatement", "MedicationRequest", "MedicationDispense", "MedicationAdministration")
REFERRED_TO = frozenset({"Patient", "Medication", "Condition", *_USES})
_HEAD = msgspec.json.Decoder(Head)
DECODERS = {name: msgspec.json.Decoder(shape) for name, shape in SHAPES.items()}
Mention = tuple[str, str]


class Tally:
    """How many resources of each type met which fate, and why."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def add(self, resource_type: str, fate: str, reason: str = "") -> None:
        """Count one resource."""
        self._counts[resource_type, fate, reason] += 1

    def ledger(self) -> Ledger:
        """All that was counted."""
        counts = {Entry(kind, Fate(fate), reason): count for (kind, fate, reason), count in self._counts.items()}
        return joined([Ledger(read=sum(counts.values()), counts=counts)])


USED, SET_ASIDE, FAULTY = Fate.USED.value, Fate.SET_ASIDE.value, Fate.FAULTY.value


class Gathered(Struct, frozen=True):
    """What the first pass leaves: sheets to read, in their order, and who was spoken of where and until when."""

    sheets: list[Sheet]
    mentions: dict[Mention, str]
    faults: list[Fault]
    tally: Tally


class Gatherer:
    """Takes resources in, one by one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._found_in = desk.finder.in_bytes
        self.gathered = Gathered([], {}, [], Tally())

    def take_all(self, pieces: Iterable[Raw | Fault]) -> Gathered:
        """Take all resources, and what should have been some."""
        for piece in pieces:
            if isinstance(piece, Fault):
                self._faulty(piece)
            elif piece.aside:
                self.gathered.tally.add(piece.resource_type, SET_ASIDE, piece.aside)
            else:
                self._decode(piece)
        return self.gathered

    def _decode(self, raw: Raw) -> None:
        decoder = DECODERS.get(raw.resource_type)
        try:
            if decoder is None:
                _HEAD.decode(raw.body)
                self.gathered.tally.add(raw.resource_type, SET_ASIDE, f"not needed: {raw.resource_type}")
                return
            resource, flaws = fitted(decoder, raw.body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            self._faulty(fault_of(error, raw.where, raw.resource_type))
            return
        if resource is None:
            self._faulty(Fault(raw.where, "elements of other kinds throughout", "a FHIR resource", "", raw.resource_type))
        elif isinstance(resource, MedicationUse) and self._is_of_no_interest(resource):
            self._mention(resource, raw)
        else:
            self._keep(sheet_of(raw, resource, flaws))

    def _is_of_no_interest(self, use: MedicationUse) -> bool:
        """Whether it plainly names another drug, and a person: by far the most do, and need no second look."""
        concept, subject = use.medication_codeable_concept, use.subject or use.patient
        if not concept or use.medication_reference is not None or subject is None or not subject.reference:
            return False
        return self._found_in(bytes(concept)).why_not == NO_DRUG

    def _mention(self, use: MedicationUse, raw: Raw) -> None:
        """Set another drug aside, but remember whom it was for, and when: the person is known, and something happened then."""
        subject = use.subject or use.patient
        assert subject is not None
        self.gathered.tally.add(raw.resource_type, SET_ASIDE, NO_DRUG)
        key = (subject.reference, raw.scope)
        known = self.gathered.mentions.setdefault(key, "")
        day = use.authored_on if isinstance(use, MedicationRequest) else use.effective_date_time
        if day > known and is_evidence(use.status) and self._desk.days.is_known(day):
            self.gathered.mentions[key] = day

    def _keep(self, sheet: Sheet) -> None:
        self.gathered.sheets.append(sheet)
        if sheet.resource_type in REFERRED_TO:
            self._desk.shelf.put(sheet, sheet.keys, sheet.scope)

    def _faulty(self, fault: Fault) -> None:
        self.gathered.faults.append(fault)
        self.gathered.tally.add(fault.resource_type, FAULTY, fault.kind)
