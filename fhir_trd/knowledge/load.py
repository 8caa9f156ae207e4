"""All tables of mappings/ as one checked whole. Any fault anywhere refuses them all, and one error tells of every fault."""

from pathlib import Path

from fhir_trd.knowledge.book import Book
from fhir_trd.knowledge.cells import Cell, open_table
from fhir_trd.knowledge.citations import read_sources
from fhir_trd.knowledge.conventions import read_conventions
from fhir_trd.knowledge.criteria import DEFAULT, read_criteria
from fhir_trd.knowledge.drugs import DEFAULT_DOSE_TABLE, DOSE_TABLES, read_drugs
from fhir_trd.knowledge.eras import read_eras
from fhir_trd.knowledge.flags import read_flags
from fhir_trd.knowledge.grid import read_grid
from fhir_trd.knowledge.options import read_goals, read_options
from fhir_trd.knowledge.prevalence import read_prevalence
from fhir_trd.knowledge.products import packages_by_code, products_by_code, products_by_name
from fhir_trd.knowledge.safety import read_impairments, read_levels, read_washouts
from fhir_trd.knowledge.scales import read_scales
from fhir_trd.knowledge.shelf import Shelf, open_shelf
from fhir_trd.knowledge.staging import read_staging
from fhir_trd.knowledge.terms import read_terms
from fhir_trd.knowledge.words import read_uses
from fhir_trd.model.criteria import CriteriaSet
from fhir_trd.model.drugs import Formulary, Role
from fhir_trd.model.flagging import PSYCHOTIC_FEATURES, FlagRule
from fhir_trd.model.knowledge import Knowledge, Terms
from fhir_trd.model.records import IN_FAMILY

TABLES = frozenset(
    (
        "sources.toml", "drugs.toml", "augmentation.toml", "combinations.toml", "products.csv", "ndc.csv", "code_systems.csv",
        "diagnoses.toml", "diagnoses_icd.csv", "diagnoses_snomed.csv", "purposes.toml", "purposes.csv", "stop_reasons.toml",
        "stop_reasons.csv", "adherence.csv", "procedures.toml", "procedures.csv", "scales.toml", "scores.csv", "score_words.toml",
        "answers.csv", "timing.csv", "routes.csv", "units.toml", "conventions.toml", "options.toml", "eras.toml",
        "hazards.csv", "hazards.toml", "measurements.csv", "results.csv", "flags.toml", "goals.toml", "interfering.toml",
        "interfering.csv",
        "washouts.toml", "levels.toml", "impairments.toml",
        "staging.toml", "grid.toml", "prevalence.toml",
    )
)  # fmt: skip
CRITERIA = "criteria"


def load_knowledge(overlay: Path | None = None) -> Knowledge:
    """Everything the tables say; tables in the overlay folder take the place of ours, file by file."""
    shelf = open_shelf(overlay)
    book = Book(own=shelf.own)
    knowledge = read_knowledge(shelf, book)
    book.close()
    return knowledge


def read_knowledge(shelf: Shelf, book: Book) -> Knowledge:
    """Read every table, noting faults in the book."""
    _check_names(shelf, book)
    sources = read_sources(open_table("sources.toml", shelf.read("sources.toml"), book))
    book.sources = frozenset(sources)
    formulary = _formulary(shelf, book)
    scales = read_scales(_table(shelf, "scales.toml", book))
    terms, competing = read_terms(shelf, book, frozenset(scales))
    ingredients = frozenset(ingredient for ingredient, _ in formulary.drugs)
    criteria = read_criteria({name: shelf.read(name) for name in shelf.below(CRITERIA)}, book)
    return Knowledge(
        formulary=formulary,
        terms=terms,
        other_uses=read_uses(_table(shelf, "purposes.toml", book), ingredients),
        competing=competing,
        scales=scales,
        conventions=read_conventions(_table(shelf, "conventions.toml", book)),
        dose_tables=DOSE_TABLES,
        default_dose_table=DEFAULT_DOSE_TABLE,
        criteria=criteria,
        default_criteria=DEFAULT,
        options=read_options(_table(shelf, "options.toml", book), _diagnosed(terms) | {PSYCHOTIC_FEATURES}),
        flags=_flags(_table(shelf, "flags.toml", book), terms),
        eras=read_eras(_table(shelf, "eras.toml", book)),
        grid=read_grid(_table(shelf, "grid.toml", book)),
        prevalence=read_prevalence(_table(shelf, "prevalence.toml", book), criteria.keys()),
        goals=read_goals(_table(shelf, "goals.toml", book), frozenset(scales)),
        staging=read_staging(_table(shelf, "staging.toml", book), _counting_failures(criteria), scales),
        impairments=read_impairments(
            _table(shelf, "impairments.toml", book), set(terms.hazards.meanings.values()), tuple(terms.measures.values())
        ),
        levels=read_levels(_table(shelf, "levels.toml", book), formulary, tuple(terms.measures.values())),
        washouts=read_washouts(_table(shelf, "washouts.toml", book), formulary),
        sources=sources,
        digest=shelf.digest,
    )


def _counting_failures(criteria: dict[str, CriteriaSet]) -> frozenset[str]:
    return frozenset(name for name, found in criteria.items() if found.failed_trials is not None)


def _flags(table: Cell, terms: Terms) -> tuple[FlagRule, ...]:
    diagnosed = _diagnosed(terms)
    categories = frozenset(
        (
            *diagnosed,
            *(f"{IN_FAMILY}{one}" for one in diagnosed),
            *terms.hazards.meanings.values(),
            *terms.implants,
            *_groups(terms),
            PSYCHOTIC_FEATURES,
        )
    )
    return read_flags(table, categories, frozenset(code.kind for code in terms.measures.values()))


def _diagnosed(terms: Terms) -> frozenset[str]:
    return frozenset(meaning.category for meaning in terms.diagnosis_meanings.values())


def _groups(terms: Terms) -> set[str]:
    return {group for _, group in terms.interfering_words}


def _table(shelf: Shelf, name: str, book: Book) -> Cell:
    return open_table(name, shelf.read(name), book)


def _formulary(shelf: Shelf, book: Book) -> Formulary:
    antidepressants = read_drugs(_table(shelf, "drugs.toml", book), Role.ANTIDEPRESSANT)
    agents = read_drugs(_table(shelf, "augmentation.toml", book), Role.AUGMENTATION)
    drugs = {**antidepressants.drugs, **agents.drugs}
    products = products_by_code((*antidepressants.codes, *agents.codes), shelf.read("products.csv"), drugs, book)
    packages = packages_by_code(shelf.read("ndc.csv"), products, book)
    names = products_by_name((*antidepressants.names, *agents.names), _table(shelf, "combinations.toml", book), drugs)
    return Formulary(drugs=drugs, by_code={**products, **packages}, names=names)


def _check_names(shelf: Shelf, book: Book) -> None:
    """A table that nobody reads is knowledge lost in silence: most likely its name is misspelt."""
    for name in sorted(set(shelf.tables) - TABLES - set(shelf.below(CRITERIA))):
        book.fault(name, f"{CRITERIA}/….toml, or one of {', '.join(sorted(TABLES))}", "a table nobody reads")
    for name in sorted(TABLES - set(shelf.tables)):
        book.fault(name, "a table of that name", "none")
