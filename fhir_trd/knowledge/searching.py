"""The codes of a kind of diagnosis as a server is asked for them: one by one, because it does not search below a heading."""

from collections.abc import Iterator
from string import digits

from fhir_trd.model.codes import Coding
from fhir_trd.model.knowledge import Terms

DOT = "."
FIRST, FURTHER = (*digits, "A"), tuple(digits)
"""What the classifications put behind a heading to name what lies below it: right behind the dot, and further on."""

HEAD, LEVELS = 3, 2
"""How many signs stand before the dot, and behind it at most in codes of this kind that are met in records."""


def codes_of(terms: Terms, category: str) -> tuple[str, ...]:
    """Every code that stands for a category, those below a heading too; without systems, which servers spell in many ways."""
    listed = sorted(key for key in terms.diagnoses.meanings if _is_of(terms, Coding(*key), category))
    headings = [key for key in listed if key[0] in terms.diagnoses.prefixed]
    below = [code for system, heading in headings for code in _below(terms, system, heading, category)]
    return tuple(sorted({code for _, code in listed}.union(below)))


def _below(terms: Terms, system: str, heading: str, category: str) -> Iterator[str]:
    whole, _, places = heading.partition(DOT)
    if len(whole) > HEAD or len(places) >= LEVELS:  # The longer one is written without its dot: its other spelling is here too.
        return
    for sign in FURTHER if places else FIRST:
        code = f"{whole}{DOT}{places}{sign}"
        if _is_of(terms, Coding(system, code), category):
            yield from (code, code.replace(DOT, ""))
            yield from _below(terms, system, code, category)


def _is_of(terms: Terms, coding: Coding, category: str) -> bool:
    meaning = terms.diagnoses.meaning(coding)
    return meaning is not None and terms.diagnosis_meanings[meaning].category == category
