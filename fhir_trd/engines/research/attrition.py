"""Who is left after each step on the way from everyone to whoever meets a criteria set, and which shares that makes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from msgspec import Struct

from fhir_trd.engines.research.population import Part, TrialRow, VerdictRow
from fhir_trd.model.criteria import CriteriaSet, Rule
from fhir_trd.model.drugs import Drug
from fhir_trd.model.study import Share, Step
from fhir_trd.model.trials import Purpose
from fhir_trd.model.truth import Truth, all_of, any_of, at_least, truth_of
from fhir_trd.model.verdicts import Result

EVERYONE = "everyone"
OTHERWISE = "met-otherwise"
RULE = "rule"
DEPRESSED, TREATED = "depression", "treated"
"""Among whom a share is counted, besides everyone: whoever surely has depression on record; and of those, who has a trial."""

TRIAL = "trial"
PEOPLE = (
    ("recorded", "any record of depression or of an antidepressant"),
    (DEPRESSED, "depression on record: a diagnosis, or the purpose of an antidepressant"),
    (TRIAL, "an antidepressant was taken"),
)
TRIALS = (
    ("purpose", "taken for depression"),
    ("route", "by mouth where the set asks for it, and of a kind that counts"),
    ("episode", "in the episode that the set looks at"),
    ("dose", "on some day at an adequate dose"),
    ("duration", "at an adequate dose for as long as the set asks"),
    ("outcome", "it did not help enough"),
    ("adherence", "it was taken reliably"),
    ("counted", "it counts as a failed trial"),
)
"""What one and the same trial must be, step by step."""


class Stage(Struct, frozen=True):
    """A step on the way: its name, the rule of the set that decides there, and what it asks."""

    name: str
    rule: str
    says: str


class Tally:
    """What is counted of the people under one criteria set."""

    def __init__(self, criteria: CriteriaSet, drugs: Iterable[Drug]) -> None:
        self.criteria = criteria
        self.stages = tuple(_stages(criteria))
        self.results: Counter[str] = Counter()
        self._rule = criteria.failed_trials
        self._keys = _keys(self._rule, drugs) if self._rule else {}
        self._left = [Counter[Truth]() for _ in self.stages]
        self._enough = {name: Counter[Truth]() for name in (TRIAL, *dict(TRIALS))} if self._rule else {}
        self._among: dict[str, Counter[str]] = {DEPRESSED: Counter(), TREATED: Counter()}

    def add(self, part: Part) -> None:
        """Count one partition."""
        own = {result: count for (criteria, result), count in part.results.items() if criteria == self.criteria.id}
        self.results.update(own)
        for row in part.verdicts:
            if row.criteria == self.criteria.id:
                self._add(row, part.trials.get(row.patient, ()))

    def _add(self, row: VerdictRow, trials: Sequence[TrialRow]) -> None:
        depressed = any_of((row.depression, truth_of(any(one.purpose == Purpose.DEPRESSION for one in trials), possibly=False)))
        asked = [Truth.YES, Truth.YES, depressed, truth_of(bool(trials), possibly=False)]
        if self._rule is not None:
            ways = [(self._keys[trial.drug], _way(trial, self.criteria.id)) for trial in trials]
            asked += [any_of(way[step] for _, way in ways) for step, _ in enumerate(TRIALS, 1)]
            self._add_enough(self._rule.whole("trials"), depressed, ways)
        found = {one.rule: one.truth for one in row.findings}
        asked += [found[rule.name] for rule in self.criteria.rules if rule.decides]
        for left, truth in zip(self._left, accumulate(asked, _both), strict=True):
            left[truth] += 1
        if depressed is Truth.YES:
            self._among[DEPRESSED][row.result] += 1
            self._among[TREATED][row.result] += bool(trials)

    def _add_enough(self, needed: int, depressed: Truth, ways: Sequence[tuple[str, list[Truth]]]) -> None:
        """Count whether as many distinct trials get to each step as the set wants to fail."""
        for step, counter in enumerate(self._enough.values()):
            sure = {key for key, way in ways if way[step] is Truth.YES}
            possible = {key for key, way in ways if way[step] is not Truth.NO}
            counter[_both(depressed, at_least(needed, len(sure), len(possible)))] += 1

    def steps(self) -> Iterator[Step]:
        """Every step, and at the end whoever meets the set without having come this way."""
        people = self.results.total()
        before = people
        for number, (stage, left) in enumerate(zip(self.stages, self._left, strict=True)):
            surely, possibly = left[Truth.YES], left[Truth.YES] + left[Truth.MAYBE]
            if stage.name == EVERYONE:
                surely = possibly = people
            yield self._step(number, stage, surely, possibly, before - possibly)
            before = possibly
        met, perhaps = self.results[Result.MET], self.results[Result.INDETERMINATE]
        last = Stage(OTHERWISE, "", "meets the set, or may, without having come this way")
        yield self._step(len(self.stages), last, met - surely, met + perhaps - possibly, 0)

    def _step(self, number: int, stage: Stage, surely: int, possibly: int, removed: int) -> Step:
        enough = self._enough.get(stage.name)
        return Step(
            criteria=self.criteria.id,
            step=number,
            stage=stage.name,
            rule=stage.rule,
            says=stage.says,
            surely=surely,
            possibly=possibly,
            removed=removed,
            enough_surely=enough[Truth.YES] if enough is not None else None,
            enough_possibly=enough[Truth.YES] + enough[Truth.MAYBE] if enough is not None else None,
        )

    def shares(self) -> Iterator[Share]:
        """Which share meets the set, among whom. Whoever the set excludes is left out above and below the line."""
        for among, results in {EVERYONE: self.results, **self._among}.items():
            excluded = results[Result.EXCLUDED]
            yield Share(
                criteria=self.criteria.id,
                among=among,
                people=results.total() - excluded,
                excluded=excluded,
                met=results[Result.MET],
                indeterminate=results[Result.INDETERMINATE],
            )


def _stages(criteria: CriteriaSet) -> Iterator[Stage]:
    yield Stage(EVERYONE, "", "everyone in the tables")
    yield from (Stage(name, "", says) for name, says in PEOPLE)
    counting = criteria.failed_trials
    if counting is not None:
        yield from (Stage(name, counting.name, says) for name, says in TRIALS)
    yield from (Stage(RULE, rule.name, rule.sentence) for rule in criteria.rules if rule.decides)


def _keys(rule: Rule, drugs: Iterable[Drug]) -> dict[str, str]:
    """By ingredient, what tells a trial of it apart from others under this rule."""
    by_class = rule.word("distinct_by") == "class"
    return {drug.ingredient: drug.distinct_class if by_class else drug.distinct_name for drug in drugs}


def _way(trial: TrialRow, criteria: str) -> list[Truth]:
    """One trial, step by step. What the set accepts in place of a step, such as a stop for side effects, passes it."""
    answer = next((one.answer for one in trial.judgements if one.criteria == criteria), Truth.NO)
    asked = next(one for one in trial.conditions if one.criteria == criteria)
    dose = truth_of(surely=trial.adequate_days_least > 0, possibly=trial.adequate_days_most > 0)
    kind = _both(asked.route or Truth.NO, asked.drug or Truth.NO)
    parts = (Truth.YES, asked.purpose, kind, asked.episode, dose, asked.duration, asked.outcome, asked.adherence, answer)
    reached = accumulate((part or Truth.NO for part in parts), _both)
    return [any_of((answer, one)) for one in reached]


def _both(first: Truth, second: Truth) -> Truth:
    return all_of((first, second))
