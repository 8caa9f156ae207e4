"""The tables of flags and goals are read strictly: every fault is named, and nothing unknown slips through."""

import pytest

from fhir_trd.knowledge.book import Book
from fhir_trd.knowledge.cells import open_table
from fhir_trd.knowledge.flags import read_flags, read_measures
from fhir_trd.knowledge.options import read_goals
from fhir_trd.model.flagging import FlagRule, Limit, MeasureCode
from fhir_trd.model.plans import Goal
from fhir_trd.model.verdicts import Severity

HEADER = '[about]\nchecked = 2026-11-24\nsource = "fhir-trd"\nplace = "somewhere"\n'
PLAIN = 'title = "because"\nunit = "flag"\nmark = "read"\n'


def flags(row: str) -> tuple[tuple[FlagRule, ...], list[str]]:
    """The flags of a table with one row, and the faults found in it."""
    book = Book(sources=frozenset({"fhir-trd"}))
    table = open_table("flags.toml", f"{HEADER}[one]\n{PLAIN}{row}".encode(), book)
    return read_flags(table, frozenset({"aneurysm"}), frozenset({"systolic"})), book.faults


def test_a_row_is_read_with_all_it_asks_for() -> None:
    """Severity, subjects, findings and limits of a row are read as they stand."""
    limit = 'above = { value = 140, unit = "mm[Hg]", mark = "read" }'
    (rule,), faults = flags(f'severity = "BLOCK"\nabout = ["a", "b"]\nmeasures = ["systolic"]\n{limit}\n')
    assert [] == faults
    assert (Severity.BLOCK, ("a", "b"), Limit(140.0, "mm[Hg]")) == (rule.severity, rule.about, rule.above)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ('severity = "LOUD"\nfindings = ["aneurysm"]\n', "flags.toml.one.severity: expected one of STOP"),
        ('severity = "BLOCK"\nfindings = ["anuerysm"]\n', "the tables of diagnoses, found 'anuerysm'"),
        ('severity = "BLOCK"\nmeasures = ["pulse"]\n', "kinds of measurements.csv"),
        ('severity = "BLOCK"\nabout = ["a"]\n', "at least one of findings"),
        ('severity = "BLOCK"\nfinding = ["aneurysm"]\n', "a key nobody reads"),
    ],
)
def test_a_row_that_cannot_work_is_a_fault(row: str, fault: str) -> None:
    """An unknown severity, category, measurement or key, and a row that asks for nothing, are refused by name."""
    _, faults = flags(row)
    assert any(fault in found for found in faults)


def test_a_measurement_has_its_units() -> None:
    """The spellings of a unit are listed, the first being the one that rules compare in."""
    header = "# title: t\n# source: fhir-trd\n# place: p\n# checked: 2026-11-24\n# unit: code\n"
    content = f"{header}system,code,means,units,label,mark\nloinc,1,systolic,mm[Hg]|mmHg,label,read\n".encode()
    book = Book(sources=frozenset({"fhir-trd"}))
    assert {("loinc", "1"): MeasureCode("systolic", ("mm[Hg]", "mmHg"))} == read_measures(content, book)
    assert [] == book.faults


def test_a_goal_is_on_a_known_scale() -> None:
    """A goal without a scale is in words alone; one on a scale nobody knows is a fault."""
    book = Book(sources=frozenset({"fhir-trd"}))
    cell = 'title = "t"\nunit = "goal"\nmark = "read"\n'
    rows = f'[one]\n{cell}[two]\n{cell}scale = "phq-99"\n'
    goals = read_goals(open_table("goals.toml", (HEADER + rows).encode(), book), frozenset({"phq-9"}))
    assert Goal(id="one", title="t") == goals[0]
    assert ["goals.toml.two.scale: expected a scale of scales.toml, found str 'phq-99'"] == book.faults
