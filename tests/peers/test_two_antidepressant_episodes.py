"""The preset ``two-antidepressant-episodes`` beside the package it stands for. Runs where that package is installed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from fhir_trd.assessment import history_of, verdicts_of
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.verdicts import Result
from tests.peers.patients import Rows, drawn, frame_of, record_of

PATIENTS = 2_500
SEED = 20_240_101
Answer = tuple[str, str, date] | None


@pytest.fixture(scope="module")
def peer() -> Any:
    """The module of the package."""
    return pytest.importorskip("cardinal_pythonlib.psychiatry.treatment_resistant_depression")


@pytest.fixture(scope="module")
def known() -> Knowledge:
    """The shipped tables."""
    return load_knowledge()


def theirs(patients: Sequence[Rows], peer: Any) -> list[Answer]:
    """The two drugs and the day the second course is complete, as the package finds them for each patient."""
    frame = frame_of(patients, pytest.importorskip("pandas"))
    found = peer.two_antidepressant_episodes(frame)
    columns = (found["patient_id"], found["drug_a_name"], found["drug_b_name"], found["drug_b_second"])
    by_patient = {int(patient): (a, b, second.date()) for patient, a, b, second in zip(*columns, strict=True)}
    return [by_patient.get(number) for number in range(len(patients))]


def ours(rows: Rows, known: Knowledge) -> Answer:
    """The same of the preset."""
    record = record_of(rows, known)
    assert record.latest is not None
    (verdict,) = verdicts_of(history_of(record, known, as_of=record.latest), known, ["two-antidepressant-episodes"])
    if verdict.result is not Result.MET or verdict.met_on is None:
        assert verdict.result is Result.NOT_MET
        return None
    first, then = verdict.counted
    return first, then, verdict.met_on.earliest


def test_equal_answers_on_generated_patients(peer: Any, known: Knowledge) -> None:
    """The preset and the package find the same drugs, and the same day, in every one of 2,500 invented patients."""
    patients = drawn(PATIENTS, SEED)
    found = [ours(rows, known) for rows in patients]

    assert theirs(patients, peer) == found
    assert PATIENTS // 10 < sum(one is not None for one in found) < PATIENTS - PATIENTS // 10
