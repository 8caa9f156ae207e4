"""The fast history against a calendar that counts day by day."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec import structs

from fhir_trd.history.build import build_history
from fhir_trd.knowledge.load import load_knowledge
from fhir_trd.model.codes import Origin
from fhir_trd.model.dates import When, on
from fhir_trd.model.records import Dose, EndFrom, Kind, PatientRecord, Step, Supply, Taking
from fhir_trd.model.trials import Trial
from tests.property import calendar_oracle as oracle

DAY_ONE = date(2021, 3, 1)
AS_OF = date(2023, 12, 31)
TABLE = "mgh-atrq"
RULES = oracle.Rules()
KNOWLEDGE = load_knowledge()
DRUGS = ("sertraline", "mirtazapine", "citalopram")
# Orders of a drug that is also dispensed prove no day by themselves; that rule has tests of its own.
WITH_FILLS, WITH_ORDERS = (Kind.ADMINISTERED, Kind.DISPENSED, Kind.REPORTED), (Kind.ADMINISTERED, Kind.REPORTED, Kind.ORDERED)
KINDS = {"sertraline": WITH_FILLS, "mirtazapine": WITH_FILLS, "citalopram": WITH_ORDERS}


@st.composite
def plans(draw: st.DrawFn) -> tuple[str, Kind, Taking, int, int, float]:
    """A record in the abstract: drug, kind, taking, first day, length, and dose as a multiple of the minimum."""
    taking = draw(st.sampled_from([Taking.TAKEN] * 9 + [Taking.PAUSED]))
    name = draw(st.sampled_from(DRUGS))
    kind = Kind.REPORTED if taking is Taking.PAUSED else draw(st.sampled_from(KINDS[name]))
    first, length = draw(st.integers(0, 240)), draw(st.integers(1, 130))
    return name, kind, taking, first, length, draw(st.sampled_from([0.5, 1.0, 2.0]))


def supply_of(plan: tuple[str, Kind, Taking, int, int, float], number: int) -> Supply:
    """The record of a plan, with exact dates."""
    name, kind, taking, first, length, multiple = plan
    drug = KNOWLEDGE.formulary.drugs[(name, "")]
    dose = drug.minimum[TABLE] * multiple
    start = DAY_ONE + timedelta(days=first)
    step = Step(on(start), on(start + timedelta(days=length - 1)), Dose(dose, dose))
    return Supply(
        origin=Origin(f"MedicationStatement/{number}"),
        kind=kind,
        drug=drug,
        steps=(step,),
        end_from=EndFrom.STATED,
        taking=taking,
    )


def trials_of(supplies: Sequence[Supply]) -> tuple[Trial, ...]:
    """The trials that the fast history builds."""
    record = PatientRecord(patient="Patient/1", born=on(date(1980, 6, 15)), supplies=tuple(supplies))
    return build_history(record, KNOWLEDGE, as_of=AS_OF, dose_table=TABLE).trials


def courses_by_drug(supplies: Sequence[Supply], surely: bool) -> dict[str, list[oracle.Course]]:
    """The exposures that the calendar counts, for every drug."""
    calendars = {name: oracle.calendar_of([one for one in supplies if one.drug.ingredient == name]) for name in DRUGS}
    minimum = {name: KNOWLEDGE.formulary.drugs[(name, "")].minimum[TABLE] for name in DRUGS}
    sure = {name: oracle.adequate_days(calendars[name], minimum[name], surely=True) for name in DRUGS}
    possible = {name: oracle.adequate_days(calendars[name], minimum[name], surely=False) for name in DRUGS}
    mine, together = (sure, possible) if surely else (possible, sure)
    exposures = {name: oracle.exposures_of(calendars[name], RULES) for name in DRUGS}
    others = {name: [together[other] & one for other in DRUGS if other != name for one in exposures[other]] for name in DRUGS}
    return {
        name: [oracle.course_of(one, mine[name], together[name], others[name], RULES) for one in exposures[name]]
        for name in DRUGS
    }


@settings(deadline=None)
@given(st.lists(plans(), min_size=1, max_size=7))
def test_the_fast_history_counts_what_the_calendar_counts(drawn: list[tuple[str, Kind, Taking, int, int, float]]) -> None:
    """For exact dates, every exposure has the same days, adequate days and countable days as on the calendar."""
    supplies = [supply_of(plan, number) for number, plan in enumerate(drawn)]
    taken = {supply.drug.ingredient for supply in supplies if supply.taking is Taking.TAKEN}
    assume({supply.drug.ingredient for supply in supplies} == taken)  # a drug only paused has a rule of its own
    trials = trials_of(supplies)
    least, most = courses_by_drug(supplies, surely=True), courses_by_drug(supplies, surely=False)

    for name in DRUGS:
        mine = [trial for trial in trials if trial.drug.ingredient == name]

        assert [(low.first, low.last, low.taken_days) for low in least[name]] == [
            (trial.start.earliest, trial.end.latest, trial.exposed.most) for trial in mine
        ]
        assert [(low.adequate, high.adequate) for low, high in zip(least[name], most[name], strict=True)] == [
            (trial.adequate.least, trial.adequate.most) for trial in mine
        ]
        assert [high.countable for high in most[name]] == [trial.countable.most for trial in mine]


def resolutions(supply: Supply) -> list[Supply]:
    """Every record with exact dates that an uncertain one may stand for: its extremes."""
    step = supply.steps[0]
    assert step.end is not None
    starts, ends = {step.start.earliest, step.start.latest}, {step.end.earliest, step.end.latest}
    pairs = sorted((start, end) for start, end in product(starts, ends) if start <= end)
    return [structs.replace(supply, steps=(Step(on(start), on(end), step.dose),)) for start, end in pairs]


def widened(supply: Supply, before: int, after: int) -> Supply:
    """The same record with its start and end known only to within some days."""
    step = supply.steps[0]
    assert step.end is not None
    start = When(step.start.earliest - timedelta(days=before), step.start.latest)
    return structs.replace(
        supply, steps=(Step(start, When(step.end.earliest, step.end.latest + timedelta(days=after)), step.dose),)
    )


@settings(deadline=None)
@given(st.lists(st.tuples(plans(), st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=3))
def test_bounds_hold_for_every_history_that_uncertain_dates_allow(
    drawn: list[tuple[tuple[str, Kind, Taking, int, int, float], int, int]],
) -> None:
    """No exact history that uncertain dates allow has fewer adequate days than the least or more than the most."""
    uncertain = [widened(supply_of(plan, number), before, after) for number, (plan, before, after) in enumerate(drawn)]
    bounds = {name: [trial for trial in trials_of(uncertain) if trial.drug.ingredient == name] for name in DRUGS}

    for exact in product(*(resolutions(supply) for supply in uncertain)):
        for trial in trials_of(exact):
            wide = bounds[trial.drug.ingredient]

            assert trial.adequate.most <= max(one.adequate.most for one in wide)
            assert trial.countable.most <= max(one.countable.most for one in wide)
        for name in DRUGS:
            found = [trial for trial in trials_of(exact) if trial.drug.ingredient == name]

            assert max((one.adequate.least for one in bounds[name]), default=0) <= max(
                (one.adequate.most for one in found), default=0
            )
            assert max((one.countable.least for one in bounds[name]), default=0) <= max(
                (one.countable.most for one in found), default=0
            )
