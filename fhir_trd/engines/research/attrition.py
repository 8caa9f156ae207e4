"""Who is left after each step on the way from everyone to whoever meets a criteria set, and which shares that makes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from msgspec import Struct

from fhir_trd.engines.research.population import Asked, Part, TrialRow, VerdictRow
from fhir_trd.model.criteria import CriteriaSet
from fhir_trd.model.study import Share, Step
from fhir_trd.model.trials import Purpose
from fhir_trd.model.truth import Truth, all_of, any_of, truth_of
from fhir_trd.model.verdicts import Result

EVERYONE = "everyone"
OTHERWISE = "met-otherwise"
RULE = "rule"
DEPRESSED, TREATED = "depression", "treated"
"""Among whom a share is counted, besides everyone: whoever surely has depression on record; and of those, who has a trial."""

PEOPLE = (
    ("recorded", "any record of depression or of an antidepressant"),
    (DEPRESSED, "depression on record: a diagnosis, or the purpose of an antidepressant"),
    ("trial", "an antidepressant was taken"),
)
TRIALS = (
    ("purpose", "… for depression"),
    ("route", "… by mouth where the set asks for it, and of a kind that counts"),
    ("episode", "… in the episode that the set looks at"),
    ("dose", "… on some day at an adequate dose"),
    ("duration", "… at an adequate dose for as long as the set asks"),
    ("outcome", "… and did not help enough"),
    ("adherence", "… though taken reliably"),
    ("counted", "… and counts as a failed trial"),
)
"""What one and the same trial must be, step by step."""


class Stage(Struct, frozen=True):
    """A step on the way: its name, the rule of the set that decides there, and what it asks."""

    name: str
    rule: str
    says: str


class Tally:
    """What is counted of the people under one criteria set."""

    def __init__(self, criteria: CriteriaSet) -> None:
        self.criteria = criteria
        self.stages = tuple(_stages(criteria))
        self.results: Counter[str] = Counter()
        self._left = [Counter[Truth]() for _ in self.stages]
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
        if self.criteria.failed_trials is not None:
            asked += _furthest(trials, self.criteria.id)
        found = {one.rule: one.truth for one in row.findings}
        asked += [found[rule.name] for rule in self.criteria.rules if rule.decides]
        for left, truth in zip(self._left, accumulate(asked, _both), strict=True):
            left[truth] += 1
        if depressed is Truth.YES:
            self._among[DEPRESSED][row.result] += 1
            self._among[TREATED][row.result] += bool(trials)

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
        return Step(
            criteria=self.criteria.id,
            step=number,
            stage=stage.name,
            rule=stage.rule,
            says=stage.says,
            surely=surely,
            possibly=possibly,
            removed=removed,
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


def _furthest(trials: Iterable[TrialRow], criteria: str) -> list[Truth]:
    """How far the trial gets that gets furthest, at each step."""
    ways = [_way(trial, asked, criteria) for trial in trials for asked in trial.conditions if asked.criteria == criteria]
    return [any_of(at_step) for at_step in zip(*ways, strict=True)] if ways else [Truth.NO for _ in TRIALS]


def _way(trial: TrialRow, asked: Asked, criteria: str) -> list[Truth]:
    """One trial, step by step. What the set accepts in place of a step, such as a stop for side effects, passes it."""
    answer = next((one.answer for one in trial.judgements if one.criteria == criteria), Truth.NO)
    dose = truth_of(surely=trial.adequate_days_least > 0, possibly=trial.adequate_days_most > 0)
    kind = _both(asked.route or Truth.NO, asked.drug or Truth.NO)
    parts = (asked.purpose, kind, asked.episode, dose, asked.duration, asked.outcome, asked.adherence, answer)
    reached = accumulate((part or Truth.NO for part in parts), _both)
    return [any_of((answer, one)) for one in reached]


def _both(first: Truth, second: Truth) -> Truth:
    return all_of((first, second))
