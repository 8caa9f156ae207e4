"""The options of a plan."""

from fhir_trd.knowledge.cells import CITE_KEYS, Cell
from fhir_trd.model.plans import Option

KEYS = ("title", "about", "when", "order", "unit", "mark", "monitoring", "snomed", *CITE_KEYS)
WHEN = ("always", "open-questions", "trials", "met", "met-or-open", "one-failure", "ongoing", "stop-flag")


def read_options(table: Cell) -> tuple[Option, ...]:
    """Every option, in the order of a plan."""
    options = [_option(key, entry) for key, entry in table.entries()]
    return tuple(sorted(options, key=lambda option: (option.order, option.id)))


def _option(key: str, entry: Cell) -> Option:
    entry.only(*KEYS)
    entry.check_citation("option")
    if entry.text("when") not in WHEN:
        entry.at("when").refuse(f"one of {', '.join(WHEN)}")
    cite = entry.citation("option")
    return Option(
        id=key,
        title=entry.text("title"),
        about=entry.text("about"),
        order=entry.at("order").read(int),
        when=entry.text("when"),
        source=str(cite.source),
        place=str(cite.place),
        mark=entry.mark(),
        monitoring=entry.texts("monitoring"),
        snomed=entry.cited_or("snomed", str, "code", ""),
    )
