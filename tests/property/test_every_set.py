"""Every criteria set against a calendar: each invented life is judged under all sets at once, from FHIR, and by counting days."""

from hypothesis import given, settings

from tests.factory.judging import judge, knowledge
from tests.property.oracle.algorithms import ALGORITHMS
from tests.property.oracle.life import Life, chart_of, lives
from tests.property.oracle.points import POINTS
from tests.property.oracle.verdicts import CLINICAL, Said, known_of, result_of

LIVES = 300
ASKED = CLINICAL | ALGORITHMS | POINTS
USABLE = {name: found for name, found in sorted(knowledge().criteria.items()) if not found.refused}
Answers = dict[str, tuple[tuple[str, int, int], dict[str, str]]]


def counted(life: Life) -> Answers:
    """What the calendar says under every set: the result with its least and most, and the answer of each rule."""
    known = known_of(life)
    said: dict[str, dict[str, Said]] = {
        name: {rule.name: ASKED[rule.kind](known, rule) for rule in found.rules} for name, found in USABLE.items()
    }
    return {
        name: (result_of(answers, USABLE[name]), {rule: one.truth.value for rule, one in answers.items()})
        for name, answers in said.items()
    }


def judged(life: Life) -> Answers:
    """What the program says under every set, from the FHIR that tells of the life."""
    assessment = judge(chart_of(life), criteria=tuple(USABLE))
    return {
        one.criteria: (
            (one.result.value, one.least, one.most),
            {finding.rule: finding.truth.value for finding in one.findings},
        )
        for one in assessment.verdicts
    }


@settings(max_examples=max(LIVES, settings.default.max_examples))
@given(lives())
def test_every_set_says_what_the_calendar_says(life: Life) -> None:
    """For exact days, every set has the result, the bounds and the lines that counting day by day has."""
    ours, theirs = judged(life), counted(life)

    assert {} == {name: (ours[name], theirs[name]) for name in USABLE if ours[name] != theirs[name]}


def test_the_calendar_knows_every_kind_of_rule() -> None:
    """No rule of a usable set goes without a count of its own."""
    assert set() == {rule.kind for found in USABLE.values() for rule in found.rules} - ASKED.keys()
