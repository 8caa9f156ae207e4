"""Drugs as bare mentions: a drug and a day, all that algorithms ask for that read lists of prescriptions or notes."""

from datetime import date

from msgspec import Struct

from fhir_trd.model.codes import Origin
from fhir_trd.model.drugs import Role
from fhir_trd.model.records import Kind
from fhir_trd.model.trials import History, Use


class Mention(Struct, frozen=True, order=True):
    """An antidepressant named on a day. In order of day, then of drug."""

    day: int
    drug: str


def mentions_of(history: History) -> tuple[Mention, ...]:
    """Every antidepressant on the first day of each record, and on the last day of what a person stated; each once."""
    uses = [use for use in history.uses if use.drug.role is Role.ANTIDEPRESSANT]
    days = {(day, _key(use)) for use in uses for day in _days(use)}
    return tuple(sorted(Mention(day.toordinal(), drug) for day, drug in days))


def are_exact(history: History) -> bool:
    """Whether every mention surely was made, on a day that is known."""
    uses = [use for use in history.uses if use.drug.role is Role.ANTIDEPRESSANT]
    return all(use.certain and use.start.is_exact and (use.kind is not Kind.REPORTED or use.end.is_exact) for use in uses)


def names_of(history: History) -> dict[str, str]:
    """The name of each antidepressant, by the key of its mentions."""
    return {_key(use): use.drug.name for use in history.uses if use.drug.role is Role.ANTIDEPRESSANT}


def origins_of(history: History) -> tuple[Origin, ...]:
    """Where the mentions were read."""
    return tuple(dict.fromkeys(use.origin for use in history.uses if use.drug.role is Role.ANTIDEPRESSANT))


def _days(use: Use) -> tuple[date, ...]:
    return (use.start.earliest, use.end.latest) if use.kind is Kind.REPORTED else (use.start.earliest,)


def _key(use: Use) -> str:
    return use.drug.distinct_name
