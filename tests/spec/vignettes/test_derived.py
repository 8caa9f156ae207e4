"""The facts that lie between a vignette and its answers: days, outcomes, relations, episodes, reasons."""

import pytest

from fhir_trd.model.trials import AugmentationAnswer, Link, Place, Purpose, Trial
from fhir_trd.model.truth import Truth
from fhir_trd.model.verdicts import Assessment, Severity
from tests.factory.judging import adequate, improvement, judge, judgement, outcome, trial, trials, verdict
from tests.factory.table import rows
from tests.spec.vignettes.charts import CHARTS

FACTS = rows("""
    vignette             | drug         | days at minimum | improvement | response
    V01 textbook         | sertraline   | 77-77           | 15.0        | non-response
    V01 textbook         | venlafaxine  | 84-84           | 11.8        | non-response
    V01b orders only     | sertraline   | 77-77           | 15.0        | non-response
    V01b orders only     | venlafaxine  | 84-84           | 11.8        | non-response
    V02 same class twice | escitalopram | 77-77           | 15.8        | non-response
    V02 same class twice | sertraline   | 84-84           | 12.5        | non-response
    V03 not tolerated    | sertraline   | 10-10           | None        | unknown
    V03 not tolerated    | duloxetine   | 66-66           | 14.3        | non-response
    V04 below minimum    | fluoxetine   | 63-63           | 13.6        | non-response
    V04 below minimum    | mirtazapine  | 21-21           | None        | unknown
    V05 dose table       | escitalopram | 70-70           | 10.0        | non-response
    V06 cross-taper      | paroxetine   | 82-82           | 14.3        | non-response
    V06 cross-taper      | bupropion    | 72-72           | -5.6        | non-response
    V07 augmentation     | sertraline   | 167-167         | 18.2        | non-response
    V08 previous episode | citalopram   | 122-122         | None        | unknown
    V08 previous episode | venlafaxine  | 153-153         | None        | unknown
    V08 previous episode | sertraline   | 86-86           | 15.8        | non-response
    V09 missing dose     | fluoxetine   | 0-94            | 15.0        | non-response
    V09 missing dose     | bupropion    | 63-63           | 11.8        | non-response
    V10a missing end     | venlafaxine  | 91-91           | 11.1        | non-response
    V10b dispensed       | escitalopram | 90-90           | 14.3        | non-response
    V10b dispensed       | venlafaxine  | 91-91           | 11.1        | non-response
    V11 restarted        | fluoxetine   | 105-105         | 16.7        | non-response
    V11 restarted        | mirtazapine  | 77-77           | 6.7         | non-response
    V12 for smoking      | sertraline   | 91-91           | 15.0        | non-response
    V13 bipolar          | sertraline   | 70-70           | 9.5         | non-response
    V13 bipolar          | venlafaxine  | 70-70           | 5.3         | non-response
    V14 response lost    | sertraline   | 248-248         | 70.0        | response
    V14 response lost    | bupropion    | 70-70           | 16.7        | non-response
    V15 third too young  | sertraline   | 84-84           | 10.0        | non-response
    V15 third too young  | venlafaxine  | 84-84           | 11.1        | non-response
    V15 third too young  | mirtazapine  | 22-22           | None        | unknown
    V16a a year each     | venlafaxine  | 1-365           | None        | unknown
    V16a a year each     | bupropion    | 1-365           | None        | unknown
    V16b years suffice   | venlafaxine  | 367-1096        | None        | unknown
    V16b years suffice   | bupropion    | 367-1096        | None        | unknown
    V17 partial          | sertraline   | 84-84           | 30.0        | partial
    V17 partial          | venlafaxine  | 84-84           | 28.6        | partial
    V18 low doses        | citalopram   | 105-105         | 11.1        | non-response
    V19 safety           | citalopram   | 84-84           | 9.5         | non-response
    V19 safety           | duloxetine   | 61-61           | 5.3         | non-response
    """)

REASONS = rows("""
    vignette             | drug          | answer | reason
    V03 not tolerated    | sertraline    | no     | too_short
    V04 below minimum    | mirtazapine   | no     | dose_below_min
    V05 dose table       | venlafaxine   | no     | dose_below_min
    V08 previous episode | citalopram    | no     | previous_episode
    V08 previous episode | venlafaxine   | no     | previous_episode
    V09 missing dose     | fluoxetine    | maybe  | dose_unknown
    V10a missing end     | escitalopram  | maybe  | duration_unknown
    V12 for smoking      | bupropion     | no     | intent_other
    V14 response lost    | sertraline    | no     | responded
    V14 response lost    | sertraline    | no     | loss_of_response
    V15 third too young  | mirtazapine   | no     | ongoing_insufficient
    V16a a year each     | venlafaxine   | maybe  | duration_unknown
    V18 low doses        | trazodone     | no     | dose_below_min
    V18 low doses        | amitriptyline | no     | intent_other
    """)


def assessed(vignette: str) -> Assessment:
    """The assessment of a vignette under the default dose table."""
    return judge(CHARTS[vignette])


def trial_of(vignette: str, drug: str) -> Trial:
    """The one trial of a drug in a vignette."""
    return trial(assessed(vignette), drug)


@pytest.mark.parametrize("row", FACTS, ids=lambda row: f"{row['vignette']}: {row['drug']}")
def test_days_and_outcomes_are_those_worked_out_by_hand(row: dict[str, str]) -> None:
    """Days at the minimum dose, improvement and response of each trial are those worked out by hand."""
    found = assessed(row["vignette"])
    least, most = adequate(found, row["drug"])
    said = (f"{least}-{most}", str(improvement(found, row["drug"])), str(outcome(found, row["drug"]).response))
    assert said == (row["days at minimum"], row["improvement"], row["response"])


@pytest.mark.parametrize("row", REASONS, ids=lambda row: f"{row['vignette']}: {row['drug']} {row['reason']}")
def test_a_trial_that_does_not_surely_count_says_why(row: dict[str, str]) -> None:
    """A trial that does not surely count under the default criteria names the reason."""
    found = judgement(assessed(row["vignette"]), row["drug"])
    assert found.answer == Truth(row["answer"])
    assert row["reason"] in found.reasons


def test_the_label_table_finds_seventy_days_where_the_form_finds_none() -> None:
    """Venlafaxine 75 mg has no adequate day under one dose table and 70 under the other."""
    chart = CHARTS["V05 dose table"]
    assert adequate(judge(chart), "venlafaxine") == (0, 0)
    assert adequate(judge(chart, dose_table="label"), "venlafaxine") == (70, 70)


def test_both_dose_tables_are_shown_where_they_disagree() -> None:
    """An assessment under one dose table also says what the default criteria answer under the other."""
    found = assessed("V05 dose table")
    others = {(one.dose_table, str(one.result), one.least, one.most) for one in found.sensitivity if one.criteria == "consensus"}
    assert ("label", "met", 2, 2) in others


@pytest.mark.parametrize(
    ("vignette", "drug", "overlap"),
    [
        ("V01 textbook", "venlafaxine", 0),
        ("V06 cross-taper", "bupropion", 16),
        ("V10b dispensed", "venlafaxine", 3),
        ("V15 third too young", "mirtazapine", 0),
    ],
)
def test_one_drug_after_another_is_a_switch_with_its_overlap(vignette: str, drug: str, overlap: int) -> None:
    """A drug that replaces another within 30 days of overlap is a switch, and the overlap is kept."""
    relation = trial_of(vignette, drug).relation
    assert (relation.kind, relation.overlap_days.least, relation.overlap_days.most) == (Link.SWITCH, overlap, overlap)


def test_an_early_side_effect_is_the_reason_of_the_stop() -> None:
    """An adverse event linked to a record is why the drug was stopped."""
    assert str(trial_of("V03 not tolerated", "sertraline").stop_reason) == "intolerance"


def test_an_augmentation_is_kept_on_the_trial_it_was_added_to() -> None:
    """Aripiprazole 5 mg for 92 days on top of sertraline is an adequate, failed augmentation, not a trial."""
    (added,) = trial_of("V07 augmentation", "sertraline").augmentations
    assert (added.drug.ingredient, added.overlap.least, added.answer) == ("aripiprazole", 92, AugmentationAnswer.ADEQUATE_FAILED)
    assert trials(assessed("V07 augmentation"), "aripiprazole") == ()


def test_an_ongoing_trial_can_have_failed_already() -> None:
    """A drug still taken whose score shows failure after enough days counts, and is marked as failed while ongoing."""
    said = judgement(assessed("V07 augmentation"), "sertraline")
    assert (trial_of("V07 augmentation", "sertraline").ongoing, said.answer) == (True, Truth.YES)
    assert "ongoing_failed" in said.reasons


def test_trials_before_a_remission_belong_to_the_previous_episode() -> None:
    """Only the trial of this year's recurrence lies in the current episode."""
    places = {one.drug.ingredient: one.place for one in assessed("V08 previous episode").history.trials}
    assert places == {"citalopram": Place.PREVIOUS, "venlafaxine": Place.PREVIOUS, "sertraline": Place.CURRENT}


def test_the_missing_dose_is_what_would_settle_the_verdict() -> None:
    """The one open question is the dose of fluoxetine."""
    (question,) = verdict(assessed("V09 missing dose")).would_settle
    assert (question.fact, question.trial) == ("dose", trial_of("V09 missing dose", "fluoxetine").id)


def test_a_missing_end_lies_between_the_start_and_the_next_drug() -> None:
    """Without an end, the days run from the one proven to all those before the next antidepressant."""
    assert adequate(assessed("V10a missing end"), "escitalopram") == (1, 87)


def test_a_score_that_only_may_lie_in_the_trial_proves_no_outcome() -> None:
    """Where the end is uncertain, a score that would lie outside the earliest possible trial leaves the outcome unknown."""
    assert str(outcome(assessed("V10a missing end"), "escitalopram").response) == "unknown"


def test_the_same_drug_resumed_is_one_trial() -> None:
    """Fluoxetine resumed after 14 days is one trial, not two."""
    assert len(trials(assessed("V11 restarted"), "fluoxetine")) == 1


def test_a_drug_for_another_purpose_is_no_partner_in_a_combination() -> None:
    """Bupropion for smoking does not make the sertraline beside it a combination."""
    found = assessed("V12 for smoking")
    assert trial(found, "bupropion").intent.purpose == Purpose.OTHER
    assert trial(found, "sertraline").relation.kind != Link.COMBINATION


def test_an_exclusion_leaves_the_trials_in_sight() -> None:
    """Bipolar disorder excludes every set; both trials are still listed, and a flag says so."""
    found = assessed("V13 bipolar")
    assert len(found.history.trials) == 2
    assert Severity.EXCLUDE in {flag.severity for flag in found.flags}


def test_a_response_that_is_lost_later_is_marked() -> None:
    """Sertraline worked within its window and lost more than half of the gain after it."""
    found = trial_of("V14 response lost", "sertraline")
    assert (found.loss_of_response, found.place) == (True, Place.CURRENT)


def test_a_low_dose_at_night_is_co_medication() -> None:
    """Trazodone 50 mg beside citalopram never reaches an antidepressant dose, and makes no combination."""
    found = assessed("V18 low doses")
    assert Link.COMBINATION not in {one.relation.kind for one in found.history.trials}
    assert adequate(found, "trazodone") == (0, 0)


def test_a_positive_answer_on_suicidal_thoughts_comes_first() -> None:
    """A recent positive answer to the item on suicidal thoughts is the most urgent flag."""
    assert assessed("V19 safety").flags[0].severity == Severity.STOP


@pytest.mark.parametrize("about", ["esketamine", "rtms"])
def test_a_contraindication_blocks_its_option(about: str) -> None:
    """An aortic aneurysm speaks against esketamine, a pacemaker against magnetic stimulation."""
    assert about in {flag.about for flag in assessed("V19 safety").flags if flag.severity == Severity.BLOCK}
