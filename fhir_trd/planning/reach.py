"""Which rows of the table of flags a record may meet at all: most ask for something of which nothing is recorded."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from fhir_trd.model.flagging import FlagRule
from fhir_trd.planning.grounds import Seen


def within_reach(rules: Sequence[FlagRule], seen: Seen) -> list[FlagRule]:
    """The rows that may be met, in the order of the table."""
    by_name = _by_name(tuple(rules))
    found = {place for name in ("", *_names_in(seen)) for place in by_name.get(name, ())}
    return [rules[place] for place in sorted(found)]


@lru_cache
def _by_name(rules: tuple[FlagRule, ...]) -> Mapping[str, tuple[int, ...]]:
    """The places of the rows that one of these names brings within reach; the empty name stands for those that need none."""
    places: dict[str, list[int]] = {}
    for place, rule in enumerate(rules):
        for name in rule.names or {""}:
            places.setdefault(name, []).append(place)
    return {name: tuple(found) for name, found in places.items()}


def _names_in(seen: Seen) -> set[str]:
    """The names of everything recorded: conditions, measurements, drugs and their classes, reactions."""
    drugs = (use.drug for use in seen.history.uses)
    return {
        *(one.category for one in seen.conditions),
        *(one.kind for one in seen.measurements),
        *(one.ingredient for one in seen.reactions),
        *(name for drug in drugs for name in (drug.ingredient, drug.drug_class)),
    }
