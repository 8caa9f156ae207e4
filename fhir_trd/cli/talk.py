"""What is said on stderr: what was read, what could not be, and as of which day."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice

import click

from fhir_trd.cli.request import Request
from fhir_trd.fhir.decode import Fault
from fhir_trd.fhir.read.records import Reading
from fhir_trd.model.issues import Fate, Issue, Ledger
from fhir_trd.model.records import PatientRecord

SHOWN = 10
"""How many lines of one kind are shown before the rest is only counted."""

REASONS = 5
"""How many reasons stand in the line of the ledger; --ledger lists all."""

QUARANTINED = 3
"""The exit code of a run that is done, but had to leave some input out."""


def say(text: str) -> None:
    """One line on stderr."""
    click.echo(text, err=True)


def tell_reading(reading: Reading, request: Request) -> int:
    """Say what became of everything that was read, and as of which day it is judged; answers with the exit code."""
    code = tell_fates(reading, request)
    _tell_day(reading.records, request)
    _tell_shared_ids(reading.records)
    _tell_empty(reading.records)
    return code


def tell_fates(reading: Reading, request: Request) -> int:
    """Say what became of everything that was read, without a word of any patient; answers with the exit code."""
    say(ledger_line(reading.ledger))
    if request.ledger:
        _say_some(_ledger_lines(reading.ledger), len(reading.ledger.counts))
    _tell_faults(reading)
    return QUARANTINED if reading.faults or reading.ledger.total(Fate.FAULTY) else 0


def ledger_line(ledger: Ledger) -> str:
    """The ledger in one line: "read 12: used 9, set aside 3 (2 planned, 1 duplicate), faulty 0"; reasons up to their colon."""
    reasons: Counter[str] = Counter()
    for entry, count in ledger.counts.items():
        if entry.fate is Fate.SET_ASIDE:
            reasons[entry.reason.partition(":")[0]] += count
    ranked = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    why = f" ({', '.join(_reasons(ranked))})" if ranked else ""
    used, aside, faulty = (ledger.total(fate) for fate in (Fate.USED, Fate.SET_ASIDE, Fate.FAULTY))
    return f"read {ledger.read}: used {used}, set aside {aside}{why}, faulty {faulty}"


def _reasons(ranked: Sequence[tuple[str, int]]) -> list[str]:
    """The most frequent reasons; a real export has so many that the rest is only counted."""
    told = [f"{count} {reason}" for reason, count in ranked[:REASONS]]
    rest = sum(count for _, count in ranked[REASONS:])
    return [*told, f"{rest} for other reasons"] if rest else told


def _ledger_lines(ledger: Ledger) -> list[str]:
    return [
        f"  {count:>7} {entry.resource_type} {entry.fate.value}{': ' + entry.reason if entry.reason else ''}"
        for entry, count in ledger.counts.items()
    ]


def _tell_faults(reading: Reading) -> None:
    faults = reading.faults
    if faults:
        say(f"{len(faults)} of {reading.ledger.read} resources could not be read:")
        _say_some([_fault_line(fault) for fault in faults], SHOWN)


def _fault_line(fault: Fault) -> str:
    remedy = f" ({fault.remedy})" if fault.remedy else ""
    return f"  {fault.where}: found {fault.found}, wanted {fault.wanted}{remedy}"


def _tell_day(records: Sequence[PatientRecord], request: Request) -> None:
    if request.as_of is not None or not records:
        return
    stated = sorted({record.latest for record in records if record.latest is not None})
    if stated:
        span = " to ".join(day.isoformat() for day in dict.fromkeys((stated[0], stated[-1])))
        whose = "the latest date in the record" if len(records) == 1 else "the latest date in each record"
        say(f"as of {span}, {whose}; set another with --as-of")
    ahead = [record.patient for record in records if record.latest is not None and record.latest > request.today]
    if ahead:
        _say_some(
            [f"{patient}: a date in the record lies after today; judged as of it. Set a day with --as-of" for patient in ahead],
            SHOWN,
        )
    undated = [record.patient for record in records if record.latest is None]
    if undated:
        _say_some([f"{patient}: no date in the record, judged as of today ({request.today})" for patient in undated], SHOWN)


def _tell_shared_ids(records: Sequence[PatientRecord]) -> None:
    """Warn of an id that two different Patient resources bear: they may be two people, and one history was made of both."""
    joined = [record.patient for record in records if any(_is_shared(issue, record) for issue in record.issues)]
    words = "two different Patient resources have this id, and their records are joined: are they one person?"
    _say_some([f"{patient}: {words}" for patient in joined], SHOWN)


def _is_shared(issue: Issue, record: PatientRecord) -> bool:
    return issue.kind == "same-id" and issue.origin.resource == record.patient


def _tell_empty(records: Sequence[PatientRecord]) -> None:
    if not records:
        say("no patient found in what was read")
    _say_some([f"{record.patient}: {_missing(record)}" for record in records if not record.supplies], SHOWN)


def _missing(record: PatientRecord) -> str:
    if record.diagnoses or record.scores or record.treatments:
        return "no antidepressant found in the record"
    return "nothing relevant found in the record: no antidepressant, diagnosis, score or treatment that the tables know"


def _say_some(lines: Sequence[str], shown: int) -> None:
    for line in islice(lines, shown):
        say(line)
    if len(lines) > shown:
        say(f"  … and {len(lines) - shown} more")
