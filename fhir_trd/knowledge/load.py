"""All tables of mappings/ as one checked whole. Any fault anywhere refuses them all, and names every fault at once."""

from pathlib import Path

from fhir_trd.knowledge.book import Book
from fhir_trd.knowledge.cells import Cell, open_table
from fhir_trd.knowledge.citations import read_sources
from fhir_trd.knowledge.conventions import read_conventions
from fhir_trd.knowledge.criteria import DEFAULT, read_criteria
from fhir_trd.knowledge.drugs import DEFAULT_DOSE_TABLE, DOSE_TABLES, read_drugs
from fhir_trd.knowledge.scales import read_scales
from fhir_trd.knowledge.shelf import Shelf, open_shelf
from fhir_trd.model.codes import CodeIndex
from fhir_trd.model.drugs import Formulary, Part, Product, Role
from fhir_trd.model.knowledge import Knowledge, Terms


def load_knowledge(overlay: Path | None = None) -> Knowledge:
    """Everything the tables say; tables in the overlay folder take the place of ours, file by file."""
    book = Book()
    knowledge = read_knowledge(open_shelf(overlay), book)
    book.close()
    return knowledge


def read_knowledge(shelf: Shelf, book: Book) -> Knowledge:
    """Read every table, noting faults in the book."""

    def table(name: str) -> Cell:
        return open_table(name, shelf.tables.get(name, b""), book)

    sources = read_sources(table("sources.toml"))
    book.sources = frozenset(sources)
    drugs = read_drugs(table("drugs.toml"), Role.ANTIDEPRESSANT)
    none = CodeIndex({})
    return Knowledge(
        formulary=Formulary(
            drugs=drugs.drugs,
            by_code={(c.system, c.code): Product((Part(drugs.drugs[c.ingredient, c.variant]),)) for c in drugs.codes},
            names={c.name: Product((Part(drugs.drugs[c.ingredient, c.variant]),), purpose=c.purpose) for c in drugs.names},
        ),
        terms=Terms(
            systems={}, diagnoses=none, diagnosis_meanings={}, diagnosis_words=(), purposes=none, purpose_words=(), stop_reasons=none,
            stop_reason_words=(), scores={}, score_words=(), answers={}, treatments=none, treatment_words=(), frequencies={},
            adherence={}, routes=none, units={},
        ),
        other_uses={},
        scales=read_scales(table("scales.toml")),
        conventions=read_conventions(table("conventions.toml")),
        dose_tables=DOSE_TABLES,
        default_dose_table=DEFAULT_DOSE_TABLE,
        criteria=read_criteria({name: shelf.tables[name] for name in shelf.below("criteria")}, book),
        default_criteria=DEFAULT,
        options=(),
        sources=sources,
        digest=shelf.digest,
    )
