"""One patient under one criteria set with its disputed numbers changed: the sensitivity grid. Pure: the day is passed in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product

from msgspec import Struct, convert, structs

from fhir_trd.criteria.results import result_of, rulings_of
from fhir_trd.errors import UsageError
from fhir_trd.history.build import build_history
from fhir_trd.model.criteria import FAILED_TRIALS, CriteriaSet, Parameter, Rule, Value
from fhir_trd.model.grid import AXES, Axes, Cell, SensitivityGrid
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.records import PatientRecord
from fhir_trd.model.trials import History


class Numbers(Struct, frozen=True):
    """The numbers of one cell."""

    adequate_days: int
    dose_table: str
    improvement_below: float
    exposure_gap: int


def expect_variable(criteria: CriteriaSet) -> None:
    """Refuse a set that asks for no adequate dose, time or failure: there is nothing in it to change."""
    if criteria.failed_trials is None:
        raise UsageError(
            f"found the criteria set {criteria.id!r}, which asks neither for an adequate dose nor for a failure, "
            "wanted one with a rule of failed trials, such as consensus"
        )


def grid_of(
    record: PatientRecord, knowledge: Knowledge, *, as_of: date, criteria: str, dose_table: str | None = None
) -> SensitivityGrid:
    """What a criteria set says in every cell. Its own numbers are always among them; a new table or gap needs a new history."""
    base = knowledge.criteria[criteria]
    own = _own_numbers(base, knowledge, dose_table or knowledge.default_dose_table)
    steps = _steps(knowledge.grid, own)
    histories = {
        (table, gap): _history(record, knowledge, as_of, table, gap)
        for table in steps["dose_table"]
        for gap in steps["exposure_gap"]
    }
    return SensitivityGrid(
        patient=record.patient,
        as_of=as_of,
        criteria=criteria,
        cells=tuple(_cells(base, knowledge.grid, own, steps, histories)),
    )


def _cells(
    base: CriteriaSet,
    axes: Axes,
    own: Numbers,
    steps: Mapping[str, Sequence[Value]],
    histories: Mapping[tuple[Value, Value], History],
) -> Iterator[Cell]:
    for values in product(*(steps[axis] for axis in AXES)):
        at = convert(dict(zip(AXES, values, strict=True)), Numbers)
        rulings = rulings_of(histories[at.dose_table, at.exposure_gap], _changed(base, axes, own, at))
        counting = next(ruling for ruling in rulings if ruling.needed)
        yield Cell(
            **structs.asdict(at),
            own=at == own,
            result=result_of(rulings),
            needed=counting.needed,
            least=counting.least,
            most=counting.most,
            counted=counting.counted,
        )


def _own_numbers(base: CriteriaSet, knowledge: Knowledge, dose_table: str) -> Numbers:
    rule = base.failed_trials
    assert rule is not None, "the set was looked at before"
    gap = knowledge.conventions.exposure_gap
    return Numbers(rule.whole("adequate_days"), dose_table, rule.number("improvement_below"), gap)


def _steps(axes: Axes, own: Numbers) -> Mapping[str, Sequence[Value]]:
    """The values on each axis, the set's own among them; numbers rise, names stand as in the table."""
    steps: dict[str, Sequence[Value]] = {}
    for axis in AXES:
        values = dict.fromkeys((*(step.value.value for step in axes[axis]), getattr(own, axis)))
        numbers = [value for value in values if isinstance(value, (int, float))]
        steps[axis] = sorted(numbers) or tuple(values)
    return steps


def _history(record: PatientRecord, knowledge: Knowledge, as_of: date, table: Value, gap: Value) -> History:
    assert isinstance(table, str), "a dose table is a name"
    conventions = structs.replace(knowledge.conventions, exposure_gap=gap)
    return build_history(record, structs.replace(knowledge, conventions=conventions), as_of=as_of, dose_table=table)


def _changed(base: CriteriaSet, axes: Axes, own: Numbers, at: Numbers) -> CriteriaSet:
    """The set with the numbers of a cell; what moves along moves only where the set's own number is left (R-230)."""
    changes: dict[str, Value] = {}
    if at.adequate_days != own.adequate_days:
        changes["adequate_days"] = at.adequate_days
    if at.improvement_below != own.improvement_below:
        changes["improvement_below"] = at.improvement_below
        step = next(step for step in axes["improvement_below"] if step.value.value == at.improvement_below)
        changes |= {name: moved.value for name, moved in step.along.items()}
    rules = (_with(rule, changes) if rule.kind == FAILED_TRIALS else rule for rule in base.rules)
    return structs.replace(base, rules=tuple(rules)) if changes else base


def _with(rule: Rule, changes: Mapping[str, Value]) -> Rule:
    moved: dict[str, Parameter] = {name: structs.replace(rule.parameters[name], value=to) for name, to in changes.items()}
    return structs.replace(rule, parameters={**rule.parameters, **moved})
