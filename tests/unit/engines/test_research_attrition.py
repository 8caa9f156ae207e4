"""Who is left after each step: exact counts on tables made by hand, and on people whose story is known."""

import csv
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.exports.folder import export, truth_file
from benchmarks.exports.people import LEAN
from benchmarks.exports.stories import AS_OF
from fhir_trd.engines.research.study import Request, study
from fhir_trd.errors import TrdError, UsageError
from fhir_trd.model.study import Step, Study
from tests.factory.judging import knowledge
from tests.unit.engines.population import by_type, judged, people
from tests.unit.engines.study_tables import refused, trial, verdict, write

Count = tuple[int, int]


def studied(folder: Path) -> Study:
    """The study of an output folder, without the grid."""
    return study(Request(folder), folder / "study", workers=1, told=lambda *_: None)


def left(found: Study) -> dict[str, Count]:
    """By step (a rule by its name): how many are left surely, and possibly."""
    return {step.rule if step.stage == "rule" else step.stage: (step.surely, step.possibly) for step in found.steps}


def test_everyone_is_at_the_first_step_and_only_whoever_met_it_at_the_last(tmp_path: Path) -> None:
    """Someone without anything, someone depressed and untreated, someone treated for something else, and two who failed twice."""
    verdicts = [
        verdict("Patient/1", "not-met", depression="no", antidepressant=False, failed_trials="no"),
        verdict("Patient/2", "not-met", antidepressant=False, failed_trials="no"),
        verdict("Patient/3", "not-met", depression="no", failed_trials="no"),
        verdict("Patient/4", "met"),
        verdict("Patient/5", "excluded", excluding_diagnoses="no"),
    ]
    trials = [
        refused("Patient/3", "purpose", taken_for="other"),
        *(trial(patient, drug) for patient in ("Patient/4", "Patient/5") for drug in ("sertraline", "venlafaxine")),
    ]
    found = left(studied(write(tmp_path, verdicts, trials)))

    assert {"everyone": (5, 5), "recorded": (4, 4), "depression": (3, 3), "trial": (2, 2), "purpose": (2, 2)} == {
        stage: found[stage] for stage in ("everyone", "recorded", "depression", "trial", "purpose")
    }
    assert [(2, 2), (1, 1), (0, 0)] == [found[stage] for stage in ("failed-trials", "excluding-diagnoses", "met-otherwise")]


@pytest.mark.parametrize(
    ("at", "stage"),
    [
        ("purpose", "purpose"),
        ("route", "route"),
        ("drug", "route"),
        ("episode", "episode"),
        ("duration", "duration"),
        ("outcome", "outcome"),
        ("adherence", "adherence"),
    ],
)
def test_a_person_falls_away_where_the_one_trial_does(tmp_path: Path, at: str, stage: str) -> None:
    """The condition that says no to the only trial is the step at which the person is removed."""
    found = studied(write(tmp_path, [verdict("Patient/1", "not-met", failed_trials="no")], [refused("Patient/1", at)]))

    assert [stage] == [step.stage for step in found.steps if step.removed]


def test_a_trial_without_a_day_at_an_adequate_dose_falls_away_at_the_dose(tmp_path: Path) -> None:
    """Where no day may be at an adequate dose the person is removed at the dose, not at the length."""
    rows = [refused("Patient/1", "duration", days=(0, 0)), refused("Patient/1", "duration", taken="venlafaxine", days=(0, 0))]
    found = studied(write(tmp_path, [verdict("Patient/1", "not-met", failed_trials="no")], rows))

    assert ["dose"] == [step.stage for step in found.steps if step.removed]


def test_what_the_record_leaves_open_is_in_doubt_from_there_on(tmp_path: Path) -> None:
    """A trial of no known dose keeps its person in doubt from the dose on; a suspected diagnosis, from the start."""
    verdicts = [verdict("Patient/1", "indeterminate", failed_trials="maybe"), verdict("Patient/2", "met", depression="maybe")]
    trials = [
        trial("Patient/1", answer="maybe", days=(0, 60), duration="maybe"),
        *(trial("Patient/2", drug, taken_for="unknown") for drug in ("sertraline", "venlafaxine")),
    ]
    found = left(studied(write(tmp_path, verdicts, trials)))

    assert [(1, 2), (1, 2), (0, 2), (0, 2)] == [
        found[stage] for stage in ("depression", "episode", "dose", "excluding-diagnoses")
    ]
    assert (1, 0) == found["met-otherwise"]


def test_the_stated_purpose_of_a_drug_puts_depression_on_record(tmp_path: Path) -> None:
    """Someone without a diagnosis, who took a drug for depression, counts as one with depression on record."""
    found = left(studied(write(tmp_path, [verdict("Patient/1", "met", depression="no")], [trial("Patient/1")])))

    assert (1, 1) == found["depression"]


def test_whoever_meets_a_set_in_another_way_is_counted_apart(tmp_path: Path) -> None:
    """Someone of whom nothing tells of depression, but who meets the set, stands in the last row alone."""
    row = verdict("Patient/1", "met", depression="no", antidepressant=False)
    found = left(studied(write(tmp_path, [row])))

    assert [(1, 1), (0, 0), (0, 0), (1, 1)] == [
        found[stage] for stage in ("everyone", "recorded", "excluding-diagnoses", "met-otherwise")
    ]


def test_what_a_set_accepts_in_place_of_a_step_passes_it(tmp_path: Path) -> None:
    """A trial that counts though its length was never asked for is left at every step."""
    row = trial("Patient/1", days=(0, 0), duration=None, outcome=None, adherence=None)
    found = left(studied(write(tmp_path, [verdict("Patient/1", "met")], [row])))

    assert [(1, 1)] * 4 == [found[stage] for stage in ("dose", "duration", "adherence", "counted")]


def test_a_person_gets_as_far_as_the_best_trial_and_enough_as_far_as_the_second(tmp_path: Path) -> None:
    """Of two classes one was too short: the person is left at the end of the trials, but without enough of them."""
    rows = [trial("Patient/1"), refused("Patient/1", "duration", taken="venlafaxine", days=(20, 20))]
    found = studied(write(tmp_path, [verdict("Patient/1", "not-met", failed_trials="no")], rows))

    assert {"trial": (1, 1), "dose": (1, 1), "duration": (0, 0), "counted": (0, 0)} == {
        stage: (step.enough_surely, step.enough_possibly)
        for step in found.steps
        if (stage := step.stage) in ("trial", "dose", "duration", "counted")
    }
    assert ["failed-trials"] == [step.rule for step in found.steps if step.removed]


def test_two_drugs_of_one_class_are_not_enough_for_a_set_that_counts_classes(tmp_path: Path) -> None:
    """Enough means distinct as the set tells trials apart."""
    rows = [trial("Patient/1", "sertraline"), trial("Patient/1", "citalopram")]
    found = studied(write(tmp_path, [verdict("Patient/1", "not-met", failed_trials="no")], rows))

    assert [(0, 0)] == [(step.enough_surely, step.enough_possibly) for step in found.steps if step.stage == "counted"]


def test_the_parts_are_added_up(tmp_path: Path) -> None:
    """Two partitions are counted as one population; one may have no trials."""
    write(tmp_path, [verdict("Patient/1", "met")], [trial("Patient/1"), trial("Patient/1", "venlafaxine")])
    write(tmp_path, [verdict("Patient/2", "not-met", failed_trials="no")], number=1, patients=2)
    (tmp_path / "trials" / "part-00001.parquet").unlink()

    assert [(2, 2), (2, 2), (1, 1)] == [left(studied(tmp_path))[stage] for stage in ("everyone", "depression", "trial")]


def test_shares_leave_out_whom_the_set_excludes(tmp_path: Path) -> None:
    """Of four with depression one is excluded, one met, one open: a third to two thirds; nobody is among the treated."""
    verdicts = [
        verdict("Patient/1", "met"),
        verdict("Patient/2", "indeterminate", failed_trials="maybe"),
        verdict("Patient/3", "not-met", failed_trials="no"),
        verdict("Patient/4", "excluded", excluding_diagnoses="no"),
        verdict("Patient/5", "not-met", depression="maybe", failed_trials="no"),
    ]
    found = {one.among: one for one in studied(write(tmp_path, verdicts)).shares}

    assert (3, 1, 33.3, 66.7) == (
        found["depression"].people, found["depression"].excluded, found["depression"].least, found["depression"].most
    )  # fmt: skip
    assert (25.0, 50.0) == (found["everyone"].least, found["everyone"].most)
    assert (0, None, None) == (found["treated"].people, found["treated"].least, found["treated"].most)


STORIES = {
    "depression": {"healthy", "another purpose"},
    "trial": {"untreated"},
    "outcome": {"responded"},
    "failed-trials": {"one failure", "too short", "too low", "one class", "side effect", "entered in error"},
    "excluding-diagnoses": {"bipolar"},
}
"""The step at which each invented story ends, by how it is told; those of no other step meet the set or are in doubt."""


def test_every_invented_person_falls_away_where_the_story_says(tmp_path: Path) -> None:
    """Of four hundred invented people as many are removed at each step as there are stories that end there."""
    export(tmp_path / "in", patients=400, seed=5, files=2, amount=LEAN)
    judged(tmp_path / "in", tmp_path / "out", as_of=AS_OF)
    with truth_file(tmp_path / "in").open(encoding="utf-8", newline="") as stream:
        told = [(row["story"], row["result"]) for row in csv.DictReader(stream)]
    stories, results = Counter(story for story, _ in told), Counter(result for _, result in told)
    found = studied(tmp_path / "out")

    assert {name: sum(stories[story] for story in ends) for name, ends in STORIES.items()} == removed_from(found)
    assert (results["met"], results["met"] + results["indeterminate"]) == left(found)["excluding-diagnoses"]
    assert (0, 0) == left(found)["met-otherwise"]


def removed_from(found: Study) -> dict[str, int]:
    """How many surely fell away at each step that people end at; whoever has nothing on record falls away before depression."""
    removed: Counter[str] = Counter()
    for step in found.steps:
        removed["depression" if step.stage == "recorded" else _name(step)] += step.removed
    return {name: count for name, count in removed.items() if count}


def _name(step: Step) -> str:
    return step.rule if step.stage == "rule" else step.stage


def test_the_last_steps_are_the_verdicts_under_every_criteria_set(tmp_path: Path) -> None:
    """Under each set whoever is left at the end and whoever met it otherwise are together those of the verdicts."""
    names = tuple(sorted(name for name, one in knowledge().criteria.items() if not one.refused))
    by_type(tmp_path / "in", people(60))
    results = judged(tmp_path / "in", tmp_path / "out", criteria=names).results
    found = studied(tmp_path / "out")
    for name in names:
        *_, last, otherwise = (step for step in found.steps if step.criteria == name)
        met, perhaps = results.get(f"{name} met", 0), results.get(f"{name} indeterminate", 0)

        assert (name, met, met + perhaps) == (name, last.surely + otherwise.surely, last.possibly + otherwise.possibly)
        assert min(otherwise.surely, otherwise.possibly) >= 0


def test_the_counts_never_rise(tmp_path: Path) -> None:
    """From step to step nobody comes back, surely or possibly, under any set."""
    names = tuple(sorted(name for name, one in knowledge().criteria.items() if not one.refused))
    by_type(tmp_path / "in", people(60))
    judged(tmp_path / "in", tmp_path / "out", criteria=names)
    steps = [step for step in studied(tmp_path / "out").steps if step.stage != "met-otherwise"]
    pairs = [(one, then) for one, then in pairwise(steps) if one.criteria == then.criteria]

    assert [] == [then for one, then in pairs if then.surely > one.surely or then.possibly > one.possibly]
    assert [] == [one for one in steps if one.surely > one.possibly]


def test_an_ingredient_is_told_apart_in_one_way_in_all_its_forms() -> None:
    """The class and the name by which trials are told apart hang on the ingredient alone, which is all that the table tells."""
    keys: dict[str, set[tuple[str, str]]] = {}
    for drug in knowledge().formulary.drugs.values():
        keys.setdefault(drug.ingredient, set()).add((drug.distinct_name, drug.distinct_class))

    assert [] == [ingredient for ingredient, found in keys.items() if len(found) > 1]


def test_what_is_no_finished_run_is_refused(tmp_path: Path) -> None:
    """A folder without an account, with unfinished work, or with another account is refused with what was found."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "run.json").write_text("{}", encoding="utf-8")
    (tmp_path / "begun" / ".work").mkdir(parents=True)

    for name, said in (
        ("nothing", "found no run.json"),
        ("begun", "found unfinished work"),
        ("broken", "found what no"),
    ):
        with pytest.raises(UsageError, match=said):
            studied(tmp_path / name)


def test_a_table_without_a_column_is_refused_by_its_name(tmp_path: Path) -> None:
    """A table of an older version is refused with the column it lacks."""
    write(tmp_path, [verdict("Patient/1", "met")])
    path = tmp_path / "verdicts" / "part-00000.parquet"
    pq.write_table(pq.read_table(path).drop_columns(["findings"]), path)

    with pytest.raises(UsageError, match="found no column findings, which older versions did not write; run bulk again"):
        studied(tmp_path)


def test_tables_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    """Trials without verdicts beside them, no tables at all, damaged ones and too few verdicts are all found."""
    write(tmp_path / "alone", [verdict("Patient/1", "met")], [trial("Patient/2")])
    write(tmp_path / "lost", [verdict("Patient/1", "met")], number=0)
    write(tmp_path / "lost", [verdict("Patient/1", "met")], [trial("Patient/1")], number=1)
    (tmp_path / "lost" / "verdicts" / "part-00001.parquet").unlink()
    write(tmp_path / "damaged", [verdict("Patient/1", "met")])
    (tmp_path / "damaged" / "verdicts" / "part-00000.parquet").write_bytes(b"PAR1")
    write(tmp_path / "few", [verdict("Patient/1", "met")], patients=2)

    for name, said in (
        ("alone", "without a verdict beside them"),
        ("lost", "do not belong together"),
        ("damaged", "no Parquet that can be read"),
        ("few", "found 1 verdicts under consensus for 2 patients"),
    ):
        with pytest.raises(TrdError, match=said):
            studied(tmp_path / name)


def test_other_tables_than_those_of_the_run_are_refused(tmp_path: Path) -> None:
    """A run by other tables is not counted by these."""
    write(tmp_path, [verdict("Patient/1", "met")], knowledge="sha256:0")

    with pytest.raises(UsageError, match="found a run with the tables sha256:0, wanted one with those of this program"):
        studied(tmp_path)
