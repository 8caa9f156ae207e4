"""The plan: which option is put forward, which only after a closer look, which not, and in what order."""

import pytest

from fhir_trd.model.plans import Step
from tests.factory.chart import Chart
from tests.factory.judging import judge, knowledge
from tests.factory.story import chart_of
from tests.factory.table import rows
from tests.spec.safety.test_flags import measured
from tests.spec.vignettes.charts import CHARTS

STANDINGS = rows("""
    vignette            | option           | standing
    V01 textbook        | clinician-review | suggested
    V01 textbook        | verify-adequacy  | suggested
    V01 textbook        | verify-diagnosis | suggested
    V01 textbook        | safety-review    | not-eligible
    V01 textbook        | continue         | not-eligible
    V01 textbook        | switch           | suggested
    V01 textbook        | augment          | suggested
    V01 textbook        | psychotherapy    | suggested
    V01 textbook        | team-care        | suggested
    V01 textbook        | rtms             | suggested
    V01 textbook        | esketamine       | suggested
    V01 textbook        | ketamine         | suggested
    V01 textbook        | ect              | needs-review
    V01 textbook        | tricyclic        | suggested
    V01 textbook        | vns              | not-eligible
    V01 textbook        | light-therapy    | suggested
    V01 textbook        | exercise         | suggested
    V01 textbook        | nutrition        | suggested
    V01 textbook        | refer            | suggested
    V01 textbook        | measurement-based-care | suggested
    V03 not tolerated   | esketamine       | not-eligible
    V03 not tolerated   | tricyclic        | not-eligible
    V09 missing dose    | collect-missing-facts | suggested
    V09 missing dose    | esketamine       | needs-review
    V09 missing dose    | tricyclic        | needs-review
    V13 bipolar         | clinician-review | suggested
    V13 bipolar         | refer            | suggested
    V13 bipolar         | switch           | not-eligible
    V13 bipolar         | esketamine       | not-eligible
    V13 bipolar         | light-therapy    | not-eligible
    V15 third too young | continue         | suggested
    V15 third too young | optimise         | suggested
    V19 safety          | safety-review    | suggested
    V19 safety          | esketamine       | not-eligible
    V19 safety          | ketamine         | not-eligible
    V19 safety          | rtms             | not-eligible
    V19 safety          | ect              | needs-review
    V19 safety          | tricyclic        | needs-review
    V19 safety          | augment          | suggested
    V19 safety          | psychotherapy    | suggested
    V19 safety          | refer            | suggested
    """)


def steps(chart: Chart) -> tuple[Step, ...]:
    """The steps of the plan for a chart."""
    return judge(chart).plan.steps


def step(chart: Chart, option: str) -> Step:
    """The step of one option."""
    (found,) = (one for one in steps(chart) if one.option.id == option)
    return found


@pytest.mark.parametrize("row", STANDINGS, ids=lambda row: f"{row['vignette']}: {row['option']}")
def test_an_option_stands_where_the_facts_put_it(row: dict[str, str]) -> None:
    """Each option of each vignette has the standing worked out by hand, and says why."""
    found = step(CHARTS[row["vignette"]], row["option"])
    assert row["standing"] == str(found.standing)
    assert found.because


def test_the_plan_goes_from_safety_to_measurement() -> None:
    """Review and safety come first, then what is to be verified, then the present drug, then options, measurement last."""
    names = [one.option.id for one in steps(CHARTS["V19 safety"])]
    landmarks = [
        "clinician-review", "safety-review", "verify-adequacy", "baseline-work-up", "continue", "optimise", "switch", "rtms",
        "light-therapy", "refer", "measurement-based-care",
    ]  # fmt: skip
    assert landmarks == sorted(landmarks, key=names.index)


def test_a_young_trial_is_to_be_continued_before_anything_else_changes() -> None:
    """Mirtazapine after 22 days is to be continued to 42 days; of all treatments that stands first."""
    found = step(CHARTS["V15 third too young"], "continue")
    treatments = [
        one.option.id for one in steps(CHARTS["V15 third too young"]) if one.option.order > 5 and str(one.standing) == "suggested"
    ]
    assert "continue" == treatments[0]
    assert "mirtazapine for 22 days so far" in found.because
    assert "42 days" in found.option.about


def test_missing_work_up_is_named() -> None:
    """What is on record for the last year is not asked for; what is older, or absent, is."""
    chart = Chart(
        as_of="2024-06-01",
        conditions="F33.1 onset 2024-01-01",
        scores="2024-05-01 = 18",
        more=(measured("3016-3", 2.0, "m[IU]/L"), measured("718-7", 14, "g/dL", day="2022-01-01")),
    )
    because = step(chart, "baseline-work-up").because
    assert "tsh" not in because
    assert "phq-9" not in because
    assert "haemoglobin" in because


def test_a_course_of_psychotherapy_is_weighed_by_a_person() -> None:
    """A course in this episode leaves open whether it was enough; one in an earlier episode does not count."""
    plain = CHARTS["V01 textbook"]
    now = Chart(**{**vars(plain), "treatments": "psychotherapy 2024-02-01 2024-05-01"})
    before = Chart(**{**vars(plain), "treatments": "psychotherapy 2015-02-01 2015-05-01"})
    assert "needs-review" == str(step(now, "psychotherapy").standing)
    assert "suggested" == str(step(before, "psychotherapy").standing)


def test_every_treatment_says_how_strong_the_evidence_is() -> None:
    """Each treatment names what both guidelines say; looking, checking and asking need no evidence."""
    treatments = [option for option in knowledge().options if 7 <= option.order <= 23]
    assert [] == [option.id for option in treatments if not (option.va22 and option.can23)]


def test_no_option_orders_a_dose() -> None:
    """How a treatment goes is told without an amount of any drug."""
    words = " ".join(" ".join((one.about, *one.course, *one.monitoring)) for one in knowledge().options)
    assert " mg" not in words
    assert "psychedelic" not in words.lower()
    assert "psilocybin" not in words.lower()


def test_the_esketamine_schedule_has_its_phases() -> None:
    """Two visits a week for four weeks, a decision, then weekly, then the lowest frequency that keeps the response."""
    (option,) = (one for one in knowledge().options if one.id == "esketamine")
    assert ["weeks 1 to 4", "end of week 4", "weeks 5 to 8", "from week 9"] == [line.split(":")[0] for line in option.course[:4]]


def test_goals_are_proposed_unless_the_criteria_do_not_apply() -> None:
    """Remission, safety and response are goals to agree on; where the criteria do not apply there are none."""
    assert ["remission", "safety", "response"] == [goal.id for goal in judge(CHARTS["V01 textbook"]).plan.goals]
    assert () == judge(CHARTS["V13 bipolar"]).plan.goals


SEVERITIES = rows("""
    code  | rtms         | ect          | light-therapy
    F33.0 | needs-review | needs-review | suggested
    F33.1 | suggested    | needs-review | suggested
    F33.2 | suggested    | suggested    | needs-review
    F33.9 | suggested    | suggested    | suggested
    """)


@pytest.mark.parametrize("row", SEVERITIES, ids=lambda row: row["code"])
def test_an_option_for_another_severity_asks_for_a_closer_look(row: dict[str, str]) -> None:
    """Options are meant for some severities; where another one is coded a person must look, without a code none is ruled out."""
    story = "sertraline 42d lack; venlafaxine 42d lack"
    found = steps(chart_of({"story": story, "conditions": f"{row['code']} onset 2023-12-01"}))
    standings = {step.option.id: str(step.standing) for step in found}
    names = ("rtms", "ect", "light-therapy")
    assert {name: row[name] for name in names} == {name: standings[name] for name in names}


def standing(option: str, story: str = "", conditions: str = "F33.1 onset 2023-12-01") -> str:
    """Where an option stands for a life that is told in a few words."""
    found = {one.option.id: str(one.standing) for one in steps(chart_of({"story": story, "conditions": conditions}))}
    return found[option]


def test_an_open_case_is_referred_after_three_switches() -> None:
    """An open verdict asks for a referral after three switches; with fewer a person looks first (R-296)."""
    two = "sertraline 42d; venlafaxine 42d; mirtazapine 42d"
    assert "needs-review" == standing("refer", two)
    assert "suggested" == standing("refer", f"{two}; bupropion 42d")


def test_psychosis_is_referred_whatever_failed() -> None:
    """Depression with psychotic features is referred, and convulsive therapy put forward, after no failure; resolved not."""
    assert ("suggested", "suggested") == (standing("refer", conditions="F33.3"), standing("ect", conditions="F33.3"))
    assert ("not-eligible", "not-eligible") == (standing("refer"), standing("ect"))
    assert "not-eligible" == standing("ect", conditions="F33.3 resolved")


def test_a_drug_that_was_not_tolerated_may_be_switched() -> None:
    """A drug stopped for side effects opens the switch, and no augmentation; a short trial without that reason opens neither."""
    story = "sertraline 20d intolerance"
    assert ("suggested", "not-eligible") == (standing("switch", story), standing("augment", story))
    assert "not-eligible" == standing("switch", "sertraline 20d other")


FOUR = "sertraline 42d lack; venlafaxine 42d lack; mirtazapine 42d lack; bupropion 42d lack"
OPEN = "sertraline 42d; venlafaxine 42d; mirtazapine 42d; bupropion 42d"
LAST_STANDINGS = rows("""
    option        | life | further                  | standing
    vns           | four |                          | suggested
    vns           | open |                          | needs-review
    augment       | four | E11.9                    | needs-review
    nutrition     | four | F31.81 provisional       | needs-review
    exercise      | four | I21.9 onset 2024-12-20   | needs-review
    light-therapy | four | H35.30                   | needs-review
    rtms          | four | F33.3                    | needs-review
    rtms          | four | Z96.21                   | not-eligible
    tricyclic     | four | I44.2                    | needs-review
    ketamine      | four | I61.9                    | not-eligible
    esketamine    | four | F10.20                   | needs-review
    ect           | four | H33.20                   | needs-review
    """)


@pytest.mark.parametrize("row", LAST_STANDINGS, ids=lambda row: f"{row['option']}: {row['further'] or row['life']}")
def test_what_speaks_against_an_option_changes_its_standing(row: dict[str, str]) -> None:
    """After four failures, surely or possibly, each option stands where its own cautions and contraindications put it."""
    conditions = "; ".join(filter(None, ("F33.9 onset 2023-12-01", row["further"])))
    assert row["standing"] == standing(row["option"], {"four": FOUR, "open": OPEN}[row["life"]], conditions)
