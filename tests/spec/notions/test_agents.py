"""Every augmentation agent: the dose and the time that make it adequate, and what else it is given for."""

import pytest

from fhir_trd.model.trials import AugmentationAnswer
from tests.factory.chart import Chart
from tests.factory.judging import cell, judge, trial, varied, verdict
from tests.factory.medication import Json
from tests.factory.spec import MDD, spec
from tests.factory.table import rows

AGENTS = rows("""
    agent                  | too low | enough | days
    lithium                | 450     | 600    | 28
    liothyronine           | 0.0125  | 0.025  | 28
    aripiprazole           | 1       | 2      | 28
    brexpiprazole          | 0.25    | 0.5    | 28
    quetiapine             | 100     | 150    | 28
    olanzapine             | 5       | 6      | 42
    cariprazine            | 0.75    | 1.5    | 42
    lumateperone           | 21      | 42     | 42
    risperidone            | 0.25    | 0.5    | 28
    ziprasidone            | 20      | 40     | 28
    buspirone              | 15      | 30     | 28
    modafinil              | 50      | 100    | 28
    armodafinil            | 75      | 150    | 28
    methylphenidate        | 5       | 10     | 28
    lisdexamfetamine       | 10      | 20     | 28
    lamotrigine            | 50      | 100    | 56
    pramipexole            | 0.5     | 1      | 56
    levomefolate           | 7.5     | 15     | 30
    eicosapentaenoic acid  | 500     | 1000   | 56
    s-adenosylmethionine   | 400     | 800    | 42
    """)

OTHER_USES = rows("""
    agent           | dose | for
    lithium         | 900  | bipolar disorder
    liothyronine    | 0.05 | hypothyroidism
    quetiapine      | 150  | insomnia
    lamotrigine     | 200  | epilepsy
    methylphenidate | 20   | ADHD
    modafinil       | 200  | sleep apnea
    modafinil       | 200  | narcolepsy
    pramipexole     | 1    | restless legs
    buspirone       | 30   | anxiety
    aripiprazole    | 10   | schizophrenia
    """)


def added(
    agent: str, dose: str, until: str, *, stop: str = "lack", reason: str = "", more: tuple[Json, ...] = ()
) -> AugmentationAnswer:
    """What became of an agent added to sertraline on 1 March 2024."""
    found = spec(
        f"""
        drug       | from       | to         | mg/day | stop   | for      | by
        sertraline | 2024-01-01 | 2024-08-31 | 100    |        |          |
        {agent}    | 2024-03-01 | {until}    | {dose} | {stop} | {reason} | text
        """,
        more=more,
    )
    (only,) = trial(found, "sertraline").augmentations
    return only.answer


def after(days: int) -> str:
    """The last of so many days from 1 March 2024."""
    months = (("03", 31), ("04", 30), ("05", 31))
    for month, length in months:
        if days <= length:
            return f"2024-{month}-{days:02d}"
        days -= length
    raise AssertionError("no such day in the table")


@pytest.mark.parametrize("row", AGENTS, ids=lambda row: row["agent"])
def test_each_agent_has_its_dose_and_its_time(row: dict[str, str]) -> None:
    """Below its dose an agent was too little, below its days too short, and with both it failed."""
    days = int(row["days"])
    found = [
        added(row["agent"], row["too low"], after(days)),
        added(row["agent"], row["enough"], after(days - 1)),
        added(row["agent"], row["enough"], after(days)),
    ]
    assert found == [
        AugmentationAnswer.INADEQUATE_DOSE,
        AugmentationAnswer.INADEQUATE_DURATION,
        AugmentationAnswer.ADEQUATE_FAILED,
    ]


@pytest.mark.parametrize("row", OTHER_USES, ids=lambda row: f"{row['agent']}, {row['for']}")
def test_another_indication_explains_the_agent(row: dict[str, str]) -> None:
    """An agent given for something else augments nothing."""
    assert added(row["agent"], row["dose"], "2024-05-31", reason=row["for"]) == AugmentationAnswer.OTHER_INDICATION


def test_a_condition_that_may_explain_the_agent_leaves_it_open() -> None:
    """Modafinil without a reason, in someone with sleep apnoea, may not have been for depression."""
    table = """
        drug       | from       | to         | mg/day | stop
        sertraline | 2024-01-01 | 2024-08-31 | 100    |
        modafinil  | 2024-03-01 | 2024-05-31 | 200    | lack
        """
    found = spec(table, conditions=f"{MDD}; G47.33 onset 2020-01-01")
    (only,) = trial(found, "sertraline").augmentations
    assert only.answer == AugmentationAnswer.UNKNOWN


@pytest.mark.parametrize(
    ("stop", "answer"),
    [
        ("lack", AugmentationAnswer.ADEQUATE_FAILED),
        ("partial", AugmentationAnswer.ADEQUATE_FAILED),
        ("remission", AugmentationAnswer.ADEQUATE_RESPONDED),
        ("intolerance", AugmentationAnswer.UNKNOWN),
        ("other", AugmentationAnswer.UNKNOWN),
        ("", AugmentationAnswer.UNKNOWN),
    ],
)
def test_without_scores_the_reason_of_the_stop_decides(stop: str, answer: AugmentationAnswer) -> None:
    """A reason tells of an augmentation what it tells of a trial."""
    assert added("aripiprazole", "5", "2024-05-31", stop=stop) == answer


@pytest.mark.parametrize("second", ["bupropion | 2024-03-01 | 2024-05-31 | 300", "mirtazapine | 2024-03-01 | 2024-05-31 | 30"])
def test_a_second_antidepressant_is_no_augmentation(second: str) -> None:
    """Two antidepressants are a combination."""
    found = spec(f"""
        drug       | from       | to         | mg/day
        sertraline | 2024-01-01 | 2024-08-31 | 100
        {second}
        """)
    assert trial(found, "sertraline").augmentations == ()


def test_an_augmentation_of_unknown_outcome_leaves_the_count_open() -> None:
    """Where augmentations count as treatments, one that may have failed raises only the most."""
    chart = Chart(
        as_of="2024-12-31",
        conditions=MDD,
        drugs="""
        drug         | from       | to         | mg/day | stop
        sertraline   | 2024-01-01 | 2024-08-31 | 100    | lack
        aripiprazole | 2024-03-01 | 2024-05-31 | 5      |
        """,
    )
    found = judge(chart, criteria=("fda",), known=varied("fda", augmentation_counts=True))
    assert cell(found, "fda") == "indeterminate 1/2"


@pytest.mark.parametrize(("onset", "most"), [("2023-12-01", "1 to 1"), ("2024-11-01", "0 to 0")])
def test_a_payer_counts_augmentations_of_the_current_episode(onset: str, most: str) -> None:
    """An augmentation of an earlier episode is none in this one."""
    found = spec(
        """
        drug         | from       | to         | mg/day | stop
        sertraline   | 2024-01-01 | 2024-08-31 | 100    | lack
        aripiprazole | 2024-03-01 | 2024-05-31 | 5      | lack
        """,
        conditions=f"F33.1 onset {onset}",
        criteria=("qualchoice-esketamine",),
    )
    (said,) = [one for one in verdict(found, "qualchoice-esketamine").findings if one.rule == "failed-augmentations"]
    assert said.because == f"{most} of 2 failed augmentations"
