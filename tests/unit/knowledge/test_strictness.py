"""A fault in any table refuses them all, and one message names every fault with its place."""

import re
from pathlib import Path

import pytest

from fhir_trd.errors import TableError
from fhir_trd.knowledge.book import SHOWN
from fhir_trd.knowledge.criteria import RULES
from fhir_trd.knowledge.load import load_knowledge

MAPPINGS = Path(__file__).parents[3] / "mappings"
SERTRALINE = '[sertraline]\nname = "sertraline"\nclass = { value = "SSRI", unit = "class", mark = "recalled" }\nmgh-atrq = '
GOOD = '{ value = 50, unit = "mg/day", mark = "read" }'
MARKS = "one of read, recalled, needs-review, our-choice"


def faults(folder: Path, name: str, old: str, new: str) -> list[str]:
    """The faults of the shipped tables with one text replaced in one table."""
    text = (MAPPINGS / name).read_text(encoding="utf-8")
    assert old in text
    target = folder / name
    target.parent.mkdir(exist_ok=True, parents=True)
    target.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TableError) as caught:
        load_knowledge(folder)
    return str(caught.value).splitlines()


DOSES = [
    ("50", "drugs.toml.sertraline.mgh-atrq: expected a table with value, unit and mark, found int 50"),
    (
        '{ value = "50", unit = "mg/day", mark = "read" }',
        "drugs.toml.sertraline.mgh-atrq.value: expected a number, found str '50'",
    ),
    (
        '{ value = true, unit = "mg/day", mark = "read" }',
        "drugs.toml.sertraline.mgh-atrq.value: expected a number, found bool True",
    ),
    ('{ unit = "mg/day", mark = "read" }', "drugs.toml.sertraline.mgh-atrq.value: expected a number, found nothing"),
    ('{ value = 50, mark = "read" }', "drugs.toml.sertraline.mgh-atrq.unit: expected 'mg/day', found nothing"),
    (
        '{ value = 50, unit = "g/day", mark = "read" }',
        "drugs.toml.sertraline.mgh-atrq.unit: expected 'mg/day', found str 'g/day'",
    ),
    ('{ value = 50, unit = "mg/day" }', f"drugs.toml.sertraline.mgh-atrq.mark: expected {MARKS}, found nothing"),
    ('{ value = 50, unit = "mg/day", mark = "sure" }', f"drugs.toml.sertraline.mgh-atrq.mark: expected {MARKS}, found 'sure'"),
    (
        '{ value = 50, unit = "mg/day", mark = "read", source = "hearsay" }',
        "drugs.toml.sertraline.mgh-atrq.source: expected a key of sources.toml, found 'hearsay'",
    ),
    (
        '{ value = 50, unit = "mg/day", mark = "read", checked = "2026" }',
        "drugs.toml.sertraline.mgh-atrq.checked: expected a date, found '2026'",
    ),
    (
        '{ value = 50, unit = "mg/day", mark = "read", because = "so" }',
        "drugs.toml.sertraline.mgh-atrq.because: expected one of value, unit, mark, source, place, checked, reading, "
        "found a key nobody reads",
    ),
]


@pytest.mark.parametrize(("cell", "expected"), DOSES)
def test_a_cited_value_is_read_strictly(cell: str, expected: str, tmp_path: Path) -> None:
    """A value without its kind, unit, mark, source or date is refused, and so is a key nobody reads."""
    found = faults(tmp_path, "drugs.toml", SERTRALINE + GOOD, SERTRALINE + cell)
    assert [expected] == [line for line in found if not line.startswith("products.csv")]


def test_a_value_needs_a_place_and_a_date_from_somewhere(tmp_path: Path) -> None:
    """Without a place and a check date of its own, its entry or its file, every value of that name is refused."""
    old = '[about.mgh-atrq]\nsource = "mgh-atrq-form-2023"\nplace = "column Minimum Dose"'
    found = faults(tmp_path, "drugs.toml", old, '[about.mgh-atrq]\nsource = "mgh-atrq-form-2023"')
    assert "drugs.toml.sertraline.mgh-atrq.place: expected where in the source it stands, found nothing" in found


def test_a_misspelt_key_of_an_entry_is_refused(tmp_path: Path) -> None:
    """An unknown key beside the known ones would be knowledge lost in silence."""
    found = faults(tmp_path, "drugs.toml", '[sertraline]\nname = "sertraline"', '[sertraline]\nname = "sertraline"\nmaximun = 3')
    assert ["drugs.toml.sertraline.maximun"] == [line.partition(":")[0] for line in found]
    assert found[0].endswith("found a key nobody reads")


def test_all_faults_of_all_tables_stand_in_one_error(tmp_path: Path) -> None:
    """Two tables with a fault each give one error with two lines."""
    (tmp_path / "scales.toml").write_text(
        (MAPPINGS / "scales.toml").read_text(encoding="utf-8").replace('name = "PHQ-9"', "name = 9"), encoding="utf-8"
    )
    old = '[exposure_gap]\nsentence = "'
    found = faults(tmp_path, "conventions.toml", old, '[exposure_gap]\nsentences = "')
    assert 3 == len(found)
    assert "scales.toml.phq-9.name: expected text, found int 9" in found
    assert "conventions.toml.exposure_gap.sentence: expected text, found nothing" in found


def test_what_is_not_toml_is_refused(tmp_path: Path) -> None:
    """A table that cannot be parsed is a fault with the line and column of the parser."""
    found = faults(tmp_path, "units.toml", "[mass]", "[mass")
    assert any(line.startswith("units.toml: expected TOML, found ") for line in found)


def test_the_fault_of_a_table_of_ones_own_comes_first(tmp_path: Path) -> None:
    """What a broken table makes of those that lean on it follows after its own fault, and past a limit is only counted."""
    found = faults(tmp_path, "drugs.toml", "[sertraline]", "[sertraline")
    assert found[0].startswith("drugs.toml: expected TOML, found ")
    assert len(found) == SHOWN + 1
    assert re.fullmatch(r"and \d{3} more", found[-1])


def test_a_table_nobody_reads_is_refused(tmp_path: Path) -> None:
    """A misspelt file name in an overlay is not ignored."""
    (tmp_path / "drug.toml").write_text("", encoding="utf-8")
    with pytest.raises(TableError) as caught:
        load_knowledge(tmp_path)
    assert str(caught.value).startswith("drug.toml: expected criteria/….toml, or one of adherence.csv, ")
    assert str(caught.value).endswith("found a table nobody reads")


CRITERIA = [
    (
        'rule = "failed_trials"',
        'rule = "count_trials"',
        f"criteria/fda.toml.failed-trials.rule: expected one of {', '.join(RULES)}, found 'count_trials'",
    ),
    (
        'trials = { value = 2, unit = "trials"',
        'trials = { value = 2.5, unit = "trials"',
        "criteria/fda.toml.failed-trials.parameters.trials.value: expected a whole number, found float 2.5",
    ),
    (
        'distinct_by = { value = "ingredient"',
        'distinct_by = { value = "brand"',
        "criteria/fda.toml.failed-trials.parameters.distinct_by.value: expected one of class, ingredient, found str 'brand'",
    ),
    (
        'trials = { value = 2, unit = "trials", mark = "read" }',
        "",
        "criteria/fda.toml.failed-trials.parameters.trials: expected a table with value, unit and mark, found nothing",
    ),
    ('id = "fda"', 'id = "FDA"', "criteria/fda.toml.about.id: expected 'fda', as the file is named, found 'FDA'"),
]


@pytest.mark.parametrize(("old", "new", "expected"), CRITERIA)
def test_a_criteria_set_is_read_strictly(old: str, new: str, expected: str, tmp_path: Path) -> None:
    """An unknown kind of rule, a number of the wrong kind, a word with no meaning and a wrong name are refused."""
    assert [expected] == faults(tmp_path, "criteria/fda.toml", old, new)


SHEETS = [
    (
        "products.csv",
        "rxnorm,993541,SCD,bupropion,,150,mg,yes,ER,,read",
        "rxnorm,993541,SCD,bupropian,,150,mg,yes,ER,,read",
        "ingredients: expected a drug of drugs.toml or augmentation.toml, found 'bupropian'",
    ),
    (
        "products.csv",
        "rxnorm,993541,SCD,bupropion,,150,mg,yes,ER,,read",
        "rxnorm,993541,SCD,bupropion,,much,mg,yes,ER,,read",
        "strengths: expected a number, found 'much'",
    ),
    (
        "products.csv",
        "rxnorm,993541,SCD,bupropion,,150,mg,yes,ER,,read",
        "rxnorm,993541,SCD,bupropion,,150,g,maybe,ER,,known",
        f"mark: expected {MARKS}, found another word",
    ),
    (
        "diagnoses_icd.csv",
        "icd-10,F20,schizophrenia-spectrum,,,,,schizophrenia,read",
        "icd-10,F20,schizophrenia-spectrum,,,,,schizophrenia,read\nicd-10,F20,bipolar,,,,,bipolar,read",
        "one meaning for icd-10 F20, found 'bipolar||||' beside 'schizophrenia-spectrum||||'",
    ),
    ("diagnoses_icd.csv", "icd-10,F20,", "icd-10,F20,,", "expected 9 cells, found 10"),
    ("ndc.csv", "rxcui,codes", "rxcui,code", "ndc.csv: expected the columns rxcui, codes, found rxcui, code"),
    ("answers.csv", "LA6568-5,0,", "LA6568-5,none,", "a number, found 'none'"),
    ("stop_reasons.csv", ",lack_of_efficacy,", ",no_good,", "found 'no_good'"),
    ("ndc.csv", "# source: fda-ndc\n", "", "ndc.csv.source: expected a line '# source: …' in the header, found nothing"),
    ("ndc.csv", "# checked: 2026-11-24", "# checked: lately", "ndc.csv.checked: expected a date, found 'lately'"),
]


@pytest.mark.parametrize(("name", "old", "new", "expected"), SHEETS)
def test_a_wide_table_is_read_strictly(name: str, old: str, new: str, expected: str, tmp_path: Path) -> None:
    """Unknown ingredients, two meanings of one code, rows that do not fit and headers with gaps are refused."""
    assert [line for line in faults(tmp_path, name, old, new) if expected in line]


def test_a_fault_in_a_row_names_its_line(tmp_path: Path) -> None:
    """The message holds the number of the line as an editor counts it."""
    text = (MAPPINGS / "answers.csv").read_text(encoding="utf-8")
    number = 1 + text.splitlines().index("loinc,LA6568-5,0,not at all,read")
    assert f"answers.csv:{number}: expected a number, found 'none'" in faults(
        tmp_path, "answers.csv", "LA6568-5,0,", "LA6568-5,none,"
    )


STAGING = [
    ('"TRD4", "TRD5"', '"TRD4"', "european.weeks_from: expected 4 numbers that rise, found 5: [12, 18, 24, 30, 36]"),
    ("[8, 14, 20]", "[14, 8, 20]", "severity-scores.ham-d17: expected 3 numbers that rise, found 3: [14, 8, 20]"),
    ('"", "", "TCA", "MAOI"', '"", "TCA", "MAOI"', "thase-rush.needed: expected 4 classes, found 3"),
    (
        '"subsyndromal", "mild"',
        '"subsyndromal", "light"',
        "maudsley.severities: expected 'mild' among them, found subsyndromal, light, moderate, severe, severe with psychosis",
    ),
    (
        'value = "consensus"',
        'value = "mood"',
        "failed-trials.criteria: expected a criteria set that counts failed trials, found 'mood'",
    ),
]


@pytest.mark.parametrize(("old", "new", "expected"), STAGING, ids=[expected.partition(":")[0] for _, _, expected in STAGING])
def test_a_staging_whose_lists_do_not_fit_is_refused(old: str, new: str, expected: str, tmp_path: Path) -> None:
    """Lists of a staging that belong together have one length, limits rise, and the words are those that codes tell."""
    assert [f"staging.toml.{expected}"] == faults(tmp_path, "staging.toml", old, new)
