"""Flags: urgent answers first, then criteria that do not apply."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

import pytest
from msgspec.structs import replace

from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import When, on
from fhir_trd.model.records import Answer, Certainty, Score
from fhir_trd.model.scales import Scale
from fhir_trd.model.verdicts import Flag, Result, Severity, Verdict
from fhir_trd.planning.flags import flags_for
from tests.unit.fhir_write.assessments import AS_OF, BIPOLAR, DEPRESSION, a_history, a_score, a_verdict

PHQ_9 = Scale(
    id="phq-9",
    name="PHQ-9",
    lowest=0,
    highest=27,
    remission_at_most=4,
    floor=10,
    bands=(),
    priority=1,
    alarm_item="9",
    alarm_from=1,
)
SCALES: Mapping[str, Scale] = MappingProxyType({"phq-9": PHQ_9, "plain": replace(PHQ_9, id="plain", alarm_item="", alarm_from=0)})
RECENT = date(2024, 12, 1)


def flags(*scores: Score) -> tuple[Flag, ...]:
    """The flags of a patient with these scores and a met verdict, with answers fresh for 90 days."""
    return flags_for(a_history(scores=scores), (a_verdict(Result.MET),), scales=SCALES, fresh_days=90)


def asked(name: str, answer: int, when: When) -> Score:
    """A total with an answer to item 9."""
    return replace(a_score(name, 12.0, AS_OF, (("1", 3), ("9", answer))), when=when)


def test_an_alarming_recent_answer_stops() -> None:
    """An answer from which a person must look gives a STOP with the scale, the item, the answer, the day and the record."""
    because = "PHQ-9 item 9, on suicidal thoughts, is answered 2 on 2024-12-01: review by a clinician on the same day"

    assert (Flag(Severity.STOP, "suicide-risk", because, (Origin("Observation/a"),)),) == flags(asked("a", 2, on(RECENT)))


@pytest.mark.parametrize(
    ("day", "stops"), [(date(2024, 10, 2), True), (date(2024, 10, 1), False)], ids=["90 days old", "91 days old"]
)
def test_an_old_answer_does_not_stop(day: date, stops: bool) -> None:
    """An answer is fresh up to and on the day the limit names; an older one is listed without urgency (R22 of the rulings)."""
    assert [Severity.STOP if stops else Severity.REVIEW] == [flag.severity for flag in flags(asked("a", 3, on(day)))]


def test_only_the_latest_answer_counts() -> None:
    """A later answer without alarm lifts an earlier one with it."""
    assert () == flags(asked("a", 3, on(date(2024, 11, 1))), asked("b", 0, on(RECENT)))


def test_a_doubtful_day_does_not_hide_an_alarm() -> None:
    """Where dates leave open which answer is the latest, the gravest of them counts."""
    vague = asked("a", 3, When(date(2024, 11, 1), date(2024, 12, 31)))

    assert [Severity.STOP] == [flag.severity for flag in flags(vague, asked("b", 0, on(RECENT)))]


def test_an_answer_without_a_total_stops_too() -> None:
    """An answer that stands alone is heard like one inside a total."""
    alone = Answer(origin=Origin("Observation/i9"), scale="phq-9", item="9", value=3, when=on(RECENT))
    found = flags_for(a_history(), (a_verdict(Result.MET),), scales=SCALES, fresh_days=90, answers=(alone,))

    assert [(Severity.STOP, (Origin("Observation/i9"),))] == [(flag.severity, flag.evidence) for flag in found]


def test_an_answer_after_the_day_of_the_assessment_is_not_heard() -> None:
    """What was answered later is no part of an assessment of an earlier day."""
    assert () == flags(asked("a", 3, on(date(2025, 1, 1))))


def test_no_answer_is_no_alarm() -> None:
    """A total without its answers, and scales that do not ask, raise nothing."""
    plain = replace(asked("b", 3, on(RECENT)), scale="plain")

    assert () == flags(a_score("a", 27.0, RECENT), replace(plain, items=(("", 3),)))


def excluded(verdict: Verdict, **history: object) -> list[tuple[Severity, str, str]]:
    """Severity, subject and reason of each flag."""
    found = flags_for(a_history(**history), (verdict,), scales=SCALES, fresh_days=90)
    return [(flag.severity, flag.about, flag.because) for flag in found]


def test_a_bipolar_diagnosis_excludes_and_cautions() -> None:
    """A bipolar diagnosis closes the criteria and warns of an antidepressant on its own."""
    assert [
        (Severity.EXCLUDE, "criteria", "a bipolar diagnosis is recorded: the criteria do not apply"),
        (Severity.CAUTION, "antidepressant-monotherapy", "a bipolar diagnosis is recorded"),
    ] == excluded(a_verdict(Result.EXCLUDED), diagnoses=(DEPRESSION, BIPOLAR))


def test_another_exclusion_only_excludes() -> None:
    """A schizophrenia-spectrum diagnosis closes the criteria and says nothing about monotherapy."""
    diagnosis = replace(BIPOLAR, category="schizophrenia-spectrum")

    assert [Severity.EXCLUDE] == [line[0] for line in excluded(a_verdict(Result.EXCLUDED), diagnoses=(diagnosis,))]


def test_two_diagnoses_of_one_kind_give_one_flag() -> None:
    """The evidence of one category is gathered in one flag."""
    verdict = a_verdict(Result.EXCLUDED)
    second = replace(BIPOLAR, origin=Origin("Condition/b0"))
    shown = replace(verdict, findings=(replace(verdict.findings[0], evidence=(BIPOLAR.origin, second.origin)),))
    history = a_history(diagnoses=(BIPOLAR, second))
    first = flags_for(history, (shown,), scales=SCALES, fresh_days=90)[0]

    assert (Origin("Condition/b0"), Origin("Condition/b1")) == first.evidence


@pytest.mark.parametrize(("result", "certainty"), [(Result.MET, Certainty.CONFIRMED), (Result.EXCLUDED, Certainty.SUSPECTED)])
def test_what_does_not_exclude_raises_no_flag(result: Result, certainty: Certainty) -> None:
    """Without an excluded verdict, or with only a suspicion, there is no EXCLUDE."""
    found = excluded(a_verdict(result), diagnoses=(replace(BIPOLAR, certainty=certainty),))

    assert [] == [flag for flag in found if flag[0] is Severity.EXCLUDE]


def test_the_most_urgent_flag_comes_first() -> None:
    """A STOP stands before an EXCLUDE, that before a CAUTION."""
    severities = [
        line[0] for line in excluded(a_verdict(Result.EXCLUDED), diagnoses=(BIPOLAR,), scores=(asked("a", 1, on(RECENT)),))
    ]

    assert [Severity.STOP, Severity.EXCLUDE, Severity.CAUTION] == severities
