"""Published shares of treatment-resistant depression, to stand beside those of a population."""

from collections.abc import Set
from operator import attrgetter

from fhir_trd.knowledge.cells import Cell
from fhir_trd.model.criteria import Parameter
from fhir_trd.model.study import Prevalence, Published

UNIT = "percent"


def read_prevalence(table: Cell, criteria: Set[str]) -> Prevalence:
    """Every published share, the smallest first, and the range that is plausible."""
    table.only("about", "plausible", "shares")
    plausible = table.at("plausible")
    plausible.only("sentence", "source", "place", "checked", "least", "most")
    plausible.text("sentence")
    shares = [_share(name, entry, criteria) for name, entry in table.at("shares").entries()]
    return Prevalence(
        shares=tuple(sorted(shares, key=attrgetter("lowest", "name"))),
        plausible_least=plausible.cited("least", float, UNIT),
        plausible_most=plausible.cited("most", float, UNIT),
    )


def _share(name: str, entry: Cell, criteria: Set[str]) -> Published:
    entry.only("where", "among", "criteria", "or-more", "source", "place", "checked", "least", "most")
    named = entry.text("criteria", "")
    if named and named not in criteria:
        entry.book.fault(f"{entry.where}.criteria", "the id of a criteria set", repr(named))
    return Published(
        name=name,
        where=entry.text("where"),
        among=entry.text("among"),
        criteria=named,
        or_more=entry.flag("or-more", False),
        least=_percent(entry.at("least"), "least"),
        most=_percent(entry.at("most"), "most") if entry.has("most") else None,
    )


def _percent(cell: Cell, name: str) -> Parameter:
    return cell.parameter(name, cell.cited_value(name, UNIT).read(float), UNIT)
