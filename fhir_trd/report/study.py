"""A study of a population as a page: who is left after each step, which share that makes, and what others found."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from fhir_trd.model.grid import AXES
from fhir_trd.model.study import CellCount, Prevalence, Published, Share, Step, Study
from fhir_trd.report.figures import DASH, between, number
from fhir_trd.report.grid import HEADS, UNITS
from fhir_trd.report.page import SPACE, Block, Grid, Line, Tone

REMINDER = "Flags for clinician review, counted; not diagnoses."
WORDS = {"everyone": "everyone", "depression": "depression on record", "treated": "… and an antidepressant taken"}
BY_SET = attrgetter("criteria")


def study_page(study: Study) -> Iterator[Block]:
    """The whole page; a table for each criteria set, one of the shares, one of published ones, and the grids."""
    day = f" as of {study.as_of}" if study.as_of else ", each as of the latest day in the record"
    yield Line(f"{study.people:,} people{day}", Tone.STRONG)
    for criteria, steps in groupby(study.steps, BY_SET):
        yield _attrition(criteria, steps)
    yield _shares(study.shares)
    yield _published(study.prevalence.shares)
    yield from _odd(study.shares, study.prevalence)
    for criteria, cells in groupby(study.cells, BY_SET):
        yield from _varied(criteria, tuple(cells))
    yield SPACE
    yield Line(REMINDER, Tone.STRONG)


def _attrition(criteria: str, steps: Iterable[Step]) -> Block:
    rows = tuple((step.says, f"{step.surely:,}", _some(step.in_doubt), _some(step.removed), _enough(step)) for step in steps)
    heads = ("Step", "Surely", "In doubt", "Removed", "With enough trials")
    return Grid(f"Who is left under {criteria}", heads, rows, frozenset({"Surely", "In doubt", "Removed"}))


def _enough(step: Step) -> str:
    """Of how many as many distinct trials get this far as the set wants to fail."""
    if step.enough_surely is None or step.enough_possibly is None:
        return ""
    bounds = (step.enough_surely, step.enough_possibly)
    return DASH.join(f"{count:,}" for count in dict.fromkeys(bounds))


def _some(count: int) -> str:
    return f"{count:,}" if count else ""


def _shares(shares: Iterable[Share]) -> Block:
    rows = tuple(
        (one.criteria, WORDS[one.among], f"{one.people:,}", f"{one.met:,}", _some(one.indeterminate), _percent(one))
        for one in shares
    )
    heads = ("Criteria", "Among", "People", "Met", "Open", "Share")
    return Grid("Which share meets it (whoever is excluded is left out)", heads, rows, frozenset({"Criteria", "Share"}))


def _percent(share: Share) -> str:
    if share.least is None or share.most is None:
        return ""
    return f"{between(share.least, share.most)} %"


def _published(shares: Iterable[Published]) -> Block:
    rows = tuple((_range(one), one.where, one.among, one.criteria, one.least.source) for one in shares)
    return Grid(
        "Published shares", ("Share", "Where", "Among", "Criteria", "Source"), rows, frozenset({"Share", "Criteria", "Source"})
    )


def _range(share: Published) -> str:
    if share.highest is None:
        return f"{number(share.lowest)} % or more"
    return f"{between(share.lowest, share.highest)} %"


def _odd(shares: Iterable[Share], usual: Prevalence) -> Iterator[Block]:
    """A word where a share among treated people lies outside what any published definition gave."""
    low, high = usual.plausible_least, usual.plausible_most
    for one in shares:
        if one.among == "treated" and one.least is not None and one.most is not None and (one.most < low or one.least > high):
            yield Line(
                f"{one.criteria}: {_percent(one)} of treated people is outside the usual {between(low, high)} %: look at the "
                "records first (are doses, dates and reasons there?), then at the definition",
                Tone.WATCH,
            )


def _varied(criteria: str, cells: Sequence[CellCount]) -> Iterator[Block]:
    """One number changed at a time, and what all of them together can make of it."""
    own = next(cell for cell in cells if cell.own)
    near = [(axis, cell) for axis in AXES for cell in cells if _differs_by(own, cell) == [axis]]
    rows = [("as it stands", "", *_counts(own)), *((HEADS[axis], _value(cell, axis), *_counts(cell)) for axis, cell in near)]
    heads = ("Changed", "To", "Met", "Open", "Not met", "Excluded")
    yield Grid(f"{criteria} with one number changed", heads, tuple(rows), frozenset(heads))
    met, most = [cell.met for cell in cells], [cell.met + cell.indeterminate for cell in cells]
    yield Line(
        f"over all {len(cells)} combinations {min(met):,}{DASH}{max(met):,} meet it, {min(most):,}{DASH}{max(most):,} with those "
        "of whom the record does not tell",
        indent=1,
    )


def _differs_by(own: CellCount, cell: CellCount) -> list[str]:
    return [axis for axis in AXES if getattr(own, axis) != getattr(cell, axis)]


def _value(cell: CellCount, axis: str) -> str:
    value = getattr(cell, axis)
    return f"{value if isinstance(value, str) else number(value)}{UNITS[axis]}"


def _counts(cell: CellCount) -> tuple[str, ...]:
    return tuple(f"{count:,}" for count in (cell.met, cell.indeterminate, cell.not_met, cell.excluded))
