"""The sensitivity grid over a population: the input is read again, and whoever took an antidepressant is judged in every cell."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from shutil import rmtree

import msgspec

from fhir_trd.engines.hands import Processes
from fhir_trd.engines.orders import Order
from fhir_trd.engines.pieces import Plan, plan_for
from fhir_trd.engines.research.population import Account
from fhir_trd.engines.tables import has_antidepressant
from fhir_trd.engines.work import Job, keep, reader_of, scan, settle, tables
from fhir_trd.errors import UsageError
from fhir_trd.model.grid import Cell, SensitivityGrid
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import PatientRecord
from fhir_trd.model.study import CellCount
from fhir_trd.model.verdicts import Result
from fhir_trd.variation import grid_of

Told = Callable[[str, int, int], None]


Tallied = dict[str, list[dict[str, int]]]
"""By criteria set, for each cell in the order of the grid: how often it gave which result."""


def counted_cells(
    account: Account, criteria: Sequence[str], totals: Mapping[str, Mapping[str, int]], work: Path, *, workers: int, told: Told
) -> tuple[CellCount, ...]:
    """What each set says of everyone in each cell. ``totals``: how often each result was given with the set's own numbers."""
    order = _order(account)
    plan = plan_for(order.folder, order.most_bytes)
    _expect_same(plan, account)
    job = Job(work, account.knowledge)
    try:
        varied = _varied(job, order, plan, tuple(criteria), workers, told)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError(f"{work}: cannot be written ({why}), wanted room for what is found there") from error
    finally:
        rmtree(job.work, ignore_errors=True)
    # A grid of nobody has the cells of everyone.
    nobody = PatientRecord(patient="")
    knowledge = tables(order.mappings)
    grids = {name: _grid(nobody, knowledge, order, name) for name in criteria}
    return tuple(cell for name in criteria for cell in _added(grids[name], [one[name] for one in varied], totals[name]))


def _varied(job: Job, order: Order, plan: Plan, criteria: tuple[str, ...], workers: int, told: Told) -> list[Tallied]:
    job.begin(order, plan)
    with Processes(workers) as hands:
        for done in hands.do(partial(scan, job), plan.pieces):
            told("scanning", done, plan.size)
        settle(job)
        for _ in hands.do(partial(vary, job, criteria), plan.all_partitions):
            told("varying", 1, len(plan.all_partitions))
    return [msgspec.json.decode(_kept(job, number).read_bytes(), type=Tallied) for number in plan.all_partitions]


def vary(job: Job, criteria: tuple[str, ...], number: int) -> int:
    """Judge in every cell whoever of a partition has a record of an antidepressant, and answer how many those are."""
    order, knowledge = job.order, tables(job.order.mappings)
    people = [record for record in reader_of(job).read(number).records if has_antidepressant(record)]
    tallied: Tallied = {}
    for name in criteria:
        grids = (_grid(record, knowledge, order, name) for record in people)
        answers = zip(*((str(cell.result) for cell in grid.cells) for grid in grids), strict=True)
        tallied[name] = [dict(Counter(at_cell)) for at_cell in answers]
    keep(_kept(job, number), msgspec.json.encode(tallied))
    return len(people)


def _grid(record: PatientRecord, knowledge: Knowledge, order: Order, name: str) -> SensitivityGrid:
    return grid_of(record, knowledge, as_of=order.day_for(record), criteria=name, dose_table=order.dose_table)


def _kept(job: Job, number: int) -> Path:
    return job.work / f"varied-{number:05}.json"


def _added(grid: SensitivityGrid, varied: Iterable[list[dict[str, int]]], totals: Mapping[str, int]) -> Iterator[CellCount]:
    """The cells of one set over all partitions. Of whoever has no antidepressant, each says what the set itself says."""
    added = [Counter[str]() for _ in grid.cells]
    for results in varied:
        for counter, result in zip(added, results, strict=False):  # Nothing, where nobody of a partition has one.
            counter.update(result)
    own = next(counter for cell, counter in zip(grid.cells, added, strict=True) if cell.own)
    for cell, counter in zip(grid.cells, added, strict=True):
        yield _counted(grid.criteria, cell, {result: totals.get(result, 0) - own[result] + counter[result] for result in Result})


def _counted(criteria: str, cell: Cell, count: Mapping[Result, int]) -> CellCount:
    return CellCount(
        criteria=criteria,
        adequate_days=cell.adequate_days,
        dose_table=cell.dose_table,
        improvement_below=cell.improvement_below,
        exposure_gap=cell.exposure_gap,
        own=cell.own,
        people=sum(count.values()),
        met=count[Result.MET],
        not_met=count[Result.NOT_MET],
        indeterminate=count[Result.INDETERMINATE],
        excluded=count[Result.EXCLUDED],
    )


def _order(account: Account) -> Order:
    asked = account.arguments
    today = asked.as_of or asked.today
    if today is None:
        raise UsageError("run.json: found neither a day of judgement nor that of the run, wanted one; run bulk again")
    return Order(
        folder=asked.folder,
        today=today,
        as_of=asked.as_of,
        criteria=asked.criteria,
        dose_table=asked.dose_table,
        mappings=asked.mappings,
        check_all=asked.check_all,
        longest=asked.longest_line,
        version=account.version,
        knowledge=account.knowledge,
    )


def _expect_same(plan: Plan, account: Account) -> None:
    """Refuse an input that is not the one the tables were made of."""
    before = Counter((Path(file.name).name, file.bytes) for file in account.input)
    if Counter((Path(file.name).name, file.size) for file in plan.files) != before:
        raise UsageError(
            f"{account.arguments.folder}: found other files than the {before.total()} of which the tables were made, wanted the "
            "same; run bulk again"
        )
