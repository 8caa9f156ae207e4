"""The list of sources that every other table cites."""

from fhir_trd.knowledge.cells import Cell
from fhir_trd.model.criteria import Source


def read_sources(table: Cell) -> dict[str, Source]:
    """Every paper, label, policy and code system by its key."""
    sources: dict[str, Source] = {}
    for key, entry in table.entries():
        entry.only("title", "address", "read", "licence")
        sources[key] = Source(
            key=key,
            title=entry.text("title"),
            address=entry.text("address", ""),
            read=entry.text("read"),
            licence=entry.text("licence", ""),
        )
    return sources
