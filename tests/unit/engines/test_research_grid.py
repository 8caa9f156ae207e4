"""The sensitivity grid over a population: what one patient after the other comes to, added up."""

from collections import Counter
from pathlib import Path

import pytest

from fhir_trd.engines.research.study import Request, study
from fhir_trd.errors import UsageError
from fhir_trd.model.study import CellCount, Study
from fhir_trd.model.verdicts import Result
from fhir_trd.variation import grid_of
from tests.factory.judging import knowledge
from tests.unit.engines.population import AS_OF, Json, about, by_type, condition, judged, people, plainly_read, use

SETS = ("consensus", "medicare-tms", "ndbh-2016")
"""By class; with side effects accepted; with augmentations that count."""


def varied(output: Path, *, workers: int = 1) -> Study:
    """The study of an output folder, with the grid."""
    return study(Request(output, grid=True), output / "study", workers=workers, told=lambda *_: None)


def borderline() -> list[Json]:
    """People whose answers hang on the numbers: too short by some sets, with a gap, at a dose that one table calls enough."""
    first = [condition("F33.1"), use("sertraline 50 mg tablet", "2024-01-01", "2024-02-04")]
    second = [condition("F33.1"), use("sertraline 100 mg tablet", "2024-01-01", "2024-03-01", dose=100),
              use("venlafaxine XR 75 mg", "2024-04-01", "2024-06-30", dose=75)]  # fmt: skip
    third = [condition("F33.1"), use("venlafaxine XR 150 mg", "2024-04-01", "2024-04-30", dose=150),
             {**use("venlafaxine XR 150 mg", "2024-05-20", "2024-06-30", dose=150), "id": "again"}]  # fmt: skip
    return [about(900 + number, one) for number, each in enumerate((first, second, third)) for one in each]


@pytest.fixture(name="output", scope="module")
def output_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A judged population of forty, and three people at the border."""
    folder = tmp_path_factory.mktemp("grid")
    by_type(folder / "in", [*people(40), *borderline()])
    judged(folder / "in", folder / "out", criteria=SETS)
    return folder / "out"


def one_by_one(folder: Path) -> dict[tuple[object, ...], Counter[Result]]:
    """Every cell of every set: how often each result is given when everyone is judged in it."""
    counts: dict[tuple[object, ...], Counter[Result]] = {}
    for record in plainly_read(folder).records:
        for name in SETS:
            for cell in grid_of(record, knowledge(), as_of=AS_OF, criteria=name).cells:
                place = (name, cell.adequate_days, cell.dose_table, cell.improvement_below, cell.exposure_gap)
                counts.setdefault(place, Counter())[cell.result] += 1
    return counts


def counted(cell: CellCount) -> tuple[tuple[object, ...], Counter[Result]]:
    """A cell as its place and its counts."""
    place = (cell.criteria, cell.adequate_days, cell.dose_table, cell.improvement_below, cell.exposure_gap)
    count = {Result.MET: cell.met, Result.NOT_MET: cell.not_met, Result.INDETERMINATE: cell.indeterminate}
    return place, +Counter({**count, Result.EXCLUDED: cell.excluded})


def test_every_cell_is_what_everyone_comes_to_one_by_one(output: Path) -> None:
    """Only people with an antidepressant are judged again, and every cell is as if all had been; the answers do differ."""
    cells = dict(map(counted, varied(output).cells))

    assert one_by_one(output.parent / "in") == cells
    assert len({frozenset(count.items()) for (name, *_), count in cells.items() if name == "consensus"}) > 1


def test_the_own_cell_is_the_verdicts(output: Path) -> None:
    """With the numbers of the set itself each result is given as often as in the verdicts."""
    found = varied(output)
    everyone = {share.criteria: (share.met, share.indeterminate) for share in found.shares if share.among == "everyone"}

    assert everyone == {cell.criteria: (cell.met, cell.indeterminate) for cell in found.cells if cell.own}
    assert {found.people} == {cell.people for cell in found.cells}


def test_two_workers_count_the_same_and_leave_nothing_behind(output: Path) -> None:
    """However many work, the cells are the same, and the folder of unfinished work is gone."""
    assert varied(output).cells == varied(output, workers=2).cells
    assert not (output / "study" / ".work").exists()


def test_a_population_without_an_antidepressant_has_the_same_answer_in_every_cell(tmp_path: Path) -> None:
    """Where there is nothing to vary every cell holds everyone."""
    by_type(tmp_path / "in", [about(1, condition("F33.1")), about(2, condition("I10"))])
    judged(tmp_path / "in", tmp_path / "out")
    cells = varied(tmp_path / "out").cells

    assert {(2, 2)} == {(cell.people, cell.not_met) for cell in cells}
    assert [1] == [sum(cell.own for cell in cells)]


def test_without_a_day_each_patient_is_varied_on_the_latest_one_recorded(tmp_path: Path) -> None:
    """A run without --as-of is varied as it was judged: the own cell still has its verdicts."""
    by_type(tmp_path / "in", people(20))
    results = judged(tmp_path / "in", tmp_path / "out", as_of=None).results

    assert [results["consensus met"]] == [cell.met for cell in varied(tmp_path / "out").cells if cell.own]


def test_another_input_than_that_of_the_run_is_refused(tmp_path: Path) -> None:
    """If a file has come since the tables were made, the grid would be of other people."""
    by_type(tmp_path / "in", people(5))
    judged(tmp_path / "in", tmp_path / "out")
    by_type(tmp_path / "in", [about(9, condition("F33.1"))])

    with pytest.raises(UsageError, match=r"in: found other files than the \d+ of which the tables were made, wanted the same"):
        varied(tmp_path / "out")


def test_a_run_without_a_set_of_failed_trials_has_nothing_to_vary(tmp_path: Path) -> None:
    """An algorithm on claims has no such numbers: with it alone the grid is refused, beside another it is left out."""
    by_type(tmp_path / "in", people(5))
    judged(tmp_path / "in", tmp_path / "claims", criteria=("cepeda",))
    judged(tmp_path / "in", tmp_path / "both", criteria=("cepeda", "fda"))

    with pytest.raises(UsageError, match="found the criteria set 'cepeda', which asks neither for an adequate dose"):
        varied(tmp_path / "claims")
    assert {"fda"} == {cell.criteria for cell in varied(tmp_path / "both").cells}


def test_a_place_that_cannot_be_written_to_is_refused(output: Path, tmp_path: Path) -> None:
    """A file where the folder of the study should be is told of, not stumbled over."""
    (tmp_path / "study").write_bytes(b"")

    with pytest.raises(UsageError, match=r"study: cannot be written \(.*\), wanted room for what is found there"):
        study(Request(output, grid=True), tmp_path / "study", workers=1, told=lambda *_: None)
