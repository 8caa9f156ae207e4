"""What to do next as a FHIR CarePlan (US Core CarePlan): a draft of proposals, never an order."""

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from fhir_trd.fhir.write.identity import Refer, device_identity, identifier, identity_for, inside
from fhir_trd.fhir.write.narrative import item, list_of, listed, narrative, paragraph, strong
from fhir_trd.fhir.write.sentences import flag_line, step_line, verdict_line
from fhir_trd.fhir.write.shape import Element, concept, filled, reference_to, resource_type_of
from fhir_trd.fhir.write.vocabulary import (
    ASSERTED_BY_ALGORITHM,
    ASSESS_PLAN,
    CARE_PLAN,
    OPTIONS,
    REVIEW_SENTENCE,
    SCALE_TOTALS,
    SCORE_UNIT,
    SNOMED,
)
from fhir_trd.model.plans import Goal, Option, Standing, Step
from fhir_trd.model.records import DEPRESSION
from fhir_trd.model.verdicts import Assessment, Severity

TITLE = "Proposals for clinician review: next steps in the care of depression"
REASONS = frozenset({"Condition", "Observation", "DiagnosticReport", "DocumentReference"})
"""The types a planned activity may name as its reason; the narrative names all the evidence."""

KEY_SEVERITIES = frozenset({Severity.STOP, Severity.EXCLUDE, Severity.BLOCK})
"""The flags whose evidence a reader of the plan needs at hand."""


class Shown(Struct, frozen=True):
    """A step as the plan shows it: as an item of a list, and as an activity that has not started.

    What is not eligible is no activity: the narrative says why not.
    """

    standing: Standing
    item: str
    activity: Element | None


def care_plan_for(assessment: Assessment, refer: Refer = inside) -> Element:
    """The CarePlan for one patient. It has no period: a draft comes into effect when a clinician says so."""
    resource_id = identity_for("careplan", assessment)
    shown = [_drawn(step) if step.evidence else _known(step) for step in assessment.plan.steps]
    software = refer("Device", device_identity(assessment))
    flags = [flag_line(flag) for flag in assessment.flags]
    verdict = verdict_line(assessment.verdicts[0])
    return filled(
        resourceType="CarePlan",
        id=resource_id,
        meta={"profile": [CARE_PLAN], "security": [ASSERTED_BY_ALGORITHM]},
        text=_narrative(assessment, flags, verdict, shown),
        contained=[_goal(goal, assessment) for goal in assessment.plan.goals],
        identifier=[identifier("careplan", resource_id)],
        status="draft",
        intent="proposal",
        category=[concept(ASSESS_PLAN)],
        title=TITLE,
        description=f"{REVIEW_SENTENCE} {verdict}.",
        subject=reference_to(assessment.patient),
        created=assessment.as_of.isoformat(),
        author=software,
        contributor=[software],
        addresses=_addresses(assessment),
        supportingInfo=[refer("Observation", identity_for("observation", assessment)), *_key_evidence(assessment)],
        goal=[{"reference": f"#{goal.id}"} for goal in assessment.plan.goals],
        activity=[step.activity for step in shown if step.activity],
        note=[{"text": line} for line in [REVIEW_SENTENCE, *flags]],
    )


def _goal(goal: Goal, assessment: Assessment) -> Element:
    """A goal that is proposed: it is agreed on with the person, or not at all."""
    measure = SCALE_TOTALS.get(goal.scale)
    total = {"value": goal.at_most, "comparator": "<=", **SCORE_UNIT}
    target = {"measure": concept(measure), "detailQuantity": total} if measure else {}
    return filled(
        resourceType="Goal",
        id=goal.id,
        lifecycleStatus="proposed",
        description=concept(text=goal.title),
        subject=reference_to(assessment.patient),
        target=[target] if target else [],
    )


def _key_evidence(assessment: Assessment) -> list[Element]:
    """The records behind what is urgent or closes an option."""
    grave = (flag for flag in assessment.flags if flag.severity in KEY_SEVERITIES)
    shown = sorted({origin.resource for flag in grave for origin in flag.evidence} - {assessment.patient})
    return [reference_to(resource) for resource in shown if resource_type_of(resource)]


def _addresses(assessment: Assessment) -> list[Element]:
    depressions = {each.origin.resource for each in assessment.history.diagnoses if each.category == DEPRESSION}
    return [reference_to(resource) for resource in sorted(depressions) if resource_type_of(resource) == "Condition"]


def _drawn(step: Step) -> Shown:
    line = step_line(step)
    activity = {"detail": _detail(step, line)} if step.standing is not Standing.NOT_ELIGIBLE else None
    return Shown(step.standing, item(line), activity)


_known = lru_cache(maxsize=1024)(_drawn)
"""A step without evidence is the same in the plans of many people."""


def _detail(step: Step, line: str) -> Element:
    sources = {origin.resource for origin in step.evidence}
    reasons = sorted(resource for resource in sources if resource_type_of(resource) in REASONS)
    return filled(
        code=_code(step.option),
        reasonReference=[reference_to(resource) for resource in reasons],
        status="not-started",
        statusReason=concept(text=str(step.standing)),
        description=line,
    )


@lru_cache(maxsize=256)
def _code(option: Option) -> Element:
    known = [{"system": SNOMED, "code": option.snomed}] if option.snomed else []
    return concept(*known, {"system": OPTIONS, "code": option.id}, text=option.title)


def _narrative(assessment: Assessment, flags: Sequence[str], verdict: str, shown: Sequence[Shown]) -> Element:
    return narrative(
        strong(f"{TITLE}, as of {assessment.as_of}"),
        listed("Flags", flags),
        paragraph(REVIEW_SENTENCE),
        paragraph(verdict),
        listed("Goals to agree on", [goal.title for goal in assessment.plan.goals]),
        list_of("Suggested", _of(shown, Standing.SUGGESTED)),
        list_of("Only after a closer look", _of(shown, Standing.NEEDS_REVIEW)),
        list_of("Not eligible now", _of(shown, Standing.NOT_ELIGIBLE)),
    )


def _of(shown: Sequence[Shown], standing: Standing) -> list[str]:
    return [step.item for step in shown if step.standing is standing]
