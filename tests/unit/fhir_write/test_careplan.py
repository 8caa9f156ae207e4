"""The CarePlan against US Core CarePlan and against what a proposal may say."""

from xml.etree import ElementTree

import pytest

from fhir_trd.fhir.write.bundle import bundle_for
from fhir_trd.fhir.write.careplan import care_plan_for
from fhir_trd.fhir.write.identity import identity_for
from fhir_trd.model.plans import Goal, Plan
from fhir_trd.model.verdicts import Result
from tests.unit.fhir_write.assessments import a_history, an_assessment


@pytest.mark.parametrize("result", list(Result))
def test_us_core_asks_for_text_status_intent_category_subject(result: Result) -> None:
    """us-core-careplan (3.1.1 to 8): a narrative, a status, an intent, the category assess-plan, a patient."""
    plan = care_plan_for(an_assessment(result))

    assert {"text", "status", "intent", "category", "subject"} <= set(plan)
    assert "assess-plan" == plan["category"][0]["coding"][0]["code"]
    assert "http://hl7.org/fhir/us/core/CodeSystem/careplan-category" == plan["category"][0]["coding"][0]["system"]
    assert plan["text"]["status"] in ("generated", "additional")


def test_it_is_a_draft_of_proposals_by_software() -> None:
    """A plan is a draft and a proposal, labelled as asserted by an algorithm, with the Device as author and contributor."""
    plan = care_plan_for(an_assessment())

    assert ("draft", "proposal") == (plan["status"], plan["intent"])
    assert ["AIAST"] == [label["code"] for label in plan["meta"]["security"]]
    assert [plan["author"]] == plan["contributor"]


def test_it_has_no_period() -> None:
    """A draft comes into effect on no day of its own."""
    assert "period" not in care_plan_for(an_assessment())


def test_it_addresses_the_depression_and_nothing_else() -> None:
    """Of the recorded diagnoses only the depression is addressed, by its reference as read."""
    assert [{"reference": "Condition/d1"}] == care_plan_for(an_assessment(Result.EXCLUDED))["addresses"]


def test_it_points_at_the_finding() -> None:
    """The Observation of the same run and the record behind an urgent flag support the plan."""
    assessment = an_assessment()
    expected = [{"reference": f"urn:uuid:{identity_for('observation', assessment)}"}, {"reference": "Observation/late"}]

    assert expected == care_plan_for(assessment)["supportingInfo"]


def test_goals_are_proposed_and_measured_where_a_total_tells() -> None:
    """A goal lies inside the plan as a proposal for the same person, with its target where there is one."""
    goals = (
        Goal(id="remission", title="Remission", scale="phq-9", at_most=4.0),
        Goal(id="response", title="Response"),
    )
    assessment = an_assessment(plan=Plan((), goals))
    written = care_plan_for(assessment)

    assert [{"reference": "#remission"}, {"reference": "#response"}] == written["goal"]
    assert {"proposed"} == {goal["lifecycleStatus"] for goal in written["contained"]}
    total = written["contained"][0]["target"][0]["detailQuantity"]
    assert (4.0, "<=", "{score}") == (total["value"], total["comparator"], total["code"])
    assert "target" not in written["contained"][1]
    assert bundle_for([assessment])


def test_activities_have_not_started() -> None:
    """What is suggested or needs review is an activity that has not started; what is not eligible is none."""
    details = [activity["detail"] for activity in care_plan_for(an_assessment())["activity"]]

    assert ["Review by a clinician", "Refer"] == [detail["code"]["text"] for detail in details]
    assert {"not-started"} == {detail["status"] for detail in details}
    assert ["suggested", "needs-review"] == [detail["statusReason"]["text"] for detail in details]


def test_an_activity_tells_why_and_from_what() -> None:
    """An activity carries the reason and the evidence in words, its code, and the Condition among the evidence as reason."""
    detail = care_plan_for(an_assessment())["activity"][1]["detail"]

    assert (
        "Refer: Ask for specialist advice. Why: not settled. Evidence: Condition/d1, MedicationStatement/alphaline."
        == detail["description"]
    )
    assert [
        {"system": "http://snomed.info/sct", "code": "306206005"},
        {"system": "https://fhir-trd.org/CodeSystem/plan-option", "code": "refer"},
    ] == detail["code"]["coding"]
    assert [{"reference": "Condition/d1"}] == detail["reasonReference"]


def test_nothing_in_a_plan_is_an_order() -> None:
    """No activity names a product, an amount or a time to act."""
    ordering = {"productCodeableConcept", "productReference", "dailyAmount", "quantity", "scheduledTiming", "scheduledPeriod"}
    details = [activity["detail"] for activity in care_plan_for(an_assessment())["activity"]]

    assert all(ordering.isdisjoint(detail) for detail in details)


def test_the_narrative_holds_what_is_not_eligible_and_why() -> None:
    """A reader sees the closed option with its reason, what to watch, and the evidence."""
    words = "".join(ElementTree.fromstring(care_plan_for(an_assessment())["text"]["div"]).itertext())

    assert "Not eligible now" in words
    assert "Why: metal near the head. Watch: weekly scale; seizures. Evidence: Condition/m1." in words
    assert "Flag for clinician review, not a diagnosis." in words


def test_urgent_flags_are_noted() -> None:
    """Flags are notes of the plan, after the sentence that it is for review."""
    assert [
        "Flag for clinician review, not a diagnosis.",
        "STOP suicide-risk: an alarming answer",
    ] == [note["text"] for note in care_plan_for(an_assessment())["note"]]


def test_an_empty_plan_has_no_activities() -> None:
    """Without steps and diagnoses the plan simply leaves those elements out."""
    bare = an_assessment(plan=Plan(()), history=a_history(diagnoses=()))

    assert {"activity", "addresses"}.isdisjoint(care_plan_for(bare))
