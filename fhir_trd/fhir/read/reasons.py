"""Why a drug was given, and why it was stopped."""

from collections.abc import Iterable
from functools import lru_cache

from fhir_trd.fhir.read.codes import Vocabulary, words_of
from fhir_trd.fhir.read.words import Phrases, tokens
from fhir_trd.fhir.slices import ConceptSlice
from fhir_trd.model.records import StopReason

UNRECOGNISED, OTHER_RECORDED = "unrecognised", "other-recorded-reason"
_ORDER = tuple(StopReason)


class Reasons:
    """Reads recorded reasons as the categories of the tables, each once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        terms = vocabulary.terms
        self._purpose_words = Phrases(terms.purpose_words)
        self._stop_words = Phrases(terms.stop_reason_words)
        self._stop_refusing = Phrases((phrase, True) for phrase in terms.stop_refusing_words)
        self.purpose = lru_cache(maxsize=8192)(self._purpose)
        self._stop_reasons = lru_cache(maxsize=8192)(self._stop_reasons_of)

    def _purpose(self, concept: ConceptSlice) -> str:
        """What a reason stands for: a category, some other coded reason, or nothing any table knows."""
        known = self._vocabulary.meanings(self._vocabulary.terms.purposes, concept)
        if known:
            return known[0][1]
        for text in words_of(concept):
            found = self._purpose_words.first_in(text)
            if found and not self._vocabulary.refuses(text):
                return found
        coded = any(coding.system in self._vocabulary.terms.purposes.prefixed for coding in self._vocabulary.codings(concept))
        return OTHER_RECORDED if coded else UNRECOGNISED

    def purposes(self, concepts: Iterable[ConceptSlice]) -> tuple[str, ...]:
        """All reasons of one record, each once."""
        return tuple(sorted({self.purpose(concept) for concept in concepts}))

    def stop_reason(self, concepts: Iterable[ConceptSlice]) -> StopReason | None:
        """Why a drug was stopped; of several reasons the one that says most about the drug."""
        found = [reason for concept in concepts for reason in self._stop_reasons(concept)]
        return min(found, key=_ORDER.index) if found else None

    def _stop_reasons_of(self, concept: ConceptSlice) -> tuple[StopReason, ...]:
        known = self._vocabulary.meanings(self._vocabulary.terms.stop_reasons, concept)
        if known:
            return tuple(StopReason(meaning) for _, meaning in known)
        return tuple(reason for text in words_of(concept)[:1] for reason in self._told_in(text))

    def _told_in(self, text: str) -> list[StopReason]:
        """The reasons that words tell. Where they deny or doubt one, only that some reason was recorded: never its opposite."""
        words = tokens(text)
        found = [reason for _, _, reason in self._stop_words.found_in(words)]
        return [StopReason.OTHER] if found and self._stop_refusing.found_in(words) else found
