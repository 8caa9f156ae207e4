"""The Observation against US Core Simple Observation and against what a finding must carry."""

from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from fhir_trd.fhir.write.bundle import bundle_for
from fhir_trd.fhir.write.observation import observation_for
from fhir_trd.fhir.write.sentences import trial_line, verdict_line
from fhir_trd.model.dates import LONG_AGO, Days, When, on
from fhir_trd.model.verdicts import Result
from tests.unit.fhir_write.assessments import TRIALS, a_history, a_score, a_verdict, an_assessment

CATEGORY_SYSTEMS = {
    "http://hl7.org/fhir/us/core/CodeSystem/us-core-category",
    "http://terminology.hl7.org/CodeSystem/observation-category",
}


def codes(concept: dict[str, Any]) -> list[str]:
    """The codes of a CodeableConcept."""
    return [coding["code"] for coding in concept["coding"]]


def components(observation: dict[str, Any], code: str) -> list[dict[str, Any]]:
    """The components with this code."""
    return [each for each in observation["component"] if code in codes(each["code"])]


@pytest.mark.parametrize("result", list(Result))
def test_us_core_asks_for_status_category_code_subject(result: Result) -> None:
    """Category and subject are mandatory in us-core-simple-observation, status and code in the base resource."""
    observation = observation_for(an_assessment(result))

    assert {"status", "category", "code", "subject"} <= set(observation)
    assert {"reference": "Patient/p1"} == observation["subject"]


def test_the_category_is_of_the_required_set() -> None:
    """The slice us-core is bound to us-core-simple-observation-category: all codes of two code systems."""
    systems = {coding["system"] for category in observation_for(an_assessment())["category"] for coding in category["coding"]}

    assert systems <= CATEGORY_SYSTEMS


def test_must_support_elements_are_there() -> None:
    """effective[x] as a dateTime, value[x] as a CodeableConcept and derivedFrom are sent (us-core-simple-observation)."""
    assert {"effectiveDateTime", "valueCodeableConcept", "derivedFrom"} <= set(observation_for(an_assessment()))


def test_no_performer_is_claimed() -> None:
    """The base resource allows no Device as performer, and no person performed this: the software stands in device."""
    observation = observation_for(an_assessment())

    assert "performer" not in observation
    assert observation["device"]["reference"].startswith("urn:uuid:")


def test_what_an_algorithm_says_is_preliminary_and_labelled() -> None:
    """The finding is preliminary and carries the label for what an algorithm asserts."""
    observation = observation_for(an_assessment())

    assert "preliminary" == observation["status"]
    assert ["AIAST"] == [label["code"] for label in observation["meta"]["security"]]


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (Result.MET, ["met", "1153570009"]),
        (Result.NOT_MET, ["not-met"]),
        (Result.INDETERMINATE, ["indeterminate"]),
        (Result.EXCLUDED, ["excluded"]),
    ],
)
def test_the_disorder_is_coded_only_where_the_criteria_are_met(result: Result, expected: list[str]) -> None:
    """SNOMED CT's treatment resistant depression stands beside our result only if that is met."""
    assert expected == codes(observation_for(an_assessment(result))["valueCodeableConcept"])


def test_a_met_result_reads_as_a_possibility() -> None:
    """The words of a met result promise no more than a possibility for a clinician to review."""
    expected = "possible treatment resistance - clinician review"

    assert expected == observation_for(an_assessment())["valueCodeableConcept"]["text"]


def test_no_component_repeats_the_code() -> None:
    """A component has no code of the Observation itself while that has a value (invariant obs-7)."""
    observation = observation_for(an_assessment())
    own = set(codes(observation["code"]))

    assert all(own.isdisjoint(codes(each["code"])) for each in observation["component"])


@pytest.mark.parametrize(
    ("result", "bounds"),
    [
        (Result.MET, (2, 2, 2)),
        (Result.NOT_MET, (1, 1, 2)),
        (Result.INDETERMINATE, (1, 2, 2)),
        (Result.EXCLUDED, (0, 0, 2)),
    ],
)
def test_the_bounds_are_components(result: Result, bounds: tuple[int, int, int]) -> None:
    """The least, the most and the needed count can be read by a program, also where one is zero."""
    observation = observation_for(an_assessment(result))
    found = tuple(components(observation, f"failed-{name}")[0]["valueInteger"] for name in ("least", "most", "needed"))

    assert bounds == found


def test_every_criteria_set_has_a_component() -> None:
    """Each verdict stands in a component with its criteria set and version."""
    found = components(observation_for(an_assessment()), "criteria-verdict")

    assert [["criteria-verdict", "consensus"], ["criteria-verdict", "delphi"]] == [codes(each["code"]) for each in found]
    assert ["1", "1"] == [each["code"]["coding"][1]["version"] for each in found]
    assert [["met"], ["met"]] == [codes(each["valueCodeableConcept"]) for each in found]


def test_a_definition_that_needs_review_says_so() -> None:
    """Where we could not read the source of a criteria set ourselves, its verdict says so."""
    assert (
        "The consensus definition (consensus, version 1): indeterminate, 1 to 2 of 2 distinct failed adequate trials; "
        "the reading of this definition itself still needs clinical review"
    ) == verdict_line(replace(a_verdict(Result.INDETERMINATE), needs_review=True))


def test_the_method_is_the_criteria_set_and_its_version() -> None:
    """The method names the deciding criteria set and its version."""
    method = observation_for(an_assessment())["method"]

    assert ("consensus", "1") == (method["coding"][0]["code"], method["coding"][0]["version"])


def test_every_trial_is_a_readable_line() -> None:
    """A trial reads as one line with dates, dose, days, outcome and whether it counts."""
    lines = [each["valueString"] for each in components(observation_for(an_assessment(Result.NOT_MET)), "antidepressant-trial")]

    assert [
        "alphaline, 2024-01-15 to 2024-03-31, up to 100 mg a day, 77 days at the minimum dose, outcome non-response: counts",
        "betaline, 2024-04-01 to 2024-05-31, up to 37.5 mg a day, 61 days at the minimum dose, outcome non-response: "
        "does not count (too_short)",
    ] == lines


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (on(date(2019, 5, 2)), When(date(2019, 1, 1), date(2019, 12, 31)), "started 2019-05-02, ended 2019"),
        (When(date(2019, 2, 1), date(2019, 2, 28)), on(date(2019, 5, 2)), "started 2019-02, ended 2019-05-02"),
        (When(LONG_AGO, date(2019, 5, 2)), on(date(2019, 5, 3)), "started by 2019-05-02, ended 2019-05-03"),
        (When(LONG_AGO, date.max), on(date(2019, 5, 3)), "started on an unknown day, ended 2019-05-03"),
        (on(date(2019, 5, 2)), When(date(2019, 5, 2), date.max), "started 2019-05-02, ended on or after 2019-05-02"),
        (
            on(date(2019, 5, 2)),
            When(date(2019, 5, 2), date(2020, 4, 30)),
            "started 2019-05-02, ended between 2019-05-02 and 2020-04-30",
        ),
        (
            on(date(2019, 5, 2)),
            When(date(2019, 6, 1), date(2019, 8, 31)),
            "started 2019-05-02, ended between 2019-06-01 and 2019-08-31",
        ),
    ],
)
def test_doubt_about_a_day_stays_visible(start: When, end: When, expected: str) -> None:
    """A year stays a year, a month a month, an unknown day unknown."""
    assert f"alphaline, {expected}, up to 100 mg a day" in trial_line(replace(TRIALS[0], start=start, end=end), None)


def test_doubt_about_dose_and_days_stays_visible() -> None:
    """An unknown dose is not zero, bounds stay bounds, and an ongoing trial has no end."""
    doubtful = replace(TRIALS[0], ongoing=True, adequate=Days(0, 365), max_dose=None)

    assert (
        "alphaline, started 2024-01-15, ongoing, dose not known, 0 to 365 days at the minimum dose, outcome non-response"
    ) == trial_line(doubtful, None)


def test_what_was_checked_is_told() -> None:
    """Each finding of the deciding set, the exclusions among them, is a component."""
    (found,) = components(observation_for(an_assessment(Result.EXCLUDED)), "criteria-finding")

    assert "no-excluding-diagnosis: no (bipolar disorder recorded)" == found["valueString"]


def test_the_notes_say_it_is_a_flag_then_what_is_urgent_then_what_is_open() -> None:
    """The sentence that this is no diagnosis comes first, then the flags, then the open questions."""
    assert [
        "Flag for clinician review, not a diagnosis.",
        "STOP suicide-risk: an alarming answer",
        "Would settle the verdict: the daily dose of betaline",
    ] == [note["text"] for note in observation_for(an_assessment(Result.INDETERMINATE))["note"]]


def test_it_is_derived_from_the_scores_alone() -> None:
    """derivedFrom names Observations and QuestionnaireResponses, the only ones of our inputs R4 allows there."""
    verdict = a_verdict(Result.EXCLUDED)
    names = [each["reference"] for each in observation_for(an_assessment(verdicts=(verdict,)))["derivedFrom"]]

    assert [
        f"Observation/{name}" for name in ("alphaline-after", "alphaline-before", "betaline-after", "betaline-before")
    ] == names


@pytest.mark.parametrize(
    ("result", "expected"),
    [(Result.MET, ["POS"]), (Result.NOT_MET, ["NEG"]), (Result.INDETERMINATE, ["IND"]), (Result.EXCLUDED, [])],
)
def test_the_interpretation_follows_the_result(result: Result, expected: list[str]) -> None:
    """Met is positive, not met negative, open indeterminate; for criteria that do not apply there is none."""
    found = observation_for(an_assessment(result)).get("interpretation", [])

    assert expected == [code for each in found for code in codes(each)]


@pytest.mark.parametrize("result", list(Result))
def test_the_narrative_is_well_formed(result: Result) -> None:
    """The narrative is one XHTML div with text in it (invariants txt-1, txt-2, dom-6)."""
    text = observation_for(an_assessment(result))["text"]
    root = ElementTree.fromstring(text["div"])

    assert ("generated", "{http://www.w3.org/1999/xhtml}div") == (text["status"], root.tag)
    assert "".join(root.itertext()).strip()


def test_the_narrative_is_escaped() -> None:
    """Markup and control characters in a reason do no harm in the narrative."""
    verdict = a_verdict(Result.MET)
    sly = replace(verdict, findings=(replace(verdict.findings[0], because='<script>1 & 2</script>"\x07'),))
    bundle = bundle_for([an_assessment(verdicts=(sly,))])
    div = bundle["entry"][1]["resource"]["text"]["div"]

    assert "<script>" not in div
    assert '<script>1 & 2</script>"' in "".join(ElementTree.fromstring(div).itertext())


def test_a_patient_known_only_inside_the_bundle_read_is_named_by_identifier() -> None:
    """A urn:uuid that would dangle in our Bundle is written as an identifier, so that a server does not refuse it."""
    urn = "urn:uuid:0c1d2f52-2a5e-4b0b-8f0a-0e6c3ad2d7b1"
    subject = observation_for(an_assessment(patient=urn))["subject"]

    assert {"identifier": {"system": "urn:ietf:rfc:3986", "value": urn}} == subject


def test_a_trial_without_scores_is_derived_from_nothing() -> None:
    """Without scores there is no derivedFrom at all."""
    silent = replace(TRIALS[0], outcomes=(replace(TRIALS[0].outcomes[0], baseline=None, endpoint=None),))
    other = a_history(trials=(silent,), scores=(a_score("unused", 9.0, a_history().as_of),))

    assert "derivedFrom" not in observation_for(an_assessment(history=other))
