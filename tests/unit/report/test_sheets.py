"""The page of a patient: what stands on it, in which order, in which words."""

from datetime import date, timedelta
from io import StringIO

import pytest
from msgspec.structs import replace

from fhir_trd.model.dates import Days, on
from fhir_trd.model.drugs import Drug, Role
from fhir_trd.model.trials import Augmentation, AugmentationAnswer, Stage
from fhir_trd.model.verdicts import Flag, Result, Severity
from fhir_trd.report.page import Grid, Line, Tone
from fhir_trd.report.plain import paint
from fhir_trd.report.sheets import REMINDER, assessment_page, history_page
from tests.unit.fhir_write.assessments import TRIALS, a_history, an_assessment

PAGE = """\
Patient/p1 as of 2024-12-31
STOP: suicide-risk: an alarming answer [Observation/late]

Antidepressant trials (days: at the minimum dose or above)

Drug        Class   Taken          Dose      Days   Outcome                                  Counts
────────────────────────────────────────────────────────────────────────────────────────────────────
alphaline   SSRI    2024-01-15 –   100 mg    77     no response (PHQ-9 20 → 18, 10 %         yes
                    2024-03-31                      better); stopped: no sufficient effect
betaline    SSRI    2024-04-01 –   37.5 mg   61     no response (PHQ-9 20 → 18, 10 %         perhaps
                    2024-05-31                      better); stopped: no sufficient effect


INDETERMINATE under consensus: The consensus definition
  holds: none recorded
  betaline-1 counts: perhaps (dose not recorded)
  would help to settle it: the daily dose of betaline
with the dose table mgh-atrq, consensus: INDETERMINATE (1–2)
Not taken as it stands in the record (--explain says what): 1

A flag for clinician review, not a diagnosis.

"""


def painted(page: object) -> str:
    """A page as plain text."""
    stream = StringIO()
    paint(page, stream)  # type: ignore[arg-type]
    return stream.getvalue()


def test_a_page_reads_from_flags_to_reminder() -> None:
    """Flags come first, then trials, verdict, reasons, what would settle it, other dose tables, and the reminder."""
    found = an_assessment(Result.INDETERMINATE)

    assert painted(assessment_page(replace(found, verdicts=found.verdicts[:1]))) == PAGE


def test_explain_adds_grounds_plan_stages_and_issues() -> None:
    """With explain each finding shows rule, evidence and source, and the plan, the stages and the issues follow."""
    history = a_history(stages=(Stage("exposures", 3, 2, ("not taken",)),))
    page = painted(assessment_page(an_assessment(Result.EXCLUDED, history=history), explain=True))

    for line in (
        "    rule: no-excluding-diagnosis",
        "    evidence: Condition/b1",
        "exposures: 3 in, 2 out; left out: not taken",
        "MedicationStatement/betaline dosage[0]: unreadable-dose: found text of 7; dose unknown",
        "knowledge sha256:0123456789abcdef, version 0.1.0, dose table label",
    ):
        assert line in page.splitlines()
    assert page.index("Refer") < page.index("Magnetic stimulation")


@pytest.mark.parametrize("result", Result)
def test_every_page_ends_with_the_reminder(result: Result) -> None:
    """Whatever the result, the page says that it is a flag and no diagnosis."""
    assert painted(assessment_page(an_assessment(result))).rstrip().endswith(REMINDER)


@pytest.mark.parametrize(("severity", "tone"), [(Severity.BLOCK, Tone.ALERT), (Severity.CAUTION, Tone.WATCH)])
def test_an_urgent_flag_is_an_alert(severity: Severity, tone: Tone) -> None:
    """STOP, EXCLUDE and BLOCK are painted as alerts, the others as something to watch; evidence may be missing."""
    page = list(assessment_page(an_assessment(flags=(Flag(severity, "a drug", "why"),))))

    assert Line(f"{severity}: a drug: why", tone) == page[1]


def test_a_history_shows_relations_and_the_episode() -> None:
    """The page of a history has no verdict; it shows how trials stand to one another and when the episode began."""
    page = painted(history_page(a_history()))

    assert "Counts" not in page
    assert "first trial" in page
    assert "Current episode since 2023 (documented: onset)" in page.splitlines()


def test_a_history_without_trials_says_so() -> None:
    """Where there is no trial, the page says that in words."""
    page = painted(history_page(a_history(trials=())))

    assert "No antidepressant trial in this record." in page.splitlines()
    assert "How the trials stand" not in page


def test_an_added_drug_has_its_own_table() -> None:
    """Augmentations are shown below the trials, with the trial they were added to."""
    start = date(2024, 2, 1)
    drug = Drug(ingredient="gammaline", name="gammaline", role=Role.AUGMENTATION, drug_class="x")
    added = Augmentation(drug, on(start), on(start + timedelta(days=41)), None, Days(42, 42), AugmentationAnswer.UNKNOWN)
    trial = replace(TRIALS[0], augmentations=(added,))

    grids = [block for block in history_page(a_history(trials=(trial,))) if isinstance(block, Grid)]

    assert ("gammaline", "alphaline", "2024-02-01", "2024-03-13", "unknown", "42", "outcome unknown") == grids[1].rows[0]
