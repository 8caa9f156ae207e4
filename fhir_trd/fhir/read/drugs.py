"""Which drug a record is about: by its codes first, else by the words."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from fhir_trd.fhir.read.codes import Vocabulary, words_of
from fhir_trd.fhir.read.strengths import Strengths
from fhir_trd.fhir.read.words import Phrases, Tokens, tokens
from fhir_trd.fhir.slices import ConceptSlice
from fhir_trd.fhir.slices_repair import ABSENT, Flaw, element
from fhir_trd.model.drugs import Formulary, Part, Product

NO_DRUG = "no drug that the tables know"
INTERFERING = "a drug that may interfere"
NO_MEDICATION = "names no medication"
SEVERAL_DRUGS = "one text names several drugs"
_JOINING = frozenset({"/", "+", "&", "and", "with", "-"})


class Found(Struct, frozen=True, eq=False):
    """A product, or the reason why there is none. ``disagreeing`` codes name different drugs; the first is taken.
    ``interferes`` is the group of a drug that is no treatment of depression but bears on it, ``named`` its name.
    """

    product: Product | None
    why_not: str = ""
    disagreeing: bool = False
    flaws: tuple[Flaw, ...] = ()
    interferes: str = ""
    named: str = ""


class DrugFinder:
    """Finds the product that a concept stands for."""

    def __init__(self, formulary: Formulary, vocabulary: Vocabulary, strengths: Strengths) -> None:
        self._groups = dict(vocabulary.terms.interfering_words)
        self._interfering = Phrases((name, name) for name in self._groups)
        self._by_code = formulary.by_code
        self._names = Phrases(formulary.names.items())
        self._variants = _variants_by_ingredient(formulary)
        self._vocabulary = vocabulary
        self._strengths = strengths
        self.in_bytes = lru_cache(maxsize=16384)(self._in_bytes)
        self.in_concept = lru_cache(maxsize=16384)(self._in_concept)
        self.in_text = lru_cache(maxsize=16384)(self._in_text)

    def _in_bytes(self, body: bytes) -> Found:
        """The product of a concept that is still raw."""
        if body in ABSENT:
            return Found(None, NO_MEDICATION)
        concept, flaws = element(ConceptSlice, body)
        found = self.in_concept(concept) if concept else Found(None, NO_DRUG)
        return replace(found, flaws=flaws) if flaws else found

    def _in_concept(self, concept: ConceptSlice) -> Found:
        """The product of a concept: by code, with the strength from the words where the code has none; else by the words."""
        coded = [self._by_code.get((coding.system, coding.code)) for coding in self._vocabulary.codings(concept)]
        products = [product for product in coded if product is not None]
        if not products:
            return self._in_words(words_of(concept), concept)
        best = max(products, key=_knows)
        agreeing = all(_ingredients(product) == _ingredients(products[0]) for product in products)
        return Found(self._with_strength_of(best if agreeing else products[0], words_of(concept)), disagreeing=not agreeing)

    def _in_words(self, texts: tuple[str, ...], concept: ConceptSlice) -> Found:
        answers = [self.in_text(text) for text in texts]
        known = next((answer for answer in answers if answer.product), None)
        refused = next((answer for answer in answers if answer.why_not == SEVERAL_DRUGS), None)
        return known or refused or self._interference(texts, concept)

    def _interference(self, texts: tuple[str, ...], concept: ConceptSlice) -> Found:
        """A drug that bears on depression, by its words or else by its codes."""
        coded = self._vocabulary.meanings(self._vocabulary.terms.interfering, concept)
        names = (*filter(None, map(self._interfering.first_in, texts)), *(name for _, name in coded))
        return Found(None, INTERFERING, interferes=self._groups[names[0]], named=names[0]) if names else Found(None, NO_DRUG)

    def _in_text(self, text: str) -> Found:
        words = tokens(text)
        hits = self._names.found_in(words)
        if not hits:
            return Found(None, NO_DRUG)
        products = list({_ingredients(product): product for _, _, product in hits}.values())
        if len(products) > 1 and not _joined(words, [(start, end) for start, end, _ in hits]):
            return Found(None, SEVERAL_DRUGS)
        whole = _merged(sorted(products, key=lambda product: -len(product.parts)), self._in_variant, words)
        return Found(self._with_strength_of(replace(whole, text_matched=True), (text,)))

    def _in_variant(self, product: Product, words: Tokens) -> Product:
        """The same drug in the form that a word apart from its name tells: "paroxetine 25 mg CR tablet"."""
        if len(product.parts) != 1:
            return product
        for needed, variant in self._variants.get(product.parts[0].drug.ingredient, ()):
            if needed <= set(words):
                return replace(variant, purpose=product.purpose or variant.purpose)
        return product

    def _with_strength_of(self, product: Product, texts: Iterable[str]) -> Product:
        """The product with the strengths its name tells, if it has none and they are as many as its parts."""
        if any(part.strength is not None for part in product.parts):
            return product
        for text in texts:
            found = self._strengths.in_text(text)
            if len(found) == len(product.parts):
                parts = tuple(
                    replace(part, strength=strength.amount, unit=strength.unit)
                    for part, strength in zip(product.parts, found, strict=True)
                )
                return replace(product, parts=parts, strength_from_text=True)
            if found:
                return product
        return product


def _variants_by_ingredient(formulary: Formulary) -> dict[str, list[tuple[frozenset[str], Product]]]:
    """Names that stand for a special form of a drug and contain its plain name, longest first."""
    variants: dict[str, list[tuple[frozenset[str], Product]]] = {}
    for name, product in sorted(formulary.names.items()):
        drug = product.parts[0].drug
        words = frozenset(tokens(name))
        if len(product.parts) == 1 and drug.variant and len(words) > 1:
            variants.setdefault(drug.ingredient, []).append((words, product))
    for known in variants.values():
        known.sort(key=lambda pair: -len(pair[0]))
    return variants


def _knows(product: Product) -> tuple[bool, bool]:
    return all(part.strength is not None for part in product.parts), bool(product.parts[0].drug.variant)


def _ingredients(product: Product) -> frozenset[str]:
    return frozenset(part.drug.ingredient for part in product.parts)


def _joined(words: Tokens, hits: list[tuple[int, int]]) -> bool:
    """Whether signs or words of joining stand between the names: then they are one product, not two."""
    between = [words[before[1] : after[0]] for before, after in pairwise(hits)]
    return all(_JOINING & set(gap) for gap in between)


def _merged(products: list[Product], in_variant: Callable[[Product, Tokens], Product], words: Tokens) -> Product:
    """One product of all that were named. A combination that names its own parts again is no larger for it."""
    first = in_variant(products[0], words)
    parts: list[Part] = list(first.parts)
    for product in products[1:]:
        known = {part.drug.ingredient for part in parts}
        parts.extend(part for part in product.parts if part.drug.ingredient not in known)
    purpose = next((product.purpose for product in products if product.purpose), first.purpose)
    return replace(first, parts=tuple(parts), purpose=purpose)
