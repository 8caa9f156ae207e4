"""From FHIR codings to the codes and meanings of our tables."""

import re
from functools import lru_cache

from fhir_trd.fhir.read.words import Phrases, tokens
from fhir_trd.fhir.slices import CodingSlice, ConceptSlice
from fhir_trd.model.codes import CodeIndex, Coding
from fhir_trd.model.knowledge import Terms

NDC, ORAL = "ndc", "oral"
TEXT = "text"
"""The key under which the tables list plain words beside codes."""

DOUBTS = frozenset({"history of", "hx of", "h/o", "rule out", "r/o", "possible", "probable", "suspected", "suspicion", "query"})
_NDC_SEGMENTS = re.compile(r"(\d{4,5})-(\d{3,4})-(\d{1,2})\Z")
_NDC_WIDTHS = (5, 4, 2)
_NDC_LENGTH = sum(_NDC_WIDTHS)


def eleven_digits(code: str) -> str:
    """A National Drug Code in its one 11-digit form; anything else as it came."""
    segments = _NDC_SEGMENTS.match(code)
    if segments:
        return "".join(part.zfill(width) for part, width in zip(segments.groups(), _NDC_WIDTHS, strict=True))
    # Only labeller and product: without the package there is no telling where a zero is missing.
    return code.replace("-", "") if len(code.replace("-", "")) == _NDC_LENGTH else code


class Vocabulary:
    """What codes and words mean to us."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self._refusing = Phrases((phrase, phrase in DOUBTS) for phrase in terms.refusing_words)
        self.codings = lru_cache(maxsize=8192)(self._codings)

    def coding(self, coding: CodingSlice) -> Coding:
        """The coding with our short key for its system, and its code in our spelling."""
        system = self.system(coding.system)
        code = coding.code.strip()
        return Coding(system, eleven_digits(code) if system == NDC else code, coding.display)

    def system(self, uri: str) -> str:
        """Our short key of a code system, or its URI if no table knows it."""
        known = self.terms.systems.get(uri)
        return known or self.terms.systems.get(uri.strip().rstrip("/"), uri)

    def _codings(self, concept: ConceptSlice) -> tuple[Coding, ...]:
        return tuple(self.coding(coding) for coding in concept.coding if coding.code)

    def meanings(self, index: CodeIndex, concept: ConceptSlice) -> list[tuple[Coding, str]]:
        """Each coding that the index knows, with its meaning."""
        known = [(coding, index.meaning(coding)) for coding in self.codings(concept)]
        return [(coding, meaning) for coding, meaning in known if meaning is not None]

    def is_oral(self, route: ConceptSlice | None) -> bool | None:
        """Whether a route or form is by mouth, as far as its code or else its words tell."""
        if route is None:
            return None
        said: list[str | None] = [meaning for _, meaning in self.meanings(self.terms.routes, route)]
        said += [self.terms.routes.meaning(Coding(TEXT, text.strip().lower())) for text in words_of(route)]
        return next((meaning == ORAL for meaning in said if meaning is not None), None)

    def refuses(self, text: str) -> bool:
        """Whether the text denies, doubts or places elsewhere what it names ("no history of …", "mother had …")."""
        return bool(self._refusing.found_in(tokens(text)))

    def only_doubts(self, text: str) -> bool:
        """Whether the text calls what it names past or not certain, but does not deny it."""
        return all(doubt for _, _, doubt in self._refusing.found_in(tokens(text)))


def words_of(concept: ConceptSlice) -> tuple[str, ...]:
    """The texts of a concept: what a person wrote, then the displays of its codes."""
    texts = (concept.text, *(coding.display for coding in concept.coding))
    return tuple(text for text in texts if text)
