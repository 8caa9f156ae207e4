"""The sentences in which rules tell what they found."""

from collections.abc import Sequence

from fhir_trd.model.truth import Truth

PLURALS = {"class": "classes", "ingredient": "ingredients"}


def counted_words(needed: int, least: int, most: int, distinct_by: str, counted: Sequence[str]) -> str:
    """How many distinct failed trials were found, of how many."""
    number = str(least) if least == most else f"between {least} and {most}"
    named = f": {', '.join(counted)}" if counted else ""
    return f"{number} failed adequate trials of different {PLURALS[distinct_by]} ({needed} needed){named}"


def exclusion_words(categories: Sequence[str], excludes: Truth, found: Sequence[str]) -> str:
    """Which excluding diagnoses were found, or that none of those looked for was."""
    if excludes is Truth.NO:
        return f"none recorded: {', '.join(categories)}"
    return f"{'confirmed' if excludes is Truth.YES else 'suspected'}: {', '.join(found)}"
