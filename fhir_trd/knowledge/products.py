"""Products: what a code or a name stands for, with strength and form."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from fhir_trd.knowledge.book import Book
from fhir_trd.knowledge.cells import Cell
from fhir_trd.knowledge.drugs import Called, Coded
from fhir_trd.knowledge.sheets import Line, open_sheet
from fhir_trd.model.drugs import Drug, Part, Product

PRODUCTS = ("system", "code", "tty", "ingredients", "variant", "strengths", "units", "oral", "release", "purpose", "mark")
PACKAGES = ("rxcui", "codes")
ORAL: Mapping[str, bool | None] = {"yes": True, "no": False, "": None}
UNITS = ("mg", "mg/mL", "mg/24h", "")
RXNORM, NDC = "rxnorm", "ndc"
Drugs = Mapping[tuple[str, str], Drug]
Products = dict[tuple[str, str], Product]


class Row(NamedTuple):
    """One row of the table of products."""

    system: str
    code: str
    tty: str
    ingredients: str
    variant: str
    strengths: str
    units: str
    oral: str
    release: str
    purpose: str
    mark: str


def product_of_drug(drug: Drug, purpose: str = "") -> Product:
    """A drug as such: no strength, and a form only where the drug itself is never taken by mouth."""
    return Product(parts=(Part(drug),), oral=None if drug.oral else False, purpose=purpose)


def products_by_code(codes: Iterable[Coded], content: bytes, drugs: Drugs, book: Book) -> Products:
    """What every code of a drug or a product stands for."""
    found: Products = {}
    for system, code, ingredient, variant in codes:
        _keep(found, (system, code), product_of_drug(drugs[ingredient, variant]), f"{ingredient}.{system}", book)
    for line in open_sheet("products.csv", content, PRODUCTS, book).lines:
        row = Row(*line.cells)
        _keep(found, (row.system, row.code), _product(row, line, drugs, book), line.where, book)
    return found


def packages_by_code(content: bytes, products: Products, book: Book) -> Products:
    """What every package code stands for: the product it holds."""
    found: Products = {}
    for line in open_sheet("ndc.csv", content, PACKAGES, book).lines:
        product = products.get((RXNORM, line.cells[0]))
        if product is None:
            book.fault(f"{line.where}.rxcui", "a code of products.csv", repr(line.cells[0]))
        else:
            found.update(((NDC, code), product) for code in line.cells[1].split(" "))
    return found


def products_by_name(names: Iterable[Called], combinations: Cell, drugs: Drugs) -> dict[str, Product]:
    """What every name of a drug or of a combination stands for, in lower case."""
    found: dict[str, Product] = {}
    for called in names:
        product = product_of_drug(drugs[called.ingredient, called.variant], called.purpose)
        _keep_name(found, called.name, product, combinations.book)
    for name, product in _combinations(combinations, drugs):
        _keep_name(found, name, product, combinations.book)
    return dict(sorted(found.items()))


def _product(row: Row, line: Line, drugs: Drugs, book: Book) -> Product:
    ingredients = row.ingredients.split("|")
    strengths, units = _padded(row.strengths, ingredients), _padded(row.units, ingredients)
    parts = tuple(
        Part(drug, _strength(strength, line, book), unit or "mg")
        for key, strength, unit in zip(ingredients, strengths, units, strict=True)
        if (drug := _drug(key, row.variant, line, drugs, book))
    )
    if row.oral not in ORAL:
        book.fault(f"{line.where}.oral", "yes, no or nothing", repr(row.oral))
    for unit in units:
        if unit not in UNITS:
            book.fault(f"{line.where}.units", "mg, mg/mL or mg/24h", repr(unit))
    return Product(parts=parts, oral=ORAL.get(row.oral), purpose=row.purpose)


def _padded(text: str, ingredients: list[str]) -> list[str]:
    """One cell for each ingredient; an empty column says nothing about any of them."""
    cells = text.split("|")
    return cells if len(cells) == len(ingredients) else [""] * len(ingredients)


def _strength(text: str, line: Line, book: Book) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        book.fault(f"{line.where}.strengths", "a number", repr(text))
        return None


def _drug(key: str, variant: str, line: Line, drugs: Drugs, book: Book) -> Drug | None:
    drug = drugs.get((key, variant))
    if drug is None:
        book.fault(f"{line.where}.ingredients", "a drug of drugs.toml or augmentation.toml", repr(f"{key} {variant}".strip()))
    return drug


def _keep(found: Products, key: tuple[str, str], product: Product, where: str, book: Book) -> None:
    if found.setdefault(key, product) != product:
        book.fault(where, f"one meaning for {key[0]} {key[1]}", "two")


def _keep_name(found: dict[str, Product], name: str, product: Product, book: Book) -> None:
    if found.setdefault(name, product) != product:
        book.fault(f"drugs.toml {name!r}", "one drug for a name", "two")


def _combinations(table: Cell, drugs: Drugs) -> Iterator[tuple[str, Product]]:
    for _, entry in table.entries():
        entry.only("parts", "names", "purpose")
        keys = entry.cited_many("parts", str, "ingredients")
        for key in keys:
            if (key, "") not in drugs:
                entry.at("parts").book.fault(f"{entry.where}.parts", "drugs of drugs.toml or augmentation.toml", repr(key))
        parts = tuple(Part(drugs[key, ""]) for key in keys if (key, "") in drugs)
        product = Product(parts=parts, purpose=entry.cited_or("purpose", str, "purpose", ""))
        yield from ((name.lower(), product) for name in entry.cited_many("names", str, "names"))
