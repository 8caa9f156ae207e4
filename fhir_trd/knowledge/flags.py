"""The table of flags, and the codes of the measurements they look at."""

from fhir_trd.knowledge.book import Book
from fhir_trd.knowledge.cells import CITE_KEYS, Cell
from fhir_trd.knowledge.sheets import open_sheet
from fhir_trd.model.flagging import EarlyEpisodes, FlagRule, Limit, MeasureCode
from fhir_trd.model.verdicts import Severity

MEASURES = ("system", "code", "means", "units", "label", "mark")
ASKING = ("findings", "measures", "drugs", "classes", "older-than", "younger-than", "poor-adherence", "allergies", "episodes")
KEYS = (
    "title", "severity", "about", "unit", "mark", "ever", "beyond", "above", "below",
    "reaches", "rises", "undetected", "at-least", "dose-above", "within",
    "sex", "silent", "others", "on-treatment", "before-episode", "beside", "beside-drugs",
    *ASKING, *CITE_KEYS,
)  # fmt: skip


def read_measures(content: bytes, book: Book) -> dict[tuple[str, str], MeasureCode]:
    """The kind and the units of every code of a measurement."""
    sheet = open_sheet("measurements.csv", content, MEASURES, book)
    return {(cells[0], cells[1]): MeasureCode(cells[2], tuple(cells[3].split("|"))) for cells in sheet.rows()}


def read_flags(table: Cell, categories: frozenset[str], measures: frozenset[str]) -> tuple[FlagRule, ...]:
    """Every flag; one that asks for nothing, or for what no table can find, is a fault."""
    rules = tuple(_flag(key, entry) for key, entry in table.entries())
    for rule in rules:
        where = table.at(rule.id)
        for unknown in sorted({*rule.findings, *rule.beside, *rule.others} - categories):
            table.book.fault(f"{where.where}.findings", "categories of hazards.csv or the tables of diagnoses", repr(unknown))
        for unknown in sorted(set(rule.silent) - categories - measures):
            table.book.fault(f"{where.where}.silent", "categories of hazards.csv or kinds of measurements.csv", repr(unknown))
        if not measures.issuperset(rule.measures):
            where.at("measures").refuse("kinds of measurements.csv")
        if not any(where.has(key) for key in ASKING):
            where.refuse(f"at least one of {', '.join(ASKING)}")
    return rules


def _flag(key: str, entry: Cell) -> FlagRule:
    entry.only(*KEYS)
    entry.check_citation("flag")
    cite = entry.citation("flag")
    return FlagRule(
        id=key,
        severity=_severity(entry),
        about=entry.texts("about"),
        because=entry.text("title"),
        source=str(cite.source),
        place=str(cite.place),
        mark=entry.mark(),
        findings=entry.texts("findings"),
        ever=entry.flag("ever", False),
        measures=entry.texts("measures"),
        beyond=entry.text("beyond", ""),
        above=_limit(entry, "above"),
        below=_limit(entry, "below"),
        reaches=_limit(entry, "reaches"),
        rises=_limit(entry, "rises"),
        undetected=entry.flag("undetected", False),
        drugs=entry.texts("drugs"),
        classes=entry.texts("classes"),
        others=entry.texts("others"),
        at_least=entry.cited_or("at-least", int, "drugs", 1),
        dose_above=entry.cited("dose-above", float, "mg") if entry.has("dose-above") else None,
        older_than=entry.cited("older-than", int, "years") if entry.has("older-than") else None,
        younger_than=entry.cited("younger-than", int, "years") if entry.has("younger-than") else None,
        poor_adherence=entry.flag("poor-adherence", False),
        within=entry.cited("within", int, "days") if entry.has("within") else None,
        sex=entry.text("sex", ""),
        silent=entry.texts("silent"),
        allergies=entry.texts("allergies"),
        on_treatment=entry.flag("on-treatment", False),
        before_episode=entry.cited("before-episode", int, "days") if entry.has("before-episode") else None,
        beside=entry.texts("beside"),
        beside_drugs=entry.texts("beside-drugs"),
        episodes=_episodes(entry.at("episodes")) if entry.has("episodes") else None,
    )


def _episodes(entry: Cell) -> EarlyEpisodes:
    entry.only("number", "before", "apart")
    return EarlyEpisodes(
        number=entry.cited("number", int, "episodes"),
        before=entry.cited("before", int, "years"),
        apart=entry.cited("apart", int, "days"),
    )


def _severity(entry: Cell) -> Severity:
    found = entry.text("severity")
    if found not in tuple(Severity):
        entry.at("severity").refuse(f"one of {', '.join(Severity)}")
        return Severity.REVIEW
    return Severity(found)


def _limit(entry: Cell, key: str) -> Limit | None:
    if not entry.has(key):
        return None
    unit = entry.at(key).text("unit")
    return Limit(entry.cited(key, float, unit), unit)
