"""Conditions as diagnoses."""

import pytest

from fhir_trd.model.records import Certainty, Course, Diagnosis
from tests.unit.fhir_read.making import SOMEONE, Json, issues, record, set_aside

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"


def condition(code: str = "F33.1", **more: object) -> Json:
    """Recurrent depression, unless said otherwise."""
    return {
        "resourceType": "Condition",
        "id": "c",
        "subject": SOMEONE,
        "code": {"coding": [{"system": ICD, "code": code}]},
        **more,
    }


def diagnosis(**more: object) -> Diagnosis:
    """The one diagnosis of such a condition."""
    (only,) = record(condition(**more)).diagnoses  # type: ignore[arg-type]
    return only


CODES = [
    ("F33.1", ("depression", "moderate", False)),
    ("F32.2", ("depression", "severe", False)),
    ("F33.3", ("depression", "severe", True)),
    ("F31.81", ("bipolar", "", False)),
    ("F25.0", ("schizophrenia-spectrum", "", False)),
    ("F32.81", ("pmdd", "", False)),
]


@pytest.mark.parametrize(("code", "expected"), CODES)
def test_a_code_tells_the_category(code: str, expected: tuple[str, str, bool]) -> None:
    """The code tells category, severity and psychosis."""
    found = diagnosis(code=code)
    assert expected == (found.category, found.severity, found.psychotic or expected[2])


VERIFIED = [
    ({}, Certainty.CONFIRMED),
    ({"verificationStatus": {"coding": [{"code": "confirmed"}]}}, Certainty.CONFIRMED),
    ({"verificationStatus": "confirmed"}, Certainty.CONFIRMED),
    ({"verificationStatus": {"coding": [{"code": "provisional"}]}}, Certainty.SUSPECTED),
    ({"verificationStatus": "differential"}, Certainty.SUSPECTED),
    ({"verificationStatus": {"text": "unconfirmed"}}, Certainty.SUSPECTED),
]


@pytest.mark.parametrize(("told", "expected"), VERIFIED)
def test_verification_tells_how_sure_it_is(told: Json, expected: Certainty) -> None:
    """Confirmed or nothing said is confirmed; anything tentative is suspected, in every version of FHIR."""
    assert expected is diagnosis(**told).certainty


REFUSED = [
    (condition(verificationStatus="refuted"), "ruled out: verification status refuted"),
    (condition("E871", verificationStatus="refuted"), "not a diagnosis of interest"),
    (condition(verificationStatus={"coding": [{"code": "entered-in-error"}]}), "entered in error"),
    (condition(code="J45"), "not a diagnosis of interest"),
    (condition(code={}), "not a diagnosis of interest"),
]


@pytest.mark.parametrize(("resource", "reason"), REFUSED)
def test_what_is_denied_is_as_if_absent(resource: Json, reason: str) -> None:
    """Refuted and erroneous diagnoses, and those no rule knows, are set aside with the reason."""
    assert [reason] == set_aside(resource)


IN_WORDS = [
    ("Major depressive disorder, recurrent", ("depression", Certainty.CONFIRMED)),
    ("History of bipolar disorder", ("bipolar", Certainty.SUSPECTED)),
    ("Possible bipolar disorder", ("bipolar", Certainty.SUSPECTED)),
    ("No history of bipolar disorder", None),
    ("Family history of bipolar disorder", None),
    ("Rule out bipolar disorder", ("bipolar", Certainty.SUSPECTED)),
    ("Bipolar disorder ruled out", None),
    ("Mother had major depressive disorder", None),
]


@pytest.mark.parametrize(("text", "expected"), IN_WORDS)
def test_words_name_a_diagnosis_unless_they_deny_it(text: str, expected: tuple[str, Certainty] | None) -> None:
    """Words alone may name a diagnosis; words of doubt make it suspected, words of denial or of others make it none."""
    found = record({**condition(), "code": {"text": text}}).diagnoses
    assert ([expected] if expected else []) == [(one.category, one.certainty) for one in found]


COURSES = [
    ({"clinicalStatus": "active"}, Course.ACTIVE),
    ({"clinicalStatus": {"coding": [{"code": "recurrence"}]}}, Course.ACTIVE),
    ({"clinicalStatus": "remission"}, Course.REMISSION),
    ({"clinicalStatus": "resolved"}, Course.RESOLVED),
    ({"clinicalStatus": "inactive"}, Course.INACTIVE),
    ({"abatementDateTime": "2024-01-01"}, Course.RESOLVED),
    ({"abatementBoolean": True}, Course.RESOLVED),
    ({}, Course.UNKNOWN),
]


@pytest.mark.parametrize(("told", "expected"), COURSES)
def test_the_clinical_status_tells_the_course(told: Json, expected: Course) -> None:
    """Where a diagnosis stands is its clinical status, else that it abated."""
    assert expected is diagnosis(**told).course


def test_dates_are_read_in_all_their_forms() -> None:
    """Onset and abatement may be days or periods; the day of recording has had three names."""
    told = diagnosis(onsetPeriod={"start": "2023-05"}, abatementPeriod={"end": "2024"}, assertedDate="2023-06-01")
    assert told.onset is not None
    assert told.abated is not None
    assert told.recorded is not None
    assert ("2023-05-31", "2024-12-31", "2023-06-01") == (
        str(told.onset.latest),
        str(told.abated.latest),
        str(told.recorded.latest),
    )


def test_an_end_before_the_start_is_noted() -> None:
    """A diagnosis that abated before it began has no end."""
    odd = condition(onsetDateTime="2024-05-01", abatementDateTime="2024-01-01")
    assert [("end-before-start", "abatement")] == issues(odd)


def test_two_categories_are_two_diagnoses() -> None:
    """A condition coded as two things is both."""
    both = {"coding": [{"system": ICD, "code": "F33.1"}, {"system": ICD, "code": "F41.1"}]}
    assert ["anxiety", "depression"] == sorted(one.category for one in record({**condition(), "code": both}).diagnoses)
