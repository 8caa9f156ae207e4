"""A study of a population that ``bulk`` has judged: attrition, shares and, if asked for, the sensitivity grid."""

from pathlib import Path

from msgspec import Struct

from fhir_trd.engines.research.attrition import Tally
from fhir_trd.engines.research.population import Account, account_in, parts_in
from fhir_trd.engines.research.varying import Told, counted_cells
from fhir_trd.engines.work import tables
from fhir_trd.errors import TrdError, UsageError
from fhir_trd.model.knowledge import Knowledge
from fhir_trd.model.study import Study
from fhir_trd.variation import expect_variable


class Request(Struct, frozen=True):
    """What is asked: of which output of ``bulk``, with or without the grid, with which tables if those have moved."""

    folder: Path
    grid: bool = False
    mappings: Path | None = None


def study(request: Request, work: Path, *, workers: int, told: Told) -> Study:
    """Count a population; ``work`` is a folder for what the grid needs in between."""
    account = account_in(request.folder)
    knowledge = _knowledge(account, request.mappings)
    names = account.arguments.criteria or (knowledge.default_criteria,)
    varied = tuple(name for name in names if knowledge.criteria[name].failed_trials is not None) if request.grid else ()
    if request.grid and not varied:
        expect_variable(knowledge.criteria[names[0]])
    tallies = [Tally(knowledge.criteria[name], knowledge.formulary.drugs.values()) for name in names]
    for part in parts_in(request.folder):
        for tally in tallies:
            tally.add(part)
    _expect_complete(tallies, account)
    totals = {tally.criteria.id: tally.results for tally in tallies}
    return Study(
        people=account.patients,
        as_of=account.arguments.as_of.isoformat() if account.arguments.as_of else "",
        steps=tuple(step for tally in tallies for step in tally.steps()),
        shares=tuple(share for tally in tallies for share in tally.shares()),
        prevalence=knowledge.prevalence,
        cells=counted_cells(account, varied, totals, work, workers=workers, told=told) if varied else (),
    )


def _knowledge(account: Account, mappings: Path | None) -> Knowledge:
    """The tables by which the population was judged: with others, rules would be counted that nobody asked about."""
    found = tables(mappings or account.arguments.mappings)
    if found.digest != account.knowledge:
        raise UsageError(
            f"found a run with the tables {account.knowledge}, wanted one with those of this program, {found.digest}; "
            "run bulk again, or name the tables of that run with --mappings"
        )
    return found


def _expect_complete(tallies: list[Tally], account: Account) -> None:
    for tally in tallies:
        if tally.results.total() != account.patients:
            raise TrdError(
                f"found {tally.results.total()} verdicts under {tally.criteria.id} for {account.patients} patients, wanted one "
                "for each; run bulk again"
            )
