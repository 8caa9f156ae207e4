"""Records joined into eras by another's published rule. Supplies abandon each other: nothing is carried over."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from fhir_trd.model.blocks import Block, Blocks, runs, shared, total, united
from fhir_trd.model.dates import When
from fhir_trd.model.drugs import Role
from fhir_trd.model.eras import Era, EraRule, Eras, Reached
from fhir_trd.model.records import PatientRecord, Supply, Taking

POOLED = "any antidepressant"


def eras_of(record: PatientRecord, rule: EraRule, *, as_of: date) -> Eras:
    """The antidepressant eras of one patient under a rule, from the records that had begun by that day."""
    until = min(as_of, record.died.latest) if record.died else as_of
    taken = [supply for supply in record.supplies if _is_taken(supply, until)]
    placed = [(supply, _days(supply, as_of, record.died)) for supply in taken if supply.kind in rule.kinds]
    covered = _covered(((supply, days) for supply, days in placed if days), pooled=rule.pooled)
    pooled = united(block for blocks in covered.values() for block in blocks)
    return Eras(
        patient=record.patient,
        eras=tuple(era for drug in sorted(covered) for era in _eras(drug, covered[drug], rule.longest_gap)),
        index_date=date.fromordinal(pooled[0].first) if pooled and rule.goals else None,
        reached=_reached(pooled, rule) if pooled else tuple(Reached(name, 0, None) for name in rule.goals),
        left_out=tuple(dict.fromkeys(supply.origin for supply, days in placed if not days)),
        not_asked=_counted(supply for supply in taken if supply.kind not in rule.kinds),
    )


def _is_taken(supply: Supply, as_of: date) -> bool:
    has_begun = supply.taking is Taking.TAKEN and supply.steps[0].start.earliest <= as_of
    return has_begun and supply.drug.role is Role.ANTIDEPRESSANT


def _counted(supplies: Iterable[Supply]) -> dict[str, int]:
    """How many records there are of each kind."""
    kinds = {supply.origin: str(supply.kind) for supply in supplies}
    return dict(sorted(Counter(kinds.values()).items()))


def _days(supply: Supply, as_of: date, died: When | None) -> Blocks:
    """The days of a record, none unless its first and its last one are known.

    What goes on lasts until the day asked about, and nothing outlasts the death.
    """
    first, last = supply.steps[0].start, supply.steps[-1].end
    if not first.is_exact or (last is not None and not last.is_exact) or (last is None and not supply.ongoing):
        return ()
    end = last.earliest if last else as_of
    return united((Block(first.earliest.toordinal(), (min(end, died.latest) if died else end).toordinal()),))


def _covered(placed: Iterable[tuple[Supply, Blocks]], *, pooled: bool) -> dict[str, Blocks]:
    """The days of each drug, or of all together."""
    days: dict[str, list[Block]] = {}
    for supply, blocks in placed:
        days.setdefault(POOLED if pooled else supply.drug.ingredient, []).extend(blocks)
    return {drug: united(blocks) for drug, blocks in days.items()}


def _eras(drug: str, days: Blocks, longest_gap: int) -> Iterable[Era]:
    return (_era(drug, run) for run in runs(days, longest_gap))


def _era(drug: str, run: Sequence[Block]) -> Era:
    whole = Block(run[0].first, run[-1].last)
    start, end = date.fromordinal(whole.first), date.fromordinal(whole.last)
    return Era(drug=drug, start=start, end=end, days=whole.days, gap_days=whole.days - total(run))


def _reached(covered: Blocks, rule: EraRule) -> tuple[Reached, ...]:
    first = covered[0].first
    inside = {name: total(shared(covered, (Block(first, first + goal.window),))) for name, goal in rule.goals.items()}
    return tuple(Reached(name, days, days >= rule.goals[name].days) for name, days in inside.items())
