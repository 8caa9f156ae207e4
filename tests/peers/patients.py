"""Invented patients as bare mentions of drugs, for the peer and for us."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import on
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import EndFrom, Kind, PatientRecord, Step, Supply

DRUGS = ("citalopram", "fluoxetine", "mirtazapine", "sertraline")
FIRST = date(2020, 1, 1)
Rows = tuple[tuple[str, date], ...]


def drawn(number: int, seed: int, *, least: int = 1, most: int = 12, days: int = 200) -> tuple[Rows, ...]:
    """So many patients, each with some mentions of drugs on days, every one once."""
    dice = Random(seed)
    return tuple(_rows(dice, dice.randint(least, most), days) for _ in range(number))


def frame_of(patients: Sequence[Rows], pandas: Any) -> Any:
    """The patients as the table that the peer takes: a row for each mention."""
    rows = [(str(number), drug, pandas.Timestamp(day)) for number, mentions in enumerate(patients) for drug, day in mentions]
    return pandas.DataFrame(rows, columns=["patient_id", "drug", "date"])


def _rows(dice: Random, number: int, days: int) -> Rows:
    known = dice.sample(DRUGS, dice.randint(1, len(DRUGS)))
    mentions = {(dice.choice(known), FIRST + timedelta(dice.randrange(days))) for _ in range(number)}
    return tuple(sorted(mentions))


def record_of(rows: Rows, knowledge: Knowledge) -> PatientRecord:
    """A patient's mentions as orders of a day each."""
    return PatientRecord(
        patient="Patient/1",
        supplies=tuple(_order(number, drug, day, knowledge) for number, (drug, day) in enumerate(rows)),
        latest=max(day for _, day in rows),
    )


def _order(number: int, drug: str, day: date, knowledge: Knowledge) -> Supply:
    return Supply(
        origin=Origin(f"MedicationRequest/{number}"),
        kind=Kind.ORDERED,
        drug=knowledge.formulary.drugs[drug, ""],
        steps=(Step(on(day), on(day)),),
        end_from=EndFrom.STATED,
    )
