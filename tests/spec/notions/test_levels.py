"""Blood levels: where one was taken, it tells better than the dose whether the dose was adequate."""

import pytest

from fhir_trd.model.trials import AugmentationAnswer
from tests.factory.judging import adequate, trial
from tests.factory.medication import PATIENT, Json
from tests.factory.spec import spec
from tests.factory.table import rows

CODES = {
    "nortriptyline": "3872-9", "amitriptyline": "3333-2", "amitriptyline and nortriptyline": "3335-7", "imipramine": "3690-5",
    "desipramine": "3531-1", "imipramine and desipramine": "9627-1", "clomipramine and norclomipramine": "74945-7",
    "lithium": "14334-7",
}  # fmt: skip

LEVELS = rows("""
    drug          | mg/day | of                               | level | days
    nortriptyline | 50     | nortriptyline                    | 50    | 91-91
    nortriptyline | 50     | nortriptyline                    | 180   | 91-91
    nortriptyline | 100    | nortriptyline                    | 49    | 0-0
    desipramine   | 75     | desipramine                      | 125   | 91-91
    desipramine   | 75     | desipramine                      | 115   | 0-91
    desipramine   | 200    | desipramine                      | 114   | 0-0
    imipramine    | 75     | imipramine and desipramine       | 200   | 91-91
    imipramine    | 75     | imipramine and desipramine       | 175   | 0-91
    imipramine    | 200    | imipramine and desipramine       | 174   | 0-0
    amitriptyline | 75     | amitriptyline and nortriptyline  | 80    | 91-91
    amitriptyline | 200    | amitriptyline and nortriptyline  | 79    | 0-0
    clomipramine  | 75     | clomipramine and norclomipramine | 230   | 91-91
    clomipramine  | 200    | clomipramine and norclomipramine | 229   | 0-0
    """)


def level(of: str, value: float, day: str, unit: str = "ng/mL", number: int = 1) -> Json:
    """A blood level on a day."""
    return {
        "resourceType": "Observation",
        "id": f"level-{number}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": CODES[of]}]},
        "subject": PATIENT,
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "unit": unit, "code": unit},
    }


def days(drug: str, dose: str, *levels: Json) -> tuple[int, int]:
    """The days at an adequate dose of three months at one dose."""
    table = f"""
        drug   | from       | to         | mg/day
        {drug} | 2024-01-01 | 2024-03-31 | {dose}
        """
    return adequate(spec(table, more=levels), drug)


@pytest.mark.parametrize("row", LEVELS, ids=lambda row: f"{row['drug']} {row['level']}")
def test_a_level_goes_before_the_dose(row: dict[str, str]) -> None:
    """In range it makes a low dose adequate, below it a high dose is not."""
    least, _, most = row["days"].partition("-")
    found = days(row["drug"], row["mg/day"], level(row["of"], float(row["level"]), "2024-02-15"))
    assert found == (int(least), int(most))


def test_without_a_level_the_dose_decides() -> None:
    """Nobody needs a level to have taken enough."""
    assert (days("nortriptyline", "50"), days("nortriptyline", "100")) == ((0, 0), (91, 91))


@pytest.mark.parametrize(
    ("parts", "expected"), [((50, 30), (91, 91)), ((50, 29), (0, 0)), ((80, None), (91, 91)), ((50, None), (0, 0))]
)
def test_parts_reported_apart_add_up(parts: tuple[float, float | None], expected: tuple[int, int]) -> None:
    """Amitriptyline and nortriptyline of one day are one level; one alone proves enough, and never too little."""
    first, second = parts
    levels = [level("amitriptyline", first, "2024-02-15")]
    if second is not None:
        levels.append(level("nortriptyline", second, "2024-02-15", number=2))
    assert days("amitriptyline", "75", *levels) == expected


@pytest.mark.parametrize(("values", "expected"), [((40, 45), (0, 0)), ((40, 80), (0, 91)), ((60, 80), (91, 91))])
def test_two_values_of_one_day_are_a_range(values: tuple[float, float], expected: tuple[int, int]) -> None:
    """Both too low or both in range settle it; one of each leaves it open, and neither is passed over."""
    levels = [level("nortriptyline", value, "2024-02-15", number=number) for number, value in enumerate(values)]
    assert days("nortriptyline", "100", *levels) == expected


@pytest.mark.parametrize(("total", "expected"), [(300, (0, 91)), (100, (0, 0))])
def test_a_total_and_its_parts_of_one_day_must_agree(total: float, expected: tuple[int, int]) -> None:
    """Parts of 20 and 20 ng/mL beside a total in range leave the day open; beside a low total they are too low."""
    parts = (level("imipramine", 20, "2024-02-15"), level("desipramine", 20, "2024-02-15", number=2))
    whole = level("imipramine and desipramine", total, "2024-02-15", number=3)
    assert days("imipramine", "200", *parts, whole) == expected


def test_a_missing_part_does_not_make_a_dose_too_low() -> None:
    """Amitriptyline alone of 50 ng/mL leaves the adequate dose adequate."""
    assert days("amitriptyline", "150", level("amitriptyline", 50, "2024-02-15")) == (91, 91)


@pytest.mark.parametrize(("day", "expected"), [("2024-01-05", (91, 91)), ("2024-01-06", (0, 0))])
def test_a_low_level_of_the_first_days_is_still_rising(day: str, expected: tuple[int, int]) -> None:
    """A low level counts from the sixth day at a dose."""
    assert days("nortriptyline", "100", level("nortriptyline", 20, day)) == expected


def test_a_level_speaks_for_its_own_dose() -> None:
    """After the dose was raised an earlier low level says nothing of it."""
    found = spec(
        """
        drug          | from       | to         | mg/day
        nortriptyline | 2024-01-01 | 2024-01-31 | 75
                      | 2024-02-01 | 2024-03-31 | 100
        """,
        more=(level("nortriptyline", 30, "2024-01-25"),),
    )
    assert adequate(found, "nortriptyline") == (60, 60)


def test_a_level_speaks_for_ninety_days() -> None:
    """A year at one dose is not judged by one level: from 91 days away the dose decides."""
    found = spec(
        """
        drug          | from       | to         | mg/day
        nortriptyline | 2024-01-01 | 2024-12-30 | 50
        """,
        more=(level("nortriptyline", 90, "2024-06-01"),),
    )
    assert adequate(found, "nortriptyline") == (181, 181)


def test_of_several_levels_the_last_before_a_day_decides() -> None:
    """Low on 1 February and in range from 1 March: adequate from 1 March on."""
    levels = (level("nortriptyline", 30, "2024-02-01"), level("nortriptyline", 80, "2024-03-01", number=2))
    assert days("nortriptyline", "75", *levels) == (31, 31)


def test_a_level_of_a_vague_date_only_opens_the_days() -> None:
    """A low level known to the month settles nothing."""
    assert days("nortriptyline", "100", level("nortriptyline", 30, "2024-02")) == (0, 91)


def test_a_level_in_an_unknown_unit_is_not_compared() -> None:
    """Nothing is converted by guess."""
    assert days("nortriptyline", "100", level("nortriptyline", 30, "2024-02-15", unit="nmol/L")) == (91, 91)


@pytest.mark.parametrize(
    ("born", "value", "answer"),
    [
        ("1980-06-15", 0.6, AugmentationAnswer.ADEQUATE_FAILED),
        ("1980-06-15", 0.5, AugmentationAnswer.INADEQUATE_DOSE),
        ("1950-06-15", 0.4, AugmentationAnswer.ADEQUATE_FAILED),
        ("1950-06-15", 0.3, AugmentationAnswer.INADEQUATE_DOSE),
    ],
)
def test_lithium_is_judged_by_its_level(born: str, value: float, answer: AugmentationAnswer) -> None:
    """From 0.6 mmol/L an augmentation with lithium is adequate, from 0.4 in older people, whatever the dose."""
    found = spec(
        """
        drug       | from       | to         | mg/day
        sertraline | 2024-01-01 | 2024-06-30 | 100
        lithium    | 2024-03-01 | 2024-05-31 | 600
        """,
        scores="2023-12-31 = 22; 2024-02-28 = 18; 2024-05-30 = 17",
        born=born,
        more=(level("lithium", value, "2024-04-01", unit="mmol/L"),),
    )
    (added,) = trial(found, "sertraline").augmentations
    assert added.answer == answer
