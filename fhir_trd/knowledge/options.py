"""The options of a plan."""

from fhir_trd.knowledge.cells import CITE_KEYS, Cell
from fhir_trd.model.plans import Goal, Option

KEYS = (
    "title", "about", "when", "order", "unit", "mark", "monitoring", "snomed", "course", "va22", "can23", "failures", "wants",
    "fresh", "criteria", "severities", "findings", "switches", *CITE_KEYS,
)  # fmt: skip
GOAL_KEYS = ("title", "scale", "at-most", "unit", "mark", *CITE_KEYS)
WHEN = (
    "always", "open-questions", "trials", "met", "met-or-open", "fast-help", "one-failure", "failure-or-intolerance",
    "failures", "ongoing", "too-young", "not-given", "work-up", "refer", "stop-flag",
)  # fmt: skip


def read_options(table: Cell, categories: frozenset[str]) -> tuple[Option, ...]:
    """Every option, in the order of a plan; one that goes by a diagnosis nobody can find is a fault."""
    options = [_option(key, entry) for key, entry in table.entries()]
    for option in options:
        for unknown in sorted(set(option.findings) - categories):
            table.book.fault(f"{table.at(option.id).where}.findings", "categories of the tables of diagnoses", repr(unknown))
    return tuple(sorted(options, key=lambda option: (option.order, option.id)))


def read_goals(table: Cell, scales: frozenset[str]) -> tuple[Goal, ...]:
    """Every goal, in the order of the table; one on a scale nobody knows is a fault."""
    return tuple(_goal(key, entry, scales) for key, entry in table.entries())


def _goal(key: str, entry: Cell, scales: frozenset[str]) -> Goal:
    entry.only(*GOAL_KEYS)
    entry.check_citation("goal")
    scale = entry.text("scale", "")
    if scale and scale not in scales:
        entry.at("scale").refuse("a scale of scales.toml")
    at_most = entry.cited("at-most", float, "points") if entry.has("at-most") else None
    return Goal(id=key, title=entry.text("title"), scale=scale, at_most=at_most)


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
        course=entry.texts("course"),
        va22=entry.cited_or("va22", str, "words", ""),
        can23=entry.cited_or("can23", str, "words", ""),
        criteria=entry.text("criteria", ""),
        failures=entry.cited_or("failures", int, "failures", 1),
        wants=entry.cited_many("wants", str, "measurements"),
        severities=entry.cited_many("severities", str, "severity"),
        findings=entry.cited_many("findings", str, "diagnoses"),
        switches=entry.cited_or("switches", int, "switches", 1),
        fresh=entry.cited("fresh", int, "days") if entry.has("fresh") else None,
    )
