"""What came of a run: everything added up, and the account of it that stands beside the tables."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from fhir_trd.engines.judging import Judged, part_of, table_of
from fhir_trd.engines.orders import Order
from fhir_trd.engines.pieces import Plan
from fhir_trd.engines.scanning import FAULTS_NAMED, Count, Scanned, Share
from fhir_trd.engines.tables import LEDGER
from fhir_trd.engines.work import Job
from fhir_trd.errors import TrdError
from fhir_trd.fhir.decode import Fault
from fhir_trd.fhir.read.gathering import FAULTY, SET_ASIDE, USED
from fhir_trd.fhir.read.records import NOT_REFERRED_TO, PRODUCT
from fhir_trd.fhir.read.sieve import place_of
from fhir_trd.fhir.write.device import DEVICE
from fhir_trd.model.issues import Entry, Fate, Ledger, ledger_of
from fhir_trd.sinks.files import make_last, write_file

RUN = "run.json"
"""The account of a finished run."""


class Outcome(Struct, frozen=True):
    """All that was counted, and the first of the faults."""

    patients: int
    results: dict[str, int]
    written: dict[str, int]
    ledger: Ledger
    faults: tuple[Fault, ...]
    device: str
    parts: tuple[Path, ...] = ()

    def write(self, output: Path) -> None:
        """Write what is there once for the whole population: the ledger and the software. From now on all of it lasts."""
        rows = [
            {**structs.asdict(entry), "fate": entry.fate.value, "count": count} for entry, count in self.ledger.counts.items()
        ]
        write_file(part_of(output, LEDGER, 0), table_of(rows, LEDGER))
        if self.device:
            write_file(part_of(output, DEVICE, 0), self.device.encode())
        make_last(self.parts)


def outcome_of(job: Job, plan: Plan) -> Outcome:
    """What the pieces and partitions of a plan came to."""
    scanned, judged = job.all_scanned(), _whole(job)
    lost = [file.fault for file in plan.files if file.fault]
    found = added_up(scanned, judged, lost=lost, faults=_faults(plan, scanned))
    return structs.replace(found, parts=tuple(part for done in judged for part in done.parts(job.output)))


def added_up(scanned: Sequence[Share], judged: Sequence[Judged], *, lost: Sequence[Fault], faults: Iterable[Fault]) -> Outcome:
    """All parts and partitions together. ``lost``: one for each file that could not be read; ``faults``: those of the parts."""
    return Outcome(
        patients=sum(done.patients for done in judged),
        results=_added(done.results for done in judged),
        written=_added(done.written for done in judged),
        ledger=_ledger(scanned, judged, lost),
        faults=tuple([*lost, *faults, *(fault for done in judged for fault in done.faults)][:FAULTS_NAMED]),
        device=next((done.device for done in judged if done.device), ""),
    )


def _ledger(scanned: Sequence[Share], judged: Sequence[Judged], lost: Sequence[Fault]) -> Ledger:
    """The ledger of a population; every resource that was read must have met one fate.

    Products are shared by all partitions: one is used if a record in use refers to it, in whichever partition.
    """
    read, products = len(lost) + sum(done.read for done in scanned), sum(done.products for done in scanned)
    used = len({product for done in judged for product in done.products})
    unread = (Count(fault.resource_type, FAULTY, fault.kind, 1) for fault in lost)
    of_products = (Count(PRODUCT, USED, "", used), Count(PRODUCT, SET_ASIDE, NOT_REFERRED_TO, products - used))
    fates: Counter[Entry] = Counter()
    for one in chain(unread, *(done.counts for done in scanned), *(done.counts for done in judged), of_products):
        fates[Entry(one.resource_type, Fate(one.fate), one.reason)] += one.count
    ledger = ledger_of(read, {entry: count for entry, count in fates.items() if count})
    if not ledger.adds_up:
        raise TrdError(f"found {sum(ledger.counts.values())} fates for {ledger.read} resources, wanted one for each")
    return ledger


def _whole(job: Job) -> list[Judged]:
    """What became of all partitions, once all their files stand as they were written."""
    judged = job.all_judged()
    short = [done.partition for done in judged if done.cut_short(job.output)]
    for partition in short:
        job.judged(partition).unlink()
    if short:
        why = f"found {len(short)} partitions with files that are cut short or gone (the machine stopped, or they were removed)"
        raise TrdError(f"{job.output}: {why}, wanted all as they were written; run the same command again, it writes them anew")
    return judged


def _added(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(sorted(total.items()))


def _faults(plan: Plan, scanned: Sequence[Scanned]) -> Iterable[Fault]:
    lines: Counter[int] = Counter()
    for done in scanned:
        file = plan.files[done.piece.file].name
        for line, fault in done.faults:
            yield structs.replace(fault, where=place_of(file, lines[done.piece.file] + line if line else 0) + fault.where)
        lines[done.piece.file] += done.lines


def run_json(order: Order, inputs: Sequence[Mapping[str, object]], outcome: Outcome) -> bytes:
    """The account of a run: what was read, with which program and tables, how it was asked for, what was counted."""
    account = {
        "version": order.version,
        "knowledge": order.knowledge,
        "arguments": {
            "folder": order.folder,
            "as_of": order.as_of,
            "today": None if order.as_of else order.today,
            "criteria": order.criteria,
            "dose_table": order.dose_table,
            "mappings": str(order.mappings) if order.mappings else None,
            "check_all": order.check_all,
            "validate": order.validate,
            "longest_line": order.longest,
        },
        "input": inputs,
        "patients": outcome.patients,
        "results": outcome.results,
        "written": outcome.written,
        "resources": {
            "read": outcome.ledger.read,
            **{fate.value: outcome.ledger.total(fate) for fate in Fate},
        },
        "faults": [{"where": fault.where, "found": fault.found, "wanted": fault.wanted} for fault in outcome.faults],
    }
    return msgspec.json.format(msgspec.json.encode(account), indent=2) + b"\n"
