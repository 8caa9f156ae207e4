"""The first pass: every resource is decoded, what can be settled at once is settled, and the shelf of references is filled."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from fhir_trd.fhir.decode import Fault, Raw, fault_of
from fhir_trd.fhir.read.desk import Desk
from fhir_trd.fhir.read.drugs import NO_DRUG
from fhir_trd.fhir.read.glance import USES, OtherDrugs
from fhir_trd.fhir.read.sheets import Sheet, sheet_of
from fhir_trd.fhir.slices import Head
from fhir_trd.fhir.slices_repair import fitted
from fhir_trd.fhir.slices_resources import SHAPES
from fhir_trd.model.issues import Entry, Fate, Ledger, ledger_of

REFERRED_TO = USES | {"Patient", "Medication", "Condition"}
_HEAD = msgspec.json.Decoder(Head)
DECODERS = {name: msgspec.json.Decoder(shape) for name, shape in SHAPES.items()}


class Tally:
    """How many resources of each type met which fate, and why."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, str], int] = {}
        self.read = 0

    def add(self, resource_type: str, fate: str, reason: str = "", count: int = 1) -> None:
        """Count resources that met one fate."""
        entry = resource_type, fate, reason
        self._counts[entry] = self._counts.get(entry, 0) + count

    def ledger(self) -> Ledger:
        """All that was counted."""
        counts = {Entry(kind, Fate(fate), reason): count for (kind, fate, reason), count in self._counts.items()}
        return ledger_of(self.read, counts)


USED, SET_ASIDE, FAULTY = Fate.USED.value, Fate.SET_ASIDE.value, Fate.FAULTY.value


class Gathered(Struct, frozen=True):
    """What the first pass leaves: sheets to read, in their order, and people of whom only other drugs were told."""

    sheets: list[Sheet]
    mentions: dict[tuple[str, str], str]
    faults: list[Fault]
    tally: Tally


class Gatherer:
    """Takes resources in, one by one."""

    def __init__(self, desk: Desk) -> None:
        self._shelf = desk.shelf
        self._others = OtherDrugs(desk)
        self._tally = Tally()
        self._sheets: list[Sheet] = []
        self._faults: list[Fault] = []

    def take_all(self, pieces: Iterable[Raw | Fault]) -> Gathered:
        """Take all resources, and what should have been some."""
        for piece in pieces:
            self._tally.read += 1
            if isinstance(piece, Fault):
                self._faulty(piece)
            elif piece.aside:
                self._tally.add(piece.resource_type, SET_ASIDE, piece.aside)
            else:
                self._take(piece)
        for resource_type, count in self._others.counts.items():
            if count:
                self._tally.add(resource_type, SET_ASIDE, NO_DRUG, count)
        return Gathered(self._sheets, self._others.mentions, self._faults, self._tally)

    def _take(self, raw: Raw) -> None:
        try:
            if raw.resource_type not in USES or not self._others.takes(raw):
                self._decode(raw)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            self._faulty(fault_of(error, raw.where, raw.resource_type))

    def _decode(self, raw: Raw) -> None:
        decoder = DECODERS.get(raw.resource_type)
        if decoder is None:
            _HEAD.decode(raw.body)
            self._tally.add(raw.resource_type, SET_ASIDE, f"not needed: {raw.resource_type}")
            return
        resource, flaws = fitted(decoder, raw.body)
        if resource is None:
            self._faulty(Fault(raw.where, "elements of other kinds throughout", "a FHIR resource", "", raw.resource_type))
        else:
            self._keep(sheet_of(raw, resource, flaws))

    def _keep(self, sheet: Sheet) -> None:
        self._sheets.append(sheet)
        if sheet.resource_type in REFERRED_TO:
            self._shelf.put(sheet, sheet.keys, sheet.scope)

    def _faulty(self, fault: Fault) -> None:
        self._faults.append(fault)
        self._tally.add(fault.resource_type, FAULTY, fault.kind)
