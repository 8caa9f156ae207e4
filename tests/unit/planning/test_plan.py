"""Plans: each option's standing, the reason, the evidence, and the order."""

import pytest
from msgspec.structs import replace

from fhir_trd.knowledge.options import WHEN
from fhir_trd.model.codes import Origin
from fhir_trd.model.plans import Option, Standing, Step
from fhir_trd.model.trials import History
from fhir_trd.model.verdicts import Flag, Result, Severity
from fhir_trd.planning.eligibility import TESTS
from fhir_trd.planning.plan import plan_for
from tests.unit.fhir_write.assessments import REVIEW, TRIALS, a_history, a_verdict

ALPHALINE = (Origin("MedicationStatement/alphaline"),)
BETALINE = (Origin("MedicationStatement/betaline"),)
STOP = Flag(Severity.STOP, "suicide-risk", "an alarming answer", (Origin("Observation/late"),))
EXCLUDE = Flag(Severity.EXCLUDE, "criteria", "a bipolar diagnosis is recorded", (Origin("Condition/b1"),))


def an_option(name: str = "esketamine", when: str = "always", order: int = 5) -> Option:
    """An option with the given eligibility test."""
    return replace(REVIEW, id=name, when=when, order=order)


def the_step(option: Option, result: Result, *flags: Flag, history: History | None = None) -> Step:
    """The one step of a plan that has only this option."""
    (step,) = plan_for(history or a_history(), (a_verdict(result),), flags, (option,)).steps
    return step


@pytest.mark.parametrize(
    ("when", "result", "expected"),
    [
        ("always", Result.NOT_MET, (Standing.SUGGESTED, "belongs to every plan", ())),
        (
            "open-questions",
            Result.INDETERMINATE,
            (Standing.SUGGESTED, "could change the verdict: the daily dose of betaline", BETALINE),
        ),
        ("open-questions", Result.MET, (Standing.NOT_ELIGIBLE, "no missing fact could change the verdict", ())),
        (
            "trials",
            Result.MET,
            (Standing.SUGGESTED, "antidepressant trials are recorded: alphaline, betaline", ALPHALINE + BETALINE),
        ),
        ("met", Result.MET, (Standing.SUGGESTED, "consensus is met: alphaline, betaline", ALPHALINE + BETALINE)),
        (
            "met",
            Result.INDETERMINATE,
            (Standing.NEEDS_REVIEW, "whether consensus is met is not settled: 1 to 2 of 2", ALPHALINE + BETALINE),
        ),
        ("met", Result.NOT_MET, (Standing.NOT_ELIGIBLE, "consensus is not met: at most 1 of 2", ())),
        (
            "met-or-open",
            Result.INDETERMINATE,
            (Standing.SUGGESTED, "whether consensus is met is not settled: 1 to 2 of 2", ALPHALINE + BETALINE),
        ),
        ("met-or-open", Result.NOT_MET, (Standing.NOT_ELIGIBLE, "consensus is not met: at most 1 of 2", ())),
        ("one-failure", Result.NOT_MET, (Standing.SUGGESTED, "an adequate trial failed: alphaline", ALPHALINE)),
        (
            "ongoing",
            Result.MET,
            (Standing.NOT_ELIGIBLE, "no antidepressant is being taken, as far as the record says", ()),
        ),
        ("stop-flag", Result.MET, (Standing.NOT_ELIGIBLE, "no urgent flag is raised", ())),
    ],
)
def test_each_test_tells_standing_reason_and_evidence(
    when: str, result: Result, expected: tuple[Standing, str, tuple[Origin, ...]]
) -> None:
    """Each eligibility test gives the standing, the reason in words and the records it rests on."""
    step = the_step(an_option(when=when), result)

    assert expected == (step.standing, step.because, step.evidence)


def test_an_ongoing_trial_opens_what_needs_one() -> None:
    """An antidepressant that is still taken can be optimised."""
    taken = a_history(trials=(replace(TRIALS[0], ongoing=True), TRIALS[1]))
    step = the_step(an_option(when="ongoing"), Result.MET, history=taken)

    assert (Standing.SUGGESTED, "still being taken: alphaline", ALPHALINE) == (step.standing, step.because, step.evidence)


def test_an_urgent_flag_opens_what_needs_one() -> None:
    """A STOP flag puts the safety option forward with the flag's own reason."""
    step = the_step(an_option("safety-review", when="stop-flag"), Result.NOT_MET, STOP)

    assert (Standing.SUGGESTED, STOP.because, STOP.evidence) == (step.standing, step.because, step.evidence)


def test_without_trials_nothing_that_needs_them_is_suggested() -> None:
    """Somebody without antidepressant trials is offered no step that builds on one."""
    bare = a_history(trials=())
    verdict = replace(a_verdict(Result.NOT_MET), judgements=())
    plan = plan_for(bare, (verdict,), (), (an_option("a", "trials"), an_option("b", "one-failure"), an_option("c", "ongoing")))

    assert [Standing.NOT_ELIGIBLE] * 3 == [step.standing for step in plan.steps]


def test_a_trial_that_may_have_failed_asks_for_review() -> None:
    """Where no trial surely failed but one may have, what needs a failure needs review."""
    verdict = a_verdict(Result.INDETERMINATE)
    only_open = replace(verdict, judgements=verdict.judgements[1:])
    (step,) = plan_for(a_history(), (only_open,), (), (an_option(when="one-failure"),)).steps

    assert (Standing.NEEDS_REVIEW, "whether an adequate trial failed is not settled: betaline", BETALINE) == (
        step.standing,
        step.because,
        step.evidence,
    )


def test_a_block_closes_an_option() -> None:
    """A BLOCK flag about an option makes it not eligible, with the flag's reason and evidence."""
    block = Flag(Severity.BLOCK, "esketamine", "aneurysm", (Origin("Condition/7"),))
    caution = Flag(Severity.CAUTION, "esketamine", "blood pressure")
    step = the_step(an_option(when="met"), Result.MET, caution, block)

    assert (Standing.NOT_ELIGIBLE, "aneurysm", (Origin("Condition/7"),)) == (step.standing, step.because, step.evidence)


def test_a_caution_asks_for_review() -> None:
    """A CAUTION flag about an option that is open asks for a closer look."""
    step = the_step(an_option(when="met"), Result.MET, Flag(Severity.CAUTION, "esketamine", "blood pressure"))

    assert (Standing.NEEDS_REVIEW, "blood pressure") == (step.standing, step.because)


def test_a_caution_opens_nothing() -> None:
    """A CAUTION flag never lifts an option that is not eligible."""
    step = the_step(an_option(when="met"), Result.NOT_MET, Flag(Severity.CAUTION, "esketamine", "blood pressure"))

    assert Standing.NOT_ELIGIBLE is step.standing


def test_a_flag_about_another_option_changes_nothing() -> None:
    """Flags act on the option they are about, and on no other."""
    step = the_step(an_option("ect", when="met"), Result.MET, Flag(Severity.BLOCK, "esketamine", "aneurysm"))

    assert Standing.SUGGESTED is step.standing


def test_criteria_that_do_not_apply_leave_looking_checking_referring() -> None:
    """An excluded verdict closes all treatment and keeps review, verification and referral."""
    names = ("refer", "clinician-review", "verify-diagnosis", "verify-adequacy", "psychotherapy", "esketamine", "augment")
    options = tuple(an_option(name, "met-or-open" if name == "refer" else "always") for name in names)
    plan = plan_for(a_history(), (a_verdict(Result.EXCLUDED),), (EXCLUDE,), options)
    suggested = {step.option.id: step.because for step in plan.steps if step.standing is Standing.SUGGESTED}

    assert {"clinician-review", "refer", "verify-adequacy", "verify-diagnosis"} == set(suggested)
    assert EXCLUDE.because == suggested["refer"]
    assert {EXCLUDE.because} == {step.because for step in plan.steps if step.standing is Standing.NOT_ELIGIBLE}


def test_an_exclusion_without_a_flag_still_closes_treatment() -> None:
    """Even where no flag tells why, an excluded verdict leaves no treatment."""
    step = the_step(an_option(when="trials"), Result.EXCLUDED)

    assert (Standing.NOT_ELIGIBLE, "consensus does not apply") == (step.standing, step.because)


def test_review_comes_first_then_the_order_of_the_table() -> None:
    """The clinician's review leads whatever its place in the table; equal places fall back on the id."""
    options = (an_option("b", order=1), an_option("a", order=1), an_option("z", order=0), an_option("clinician-review", order=9))
    plan = plan_for(a_history(), (a_verdict(Result.MET),), (), options)

    assert ["clinician-review", "z", "a", "b"] == [step.option.id for step in plan.steps]


def test_the_first_verdict_decides() -> None:
    """Of several verdicts the first is the one the plan goes by."""
    verdicts = (a_verdict(Result.NOT_MET), a_verdict(Result.MET, "delphi"))
    (step,) = plan_for(a_history(), verdicts, (), (an_option(when="met"),)).steps

    assert Standing.NOT_ELIGIBLE is step.standing


def test_an_unknown_test_is_a_broken_promise() -> None:
    """An option whose eligibility test nobody wrote stops the run, naming the tests there are."""
    with pytest.raises(AssertionError, match=r"option esketamine: no eligibility test is called 'maybe', known: \['always'"):
        the_step(an_option(when="maybe"), Result.MET)


def test_every_word_of_the_table_has_a_test() -> None:
    """The words an option may use are exactly those that have a test."""
    assert set(WHEN) == set(TESTS)
