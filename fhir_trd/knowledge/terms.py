"""What codes and words mean to us, from all tables of terms."""

from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from fhir_trd.knowledge.book import Book
from fhir_trd.knowledge.cells import Cell, open_table
from fhir_trd.knowledge.codes import (
    ADHERENCE,
    Key,
    meaning_key,
    meaning_of,
    read_answers,
    read_codes,
    read_diagnoses,
    read_frequencies,
    read_meanings,
    read_scores,
    read_systems,
    with_undotted,
)
from fhir_trd.knowledge.flags import read_measures
from fhir_trd.knowledge.shelf import Shelf
from fhir_trd.knowledge.words import read_list, read_sides, read_stands_for, read_units, read_words
from fhir_trd.model.codes import CodeIndex
from fhir_trd.model.knowledge import DiagnosisMeaning, Terms
from fhir_trd.model.records import StopReason

DIAGNOSIS_SHEETS = ("diagnoses_icd.csv", "diagnoses_snomed.csv")
TREATMENTS = frozenset(("ect", "tms", "psychotherapy", "vns", "light-therapy", "ketamine-infusion", "esketamine-session"))
TAKING = frozenset(("good", "poor", "taken", "paused", "stopped", "not-taken", "unknown"))
ROUTES = frozenset(("oral", "other"))
RESULTS = frozenset(("positive", "negative"))
GROUPED = frozenset(("atc",))
"""The systems of drugs in which a heading covers the codes below it."""
STOP_REASONS = frozenset(StopReason)


class Diagnoses(NamedTuple):
    """The diagnoses as the other tables need them: codes, meanings, and the systems in which a heading covers its children."""

    codes: dict[Key, str]
    meanings: dict[str, DiagnosisMeaning]
    words: tuple[tuple[str, str], ...]
    prefixed: frozenset[str]
    refusing: tuple[str, ...]

    @property
    def categories(self) -> frozenset[str]:
        """Every category of a diagnosis."""
        return frozenset(meaning.category for meaning in self.meanings.values())


def read_terms(shelf: Shelf, book: Book, scales: frozenset[str]) -> tuple[Terms, dict[str, str]]:
    """All terms, and the purpose that each category of diagnosis stands for."""
    table = partial(_table, shelf, book)
    purposes, units, procedures = table("purposes.toml"), table("units.toml"), table("procedures.toml")
    diagnoses = _diagnoses(shelf, table("diagnoses.toml"), book)
    stops = table("stop_reasons.toml")
    interfering = read_words(table("interfering.toml"), str)
    competing = {category: category for category in sorted(diagnoses.categories)} | read_stands_for(purposes)
    terms = Terms(
        systems=read_systems(shelf.read("code_systems.csv"), book),
        diagnoses=CodeIndex(diagnoses.codes, diagnoses.prefixed),
        diagnosis_meanings=diagnoses.meanings,
        diagnosis_words=diagnoses.words,
        purposes=_purposes(shelf, book, diagnoses, competing),
        purpose_words=read_words(purposes, str),
        stop_reasons=CodeIndex(read_codes("stop_reasons.csv", shelf.read("stop_reasons.csv"), book, STOP_REASONS)),
        stop_reason_words=read_words(stops, StopReason, STOP_REASONS),
        stop_refusing_words=read_list(stops, "refusing", "words"),
        scores=read_scores(shelf.read("scores.csv"), book, scales),
        score_words=read_words(table("score_words.toml"), str, scales),
        answers=read_answers(shelf.read("answers.csv"), book),
        treatments=CodeIndex(read_codes("procedures.csv", shelf.read("procedures.csv"), book, TREATMENTS)),
        treatment_words=read_words(procedures, str, TREATMENTS),
        sides=read_sides(procedures),
        frequencies=read_frequencies(shelf.read("timing.csv"), book),
        adherence=read_codes("adherence.csv", shelf.read("adherence.csv"), book, TAKING, ADHERENCE),
        routes=CodeIndex(read_codes("routes.csv", shelf.read("routes.csv"), book, ROUTES)),
        units=read_units(units),
        count_units=read_list(units, "count", "words"),
        refusing_words=diagnoses.refusing,
        interfering_words=interfering,
        interfering=CodeIndex(_interfering(shelf, book, interfering), GROUPED),
    )
    return _with_hazards(terms, shelf, diagnoses.prefixed, book), competing


def _with_hazards(terms: Terms, shelf: Shelf, prefixed: frozenset[str], book: Book) -> Terms:
    """The same terms with what speaks for caution: conditions, implants and measurements."""
    codes = read_meanings("hazards.csv", shelf.read("hazards.csv"), book)
    words = open_table("hazards.toml", shelf.read("hazards.toml"), book)
    implants = read_list(words, "implants", "categories")
    return replace(
        terms,
        hazards=CodeIndex(with_undotted(codes, prefixed), prefixed),
        hazard_words=read_words(words, str, frozenset(codes.values()) | implants),
        implants=implants,
        removing_words=read_list(words, "removing", "words"),
        results=CodeIndex(read_codes("results.csv", shelf.read("results.csv"), book, RESULTS)),
        measures=read_measures(shelf.read("measurements.csv"), book),
    )


def _table(shelf: Shelf, book: Book, name: str) -> Cell:
    return open_table(name, shelf.read(name), book)


def _interfering(shelf: Shelf, book: Book, words: tuple[tuple[str, str], ...]) -> dict[Key, str]:
    """The codes of interfering drugs: each stands for a name that the words know, and so for its group."""
    return read_codes("interfering.csv", shelf.read("interfering.csv"), book, frozenset(name for name, _ in words))


def _diagnoses(shelf: Shelf, table: Cell, book: Book) -> Diagnoses:
    codes, meanings = read_diagnoses({name: shelf.read(name) for name in DIAGNOSIS_SHEETS}, book)
    prefixed = read_list(table, "prefixed", "code systems")
    categories = frozenset(meaning.category for meaning in meanings.values())
    words = tuple((phrase, meaning_key(category)) for phrase, category in read_words(table, str, categories))
    plain = {key: meaning_of(key) for _, key in words}
    refusing = sorted(read_list(table, "refusing", "words"), key=lambda phrase: (-len(phrase), phrase))
    return Diagnoses(with_undotted(codes, prefixed), {**meanings, **plain}, words, prefixed, tuple(refusing))


def _purposes(shelf: Shelf, book: Book, diagnoses: Diagnoses, competing: dict[str, str]) -> CodeIndex:
    """The reasons: every diagnosis stands for a purpose, and some codes are reasons without being diagnoses."""
    stated = {key: competing[diagnoses.meanings[meaning].category] for key, meaning in diagnoses.codes.items()}
    further = read_codes("purposes.csv", shelf.read("purposes.csv"), book, frozenset((*competing.values(), "unrecognised")))
    return CodeIndex({**stated, **with_undotted(further, diagnoses.prefixed)}, diagnoses.prefixed)
