"""Drugs that must not meet: what a clinician sees of them."""

from collections.abc import Iterable

from fhir_trd.model.trials import Conflict
from fhir_trd.model.verdicts import Flag, Severity

ABOUT = "safety-data-conflict"


def conflict_flags(conflicts: Iterable[Conflict]) -> list[Flag]:
    """One flag for each conflict: a caution if the records are sure of it, else a request to look."""
    return [_flag(conflict) for conflict in conflicts]


def _flag(conflict: Conflict) -> Flag:
    asked = f"{conflict.asked_days} days free of {conflict.first.name} must come before {conflict.then.name}"
    if not conflict.certain:
        return Flag(Severity.REVIEW, ABOUT, f"{asked}; with the dates recorded there may have been fewer", conflict.evidence)
    return Flag(Severity.CAUTION, ABOUT, f"{asked}; {_between(conflict)}: dangerous, or wrong data", conflict.evidence)


def _between(conflict: Conflict) -> str:
    """What lay between the two."""
    if conflict.together:
        return "they were taken together"
    return f"at most {conflict.free_days.most} are on record" if conflict.free_days.most else "no day free is on record"
