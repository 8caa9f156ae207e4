"""Rating scales: range, bands, remission, and the order in which they are asked."""

from fhir_trd.knowledge.cells import Cell
from fhir_trd.model.scales import Band, Scale

KEYS = (
    "name",
    "range",
    "remission-at-most",
    "floor",
    "priority",
    "percent",
    "alarm-item",
    "alarm-from",
    "emergency-from",
    "may-miss",
    "bands",
)


def read_scales(table: Cell) -> dict[str, Scale]:
    """Every rating scale by its id."""
    return {key: _scale(key, entry) for key, entry in table.entries()}


def _scale(key: str, entry: Cell) -> Scale:
    entry.only(*KEYS)
    lowest, highest = _pair(entry, "range")
    return Scale(
        id=key,
        name=entry.text("name"),
        lowest=lowest,
        highest=highest,
        remission_at_most=entry.cited("remission-at-most", float, "points"),
        floor=entry.cited("floor", float, "points"),
        bands=tuple(Band(name, *_pair(entry.at("bands"), name)) for name, _ in entry.at("bands").entries()),
        priority=entry.cited("priority", int, "rank"),
        percent=entry.cited("percent", bool, "yes/no"),
        alarm_item=entry.cited_or("alarm-item", str, "item", ""),
        may_miss=entry.cited_or("may-miss", int, "items", 0),
        emergency_from=entry.cited("emergency-from", int, "points") if entry.has("emergency-from") else None,
        alarm_from=entry.cited_or("alarm-from", int, "points", 0),
    )


def _pair(entry: Cell, key: str) -> tuple[float, float]:
    found = entry.cited_many(key, float, "points")
    if len(found) == len(("lowest", "highest")):
        return found[0], found[1]
    entry.book.fault(f"{entry.where}.{key}.value", "the lowest and the highest", f"{len(found)} numbers")
    return (0.0, 0.0)
