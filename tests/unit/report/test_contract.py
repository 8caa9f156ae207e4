"""The JSON contract: its keys, its values, and the rows of the history."""

from datetime import date
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import LONG_AGO, Days, When, on
from fhir_trd.model.drugs import Drug, Role
from fhir_trd.model.records import Treatment
from fhir_trd.model.trials import Augmentation, AugmentationAnswer, Response, Segment, Stage
from fhir_trd.model.verdicts import Result
from fhir_trd.report.contract import HISTORY_COLUMNS, assessment_json, history_csv_rows, history_json
from tests.unit.fhir_write.assessments import TRIALS, a_history, an_assessment


def evaluated(result: Result = Result.MET, **changes: Any) -> dict[str, Any]:
    """The JSON of an assessment, read back."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(assessment_json(an_assessment(result, **changes))))
    return found


def first_trial(**changes: Any) -> dict[str, Any]:
    """The JSON of a changed first trial."""
    (found,) = evaluated(history=a_history(trials=(replace(TRIALS[0], **changes),)))["trials"]
    return dict(found)


def test_the_keys_of_a_patient_stand() -> None:
    """The top-level keys of the contract are all there."""
    assert {"patient", "as_of", "verdicts", "trials", "staging", "flags", "issues"} <= set(evaluated())


def test_patient_day_and_staging_are_plain() -> None:
    """The patient is the reference, the day an ISO date, staging an object."""
    found = evaluated()

    assert ("Patient/p1", "2024-12-31", {}) == (found["patient"], found["as_of"], found["staging"])


@pytest.mark.parametrize(
    ("result", "bounds"),
    [
        (Result.MET, ("met", 2, 2, ["alphaline", "betaline"])),
        (Result.NOT_MET, ("not-met", 1, 1, ["alphaline"])),
        (Result.INDETERMINATE, ("indeterminate", 1, 2, ["alphaline"])),
        (Result.EXCLUDED, ("excluded", 0, 0, [])),
    ],
)
def test_a_verdict_has_result_and_bounds(result: Result, bounds: tuple[str, int, int, list[str]]) -> None:
    """A verdict holds its result, least, most and the trials counted."""
    verdict = evaluated(result)["verdicts"][0]

    assert ("consensus", *bounds) == tuple(verdict[key] for key in ("criteria", "result", "least", "most", "counted"))


def test_findings_are_always_told() -> None:
    """Every finding stands in the JSON with its truth, reason and evidence."""
    (finding,) = evaluated(Result.EXCLUDED)["verdicts"][0]["findings"]

    assert ("no-excluding-diagnosis", "no", "bipolar disorder recorded", ["Condition/b1"]) == tuple(
        finding[key] for key in ("rule", "truth", "because", "evidence")
    )


def test_an_open_verdict_says_what_would_settle_it() -> None:
    """An open question names the fact, the trial, what to ask and the evidence."""
    assert [
        {
            "fact": "dose",
            "trial": "betaline-1",
            "ask": "the daily dose of betaline",
            "evidence": ["MedicationStatement/betaline"],
        }
    ] == evaluated(Result.INDETERMINATE)["verdicts"][0]["would_settle"]


def test_a_trial_has_the_keys_of_the_contract() -> None:
    """A trial holds drug, codes, bounds, dose, days, outcome and the judgement of every criteria set."""
    trial = evaluated(Result.NOT_MET)["trials"][1]
    expected = {
        "drug": "betaline",
        "rxcui": "1",
        "class": "SSRI",
        "start": {"earliest": "2024-04-01", "latest": "2024-04-01"},
        "end": {"earliest": "2024-05-31", "latest": "2024-05-31"},
        "ongoing": False,
        "max_dose_mg": 37.5,
        "adequate_days": {"least": 61, "most": 61},
        "outcome": "non-response",
        "outcome_because": "scores",
        "judgements": {
            "consensus": {"answer": "no", "reasons": ["too_short"]},
            "delphi": {"answer": "no", "reasons": ["too_short"]},
        },
    }

    assert expected == {key: trial[key] for key in expected}


def test_a_whole_number_is_written_whole() -> None:
    """A dose of 100 mg reads 100, not 100.0."""
    assert b'"max_dose_mg":100,' in msgspec.json.encode(assessment_json(an_assessment()))


def test_an_unknown_dose_is_null() -> None:
    """A dose nobody knows is null, in the trial and in its segments, never zero."""
    segment = Segment(TRIALS[0].start, TRIALS[0].end, None)
    trial = first_trial(max_dose=None, segments=(segment,))

    assert (None, None) == (trial["max_dose_mg"], trial["segments"][0]["dose_mg"])


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (When(LONG_AGO, date(2020, 1, 1)), {"earliest": None, "latest": "2020-01-01"}),
        (When(LONG_AGO, date.max), {"earliest": None, "latest": None}),
        (When(date(2019, 1, 1), date(2019, 12, 31)), {"earliest": "2019-01-01", "latest": "2019-12-31"}),
    ],
)
def test_a_bound_nobody_recorded_is_null(when: When, expected: dict[str, str | None]) -> None:
    """The ends of the calendar stand for unknown and leave as null."""
    assert expected == first_trial(start=when)["start"]


def test_the_outcome_is_that_of_the_latest_window() -> None:
    """Of several windows the last one speaks."""
    early = TRIALS[0].outcomes[0]
    late = replace(early, opens_on=56, response=Response.PARTIAL, because="later scores")
    trial = first_trial(outcomes=(early, late))

    assert ("partial", "later scores") == (trial["outcome"], trial["outcome_because"])


def test_missing_scores_are_null() -> None:
    """Where no score was taken, baseline, endpoint and improvement are null."""
    silent = replace(TRIALS[0].outcomes[0], improvement=None, baseline=None, endpoint=None)
    trial = first_trial(outcomes=(silent,), stop_reason=None, first_at_minimum=None)

    assert 5 * [None] == [
        trial[key] for key in ("baseline", "endpoint", "improvement_percent", "stop_reason", "first_at_minimum")
    ]


def test_an_augmentation_is_told() -> None:
    """What was added to a trial stands in it with dose, overlap and answer."""
    added = Augmentation(
        drug=Drug(ingredient="gammaline", name="gammaline", role=Role.AUGMENTATION, drug_class="other"),
        start=on(date(2024, 2, 1)),
        end=on(date(2024, 3, 1)),
        max_dose=5.0,
        overlap=Days(30, 30),
        answer=AugmentationAnswer.INADEQUATE_DOSE,
    )
    (found,) = first_trial(augmentations=(added,))["augmentations"]

    assert ("gammaline", 5, "inadequate_dose") == (found["drug"], found["max_dose_mg"], found["answer"])


def test_evidence_names_the_element_where_it_helps() -> None:
    """Evidence is "Type/id", with "#path" if the element is known, each place once."""
    trial = first_trial(sources=(Origin("A/1", "x[0]"), Origin("A/1", "x[0]"), Origin("A/2")))

    assert ["A/1#x[0]", "A/2"] == trial["evidence"]


def test_a_flag_has_severity_subject_reason_evidence() -> None:
    """A flag is written with the four keys of the contract."""
    assert [
        {
            "severity": "STOP",
            "about": "suicide-risk",
            "because": "an alarming answer",
            "evidence": ["Observation/late"],
        }
    ] == evaluated()["flags"]


def test_an_issue_tells_kind_place_and_effect() -> None:
    """An issue names the resource, the element, what kind of thing was found and what was done."""
    assert [
        {
            "kind": "unreadable-dose",
            "resource": "MedicationStatement/betaline",
            "path": "dosage[0]",
            "found": "text of 7",
            "effect": "dose unknown",
        }
    ] == evaluated()["issues"]


def test_the_plan_is_told_in_order() -> None:
    """Each step of the plan stands with its standing, in the order to look at them."""
    assert [("clinician-review", "suggested"), ("refer", "needs-review"), ("rtms", "not-eligible")] == [
        (step["option"], step["standing"]) for step in evaluated()["plan"]
    ]


def test_a_verdict_can_be_replayed() -> None:
    """Version, knowledge digest and sources are part of the output."""
    found = evaluated()

    assert ("0.1.0", "sha256:0123456789abcdef", 3) == (found["version"], found["knowledge"], len(found["sources"]))


def test_sensitivity_is_told() -> None:
    """What another dose table would say stands beside the verdicts."""
    assert [{"criteria": "consensus", "dose_table": "mgh-atrq", "result": "met", "least": 1, "most": 2}] == evaluated()[
        "sensitivity"
    ]


def test_a_history_is_one_json_object() -> None:
    """The history alone holds patient, episode, trials, diagnoses, scores, treatments and stages, and no judgement."""
    treatment = Treatment(origin=Origin("Procedure/e1"), kind="ect", start=on(date(2020, 1, 1)), end=on(date(2020, 2, 1)))
    found = msgspec.json.decode(
        msgspec.json.encode(history_json(a_history(treatments=(treatment,), stages=(Stage("exposures", 3, 2, ("planned",)),))))
    )

    assert "judgements" not in found["trials"][0]
    assert {"earliest": "2023-01-01", "latest": "2023-12-31"} == found["episode"]["start"]
    assert ["depression"] == [each["category"] for each in found["diagnoses"]]
    assert [18] == [each["value"] for each in found["scores"]]
    assert ["ect"] == [each["kind"] for each in found["treatments"]]
    assert [{"name": "exposures", "into": 3, "out": 2, "left": ["planned"]}] == found["stages"]


def test_a_row_has_a_cell_for_each_column() -> None:
    """Every trial gives one row under the documented columns."""
    rows = [dict(zip(HISTORY_COLUMNS, row, strict=True)) for row in history_csv_rows(a_history())]

    assert [("alphaline", "100"), ("betaline", "37.5")] == [(row["drug"], row["max_dose_mg"]) for row in rows]
    assert ("no", "10", "lack_of_efficacy") == tuple(rows[0][key] for key in ("ongoing", "improvement_percent", "stop_reason"))


def test_an_empty_cell_is_a_fact_nobody_recorded() -> None:
    """Unknown doses and bounds are empty cells, lists are joined."""
    trial = replace(
        TRIALS[0], start=When(LONG_AGO, date(2020, 1, 1)), max_dose=None, ongoing=True, doubts=("dose_unknown", "start_unknown")
    )
    (row,) = (dict(zip(HISTORY_COLUMNS, each, strict=True)) for each in history_csv_rows(a_history(trials=(trial,))))

    assert ("", "2020-01-01", "", "yes", "dose_unknown; start_unknown") == tuple(
        row[key] for key in ("start_earliest", "start_latest", "max_dose_mg", "ongoing", "doubts")
    )
