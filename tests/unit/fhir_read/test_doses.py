"""Daily doses, from structure, from words, and from what was handed out."""

import pytest

from tests.unit.fhir_read.making import Json, dispense, dosage, doses, request, statement, supply


def every(frequency: float, period: float = 1, unit: str = "d", **more: object) -> Json:
    """A timing of so many times in a period."""
    return {"timing": {"repeat": {"frequency": frequency, "period": period, "periodUnit": unit, **more}}}


STRUCTURED = [
    (dosage(100), (100, 100)),
    (dosage(1, "tablet"), (50, 50)),
    (dosage(1, "{tbl}", **every(2)), (100, 100)),
    (dosage(1.5, "Tablet"), (75, 75)),
    (dosage(37.5, "mg"), (37.5, 37.5)),
    (dosage(0.05, "g"), (50, 50)),
    (dosage(25000, "ug"), (25, 25)),
    (dosage(50, **every(1, 2)), (25, 25)),
    (dosage(50, **every(1, 12, "h")), (100, 100)),
    (dosage(90, **every(1, 1, "wk")), (90 / 7, 90 / 7)),
    (dosage(50, **every(1, 1, "d", frequencyMax=2)), (50, 100)),
    (dosage(50, **every(1, 1, "d", periodMax=2)), (25, 50)),
    (dosage(50, timing={"repeat": {"when": ["MORN", "EVE"]}}), (100, 100)),
    (dosage(50, timing={"repeat": {"timeOfDay": ["08:00:00", "20:00:00"]}}), (100, 100)),
    (dosage(70, timing={"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "dayOfWeek": ["mon", "thu"]}}), (20, 20)),
    (dosage(50, timing={"code": {"coding": [{"code": "BID"}]}}), (100, 100)),
    (dosage(50, timing={"code": {"text": "TID"}}), (150, 150)),
    (dosage(50, maxDosePerPeriod={"numerator": {"value": 40, "unit": "mg"}, "denominator": {"value": 1, "unit": "d"}}), (40, 40)),
    ({"timing": every(1)["timing"], "doseQuantity": {"value": 2, "unit": "tablet"}}, (100, 100)),
    ({"timing": every(1)["timing"], "doseRange": {"low": {"value": 1}, "high": {"value": 2, "unit": "tab"}}}, (50, 100)),
    (dosage(1, ""), (50, 50)),
    (dosage(75, ""), (75, 75)),
    (dosage(1, "spoonful"), None),
    (dosage(50, timing={"code": {"text": "now and then"}}), None),
    (dosage(50, timing={}), None),
    (dosage(-50), None),
]


@pytest.mark.parametrize(("instruction", "expected"), STRUCTURED)
def test_a_structured_dose_is_computed(instruction: Json, expected: tuple[float, float] | None) -> None:
    """A dose is amount times rate in mg a day; what can't be known stays unknown, and is never zero."""
    assert [expected] == doses(statement(dosage=[instruction]))


IN_WORDS = [
    ("take 1 tablet by mouth daily", 50),
    ("one tab bid", 100),
    ("Take 2 tablets in the morning", 100),
    ("50 mg twice a day", 100),
    ("1 tablet every morning and at bedtime", 100),
    ("1 tab every 12 hours", 100),
    ("1 tablet every other day", 25),
    ("half a tablet", None),
    ("TAKE ONE DAILY", 50),
    ("1 tablet 3 times daily", 150),
    ("1 tablet daily for 7 days then 2 tablets daily", None),
    ("as directed", None),
]


@pytest.mark.parametrize(("text", "expected"), IN_WORDS)
def test_a_dose_in_words_is_understood_where_structure_is_silent(text: str, expected: float | None) -> None:
    """Plain instructions in words give a dose; ones that change or say nothing give none."""
    assert [(expected, expected) if expected else None] == doses(statement(dosage=[{"text": text}]))


def test_structure_wins_over_words() -> None:
    """Words fill only what the structure leaves open."""
    assert [(100, 100)] == doses(statement(dosage=[dosage(100, text="take 1 tablet daily")]))


def test_a_dose_in_words_is_noted() -> None:
    """A dose that was read from words says so."""
    assert ("dose_from_text",) == supply(statement(dosage=[{"text": "one tablet daily"}])).notes


def test_a_range_in_words_has_a_least_and_a_most() -> None:
    """One to two tablets are a range."""
    assert [(50, 100)] == doses(statement(dosage=[{"text": "take 1-2 tablets daily"}]))


def test_morning_and_evening_doses_add_up() -> None:
    """Two instructions at different hours of one day are taken both."""
    parts = [dosage(50, timing={"repeat": {"when": ["MORN"]}}), dosage(100, timing={"repeat": {"when": ["EVE"]}})]
    assert [(150, 150)] == doses(statement(dosage=parts))


def test_the_same_instruction_twice_is_one() -> None:
    """An instruction that is repeated word for word does not double the dose."""
    assert [(50, 50)] == doses(statement(dosage=[dosage(50), dosage(50)]))


def test_an_unknown_part_makes_the_sum_unknown() -> None:
    """A second dose that can't be computed leaves the whole unknown."""
    parts = [dosage(50, timing={"repeat": {"when": ["MORN"]}}), dosage(1, "spoonful", timing={"repeat": {"when": ["EVE"]}})]
    assert [None] == doses(statement(dosage=parts))


def test_a_limit_alone_bounds_the_dose_from_above() -> None:
    """Of a drug with no more than a highest daily dose, only the most is known."""
    limit = {"numerator": {"value": 100, "unit": "mg"}, "denominator": {"value": 1, "unit": "d"}}
    assert [(0, 100)] == doses(statement(dosage=[{"asNeededBoolean": True, "maxDosePerPeriod": limit}]))


@pytest.mark.parametrize(
    "told", [{"asNeededBoolean": True}, {"asNeededCodeableConcept": {"text": "panic"}}, {"text": "1 tablet prn"}]
)
def test_as_needed_is_kept(told: Json) -> None:
    """A dose that is taken only when needed says so, in whichever way it was told."""
    assert supply(statement(dosage=[dosage(50, **told)])).steps[0].as_needed


def test_a_dispensing_without_instructions_tells_its_dose() -> None:
    """Sixty tablets of 50 mg for thirty days are 100 mg a day."""
    assert [(100, 100)] == doses(dispense(quantity={"value": 60}, daysSupply={"value": 30, "code": "d"}))


def test_a_patch_gives_its_dose_a_day() -> None:
    """A patch of 6 mg in 24 hours gives 6 mg a day, however often it is changed."""
    patch = statement(medicationCodeableConcept={"text": "Emsam 6 mg/24 hr patch"}, dosage=[dosage(1, "patch")])
    assert [(6, 6)] == doses(patch)


def test_a_solution_is_dosed_by_volume() -> None:
    """Five millilitres of a solution of 20 mg in 5 mL are 20 mg."""
    solution = {"text": "Fluoxetine 20 mg/5 mL oral solution"}
    assert [(20, 20)] == doses(statement(medicationCodeableConcept=solution, dosage=[dosage(5, "mL")]))


def test_a_number_without_a_unit_is_noted() -> None:
    """A dose without a unit is taken as pieces or mg, whichever is possible, and says so."""
    assert ("unit_assumed",) == supply(request(dosageInstruction=[dosage(1, "")])).notes


def test_an_addition_is_marked() -> None:
    """A dose that comes on top of another is marked as such."""
    assert supply(statement(dosage=[dosage(50, text="in addition to the morning dose")])).in_addition


def test_the_route_alone_is_kept() -> None:
    """An instruction with nothing but a route tells that the drug was not taken by mouth."""
    nasal = {"coding": [{"system": "http://snomed.info/sct", "code": "46713006"}]}
    assert not supply(statement(dosage=[{"route": nasal}])).oral


def test_as_needed_alone_is_kept() -> None:
    """An instruction with nothing but "as needed" still says that."""
    assert supply(statement(dosage=[{"asNeededBoolean": True}])).steps[0].as_needed
