"""Assessments made by hand, one for each result: all persons and records in them are invented."""

from datetime import date, timedelta

from msgspec.structs import replace

from fhir_trd.model.codes import Coding, Origin
from fhir_trd.model.criteria import Mark
from fhir_trd.model.dates import NO_DAYS, Days, When, on
from fhir_trd.model.drugs import Drug, Role
from fhir_trd.model.issues import Issue
from fhir_trd.model.plans import Option, Plan, Standing, Step
from fhir_trd.model.records import Adherence, Diagnosis, Dose, Kind, Score, StopReason
from fhir_trd.model.trials import (
    AdherenceFact,
    Episode,
    History,
    Intent,
    Link,
    Outcome,
    Place,
    Purpose,
    Relation,
    Response,
    Segment,
    Trial,
)
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import (
    Assessment,
    Finding,
    Flag,
    Judgement,
    OpenQuestion,
    Result,
    Sensitivity,
    Severity,
    Verdict,
)

AS_OF = date(2024, 12, 31)
DEPRESSION = Diagnosis(origin=Origin("Condition/d1", "code"), category="depression", coding=Coding("icd-10-cm", "F33.1"))
BIPOLAR = Diagnosis(origin=Origin("Condition/b1"), category="bipolar", coding=Coding("icd-10-cm", "F31.9"))
REVIEW = Option(
    id="clinician-review",
    title="Review by a clinician",
    about="Look at everything below before acting on it",
    order=0,
    when="always",
    source="house",
    place="section 1",
    mark=Mark.OUR_CHOICE,
)
REFER = replace(REVIEW, id="refer", title="Refer", about="Ask for specialist advice.", order=1, when="met", snomed="306206005")
TMS = replace(REVIEW, id="rtms", title="Magnetic stimulation", order=2, when="met", monitoring=("weekly scale", "seizures"))


def a_score(name: str, value: float, day: date, items: tuple[tuple[str, int], ...] = ()) -> Score:
    """A PHQ-9 total, with single answers if wanted."""
    return Score(origin=Origin(f"Observation/{name}"), scale="phq-9", value=value, when=on(day), items=items)


def a_trial(drug: str, start: date, days: int, dose: float | None = 100.0) -> Trial:
    """A failed trial of an invented patient, known to the day."""
    last = start + timedelta(days=days - 1)
    outcome = Outcome(
        opens_on=42,
        response=Response.NON_RESPONSE,
        because="scores",
        improvement=10.0,
        baseline=a_score(f"{drug}-before", 20.0, start),
        endpoint=a_score(f"{drug}-after", 18.0, last),
    )
    length = Days(days, days)
    known_dose = None if dose is None else Dose(dose, dose)
    return Trial(
        id=f"{drug}-1",
        drug=Drug(ingredient=drug, name=drug, role=Role.ANTIDEPRESSANT, drug_class="SSRI", rxcui="1"),
        start=on(start),
        end=on(last),
        ongoing=False,
        segments=(Segment(on(start), on(last), known_dose),),
        max_dose=dose,
        exposed=length,
        at_minimum=length,
        adequate=length,
        countable=length,
        inside=length,
        first_at_minimum=on(start),
        oral=True,
        intent=Intent(Purpose.DEPRESSION, "recorded reason", (DEPRESSION.origin,)),
        strongest=Kind.REPORTED,
        adherence=AdherenceFact(Adherence.UNKNOWN, "not recorded"),
        relation=Relation(Link.FIRST, overlap_days=NO_DAYS),
        place=Place.CURRENT,
        breakthrough=Truth.NO,
        outcomes=(outcome,),
        stop_reason=StopReason.LACK_OF_EFFICACY,
        sources=(Origin(f"MedicationStatement/{drug}"),),
    )


TRIALS = (a_trial("alphaline", date(2024, 1, 15), 77), a_trial("betaline", date(2024, 4, 1), 61, dose=37.5))


def a_history(**changes: object) -> History:
    """The history of an invented patient with two failed trials."""
    plain = History(
        patient="Patient/p1",
        as_of=AS_OF,
        dose_table="label",
        age=40,
        trials=TRIALS,
        episode=Episode(When(date(2023, 1, 1), date(2023, 12, 31)), "documented", "onset", (DEPRESSION.origin,)),
        diagnoses=(DEPRESSION,),
        scores=(a_score("late", 18.0, date(2024, 6, 1)),),
        treatments=(),
    )
    return replace(plain, **changes)


def a_verdict(result: Result, criteria: str = "consensus") -> Verdict:
    """A verdict with the bounds and the judgements that go with its result."""
    answers = {
        Result.MET: (Truth.YES, Truth.YES),
        Result.NOT_MET: (Truth.YES, Truth.NO),
        Result.INDETERMINATE: (Truth.YES, Truth.MAYBE),
        Result.EXCLUDED: (Truth.NO, Truth.NO),
    }[result]
    reasons = {Truth.YES: (), Truth.MAYBE: ("dose_unknown",), Truth.NO: ("too_short",)}
    excluding = Finding("no-excluding-diagnosis", Truth.NO, "bipolar disorder recorded", (BIPOLAR.origin,))
    clear = Finding("no-excluding-diagnosis", Truth.YES, "none recorded")
    asks = (OpenQuestion("dose", "betaline-1", "the daily dose of betaline", (Origin("MedicationStatement/betaline"),)),)
    return Verdict(
        criteria=criteria,
        version="1",
        title=f"The {criteria} definition",
        result=result,
        needed=2,
        least=answers.count(Truth.YES),
        most=answers.count(Truth.YES) + answers.count(Truth.MAYBE),
        counted=tuple(t.drug.ingredient for t, answer in zip(TRIALS, answers, strict=True) if answer is Truth.YES),
        judgements=tuple(Judgement(t.id, answer, reasons[answer]) for t, answer in zip(TRIALS, answers, strict=True)),
        findings=(excluding if result is Result.EXCLUDED else clear,),
        would_settle=asks if result is Result.INDETERMINATE else (),
    )


def an_assessment(result: Result = Result.MET, patient: str = "Patient/p1", **changes: object) -> Assessment:
    """A whole assessment with the given result."""
    diagnoses = (DEPRESSION, BIPOLAR) if result is Result.EXCLUDED else (DEPRESSION,)
    plain = Assessment(
        patient=patient,
        as_of=AS_OF,
        history=a_history(patient=patient, diagnoses=diagnoses),
        verdicts=(a_verdict(result), a_verdict(result, "delphi")),
        sensitivity=(Sensitivity("consensus", "mgh-atrq", result, 1, 2),),
        flags=(Flag(Severity.STOP, "suicide-risk", "an alarming answer", (Origin("Observation/late"),)),),
        plan=Plan(
            (
                Step(REVIEW, Standing.SUGGESTED, "belongs to every plan"),
                Step(REFER, Standing.NEEDS_REVIEW, "not settled", (DEPRESSION.origin, Origin("MedicationStatement/alphaline"))),
                Step(TMS, Standing.NOT_ELIGIBLE, "metal near the head", (Origin("Condition/m1"),)),
            )
        ),
        issues=(Issue("unreadable-dose", Origin("MedicationStatement/betaline", "dosage[0]"), "text of 7", "dose unknown"),),
        sources=("MedicationStatement/alphaline/_history/2", "Condition/d1", "urn:uuid:6f9bd7ee-51b3-4a71-9c4a-6f4d2a1a4a10"),
        knowledge="sha256:0123456789abcdef",
        version="0.1.0",
    )
    return replace(plain, **changes)
